"""Confirming that it is you: what it guards, what it asks, and that nothing typed is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from people.models import Notice, OneTimeCode, Person
from tests.cast import Cast, code_for
from tests.people.test_security_pages import PASSWORD, app_code, set_up_app

SignIn = Callable[[Person], Client]
LATER = timedelta(minutes=16)
GUARDED = [
    "/security/address/",
    "/security/address/code/",
    "/security/password/",
    "/security/password/remove/",
    "/security/app/",
    "/security/passkey/",
    "/security/factors/1/remove/",
    "/security/recovery-codes/",
    "/security/sessions/1/end/",
    "/security/sessions/end/",
]


@pytest.fixture
def stale(cast: Cast, sign_in: SignIn):
    """HR, signed in sixteen minutes ago and still at work."""
    client = sign_in(cast.hr)
    with time_machine.travel(datetime.now(UTC) + LATER, tick=True):
        yield client


def test_every_change_of_how_one_signs_in_is_guarded(stale: Client) -> None:
    for path in GUARDED:
        for send in (stale.get, stale.post):
            answer = send(path)
            assert answer.status_code == 405 or answer.url.startswith("/confirm/?next="), path


def test_signing_in_counts_as_confirming(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.hr).get("/security/password/").status_code == 200


def test_code_by_mail_confirms_and_leads_back(cast: Cast, stale: Client) -> None:
    assert stale.get("/security/password/").url == "/confirm/?next=%2Fsecurity%2Fpassword%2F"
    stale.post("/confirm/code/", {"next": "/security/password/"})
    answer = stale.post("/confirm/", {"way": "code", "code": code_for(cast.hr), "next": "/security/password/"})
    assert answer.url == "/security/password/"
    assert stale.get("/security/password/").status_code == 200


def test_code_is_kept_as_a_hash_and_leaves_the_outbox(cast: Cast, stale: Client, mailoutbox: list) -> None:
    from people.delivery import deliver

    stale.post("/confirm/code/")
    code = code_for(cast.hr)
    assert code not in OneTimeCode.objects.get().code
    deliver()
    assert code in mailoutbox[-1].subject
    assert code not in str(Notice.objects.get(is_secret=True).__dict__)


def test_code_holds_ten_minutes_five_tries_one_session_and_once(cast: Cast, sign_in: SignIn) -> None:
    client, other = sign_in(cast.hr), sign_in(cast.hr)
    client.post("/confirm/code/")
    code = code_for(cast.hr)
    right = {"way": "code", "code": code}
    assert other.post("/confirm/", right).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert client.post("/confirm/", right).status_code == 200
    assert client.post("/confirm/", right).status_code == 302
    assert client.post("/confirm/", right).status_code == 200
    client.post("/confirm/code/")
    for wrong in ("1", "2", "3", "4", "5"):
        client.post("/confirm/", {"way": "code", "code": wrong})
    assert client.post("/confirm/", {"way": "code", "code": code_for(cast.hr)}).status_code == 200


def test_new_code_ends_the_old(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    client.post("/confirm/code/")
    old = code_for(cast.hr)
    client.post("/confirm/code/")
    if old != code_for(cast.hr):
        assert client.post("/confirm/", {"way": "code", "code": old}).status_code == 200


def test_second_factor_is_what_is_asked_if_there_is_one(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    client.post("/security/password/", {"password": PASSWORD})
    secret, _ = set_up_app(client)
    with time_machine.travel(datetime.now(UTC) + LATER, tick=True):
        page = client.get("/confirm/").content.decode()
        assert "Code from your app" in page and "Send me a code" not in page and "Password" not in page
        assert client.post("/confirm/", {"way": "password", "password": PASSWORD}).status_code == 200
        client.post("/confirm/code/")
        assert not OneTimeCode.objects.exists()
        assert client.get("/security/password/").status_code == 302
        assert client.post("/confirm/", {"way": "factor", "code": app_code(secret)}).status_code == 302
        assert client.get("/security/password/").status_code == 200


def test_password_confirms(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    client.post("/security/password/", {"password": PASSWORD})
    with time_machine.travel(datetime.now(UTC) + LATER, tick=True):
        assert client.post("/confirm/", {"way": "password", "password": "wrong"}).status_code == 200
        assert client.get("/security/password/").status_code == 302
        assert client.post("/confirm/", {"way": "password", "password": PASSWORD}).status_code == 302
        assert client.get("/security/password/").status_code == 200


@pytest.mark.parametrize(
    "away",
    ["//evil", "\\\\evil", "/\\evil", "https:evil", "https://evil", "/\t/evil", "javascript:alert(1)", "///evil"],
)
def test_next_never_leads_away(cast: Cast, sign_in: SignIn, away: str) -> None:
    client = sign_in(cast.hr)
    client.post("/confirm/code/")
    assert client.post("/confirm/", {"way": "code", "code": code_for(cast.hr), "next": away}).url == "/"
    fresh = Client()
    fresh.post("/sign-in/", {"email": cast.hr.email, "next": away})
    answer = fresh.post("/sign-in/code/", {"code": code_for(cast.hr), "next": away})
    assert (answer.status_code, answer.url) == (302, "/")


def test_interrupted_post_is_kept_and_sent_by_the_person(cast: Cast, sign_in: SignIn, monkeypatch) -> None:
    """A guarded form outside /security/: what was typed waits, and is sent only when the person says so."""
    client = sign_in(cast.hr)
    client.get("/")
    from people.models import SignInProvider

    provider = SignInProvider(organisation=cast.northwind, issuer="https://login.example.org", client_id="us")
    provider.secret = "hush"
    provider.save()
    path = f"/organisations/{cast.northwind.key}/sign-in/"
    with time_machine.travel(datetime.now(UTC) + LATER, tick=True):
        answer = client.post(path, {"is_on": "on"})
        assert answer.url == "/confirm/?next=%2Funsent%2F"
        assert not SignInProvider.objects.get().is_on
        client.post("/confirm/code/")
        assert (
            client.post("/confirm/", {"way": "code", "code": code_for(cast.hr), "next": "/unsent/"}).url == "/unsent/"
        )
        page = client.get("/unsent/").content.decode()
        assert f'action="{path}"' in page and "Is on" in page
        assert not SignInProvider.objects.get().is_on
        client.post(path, {"is_on": "on"})
        assert SignInProvider.objects.get().is_on
        assert client.get("/unsent/").status_code == 302
