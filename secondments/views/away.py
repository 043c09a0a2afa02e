"""Pages across cases: people with us, for the host; and who is away, for HR and line managers."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from people import clock
from people.access import PersonRequest
from secondments import away as absent
from secondments import scopes
from secondments.choices import Part
from secondments.policies import AT_HOST

PAGE = 50
HOME = frozenset({Part.HR_SECONDER, Part.LINE_MANAGER})
FURTHEST = timedelta(days=3 * 366)  # back or ahead


@require_GET
def people_with_us(request: PersonRequest) -> HttpResponse:
    """The secondees whom the reader receives now or soon: until when, when away, and what to do for them."""
    return _page(request, AT_HOST, "secondments/people_with_us.html")


@require_GET
def away(request: PersonRequest) -> HttpResponse:
    """Whom the reader's side has lent, where they are, when they are on leave or absent, and when they come back."""
    return _page(request, HOME, "secondments/away.html")


def _page(request: PersonRequest, parts: frozenset[Part], template: str) -> HttpResponse:
    """Six weeks at a time, from today or from the day that is asked for."""
    cases = scopes.cases_in(request.user, parts).filter(state__in=absent.RECEIVED)
    today = clock.today(request.user.time_zone)
    first, last = absent.weeks(_begin(request.GET.get("from", ""), today))
    search = request.GET.get("q", "").strip()
    if search:
        cases = cases.filter(secondee__full_name__icontains=search)
    rows = cases.select_related("secondee", "host", "seconder").order_by("end_on", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": absent.with_spans(list(page), request.user, first),
        "first": first,
        "last": last,
        "earlier": first - timedelta(weeks=absent.WEEKS),
        "later": last + timedelta(days=1),
        "today": today,
        "today_at": (today - first).days if first <= today <= last else None,
        "weekends": [n for n in range((last - first).days + 1) if (first + timedelta(days=n)).weekday() >= 5],
        "mondays": [
            (n, first + timedelta(days=n))
            for n in range((last - first).days + 1)
            if (first + timedelta(days=n)).weekday() == 0
        ],
        "q": search,
    }
    return render(request, template, context)


def _begin(text: str, today: date) -> date:
    """The day that was asked for, where it is one and not years away; else today."""
    try:
        found = parse_date(text)
    except ValueError:
        return today
    return found if found and abs(found - today) <= FURTHEST else today
