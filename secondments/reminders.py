"""Finds reminders that are due and not written yet, and writes them to the outbox.

Nothing is scheduled ahead: each run looks at what is due today. The outbox's unique key makes that
repeatable: run twice, late, or by two schedulers at once, each reminder is written once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from people import clock
from people.models import Notice, Person
from people.notify import Message, queue_quietly
from secondments import notices, placement_reminders, timetable
from secondments.choices import DecisionKind, Part, Party
from secondments.models import CasePart, CheckIn, Decision, Deputy, Secondment
from secondments.states import PLACED, State

BATCH = 500


def remind() -> int:
    """Write every reminder whose day has come; returns how many were new."""
    return remind_of_decisions() + remind_of_checkins() + remind_of_ends() + placement_reminders.remind()


DECIDES = {DecisionKind.RELEASE: Part.LINE_MANAGER, DecisionKind.ACCEPTANCE: Part.HOST_CONTACT}


def remind_of_decisions() -> int:
    """Whoever has not decided, by the ladder of check-ins; the last rung tells HR. Each row is locked for itself."""
    horizon = clock.now().date() + timedelta(days=timetable.LONGEST_LEAD)
    open_still = Q(verdict__isnull=True, secondment__state=State.PROPOSAL, revision=F("secondment__revision"))
    pending = Decision.objects.filter(open_still, due_on__lte=horizon).order_by("due_on", "pk")
    written = 0
    for pk in pending.values_list("pk", flat=True).iterator(chunk_size=BATCH):
        with transaction.atomic():
            found = Decision.objects.select_for_update(of=("self",), no_key=True).filter(open_still, pk=pk)
            for decision in found.select_related(
                "decider", "secondment__seconder", "secondment__owner", "secondment__secondee", "secondment__host"
            ):
                written += queue_quietly(*_decision_messages(decision))
    return written


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
    """Check-ins of which somebody may have to be reminded now, found by the index of those that are open."""
    horizon = clock.now().date() + timedelta(days=timetable.LONGEST_LEAD)
    after, escalate = (
        Concat(Value("checkin:"), Cast("pk", CharField()), Value(f":{rung}"))
        for rung in (timetable.AFTER, timetable.ESCALATE)
    )
    return (
        # Once HR has been told there is nothing more to write: years of silence cost no sweep anything.
        CheckIn.objects.annotate(after_key=after, escalate_key=escalate)
        .exclude(
            Exists(Notice.objects.filter(key=OuterRef("after_key"))),
            Exists(Notice.objects.filter(key=OuterRef("escalate_key"))),
        )
        .filter(CheckIn.PENDING, due_on__lte=horizon, secondment__state__in=PLACED)
        .annotate(
            asked_is_here=Exists(
                CasePart.objects.current().filter(secondment=OuterRef("secondment"), person=OuterRef("person"))
            )
        )
        .select_related(
            "person",
            "secondment__seconder",
            "secondment__owner",
            "secondment__secondee",
            "secondment__host",
        )
        .order_by("due_on", "pk")
    )


def remind_of_checkins() -> int:
    written, batch = 0, []
    for message in _checkin_messages(pending_checkins().iterator(chunk_size=BATCH)):
        batch.append(message)
        if len(batch) >= BATCH:
            written += _write(batch)
            batch = []
    return written + _write(batch)


def _write(batch: list[tuple[int, Message]]) -> int:
    """Only for check-ins that are still open, which stay so until the reminder is written."""
    with transaction.atomic():
        ids = sorted({pk for pk, _ in batch})
        pending = CheckIn.objects.select_for_update(no_key=True).filter(CheckIn.PENDING, pk__in=ids).order_by("pk")
        still = set(pending.values_list("pk", flat=True))
        return queue_quietly(*(message for pk, message in batch if pk in still))


def _checkin_messages(pending: Iterator[CheckIn]) -> Iterator[tuple[int, Message]]:
    told = Told()
    for checkin in pending:
        case = checkin.secondment
        for rung in timetable.rungs_reached(checkin.due_on, clock.today(case.zone), case.rules):
            for place, person in enumerate(told.of(checkin, rung.name)):
                yield checkin.pk, notices.checkin_reminder(checkin, rung.name, person, copy=place > 0)


class Told:
    """Who is reminded of a check-in, for a whole sweep: HR is read once for each owner, deputies once in all."""

    def __init__(self) -> None:
        self.hr: dict[tuple[int, int], list[Person]] = {}
        self.deputies: dict[int, list[Deputy]] = defaultdict(list)
        for row in Deputy.objects.current().filter(part=Part.HOST_CONTACT).select_related("deputy"):
            self.deputies[row.principal_id].append(row)

    def of(self, checkin: CheckIn, rung: str) -> list[Person]:
        """HR for the last rung; else who is asked, while they have a part in the case, and their deputies."""
        case = checkin.secondment
        if rung == timetable.ESCALATE:
            key = (case.seconder_id, case.owner_id)
            if key not in self.hr:
                self.hr[key] = notices.hr(case)
            return self.hr[key]
        if not checkin.asked_is_here:  # type: ignore[attr-defined] # annotated by the query
            return []
        rows = self.deputies.get(checkin.person_id, []) if checkin.party == Party.HOST else []
        return [checkin.person, *(row.deputy for row in rows if row.secondment_id in (None, case.pk))]


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
        today = clock.today(case.zone)
        reached = timetable.milestone_reached(case.start_on, case.end_on, today)
        if reached and (case.state == State.RETURN if reached.name == "return_not_closed" else today <= case.end_on):
            written += notices.milestone(case, reached.name, (case.end_on - today).days)
    return written
