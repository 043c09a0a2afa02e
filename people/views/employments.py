"""Terms of employment: correct, change from a day, call off, end, begin again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import policies
from people.access import Denied, PersonRequest, Refused, explain, fetch, tell
from people.actions import employments as acts
from people.forms.employments import BeginForm, ChangeForm, CorrectForm, EndForm
from people.models import Employment, Organisation, Person
from people.views import scope
from people.views.person import way_to


def _terms(request: PersonRequest, key: str, pk: int) -> tuple[Person, Employment]:
    """The person and their terms, for HR that writes them."""
    found = fetch(Person.objects.visible_to(request.user), key=key)
    rows = Employment.objects.visible_to(request.user).filter(person=found)
    terms = fetch(rows.select_related("person", "organisation", "department", "line_manager"), pk=pk)
    if not policies.may_edit_employment(request.user, terms):
        raise Denied(_("Only HR of %(organisation)s changes its people.") % {"organisation": terms.organisation})
    return found, terms


def begin(request: PersonRequest, key: str) -> HttpResponse:
    """Employ somebody who is here already: again, or at another of one's organisations."""
    found = fetch(Person.objects.visible_to(request.user), key=key)
    mine = Organisation.objects.editable_by(request.user).sorted_by_name()
    works_at = found.employments.lasting().values("organisation")
    asked = mine.filter(key=request.GET.get("organisation", "")).first()
    organisation = asked or mine.exclude(pk__in=works_at).first() or mine.first()
    if organisation is None or policies.is_kept_elsewhere(request.user, found):
        raise Denied(_("This is for the HR that keeps this person, and nobody else does."))
    form = BeginForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            acts.begin(found, organisation, by=request.user, since=form.cleaned_data["since"], terms=form.terms())
        except Refused as refused:
            explain(form, refused)
        else:
            messages.success(request, _("The employment is entered."))
            return redirect(found)
    words = {"name": found, "organisation": organisation}
    return scope.ask(
        request,
        form,
        heading=_("%(name)s begins at %(organisation)s") % words,
        button=_("Enter the employment"),
        crumbs=way_to(found),
        offered=scope.colleagues(organisation),
    )


def correct(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """Mend what was written wrong."""
    found, terms = _terms(request, key, pk)
    form = CorrectForm(request.POST or None, instance=terms, organisation=terms.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            acts.correct(terms, by=request.user, terms=form.terms(), reason=form.cleaned_data["reason"])
        except Refused as refused:
            explain(form, refused)
        else:
            messages.success(request, _("The mistake is corrected."))
            return redirect(found)
    return scope.ask(
        request,
        form,
        heading=_("Correct a mistake in the terms of %(name)s") % {"name": found},
        lead=_(
            "It will count as if it had always been written so. When the terms really change, give the day instead."
        ),
        button=_("Correct the terms"),
        crumbs=way_to(found),
        offered=scope.colleagues(terms.organisation),
    )


def change(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """New terms from a day on."""
    found, terms = _terms(request, key, pk)
    form = ChangeForm(request.POST or None, instance=terms, organisation=terms.organisation)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            acts.change(terms, by=request.user, since=given["since"], terms=form.terms(), reason=given["reason"])
        except Refused as refused:
            explain(form, refused)
        else:
            messages.success(request, _("The change is entered; the terms until then stay in the history."))
            return redirect(found)
    return scope.ask(
        request,
        form,
        heading=_("Change the terms of %(name)s from a day") % {"name": found},
        button=_("Enter the change"),
        crumbs=way_to(found),
        offered=scope.colleagues(terms.organisation),
    )


@require_POST
def call_off(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """A change that lies ahead does not come."""
    found, terms = _terms(request, key, pk)
    try:
        acts.call_off(terms, by=request.user)
    except Refused as refused:
        tell(request, refused)
    else:
        messages.success(request, _("The change is called off."))
    visible = Person.objects.visible_to(request.user).filter(pk=found.pk).exists()
    return redirect(found.get_absolute_url() if visible else "people")


def end(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """Somebody leaves."""
    found, terms = _terms(request, key, pk)
    words = {"name": found, "organisation": terms.organisation}
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.end(terms, by=request.user, **form.cleaned_data)
        except Refused as refused:
            explain(form, refused)
        else:
            messages.success(request, _("It is written down that %(name)s leaves %(organisation)s.") % words)
            return redirect(found)
    return scope.ask(
        request,
        form,
        heading=_("%(name)s leaves %(organisation)s") % words,
        lead=_("Roles and the right to sign for the organisation end with that day."),
        button=_("Enter the last day"),
        crumbs=way_to(found),
    )
