"""Ticking, adding and waiving items of the checklists."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from secondments import policies, transitions
from secondments.guards import Refusal
from secondments.models import ChecklistItem, Secondment
from secondments.states import CLOSED
from secondments.transitions import NotAllowed, Refused


@transaction.atomic
def tick(item: ChecklistItem, *, by: Person, done: bool) -> ChecklistItem:
    """Say that something is done, or that it is not after all."""
    secondment = transitions.lock(item.secondment_id)
    item = secondment.checklist.select_for_update().get(pk=item.pk)
    if not policies.may_tick(item, policies.parts_of(secondment, by)):
        raise NotAllowed(_("This is for %(party)s to tick.") % {"party": item.get_party_display()})
    if secondment.state in CLOSED:
        raise Refused(_("The case is closed; its checklists can only be read."))
    if bool(item.done_at) == done:
        return item
    item.done_at, item.done_by = (clock.now(), by) if done else (None, None)
    item.waived_because = ""
    item.save()
    ledger.record("checklist.tick" if done else "checklist.untick", by=by, case_id=secondment.pk, title=item.title)
    return item


@transaction.atomic
def waive(item: ChecklistItem, *, by: Person, reason: str) -> ChecklistItem:
    """HR says that something need not be done, and why."""
    secondment = transitions.lock(item.secondment_id)
    item = secondment.checklist.select_for_update().get(pk=item.pk)
    if item.list not in policies.lists_run_by(secondment, policies.parts_of(secondment, by)):
        raise NotAllowed(_("Only HR of the side that runs this list waives an item."))
    if secondment.state in CLOSED:
        raise Refused(_("The case is closed; its checklists can only be read."))
    if not reason.strip():
        raise Refused(Refusal(_("Give a reason."), "reason"))
    if item.done_at:
        return item
    item.done_at, item.done_by, item.waived_because = clock.now(), by, reason.strip()
    item.save()
    ledger.record("checklist.waive", by=by, case_id=secondment.pk, title=item.title, reason=reason.strip())
    return item


@transaction.atomic
def add(
    secondment: Secondment,
    *,
    by: Person,
    kind: str,
    title: str,
    party: str,
    due_on: date | None = None,
    blocks_start: bool = False,
) -> ChecklistItem:
    """HR adds an item; one that blocks the start keeps the calendar from starting the placement."""
    secondment = transitions.lock(secondment.pk)
    if kind not in policies.lists_run_by(secondment, policies.parts_of(secondment, by)):
        raise NotAllowed(_("Only HR of the side that runs this list adds to it."))
    if secondment.state in CLOSED:
        raise Refused(_("The case is closed; its checklists can only be read."))
    item = ChecklistItem.objects.create(
        secondment=secondment,
        list=kind,
        position=secondment.checklist.filter(list=kind).count() + 1,
        title=title,
        party=party,
        due_on=due_on,
        blocks_start=blocks_start,
    )
    ledger.record("checklist.add", by=by, case_id=secondment.pk, title=title)
    return item
