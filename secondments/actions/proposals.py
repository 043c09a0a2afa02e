"""Writing a proposal: begin, save, submit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Organisation, Person, Policy
from secondments import eligibility, policies, transitions, turns
from secondments.models import Objective, Secondment
from secondments.states import State
from secondments.timetable import Rules
from secondments.transitions import NotAllowed, Refused

FIELDS = (
    "secondee",
    "line_manager",
    "seconder_signatory",
    "kind",
    "host",
    "host_department",
    "host_contact",
    "host_signatory",
    "role_title",
    "location",
    "start_on",
    "end_on",
    "weekly_hours",
    "is_full_time",
    "purpose",
)


@transaction.atomic
def begin(
    *, by: Person, seconder: Organisation, fields: Mapping[str, Any], objectives: Iterable[dict[str, str]]
) -> Secondment:
    """Open a draft; its owner is the HR person who begins it."""
    if not by.works_for(seconder.pk, "hr"):
        raise NotAllowed(_("Only HR of the seconder begins a secondment."))
    now = clock.now()
    secondment = Secondment(seconder=seconder, owner=by, reference=next_reference(now), created_at=now, changed_at=now)
    _write(secondment, fields, objectives, by)
    ledger.record("secondment.begin", by=by, case_id=secondment.pk)
    turns.settle(secondment)
    return secondment


@transaction.atomic
def save_draft(
    secondment: Secondment,
    *,
    by: Person,
    fields: Mapping[str, Any],
    objectives: Iterable[dict[str, str]],
    seen: datetime | None = None,
) -> Secondment:
    """Write the draft anew. ``seen`` is when the writer's copy was last changed: an older one is refused."""
    secondment = transitions.lock(secondment.pk)
    if not policies.may_edit_proposal(secondment, by):
        raise Refused(_("The proposal can be edited by HR while it is a draft; it has moved on."))
    if seen is not None and secondment.changed_at != seen:
        raise Refused(_("Somebody else saved this draft meanwhile. What you typed is below; compare and save again."))
    secondment.changed_at = clock.now()
    _write(secondment, fields, objectives, by)
    return secondment


@transaction.atomic
def submit(secondment: Secondment, *, by: Person) -> Secondment:
    """Copy the policy of today onto the case and ask for the three decisions."""
    secondment = transitions.lock(secondment.pk)
    if secondment.state == State.DRAFT:
        _copy_policy(secondment)
        Secondment.objects.filter(pk=secondment.pk).update(policy=secondment.policy)
    return transitions.perform(secondment, "submit", by=by)


def next_reference(now: datetime) -> str:
    """S-2026-00042: from a sequence, so that two at once never meet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('secondment_reference')")
        (number,) = cursor.fetchone()
    return f"S-{now.year}-{number:05d}"


def _copy_policy(secondment: Secondment) -> None:
    secondment.policy = Policy.objects.on(secondment.seconder, clock.today(secondment.zone)).copy()


def _write(secondment: Secondment, fields: Mapping[str, Any], objectives: Iterable[dict[str, str]], by: Person) -> None:
    for name in FIELDS:
        if name in fields:
            setattr(secondment, name, fields[name])
    secondment.named_by = by
    secondment.agreed_end_on = secondment.end_on
    _copy_policy(secondment)
    secondment.save()
    secondment.objectives.all().delete()
    Objective.objects.bulk_create(
        Objective(secondment=secondment, position=position, text=row["text"], measure=row.get("measure", ""))
        for position, row in enumerate(objectives, start=1)
    )


def eligibility_of(secondment: Secondment) -> list[eligibility.Verdict]:
    """What the rules of today say of the secondee and these days; nothing while either is missing. Forbids nothing."""
    if not (secondment.secondee_id and secondment.start_on and secondment.end_on):
        return []
    today = clock.today(secondment.zone)
    terms = secondment.employment
    earlier = Secondment.objects.filter(
        secondee=secondment.secondee_id, seconder=secondment.seconder_id, started_at__isnull=False
    ).exclude(pk=secondment.pk)
    stays = tuple(
        eligibility.Stay(row.start_on, row.end_on, same_host=row.host_id == secondment.host_id)
        for row in earlier
        if row.start_on and row.end_on
    )
    facts = eligibility.Facts(
        start=secondment.start_on,
        end=secondment.end_on,
        as_of=today,
        employed_since=terms.started_on if terms else None,
        is_employed=terms is not None,
        probation_ends_on=terms.probation_ends_on if terms else None,
        contract_type=terms.contract_type if terms else "",
        contract_ends_on=terms.contract_ends_on if terms else None,
        earlier=stays,
    )
    policy = Policy.objects.on(secondment.seconder, today).copy()
    return eligibility.check(facts, Rules.of(policy))
