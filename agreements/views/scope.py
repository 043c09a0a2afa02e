"""The paper that a page is about: the newest agreement of a case, or a paper by its number, if one may see it."""

from __future__ import annotations

from django.http import Http404
from django.utils.translation import gettext as _

from agreements import policies
from agreements.models import Agreement
from agreements.states import EDITABLE, PaperKind
from people.access import Denied, PersonRequest
from secondments.choices import Part
from secondments.views import scope
from secondments.views.scope import offer


def paper(request: PersonRequest, key: str, number: int = 0) -> Agreement:
    """404 for a stranger to the case and where there is no paper yet, 403 for an insider who may not read it."""
    case = scope.case(request, key)
    papers = case.agreements.select_related("current", "current__enclosure", "review_copy", "sealed_copy").defer(
        "review_copy__content", "sealed_copy__content", "current__enclosure__content"
    )
    if number:
        found = papers.filter(number=number).first()
    else:
        found = papers.filter(kind=PaperKind.AGREEMENT).order_by("-number").first()
    if found is None:
        raise Http404
    found.secondment = case
    if not policies.may_read(found, request.user):
        if found.shared_at is None:
            raise Denied(_("HR is still preparing the terms; you are told when they can be read."))
        offer(case, request.user, policies.READERS_OF[PaperKind(found.kind)])
        raise Denied(_("The agreement is not part of what you may see in this case."))
    if found.is_erased:
        raise Denied(_("This paper was never signed by all, and its words have been erased."))
    return found


def editor(request: PersonRequest, agreement: Agreement) -> Agreement:
    """Go on for HR of the seconder, while the terms can be edited."""
    if not policies.may_edit(agreement, request.user):
        offer(agreement.secondment, request.user, {Part.HR_SECONDER})
        raise Denied(_("Only HR of the seconder edits the terms. You can ask for a change beside the clause."))
    if agreement.state not in EDITABLE:
        raise Denied(_("The terms can no longer be edited: the paper is out for signature or has ended."))
    return agreement


def keeper(request: PersonRequest, agreement: Agreement) -> Agreement:
    """Go on for HR of the seconder, whatever the state of the paper; the act itself asks for that."""
    if not policies.may_edit(agreement, request.user):
        offer(agreement.secondment, request.user, {Part.HR_SECONDER})
        raise Denied(_("Only HR of the seconder does this with a paper."))
    return agreement
