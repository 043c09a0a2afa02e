"""Reminders of the way back and of what comes after: access at the host, and two questions some months later."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from people import clock
from people.notify import queue_quietly
from secondments import notices, return_notices, timetable
from secondments.models import FollowUp, Secondment
from secondments.states import PLACED, State

BATCH = 500
OUTAGE = 21  # days of which reminders are caught up with
ACCESS_ESCALATES = 2  # days after the last day
_CASE = ("secondment__seconder", "secondment__owner", "secondment__secondee", "secondment__host",
         "secondment__line_manager")  # fmt: skip


def remind() -> int:
    return remind_of_access() + remind_of_follow_ups()


def remind_of_access() -> int:
    """The host on the last day, HR two days after; once each, while nobody has said that access is ended."""
    latest = (clock.now() + timedelta(hours=14)).date()
    ending = Secondment.objects.filter(
        state__in=[*PLACED, State.RETURN], end_on__range=(latest - timedelta(days=OUTAGE), latest)
    ).exclude(return_plan__access_ended_on__isnull=False)
    written = 0
    for pk in ending.order_by("end_on", "pk").values_list("pk", flat=True).iterator(chunk_size=BATCH):
        with transaction.atomic():
            held = ending.filter(pk=pk).with_case_data().select_for_update(of=("self",), no_key=True)
            for case in held:
                assert case.end_on
                days = (clock.today(case.zone) - case.end_on).days
                if days >= 0:
                    written += queue_quietly(
                        *return_notices.access_reminder(case, "after" if days >= ACCESS_ESCALATES else "on")
                    )
    return written


def remind_of_follow_ups() -> int:
    """The line manager on the day and once after it, then HR; nothing ahead of the day."""
    latest = (clock.now() + timedelta(hours=14)).date()
    pending = FollowUp.objects.filter(answered_at__isnull=True, due_on__range=(latest - timedelta(days=OUTAGE), latest))
    written = 0
    for pk in pending.order_by("due_on", "pk").values_list("pk", flat=True).iterator(chunk_size=BATCH):
        with transaction.atomic():
            held = pending.filter(pk=pk).select_for_update(of=("self",), no_key=True)
            for found in held.select_related(*_CASE):
                case = found.secondment
                for rung in timetable.rungs_reached(found.due_on, clock.today(case.zone), case.rules):
                    if rung.name == timetable.BEFORE:
                        continue
                    people = (
                        notices.hr(case) if rung.name == timetable.ESCALATE else return_notices.who_follows_up(case)
                    )
                    written += queue_quietly(
                        *(return_notices.follow_up_reminder(found, rung.name, who) for who in people)
                    )
    return written
