"""The paper that a page is about: the case's newest within what the reader may see."""

from __future__ import annotations

from django.http import Http404
from django.utils.translation import gettext as _

from agreements import policies
from agreements.models import Agreement
from people.access import Denied, PersonRequest
from secondments.views import scope
from secondments.views.scope import offer


def paper(request: PersonRequest, key: str, number: int | None = None) -> Agreement:
    """404 for a stranger to the case and where there is no paper yet, 403 for an insider who may not read it."""
    case = scope.case(request, key)
    papers = case.agreements.select_related("current", "review_copy", "sealed_copy").defer(
        "review_copy__content", "sealed_copy__content"
    )
    found = papers.filter(number=number).first() if number else papers.order_by("-number").first()
    if found is None:
        raise Http404
    found.secondment = case
    if not policies.may_read(found, request.user):
        if found.shared_at is None:
            raise Denied(_("HR is still preparing the terms; you are told when they can be read."))
        offer(case, request.user, policies.READERS)
        raise Denied(_("The agreement is not part of what you may see in this case."))
    if found.is_erased:
        raise Denied(_("This paper was never signed by all, and its words have been erased."))
    return found
