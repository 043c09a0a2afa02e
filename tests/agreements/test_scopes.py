"""Rights on papers as pairs: the test on one object and the QuerySet agree for everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import QuerySet
from django.test import Client

from agreements import negotiation, policies, scopes
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


def test_versions_and_notes_before_the_terms_were_shared_are_for_hr_alone(
    cast: Cast, sign_in: Callable[[Person], Client]
) -> None:
    case = cast.agreement_case()
    paper = case.agreements.get()
    for note in ("Our lowest offer", "As agreed"):
        number = Agreement.objects.get(pk=paper.pk).current.number
        negotiation.edit_clause(
            paper, by=cast.hr, key="role_duties", values={"duties": note}, wording=[], note=note, seen_version=number
        )
    cast.shared(case)
    last = Agreement.objects.get(pk=paper.pk).current.number
    for who, first in ((cast.hr, 1), (cast.contact, last), (cast.secondee, last), (cast.host_hr, last)):
        numbers = scopes.versions(Person.objects.get(pk=who.pk)).values_list("number", flat=True)
        assert list(numbers.order_by("number")) == list(range(first, last + 1)), who
    client = sign_in(cast.contact)
    page = client.get(paper.get_absolute_url()).content.decode()
    assert ("As agreed" in page, "Our lowest offer" in page) == (True, False)
    assert client.get(f"{paper.get_absolute_url()}versions/{last - 1}/").status_code == 404
    assert client.get(f"{paper.get_absolute_url()}compare/{last - 1}/{last}/").status_code == 404
