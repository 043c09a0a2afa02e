"""The secondee's own page of a placement: where, when, whom to ask, what to do next, the way back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from people import clock
from people.access import PersonRequest, hides_secrets
from secondments import key_dates, leave_accounts, placement_policies
from secondments.calendar_files import Day
from secondments.choices import Party
from secondments.models import CheckInProgress, Induction, News, ReturnPlan, Secondment
from secondments.states import PLACED, SIGNED, STARTED, State
from secondments.views import scope
from secondments.views.cases import case_context

NEWS = 3  # what is shown here; the rest is a page further


def my_placement(request: PersonRequest) -> HttpResponse:
    """The secondee's own way in: the running or next placement, or the latest."""
    mine = Secondment.objects.visible_to(request.user).filter(secondee=request.user)
    found = mine.filter(state__in=[*PLACED, State.RETURN]).order_by("start_on").first()
    found = found or mine.open().order_by("start_on").first() or mine.order_by("-end_on").first()
    if found is None:
        return redirect("home")
    return redirect("placement", key=found.key)


def placement(request: PersonRequest, key: str) -> HttpResponse:
    """Before the first day a page to prepare, after the last one a record."""
    case = scope.case(request, key)
    if case.secondee_id != request.user.pk:
        return redirect(case)
    context = case_context(request, case)
    today = clock.today(case.zone)
    if case.approved_at and case.is_open:
        context["days_ahead"] = _ahead(key_dates.of(case, request.user), today)
    if case.state in SIGNED and not hides_secrets(request):
        context |= _signed(request, case)
    return render(request, "secondments/placement.html", context)


def _ahead(days: Iterable[Day], today: date) -> list[Day]:
    """What is still to come beside the first and the last day; of check-ins the next one, all are in the list below."""
    found: list[Day] = []
    for day in sorted(days, key=lambda day: day.first):
        is_known = day.name in {"first", "last"} or (day.last or day.first) < today
        is_later = day.name.startswith("checkin") and any(other.name.startswith("checkin") for other in found)
        if not is_known and not is_later:
            found.append(day)
    return found


def _signed(request: PersonRequest, case: Secondment) -> dict[str, Any]:
    """What there is to show once the agreement is signed: reception, leave, progress, news, and the return."""
    today = clock.today(case.zone)
    found: dict[str, Any] = {
        "induction": Induction.objects.filter(secondment=case).first(),
        "may_ask_leave": placement_policies.may_ask_leave(case, request.user),
        "balance": leave_accounts.balance(case),
        "leaves_ahead": case.leaves.filter(cancelled_at__isnull=True, last_day__gte=today)
        .exclude(granted=False)
        .order_by("first_day")[:3],
    }
    if case.state in STARTED:
        rows = CheckInProgress.objects.filter(
            checkin__secondment=case, checkin__party=Party.SECONDEE, checkin__completed_at__isnull=False
        ).select_related("checkin")
        latest = {row.objective_id: row for row in rows.order_by("checkin__due_on")}
        found["progress"] = [(objective, latest.get(objective.pk)) for objective in case.objectives.all()]
        found["return_plan"] = ReturnPlan.objects.filter(secondment=case).first()
    if case.state in {*PLACED, State.RETURN}:
        found["news"] = News.objects.filter(
            organisation=case.seconder_id, taken_back_at__isnull=True, shown_until__gte=today
        )[:NEWS]
    return found
