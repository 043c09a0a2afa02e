"""Estimating what a secondment costs: gathers the figures, keeps each new result, never overwrites an old one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.workdays import Calendar
from secondments import charging, costs, policies
from secondments.choices import Basis, BorneBy, CostKind, Funding
from secondments.models import Estimate, Secondment
from secondments.transitions import NotAllowed


def plan_of(case: Secondment) -> costs.Plan | None:
    """What is counted, out of the proposal and the records; None while it cannot be counted yet."""
    proposal, terms = case.proposal, case.employment
    if not (case.start_on and case.end_on and case.end_on >= case.start_on):
        return None
    salary = terms.annual_salary if terms else None
    currency = (terms.salary_currency if terms and salary is not None else "") or proposal.currency
    items = tuple(
        costs.Item(CostKind(item.kind), item.label, item.amount, Basis(item.basis), BorneBy(item.borne_by))
        for item in case.cost_items.all()
    )
    if not currency or not (items or salary is not None) or is_mixed(case):
        return None
    if (case.end_on - case.start_on).days > LONGEST:
        return None
    full = case.full_time_hours
    percent = proposal.on_cost_percent
    calendar = case.seconder.calendar()
    return costs.Plan(
        start=case.start_on,
        end=case.end_on,
        calendar=calendar,
        currency=currency,
        days_at_host=charging.days_at_host(case),
        hours=_hours(case, calendar, full),
        full_time_hours=full,
        total_hours=case.total_hours,
        annual_salary=salary,
        on_cost_percent=case.rules.on_cost_percent if percent is None else percent,
        funding=Funding(proposal.funding or Funding.SECONDER),
        host_percent=proposal.host_percent or Decimal(0),
        fixed_amount=proposal.fixed_amount or Decimal(0),
        items=items,
    )


def _hours(case: Secondment, calendar: Calendar, full: Decimal) -> Decimal:
    """Hours of a week; where a variation changed them, on average by the months in which each held."""
    now = case.weekly_hours or full
    assert case.start_on and case.end_on
    steps: list[tuple[date | None, Decimal]] = [
        (date.fromisoformat(day), Decimal(held)) for day, held, _days in case.worked_before
    ]
    begins, months, hours = case.start_on, Decimal(0), Decimal(0)
    for until, held in [*steps, (None, now)]:
        ends = min(until - timedelta(days=1), case.end_on) if until else case.end_on
        part = costs.months_in(begins, ends, calendar) if ends >= begins else Decimal(0)
        begins, months, hours = max(until or begins, begins), months + part, hours + part * held
    return hours / months if case.worked_before and months else now


LONGEST = 3660  # days that are counted: longer than any placement


def is_mixed(case: Secondment) -> bool:
    """Whether amounts were given in another currency than the salary is paid in: they are not added up."""
    terms, given = case.employment, case.proposal.currency
    paid_in = terms.salary_currency if terms and terms.annual_salary is not None else ""
    return bool(given and paid_in and given != paid_in)


def missing(case: Secondment) -> list[str]:
    """What an estimate still needs, as sentences."""
    terms, found = case.employment, []
    if not (case.start_on and case.end_on):
        found.append(_("Give the first and the last day."))
    if case.secondee_id and (terms is None or terms.annual_salary is None):
        found.append(_("No salary is on record, so that salary and on-costs are not counted."))
    if not case.secondee_id:
        found.append(_("Say who is to be seconded."))
    if is_mixed(case):
        found.append(_("Amounts are given in another currency than the salary is paid in: enter them in that one."))
    if not case.proposal.funding:
        found.append(_("Say who bears the costs; until then it is the seconder."))
    return found


def renew(case: Secondment, *, by: Person | None, quick: bool = False) -> Estimate | None:
    """Count anew, inside the caller's transaction; a result that differs from the last is kept as the newest.

    ``quick``: while somebody types. Such a figure gives way to the next one of the same writer, so that the history
    holds what was meant and not each key.
    """
    plan = plan_of(case)
    if plan is None:
        case.estimates.filter(is_current=True).update(is_current=False)
        return None
    found = costs.estimate(plan)
    values = {
        "secondee": case.secondee,
        "made_at": clock.now(),
        "made_by": by,
        "currency": plan.currency,
        "total": found.total,
        "host_share": found.host,
        "seconder_share": found.seconder,
        "content": _content(plan, found),
        "while_typing": quick,
    }
    last: Estimate | None = case.estimate
    if last and last.content == values["content"]:
        if last.while_typing and not quick:
            Estimate.objects.filter(pk=last.pk).update(while_typing=False)
        return last
    if last and last.while_typing and last.made_by_id == (by.pk if by else None):
        Estimate.objects.filter(pk=last.pk).update(**values)
        return last
    return Estimate.objects.create(secondment=case, **values)


def read(case: Secondment, *, by: Person) -> list[Estimate]:
    """All estimates of a case, newest first; each look is in the ledger, as they tell what somebody earns."""
    if not policies.may_see_salary(case, by):
        raise NotAllowed(_("The whole estimate tells a salary: it is for HR and finance of the seconder."))
    ledger.record("salary.read", by=by, case_id=case.pk, subject=case.secondee, person=str(case.secondee or ""))
    # Figures of somebody who was to be seconded before tell that person's pay.
    rows = case.estimates.filter(secondee=case.secondee_id)
    return list(rows.select_related("made_by").order_by("-pk")[:50])


def _content(plan: costs.Plan, found: costs.Estimate) -> dict[str, Any]:
    """Lines and what they were counted from, as JSON; amounts are decimal text."""
    return {
        "start": plan.start.isoformat(),
        "end": plan.end.isoformat(),
        "funding": str(plan.funding),
        "host_percent": str(plan.host_percent),
        "on_cost_percent": str(plan.on_cost_percent),
        "working_days": found.working_days,
        "months": f"{found.months:.4f}",
        "fte": f"{found.fte:.4f}",
        "total_hours": str(plan.total_hours) if plan.total_hours is not None else "",
        "has_salary": plan.annual_salary is not None,
        "lines": [
            {
                "kind": line.kind,
                "label": line.label,
                "amount": str(line.amount),
                "host": str(line.host),
                "seconder": str(line.seconder),
            }
            for line in found.lines
        ],
    }
