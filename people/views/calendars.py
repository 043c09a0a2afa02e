"""When an organisation works: its week, public holidays, closing days."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import clock, policies, public_holidays
from people.access import Denied, PersonRequest, Refused, explain, fetch, tell
from people.actions import organisations as acts
from people.forms.organisations import CalendarForm, ClosingDayForm
from people.models import ClosingDay, Organisation
from people.roles import Weekday
from people.views import scope


def calendar(request: PersonRequest, key: str) -> HttpResponse:
    """The working week, the holidays of this year and the next, closing days to come; HR changes them."""
    found = scope.inside(request, key)
    may_edit = policies.may_edit_organisation(request.user, found)
    today = clock.today(found.time_zone)
    kept = {"working_days": found.working_days, "holiday_region": found.holiday_region}
    adding = "close" in request.POST
    week = CalendarForm(None if adding else request.POST or None, organisation=found, initial=kept)
    closing = ClosingDayForm(
        request.POST if adding else None, instance=ClosingDay(organisation=found), auto_id="id_closing_%s"
    )
    if request.method == "POST":
        if not may_edit:
            raise Denied(_("Only HR of %(organisation)s changes this.") % {"organisation": found})
        if _saved(request, found, closing if adding else week):
            return redirect("calendar", found.key)
    context = {
        "organisation": found,
        "tabs": scope.tabs(request.user, found),
        "may_edit": may_edit,
        "week_form": week,
        "closing_form": closing,
        "form": closing if adding else week,  # whose errors stand on top
        "week": [Weekday(n).label for n in sorted(found.working_days)],
        "region": dict(public_holidays.regions(str(found.country))).get(found.holiday_region, ""),
        "years": [(year, _holidays(found, year)) for year in (today.year, today.year + 1)],
        "closing_days": found.closing_days.filter(day__gte=date(today.year, 1, 1)).order_by("day")[:400],
    }
    return render(request, "people/calendar.html", context)


def _saved(request: PersonRequest, found: Organisation, form: Any) -> bool:
    if not form.is_valid():
        return False
    try:
        if isinstance(form, ClosingDayForm):
            acts.close_on(found, by=request.user, **form.cleaned_data)
        else:
            acts.edit(found, by=request.user, fields=form.cleaned_data)
    except Refused as refused:
        explain(form, refused)
        return False
    messages.success(request, _("The working days are saved."))
    return True


def _holidays(found: Organisation, year: int) -> list[tuple[date, str]]:
    return list(public_holidays.in_year(str(found.country), found.holiday_region, year).items())


@require_POST
def remove_closing_day(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """Work on that day after all."""
    found = scope.editable(request, key)
    closing_day = fetch(ClosingDay.objects.filter(organisation=found).select_related("organisation"), pk=pk)
    try:
        acts.open_on(closing_day, by=request.user)
    except Refused as refused:
        tell(request, refused)
    else:
        messages.success(request, _("The closing day is removed."))
    return redirect("calendar", found.key)
