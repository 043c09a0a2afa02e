"""Ending a placement before its agreed last day."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.notify import call_off
from secondments import charging, effects, guards, notices, policies, timetable, transitions, turns
from secondments.actions import leaves
from secondments.choices import Party
from secondments.guards import Refusal
from secondments.models import Secondment
from secondments.states import PLACED, State
from secondments.transitions import NotAllowed, Refused


def notice_weeks(secondment: Secondment, asked_by: str) -> int:
    """Weeks of notice that a party has to give, by the case's own copy of the policy."""
    rules = secondment.rules
    return {
        Party.SECONDER: rules.notice_weeks_seconder,
        Party.HOST: rules.notice_weeks_host,
        Party.SECONDEE: rules.notice_weeks_secondee,
    }[Party(asked_by)]


def proposed_last_day(secondment: Secondment, asked_by: str) -> date:
    """The last day if notice is given today."""
    assert secondment.end_on
    today = clock.today(secondment.zone)
    return timetable.last_day_by_notice(today, notice_weeks(secondment, asked_by), secondment.end_on)


@transaction.atomic
def end_early(secondment: Secondment, *, by: Person, last_day: date, asked_by: str, reason: str) -> Secondment:
    """Set a new last day and go straight into review. The day once agreed stays in ``agreed_end_on``.

    Order: lock, ask, move the end, cancel what lies after it, ledger, notices, then the door.
    """
    secondment = transitions.lock(secondment.pk)
    if not policies.may_run(secondment, by):
        raise NotAllowed(_("Only HR of the seconder ends a placement early."))
    if secondment.state not in PLACED:
        raise Refused(_("Only a placement that is running can be ended early."))
    if not reason.strip():
        raise Refused(Refusal(_("Give a reason."), "reason"))
    refusals = guards.early_end_possible(secondment, last_day)
    if refusals:
        raise Refused(*refusals)
    before = secondment.end_on
    now = clock.now()
    secondment.end_on = last_day
    secondment.ended_early_at, secondment.ended_early_by = now, by
    secondment.early_end_reason, secondment.early_end_asked_by = reason.strip(), asked_by
    secondment.changed_at = now
    secondment.save()
    effects.cancel_checkins(secondment, after=last_day)
    leaves.trim(secondment, by=by)
    charging.replan(secondment)
    call_off(f"case:{secondment.pk}:milestone:{before}:{name}" for name in timetable.END_MILESTONES)
    secondment.evaluations.filter(completed_at__isnull=True).update(due_on=last_day)
    ledger.record(
        "secondment.end_early",
        by=by,
        case_id=secondment.pk,
        reason=reason.strip(),
        asked_by=asked_by,
        before=str(before),
        last_day=str(last_day),
    )
    notices.ended_early(secondment)
    if secondment.state == State.ACTIVE:
        return transitions.perform(
            secondment, "begin_review", by=by, automatically=True, reason=_("The placement ends early.")
        )
    turns.settle(secondment)
    return secondment
