"""One person in two capacities acts in one: chosen, shown, recorded; rights are never added up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from agreements import approving, negotiation, signing
from agreements.models import Agreement
from people import clock
from people.models import LedgerEntry, Membership, Person
from secondments import capacities, policies, scopes
from secondments.actions import case_parts, decisions
from secondments.choices import Part
from secondments.models import ActingAs, Secondment
from secondments.transitions import NotAllowed
from tests.cast import Cast, fresh, member, person

SignIn = Callable[[Person], Client]


def parts(case: Secondment, who: Person) -> set[Part]:
    return set(policies.parts_of(fresh(case), Person.objects.get(pk=who.pk)))


def test_first_capacity_is_taken_unless_another_was_chosen(cast: Cast) -> None:
    member(cast.manager, cast.northwind, "hr")
    case = cast.proposal()
    assert [c.part for c in capacities.of(fresh(case), Person.objects.get(pk=cast.manager.pk))] == [
        Part.HR_SECONDER,
        Part.LINE_MANAGER,
    ]
    assert parts(case, cast.manager) == {Part.HR_SECONDER}


def test_rights_of_two_capacities_are_not_added_up(cast: Cast) -> None:
    member(cast.manager, cast.northwind, "hr")
    case = cast.proposal()
    release = case.decisions.get(kind="release")
    with pytest.raises(NotAllowed, match="This decision is for Tom Berg to give"):
        decisions.decide(release, by=Person.objects.get(pk=cast.manager.pk), verdict=True)
    tom = Person.objects.get(pk=cast.manager.pk)
    assert capacities.choose(fresh(case), tom, "line_manager") == capacities.Capacity(Part.LINE_MANAGER)
    decisions.decide(release, by=tom, verdict=True)
    assert parts(case, cast.manager) == {Part.LINE_MANAGER}
    assert not policies.may_run(fresh(case), tom)


def test_capacity_is_written_with_what_was_done(cast: Cast) -> None:
    member(cast.manager, cast.northwind, "hr")
    case = cast.proposal()
    tom = Person.objects.get(pk=cast.manager.pk)
    capacities.choose(fresh(case), tom, "line_manager")
    decisions.decide(case.decisions.get(kind="release"), by=tom, verdict=True)
    entries = LedgerEntry.objects.filter(case_id=case.pk, actor_id=tom.pk).order_by("pk")
    assert [(e.verb, e.acting_as) for e in entries] == [
        ("capacity.choose", "line_manager"),
        ("decision.release", "line_manager"),
    ]


def test_capacity_that_one_does_not_have_cannot_be_chosen(cast: Cast) -> None:
    case = cast.proposal()
    assert capacities.choose(fresh(case), cast.manager, "hr_seconder") is None
    assert not ActingAs.objects.exists()


def test_chosen_capacity_that_has_ended_is_not_acted_in(cast: Cast) -> None:
    role = Membership.objects.create(
        person=cast.manager, organisation=cast.northwind, role="viewer", since=clock.now() - timedelta(days=1)
    )
    case = cast.proposal()
    tom = Person.objects.get(pk=cast.manager.pk)
    capacities.choose(fresh(case), tom, "viewer_seconder")
    assert parts(case, tom) == {Part.VIEWER_SECONDER}
    Membership.objects.filter(pk=role.pk).update(until=clock.now())
    assert parts(case, tom) == {Part.LINE_MANAGER}


def test_secondee_is_nobody_else_in_their_own_case(cast: Cast) -> None:
    member(cast.secondee, cast.northwind, "hr")
    case = cast.proposal()
    assert [c.part for c in capacities.of(fresh(case), Person.objects.get(pk=cast.secondee.pk))] == [Part.SECONDEE]
    draft = cast.draft()
    assert not Secondment.objects.visible_to(Person.objects.get(pk=cast.secondee.pk)).filter(pk=draft.pk).exists()


def test_hr_of_both_sides_is_one_capacity_within_one_employer(cast: Cast) -> None:
    case = cast.proposal(kind="internal", host=cast.northwind, host_department="Sales")
    assert parts(case, cast.hr) == {Part.HR_SECONDER}
    assert [c.part for c in capacities.of(fresh(case), cast.hr)] == [Part.HR_SECONDER]


def test_hr_of_both_organisations_cannot_accept_or_approve_for_the_host(cast: Cast) -> None:
    member(cast.hr, cast.contoso, "hr")
    case = cast.proposal()
    hanna = Person.objects.get(pk=cast.hr.pk)
    capacities.choose(fresh(case), hanna, "hr_host")
    assert parts(case, cast.hr) == {Part.HR_HOST}
    with pytest.raises(NotAllowed):
        decisions.decide(case.decisions.get(kind="acceptance"), by=hanna, verdict=True)
    for kind, who in (("release", cast.manager), ("consent", cast.secondee), ("acceptance", cast.contact)):
        case = decisions.decide(case.decisions.get(kind=kind), by=who, verdict=True)
    capacities.choose(fresh(case), hanna, "hr_seconder")
    agreement = cast.answered(case)
    agreement = negotiation.share(agreement, by=hanna)
    capacities.choose(fresh(case), hanna, "hr_host")
    with pytest.raises(NotAllowed):
        approving.approve(agreement, by=hanna, content_hash=agreement.current.content_hash)
    assert not case_parts.may_name(fresh(case), Part.SIGNATORY_HOST, hanna)


def test_hr_of_the_host_accepts_for_it(cast: Cast) -> None:
    case = cast.proposal()
    decisions.decide(case.decisions.get(kind="acceptance"), by=cast.host_hr, verdict=True)
    assert case.decisions.get(kind="acceptance").decided_by == cast.host_hr


def test_page_offers_the_other_capacity_and_goes_back_to_where_one_was(cast: Cast, sign_in: SignIn) -> None:
    member(cast.manager, cast.northwind, "hr")
    case = cast.proposal()
    tom = sign_in(cast.manager)
    path = f"{case.get_absolute_url()}decide/release/"
    answer = tom.get(path)
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "You are here as: HR of the seconder. This is for: Line manager." in text
    assert "Go on as: Line manager" in text
    answer = tom.post(f"{case.get_absolute_url()}capacity/", {"capacity": "line_manager", "next": path}, follow=True)
    assert answer.redirect_chain == [(path, 302)]
    assert "Release" in answer.content.decode()
    assert "You are here as:" in tom.get(case.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "onward", ["//evil.example/", "https://evil.example/", "https:evil", "\\\\evil", "javascript:x"]
)
def test_changing_capacity_leads_nowhere_else(cast: Cast, sign_in: SignIn, onward: str) -> None:
    member(cast.manager, cast.northwind, "hr")
    case = cast.proposal()
    answer = sign_in(cast.manager).post(
        f"{case.get_absolute_url()}capacity/", {"capacity": "line_manager", "next": onward}
    )
    assert answer["Location"] == case.get_absolute_url()


def test_signatory_who_is_hr_signs_as_signatory_alone(cast: Cast) -> None:
    case = cast.agreement_case(seconder_signatory=cast.hr)
    agreement = cast.issued(case)
    for who in (case.secondee, case.host_signatory):
        agreement = cast.sign(Agreement.objects.select_related("review_copy").get(pk=agreement.pk), who)
    hanna = Person.objects.get(pk=cast.hr.pk)
    with pytest.raises(NotAllowed, match="acting as such"):
        signing.send_code(agreement, by=hanna, session="s")
    capacities.choose(fresh(case), hanna, "signatory_seconder")
    signing.send_code(agreement, by=hanna, session="s")


def test_stranger_has_no_capacity(cast: Cast) -> None:
    case = cast.proposal()
    for who in (cast.stranger, cast.stranger_hr, person("Nobody At All")):
        assert capacities.acting(fresh(case), who) is None
        assert policies.parts_of(fresh(case), who) == frozenset()


def test_page_reads_once_what_its_reader_may_see_and_an_act_each_time(cast: Cast, sign_in: SignIn) -> None:
    case = cast.active()
    reader, actor = (Person.objects.get(pk=cast.contact.pk) for _ in range(2))
    reader.read_once = {}

    def sees(who: Person) -> bool:
        return scopes.cases_in(who, {Part.HOST_CONTACT}).filter(pk=case.pk).exists()

    assert (sees(reader), sees(actor)) == (True, True)
    case.parts.filter(person=cast.contact).update(until=clock.now())
    assert (sees(reader), sees(actor)) == (True, False)  # the one page that is being read, and what is done meanwhile
    client = sign_in(cast.contact)
    assert client.get(case.get_absolute_url()).status_code == 404
    assert client.get("/people-with-us/").status_code in {200, 403}
    assert case.title not in client.get("/").content.decode()
