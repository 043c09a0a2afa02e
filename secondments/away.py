"""Who is away when, over many cases: leave that stands and absences, within some weeks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from people import clock
from people.models import Person
from secondments import scopes
from secondments.models import Absence, Leave, Secondment
from secondments.states import PLACED, State

RECEIVED = frozenset({State.AGREED, *PLACED})  # whom a host has now, or soon
WEEKS = 6


@dataclass(frozen=True)
class Away:
    """Days on which somebody is not there, why in one word, and where they lie in a strip of the weeks shown."""

    first: date
    last: date | None
    label: str
    kind: str
    x: int = 0
    width: int = 0


Row = tuple[Secondment, list[Away]]


def weeks(first: date) -> tuple[date, date]:
    """The weeks that are shown at a time, from this day on."""
    return first, first + timedelta(weeks=WEEKS) - timedelta(days=1)


def with_spans(cases: list[Secondment], person: Person, first: date | None = None) -> list[Row]:
    """Each case with what its secondee is away for in the weeks from a day on; two queries, none without cases."""
    begin, end = weeks(first or clock.today(person.time_zone))
    found: dict[int, list[Away]] = {case.pk: [] for case in cases}
    if cases:
        for pk, span in _spans(cases, person, begin, end):
            found[pk].append(_placed(span, begin, end))
    return [(case, sorted(found[case.pk], key=lambda span: span.first)) for case in cases]


def _spans(cases: list[Secondment], person: Person, first: date, last: date) -> Iterable[tuple[int, Away]]:
    standing: QuerySet[Leave] = scopes.leaves(person).filter(Leave.STANDS, secondment__in=cases)
    for leave in standing.filter(first_day__lte=last, last_day__gte=first):
        yield leave.secondment_id, Away(leave.first_day, leave.last_day, _("on leave"), "leave")
    absent: QuerySet[Absence] = scopes.absences(person).filter(secondment__in=cases, cancelled_at__isnull=True)
    for row in absent.filter(first_day__lte=last):
        if row.last_day is None or row.last_day >= first:
            yield row.secondment_id, Away(row.first_day, row.last_day, _("absent"), "absent")


def _placed(span: Away, first: date, last: date) -> Away:
    """One unit of the strip is one day; what lies outside of the weeks is cut off."""
    begin, end = max(span.first, first), min(span.last or last, last)
    return Away(span.first, span.last, span.label, span.kind, (begin - first).days, (end - begin).days + 1)
