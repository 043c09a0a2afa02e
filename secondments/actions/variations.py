"""What a signed variation changes in the case itself: days, hours, role, place. What held before stays on record."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.notify import call_off
from secondments import (
    abroad_notices,
    charging,
    early_end_notices,
    effects,
    guards,
    review_notices,
    timetable,
    transitions,
    turns,
)
from secondments.actions import estimates, leaves
from secondments.guards import Refusal
from secondments.models import Certificate, Secondment
from secondments.states import PLACED, State
from secondments.transitions import Refused

VARIED = ("start_on", "end_on", "weekly_hours", "is_full_time", "working_days", "role_title", "location")
WORKED = frozenset({"weekly_hours", "working_days"})
COSTING = WORKED | {"start_on", "end_on"}
OPEN_TO_VARIATION = frozenset({State.AGREED, *PLACED})


def read(changes: dict[str, Any]) -> dict[str, Any]:
    """Changes as a paper keeps them (JSON), as values of the case; raises ``KeyError`` for anything else."""
    kinds: dict[str, Any] = {
        "start_on": date.fromisoformat,
        "end_on": date.fromisoformat,
        "weekly_hours": Decimal,
        "is_full_time": bool,
        "working_days": sorted,
        "role_title": str,
        "location": str,
    }
    return {name: kinds[name](value) for name, value in changes.items()}


def explain(case: Secondment, changes: dict[str, Any]) -> list[Refusal]:
    """Why a change cannot be made, asked when it is proposed and again when all have signed. Changes nothing."""
    found = []
    if case.state not in OPEN_TO_VARIATION:
        return [Refusal(_("Only an agreement that is signed and not over can be varied."), "")]
    given = read(changes)
    today = clock.today(case.zone)
    before = {name: getattr(case, name) for name in given}
    assert case.start_on and case.end_on
    start: date = given.get("start_on", case.start_on)
    end: date = given.get("end_on", case.end_on)
    if "start_on" in given and case.state != State.AGREED:
        found.append(Refusal(_("The placement has begun; its first day stays."), "start_on"))
    if end < start:
        found.append(Refusal(_("The last day is before the first day."), "end_on"))
    if "end_on" in given and end < today:
        found.append(Refusal(_("The last day has passed."), "end_on"))
    if timetable.length(start, end) > case.rules.maximum_days:
        found.append(
            Refusal(
                _("The policy allows at most %(max)d days; these are %(days)d.")
                % {"max": case.rules.maximum_days, "days": timetable.length(start, end)},
                "end_on",
            )
        )
    try:
        for name, value in given.items():
            setattr(case, name, value)
        found += [Refusal(row.sentence, "end_on") for row in guards.no_overlap.explain(case)]
    finally:
        for name, value in before.items():
            setattr(case, name, value)
    return found


@transaction.atomic
def apply(
    secondment: Secondment, changes: dict[str, Any], *, by: Person | None, paper: str, effective: date | None = None
) -> Secondment:
    """Change the case as the variation says, in the transaction of its last signature.

    Order: lock, ask again, write, re-plan what hangs on the last day, ledger, and back from the review where the
    end moved away from it. New hours and days of the week count from ``effective`` on, for pay, leave and costs; from
    today where the paper names no day. Refused with sentences where the change has become impossible meanwhile.
    """
    case = transitions.lock(secondment.pk)
    if not changes:
        return case
    refusals = explain(case, changes)
    if refusals:
        raise Refused(*refusals)
    given = read(changes)
    before = {name: getattr(case, name) for name in given}
    since = effective or clock.today(case.zone)
    if WORKED & given.keys():
        _keep_worked(case, since)
    for name, value in given.items():
        setattr(case, name, value)
    if "end_on" in given:
        case.end_moved_on = clock.today(case.zone)
    case.changed_at = clock.now()
    case.save()
    ledger.record(
        "secondment.vary", by=by, case_id=case.pk, paper=paper,
        before={name: str(value) for name, value in before.items()},
        after={name: str(value) for name, value in given.items()},
    )  # fmt: skip
    if "end_on" in given:
        _move_end(case, before["end_on"], by)
    if WORKED & given.keys():
        charging.note_hours(case, since)
        leaves.count_again(case, since, by=by or case.owner)
    if COSTING & given.keys() and estimates.plan_of(case):
        estimates.renew(case, by=by)
    charging.replan(case)
    early_end_notices.varied(case, paper, ends_anew="end_on" in given)
    if "end_on" in given and given["end_on"] > before["end_on"]:
        shorter = Certificate.objects.current().filter(secondment=case, valid_until__lt=given["end_on"])
        abroad_notices.outlasts_papers(case, shorter.filter(valid_until__gte=clock.today(case.zone)))
    turns.settle(case)
    return case


def _keep_worked(case: Secondment, since: date) -> None:
    """Put down what is worked until the day before; a later change of which it takes the place is forgotten."""
    first = case.began_on or case.start_on
    assert first
    now = [str(case.weekly_hours or case.full_time_hours), list(case.working_days)]
    held = next(([hours, days] for day, hours, days in case.worked_before if str(since) <= day), now)
    earlier = [row for row in case.worked_before if row[0] < str(since)]
    case.worked_before = [*earlier, [str(since), *held]] if since > first else []


def _move_end(case: Secondment, before: date, by: Person | None) -> None:
    """Reminders, check-ins and the review follow the new last day."""
    assert case.start_on and case.end_on
    call_off(f"case:{case.pk}:milestone:{before}:{name}" for name in timetable.END_MILESTONES)
    if case.state not in PLACED:
        return
    effects.move_return_list(case, case.end_on - before)
    effects.cancel_checkins(case, after=case.end_on)
    leaves.trim(case, by=by or case.owner)
    if case.end_on > before:
        known = set(case.checkins.filter(cancelled_at__isnull=True).values_list("due_on", flat=True))
        effects.schedule_checkins(case, by, known=known)
    review_notices.call_off_reminders(case.evaluations.filter(completed_at__isnull=True))
    opens = timetable.review_opens(case.start_on, case.end_on, case.rules)
    if case.state == State.REVIEW and opens > clock.today(case.zone) and case.review_concluded_at is None:
        case.evaluations.filter(completed_at__isnull=True).delete()
        transitions.perform(case, "extend", by=by, automatically=True)
    else:
        case.evaluations.filter(completed_at__isnull=True).update(due_on=case.end_on)
