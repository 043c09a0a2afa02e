"""Reminders of what hangs while a placement runs: leave that nobody answered, actions of concerns, silence from home.

Written like those of ``reminders``: each row is held while its reminder is written, and the outbox's key makes
that repeatable.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from people import clock
from people.models import Notice, Person
from people.notify import Message, queue_quietly
from secondments import (
    beside_reminders,
    charge_notices,
    checklist_notices,
    notices,
    placement_notices,
    return_reminders,
    timetable,
)
from secondments.choices import ChargeState
from secondments.models import Charge, ChecklistItem, ConcernAction, Leave, Secondment, Touch
from secondments.states import PLACED, WITH_PLACEMENT

BATCH = 500


def remind() -> int:
    leave, planned = remind_of_leave(), remind_of_actions()
    beside = remind_of_checklists() + remind_of_silence() + remind_of_charges()
    return leave + planned + beside + return_reminders.remind() + beside_reminders.remind()


def remind_of_leave() -> int:
    """Whoever decides on leave, from its due day on; the last rung tells HR."""
    pending = Leave.objects.filter(
        Leave.PENDING, due_on__lte=clock.now().date() + timedelta(days=1), secondment__state__in=WITH_PLACEMENT
    )
    written = 0
    for pk in pending.order_by("due_on", "pk").values_list("pk", flat=True).iterator(chunk_size=BATCH):
        with transaction.atomic():
            held = Leave.objects.select_for_update(of=("self",), no_key=True).filter(Leave.PENDING, pk=pk)
            for leave in held.select_related(*_CASE):
                case = leave.secondment
                for rung in timetable.rungs_reached(leave.due_on, clock.today(case.zone), case.rules):
                    if rung.name == timetable.BEFORE:  # they have just been asked
                        continue
                    people = notices.hr(case) if rung.name == timetable.ESCALATE else placement_notices.approvers(case)
                    written += queue_quietly(
                        *(placement_notices.leave_reminder(leave, rung.name, who) for who in people)
                    )
    return written


_CASE = ("secondment__seconder", "secondment__owner", "secondment__secondee", "secondment__host",
         "secondment__line_manager")  # fmt: skip


def remind_of_actions() -> int:
    """Whoever was to do something about a concern; the last rung tells HR."""
    horizon = clock.now().date() + timedelta(days=timetable.LONGEST_LEAD)
    is_open = {"done_at__isnull": True, "concern__ended_at__isnull": True}
    pending = ConcernAction.objects.filter(
        due_on__lte=horizon, concern__secondment__state__in=WITH_PLACEMENT, **is_open
    )
    written = 0
    for pk in pending.order_by("due_on", "pk").values_list("pk", flat=True).iterator(chunk_size=BATCH):
        with transaction.atomic():
            held = ConcernAction.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk, **is_open)
            for action in held.select_related("doer", *(f"concern__{name}" for name in _CASE)):
                case = action.concern.secondment
                for rung in timetable.rungs_reached(action.due_on, clock.today(case.zone), case.rules):
                    people = notices.hr(case) if rung.name == timetable.ESCALATE else [action.doer]
                    written += queue_quietly(
                        *(placement_notices.action_reminder(action, rung.name, who) for who in people)
                    )
    return written


def remind_of_checklists() -> int:
    """What is to be done around the start and the return: one mail a person for all that has come to a new rung.

    Which rung was told stands on the row, and is written in the same transaction as the mail.
    """
    horizon = clock.now().date() + timedelta(days=timetable.LONGEST_LEAD)
    to_do = ChecklistItem.objects.filter(
        done_at__isnull=True, due_on__lte=horizon, secondment__state__in=WITH_PLACEMENT
    )
    cases = to_do.exclude(reminded=timetable.ESCALATE).order_by("secondment").values_list("secondment", flat=True)
    written = 0
    for pk in cases.distinct().iterator(chunk_size=BATCH):
        with transaction.atomic():
            case = Secondment.objects.with_case_data().get(pk=pk)
            held = to_do.filter(secondment=pk).exclude(reminded=timetable.ESCALATE).order_by("pk")
            written += _remind_of_items(case, list(held.select_for_update(of=("self",), no_key=True)))
    return written


def _remind_of_items(case: Secondment, items: list[ChecklistItem]) -> int:
    due: dict[tuple[str, bool], list[ChecklistItem]] = defaultdict(list)  # by party, and whether HR is told
    owners: dict[tuple[str, bool], set[Person]] = defaultdict(set)
    for item in items:
        assert item.due_on
        reached = [rung.name for rung in timetable.rungs_reached(item.due_on, clock.today(case.zone), case.rules)]
        if not reached or reached[-1] == item.reminded:
            continue
        item.secondment, item.reminded = case, reached[-1]
        item.save(update_fields=["reminded"])
        place = (item.party, reached[-1] == timetable.ESCALATE)
        due[place].append(item)
        owners[place].update(checklist_notices.who_sees_to(item, escalated=place[1]))
    return sum(
        queue_quietly(checklist_notices.checklist_reminder(case, party, rows, who, escalated=escalated))
        for (party, escalated), rows in due.items()
        for who in sorted(owners[party, escalated], key=lambda who: who.pk)
    )


def remind_of_silence() -> int:
    """The line manager, each time that the policy's longest silence has passed since the last contact."""
    newest = Touch.objects.filter(secondment=OuterRef("pk")).order_by("-on")
    running = (
        Secondment.objects.filter(state__in=PLACED)
        .annotate(last_touch=Coalesce(Subquery(newest.values("on")[:1]), "start_on"))
        .filter(last_touch__lt=clock.now().date())
        .with_case_data()
        .order_by("pk")
    )
    written, silent = 0, []
    for case in running.iterator(chunk_size=BATCH):
        period = timetable.silence(case.last_touch, clock.today(case.zone), case.rules.touch_every_days)
        if period:
            silent.append((case, case.last_touch, period))
        if len(silent) >= BATCH:
            written += _tell_of_silence(silent)
            silent = []
    return written + _tell_of_silence(silent)


def _tell_of_silence(silent: list[tuple[Secondment, date, int]]) -> int:
    """Who was told of this silence already costs no more than a place in one question for all."""
    keys = {placement_notices.touch_key(*row, row[0].line_manager_id): row[0].pk for row in silent}
    told = {keys[key] for key in Notice.objects.filter(key__in=keys).values_list("key", flat=True)}
    messages = []
    for case, since, period in silent:
        if case.pk not in told:
            people = notices.still_here(case, [case.line_manager]) or notices.hr(case)
            messages += [placement_notices.touch_reminder(case, who, since, period) for who in people]
    return queue_quietly(*messages)


def remind_of_charges() -> int:
    """Finance: a period that is over can be invoiced, an invoice that was not paid by its day is overdue; once each."""
    latest = (clock.now() + timedelta(hours=14)).date()
    over = Charge.objects.filter(state=ChargeState.EXPECTED, last_day__lt=latest).exclude(amount=0)
    unpaid = Charge.objects.filter(state=ChargeState.INVOICED, due_on__lt=latest)
    written, messages = 0, list[Message]()
    finance: dict[tuple[int, int, int | None], list[Person]] = {}  # by organisation, owner and secondee
    for what, found in (("ready", over), ("overdue", unpaid)):
        for charge in found.select_related(*_CASE).order_by("last_day", "pk").iterator(chunk_size=BATCH):
            case = charge.secondment
            day = charge.last_day if what == "ready" else charge.due_on
            assert day
            if day >= clock.today(case.zone):
                continue
            place = (case.seconder_id, case.owner_id, case.secondee_id)
            if place not in finance:
                finance[place] = charge_notices.who_charges(case)
            messages += [charge_notices.charge_reminder(charge, what, who) for who in finance[place]]
            if len(messages) >= BATCH:
                written += queue_quietly(*messages)
                messages = []
    return written + queue_quietly(*messages)
