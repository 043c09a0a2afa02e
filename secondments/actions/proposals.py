"""Writing a proposal: begin it, save it section by section, override a rule, submit it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Organisation, Person, Policy
from secondments import facts, policies, substance, transitions, turns
from secondments.actions import estimates
from secondments.choices import Part
from secondments.guards import Refusal
from secondments.models import Attachment, CostItem, Objective, Override, Proposal, Secondment, Skill, Submission
from secondments.states import State
from secondments.transitions import NotAllowed, Refused

ROWS: dict[str, Any] = {"objectives": Objective, "skills": Skill, "cost_items": CostItem}
Table = Iterable[Mapping[str, Any]]


@transaction.atomic
def begin(
    *,
    by: Person,
    seconder: Organisation,
    fields: Mapping[str, Any] | None = None,
    objectives: Table = (),
    proposal: Mapping[str, Any] | None = None,
    tables: Mapping[str, Table] | None = None,
    started_by: Person | None = None,
    started_as: str = Part.HR_SECONDER,
    first_asked_at: datetime | None = None,
) -> Secondment:
    """Open a draft; its owner is the HR person who begins it.

    ``started_by``, ``started_as`` and ``first_asked_at`` say whose idea it was, where it was not HR's.
    """
    if not by.works_for(seconder.pk, "hr"):
        raise NotAllowed(_("Only HR of the seconder begins a secondment."))
    now = clock.now()
    secondment = Secondment(seconder=seconder, owner=by, reference=next_reference(now), created_at=now, changed_at=now)
    _copy_policy(secondment)
    secondment.named_by = by
    secondment.save()
    Proposal.objects.create(
        secondment=secondment,
        started_by=started_by or by,
        started_as=started_as,
        first_asked_at=first_asked_at or now,
    )
    _write(secondment, fields or {}, proposal or {}, {"objectives": objectives, **(tables or {})}, by)
    ledger.record("secondment.begin", by=by, case_id=secondment.pk)
    turns.settle(secondment)
    return secondment


@transaction.atomic
def save_section(
    secondment: Secondment,
    section: str,
    *,
    by: Person,
    seen: int,
    fields: Mapping[str, Any],
    proposal: Mapping[str, Any],
    tables: Mapping[str, Table],
    unfinished: Mapping[str, str] | None = None,
    page: str = "",
    quick: bool = False,
) -> Secondment:
    """Write one section of a draft. ``seen`` is how often it had been saved when the writer read it.

    Order: lock, ask, refuse whoever has not seen the last save, write, count the costs anew. ``unfinished`` is what
    cannot be read yet and is kept as typed. ``page`` names one opening of the section: what it saved by itself a
    moment ago is no surprise to it. ``quick``: saved while typing, not by a button.
    """
    secondment = _lock_draft(secondment, by)
    found = secondment.proposal
    last = found.sections.get(section, {})
    if last.get("n", 0) != seen and not (page and last.get("page") == page):
        raise Refused(
            _(
                "%(name)s saved this section meanwhile. What you typed is below, theirs stands beside it; "
                "save again to put yours in its place."
            )
            % {"name": Person.objects.filter(pk=last.get("by")).first() or _("Somebody")}
        )
    if not (fields or proposal or tables or unfinished or found.unfinished.get(section)):
        return secondment
    n = last.get("n", 0) + 1
    found.sections[section] = {"n": n, "by": by.pk, "at": clock.now().isoformat(), "page": page if quick else ""}
    found.unfinished.pop(section, None)
    if unfinished:
        found.unfinished[section] = dict(unfinished)
    _write(secondment, fields, proposal, tables, by, quick=quick)
    return secondment


@transaction.atomic
def save_draft(
    secondment: Secondment, *, by: Person, fields: Mapping[str, Any], objectives: Table | None = None
) -> Secondment:
    """Write columns of a draft, and its objectives where they are given."""
    secondment = _lock_draft(secondment, by)
    _write(secondment, fields, {}, {} if objectives is None else {"objectives": objectives}, by)
    return secondment


@transaction.atomic
def override(secondment: Secondment, rule: str, *, by: Person, reason: str) -> Override | None:
    """Propose somebody although a rule is not met, with the reason; an empty one takes the override back."""
    secondment = _lock_draft(secondment, by)
    reason = reason.strip()
    if rule not in {verdict.rule for verdict in facts.eligibility_of(secondment)}:
        raise Refused(Refusal(_("Your policy does not ask this here."), "reason"))
    if not reason:
        if secondment.overrides.filter(rule=rule).delete()[0]:
            ledger.record("eligibility.restore", by=by, case_id=secondment.pk, rule=rule)
        return None
    found, _is_new = Override.objects.update_or_create(
        secondment=secondment, rule=rule, defaults={"reason": reason, "by": by, "at": clock.now()}
    )
    ledger.record("eligibility.override", by=by, case_id=secondment.pk, reason=reason, rule=rule)
    return found


@transaction.atomic
def submit(secondment: Secondment, *, by: Person) -> Secondment:
    """Copy the policy of today onto the case, keep what it says, and ask for the three decisions."""
    secondment = transitions.lock(secondment.pk)
    if secondment.state == State.DRAFT:
        _copy_policy(secondment)
        Secondment.objects.filter(pk=secondment.pk).update(policy=secondment.policy)
        estimates.renew(secondment, by=by)
    secondment = transitions.perform(secondment, "submit", by=by)
    Submission.objects.create(
        secondment=secondment,
        revision=secondment.revision,
        at=secondment.submitted_at or clock.now(),
        by=by,
        content=substance.as_kept(secondment),
    )
    Proposal.objects.filter(secondment=secondment, first_submitted_at__isnull=True).update(
        first_submitted_at=secondment.submitted_at
    )
    return secondment


def keep_sheet(secondment: Secondment, content: bytes) -> Attachment:
    """Keep the page that says what was approved among the files of the case, inside the caller's transaction."""
    return Attachment.objects.create(
        secondment=secondment,
        name=f"{secondment.reference}-proposal.pdf",
        content_type="application/pdf",
        content=content,
        size=len(content),
        is_shared=True,
        is_sheet=True,
        added_at=clock.now(),
        added_by=secondment.owner,
    )


def next_reference(now: datetime) -> str:
    """S-2026-00042: from a sequence, so that two at once never meet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('secondment_reference')")
        (number,) = cursor.fetchone()
    return f"S-{now.year}-{number:05d}"


def _lock_draft(secondment: Secondment, by: Person) -> Secondment:
    secondment = transitions.lock(secondment.pk)
    if not policies.may_edit_proposal(secondment, by):
        raise Refused(_("The proposal can be edited by HR while it is a draft; it has moved on."))
    return secondment


def _copy_policy(secondment: Secondment) -> None:
    secondment.policy = Policy.objects.on(secondment.seconder, clock.today(secondment.zone)).kept()


def _write(
    secondment: Secondment,
    fields: Mapping[str, Any],
    proposal: Mapping[str, Any],
    tables: Mapping[str, Table],
    by: Person,
    *,
    quick: bool = False,
) -> None:
    about = (secondment.secondee_id, secondment.start_on, secondment.end_on)
    for name, value in fields.items():
        setattr(secondment, name, value)
    secondment.named_by = by
    secondment.agreed_end_on = secondment.end_on
    secondment.changed_at = clock.now()
    _copy_policy(secondment)
    secondment.save()
    for name, value in proposal.items():
        setattr(secondment.proposal, name, value)
    secondment.proposal.save()
    for table, rows in tables.items():
        _replace(secondment, table, rows)
    secondment.__dict__.pop("employment", None)
    if about != (secondment.secondee_id, secondment.start_on, secondment.end_on):
        secondment.overrides.all().delete()  # HR said why for that person and those days
    estimates.renew(secondment, by=by, quick=quick)


def _replace(secondment: Secondment, table: str, rows: Table) -> None:
    """The rows of a table anew, in the order given."""
    model = ROWS[table]
    model.objects.filter(secondment=secondment).delete()
    known = {field.name for field in model._meta.fields}
    model.objects.bulk_create(
        model(secondment=secondment, position=position, **{k: v for k, v in row.items() if k in known})
        for position, row in enumerate(rows, start=1)
    )
