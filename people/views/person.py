"""One person: the page, entering one, names, signing in, salary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import clock, policies
from people.access import Denied, PersonRequest, Refused, explain, fetch, require_hr, tell
from people.actions import employments, erasure, people
from people.confirming import confirmed
from people.forms.base import Reason
from people.forms.employments import NameForm, NewPersonForm, SalaryForm
from people.models import Employment, Membership, Organisation, Person, Signatory
from people.views import scope

Difference = tuple[str, str, str]


@dataclass(frozen=True)
class Step:
    """One row of an employment's history, with what it changed; ``is_ahead`` when it has not begun."""

    terms: Employment
    changes: list[Difference]
    is_ahead: bool


@dataclass(frozen=True)
class Work:
    """Somebody's employment at one organisation, as the reader may see it."""

    organisation: Organisation
    terms: Employment
    steps: list[Step]
    has_left: bool
    is_detailed: bool
    may_edit: bool
    sees_salary: bool


def person(request: PersonRequest, key: str) -> HttpResponse:
    """How to reach somebody, where they work and worked, what roles they hold; the salary has its own page."""
    found = fetch(Person.objects.visible_to(request.user), key=key)
    rows = (
        Employment.objects.visible_to(request.user)
        .filter(person=found)
        .select_related("organisation", "department", "line_manager")
        .order_by("organisation__legal_name", "organisation", "pk")
    )
    works = [_work(request.user, list(group)) for _id, group in groupby(rows, key=lambda row: row.organisation_id)]
    roles = Membership.objects.visible_to(request.user).filter(person=found).select_related("organisation")
    signs = Signatory.objects.visible_to(request.user).filter(person=found).select_related("organisation")
    context = {
        "person": found,
        "is_self": found == request.user,
        "shows_data": found == request.user or erasure.may_erase(found, request.user),
        "works": works,
        "roles": roles.order_by("-since", "pk"),
        "signs": signs.order_by("-since", "pk"),
        "now": clock.now(),
        "may_edit": found != request.user and policies.may_edit_person(request.user, found),
        "may_employ": bool(set(request.user.records_of) - {work.organisation.pk for work in works}),
    }
    return render(request, "people/person.html", context)


def _work(reader: Person, rows: list[Employment]) -> Work:
    """The history of one employment, newest first; the terms shown are today's, else the last or the next ones."""
    organisation = rows[0].organisation
    today = clock.today(organisation.time_zone)
    rows.sort(key=lambda row: row.since or date.min)
    begun = [row for row in rows if row.since is None or row.since <= today]
    steps = [
        Step(row, row.differences(older) if older else [], bool(row.since and row.since > today))
        for older, row in zip([None, *rows], rows, strict=False)
    ]
    last = rows[-1]
    return Work(
        organisation=organisation,
        terms=begun[-1] if begun else rows[0],
        steps=steps[::-1],
        has_left=last.until is not None and last.until < today,
        is_detailed=policies.may_see_terms(reader, last),
        may_edit=policies.may_edit_employment(reader, last),
        sees_salary=policies.may_see_salary(reader, last),
    )


@require_hr
def add(request: PersonRequest) -> HttpResponse:
    """Enter somebody by hand, with the employment, at an organisation whose records one keeps."""
    mine = Organisation.objects.editable_by(request.user).sorted_by_name()
    organisation = mine.filter(key=request.GET.get("organisation", "")).first()
    organisation = organisation or mine.filter(pk__in=request.user.organisations_as("hr")).first()
    assert organisation  # require_hr
    form = NewPersonForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = people.add(
                by=request.user,
                organisation=organisation,
                full_name=given["full_name"],
                email=given["email"],
                since=given["since"],
                terms=form.terms(),
            )
        except Refused as refused:
            explain(form, refused)
        else:
            words = {"name": made, "organisation": organisation}
            messages.success(request, _("%(name)s is entered at %(organisation)s.") % words)
            return redirect(made)
    return scope.ask(
        request,
        form,
        heading=_("Enter somebody at %(organisation)s") % {"organisation": organisation},
        button=_("Enter this person"),
        crumbs=[(reverse("people"), _("People"))],
        offered=scope.colleagues(organisation),
    )


def way_to(found: Person) -> list[scope.Link]:
    """The way back from a page below a person."""
    return [(reverse("people"), _("People")), (found.get_absolute_url(), found.full_name)]


def editable(request: PersonRequest, key: str) -> Person:
    """The person, for HR that keeps them; not oneself."""
    found = fetch(Person.objects.visible_to(request.user), key=key)
    if found == request.user or not policies.may_edit_person(request.user, found):
        raise Denied(_("This is for the HR that keeps this person, and nobody else does."))
    return found


def rename(request: PersonRequest, key: str) -> HttpResponse:
    """Correct somebody's name."""
    found = editable(request, key)
    way = way_to(found)
    form = NameForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            people.rename(found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            explain(form, refused)
        else:
            messages.success(request, _("The name is changed, and they are told by mail."))
            return redirect(found)
    return scope.ask(request, form, heading=_("Correct the name"), button=_("Save the name"), crumbs=way)


def deactivate(request: PersonRequest, key: str) -> HttpResponse:
    """Keep somebody from signing in."""
    found = editable(request, key)
    form = Reason(request.POST or None, label=_("Why"))
    if request.method == "POST" and form.is_valid():
        try:
            people.deactivate(found, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            explain(form, refused)
        else:
            messages.success(request, _("%(name)s can no longer sign in.") % {"name": found})
            return redirect(found)
    heading = _("%(name)s can no longer sign in") % {"name": found}
    lead = _("From this moment on, in open sessions too. What they did stays in their name.")
    return scope.ask(request, form, heading=heading, lead=lead, button=_("Stop signing in"), crumbs=way_to(found))


@require_POST
def reactivate(request: PersonRequest, key: str) -> HttpResponse:
    """Let somebody sign in again."""
    found = editable(request, key)
    try:
        people.reactivate(found, by=request.user)
    except Refused as refused:
        tell(request, refused)
    else:
        messages.success(request, _("%(name)s can sign in again.") % {"name": found})
    return redirect(found)


@confirmed
def salary(request: PersonRequest, key: str) -> HttpResponse:
    """What somebody is paid and was; each look is written to the ledger. HR of the employer changes it."""
    found = fetch(Person.objects.visible_to(request.user), key=key)
    rows = people.read_salary(found, by=request.user)
    today = clock.today("UTC")
    present = [row for row in rows if row in Employment.objects.current(today).filter(person=found)]
    written = next((row for row in present if policies.may_edit_salary(request.user, row)), None)
    written = written if found != request.user else None
    form = SalaryForm(request.POST or None) if written else None
    if request.method == "POST":
        if written is None or form is None:
            raise Denied(_("Only HR of the employer changes salaries, and nobody their own."))
        if form.is_valid() and _paid(request, written, form):
            return redirect("salary", found.key)
    context = {"person": found, "rows": rows, "form": form, "written": written, "crumbs": way_to(found)}
    if not request.user.memberships_now:  # who may see no directory is led to none
        context["crumbs"] = way_to(found)[1:]
    return render(request, "people/salary.html", context)


def _paid(request: PersonRequest, terms: Employment, form: SalaryForm) -> bool:
    """Correct the pay of the present terms, or change it from a day."""
    given = dict(form.cleaned_data)
    since = given.pop("since")
    try:
        if since:
            employments.change(terms, by=request.user, since=since, terms=given)
        else:
            employments.correct(terms, by=request.user, terms=given)
    except Refused as refused:
        explain(form, refused)
        return False
    messages.success(request, _("The salary is saved."))
    return True
