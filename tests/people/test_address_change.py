"""A change of address: proved in the same session, told to both, and nothing of the old one goes on working."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from people import clock
from people.actions import addresses
from people.delivery import deliver
from people.models import Invitation, LedgerEntry, Notice, OneTimeCode, Person
from tests.cast import Cast, code_for

SignIn = Callable[[Person], Client]
NEW = "new.address@example.org"


def invite(cast: Cast, who: Person, **changes: object) -> Invitation:
    now = clock.now()
    fields = {"sent_at": now, "expires_at": now + timedelta(days=14), "email": who.email, "what": "to approve terms"}
    return Invitation.objects.create(person=who, organisation=cast.contoso, invited_by=cast.hr, **{**fields, **changes})


def test_own_address_is_changed_by_a_code_from_the_new_one(cast: Cast, sign_in: SignIn, mailoutbox: list) -> None:
    client, other = sign_in(cast.contact), sign_in(cast.contact)
    old = cast.contact.email
    invitation = invite(cast, cast.contact)
    assert client.post("/security/address/", {"email": NEW}).url == "/security/address/code/"
    assert Notice.objects.latest("pk").address == NEW
    deliver()
    assert [letter.to for letter in mailoutbox] == [[NEW]]
    code = mailoutbox[-1].subject[:6]
    assert other.post("/security/address/code/", {"code": code}).url == "/security/address/"
    assert Person.objects.get(pk=cast.contact.pk).email == old
    assert client.post("/security/address/code/", {"code": code}).url == "/security/"
    assert Person.objects.get(pk=cast.contact.pk).email == NEW
    assert client.get("/security/").status_code == 200
    assert other.get("/security/").status_code == 302
    invitation.refresh_from_db()
    assert invitation.cancelled_at is not None
    deliver()
    assert sorted(letter.to[0] for letter in mailoutbox[1:]) == sorted([old, NEW])
    assert f"from {old} to {NEW}" in mailoutbox[-1].body
    assert list(LedgerEntry.objects.filter(verb="sign_in.address").values_list("actor_id", flat=True)) == [
        cast.contact.pk
    ]


def test_address_of_somebody_else_is_answered_in_the_same_words(cast: Cast, sign_in: SignIn, mailoutbox: list) -> None:
    pages = []
    for email in (cast.hr.email.upper(), "nobody.here@example.org"):
        client = sign_in(cast.contact)
        answer = client.post("/security/address/", {"email": email})
        page = client.get(answer.url).content.decode().replace(email, "")
        wrong = client.post(answer.url, {"code": "000000"}).content.decode().replace(email, "")
        pages.append((answer.status_code, answer.url, _still(page), _still(wrong)))
    assert pages[0] == pages[1]
    deliver()
    assert [letter.to for letter in mailoutbox] == [["nobody.here@example.org"]]


def _still(page: str) -> str:
    import re

    # Two sessions, begun in two minutes, end in two.
    return re.sub(
        r'data-session-left="\d+"|until \d\d:\d\d at the latest|value="[A-Za-z0-9]{64}"|"X-CSRFToken": "\w+"', "", page
    )


def test_address_taken_meanwhile_is_refused(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.contact)
    client.post("/security/address/", {"email": NEW})
    Person.objects.create_user(NEW, full_name="Somebody Quicker")
    page = client.post("/security/address/code/", {"code": code_for(cast.contact)})
    assert "This address cannot be used." in page.content.decode()
    assert Person.objects.get(pk=cast.contact.pk).email == cast.contact.email


def test_asking_again_and_again_is_counted(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.contact)
    for number in range(10):
        client.post("/security/address/", {"email": f"a{number}@example.org"})
    assert "asked for too often" in client.post("/security/address/", {"email": NEW}).content.decode()


def test_hr_corrects_the_address_of_a_contact_who_never_signed_in(cast: Cast, mailoutbox: list) -> None:
    invitation = invite(cast, cast.contact)
    Client().post("/sign-in/", {"email": cast.contact.email})
    old = cast.contact.email
    changed = addresses.change(cast.contact, NEW, by=cast.hr)
    assert changed.email == NEW
    invitation.refresh_from_db()
    assert invitation.cancelled_at is not None
    deliver()
    assert [letter.to for letter in mailoutbox] == [
        [NEW]
    ]  # the old one may be a stranger's, and its code is called off
    assert "Hanna Reed changed your e-mail address" in mailoutbox[0].body
    assert old not in mailoutbox[0].body


def test_hr_ends_sessions_and_codes_with_a_correction(cast: Cast, sign_in: SignIn) -> None:
    waiting = Client()
    waiting.post("/sign-in/", {"email": cast.contact.email})
    code = code_for(cast.contact)
    inside = sign_in(cast.contact)
    inside.post("/confirm/code/")
    addresses.change(Person.objects.get(pk=cast.contact.pk), NEW, by=cast.hr)
    assert not OneTimeCode.objects.filter(used_at__isnull=True).exists()
    assert inside.get("/secondments/").status_code == 302
    waiting.post("/sign-in/code/", {"code": code})
    assert waiting.get("/secondments/").status_code == 302


def test_impossible_addresses_are_refused_with_a_sentence(cast: Cast) -> None:
    for email, sentence in ((cast.manager.email.upper(), "already here"), ("not an address", "valid email")):
        with pytest.raises(ValidationError, match=sentence):
            addresses.change(cast.contact, email, by=cast.hr)
    assert Person.objects.get(pk=cast.contact.pk).email == cast.contact.email


def test_same_address_changes_nothing(cast: Cast) -> None:
    addresses.change(cast.contact, cast.contact.email, by=cast.hr)
    assert not Notice.objects.exists()
