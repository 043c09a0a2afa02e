"""What the calendar does by itself: starts, opens reviews, begins returns. Scans for what is due, each run anew."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction

from people import clock, ledger
from people.models import LedgerEntry
from secondments import checklist_notices, notices, sweeps, timetable, transitions, turns
from secondments.actions import absences
from secondments.models import Secondment
from secondments.models.secondment import SecondmentQuerySet
from secondments.states import State
from secondments.transitions import Refused

log = logging.getLogger(__name__)


def advance() -> int:
    """Perform every transition whose day has come in its organisation's zone, raise absences that are long; how many.

    Each case has a transaction of its own, so that one that cannot move stops no other.
    """
    latest = sweeps.latest_day()
    moved = 0
    starting = Secondment.objects.filter(state=State.AGREED, start_on__lte=latest)
    moved += _each(starting, "start", lambda case: case.start_on is not None and case.start_on <= _today(case))
    reviewing = Secondment.objects.filter(state=State.ACTIVE, end_on__lte=latest + timedelta(days=400))
    moved += _each(reviewing, "begin_review", _review_due)
    returning = Secondment.objects.filter(state=State.REVIEW, end_on__lt=latest, review_concluded_at__isnull=False)
    moved += _each(returning, "begin_return", lambda case: case.end_on is not None and case.end_on < _today(case))
    return moved + absences.watch()


def _today(case: Secondment) -> date:
    return clock.today(case.zone)


def _review_due(case: Secondment) -> bool:
    assert case.start_on and case.end_on
    return timetable.review_opens(case.start_on, case.end_on, case.rules) <= _today(case)


@transaction.atomic
def hold_back(pk: int, why: str) -> None:
    """The first day has come and the placement does not begin: whose turn, a line of the story, and mails, once."""
    transitions.lock(pk)
    held = Secondment.objects.with_case_data().get(pk=pk)
    if held.state != State.AGREED:
        return
    turns.settle(held)
    said = LedgerEntry.objects.filter(case_id=pk, verb="secondment.hold_back")
    if not said.filter(words__facts__start_on=str(held.start_on)).exists():
        ledger.record("secondment.hold_back", by=None, case_id=pk, reason=why, start_on=str(held.start_on))
    notices.start_refused(held, why)
    checklist_notices.held_back(held, turns.open_conditions(held))


def _each(cases: SecondmentQuerySet, name: str, is_due: Callable[[Secondment], bool]) -> int:
    """Only what says whether the day has come is read of each."""
    moved = 0
    for case in cases.light("reference", "start_on", "end_on", "policy").iterator(chunk_size=sweeps.BATCH):
        if not is_due(case):
            continue
        try:
            transitions.perform(case, name, by=None)
        except Refused as refused:
            log.info("the calendar could not %s %s: %s", name, case.reference, refused)
            if name == "start" and Secondment.objects.filter(pk=case.pk, state=State.AGREED).exists():
                hold_back(case.pk, str(refused))
        except Exception:  # whatever it is, it stops no other case
            log.exception("the calendar could not %s %s", name, case.reference)
        else:
            moved += 1
    return moved
