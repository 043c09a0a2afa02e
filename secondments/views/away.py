"""Pages across cases: people with us, for the host; and who is away, for HR and line managers."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from people import clock
from people.access import PersonRequest
from secondments import scopes
from secondments.choices import Part
from secondments.models import Absence, Leave, Secondment
from secondments.policies import AT_HOST
from secondments.states import PLACED, State

PAGE = 50
WEEKS = 6
HOME = frozenset({Part.HR_SECONDER, Part.LINE_MANAGER})


@require_GET
def people_with_us(request: PersonRequest) -> HttpResponse:
    """The secondees whom the reader receives now or soon: until when, when away, and what to do for them."""
    return _page(request, AT_HOST, "secondments/people_with_us.html")


@require_GET
def away(request: PersonRequest) -> HttpResponse:
    """Whom the reader's side has lent, where they are, when they are on leave or absent, and when they come back."""
    return _page(request, HOME, "secondments/away.html")


def _page(request: PersonRequest, parts: frozenset[Part], template: str) -> HttpResponse:
    cases = scopes.cases_in(request.user, parts).filter(state__in=[State.AGREED, *PLACED])
    today = clock.today(request.user.time_zone)
    last = today + timedelta(weeks=WEEKS) - timedelta(days=1)
    search = request.GET.get("q", "").strip()
    if search:
        cases = cases.filter(secondee__full_name__icontains=search)
    rows = cases.select_related("secondee", "host", "seconder").order_by("end_on", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    spans = _spans(list(page), request, today, last)
    context = {
        "page": page,
        "rows": [(case, spans.get(case.pk, [])) for case in page],
        "first": today,
        "last": last,
        "q": search,
    }
    return render(request, template, context)


def _spans(
    cases: list[Secondment], request: PersonRequest, first: date, last: date
) -> dict[int, list[tuple[date, date | None, str]]]:
    """Leave that stands and absences of these cases within the weeks ahead; two queries."""
    found: dict[int, list[tuple[date, date | None, str]]] = {}
    standing: QuerySet[Leave] = scopes.leaves(request.user).filter(Leave.STANDS, secondment__in=cases)
    for leave in standing.filter(first_day__lte=last, last_day__gte=first).order_by("first_day"):
        found.setdefault(leave.secondment_id, []).append((leave.first_day, leave.last_day, _("on leave")))
    absent: QuerySet[Absence] = scopes.absences(request.user).filter(secondment__in=cases, cancelled_at__isnull=True)
    for row in absent.filter(first_day__lte=last).order_by("first_day"):
        if row.last_day is None or row.last_day >= first:
            found.setdefault(row.secondment_id, []).append((row.first_day, row.last_day, _("absent")))
    return found
