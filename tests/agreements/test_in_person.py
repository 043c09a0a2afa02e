"""Signing in person on somebody else's device: the code goes to the signatory alone, and the record says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from agreements import documents, signing
from agreements.models import Agreement, Signature, SignatureSlot
from people.models import Notice, Person
from tests.agreements.acts import events, fresh, outcome, refusals
from tests.cast import Cast, code_for

SignIn = Callable[[Person], Client]
ORIGIN = signing.Origin("session", "192.0.2.7", "tests")


@pytest.fixture
def paper(cast: Cast) -> Agreement:
    return cast.issued(cast.agreement_case())


def place(agreement: Agreement, party: str = "secondee") -> SignatureSlot:
    return agreement.slots.get(party=party)


def prepare(agreement: Agreement, holder: Person, party: str = "secondee") -> None:
    pk = place(agreement, party).pk
    signing.record_opened(agreement, by=holder, place=pk)
    signing.send_code(agreement, by=holder, session="session", place=pk)


def sign(agreement: Agreement, holder: Person, code: str, party: str = "secondee", **changes: Any) -> Agreement:
    fields = {
        "signed_name": "Ana Duarte",
        "agrees": True,
        "sha256": agreement.review_copy.sha256,
        "origin": replace(ORIGIN, device_of=holder),
        "place": place(agreement, party).pk,
    }
    return signing.sign(agreement, by=holder, code=code, **{**fields, **changes})


def test_signatory_signs_on_the_device_of_hr(cast: Cast, paper: Agreement) -> None:
    prepare(paper, cast.hr)
    sign(paper, cast.hr, code_for(cast.secondee))
    found = Signature.objects.get()
    assert (found.email, found.identity, found.slot.party) == (
        "ana.duarte@example.org",
        "Code sent to ana.duarte@example.org; in person on a device of Hanna Reed",
        "secondee",
    )


def test_code_goes_to_the_signatory_alone(cast: Cast, paper: Agreement) -> None:
    prepare(paper, cast.hr)
    assert {row.recipient for row in Notice.objects.filter(is_secret=True)} == {cast.secondee}


def test_record_says_on_whose_device_it_was_read_and_signed(cast: Cast, paper: Agreement) -> None:
    prepare(paper, cast.hr)
    sign(paper, cast.hr, code_for(cast.secondee))
    bodies = {body["event"]: body for body in (json.loads(row.body) for row in paper.evidence.all())}
    opened, signed = bodies["opened in person"], bodies["signed"]
    assert (opened["to"], opened["device_of"]) == ("Ana Duarte", "Hanna Reed")
    assert (signed["by"], signed["identity"]) == (
        "Ana Duarte", "Code sent to ana.duarte@example.org; in person on a device of Hanna Reed",
    )  # fmt: skip
    assert documents.signatories(fresh(paper))[0]["code_checked"] == signed["identity"]


def test_device_is_lent_by_hr_and_the_hosts_people_and_never_for_ones_own_place(cast: Cast, paper: Agreement) -> None:
    found = {n: outcome(lambda who=who: prepare(paper, who)) for n, who in cast.people.items()}
    assert {n: result for n, result in found.items() if result != "denied"} == {
        "hr": "ok", "contact": "ok", "host_hr": "ok",
    }  # fmt: skip


def test_staff_that_confirmed_themselves_do_not_sign_for_another(cast: Cast, paper: Agreement) -> None:
    """A second factor of who lends the device is none of the signatory: it takes their code."""
    prepare(paper, cast.hr)
    confirmed = replace(ORIGIN, device_of=cast.hr, confirmed="Second factor confirmed by hanna.reed@example.org")
    told = [("This is not the code that we sent; look at the newest mail and try again.", "code")]
    assert refusals(lambda: sign(paper, cast.hr, "", origin=confirmed)) == told
    assert not Signature.objects.exists()


def test_code_of_a_signature_in_person_is_bound_to_that_session(cast: Cast, paper: Agreement) -> None:
    prepare(paper, cast.hr)
    elsewhere = replace(ORIGIN, session="another", device_of=cast.hr)
    assert outcome(lambda: sign(paper, cast.hr, code_for(cast.secondee), origin=elsewhere)) == "refused"


def test_order_of_signing_holds_in_person(cast: Cast, paper: Agreement) -> None:
    assert outcome(lambda: prepare(paper, cast.hr, "host")) == "denied"
    prepare(paper, cast.hr)
    sign(paper, cast.hr, code_for(cast.secondee))
    prepare(paper, cast.contact, "host")
    sign(paper, cast.contact, code_for(cast.signatory), "host", signed_name="Marta Kowalska")
    assert place(paper, "host").signature.email == "marta.kowalska@example.org"


def test_second_click_in_person_is_answered_as_the_first(cast: Cast, paper: Agreement) -> None:
    prepare(paper, cast.hr)
    code = code_for(cast.secondee)
    sign(paper, cast.hr, code)
    sign(paper, cast.hr, code)
    assert (Signature.objects.count(), events(paper).count("signed")) == (1, 1)


def test_reading_on_ones_own_device_first_is_reading(cast: Cast, paper: Agreement) -> None:
    signing.record_opened(paper, by=cast.secondee)
    signing.send_code(paper, by=cast.hr, session="session", place=place(paper).pk)
    sign(paper, cast.hr, code_for(cast.secondee))
    assert Signature.objects.count() == 1


def test_paper_that_nobody_opened_is_not_signed_in_person(cast: Cast, paper: Agreement) -> None:
    signing.send_code(paper, by=cast.hr, session="session", place=place(paper).pk)
    assert refusals(lambda: sign(paper, cast.hr, code_for(cast.secondee))) == [
        ("Open and read the agreement before you sign it.", "document")
    ]


def test_opening_as_hr_is_not_opening_for_the_signatory(cast: Cast, paper: Agreement) -> None:
    """HR that looks at the review copy for itself has shown it to nobody."""
    signing.record_opened(paper, by=cast.hr)
    assert place(paper).opened_at is None


def test_page_in_person(cast: Cast, paper: Agreement, sign_in: SignIn) -> None:
    client = sign_in(cast.contact)
    address = f"{paper.get_absolute_url()}places/{place(paper).pk}/in-person/"
    assert client.get(address).status_code == 200
    client.get(f"{paper.get_absolute_url()}review-copy.pdf?place={place(paper).pk}")
    assert place(paper).opened_at
    client.post(f"{address}code/")
    form = client.get(address).context["form"]
    sent = {**form.initial, "agrees": "on", "signed_name": "Ana Duarte", "code": code_for(cast.secondee)}
    drawn = json.dumps([[[1, 1], [9, 9]]])
    assert client.post(address, {**sent, "drawn": drawn}).status_code == 302
    found = Signature.objects.get()
    assert (found.email, found.drawing) == ("ana.duarte@example.org", [[[1, 1], [9, 9]]])
    assert "in person on a device of Łukasz Żółkowski" in found.identity


def test_page_in_person_is_for_those_who_lend_a_device(cast: Cast, paper: Agreement, sign_in: SignIn) -> None:
    address = f"{paper.get_absolute_url()}places/{place(paper).pk}/in-person/"
    found = {name: sign_in(who).get(address).status_code for name, who in cast.people.items()}
    assert {name for name, status in found.items() if status == 200} == {"hr", "contact", "host_hr"}
    assert {name for name, status in found.items() if status == 404} == {"stranger", "stranger_hr"}


def test_faulty_drawing_is_told_and_signs_nothing(cast: Cast, paper: Agreement, sign_in: SignIn) -> None:
    client = sign_in(cast.secondee)
    address = f"{paper.get_absolute_url()}sign/"
    client.get(f"{paper.get_absolute_url()}review-copy.pdf")
    client.post(f"{address}code/")
    form = client.get(address).context["form"]
    sent = {**form.initial, "agrees": "on", "signed_name": "Ana Duarte", "code": code_for(cast.secondee)}
    page = client.post(address, {**sent, "drawn": "[[[NaN, 1], [1, 1]]]"})
    assert "The drawing could not be read: draw it again, or leave it out." in page.content.decode()
    assert not Signature.objects.exists()
