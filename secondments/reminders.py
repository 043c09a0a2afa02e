"""Finds reminders that are due and not written yet, and writes them to the outbox.

Nothing is scheduled ahead: each run looks at what is due today. The outbox's unique key makes that
repeatable: run twice, late, or by two schedulers at once, each reminder is written once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from people import clock
from people.notify import Message, queue
from secondments import notices, timetable
from secondments.models import CheckIn, Secondment
from secondments.states import PLACED, State

BATCH = 500
LONGEST_LEAD = 60  # days; no policy reminds of a check-in earlier than that


def remind() -> int:
    """Write every reminder whose day has come; returns how many were new."""
    return remind_of_checkins() + remind_of_ends()


def remind_of_checkins() -> int:
    horizon = clock.now().date() + timedelta(days=LONGEST_LEAD)
    pending = (
        CheckIn.objects.filter(CheckIn.PENDING, due_on__lte=horizon, secondment__state__in=PLACED)
        .select_related(
            "person",
            "secondment__seconder",
            "secondment__owner",
            "secondment__secondee",
            "secondment__host",
        )
        .order_by("due_on", "pk")
    )
    written, batch = 0, []
    for message in _checkin_messages(pending.iterator(chunk_size=BATCH)):
        batch.append(message)
        if len(batch) >= BATCH:
            written += queue(*batch)
            batch = []
    return written + queue(*batch)


def _checkin_messages(pending: Iterator[CheckIn]) -> Iterator[Message]:
    for checkin in pending:
        case = checkin.secondment
        for rung in timetable.rungs_reached(checkin.due_on, clock.today(case.zone), case.rules):
            yield notices.checkin_reminder(checkin, rung.name)


def remind_of_ends() -> int:
    """Milestones counted back from the last day; the latest reached, once for each last day."""
    written = 0
    horizon = clock.now().date() + timedelta(days=max(timetable.END_MILESTONES.values()) + 1)
    running = (
        Secondment.objects.filter(state__in=[*PLACED, State.RETURN], end_on__lte=horizon)
        .with_case_data()
        .order_by("pk")
    )
    for case in running.iterator(chunk_size=BATCH):
        assert case.start_on and case.end_on
        reached = timetable.milestone_reached(case.start_on, case.end_on, clock.today(case.zone))
        if reached and (reached.name != "return_not_closed" or case.state == State.RETURN):
            written += notices.milestone(case, reached.name)
    return written
