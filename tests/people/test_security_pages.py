"""How I sign in: password, second factor, recovery codes, sessions; each change is told and in the ledger."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.test import Client

from people.models import LedgerEntry, Notice, Person, PersonSession
from people.vault import unlock
from tests.cast import Cast, code_for

SignIn = Callable[[Person], Client]
PASSWORD = "four words of good length"


def app_code(secret: str, periods: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def set_up_app(client: Client) -> tuple[str, list[str]]:
    """Walk the page; returns the secret and the recovery codes that it showed."""
    client.get("/security/app/")
    secret = client.session["new_app"]
    page = client.post("/security/app/", {"code": app_code(secret, -1)})
    return secret, re.findall(r"[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}", page.content.decode())


def told(who: Person) -> list[str]:
    notices = Notice.objects.filter(recipient=who, about=f"sign-in-change:{who.pk}").order_by("pk")
    return [notice.sentences[0] for notice in notices]


def verbs() -> list[str]:
    return list(LedgerEntry.objects.filter(verb__startswith="sign_in.").values_list("verb", flat=True))


def by_code(person: Person) -> Client:
    client = Client()
    client.post("/sign-in/", {"email": person.email})
    client.post("/sign-in/code/", {"code": code_for(person)})
    return client


def test_password_set_used_and_removed(cast: Cast, sign_in: SignIn) -> None:
    mine, other = sign_in(cast.hr), sign_in(cast.hr)
    assert mine.post("/security/password/", {"password": "short"}).status_code == 200
    assert mine.post("/security/password/", {"password": PASSWORD}).url == "/security/"
    assert mine.get("/security/").status_code == 200
    assert other.get("/security/").status_code == 302
    fresh = Client()
    answer = fresh.post("/sign-in/password/", {"login": cast.hr.email.upper(), "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/")
    assert fresh.get("/security/").status_code == 200
    mine.post("/security/password/remove/")
    assert not Person.objects.get(pk=cast.hr.pk).has_usable_password()
    assert fresh.get("/security/").status_code == 302
    assert told(cast.hr) == ["A password was set.", "Your password was removed."]
    assert verbs() == ["sign_in.password", "sign_in.password_removed"]


def test_app_is_asked_for_after_the_code(cast: Cast, sign_in: SignIn) -> None:
    secret, recovery = set_up_app(sign_in(cast.hr))
    assert len(recovery) == 10
    client = by_code(cast.hr)
    assert client.get("/secondments/").status_code == 302
    page = client.post("/sign-in/second-factor/", {"code": "000000"})
    assert "This is not the code." in page.content.decode()
    assert client.get("/secondments/").status_code == 302
    assert client.post("/sign-in/second-factor/", {"code": app_code(secret)}).url == "/"
    assert client.get("/secondments/").status_code == 200


def test_app_is_asked_for_after_the_password(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    secret, _ = set_up_app(client)
    client.post("/security/password/", {"password": PASSWORD})
    fresh = Client()
    answer = fresh.post("/sign-in/password/", {"login": cast.hr.email, "password": PASSWORD})
    assert answer.url == "/sign-in/second-factor/"
    assert fresh.get("/secondments/").status_code == 302
    fresh.post("/sign-in/second-factor/", {"code": app_code(secret)})
    assert fresh.get("/secondments/").status_code == 200


def test_code_of_the_app_counts_once_though_the_cache_is_empty(cast: Cast, sign_in: SignIn) -> None:
    from django.core.cache import cache

    secret, _ = set_up_app(sign_in(cast.hr))
    code = app_code(secret)
    by_code(cast.hr).post("/sign-in/second-factor/", {"code": code})
    cache.clear()
    second = by_code(cast.hr)
    second.post("/sign-in/second-factor/", {"code": code})
    assert second.get("/secondments/").status_code == 302


def test_recovery_code_counts_once(cast: Cast, sign_in: SignIn) -> None:
    _, recovery = set_up_app(sign_in(cast.hr))
    first = by_code(cast.hr)
    first.post("/sign-in/second-factor/", {"code": recovery[3].upper()})
    assert first.get("/secondments/").status_code == 200
    second = by_code(cast.hr)
    second.post("/sign-in/second-factor/", {"code": recovery[3]})
    assert second.get("/secondments/").status_code == 302


def test_new_recovery_codes_replace_the_old(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    assert client.post("/security/recovery-codes/").status_code == 403
    _, old = set_up_app(client)
    page = client.post("/security/recovery-codes/").content.decode()
    new = re.findall(r"[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}", page)
    assert len(new) == 10 and not set(new) & set(old)
    assert new[0] not in client.get("/security/").content.decode()
    again = by_code(cast.hr)
    again.post("/sign-in/second-factor/", {"code": old[0]})
    assert again.get("/secondments/").status_code == 302
    assert told(cast.hr)[-1] == "New recovery codes were made."


def test_secrets_are_locked_at_rest(cast: Cast, sign_in: SignIn) -> None:
    secret, recovery = set_up_app(sign_in(cast.hr))
    rows = {row.type: row.data for row in Authenticator.objects.filter(user=cast.hr)}
    assert secret not in str(rows) and recovery[0] not in str(rows)
    assert unlock(rows["totp"]["secret"]) == secret
    assert [entry for entry in LedgerEntry.objects.all() if secret in str(entry.facts)] == []


def test_removing_the_last_factor_takes_the_recovery_codes(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    set_up_app(client)
    app = Authenticator.objects.get(user=cast.hr, type="totp")
    stranger = sign_in(cast.stranger)
    assert stranger.post(f"/security/factors/{app.pk}/remove/").status_code == 404
    assert client.get(f"/security/factors/{app.pk}/remove/").status_code == 200
    client.post(f"/security/factors/{app.pk}/remove/")
    assert not Authenticator.objects.filter(user=cast.hr).exists()
    assert told(cast.hr) == [
        "An app for codes was added as second factor.",
        "The app for codes was removed as second factor.",
    ]


def test_wrong_second_factors_are_counted_without_the_cache(cast: Cast, sign_in: SignIn) -> None:
    from django.core.cache import cache

    secret, _ = set_up_app(sign_in(cast.hr))
    client = by_code(cast.hr)
    for _number in range(10):
        cache.clear()
        client.post("/sign-in/second-factor/", {"code": "000000"})
    page = client.post("/sign-in/second-factor/", {"code": app_code(secret)})
    assert "tried too often" in page.content.decode()


# --- Who must have one


@pytest.fixture
def strict(cast: Cast) -> Cast:
    cast.northwind.second_factor_required = True
    cast.northwind.save()
    return cast


def test_hr_and_finance_set_one_up_before_anything_else(strict: Cast, sign_in: SignIn) -> None:
    case = strict.proposal()
    for who in (strict.hr, strict.finance):
        client = sign_in(who)
        for path in ("/", "/secondments/", "/people/", "/verify/", case.get_absolute_url(), "/profile/"):
            for send in (client.get, client.post):
                assert send(path).url == "/security/needed/", path
        assert client.get("/security/needed/").status_code == 200
        assert client.get("/help/").status_code == 200
        assert client.get("/security/").status_code == 200
    for who in (strict.viewer, strict.manager, strict.secondee, strict.host_hr):
        assert sign_in(who).get("/secondments/").status_code == 200


def test_a_post_without_the_factor_does_nothing(strict: Cast, sign_in: SignIn) -> None:
    sign_in(strict.hr).post("/profile/", {"phone": "123", "time_zone": "UTC"})
    assert Person.objects.get(pk=strict.hr.pk).phone == ""


def test_htmx_is_led_there_as_a_whole_page(strict: Cast, sign_in: SignIn) -> None:
    answer = sign_in(strict.hr).get("/secondments/", headers={"HX-Request": "true"})
    assert (answer.headers["HX-Redirect"], answer.content) == ("/security/needed/", b"")


def test_with_the_factor_the_way_is_free_and_the_last_one_stays(strict: Cast, sign_in: SignIn) -> None:
    client = sign_in(strict.hr)
    set_up_app(client)
    assert client.get("/secondments/").status_code == 200
    app = Authenticator.objects.get(user=strict.hr, type="totp")
    assert client.post(f"/security/factors/{app.pk}/remove/").status_code == 403
    Authenticator.objects.filter(user=strict.hr, type="totp").delete()  # recovery codes alone are no factor
    assert client.get("/secondments/").url == "/security/needed/"


def test_administrators_always_need_one(cast: Cast, sign_in: SignIn) -> None:
    Person.objects.filter(pk=cast.stranger.pk).update(is_administrator=True)
    client = sign_in(cast.stranger)
    Authenticator.objects.filter(user=cast.stranger).delete()  # the fixture gave one
    assert client.get("/").url == "/security/needed/"


# --- Sessions


def test_sessions_are_listed_and_ended_at_once(cast: Cast, sign_in: SignIn) -> None:
    here = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"})
    here.post("/sign-in/", {"email": cast.hr.email})
    here.post("/sign-in/code/", {"code": code_for(cast.hr)})
    there, third = sign_in(cast.hr), sign_in(cast.hr)
    page = here.get("/security/").content.decode()
    assert "Firefox on Windows, 127.0.0.1" in page and page.count("This one") == 1 and page.count("Last seen") == 2
    row = PersonSession.objects.get(session_key=there.session.session_key)
    assert sign_in(cast.manager).post(f"/security/sessions/{row.pk}/end/").status_code == 404
    here.post(f"/security/sessions/{row.pk}/end/")
    assert not Session.objects.filter(session_key=row.session_key).exists()
    assert there.get("/secondments/").status_code == 302
    assert third.get("/secondments/").status_code == 200
    here.post("/security/sessions/end/")
    assert third.get("/secondments/").status_code == 302
    assert here.get("/secondments/").status_code == 200
    assert verbs() == ["sign_in.session_ended", "sign_in.sessions_ended"]


def test_sessions_of_others_are_not_touched(cast: Cast, sign_in: SignIn) -> None:
    mine, theirs = sign_in(cast.hr), sign_in(cast.manager)
    mine.post("/security/sessions/end/")
    assert theirs.get("/secondments/").status_code == 200


def test_message_says_what_when_where_and_what_to_do(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.hr).post("/security/password/", {"password": PASSWORD}, headers={"User-Agent": "Firefox Linux"})
    notice = Notice.objects.get(recipient=cast.hr)
    assert notice.sentences[0] == "A password was set."
    assert re.fullmatch(
        r"This was on \d+ \w+ \d{4}, \d\d:\d\d UTC, from Firefox on Linux, 127.0.0.1.", notice.sentences[1]
    )
    assert "If it was not you" in notice.sentences[2]
    assert PASSWORD not in str(notice.__dict__)
