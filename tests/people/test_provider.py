"""Signing in with an organisation's own provider: the real provider's process, and every way it must not go."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client

from people.models import LedgerEntry, Notice, Person, SignInProvider
from tests.cast import Cast, member, person

SignIn = Callable[[Person], Client]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The provider on a free port, as a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            requests.get(address, timeout=1)
            break
        except requests.ConnectionError:
            time.sleep(0.2)
    yield address
    child.terminate()
    child.wait(10)


@pytest.fixture
def provider(cast: Cast, issuer: str, monkeypatch: pytest.MonkeyPatch) -> SignInProvider:
    """Northwind's, entered by the operator and switched on."""
    monkeypatch.setenv("SIGN_IN_CLIENT_SECRET", "hush hush")
    call_command(
        "organisation_sign_in",
        organisation=cast.northwind.key,
        issuer=issuer,
        client="tripartite",
        domain=["northwind.example"],
    )
    Person.objects.filter(pk=cast.manager.pk).update(email="tom@northwind.example")
    Person.objects.filter(pk=cast.hr.pk).update(email="hanna@northwind.example")
    SignInProvider.objects.update(is_on=True)
    return SignInProvider.objects.get()


def claim(issuer: str, sub: str, **claims: object) -> None:
    """What the provider knows of somebody."""
    requests.put(f"{issuer}/users/{sub}", json=claims, timeout=5).raise_for_status()


def begin(client: Client, provider: SignInProvider, then: str = "/notices/") -> str:
    answer = client.get(f"/sign-in/with/{provider.organisation.key}/?next={then}")
    assert answer.status_code == 302
    return answer.url


def agree(address: str, sub: str) -> str:
    """Say yes at the provider; returns the way back to us."""
    answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    found = urlsplit(answer.headers["Location"])
    return f"{found.path}?{found.query}"


def walk(client: Client, provider: SignInProvider, sub: str) -> HttpResponse:
    return client.get(agree(begin(client, provider), sub))


def is_in(client: Client) -> bool:
    return client.get("/notices/").status_code == 200


def test_person_of_the_organisation_is_signed_in(provider: SignInProvider, issuer: str, cast: Cast) -> None:
    claim(issuer, "tom-1", email="Tom@northwind.example", email_verified=True)
    client = Client()
    answer = walk(client, provider, "tom-1")
    assert (answer.status_code, answer.url) == (302, "/notices/")
    assert client.session["_auth_user_id"] == str(cast.manager.pk)
    assert Notice.objects.get(recipient=cast.manager).sentences[0] == (
        "You signed in with Northwind Ltd for the first time."
    )
    again = Client()
    walk(again, provider, "tom-1")
    assert is_in(again)
    assert LedgerEntry.objects.filter(verb="sign_in.provider_used").count() == 1
    assert SocialAccount.objects.get().extra_data in ({}, SocialAccount.objects.get().extra_data)
    assert not SocialApp.objects.exists()


def test_request_carries_state_nonce_and_challenge(provider: SignInProvider) -> None:
    asked = parse_qs(urlsplit(begin(Client(), provider)).query)
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"http://testserver/sign-in/with/{provider.organisation.key}/back/"]


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "tom@northwind.example", "email_verified": False},
        {"email": "tom@northwind.example"},
        {"email": "tom@northwind.example", "email_verified": "true"},
        {"email_verified": True},
        {"email": "sofia.harper@example.org", "email_verified": True},  # another organisation's
        {"email": "tom@evil.northwind.example.org", "email_verified": True},
        {"email": "nobody@northwind.example", "email_verified": True},
    ],
    ids=["unverified", "not said", "a word", "no address", "other domain", "lookalike", "unknown person"],
)
def test_claims_that_do_not_suffice(provider: SignInProvider, issuer: str, cast: Cast, claims: dict) -> None:
    count = Person.objects.count()
    claim(issuer, "x-1", **claims)
    client = Client()
    answer = walk(client, provider, "x-1")
    assert answer.status_code == 403
    assert "You are not signed in" in answer.content.decode()
    assert not is_in(client)
    assert (Person.objects.count(), SocialAccount.objects.count()) == (count, 0)


def refused(provider: SignInProvider, issuer: str) -> bool:
    claim(issuer, "tom-1", email="tom@northwind.example", email_verified=True)
    client = Client()
    return walk(client, provider, "tom-1").status_code == 403 and not is_in(client)


def test_person_of_another_organisation_with_an_address_of_ours(
    provider: SignInProvider, issuer: str, cast: Cast
) -> None:
    cast.manager.employments.update(organisation=cast.contoso)
    assert refused(provider, issuer)


def test_person_who_is_also_a_member_of_another_organisation(provider: SignInProvider, issuer: str, cast: Cast) -> None:
    member(cast.manager, cast.contoso, "hr")
    assert refused(provider, issuer)


def test_person_with_an_address_elsewhere_is_not_reached_after_binding(
    provider: SignInProvider, issuer: str, cast: Cast
) -> None:
    claim(issuer, "tom-1", email="tom@northwind.example", email_verified=True)
    assert walk(Client(), provider, "tom-1").status_code == 302
    Person.objects.filter(pk=cast.manager.pk).update(email="tom@home.example")
    assert refused(provider, issuer)


def test_leaver_and_administrator_are_refused(provider: SignInProvider, issuer: str, cast: Cast) -> None:
    Person.objects.filter(pk=cast.manager.pk).update(is_active=False)
    assert refused(provider, issuer)
    Person.objects.filter(pk=cast.manager.pk).update(is_active=True, is_administrator=True)
    assert refused(provider, issuer)


def test_another_name_for_the_same_person_is_refused_until_unbound(
    provider: SignInProvider, issuer: str, cast: Cast
) -> None:
    for sub in ("tom-1", "tom-2"):
        claim(issuer, sub, email="tom@northwind.example", email_verified=True)
    assert walk(Client(), provider, "tom-1").status_code == 302
    assert walk(Client(), provider, "tom-2").status_code == 403
    call_command("organisation_sign_in", organisation=cast.northwind.key, unbind="tom@northwind.example")
    assert walk(Client(), provider, "tom-2").status_code == 302


def test_answer_cannot_be_replayed_nor_used_by_another_browser(provider: SignInProvider, issuer: str) -> None:
    claim(issuer, "tom-1", email="tom@northwind.example", email_verified=True)
    mine = Client()
    back = agree(begin(mine, provider), "tom-1")
    other = Client()
    assert other.get(back).status_code == 403 and not is_in(other)
    assert mine.get(back).status_code == 302
    mine.post("/sign-out/")
    assert mine.get(back).status_code == 403 and not is_in(mine)


def test_answer_with_another_nonce_is_refused(provider: SignInProvider, issuer: str) -> None:
    claim(issuer, "tom-1", email="tom@northwind.example", email_verified=True)
    client = Client()
    address = begin(client, provider)
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    answer = client.get(agree(address.replace(nonce, "another"), "tom-1"))
    assert answer.status_code == 403 and not is_in(client)


def test_cancelling_at_the_provider_ends_on_our_page(provider: SignInProvider) -> None:
    client = Client()
    address = begin(client, provider)
    answer = requests.post(address, data={"action": "deny"}, allow_redirects=False, timeout=5)
    found = urlsplit(answer.headers["Location"])
    assert client.get(f"{found.path}?{found.query}").status_code == 403


def test_provider_that_is_off_is_no_address(provider: SignInProvider, issuer: str) -> None:
    claim(issuer, "tom-1", email="tom@northwind.example", email_verified=True)
    client = Client()
    back = agree(begin(client, provider), "tom-1")
    call_command("organisation_sign_in", organisation=provider.organisation.key, off=True)
    assert client.get(back).status_code == 404
    assert client.get(f"/sign-in/with/{provider.organisation.key}/").status_code == 404
    assert client.get("/sign-in/with/aaaaaaaaaaaa/").status_code == 404
    assert Client().post("/sign-in/", {"email": "tom@northwind.example"}).status_code == 302


def test_provider_that_does_not_answer_is_said(provider: SignInProvider) -> None:
    SignInProvider.objects.update(issuer="http://127.0.0.1:1")
    assert Client().get(f"/sign-in/with/{provider.organisation.key}/").status_code == 403


@pytest.mark.parametrize("away", ["//evil", "/\\evil", "https:evil", "https://evil.example/"])
def test_next_stays_here(provider: SignInProvider, issuer: str, away: str) -> None:
    claim(issuer, "tom-1", email="tom@northwind.example", email_verified=True)
    client = Client()
    answer = client.get(agree(begin(client, provider, away), "tom-1"))
    assert (answer.status_code, answer.url) == (302, "/")


def test_second_factor_is_asked_after_the_provider(provider: SignInProvider, issuer: str, cast: Cast) -> None:
    Authenticator.objects.create(user=cast.manager, type="totp", data={"secret": "x"})
    claim(issuer, "tom-1", email="tom@northwind.example", email_verified=True)
    client = Client()
    assert walk(client, provider, "tom-1").url == "/sign-in/second-factor/"
    assert not is_in(client)


# --- Required


def test_required_for_hr_and_finance_alone(provider: SignInProvider, issuer: str, cast: Cast) -> None:
    SignInProvider.objects.update(is_required=True)
    cast.hr.set_password("four words of good length")
    cast.hr.save(update_fields=["password"])
    Person.objects.filter(pk=cast.hr.pk).update(email="hanna@northwind.example")
    Client().post("/sign-in/", {"email": "hanna@northwind.example", "by_code": "1"})
    Client().post("/sign-in/", {"email": cast.finance.email})
    Client().post("/sign-in/", {"email": "tom@northwind.example", "by_code": "1"})
    assert [notice.recipient for notice in Notice.objects.filter(is_secret=True)] == [cast.manager]
    words = {"login": "hanna@northwind.example", "password": "four words of good length"}
    assert Client().post("/sign-in/password/", words).status_code == 200
    claim(issuer, "hanna-1", email="hanna@northwind.example", email_verified=True)
    client = Client()
    assert walk(client, provider, "hanna-1").status_code == 302 and is_in(client)


def test_code_that_left_before_it_was_required_no_longer_counts(provider: SignInProvider, cast: Cast) -> None:
    from tests.cast import code_for

    client = Client()
    client.post("/sign-in/", {"email": "hanna@northwind.example", "by_code": "1"})
    SignInProvider.objects.update(is_required=True)
    client.post("/sign-in/code/", {"code": code_for(cast.hr)})
    assert not is_in(client)


# --- HR's page and the operator's command


def test_hr_switches_and_nobody_else(provider: SignInProvider, cast: Cast, sign_in: SignIn) -> None:
    path = f"/organisations/{cast.northwind.key}/sign-in/"
    hr = Person.objects.get(pk=cast.hr.pk)
    client = sign_in(hr)
    assert provider.issuer in client.get(path).content.decode()
    client.post(path, {"is_on": "on", "is_required": "on", "issuer": "https://evil.example", "domains": "gov.example"})
    found = SignInProvider.objects.get()
    assert (found.is_on, found.is_required, found.issuer, found.domain_names) == (
        True,
        True,
        provider.issuer,
        ["northwind.example"],
    )
    assert client.post(path, {"is_required": "on"}).status_code == 200
    client.post(path, {})
    assert not SignInProvider.objects.get().is_on
    assert sign_in(cast.finance).get(path).status_code == 403
    assert sign_in(cast.viewer).post(path, {"is_on": "on"}).status_code == 403
    assert sign_in(cast.stranger_hr).get(f"/organisations/{cast.contoso.key}/sign-in/").status_code == 403
    assert sign_in(cast.secondee).get(path).status_code == 404
    assert LedgerEntry.objects.filter(verb="sign_in.provider_switched").count() == 2


def test_hr_cannot_lock_itself_out(provider: SignInProvider, cast: Cast, sign_in: SignIn) -> None:
    Person.objects.filter(pk=cast.hr.pk).update(email="hanna@elsewhere.example")
    page = sign_in(Person.objects.get(pk=cast.hr.pk)).post(
        f"/organisations/{cast.northwind.key}/sign-in/", {"is_on": "on", "is_required": "on"}
    )
    assert "you could no longer sign in" in page.content.decode()


def test_domain_belongs_to_one_organisation(provider: SignInProvider, cast: Cast, issuer: str) -> None:
    given = {"organisation": cast.contoso.key, "issuer": issuer, "client": "c"}
    with pytest.raises(CommandError, match="belongs to another organisation"):
        call_command("organisation_sign_in", **given, domain=["contoso.example", "NORTHWIND.example"])
    assert SignInProvider.objects.count() == 1
    with pytest.raises(CommandError, match="Not a domain"):
        call_command("organisation_sign_in", **given, domain=["contoso"])
    with pytest.raises(CommandError, match="Give --issuer"):
        call_command("organisation_sign_in", organisation=cast.contoso.key, issuer=issuer)
    with pytest.raises(CommandError, match="no organisation"):
        call_command("organisation_sign_in", organisation="nothing", issuer=issuer)


def test_secret_is_locked_at_rest(provider: SignInProvider) -> None:
    assert "hush" not in str(SignInProvider.objects.values().get())
    assert provider.secret == "hush hush"
    assert [entry for entry in LedgerEntry.objects.all() if "hush" in str(entry.facts)] == []


def test_person_unknown_at_the_provider_gets_no_account(provider: SignInProvider, issuer: str) -> None:
    who = person("New Comer", "new@northwind.example")  # here, but of no organisation
    claim(issuer, "new-1", email=who.email, email_verified=True)
    assert walk(Client(), provider, "new-1").status_code == 403
