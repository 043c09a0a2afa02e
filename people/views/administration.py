"""Pages of an administrator of the installation: organisations, people, access, support. No case, no salary."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people import clock
from people.access import Denied, PersonRequest, fetch, require_administrator
from people.actions import founding
from people.forms.administration import AccessFilter, FirstHRForm, OrganisationForm
from people.forms.base import Reason
from people.models import LedgerEntry, Membership, Organisation, Person, SupportSession
from people.roles import Role

PAGE = 50


def _page(request: PersonRequest, rows: Any) -> Any:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


@require_administrator
def overview(request: PersonRequest) -> HttpResponse:
    """Where to go from here, and who is looking at whose pages at this moment."""
    sessions = SupportSession.objects.open().select_related("administrator", "person")
    administrators = Person.objects.filter(is_administrator=True).sorted_by_name()
    context = {"sessions": sessions, "administrators": administrators}
    return render(request, "people/administration/overview.html", context)


@require_administrator
def organisations(request: PersonRequest) -> HttpResponse:
    """All organisations, those without HR marked."""
    now = clock.now()
    hr = Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=now), organisation=OuterRef("pk"), role=Role.HR)
    found = Organisation.objects.select_related("kept_by").annotate(has_hr=Exists(hr))
    words = request.GET.get("q", "").strip()
    if words:
        found = found.filter(legal_name__icontains=words)
    page = _page(request, found.order_by("legal_name", "pk"))
    return render(request, "people/administration/organisations.html", {"page": page, "words": words})


@require_administrator
def add_organisation(request: PersonRequest) -> HttpResponse:
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organisation = founding.add(by=request.user, **form.cleaned_data)
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, _("%(name)s is entered. Name its first HR person.") % {"name": organisation})
            return redirect("administration_first_hr", key=organisation.key)
    return render(request, "people/administration/add_organisation.html", {"form": form})


@require_administrator
def first_hr(request: PersonRequest, key: str) -> HttpResponse:
    """Name the first HR person of an organisation that has none."""
    organisation = fetch(Organisation.objects.all(), key=key)
    if organisation.memberships.current().filter(role=Role.HR).exists():
        raise Denied(_("This organisation has HR, who name their colleagues themselves."))
    form = FirstHRForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = founding.name_first_hr(organisation, by=request.user, **form.cleaned_data)
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            told = {"who": membership.person, "organisation": organisation}
            messages.success(request, _("%(who)s is HR of %(organisation)s and is told by e-mail.") % told)
            return redirect("administration_organisations")
    return render(request, "people/administration/first_hr.html", {"form": form, "organisation": organisation})


@require_administrator
def people(request: PersonRequest) -> HttpResponse:
    """Names, addresses and organisations of people; nothing else of them."""
    words = request.GET.get("q", "").strip()
    found = Person.objects.named(words) if words else Person.objects.all()
    page = _page(request, found.sorted_by_name().prefetch_related("employments__organisation"))
    return render(request, "people/administration/people.html", {"page": page, "words": words})


@require_administrator
def person(request: PersonRequest, key: str) -> HttpResponse:
    """One person as an administrator knows them, and the form to see what they see."""
    found = fetch(Person.objects.all(), key=key)
    request.subject = found
    return render(request, "people/administration/person.html", person_context(found, ask()))


def ask(data: Any = None) -> Reason:
    """The question before a support session."""
    return Reason(
        data,
        label=_("Why do you need to see what they see?"),
        help_text=_("They are told at once by e-mail, with these words. HR of their organisation reads them too."),
    )


def person_context(found: Person, form: Reason) -> dict[str, Any]:
    return {
        "person": found,
        "form": form,
        "employments": found.employments.select_related("organisation"),
        "memberships": found.memberships.current().select_related("organisation"),
        "sessions": found.support_sessions.select_related("administrator", "person")[:10],
    }


@require_administrator
def access(request: PersonRequest) -> HttpResponse:
    """Who was given which access, and who looked at what: the ledger, as far as it is about access."""
    form = AccessFilter(request.GET if set(request.GET) & set(AccessFilter.base_fields) else {})
    page = _page(request, form.entries())
    subjects = Person.objects.in_bulk({entry.subject_id for entry in page if entry.subject_id})
    rows = [(entry, subjects.get(entry.subject_id or 0), shown(entry)) for entry in page]
    return render(request, "people/administration/access.html", {"form": form, "page": page, "rows": rows})


def shown(entry: LedgerEntry) -> str:
    """What an administrator reads of the facts: which page, which role; never what a case says."""
    facts = entry.facts
    words = [str(facts[name]) for name in ("organisation", "role", "path", "part") if facts.get(name)]
    if entry.verb == "support.begin":
        words.append(entry.reason)
    return ", ".join(words)


@require_administrator
def support_sessions(request: PersonRequest) -> HttpResponse:
    """All support sessions, the newest first."""
    page = _page(request, SupportSession.objects.select_related("administrator", "person"))
    return render(request, "people/administration/support.html", {"page": page})
