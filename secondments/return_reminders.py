"""Reminders of the way back: looks back that are missing, access at the host, two questions some months later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from people import clock
from people.notify import Message
from secondments import notices, return_notices, review_notices, sweeps, timetable
from secondments.audience import Audience
from secondments.models import Evaluation, FollowUp, Secondment
from secondments.states import PLACED, State

OUTAGE = 21  # days of which reminders are caught up with
ACCESS_ESCALATES = 2  # days after the last day


def remind() -> int:
    return remind_of_evaluations() + remind_of_access() + remind_of_follow_ups()


def remind_of_evaluations() -> int:
    """Whoever has not looked back, by the ladder around the last day; the last rung tells HR."""
    today = clock.now().date()
    pending = Evaluation.objects.filter(
        completed_at__isnull=True,
        due_on__range=(today - timedelta(days=OUTAGE), today + timedelta(days=timetable.LONGEST_LEAD)),
        secondment__state=State.REVIEW,
        secondment__review_concluded_at__isnull=True,
    )
    of_case = ("state", "policy", "owner", "seconder", "seconder__time_zone")
    light = pending.select_related("secondment__seconder").only(
        "due_on", "asked_at", "person", "secondment", *(f"secondment__{name}" for name in of_case)
    )
    audience, written = Audience(), 0
    for rows in sweeps.batches(light.order_by("pk").iterator(chunk_size=sweeps.BATCH)):
        keys = {key: row.pk for row in rows for key in _evaluation_keys(row, audience)}
        told = sweeps.told(keys)
        news = {pk for key, pk in keys.items() if key not in told}
        written += sweeps.tell_of_each(
            pending.filter(pk__in=news), _evaluation_messages, named=["person", *sweeps.CASE]
        )
    return written


def _evaluation_rungs(evaluation: Evaluation) -> Iterator[str]:
    """Those that are reached, without what comes on the day on which somebody was asked."""
    case = evaluation.secondment
    today = clock.today(case.zone)
    asked_on = evaluation.asked_at.astimezone(ZoneInfo(case.zone)).date()
    for rung in timetable.rungs_reached(evaluation.due_on, today, case.rules):
        if rung.name == timetable.ESCALATE or asked_on < evaluation.due_on + timedelta(days=rung.after):
            yield rung.name


def _evaluation_keys(evaluation: Evaluation, audience: Audience) -> Iterator[str]:
    case = evaluation.secondment
    for rung in _evaluation_rungs(evaluation):
        late = rung == timetable.ESCALATE
        for person in audience.hr(case) if late else [evaluation.person_id]:
            yield notices.key_of(case, review_notices.reminder_event(evaluation, rung), person)


def _evaluation_messages(evaluation: Evaluation) -> Iterator[Message]:
    case = evaluation.secondment
    for rung in _evaluation_rungs(evaluation):
        late = rung == timetable.ESCALATE
        people = notices.hr(case) if late else notices.still_here(case, [evaluation.person])
        yield from (review_notices.evaluation_reminder(evaluation, rung, who) for who in people)


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
        late = audience.hr_at_host(case) or audience.hr(case)
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
