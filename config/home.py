"""The first page: what waits for me, and what else somebody in my place looks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from agreements import todo as paper_todo
from people import clock
from people.models import Person
from people.roles import Role
from secondments import away, scopes, turns
from secondments import todo as case_todo
from secondments.choices import Party
from secondments.models import CheckIn, Secondment
from secondments.policies import AT_HOST
from secondments.states import CLOSED, PLACED, State

ROWS, TODOS = 6, 12  # rows of the short lists, and of what waits


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "landing.html", {"guides": guides()})
    person: Person = request.user
    waiting = _in_order([*paper_todo.of(person), *case_todo.of(person)])
    todos, more = waiting[:TODOS], len(waiting) - TODOS
    context: dict[str, Any] = {"todos": todos, "more": max(more, 0), "today": clock.today(person.time_zone)}
    if person.organisations_as(Role.HR, Role.FINANCE, Role.VIEWER):
        return render(request, "home_hr.html", context | hr_overview(person))
    mine = Secondment.objects.visible_to(person).with_list_data()
    context["placements"] = list(mine.filter(secondee=person)[:ROWS])
    received = mine.filter(pk__in=scopes.cases_in(person, AT_HOST), state__in=away.RECEIVED)
    context["guests"] = away.with_spans(list(received.order_by("end_on", "pk")[:ROWS]), person)
    coming = mine.filter(Q(host_contact=person) | Q(host_signatory=person)).exclude(state__in=[*CLOSED, *away.RECEIVED])
    context["coming"] = [(case, turns.sentence(case)) for case in coming.order_by("start_on")[:50]]
    team = mine.filter(line_manager=person).exclude(state__in=CLOSED)
    context["team"] = [(case, turns.sentence(case)) for case in team.order_by("end_on")[:50]]
    return render(request, "home.html", context)


def _in_order(todos: list[case_todo.Todo]) -> list[case_todo.Todo]:
    """What is due first comes first; what has no day comes last."""
    return sorted(todos, key=lambda todo: (todo.due_on is None, str(todo.due_on or ""), todo.case))


def hr_overview(person: Person) -> dict[str, Any]:
    """Figures and short lists for HR, in a fixed number of queries."""
    today = clock.today(person.time_zone)
    month = today + timedelta(days=30)
    cases = Secondment.objects.visible_to(person).open()
    figures = cases.aggregate(
        waiting=Count("pk", filter=Q(state__in=[State.DRAFT, State.PROPOSAL])),
        agreement=Count("pk", filter=Q(state__in=[State.AGREEMENT, State.AGREED])),
        active=Count("pk", filter=Q(state=State.ACTIVE)),
        closing=Count("pk", filter=Q(state__in=[State.REVIEW, State.RETURN])),
        ending=Count("pk", filter=Q(state__in=PLACED, end_on__range=(today, month))),
        overdue=Count("pk", filter=Q(turn_until__lt=today)),
    )

    def is_soon(day: date | None) -> bool:
        return day is not None and today <= day <= month

    listed = cases.with_list_data()
    stuck = listed.filter(turn_until__lt=today).order_by("turn_until", "pk")[:ROWS]
    starting = listed.filter(state=State.AGREED, start_on__range=(today, month)).order_by("start_on", "pk")[:ROWS]
    ending = listed.filter(state__in=PLACED, end_on__range=(today, month)).order_by("end_on", "pk")[:ROWS]
    rows = list({case.pk: case for case in starting.union(ending, stuck, all=True)}.values())  # three lists at once
    mine = person.organisations_as(Role.HR)
    at_host = Q(party=Party.HOST, secondment__host__in=mine)  # of the others their employer is told
    late = (
        CheckIn.objects.filter(
            Q(secondment__seconder__in=mine) | at_host,
            CheckIn.PENDING,
            due_on__lt=today,
            secondment__state__in=PLACED,
        )
        .select_related("person", "secondment__secondee", "secondment__host", "secondment__seconder")
        .order_by("due_on", "pk")[:ROWS]
    )
    return {
        "figures": [
            (_("Proposals"), figures["waiting"], "?phase=proposal"),
            (_("Agreements"), figures["agreement"], "?phase=agreement"),
            (_("Active"), figures["active"], "?phase=active"),
            (_("Review and return"), figures["closing"], "?show=open"),
            (_("Ending in 30 days"), figures["ending"], "?show=ending"),
            (_("Overdue"), figures["overdue"], "?show=overdue"),
        ],
        "stuck": [
            (case, turns.sentence(case), turns.waiting_since(case))
            for case in _first(rows, "turn_until", lambda case: case.turn_until and case.turn_until < today)
        ],
        "starting": _first(rows, "start_on", lambda case: case.state == State.AGREED and is_soon(case.start_on)),
        "ending": _first(rows, "end_on", lambda case: case.state in PLACED and is_soon(case.end_on)),
        "late": late,
        "is_empty": not any(figures.values()),
    }


def _first(rows: list[Secondment], day: str, belongs: Callable[[Secondment], object]) -> list[Secondment]:
    """One of the lists that were read together: each has its own first rows among them."""
    return sorted(filter(belongs, rows), key=lambda case: (getattr(case, day), case.pk))[:ROWS]


@dataclass(frozen=True)
class Guide:
    """Somebody to sign in as in the demo, and what to try."""

    title: str
    name: str
    email: str
    what: str


def guides() -> list[Guide]:
    """The people whom the demo's first page introduces; empty outside the demo."""
    from django.conf import settings

    if not settings.DEMO:
        return []
    from config.demo import cast

    return [Guide(*row) for row in cast.guides()]
