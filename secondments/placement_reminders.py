"""Reminders of what hangs while a placement runs: leave that nobody answered, actions of concerns, silence from home.

Written like those of ``reminders``: each row is held while its reminder is written, and the outbox's key makes
that repeatable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from django.db import transaction
from django.db.models import DateField, ExpressionWrapper, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from people import clock
from people.models import Person
from people.notify import Message, queue_quietly
from secondments import (
    beside_reminders,
    charge_notices,
    checklist_notices,
    notices,
    placement_notices,
    return_reminders,
    sweeps,
    timetable,
)
from secondments.choices import ChargeState
from secondments.models import Charge, ChecklistItem, ConcernAction, Leave, Secondment, Touch
from secondments.states import PLACED, WITH_PLACEMENT

CASES_HELD = 20  # at a time, as everybody who acts on one of them waits


def remind() -> int:
    leave, planned = remind_of_leave(), remind_of_actions()
    beside = remind_of_checklists() + remind_of_silence() + remind_of_charges()
    return leave + planned + beside + return_reminders.remind() + beside_reminders.remind()


def remind_of_leave() -> int:
    """Whoever decides on leave, from its due day on; the last rung tells HR."""
    pending = Leave.objects.filter(
        Leave.PENDING, due_on__lte=clock.now().date() + timedelta(days=1), secondment__state__in=WITH_PLACEMENT
    )
    return sweeps.tell_of_each(pending, _leave_messages, named=sweeps.CASE)


def _leave_messages(leave: Leave) -> Iterator[Message]:
    case = leave.secondment
    for rung in timetable.rungs_reached(leave.due_on, clock.today(case.zone), case.rules):
        if rung.name != timetable.BEFORE:  # they have just been asked
            people = notices.hr(case) if rung.name == timetable.ESCALATE else placement_notices.approvers(case)
            yield from (placement_notices.leave_reminder(leave, rung.name, who) for who in people)


def remind_of_actions() -> int:
    """Whoever was to do something about a concern; the last rung tells HR."""
    horizon = clock.now().date() + timedelta(days=timetable.LONGEST_LEAD)
    pending = ConcernAction.objects.filter(
        due_on__lte=horizon,
        concern__secondment__state__in=WITH_PLACEMENT,
        done_at__isnull=True,
        concern__ended_at__isnull=True,
    )
    return sweeps.tell_of_each(pending, _action_messages, named=["doer", *(f"concern__{name}" for name in sweeps.CASE)])


def _action_messages(action: ConcernAction) -> Iterator[Message]:
    case = action.concern.secondment
    for rung in timetable.rungs_reached(action.due_on, clock.today(case.zone), case.rules):
        people = notices.hr(case) if rung.name == timetable.ESCALATE else [action.doer]
        yield from (placement_notices.action_reminder(action, rung.name, who) for who in people)


def remind_of_checklists() -> int:
    """What is to be done around the start and the return: one mail a person for all that has come to a new rung.

    Which rung was told stands on the row, and is written in the same transaction as the mail; a case in which no
    item has come to another is not held, and one that somebody holds is left to the next sweep, as a whole: halves
    would be two mails.
    """
    horizon = clock.now().date() + timedelta(days=timetable.LONGEST_LEAD)
    to_do = ChecklistItem.objects.filter(
        done_at__isnull=True, due_on__lte=horizon, secondment__state__in=WITH_PLACEMENT
    ).exclude(reminded=timetable.ESCALATE)
    written = 0
    for pks in sweeps.batches(_cases_with_news(to_do), CASES_HELD):
        with transaction.atomic():
            held = Secondment.objects.filter(pk__in=pks).select_for_update(of=("self",), no_key=True, skip_locked=True)
            cases = {case.pk: case for case in held.with_case_data()}
            items = to_do.filter(secondment__in=cases).order_by("secondment", "pk").select_related("owner")
            for pk, rows in groupby(items, key=attrgetter("secondment_id")):
                written += _remind_of_items(cases[pk], list(rows))
    return written


def _cases_with_news(to_do: QuerySet[ChecklistItem]) -> Iterator[int]:
    """Cases with an item whose rung is not the one that was told."""
    rows = to_do.order_by("secondment").values_list(
        "secondment", "secondment__seconder__time_zone", "secondment__policy", "due_on", "reminded"
    )
    for pk, found in groupby(rows.iterator(chunk_size=sweeps.BATCH), key=itemgetter(0)):
        items = list(found)
        _, zone, policy, *_ = items[0]
        today, rules = clock.today(zone), timetable.Rules.of(policy)
        if any(_rung(due, today, rules) not in {None, reminded} for *_, due, reminded in items if due):
            yield pk


def _rung(due: date, today: date, rules: timetable.Rules) -> str | None:
    """The latest rung that an item stands on."""
    reached = [rung.name for rung in timetable.rungs_reached(due, today, rules)]
    return reached[-1] if reached else None


def _remind_of_items(case: Secondment, items: list[ChecklistItem]) -> int:
    due: dict[tuple[str, bool], list[ChecklistItem]] = defaultdict(list)  # by party, and whether HR is told
    owners: dict[tuple[str, bool], set[Person]] = defaultdict(set)
    asked: dict[tuple[str, str, int | None, bool], list[Person]] = {}
    today, rules = clock.today(case.zone), case.rules
    for item in items:
        assert item.due_on
        rung = _rung(item.due_on, today, rules)
        if rung is None or rung == item.reminded:
            continue
        item.secondment, item.reminded = case, rung
        late = rung == timetable.ESCALATE
        place = (checklist_notices.place(item, escalated=late), late)
        due[place].append(item)
        alike = (item.party, item.list, item.owner_id, place[1])
        if alike not in asked:
            asked[alike] = checklist_notices.who_sees_to(item, escalated=place[1])
        owners[place].update(asked[alike])
    ChecklistItem.objects.bulk_update([item for rows in due.values() for item in rows], ["reminded"])
    return queue_quietly(
        *(
            checklist_notices.checklist_reminder(case, party, rows, who, escalated=escalated)
            for (party, escalated), rows in due.items()
            for who in sorted(owners[party, escalated], key=lambda who: who.pk)
        )
    )


def remind_of_silence() -> int:
    """The line manager, each time that the policy's longest silence has passed since the last contact."""
    newest = Touch.objects.filter(secondment=OuterRef("pk")).order_by("-on")
    every = Cast(KeyTextTransform("touch_every_days", "policy"), IntegerField())
    lately = Value(sweeps.latest_day(), DateField()) - Coalesce(every, timetable.Rules.touch_every_days)
    running = (
        Secondment.objects.filter(state__in=PLACED, end_on__gte=clock.now().date())
        .annotate(last_touch=Coalesce(Subquery(newest.values("on")[:1]), "start_on"))
        .filter(last_touch__lte=ExpressionWrapper(lately, DateField()))
        .light("policy", "line_manager")
        .order_by("pk")
    )
    return sum(_tell_of_silence(cases) for cases in sweeps.batches(running.iterator(chunk_size=sweeps.BATCH)))


def _tell_of_silence(running: list[Secondment]) -> int:
    """Who was told of this silence already costs no more than a place in one question for all."""
    silent: dict[str, tuple[int, date, int]] = {}  # by the line manager's key: case, since when, which time
    for case in running:
        since: date = case.last_touch  # type: ignore[attr-defined] # annotated by the query
        period = timetable.silence(since, clock.today(case.zone), case.rules.touch_every_days)
        if period:
            silent[placement_notices.touch_key(case, since, period, case.line_manager_id)] = (case.pk, since, period)
    told = sweeps.told(silent)
    fresh = [row for key, row in silent.items() if key not in told]
    cases = Secondment.objects.with_case_data().in_bulk(pk for pk, _, _ in fresh)
    messages = []
    for pk, since, period in fresh:
        case = cases[pk]
        people = notices.still_here(case, [case.line_manager]) or notices.hr(case)
        messages += [placement_notices.touch_reminder(case, who, since, period) for who in people]
    return queue_quietly(*messages)


def remind_of_charges() -> int:
    """Finance: a period that is over can be invoiced, an invoice that was not paid by its day is overdue; once each.

    A period that nobody invoices is told of once more after a month, to HR as well.

    What was told stands on the row; a statement that is counted anew is known by the key of its reminder.
    """
    latest = sweeps.latest_day()
    over = Charge.objects.filter(state=ChargeState.EXPECTED, last_day__lt=latest, reminded="").exclude(amount=0)
    waiting = Charge.objects.filter(state=ChargeState.EXPECTED, last_day__lt=latest - MONTH, reminded=READY)
    unpaid = Charge.objects.filter(state=ChargeState.INVOICED, due_on__lt=latest).exclude(reminded=OVERDUE)
    finance: dict[tuple[Any, ...], list[Person]] = {}  # by organisation, owner, secondee, and whether HR too
    written = 0
    for what, pending in ((READY, over), (WAITING, waiting.exclude(amount=0)), (OVERDUE, unpaid)):
        for pks in sweeps.batches(pending.values_list("pk", flat=True).iterator(chunk_size=sweeps.BATCH)):
            with transaction.atomic():
                held = pending.filter(pk__in=pks).select_for_update(of=("self",), no_key=True, skip_locked=True)
                written += _tell_of_charges(what, list(held.select_related(*sweeps.CASE).order_by("pk")), finance)
    return written


READY, WAITING, OVERDUE = "ready", "waiting", "overdue"
MONTH = timedelta(days=30)


def _tell_of_charges(what: str, charges: list[Charge], finance: dict[tuple[Any, ...], list[Person]]) -> int:
    """One mail each; a period that is over for long when it is first told of is not told of twice within the hour."""
    messages, reminded = list[Message](), defaultdict[str, list[int]](list)
    for charge in charges:
        case = charge.secondment
        today, day = clock.today(case.zone), charge.due_on if what == OVERDUE else charge.last_day
        assert day
        is_old = day + MONTH < today
        if day >= today or (what == WAITING and not is_old):
            continue
        place = (case.seconder_id, case.owner_id, case.secondee_id, what == WAITING)
        if place not in finance:
            others = notices.hr(case) if what == WAITING else []
            finance[place] = list(dict.fromkeys([*charge_notices.who_charges(case), *others]))
        messages += [charge_notices.charge_reminder(charge, what, who) for who in finance[place]]
        if finance[place]:
            reminded[WAITING if what == READY and is_old else what].append(charge.pk)
    for told, pks in reminded.items():
        Charge.objects.filter(pk__in=pks).update(reminded=told)
    return queue_quietly(*messages)
