"""A permission is a pair, a test on one object and a QuerySet: the two agree for everybody about every row.

Other houses add their pairs to ``PAIRS``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Model, QuerySet

from people import clock, policies
from people.models import (
    ClosingDay,
    Department,
    Employment,
    Invitation,
    Membership,
    Organisation,
    Person,
    Policy,
    Signatory,
)
from tests.cast import Cast, member, person

Pair = tuple[type[Model], Callable[[Person, Any], bool], Callable[[Person], QuerySet]]

PAIRS: list[Pair] = [
    (Person, policies.may_see_person, lambda reader: Person.objects.visible_to(reader)),
    (Person, policies.may_edit_person, lambda reader: Person.objects.editable_by(reader)),
    (Organisation, policies.may_see_organisation, lambda reader: Organisation.objects.visible_to(reader)),
    (Organisation, policies.may_edit_organisation, lambda reader: Organisation.objects.editable_by(reader)),
    (Organisation, policies.may_give_membership, lambda reader: Organisation.objects.staffed_by(reader)),
    (Department, policies.may_see_department, lambda reader: Department.objects.visible_to(reader)),
    (Department, policies.may_edit_department, lambda reader: Department.objects.editable_by(reader)),
    (ClosingDay, policies.may_see_closing_day, lambda reader: ClosingDay.objects.visible_to(reader)),
    (ClosingDay, policies.may_edit_closing_day, lambda reader: ClosingDay.objects.editable_by(reader)),
    (Signatory, policies.may_see_signatory, lambda reader: Signatory.objects.visible_to(reader)),
    (Signatory, policies.may_edit_signatory, lambda reader: Signatory.objects.editable_by(reader)),
    (Employment, policies.may_see_employment, lambda reader: Employment.objects.visible_to(reader)),
    (Employment, policies.may_see_terms, lambda reader: Employment.objects.detailed_to(reader)),
    (Employment, policies.may_edit_employment, lambda reader: Employment.objects.editable_by(reader)),
    (Employment, policies.may_see_salary, lambda reader: Employment.objects.paid_in_sight_of(reader)),
    (Membership, policies.may_see_membership, lambda reader: Membership.objects.visible_to(reader)),
    (Membership, policies.may_end_membership, lambda reader: Membership.objects.editable_by(reader)),
    (Policy, policies.may_see_policy, lambda reader: Policy.objects.visible_to(reader)),
    (Policy, policies.may_edit_policy, lambda reader: Policy.objects.editable_by(reader)),
    (Invitation, policies.may_see_invitation, lambda reader: Invitation.objects.visible_to(reader)),
]
DAY = timedelta(days=1)


@pytest.fixture
def full_cast(cast: Cast) -> Cast:
    """The cast, and of each kind of row one of the past, one of today and one of the future; kept hosts too."""
    fabrikam = Organisation.objects.get(legal_name="Fabrikam Inc")
    kept = Organisation.objects.create(legal_name="Kept Ltd", country="GB", kept_by=cast.northwind)
    grown = Organisation.objects.create(legal_name="Grown Ltd", country="GB", kept_by=cast.northwind)
    everybody = dict(cast.people)
    everybody["grown_hr"] = member(person("Greta Hale"), grown, "hr")
    everybody["administrator"] = person("Adam Min", is_administrator=True)
    everybody["nobody"] = person("Nora Body")
    today, now = clock.today("UTC"), clock.now()
    for n, organisation in enumerate((cast.northwind, cast.contoso, fabrikam, kept, grown)):
        leaver, worker, comer = (
            person(f"{name} {n}", f"{name}{n}@example.org") for name in ("leaver", "worker", "comer")
        )
        spans: list[tuple[Person, date | None, date | None]] = [
            (leaver, None, today - DAY), (worker, today - DAY, None), (comer, today + DAY, None),
        ]  # fmt: skip
        for who, since, until in spans:
            Employment.objects.create(
                person=who, organisation=organisation, since=since, until=until, line_manager=cast.manager
            )
        for since, until in ((now - 9 * DAY, now - DAY), (now - DAY, None)):
            Membership.objects.create(person=worker, organisation=organisation, role="viewer", since=since, until=until)
        Membership.objects.create(person=comer, organisation=organisation, role="hr", since=now + DAY)
        Signatory.objects.create(organisation=organisation, person=worker, since=today)
        Department.objects.create(organisation=organisation, name="Sales")
        ClosingDay.objects.create(organisation=organisation, day=today, name="Fair")
        for day in (today - DAY, today, today + DAY, today + 2 * DAY):
            Policy.objects.create(organisation=organisation, effective_from=day)
        Invitation.objects.create(
            person=worker, organisation=organisation, invited_by=cast.hr, email=worker.email, what="a part",
            sent_at=now, expires_at=now + DAY,
        )  # fmt: skip
        everybody |= {f"leaver{n}": leaver, f"worker{n}": worker, f"comer{n}": comer}
    Employment.objects.create(person=everybody["worker0"], organisation=kept)  # two employers, one keeper
    Employment.objects.create(person=everybody["worker1"], organisation=cast.northwind)  # two employers, two keepers
    cast.people = {role: Person.objects.get(pk=who.pk) for role, who in everybody.items()}
    return cast


@pytest.mark.parametrize(("model", "may", "queryset"), PAIRS, ids=[pair[1].__name__ for pair in PAIRS])
def test_object_test_and_queryset_agree(full_cast: Cast, model: type[Model], may: Any, queryset: Any) -> None:
    rows = list(model._default_manager.all())
    allowed, refused = 0, 0
    for role, reader in full_cast.people.items():
        found = set(queryset(reader).values_list("pk", flat=True))
        assert (role, {row.pk for row in rows if may(reader, row)}) == (role, found)
        allowed += len(found)
        refused += len(rows) - len(found)
    assert allowed and refused  # a pair that always says the same proves nothing


def test_keeper_loses_the_records_when_the_host_gets_hr_of_its_own(full_cast: Cast) -> None:
    kept = Organisation.objects.get(legal_name="Kept Ltd")
    assert policies.may_edit_organisation(full_cast.hr, kept)
    member(full_cast.people["worker3"], kept, "hr")
    hr = Person.objects.get(pk=full_cast.hr.pk)
    assert not policies.may_edit_organisation(hr, kept)
    assert policies.may_see_organisation(hr, kept)
    assert not policies.may_see_inside(hr, kept)


def test_salary_of_people_one_merely_keeps_stays_unseen(full_cast: Cast) -> None:
    kept = Employment.objects.filter(organisation__legal_name="Kept Ltd").first()
    assert kept
    assert policies.may_edit_employment(full_cast.hr, kept)
    assert not policies.may_see_salary(full_cast.hr, kept)
