"""Finds reminders that are due and not written yet, and writes them to the outbox.

Nothing is scheduled ahead: each run looks at what is due today. The outbox's unique key makes that
repeatable: run twice, late, or by two schedulers at once, each reminder is written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from people import clock
from people.models import Person
from people.notify import Message, queue_quietly
from secondments import notices, placement_reminders, sweeps, timetable
from secondments.audience import Audience
from secondments.choices import DecisionKind, Part, Party
from secondments.models import Absence, CasePart, CheckIn, Decision, Leave, Secondment
from secondments.states import PLACED, State


def remind() -> int:
    """Write every reminder whose day has come; returns how many were new."""
    return remind_of_decisions() + remind_of_checkins() + remind_of_ends() + placement_reminders.remind()


DECIDES = {DecisionKind.RELEASE: Part.LINE_MANAGER, DecisionKind.ACCEPTANCE: Part.HOST_CONTACT}


def remind_of_decisions() -> int:
    """Whoever has not decided, by the ladder of check-ins; the last rung tells HR."""
    horizon = clock.now().date() + timedelta(days=timetable.LONGEST_LEAD)
    pending = Decision.objects.filter(
        verdict__isnull=True,
        secondment__state=State.PROPOSAL,
        revision=F("secondment__revision"),
        due_on__lte=horizon,
    )
    return sweeps.tell_of_each(pending, _decision_messages, named=["decider", *sweeps.CASE])


def _decision_messages(decision: Decision) -> Iterator[Message]:
    case, part = decision.secondment, DECIDES.get(DecisionKind(decision.kind))
    for rung in timetable.rungs_reached(decision.due_on, clock.today(case.zone), case.rules):
        if rung.name == timetable.ESCALATE:
            people = notices.hr(case)
        else:
            people = notices.with_deputies(case, part, decision.decider) if part else [decision.decider]
        for person in people:
            yield notices.decision_reminder(decision, rung.name, person)


def pending_checkins() -> QuerySet[CheckIn]:
    """Check-ins of which somebody may have to be reminded now, found by the index of those with a rung left to tell."""
    horizon = clock.now().date() + timedelta(days=timetable.LONGEST_LEAD)
    here = CasePart.objects.current().filter(secondment=OuterRef("secondment"), person=OuterRef("person"))
    return (
        # Once HR has been told there is nothing more to write: years of silence cost no sweep anything.
        CheckIn.objects.filter(CheckIn.PENDING, reminders_done=False, due_on__lte=horizon, secondment__state__in=PLACED)
        .annotate(asked_is_here=Exists(here), **_away())
        .order_by("due_on", "pk")
    )


def _away() -> dict[str, Any]:
    """Until when the secondee is absent or on leave today, and until when they were on the due day; or nothing."""
    absences = Absence.objects.annotate(until=Coalesce("last_day", Value(date.max)))
    leaves = Leave.objects.filter(granted=True).annotate(until=F("last_day"))

    def latest(day: Any) -> Greatest:
        covers = {"first_day__lte": day, "until__gte": day, "cancelled_at__isnull": True}
        found = (rows.filter(secondment=OuterRef("secondment"), **covers) for rows in (absences, leaves))
        return Greatest(*(Subquery(rows.order_by("-until").values("until")[:1]) for rows in found))

    return {"away_until": latest(clock.now().date()), "missed_until": latest(OuterRef("due_on"))}


def _ladder_day(checkin: CheckIn, today: date) -> date | None:
    """From which day the ladder counts: the due day, or the first day back of a secondee who was away on it.

    None while they are away; days off after the due day stop the ladder and do not begin it anew.
    """
    if checkin.party != Party.SECONDEE:
        return checkin.due_on
    away: date | None = checkin.away_until  # type: ignore[attr-defined] # annotated by the query, like the next
    missed: date | None = checkin.missed_until  # type: ignore[attr-defined]
    if away and away >= today:
        return None
    return missed + timedelta(days=1) if missed and missed < today else checkin.due_on


def remind_of_checkins() -> int:
    """By the ladder of each check-in that is open; the last rung tells HR."""
    of_case = ("state", "policy", "owner", "seconder", "seconder__time_zone")
    light = (
        pending_checkins()
        .select_related("secondment__seconder")
        .only("due_on", "party", "person", "secondment", *(f"secondment__{name}" for name in of_case))
    )
    audience, written = Audience(), 0
    for checkins in sweeps.batches(light.iterator(chunk_size=sweeps.BATCH)):
        asked = {checkin.pk: _asked(checkin, audience) for checkin in checkins}
        told = sweeps.told(key for pk, rungs in asked.items() for key, *_ in _reminders(pk, rungs))
        news = [
            pk
            for pk, rungs in asked.items()
            if _is_all(rungs) or any(key not in told for key, *_ in _reminders(pk, rungs))
        ]
        for pks in sweeps.batches(news, sweeps.HELD):
            written += _tell_of_checkins({pk: asked[pk] for pk in pks})
    return written


Rungs = dict[str, list[int]]  # who hears of each rung that is reached


@transaction.atomic
def _tell_of_checkins(asked: dict[int, Rungs]) -> int:
    """Only for check-ins that are still open, which stay so until the reminder is written.

    One that somebody holds is being answered, or told of by another sweep.
    """
    held = pending_checkins().filter(pk__in=asked).select_for_update(of=("self",), no_key=True, skip_locked=True)
    checkins = list(held.select_related("person", *sweeps.CASE))
    people = Person.objects.in_bulk({who for rungs in asked.values() for found in rungs.values() for who in found})
    written = queue_quietly(
        *(
            notices.checkin_reminder(checkin, rung, people[who], key)
            for checkin in checkins
            for key, rung, who in _reminders(checkin.pk, asked[checkin.pk])
        )
    )
    done = [checkin.pk for checkin in checkins if _is_all(asked[checkin.pk])]
    if done:
        CheckIn.objects.filter(pk__in=done).update(reminders_done=True)
    return written


def _reminders(checkin: int, rungs: Rungs) -> Iterator[tuple[str, str, int]]:
    """Each with its key, its rung and who it is for; copies go to others besides the first."""
    for rung, people in rungs.items():
        for place, who in enumerate(people):
            yield notices.reminder_key(checkin, rung, who, place), rung, who


def _is_all(rungs: Rungs) -> bool:
    """Whether there is nothing more to tell of."""
    return bool(rungs.get(timetable.AFTER) and rungs.get(timetable.ESCALATE))


def _asked(checkin: CheckIn, audience: Audience) -> Rungs:
    """HR for the last rung; else who is asked, while they have a part in the case, and their deputies."""
    case = checkin.secondment
    today = clock.today(case.zone)
    if not (begins := _ladder_day(checkin, today)):
        return {}
    people = [checkin.person_id] if checkin.asked_is_here else []  # type: ignore[attr-defined] # by the query
    if people and checkin.party == Party.HOST:
        people += audience.deputies_of_contact(case, checkin.person_id)
    return {
        rung.name: audience.hr(case) if rung.name == timetable.ESCALATE else people
        for rung in timetable.rungs_reached(begins, today, case.rules)
    }


def remind_of_ends() -> int:
    """Milestones counted back from the last day; the latest reached, once for each last day."""
    horizon = clock.now().date() + timedelta(days=max(timetable.END_MILESTONES.values()) + 1)
    running = Secondment.objects.filter(state__in=[*PLACED, State.RETURN], end_on__lte=horizon)
    # Most of them have been told of: only what is needed to know that is read.
    light = running.light(
        "start_on", "end_on", "end_moved_on", "owner", "line_manager", "host_contact", "secondee"
    ).order_by("pk")
    audience = Audience()
    return sum(_tell_of_ends(cases, audience) for cases in sweeps.batches(light.iterator(chunk_size=sweeps.BATCH)))


ONLY_COUNT = frozenset({"extension_deadline", "end_in_45", "end_in_15"})  # ask nothing of who was told of a new end


def _tell_of_ends(cases: list[Secondment], audience: Audience) -> int:
    audience.read(cases)
    due: dict[str, tuple[int, str, int, int]] = {}  # case, milestone, days left, person
    for case in cases:
        assert case.start_on and case.end_on
        today = clock.today(case.zone)
        reached = timetable.milestone_reached(case.start_on, case.end_on, today)
        if not reached or not (
            # A review that nobody concludes hangs as a return does.
            today > case.end_on if reached.name == "return_not_closed" else today <= case.end_on
        ):
            continue
        if reached.name in ONLY_COUNT and case.end_moved_on and reached.on <= case.end_moved_on:
            continue  # they have just been told the new last day
        event = notices.milestone_event(case, reached.name)
        for person in _readers(case, reached.name, audience):
            due[notices.key_of(case, event, person)] = (case.pk, reached.name, (case.end_on - today).days, person)
    known = sweeps.told(due)
    fresh = [row for key, row in due.items() if key not in known]
    whole = Secondment.objects.with_case_data().in_bulk({row[0] for row in fresh})
    people = Person.objects.in_bulk({row[3] for row in fresh})
    return queue_quietly(*(notices.milestone(whole[pk], name, left, people[who]) for pk, name, left, who in fresh))


def _readers(case: Secondment, name: str, audience: Audience) -> Iterable[int]:
    named = [getattr(case, f"{part}_id") for part in notices.MILESTONE_READERS.get(name, ())]
    return [*audience.hr(case), *audience.still_here(case, named)]
