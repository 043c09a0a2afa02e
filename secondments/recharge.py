"""What the host is charged, period by period: pure arithmetic. No database, no clock.

Everything is counted from the first day on and rounded once, half up, to the smallest unit of the currency; what a
period costs is the difference of two such sums. Parts therefore always make the whole, whichever way a placement is
cut into periods. A part of a month counts by its working days, as in an estimate (``costs``).
"""

from __future__ import annotations

import calendar as months_of
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from people.workdays import Calendar, is_working_day
from secondments.choices import Basis, Frequency, RechargeModel
from secondments.costs import HUNDRED, TWELVE, ZERO, rounded

SALARY, ON_COSTS, ITEM, FIXED, COVER, HOURS = "salary", "on_costs", "item", "fixed", "cover", "hours"
EXPENSE, CORRECTION = "expense", "correction"  # beside what is counted here
DAY = timedelta(days=1)
Span = tuple[date, date, Decimal, Decimal]  # first and last day, share of full-time, raise


@dataclass(frozen=True)
class Spans:
    """Days that do not count, as pairs of first and last day: long absence, where that is agreed."""

    spans: tuple[tuple[date, date], ...] = ()

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and any(first <= day <= last for first, last in self.spans)


@dataclass(frozen=True)
class Item:
    """What the host bears beside the salary: an allowance each month, travel each week, something once."""

    label: str
    amount: Decimal
    basis: Basis = Basis.MONTH


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What was agreed. ``fte`` is the share of full-time, ``changes`` what it is from a day on; percentages are of 100.

    ``uplift_percent`` raises salary and on-costs from ``uplift_from`` on. ``hours`` gives the hours worked in a month,
    by its first day, ``most_hours`` caps each month. ``fixed`` is for the whole placement, spread by calendar days.
    """

    model: RechargeModel
    start: date
    end: date
    calendar: Calendar
    currency: str
    annual_salary: Decimal = ZERO
    on_cost_percent: Decimal = ZERO
    fte: Decimal = Decimal(1)
    changes: tuple[tuple[date, Decimal], ...] = ()
    percent: Decimal = HUNDRED
    uplift_from: date | None = None
    uplift_percent: Decimal = ZERO
    suspended: Container[date] = Spans()
    items: tuple[Item, ...] = ()
    days_at_host: Container[date] | None = None
    cover: Decimal = ZERO
    fixed: Decimal = ZERO
    rate: Decimal = ZERO
    most_hours: Decimal | None = None
    hours: dict[date, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One component of what a period costs the host."""

    kind: str
    label: str
    amount: Decimal


@dataclass(frozen=True)
class Period:
    first: date
    last: date


def periods(start: date, end: date, frequency: Frequency) -> list[Period]:
    """The placement cut at the ends of months or quarters, or in one piece; the first and the last may be parts."""
    if frequency == Frequency.ONCE:
        return [Period(start, end)]
    found, first = [], start
    while first <= end:
        last = min(_end_of(first, frequency), end)
        found.append(Period(first, last))
        first = last + DAY
    return found


def _end_of(day: date, frequency: Frequency) -> date:
    month = day.month if frequency == Frequency.MONTH else (day.month + 2) // 3 * 3
    return date(day.year, month, months_of.monthrange(day.year, month)[1])


def lines(terms: Terms, period: Period) -> list[Line]:
    """What a period costs the host, by component; those that come to nothing are left out."""
    until, before = _accrued(terms, period.last), _accrued(terms, period.first - DAY)
    found = [Line(kind, label, amount - before.get((kind, label), ZERO)) for (kind, label), amount in until.items()]
    return [line for line in found if line.amount]


def total(terms: Terms, period: Period) -> Decimal:
    return sum((line.amount for line in lines(terms, period)), ZERO)


def _accrued(terms: Terms, until: date) -> dict[tuple[str, str], Decimal]:
    """Each component from the first day to this one, rounded; what lies before the first or after the last is none."""
    found: dict[tuple[str, str], Decimal] = {}
    for part in _parts(terms, until):
        found[part.kind, part.label] = found.get((part.kind, part.label), ZERO) + part.amount
    return found


@dataclass(frozen=True)
class Part:
    """One component so far: what is paid for one, how often that has come, and the amount of both, rounded."""

    kind: str
    label: str
    unit: Decimal
    times: Decimal
    amount: Decimal


def _parts(terms: Terms, until: date) -> Iterator[Part]:
    until = min(until, terms.end)
    if until < terms.start:
        return

    def part(kind: str, label: str, unit: Decimal, times: Decimal, amount: Decimal | None = None) -> Part:
        """The amount is given where it is nearer to the truth than one made of two numbers that were divided."""
        return Part(kind, label, unit, times, rounded(unit * times if amount is None else amount, terms.currency))

    model = terms.model
    if model in SALARIED:
        share = terms.percent / HUNDRED if model == RechargeModel.PERCENT else Decimal(1)
        months = _paid_months(terms, until)
        salary, on_costs = terms.annual_salary / TWELVE * months, terms.on_cost_percent / HUNDRED
        unit = terms.annual_salary * share / TWELVE
        yield part(SALARY, "", unit, months, salary * share)
        yield part(ON_COSTS, "", unit * on_costs, months, salary * on_costs * share)
    if model == RechargeModel.COVER:
        yield part(COVER, "", terms.cover, _months(terms, terms.start, until))
    if model == RechargeModel.FIXED:
        counted, of = _spread(terms, until)
        times = Decimal(counted) / of
        yield part(FIXED, "", terms.fixed, times, terms.fixed * counted / of)
    if model == RechargeModel.HOURS:
        yield part(HOURS, "", terms.rate, _hours(terms, until))
    for item in terms.items:
        yield part(ITEM, item.label, item.amount, _times(item.basis, terms, until))


def working(terms: Terms, period: Period) -> dict[str, Any]:
    """How a period was counted, for whoever counts it again in a spreadsheet; numbers as decimal text, days in ISO.

    ``parts`` holds for each component its kind, label, what is paid for one, how often that had come by the last day
    of the period and before its first, and both amounts, rounded; their difference is charged. ``stretches`` holds, for
    what counts by the month, from the first day of the placement on each stretch of a month: its first and last day,
    working days of the month and those counted, the share of full-time and the raise as factors.
    """
    until, before = list(_parts(terms, period.last)), list(_parts(terms, period.first - DAY))
    parts = []
    for part, was in zip_longest(until, before):  # the same components in the same order; none before the first day
        numbers = (part.unit, part.times, was.times if was else ZERO, part.amount, was.amount if was else ZERO)
        parts.append([part.kind, part.label, *(_plain(number) for number in numbers)])
    return {"parts": parts, "stretches": list(_stretches(terms, period))}


def _plain(number: Decimal) -> str:
    """Ten places are enough to come to the penny again."""
    return f"{round(number, 10).normalize():f}"


def _stretches(terms: Terms, period: Period) -> Iterator[list[str]]:
    if terms.model not in SALARIED | {RechargeModel.COVER}:
        return
    for first, last, share, raised in _cut(_spans_of_pay(terms, min(period.last, terms.end)), period.first):
        for begin, end in months(first, last):
            days = [day for day in _days(begin, end) if is_working_day(day, terms.calendar)]
            counted = sum(first <= day <= last and day not in terms.suspended for day in days)
            numbers = (_plain(share), _plain(raised)) if terms.model in SALARIED else ("1", "1")
            yield [str(max(begin, first)), str(min(end, last)), str(len(days)), str(counted), *numbers]


def _cut(spans: Iterable[Span], at: date) -> Iterator[Span]:
    """The same, with a new one from this day on."""
    for first, last, share, raised in spans:
        if first < at <= last:
            yield first, at - DAY, share, raised
            first = at
        yield first, last, share, raised


def _times(basis: Basis, terms: Terms, until: date) -> Decimal:
    """How often an amount has come by a day; weeks are of seven days, begun ones in part."""
    if basis == Basis.MONTH:
        return _months(terms, terms.start, until)
    if basis == Basis.ONCE:
        return Decimal(1)
    days = [day for day in _days(terms.start, until) if day not in terms.suspended]
    if basis == Basis.WEEK:
        return Decimal(len(days)) / 7
    here = terms.days_at_host
    works = [day for day in days if is_working_day(day, terms.calendar) and (here is None or day in here)]
    return Decimal(len(works))


SALARIED = frozenset({RechargeModel.FULL, RechargeModel.PERCENT, RechargeModel.SALARY})


def _paid_months(terms: Terms, until: date) -> Decimal:
    """Months of full-time pay: each stretch with its share of full-time, and raised from the uplift on."""
    spans = _spans_of_pay(terms, until)
    return sum((_months(terms, first, last) * share * raised for first, last, share, raised in spans), ZERO)


def _spans_of_pay(terms: Terms, until: date) -> Iterator[Span]:
    """First and last day of each stretch in which nothing changes, its share of full-time, the raise as a factor."""
    steps = {day for day, _share in terms.changes} | ({terms.uplift_from} if terms.uplift_from else set())
    begins = sorted({terms.start, *(day for day in steps if terms.start < day <= until)})
    for begin, following in zip(begins, [*begins[1:], until + DAY], strict=True):
        share = next((share for day, share in reversed(terms.changes) if day <= begin), terms.fte)
        is_raised = terms.uplift_from is not None and begin >= terms.uplift_from
        yield begin, following - DAY, share, 1 + terms.uplift_percent / HUNDRED if is_raised else Decimal(1)


def _months(terms: Terms, first: date, last: date) -> Decimal:
    """Of each calendar month the part of its working days that lies in the span and is not suspended."""
    found = ZERO
    for begin, end in months(first, last):
        days = [day for day in _days(begin, end) if is_working_day(day, terms.calendar)]
        worked = sum(first <= day <= last and day not in terms.suspended for day in days)
        if worked:
            found += Decimal(worked) / len(days)
    return found


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """First and last day of each calendar month that a span touches."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month) and first <= last:
        yield date(year, month, 1), date(year, month, months_of.monthrange(year, month)[1])
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _days(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def _spread(terms: Terms, until: date) -> tuple[int, int]:
    """By how many calendar days of how many a fixed amount counts, suspended ones left out; none where all are."""
    counted = [day for day in _days(terms.start, terms.end) if day not in terms.suspended]
    return sum(day <= until for day in counted), len(counted) or 1


def _hours(terms: Terms, until: date) -> Decimal:
    """Hours of the months that are over, each month up to its cap."""
    found = ZERO
    for begin, end in months(terms.start, terms.end):
        hours = terms.hours.get(begin, ZERO)
        if min(end, terms.end) <= until:
            found += min(hours, terms.most_hours) if terms.most_hours is not None else hours
    return found
