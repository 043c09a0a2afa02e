"""Rights on papers as pairs: the test on one object and the QuerySet agree for everybody."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model, QuerySet
from django.test import Client

from agreements import (
    clauses,
    conversations,
    drafting,
    editions,
    envelopes,
    negotiation,
    papers,
    policies,
    printing,
    scopes,
)
from agreements.models import Agreement, ClauseText, Printout, Thread, Version
from agreements.states import Audience, PaperKind, PrintKind
from people.models import Person
from people.roles import Role
from secondments import capacities
from tests.cast import Cast, fresh, member, person

Pair = tuple[type[Model], Callable[[Any, Person], bool], Callable[[Person], QuerySet]]
PAIRS: dict[str, Pair] = {
    "read": (Agreement, policies.may_read, scopes.readable),
    "costs": (Agreement, policies.may_read_costs, scopes.with_costs),
    "edit": (Agreement, policies.may_edit, scopes.editable),
    "ask": (Agreement, policies.may_ask_for_change, scopes.negotiable),
    "download": (Agreement, policies.may_download, scopes.downloadable),
    "threads": (Thread, policies.may_read_thread, scopes.threads),
    "printouts": (
        Printout,
        lambda row, person: row.asked_by_id == person.pk and policies.may_read(row.agreement, person),
        scopes.printouts,
    ),
    "library": (
        ClauseText,
        lambda row, person: person.works_for(row.organisation_id, *Role.values),
        lambda person: ClauseText.objects.visible_to(person),
    ),
}
SAID = {Audience.ALL: "contact", Audience.HOST: "host_hr", Audience.SECONDER: "hr", Audience.SECONDER_MANAGER: "hr"}


@pytest.fixture
def people(cast: Cast) -> list[Person]:
    """Papers in draft, in negotiation, out and signed, void before anybody saw them; contracts, unseen and shown.

    Conversations for each audience on papers of both kinds, printouts, clauses of two organisations; everybody of
    the cast and somebody in two capacities.
    """
    small = {"is_full_time": False, "weekly_hours": 2}
    cast.agreement_case(**small)
    shared = cast.shared(cast.agreement_case(**small))
    cast.issued(cast.agreement_case(**small))
    signed = cast.agreed(**small)
    unseen = cast.agreement_case(**small)
    envelopes.void_issued(cast.paper(unseen), by=cast.hr, reason="Not now.")
    drafting.draft(unseen, by=None, kind=PaperKind.CONTRACT)
    contract = drafting.draft(signed, by=None, kind=PaperKind.CONTRACT)
    papers.perform(papers.lock(contract.pk), "share", by=cast.hr, version=1)
    contract.refresh_from_db()
    for audience, role in SAID.items():
        said = {"key": "place_of_work", "text": "Look.", "audience": audience}
        conversations.start(shared, by=cast.people[role], **said)
        if audience != Audience.HOST:
            conversations.start(contract, by=cast.hr, **said)
    for who in (cast.hr, cast.contact, cast.secondee):
        printing.ask(shared, by=who, kind=PrintKind.COMPARISON, older=shared.current, newer=shared.current)
    printing.ask(contract, by=cast.secondee, kind=PrintKind.COMPARISON, older=contract.current, newer=contract.current)
    for by, organisation in ((cast.hr, cast.northwind), (cast.host_hr, cast.contoso)):
        data = json.loads(json.dumps(clauses.catalogue()["backfill"].as_data())) | {"title": "Cover"}
        editions.save(organisation, data, by=by, note="Ours.")
    both = member(member(person("Bo Both"), cast.northwind, "hr"), cast.contoso, "finance")
    capacities.choose(fresh(signed), both, "finance_host")
    return [*cast.people.values(), both]


@pytest.mark.parametrize("name", PAIRS)
def test_object_test_and_queryset_agree(people: list[Person], name: str) -> None:
    model, judge, scope = PAIRS[name]
    answers = []
    for who in people:
        reader = Person.objects.get(pk=who.pk)
        listed = set(scope(reader))
        for row in model._default_manager.all():
            answers.append(judge(row, reader))
            assert answers[-1] == (row in listed), (who.full_name, row, answers[-1])
    assert {True, False} == set(answers)


def test_printout_is_over_for_who_may_no_longer_read(cast: Cast, people: list[Person]) -> None:
    mine = scopes.printouts(cast.contact)
    assert mine.count() == 1
    case = mine.get().agreement.secondment
    case.host_contact, case.named_by = cast.host_hr, cast.hr
    case.save()
    assert scopes.printouts(Person.objects.get(pk=cast.contact.pk)).count() == 0


def test_contract_of_the_secondee_is_read_by_nobody_at_the_host(cast: Cast, people: list[Person]) -> None:
    readers = {
        role
        for role, who in cast.people.items()
        if scopes.readable(Person.objects.get(pk=who.pk)).filter(kind=PaperKind.CONTRACT).exists()
    }
    assert readers == {"hr", "manager", "secondee", "director"}


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
