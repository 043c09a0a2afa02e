"""Reminders of the way back and of what comes after: access at the host, and two questions some months later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from people import clock
from people.notify import Message
from secondments import notices, return_notices, sweeps, timetable
from secondments.audience import Audience
from secondments.models import FollowUp, Secondment
from secondments.states import PLACED, State

OUTAGE = 21  # days of which reminders are caught up with
ACCESS_ESCALATES = 2  # days after the last day


def remind() -> int:
    return remind_of_access() + remind_of_follow_ups()


def remind_of_access() -> int:
    """The host on the last day, HR two days after; once each, while nobody has said that access is ended."""
    latest = sweeps.latest_day()
    ending = Secondment.objects.filter(
        state__in=[*PLACED, State.RETURN], end_on__range=(latest - timedelta(days=OUTAGE), latest)
    ).exclude(return_plan__access_ended_on__isnull=False)
    light = ending.light("end_on", "owner", "host", "host_contact").order_by("pk")
    audience, written = Audience(), 0
    for cases in sweeps.batches(light.iterator(chunk_size=sweeps.BATCH)):
        keys = {key: case.pk for case in cases for key in _access_keys(case, audience)}
        told = sweeps.told(keys)
        news = {pk for key, pk in keys.items() if key not in told}
        written += sweeps.tell_of_each(
            ending.filter(pk__in=news),
            _access_messages,
            named=["seconder", "host", "owner", "secondee", "host_contact"],
        )
    return written


def _access_rung(end: date, today: date) -> str | None:
    days = (today - end).days
    return None if days < 0 else "after" if days >= ACCESS_ESCALATES else "on"


def _access_keys(case: Secondment, audience: Audience) -> Iterator[str]:
    """Those of its reminder's first readers: whether it was written before."""
    assert case.end_on
    rung = _access_rung(case.end_on, clock.today(case.zone))
    if rung:
        late = [person.pk for person in audience.hr_at_host(case) or audience.hr(case)]
        for person in late if rung == "after" else [case.host_contact_id]:
            yield notices.key_of(case, return_notices.access_event(case, rung), person)


def _access_messages(case: Secondment) -> list[Message]:
    assert case.end_on
    rung = _access_rung(case.end_on, clock.today(case.zone))
    return return_notices.access_reminder(case, rung) if rung else []


def remind_of_follow_ups() -> int:
    """The line manager on the day and once after it, then HR; nothing ahead of the day."""
    latest = sweeps.latest_day()
    pending = FollowUp.objects.filter(answered_at__isnull=True, due_on__range=(latest - timedelta(days=OUTAGE), latest))
    return sweeps.tell_of_each(pending, _follow_up_messages, named=sweeps.CASE)


def _follow_up_messages(found: FollowUp) -> Iterator[Message]:
    case = found.secondment
    for rung in timetable.rungs_reached(found.due_on, clock.today(case.zone), case.rules):
        if rung.name != timetable.BEFORE:
            people = notices.hr(case) if rung.name == timetable.ESCALATE else return_notices.who_follows_up(case)
            yield from (return_notices.follow_up_reminder(found, rung.name, who) for who in people)
