"""A deputy acts in another's name: on the days given, once accepted, visibly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from agreements.models import Agreement, Signature
from people import clock
from people.models import LedgerEntry, Notice, Person
from secondments import policies
from secondments.actions import decisions, deputies
from secondments.choices import Part
from secondments.models import Deputy, Secondment
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, on, person

SignIn = Callable[[Person], Client]


def again(who: Person) -> Person:
    return Person.objects.get(pk=who.pk)


def stand_in(cast: Cast, principal: Person, deputy: Person, part: Part, days: int = 10, **only: Secondment) -> Deputy:
    today = clock.today("UTC")
    row = deputies.name(deputy, by=principal, part=part, since=today, until=today + timedelta(days=days), **only)
    return deputies.accept(row, by=deputy)


def test_deputy_decides_in_the_others_name_and_it_shows(cast: Cast, sign_in: SignIn) -> None:
    case = cast.proposal()
    stand_in(cast, cast.contact, cast.stranger, Part.HOST_CONTACT)
    stan = again(cast.stranger)
    decisions.decide(case.decisions.get(kind="acceptance"), by=stan, verdict=True)
    decision = case.decisions.get(kind="acceptance")
    assert (decision.decider, decision.decided_by) == (cast.contact, cast.stranger)
    entry = LedgerEntry.objects.get(verb="decision.acceptance")
    assert (entry.acting_as, entry.facts["in_name_of"]) == ("host_contact", "Łukasz Żółkowski")
    page = sign_in(cast.stranger).get(case.get_absolute_url()).content.decode()
    assert "Host contact, as deputy of Łukasz Żółkowski" in page


def test_nothing_holds_before_it_is_accepted(cast: Cast, sign_in: SignIn) -> None:
    case = cast.proposal()
    today = clock.today("UTC")
    row = deputies.name(cast.stranger, by=cast.contact, part=Part.HOST_CONTACT, since=today, until=today)
    assert sign_in(cast.stranger).get(case.get_absolute_url()).status_code == 404
    with pytest.raises(NotAllowed):
        deputies.accept(row, by=cast.signatory)
    deputies.accept(row, by=cast.stranger)
    assert sign_in(cast.stranger).get(case.get_absolute_url()).status_code == 200


def test_deputy_is_let_in_on_their_days_alone(cast: Cast, sign_in: SignIn) -> None:
    case = cast.proposal()
    first = clock.today("UTC") + timedelta(days=5)
    row = deputies.name(
        cast.stranger, by=cast.contact, part=Part.HOST_CONTACT, since=first, until=first + timedelta(days=2)
    )
    deputies.accept(row, by=cast.stranger)
    client = sign_in(cast.stranger)
    seen = {}
    for offset in (-1, 0, 2, 3):
        with on(first + timedelta(days=offset)):
            seen[offset] = client.get(case.get_absolute_url()).status_code
    assert seen == {-1: 404, 0: 200, 2: 200, 3: 404}


@pytest.mark.parametrize("who", ["contact", "stranger"])
def test_either_of_the_two_ends_it_at_once(cast: Cast, sign_in: SignIn, who: str) -> None:
    case = cast.proposal()
    row = stand_in(cast, cast.contact, cast.stranger, Part.HOST_CONTACT)
    client = sign_in(cast.stranger)
    assert client.get(case.get_absolute_url()).status_code == 200
    deputies.end(row, by=again(cast.people[who]))
    assert client.get(case.get_absolute_url()).status_code == 404


def test_deputyship_ends_with_the_part_of_the_principal(cast: Cast, sign_in: SignIn) -> None:
    from secondments.actions import case_parts

    case = cast.proposal()
    stand_in(cast, cast.contact, cast.stranger, Part.HOST_CONTACT)
    case_parts.end(case.parts.get(part="host_contact"), by=cast.host_hr)
    assert sign_in(cast.stranger).get(case.get_absolute_url()).status_code == 404


def test_deputy_for_one_case_sees_no_other(cast: Cast) -> None:
    one, other = cast.proposal(weekly_hours=5, is_full_time=False), cast.proposal(weekly_hours=5, is_full_time=False)
    stand_in(cast, cast.contact, cast.stranger, Part.HOST_CONTACT, secondment=one)
    assert list(Secondment.objects.visible_to(again(cast.stranger))) == [fresh(one)]
    assert policies.parts_of(fresh(other), again(cast.stranger)) == frozenset()


@pytest.mark.parametrize(
    ("part", "principal", "deputy", "sentence"),
    [
        (Part.HOST_CONTACT, "contact", "hr", "works for the seconder"),
        (Part.HOST_CONTACT, "contact", "director", "works for the seconder"),
        (Part.HOST_CONTACT, "contact", "secondee", "secondee of"),
        (Part.HOST_CONTACT, "contact", "contact", "somebody else than yourself"),
        (Part.LINE_MANAGER, "manager", "stranger", "works for Northwind Ltd"),
        (Part.LINE_MANAGER, "manager", "secondee", "secondee of"),
    ],
)
def test_somebody_of_the_other_side_cannot_stand_in(
    cast: Cast, part: Part, principal: str, deputy: str, sentence: str
) -> None:
    cast.proposal()
    today = clock.today("UTC")
    with pytest.raises(Refused, match=sentence):
        deputies.name(cast.people[deputy], by=cast.people[principal], part=part, since=today, until=today)


def test_consent_is_nobody_elses_to_give(cast: Cast) -> None:
    cast.proposal()
    today = clock.today("UTC")
    with pytest.raises(NotAllowed):
        deputies.name(cast.stranger, by=cast.secondee, part=Part.SECONDEE, since=today, until=today)


def test_deputy_of_a_signatory_signs_in_their_own_name_for_the_other(cast: Cast) -> None:
    case = cast.agreement_case()
    agreement = cast.issued(case)
    stand_in(cast, cast.signatory, cast.stranger, Part.SIGNATORY_HOST)
    agreement = cast.sign(Agreement.objects.select_related("review_copy").get(pk=agreement.pk), case.secondee)
    stan = again(cast.stranger)
    agreement = cast.sign(Agreement.objects.select_related("review_copy").get(pk=agreement.pk), stan)
    signature = Signature.objects.get(slot__party="host")
    assert signature.slot.signatory == cast.signatory
    assert signature.signed_name == "Stan Ranger"
    assert signature.identity.endswith("signs as deputy of Marta Kowalska")


def test_one_person_never_signs_twice_on_a_paper(cast: Cast) -> None:
    case = cast.agreement_case(host_signatory=cast.contact, host_contact=cast.contact)
    agreement = cast.issued(case)
    nina = person("Nina Nowak")
    stand_in(cast, cast.contact, nina, Part.SIGNATORY_HOST)
    agreement = cast.sign(Agreement.objects.select_related("review_copy").get(pk=agreement.pk), case.secondee)
    agreement = cast.sign(Agreement.objects.select_related("review_copy").get(pk=agreement.pk), again(nina))
    assert Signature.objects.filter(agreement=agreement, slot__party="host").count() == 1


def test_deputy_is_told_what_waits_and_finds_it_on_the_first_page(cast: Cast, sign_in: SignIn) -> None:
    first = cast.draft()
    stand_in_case = cast.proposal(weekly_hours=1, is_full_time=False)
    stand_in(cast, cast.contact, cast.stranger, Part.HOST_CONTACT)
    from secondments.actions import proposals

    Secondment.objects.filter(pk=first.pk).update(weekly_hours=1, is_full_time=False)
    case = proposals.submit(first, by=cast.hr)
    asked = Notice.objects.filter(recipient=cast.stranger, case_id=case.pk)
    assert [n.action_path for n in asked] == [f"{case.get_absolute_url()}decide/acceptance/"]
    page = sign_in(cast.stranger).get("/").content.decode()
    assert f"{stand_in_case.get_absolute_url()}decide/acceptance/" in page


def test_pages_name_accept_and_end_a_deputy(cast: Cast, sign_in: SignIn) -> None:
    cast.proposal()
    today = clock.today("UTC")
    contact, stan = sign_in(cast.contact), sign_in(cast.stranger)
    asked = {
        "name": "Stan",
        "email": cast.stranger.email,
        "part": "host_contact",
        "secondment": "",
        "since": today.isoformat(),
        "until": (today - timedelta(days=1)).isoformat(),
    }
    assert "The last day is before the first day." in contact.post("/deputies/", asked).content.decode()
    asked["until"] = (today + timedelta(days=1)).isoformat()
    assert contact.post("/deputies/", asked).status_code == 302
    row = Deputy.objects.get()
    assert "Accept" in stan.get(row.get_absolute_url()).content.decode()
    assert sign_in(cast.manager).get(row.get_absolute_url()).status_code == 404
    stan.post(f"{row.get_absolute_url()}answer/", {"answer": "accept"})
    row.refresh_from_db()
    assert row.accepted_at is not None
    contact.post(f"{row.get_absolute_url()}answer/", {"answer": "end"})
    row.refresh_from_db()
    assert row.ended_by == cast.contact


def test_deputy_is_named_for_a_year_at_most(cast: Cast) -> None:
    cast.proposal()
    with pytest.raises(Refused, match="a year at most"):
        deputies.name(
            cast.stranger, by=cast.contact, part=Part.HOST_CONTACT, since=date(2030, 1, 1), until=date(2031, 6, 1)
        )


def test_deputy_does_not_choose_who_has_the_part(cast: Cast, sign_in: SignIn) -> None:
    from secondments.actions import case_parts

    case = cast.agreement_case()
    stand_in(cast, cast.contact, cast.stranger, Part.HOST_CONTACT)
    for part in (Part.HOST_CONTACT, Part.SIGNATORY_HOST, Part.HOST_SUPERVISOR):
        with pytest.raises(NotAllowed, match="for the host to say"):
            case_parts.name(case, part, person(f"Some {part.value}"), by=again(cast.stranger))
    with pytest.raises(NotAllowed):
        case_parts.end(case.parts.get(part="host_contact"), by=again(cast.stranger))
