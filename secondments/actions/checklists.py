"""Ticking, showing, giving, adding and waiving items of the checklists, and what an organisation's lists begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Membership, Organisation, Person
from people.notify import call_off
from people.roles import Role
from secondments import checklist_notices, policies, timetable, transitions, turns
from secondments.actions import attachments
from secondments.choices import Party
from secondments.guards import Refusal
from secondments.models import ChecklistItem, Evidence, Secondment, UsualItem
from secondments.states import CLOSED
from secondments.transitions import NotAllowed, Refused

FILES = 10  # with one item
MOST = 60  # items of a list


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
    if done and item.wants_evidence and not item.evidence.exists():
        raise Refused(
            Refusal(_("A file is to show that “%(item)s” is done: add it first.") % {"item": item.title}, "file")
        )
    item.done_at, item.done_by = (clock.now(), by) if done else (None, None)
    item.waived_because, item.reminded = "", ""
    item.save()
    _call_off(secondment, item)
    turns.settle(secondment)
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
    _call_off(secondment, item)
    turns.settle(secondment)
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
    wants_evidence: bool = False,
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
        wants_evidence=wants_evidence,
    )
    turns.settle(secondment)
    ledger.record("checklist.add", by=by, case_id=secondment.pk, title=title)
    return item


def _call_off(case: Secondment, item: ChecklistItem) -> None:
    """Reminders that were not sent yet, once nothing that was reminded of is open for the party."""
    left = list(case.checklist.filter(done_at__isnull=True).exclude(reminded=""))
    for escalated in (False, True):
        place = checklist_notices.place(item, escalated=escalated)
        told = [row for row in left if not escalated or row.reminded == timetable.ESCALATE]
        if place not in {checklist_notices.place(row, escalated=escalated) for row in told}:
            call_off(f"checklist:{case.pk}:{place}")


@transaction.atomic
def show(item: ChecklistItem, *, by: Person, name: str, content: bytes) -> Evidence:
    """Keep a file that shows that something is done; looked at by its content first."""
    secondment = transitions.lock(item.secondment_id)
    item = secondment.checklist.select_for_update().get(pk=item.pk)
    if not policies.may_tick(item, policies.parts_of(secondment, by)):
        raise NotAllowed(_("This is for %(party)s to show.") % {"party": item.get_party_display()})
    if secondment.state in CLOSED:
        raise Refused(_("The case is closed; its checklists can only be read."))
    kept_name, kind = attachments.checked(name, content)
    if item.evidence.count() >= FILES:
        raise Refused(Refusal(_("There are %(n)d files with this item already.") % {"n": FILES}, "file"))
    found = Evidence.objects.create(
        item=item,
        name=kept_name,
        content_type=kind,
        content=content,
        size=len(content),
        added_at=clock.now(),
        added_by=by,
    )
    ledger.record("checklist.show", by=by, case_id=secondment.pk, title=item.title)
    return found


def possible_owners(item: ChecklistItem) -> list[Person]:
    """Who could see to an item: people of its party in the case; HR for what the seconder does."""
    case = item.secondment
    if item.party == Party.SECONDER:
        members = Membership.objects.current().filter(organisation=case.seconder_id, role=Role.HR)
        members = members.filter(person__is_active=True).exclude(person=case.secondee_id)
        return [row.person for row in members.select_related("person")]
    parts = policies.PARTS_OF_PARTY[Party(item.party)]
    rows = case.parts.current().filter(part__in=sorted(parts)).select_related("person")
    return list({row.person_id: row.person for row in rows}.values())


@transaction.atomic
def give(item: ChecklistItem, *, by: Person, owner: Person, due_on: date | None) -> ChecklistItem:
    """HR says who sees to an item, and until when; reminders follow."""
    secondment = transitions.lock(item.secondment_id)
    item = secondment.checklist.select_for_update().get(pk=item.pk)
    item.secondment = secondment
    if item.list not in policies.lists_run_by(secondment, policies.parts_of(secondment, by)):
        raise NotAllowed(_("Only HR of the side that runs this list gives an item to somebody."))
    if secondment.state in CLOSED:
        raise Refused(_("The case is closed; its checklists can only be read."))
    if owner not in possible_owners(item):
        raise Refused(Refusal(_("Choose somebody of the party whose item it is."), "owner"))
    if (item.owner_id, item.due_on) == (owner.pk, due_on):
        return item
    if item.due_on != due_on:
        item.reminded = ""
    is_new = item.owner_id != owner.pk
    item.owner, item.due_on = owner, due_on
    item.save()
    if is_new and item.done_at is None:
        checklist_notices.item_given(item, by)
    turns.settle(secondment)
    ledger.record("checklist.give", by=by, case_id=secondment.pk, title=item.title, person=owner.full_name)
    return item


@transaction.atomic
def save_usual(organisation: Organisation, kind: str, *, by: Person, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what an organisation's list begins with, in order; without rows it has that of the house again."""
    if not by.works_for(organisation.pk, Role.HR):
        raise NotAllowed(_("HR of the organisation writes its checklists."))
    if len(rows) > MOST:
        raise Refused(_("A list holds at most %(n)d items.") % {"n": MOST})
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    UsualItem.objects.filter(organisation=organisation, list=kind).delete()
    UsualItem.objects.bulk_create(
        UsualItem(organisation=organisation, list=kind, position=n, **row) for n, row in enumerate(rows, start=1)
    )
    ledger.record("checklist.usual", by=by, organisation=organisation.legal_name, list=str(kind), items=len(rows))
