"""Rights on papers as pairs: the test on one object and the QuerySet agree for everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from agreements import policies, scopes
from agreements.models import Agreement, Version
from people.models import Person
from secondments import capacities
from tests.cast import Cast, fresh, member, person

PAIRS: dict[str, tuple[Callable[[Agreement, Person], bool], Callable[[Person], QuerySet[Agreement]]]] = {
    "read": (policies.may_read, scopes.readable),
    "edit": (policies.may_edit, scopes.editable),
    "ask": (policies.may_ask_for_change, scopes.negotiable),
    "download": (policies.may_download, scopes.downloadable),
}


@pytest.fixture
def people(cast: Cast) -> list[Person]:
    """Papers in draft, in negotiation, out and signed; everybody of the cast and somebody in two capacities."""
    small = {"is_full_time": False, "weekly_hours": 2}
    cast.agreement_case(**small)
    cast.shared(cast.agreement_case(**small))
    cast.issued(cast.agreement_case(**small))
    signed = cast.agreed(**small)
    both = member(member(person("Bo Both"), cast.northwind, "hr"), cast.contoso, "finance")
    capacities.choose(fresh(signed), both, "finance_host")
    return [*cast.people.values(), both]


@pytest.mark.parametrize("name", PAIRS)
def test_object_test_and_queryset_agree(people: list[Person], name: str) -> None:
    judge, scope = PAIRS[name]
    answers = []
    for who in people:
        reader = Person.objects.get(pk=who.pk)
        listed = set(scope(reader))
        for agreement in Agreement.objects.select_related("secondment"):
            answers.append(judge(agreement, reader))
            assert answers[-1] == (agreement in listed), (who.full_name, agreement, answers[-1])
    assert {True, False} == set(answers)


def test_versions_are_read_by_those_who_read_the_paper(people: list[Person]) -> None:
    for who in people:
        reader = Person.objects.get(pk=who.pk)
        read = {version.agreement_id for version in scopes.versions(reader)}
        assert read == set(scopes.readable(reader).values_list("pk", flat=True))
    assert Version.objects.count() >= 4
