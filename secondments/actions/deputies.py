"""Naming somebody who acts in one's name for some days; accepting, ending it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.notify import call_off
from secondments import part_notices
from secondments.choices import DEPUTISED, HOST_SIDE, Part
from secondments.guards import Refusal
from secondments.models import CasePart, Deputy, Secondment
from secondments.models.deputy import works_for
from secondments.transitions import NotAllowed, Refused

LONGEST = 366  # days; who is away for longer hands the part over


@transaction.atomic
def name(
    deputy: Person, *, by: Person, part: Part, since: date, until: date, secondment: Secondment | None = None
) -> Deputy:
    """Ask somebody to act in one's name; nothing holds before they accept."""
    held = CasePart.objects.current().filter(person=by, part=part)
    if secondment is not None:
        held = held.filter(secondment=secondment)
    cases = [row.secondment for row in held.select_related("secondment")]
    if part not in DEPUTISED or not cases:
        raise NotAllowed(_("You name deputies for parts that you have."))
    if (until - since).days >= LONGEST:
        raise Refused(Refusal(_("A deputy is named for a year at most."), "until"))
    for case in cases:
        refusal = _unfit(case, part, deputy, by)
        if refusal:
            raise Refused(Refusal(refusal, "email"))
    row = Deputy.objects.create(
        principal=by, deputy=deputy, part=part, secondment=secondment, since=since, until=until, named_at=clock.now()
    )
    for case in cases:
        _record("deputy.name", row, case, by)
    part_notices.deputy_asked(row)
    return row


@transaction.atomic
def accept(row: Deputy, *, by: Person) -> Deputy:
    """From now on, on the days given, the deputy acts in the other's name."""
    row = Deputy.objects.select_for_update().get(pk=row.pk)
    if row.deputy_id != by.pk:
        raise NotAllowed(_("This is for %(name)s to accept.") % {"name": row.deputy})
    if row.ended_at is not None:
        raise Refused(_("%(name)s has taken this back meanwhile.") % {"name": row.principal})
    if row.until < clock.today("UTC"):
        raise Refused(_("The days for which you were asked have passed."))
    if row.accepted_at is None:
        cases = cases_of(row)
        refusal = next(filter(None, (_unfit(case, Part(row.part), by, row.principal) for case in cases)), "")
        if refusal:  # they changed sides since they were asked
            raise Refused(refusal)
        row.accepted_at = clock.now()
        row.save(update_fields=["accepted_at"])
        by.__dict__.pop("_deputising", None)
        for case in cases:
            _record("deputy.accept", row, case, by)
        call_off(f"deputy:{row.key}")
        part_notices.deputy_answered(row, accepted=True)
    return row


@transaction.atomic
def end(row: Deputy, *, by: Person) -> Deputy:
    """Either of the two ends it, at any time; a deputy who was asked declines in this way."""
    row = Deputy.objects.select_for_update().get(pk=row.pk)
    if by.pk not in {row.principal_id, row.deputy_id}:
        raise NotAllowed(_("Only the two of you can end this."))
    if row.ended_at is None:
        row.ended_at, row.ended_by = clock.now(), by
        row.save(update_fields=["ended_at", "ended_by"])
        row.deputy.__dict__.pop("_deputising", None)
        for case in cases_of(row):
            _record("deputy.end", row, case, by)
        call_off(f"deputy:{row.key}")
        if by.pk == row.deputy_id:
            part_notices.deputy_answered(row, accepted=False)
        else:
            part_notices.deputy_ended(row)
    return row


def cases_of(row: Deputy) -> list[Secondment]:
    """The cases in which the principal has the part now."""
    held = CasePart.objects.current().filter(person=row.principal_id, part=row.part)
    if row.secondment_id:
        held = held.filter(secondment=row.secondment_id)
    return [found.secondment for found in held.select_related("secondment")]


def _unfit(case: Secondment, part: Part, deputy: Person, by: Person) -> str:
    """Why somebody cannot stand in for a part in a case: they are on the other side, or the secondee."""
    if deputy == by:
        return _("Name somebody else than yourself.")
    if deputy.pk == case.secondee_id:
        return _("The secondee of %(ref)s cannot act in your name.") % {"ref": case.reference}
    if not deputy.is_active:
        return _("This person cannot sign in any more; name somebody else.")
    if case.is_internal:
        return ""
    own = works_for(deputy)
    if part in HOST_SIDE and case.seconder_id in own:
        return _("This person works for the seconder, who is the other side.")
    if part not in HOST_SIDE and case.seconder_id not in own:
        return _("A deputy of the seconder's side works for %(org)s.") % {"org": case.seconder}
    return ""


def _record(verb: str, row: Deputy, case: Secondment, by: Person) -> None:
    facts: dict[str, Any] = {
        "part": row.part,
        "person": row.deputy.full_name,
        "principal": row.principal.full_name,
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
    }
    if verb == "deputy.name":
        ledger.record("deputy.name", by=by, case_id=case.pk, **facts)
    elif verb == "deputy.accept":
        ledger.record("deputy.accept", by=by, case_id=case.pk, **facts)
    else:
        ledger.record("deputy.end", by=by, case_id=case.pk, **facts)
