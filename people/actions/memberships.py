"""Roles that people have for an organisation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from people import clock, ledger
from people.models import Membership, Organisation, Person
from people.roles import Role


@transaction.atomic
def give(
    organisation: Organisation, person: Person, role: str, *, by: Person | None, since: datetime | None = None
) -> Membership:
    """Give somebody a role; an organisation that gets HR of its own keeps itself from then on."""
    membership = Membership.objects.create(
        organisation=organisation, person=person, role=role, since=since or clock.now(), given_by=by
    )
    if role == Role.HR and organisation.kept_by_id:
        organisation.kept_by = None
        organisation.save(update_fields=["kept_by"])
    ledger.record("membership.give", by=by, subject=person, organisation=organisation.legal_name, role=Role(role).value)
    return membership
