"""Legal holds: nothing of a person, or of the people of a case, is erased until it is lifted."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import LegalHold, Organisation, Person
from people.personal_data import Refused
from people.roles import Role


@transaction.atomic
def place(
    organisation: Organisation, *, by: Person, reason: str, person: Person | None = None, case_id: int | None = None
) -> LegalHold:
    """HR of an organisation places a hold on a person or on a case; the caller knows that either is theirs."""
    if not by.works_for(organisation.pk, Role.HR):
        raise Refused(_("Only HR places a legal hold."))
    if not reason.strip():
        raise Refused(_("Say why nothing may be erased."))
    if person is not None:
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    hold = LegalHold.objects.create(
        organisation=organisation,
        person=person,
        case_id=case_id,
        reason=reason.strip(),
        placed_by=by,
        placed_at=clock.now(),
    )
    # The reason stays in the hold: it is about the person, and goes when the person's data go.
    ledger.record("hold.place", by=by, case_id=case_id, hold=hold.key, person=_whom(hold))
    return hold


@transaction.atomic
def lift(hold: LegalHold, *, by: Person) -> LegalHold:
    """HR of the organisation that placed it lifts it."""
    hold = LegalHold.objects.select_for_update().get(pk=hold.pk)
    if not by.works_for(hold.organisation_id, Role.HR):
        raise Refused(_("Only HR of the organisation that placed a hold lifts it."))
    if hold.lifted_at:
        return hold
    hold.lifted_at, hold.lifted_by = clock.now(), by
    hold.save(update_fields=["lifted_at", "lifted_by"])
    ledger.record("hold.lift", by=by, case_id=hold.case_id, hold=hold.key, person=_whom(hold))
    return hold


def _whom(hold: LegalHold) -> str:
    return hold.person.key if hold.person else ""
