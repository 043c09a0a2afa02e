"""How the views of people and organisations begin and end: fetch within what the reader may see, ask one form."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from people import policies
from people.access import Denied, PersonRequest, fetch
from people.models import Employment, Organisation, Person
from people.roles import Role

PAGE = 50
CAP = 1000  # rows of a list that are counted and leafed through; who looks for more narrows the search
NAMED = 300  # colleagues that the browser offers while one types

Link = tuple[str, str]


class CappedPaginator(Paginator):
    """Pages of the first rows of a list that may be very long; the rest is neither counted nor read.

    ``known`` is how many there are, for who has found out already; above the cap any number will do.
    """

    def __init__(self, found: QuerySet[Any], per_page: int, known: int | None = None) -> None:
        super().__init__(found, per_page)
        self.known = known

    @cached_property
    def _found(self) -> int:
        if self.known is not None:
            return self.known
        found: QuerySet[Any] = self.object_list  # type: ignore[assignment] # always given one
        return found.order_by()[: CAP + 1].count()

    @property
    def count(self) -> int:
        return min(self._found, CAP)

    @property
    def is_capped(self) -> bool:
        return self._found > CAP


def organisation(request: PersonRequest, key: str) -> Organisation:
    """The organisation, or 404 for whom it does not exist."""
    return fetch(Organisation.objects.visible_to(request.user).select_related("kept_by"), key=key)


def inside(request: PersonRequest, key: str) -> Organisation:
    """The organisation, for its members and those who keep it."""
    found = organisation(request, key)
    if not policies.may_see_inside(request.user, found):
        raise Denied(_("This page is for members of %(organisation)s.") % {"organisation": found})
    return found


def own(request: PersonRequest, key: str) -> Organisation:
    """The organisation, for its members."""
    found = organisation(request, key)
    if not request.user.works_for(found.pk, *Role.values):
        raise Denied(_("This page is for members of %(organisation)s.") % {"organisation": found})
    return found


def editable(request: PersonRequest, key: str) -> Organisation:
    """The organisation, for who writes its records."""
    found = organisation(request, key)
    if not policies.may_edit_organisation(request.user, found):
        raise Denied(_("Only HR of %(organisation)s changes this.") % {"organisation": found})
    return found


# Pages of an organisation that houses above add, for its members.
more_tabs: list[tuple[str, Any]] = []


def tabs(reader: Person, found: Organisation) -> list[Link]:
    """Names and labels of the pages of an organisation that this reader has."""
    pages = [("organisation", _("Overview"))]
    if policies.may_see_inside(reader, found):
        pages += [
            ("departments", _("Departments")),
            ("signatories", _("Signatories")),
            ("calendar", _("Working days")),
        ]
    if reader.works_for(found.pk, *Role.values):
        pages += [("members", _("Roles")), ("policy", _("Policy"))]
        pages += [(name, str(label)) for name, label in more_tabs]
    if reader.works_for(found.pk, Role.HR):
        pages += [("organisation_sign_in", _("Signing in")), ("organisation_support", _("Support"))]
    return pages


def colleagues(found: Organisation) -> list[tuple[str, str]]:
    """E-mails and names of people who work there, for the browser to offer."""
    works = Employment.objects.lasting().filter(organisation=found).values("person")
    people = Person.objects.filter(pk__in=works, is_active=True).sorted_by_name()
    return list(people.values_list("email", "full_name")[:NAMED])


def crumbs(found: Organisation, *more: Link) -> list[Link]:
    """The way back from a page below an organisation."""
    return [(reverse("organisations"), _("Organisations")), (found.get_absolute_url(), str(found)), *more]


def ask(
    request: PersonRequest,
    form: forms.BaseForm,
    *,
    heading: str,
    button: str,
    crumbs: Iterable[Link],
    lead: str = "",
    offered: Iterable[tuple[str, str]] = (),
) -> HttpResponse:
    """A page that is one form. ``crumbs`` lead back, the last of them for whoever thinks better of it."""
    way = list(crumbs)
    context = {
        "form": form,
        "heading": heading,
        "button": button,
        "crumbs": way,
        "back": way[-1][0],
        "lead": lead,
        "colleagues": list(offered),
    }
    return render(request, "people/form_page.html", context)
