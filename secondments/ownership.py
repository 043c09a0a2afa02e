"""Which cases HR runs."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from people.models import Membership, Person
from people.roles import Role


def owned_by(person: Person, path: str = "") -> Q:
    """Cases that HR runs: one's own, and those whose owner is in HR no longer, which are everybody's there."""
    still = Membership.objects.current().filter(
        person=OuterRef(f"{path}owner"), organisation=OuterRef(f"{path}seconder"), role=Role.HR
    )
    theirs = Q(Q(**{f"{path}owner": person}), ~Exists(still), _connector=Q.OR)
    return theirs & Q(**{f"{path}seconder__in": person.organisations_as(Role.HR)})
