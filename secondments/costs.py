"""What a secondment is estimated to cost, and who bears it: pure arithmetic. No database, no clock.

Money is ``Decimal``. Each line is rounded once, half up, to the smallest unit of its currency, and so is the host's
part of it; the seconder's part is the rest of the line, so that the parts always make the whole.
"""

from __future__ import annotations

import calendar as months_of
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from people.workdays import Calendar, working_days_between
from secondments.choices import Basis, BorneBy, CostKind, Funding
from secondments.patterns import Off, Pattern

# Currencies without a smaller unit: ISO 4217, list one, minor unit 0.
WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"]
)
SALARY, ON_COSTS, FIXED = "salary", "on_costs", "fixed"
ZERO, HUNDRED, TWELVE, WEEKS = Decimal(0), Decimal(100), Decimal(12), Decimal(52)


@dataclass(frozen=True)
class Item:
    """A cost beside salary and on-costs; the fields are those of ``models.CostItem``."""

    kind: CostKind
    label: str
    amount: Decimal
    basis: Basis
    borne_by: BorneBy


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is counted. ``hours`` are those of a week, of ``full_time_hours``; ``total_hours`` replaces them.

    ``days_at_host``, for part-time, are the days for which a cost of each working day comes.
    """

    start: date
    end: date
    calendar: Calendar
    days_at_host: Pattern | None = None
    currency: str
    hours: Decimal
    full_time_hours: Decimal
    total_hours: Decimal | None = None
    annual_salary: Decimal | None = None
    on_cost_percent: Decimal = ZERO
    funding: Funding = Funding.SECONDER
    host_percent: Decimal = ZERO
    fixed_amount: Decimal = ZERO
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Line:
    """One component: its amount for the whole period, and what of it each of the two bears."""

    kind: str
    label: str
    amount: Decimal
    host: Decimal

    @property
    def seconder(self) -> Decimal:
        return self.amount - self.host


@dataclass(frozen=True)
class Estimate:
    lines: tuple[Line, ...]
    working_days: int
    months: Decimal
    fte: Decimal

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def host(self) -> Decimal:
        return sum((line.host for line in self.lines), ZERO)

    @property
    def seconder(self) -> Decimal:
        return self.total - self.host


def rounded(amount: Decimal, currency: str) -> Decimal:
    """To the smallest unit of the currency, half up."""
    unit = Decimal(1) if currency in WHOLE else Decimal("0.01")
    return amount.quantize(unit, ROUND_HALF_UP)


def estimate(plan: Plan) -> Estimate:
    """Salary and on-costs first, then the items as they are given, then what the host pays as a fixed amount."""
    months = months_in(plan.start, plan.end, plan.calendar)
    days = working_days_between(plan.start, plan.end, plan.calendar)
    found = Estimate((), days, months, plan.hours / plan.full_time_hours)
    return Estimate(tuple(_lines(plan, found)), days, months, found.fte)


def months_in(start: date, end: date, calendar: Calendar) -> Decimal:
    """A period in months: of each calendar month the part of its working days that lies in the period."""
    found = ZERO
    for first, last in _months(start, end):
        all_days = working_days_between(first, last, calendar)
        if all_days:
            found += Decimal(working_days_between(max(first, start), min(last, end), calendar)) / all_days
    return found


def _months(start: date, end: date) -> Iterator[tuple[date, date]]:
    year, month = start.year, start.month
    while (year, month) <= (end.year, end.month):
        yield date(year, month, 1), date(year, month, months_of.monthrange(year, month)[1])
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _lines(plan: Plan, found: Estimate) -> Iterator[Line]:
    if plan.annual_salary is not None:
        if plan.total_hours is not None:
            pay = plan.annual_salary / WEEKS / plan.full_time_hours * plan.total_hours
        else:
            pay = plan.annual_salary / TWELVE * found.months * found.fte
        salary = rounded(pay, plan.currency)
        yield _line(plan, SALARY, "", salary, BorneBy.AGREED)
        on_costs = rounded(salary * plan.on_cost_percent / HUNDRED, plan.currency)
        yield _line(plan, ON_COSTS, "", on_costs, BorneBy.AGREED)
    for item in plan.items:
        amount = rounded(item.amount * _times(item.basis, plan, found), plan.currency)
        yield _line(plan, item.kind, item.label, amount, item.borne_by)
    if plan.funding == Funding.FIXED:
        yield Line(FIXED, "", ZERO, rounded(plan.fixed_amount, plan.currency))


def _times(basis: Basis, plan: Plan, found: Estimate) -> Decimal:
    """How often an amount comes in the period; weeks are of seven days, begun ones in part."""
    if basis == Basis.MONTH:
        return found.months
    if basis == Basis.WEEK:
        return Decimal((plan.end - plan.start).days + 1) / 7
    if basis == Basis.DAY and plan.days_at_host is not None:
        here = replace(plan.calendar, closing_days=Off(plan.days_at_host, plan.calendar.closing_days))
        return Decimal(working_days_between(plan.start, plan.end, here))
    return Decimal(found.working_days) if basis == Basis.DAY else Decimal(1)


def _line(plan: Plan, kind: str, label: str, amount: Decimal, borne_by: BorneBy) -> Line:
    if borne_by == BorneBy.HOST:
        share = HUNDRED
    elif borne_by == BorneBy.SECONDER:
        share = ZERO
    else:
        of_salary = HUNDRED if kind in {SALARY, ON_COSTS} else ZERO
        share = {
            Funding.HOST: HUNDRED,
            Funding.HOST_SALARY: of_salary,
            Funding.SHARED: plan.host_percent,
        }.get(plan.funding, ZERO)
    return Line(kind, label, amount, rounded(amount * share / HUNDRED, plan.currency))
