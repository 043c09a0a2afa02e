"""What the host is charged in a case: opened with the placement, counted anew whenever something changes.

Charges that were invoiced stay as they are; what they would be by now goes into the next as a correction, so that
all of them together are always what the terms give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from people import clock
from people.models import Person
from secondments import leave_days, recharge
from secondments.choices import AbsenceKind, Basis, BorneBy, ChargeState, Frequency, Funding, RechargeModel
from secondments.models import Absence, Charge, CostItem, Expense, RechargeTerms, Secondment, Wish
from secondments.patterns import EVERY_DAY, Pattern

MODEL_OF = {
    Funding.SECONDER: RechargeModel.NONE,
    Funding.HOST: RechargeModel.FULL,
    Funding.HOST_SALARY: RechargeModel.SALARY,
    Funding.SHARED: RechargeModel.PERCENT,
    Funding.FIXED: RechargeModel.FIXED,
}
ONE_DAY = timedelta(days=1)
BESIDE = frozenset({recharge.EXPENSE, recharge.CORRECTION})


def open_schedule(case: Secondment, by: Person | None) -> None:
    """The placement begins: terms out of the proposal, and what is expected for each period."""
    proposal, employment = case.proposal, case.employment
    salary = employment.annual_salary if employment else None
    currency = (employment.salary_currency if employment and salary is not None else "") or proposal.currency
    if not currency or RechargeTerms.objects.filter(secondment=case).exists():
        return
    on_costs = proposal.on_cost_percent
    RechargeTerms.objects.create(
        secondment=case,
        model=MODEL_OF[Funding(proposal.funding or Funding.SECONDER)],
        frequency=Frequency.MONTH,
        currency=currency,
        annual_salary=salary,
        on_cost_percent=case.rules.on_cost_percent if on_costs is None else on_costs,
        percent=proposal.host_percent,
        fixed=proposal.fixed_amount,
        shares=_shares(case),
        set_at=clock.now(),
        set_by=by,
    )
    replan(case)


def as_signed(case: Secondment, terms: Mapping[str, Any]) -> None:
    """What the signed agreement says of how it is counted takes the place of what was assumed; counted anew."""
    found = RechargeTerms.objects.filter(secondment=case).first()
    if found is None or not terms:
        return
    for name, value in terms.items():
        setattr(found, name, value)
    found.save()
    replan(case)


def share_of(case: Secondment, hours: Decimal | None = None) -> Decimal:
    """The placement's hours, or these, as a share of full-time."""
    full = case.full_time_hours
    return round((hours or case.weekly_hours or full) / full, 4)


def _shares(case: Secondment) -> list[list[str]]:
    """The share of full-time from the first day on, and from each day on which a variation changed the hours."""
    first = str(case.began_on or case.start_on)
    found = [[first, str(share_of(case))]]
    for day, hours, _days in reversed(case.worked_before):
        if day > first:
            found[0][0] = day
            found.insert(0, [first, str(share_of(case, Decimal(hours)))])
    return found


def note_hours(case: Secondment, since: date) -> None:
    """The hours of a week have changed: from a day on the pay counts by the new share."""
    found = RechargeTerms.objects.select_for_update().filter(secondment=case).first()
    if found is None:
        return
    before = [[day, share] for day, share in found.shares if day < str(since)]
    share = str(share_of(case))
    if not (before and Decimal(before[-1][1]) == Decimal(share)):
        before.append([str(since), share])
    found.shares = before
    found.save()


def replan(case: Secondment) -> None:
    """Count what is expected anew, inside the caller's transaction, which holds the case."""
    terms = RechargeTerms.objects.filter(secondment=case).first()
    if terms is None:
        return
    found = terms_of(case, terms)
    kept = list(case.charges.exclude(state=ChargeState.EXPECTED).order_by("number"))
    case.charges.filter(state=ChargeState.EXPECTED).delete()
    if case.began_on is None:
        return
    rows = _with_expenses(case, kept, _counted(found, Frequency(terms.frequency), kept))
    first = kept[-1].number + 1 if kept else 1
    Charge.objects.bulk_create(
        Charge(
            secondment=case,
            number=number,
            first_day=period.first,
            last_day=period.last,
            currency=found.currency,
            amount=sum((Decimal(line["amount"]) for line in lines), Decimal(0)),
            lines=lines,
            working=recharge.working(found, period) | _corrected(found, kept if number == first else []),
        )
        for number, (period, lines) in enumerate(rows, start=first)
        if lines or found.model == RechargeModel.HOURS
    )


def _corrected(terms: recharge.Terms, kept: list[Charge]) -> dict[str, list[list[str]]]:
    """For a correction: each invoiced statement, what it came to then, what it corrected, what it comes to now."""
    rows = []
    for charge in kept:
        then, corrected = (
            sum((Decimal(line["amount"]) for line in charge.lines if (line["kind"] in kinds) == is_in), Decimal(0))
            for kinds, is_in in ((BESIDE, False), ({recharge.CORRECTION}, True))
        )
        now = recharge.total(terms, recharge.Period(charge.first_day, charge.last_day))
        rows.append(
            [str(charge.number), str(charge.first_day), str(charge.last_day), *map(str, (then, corrected, now))]
        )
    off = sum((Decimal(now) - Decimal(then) - Decimal(corrected) for *_days, then, corrected, now in rows), Decimal(0))
    return {"corrected": rows} if off else {}


Row = tuple[recharge.Period, list[dict[str, str]]]


def _counted(terms: recharge.Terms, frequency: Frequency, kept: list[Charge]) -> list[Row]:
    """Each period after what was invoiced, with its lines; the first also with what the invoiced ones are off by."""
    until = max((charge.last_day for charge in kept), default=None)
    rows: list[Row] = []
    for period in recharge.periods(terms.start, terms.end, frequency):
        if until and period.last <= until:
            continue
        begins = max(period.first, until + ONE_DAY) if until else period.first
        rest = recharge.Period(begins, period.last)
        rows.append((rest, [_line(line.kind, line.label, line.amount) for line in recharge.lines(terms, rest)]))
    if until:
        charged = sum(
            (Decimal(line["amount"]) for charge in kept for line in charge.lines if line["kind"] != recharge.EXPENSE),
            Decimal(0),
        )
        off = recharge.total(terms, recharge.Period(terms.start, until)) - charged
        if off:
            _first_open(rows, terms)[1].insert(0, _line(recharge.CORRECTION, "", off))
    return rows


def _first_open(rows: list[Row], terms: recharge.Terms) -> Row:
    """The first period that is not invoiced; one more, of the last day alone, where all are."""
    if not rows:
        rows.append((recharge.Period(terms.end, terms.end), []))
    return rows[0]


def _with_expenses(case: Secondment, kept: list[Charge], rows: list[Row]) -> list[Row]:
    """Expenses that the host pays, each in the period of its day or the next that is open; never twice."""
    charged = {line.get("key") for charge in kept for line in charge.lines}
    for expense in Expense.objects.filter(secondment=case, approved=True, passed_on=True).order_by("spent_on", "pk"):
        if expense.key in charged:
            continue
        if not rows:
            assert case.end_on
            rows.append((recharge.Period(case.end_on, case.end_on), []))
        row = next((row for row in rows if row[0].last >= expense.spent_on), rows[-1])
        label = f"{expense.get_kind_display()}: {expense.label}" if expense.label else str(expense.get_kind_display())
        row[1].append(_line(recharge.EXPENSE, label, expense.amount) | {"key": expense.key})
    return rows


def _line(kind: str, label: str, amount: Decimal) -> dict[str, str]:
    return {"kind": kind, "label": label, "amount": str(amount)}


def in_all(case: Secondment, wish: Wish | None = None) -> Decimal | None:
    """What the host pays for the whole placement by the terms, without expenses; with a change from today on.

    None where nothing is counted, as before the first day.
    """
    kept = RechargeTerms.objects.filter(secondment=case).first()
    if kept is None:
        return None
    terms = terms_of(case, kept)
    today = clock.today(case.zone)
    if wish and wish.end_on:
        terms = replace(terms, end=max(wish.end_on, terms.start))
    if wish and wish.weekly_hours:
        terms = replace(terms, changes=(*terms.changes, (today, share_of(case, wish.weekly_hours))))
    if wish and wish.working_days:
        before = case.pattern(EVERY_DAY)
        worked = Pattern(frozenset(wish.working_days), (*before.before, (today, before.week)))
        terms = replace(terms, days_at_host=worked)
    return recharge.total(terms, recharge.Period(terms.start, terms.end))


def terms_of(case: Secondment, terms: RechargeTerms) -> recharge.Terms:
    """The terms and what happened since, as the arithmetic wants them."""
    start = case.began_on or case.start_on
    assert start and case.end_on
    shares = [(day, Decimal(share)) for day, share in terms.shares]
    at_first = shares[0][1] if shares else share_of(case)
    return recharge.Terms(
        model=RechargeModel(terms.model),
        start=start,
        end=max(case.end_on, start),
        calendar=case.seconder.calendar(),
        currency=terms.currency,
        annual_salary=terms.annual_salary or Decimal(0),
        on_cost_percent=terms.on_cost_percent or Decimal(0),
        fte=at_first,
        changes=tuple((date.fromisoformat(day), share) for day, share in shares[1:]),
        percent=terms.percent or Decimal(0),
        uplift_from=terms.uplift_from,
        uplift_percent=terms.uplift_percent or Decimal(0),
        suspended=recharge.Spans(tuple(_suspended(case, terms)) if terms.suspends_absence else ()),
        items=tuple(_items(case, terms)),
        days_at_host=days_at_host(case),
        cover=terms.cover or Decimal(0),
        fixed=terms.fixed or Decimal(0),
        rate=terms.rate or Decimal(0),
        most_hours=terms.most_hours,
        hours={row.month: row.hours for row in case.hours.all()},
    )


def days_at_host(case: Secondment) -> Pattern | None:
    """For which days a cost of each working day comes; None: for all of them, as nobody works part of a week."""
    named = case.working_days and not case.is_full_time
    return case.pattern(EVERY_DAY) if named or case.worked_before else None


def _suspended(case: Secondment, terms: RechargeTerms) -> Iterator[tuple[date, date]]:
    """Long absences; one that lasts is taken to last until somebody says otherwise.

    Sickness is not charged once it has lasted for as long as the signed clause says, else the policy; other absence
    from its first day on.
    """
    long = case.rules.long_absence_days
    ill = long if terms.sickness_charged_days is None else terms.sickness_charged_days
    today = clock.today(case.zone)
    assert case.end_on
    for absence in Absence.objects.filter(secondment=case, cancelled_at__isnull=True):
        away = leave_days.days_away(absence.first_day, absence.last_day, today)
        is_sickness = absence.kind == AbsenceKind.SICKNESS
        if away >= (ill if is_sickness else long):
            charged = ill if is_sickness else 0
            yield absence.first_day + timedelta(days=charged), absence.last_day or max(today, case.end_on)


def _items(case: Secondment, terms: RechargeTerms) -> Iterator[recharge.Item]:
    """Costs of the proposal that the host bears, whole or in part."""
    shares = {RechargeModel.FULL: Decimal(100), RechargeModel.PERCENT: terms.percent or Decimal(0)}
    for item in CostItem.objects.filter(secondment=case):
        percent = Decimal(100) if item.borne_by == BorneBy.HOST else shares.get(RechargeModel(terms.model), Decimal(0))
        if item.borne_by != BorneBy.SECONDER and percent:
            name = f"{item.get_kind_display()}: {item.label}" if item.label else str(item.get_kind_display())
            yield recharge.Item(name, item.amount * percent / 100, Basis(item.basis))
