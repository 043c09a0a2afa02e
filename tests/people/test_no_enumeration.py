"""Nobody learns who has an account: same words, same status, same time; and guessing is counted in the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter, thread_time

import pytest
import time_machine
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.test import Client

from people import attempts, entry, notify
from people.actions import codes
from people.models import Attempt, Notice, Person, SignInDomain, SignInProvider
from tests.cast import Cast, code_for, member, person
from tests.people.test_address_change import invite

PASSWORD = "four words of good length"


@pytest.fixture
def kinds(cast: Cast) -> dict[str, str]:
    """One address of each kind."""
    inactive = person("Ina Active", is_active=False, password=PASSWORD)
    expired = person("Ex Pired", password=PASSWORD)
    invite(cast, expired, expires_at=datetime.now(UTC) - timedelta(days=1))
    bound = member(person("Bo Und", password=PASSWORD), cast.contoso, "hr")
    provider = SignInProvider(organisation=cast.contoso, issuer="https://login.example.com", client_id="us")
    provider.secret, provider.is_on, provider.is_required = "hush", True, True
    provider.save()
    SignInDomain.objects.create(provider=provider, domain="contoso.example")
    known = person("Kno Wn", password=PASSWORD)
    return {
        "known": known.email,
        "unknown": "nobody.at.all@example.org",
        "inactive": inactive.email,
        "expired": expired.email,
        "bound": bound.email,
    }


def same(page: str, email: str) -> str:
    return re.sub(r'value="[A-Za-z0-9]{64}"|"X-CSRFToken": "\w+"', "", page.replace(email, ""))


def test_code_flow_answers_alike(kinds: dict[str, str]) -> None:
    answers = {}
    for kind, email in kinds.items():
        client = Client()
        asked = client.post("/sign-in/", {"email": email})
        page = same(client.get(asked.url).content.decode(), email)
        wrong = client.post("/sign-in/code/", {"code": "nonsense"})
        answers[kind] = (asked.status_code, asked.url, page, wrong.status_code, same(wrong.content.decode(), email))
    assert [kind for kind, answer in answers.items() if answer != answers["unknown"]] == []
    assert list(Notice.objects.values_list("recipient__email", flat=True)) == [kinds["known"]]


def test_password_flow_answers_alike(kinds: dict[str, str]) -> None:
    answers = {}
    for kind, email in kinds.items():
        word = "wrong words" if kind == "known" else PASSWORD  # right ones do not help the others
        answer = Client().post("/sign-in/password/", {"login": email, "password": word})
        answers[kind] = (answer.status_code, same(answer.content.decode(), email))
    assert [kind for kind, answer in answers.items() if answer != answers["unknown"]] == []
    assert answers["known"][0] == 200


def test_provider_is_offered_by_domain_alone(cast: Cast, kinds: dict[str, str]) -> None:
    Person.objects.create_user("real@contoso.example", full_name="Rea L")
    pages = []
    for email in ("real@contoso.example", "unreal@contoso.example"):
        page = Client().post("/sign-in/", {"email": email})
        pages.append((page.status_code, same(page.content.decode(), email)))
    assert pages[0] == pages[1]
    assert "Continue with Contoso" in pages[0][1]


def test_accepted_invitation_or_an_open_one_lets_in(cast: Cast) -> None:
    who = person("In Vited")
    first = invite(cast, who, expires_at=datetime.now(UTC) - timedelta(days=1))
    assert entry.by_code_or_password(who.email) is None
    first.accepted_at = datetime.now(UTC)
    first.save()
    assert entry.by_code_or_password(who.email) == who
    first.accepted_at, first.cancelled_at = None, datetime.now(UTC)
    first.save()
    assert entry.by_code_or_password(who.email) is None
    invite(cast, who)
    assert entry.by_code_or_password(who.email.upper()) == who


# --- Time


def typical(
    address_of: dict[str, str],
    ask: Callable[[str], object],
    rounds: int = 40,
    clock: Callable[[], float] = perf_counter,
) -> dict[str, float]:
    """What a request for each kind of address takes at least, in seconds, taken in turns.

    What others do on the machine only ever adds, so the least of many is what the work itself costs, and what somebody
    who measures from outside would compare. One request is between one and two times that, by chance alone.
    """
    taken: dict[str, list[float]] = {kind: [] for kind in address_of}
    for _ in range(rounds):
        for kind, email in address_of.items():
            begun = clock()
            ask(email)
            taken[kind].append(clock() - begun)
    return {kind: min(times) for kind, times in taken.items()}


def ask_for_code(email: str) -> None:
    Attempt.objects.all().delete()
    Client().post("/sign-in/", {"email": email})


def apart(found: dict[str, float]) -> float:
    return max(found.values()) / min(found.values())


def test_code_flow_takes_as_long_for_nobody(kinds: dict[str, str]) -> None:
    two = {"known": kinds["known"], "unknown": kinds["unknown"], "inactive": kinds["inactive"]}
    assert apart(typical(two, ask_for_code)) < 1.5


def test_time_would_tell_without_the_pretence(kinds: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same measure sees the difference when less is done for nobody."""
    monkeypatch.setattr(notify, "pretend", lambda: None)
    two = {"known": kinds["known"], "unknown": kinds["unknown"]}
    found = typical(two, lambda email: codes.mail_sign_in(_person(email), code="123456"))
    assert apart(found) > 1.5


def _person(email: str) -> Person | None:
    return Person.objects.filter(email=email).first()


class Hasher(PBKDF2PasswordHasher):
    """The real one, with fewer rounds, so that the test is quick and the hash still most of the time."""

    iterations = 60_000


REAL = ["tests.people.test_no_enumeration.Hasher"]


def test_password_flow_takes_as_long_for_nobody(cast: Cast, settings) -> None:
    settings.PASSWORD_HASHERS = REAL
    known = person("Kno Wn", password=PASSWORD)
    three = {"known": known.email, "unknown": "nobody@example.org", "no password": cast.hr.email}

    def ask(email: str) -> None:
        Attempt.objects.all().delete()
        Client().post("/sign-in/password/", {"login": email, "password": "wrong"})

    assert apart(typical(three, ask, 30, thread_time)) < 1.3


def test_time_of_a_password_would_tell_without_the_dummy(cast: Cast, settings) -> None:
    """The negative control."""
    settings.PASSWORD_HASHERS = REAL
    known = person("Kno Wn", password=PASSWORD)

    def naive(email: str) -> None:
        found = Person.objects.filter(email=email).first()
        if found:
            found.check_password("wrong")

    assert apart(typical({"known": known.email, "unknown": "nobody@example.org"}, naive, 30, thread_time)) > 1.3


# --- Limits


def test_wrong_passwords_are_counted_without_the_cache(cast: Cast) -> None:
    who = person("Kno Wn", password=PASSWORD)
    for _ in range(10):
        cache.clear()
        Client().post("/sign-in/password/", {"login": who.email, "password": "wrong"})
    page = Client().post("/sign-in/password/", {"login": who.email.upper(), "password": PASSWORD})
    assert "tried too often" in page.content.decode()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61), tick=True):
        assert Client().post("/sign-in/password/", {"login": who.email, "password": PASSWORD}).status_code == 302


def test_right_passwords_are_not_counted(cast: Cast) -> None:
    who = person("Kno Wn", password=PASSWORD)
    for _ in range(12):
        assert Client().post("/sign-in/password/", {"login": who.email, "password": PASSWORD}).status_code == 302


def test_wrong_codes_are_counted_over_all_codes_without_the_cache(cast: Cast) -> None:
    for _ in range(5):
        client = Client()
        client.post("/sign-in/", {"email": cast.hr.email})
        for _ in range(4):
            cache.clear()
            client.post("/sign-in/code/", {"code": "nonsense"})
    client.post("/sign-in/code/", {"code": code_for(cast.hr)})
    assert client.get("/secondments/").status_code == 302


def test_one_sender_cannot_try_many_addresses(db: None) -> None:
    for number in range(100):
        assert attempts.spend("password_wrong", address=f"a{number}@example.org", sender="192.0.2.1")
    assert attempts.spend("password_wrong", address="b@example.org", sender="192.0.2.1") is None
    assert attempts.spend("password_wrong", address="b@example.org", sender="192.0.2.2")


def test_attempts_name_nobody_and_are_swept(db: None) -> None:
    attempts.spend("code_asked", address="ana@example.org", sender="192.0.2.1")
    row = Attempt.objects.values().get()
    assert "ana" not in str(row) and "192.0.2.1" not in str(row)
    assert len(row["address"]) == len(row["sender"]) == 32
    assert attempts.sweep() == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        assert attempts.sweep() == 1
