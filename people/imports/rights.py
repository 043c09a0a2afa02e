"""Into which organisations an import may write, and who is kept by others."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from people import clock
from people.models import Employment, Membership, Organisation, Person
from people.roles import Role


def with_hr() -> Exists:
    """Whether an organisation has HR of its own now."""
    return Exists(Membership.objects.current().filter(organisation=OuterRef("pk"), role=Role.HR))


def writable(organisation: Organisation) -> QuerySet[Organisation]:
    """The importing organisation, and those that it keeps while they have no HR of their own."""
    kept = Q(kept_by=organisation) & ~with_hr()
    return Organisation.objects.filter(Q(pk=organisation.pk) | kept)


def may_import(person: Person, organisation: Organisation) -> bool:
    """Whether somebody is HR of an organisation, asked of the database and not of the request."""
    return (
        Person.objects.filter(pk=person.pk, is_active=True).exists()
        and Membership.objects.current().filter(person=person, organisation=organisation, role=Role.HR).exists()
    )


def ties(people: Collection[int]) -> dict[int, set[int]]:
    """Organisations that employ people, today or later, or whose members they are now; by person."""
    found: dict[int, set[int]] = {pk: set() for pk in people}
    today = clock.today("UTC")
    employments = Employment.objects.filter(Q(until__isnull=True) | Q(until__gte=today), person__in=people)
    memberships = Membership.objects.current().filter(person__in=people)
    for rows in (employments, memberships):
        for person, organisation in rows.order_by().values_list("person_id", "organisation_id"):
            found[person].add(organisation)
    return found
