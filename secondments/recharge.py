"""What the host is charged, period by period: pure arithmetic. No database, no clock.

Everything is counted from the first day on and rounded once, half up, to the smallest unit of the currency; what a
period costs is the difference of two such sums. Parts therefore always make the whole, whichever way a placement is
cut into periods. A part of a month counts by its working days, as in an estimate (``costs``).
"""

from __future__ import annotations

import calendar as months_of
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from people.workdays import Calendar, is_working_day
from secondments.choices import Basis, Frequency, RechargeModel
from secondments.costs import HUNDRED, TWELVE, ZERO, rounded

SALARY, ON_COSTS, ITEM, FIXED, COVER, HOURS = "salary", "on_costs", "item", "fixed", "cover", "hours"
EXPENSE, CORRECTION = "expense", "correction"  # beside what is counted here
DAY = timedelta(days=1)


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
    days_at_host: frozenset[int] | None = None
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
    until = min(until, terms.end)
    if until < terms.start:
        return {}
    found: dict[tuple[str, str], Decimal] = {}
    model = terms.model
    if model in SALARIED:
        share = terms.percent / HUNDRED if model == RechargeModel.PERCENT else Decimal(1)
        salary = terms.annual_salary / TWELVE * _paid_months(terms, until)
        found[SALARY, ""] = rounded(salary * share, terms.currency)
        on_costs = salary * terms.on_cost_percent / HUNDRED
        found[ON_COSTS, ""] = rounded(on_costs * share, terms.currency)
    if model == RechargeModel.COVER:
        found[COVER, ""] = rounded(terms.cover * _months(terms, terms.start, until), terms.currency)
    if model == RechargeModel.FIXED:
        found[FIXED, ""] = _spread(terms, until)
    if model == RechargeModel.HOURS:
        found[HOURS, ""] = _by_the_hour(terms, until)
    for item in terms.items:
        so_far = found.get((ITEM, item.label), ZERO)
        found[ITEM, item.label] = so_far + rounded(item.amount * _times(item.basis, terms, until), terms.currency)
    return found


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
    works = [day for day in days if is_working_day(day, terms.calendar) and (here is None or day.weekday() in here)]
    return Decimal(len(works))


SALARIED = frozenset({RechargeModel.FULL, RechargeModel.PERCENT, RechargeModel.SALARY})


def _paid_months(terms: Terms, until: date) -> Decimal:
    """Months of full-time pay: each stretch with its share of full-time, and raised from the uplift on."""
    steps = {day for day, _share in terms.changes} | ({terms.uplift_from} if terms.uplift_from else set())
    begins = sorted({terms.start, *(day for day in steps if terms.start < day <= until)})
    found = ZERO
    for begin, following in zip(begins, [*begins[1:], until + DAY], strict=True):
        factor = next((share for day, share in reversed(terms.changes) if day <= begin), terms.fte)
        if terms.uplift_from is not None and begin >= terms.uplift_from:
            factor *= 1 + terms.uplift_percent / HUNDRED
        found += _months(terms, begin, following - DAY) * factor
    return found


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


def _spread(terms: Terms, until: date) -> Decimal:
    """A fixed amount by calendar days that are not suspended; all of it on the last day, none where all are."""
    counted = [day for day in _days(terms.start, terms.end) if day not in terms.suspended]
    if not counted:
        return ZERO
    return rounded(terms.fixed * sum(day <= until for day in counted) / len(counted), terms.currency)


def _by_the_hour(terms: Terms, until: date) -> Decimal:
    """Hours of the months that are over, each month up to its cap."""
    found = ZERO
    for begin, end in months(terms.start, terms.end):
        hours = terms.hours.get(begin, ZERO)
        if min(end, terms.end) <= until:
            found += min(hours, terms.most_hours) if terms.most_hours is not None else hours
    return rounded(found * terms.rate, terms.currency)
