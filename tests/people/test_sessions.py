"""Sessions end by themselves, and what was being typed survives, for its sender alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import time_machine
from django.test import Client

from people.models import Person, PersonSession
from tests.cast import Cast, code_for

SignIn = Callable[[Person], Client]
TYPED = {"phone": "+44 113 496 0000", "time_zone": "Europe/London", "new_password": "never kept", "code": "123456"}


def after(**span: float) -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) + timedelta(**span), tick=True)


def come_back(client: Client, person: Person, follow: str = "/unsent/") -> None:
    client.post("/sign-in/", {"email": person.email, "next": follow})
    client.post("/sign-in/code/", {"code": code_for(person), "next": follow})


def test_idle_session_ends(cast: Cast, sign_in: SignIn, settings) -> None:
    client = sign_in(cast.hr)
    with after(minutes=29):
        assert client.get("/secondments/").status_code == 200
    with after(minutes=58):
        assert client.get("/secondments/").status_code == 200
    with after(minutes=89):
        assert client.get("/secondments/").status_code == 302
    assert not PersonSession.objects.filter(person=cast.hr).exists()
    settings.SESSION_IDLE_MINUTES = 5
    client = sign_in(cast.hr)
    with after(minutes=6):
        assert client.get("/secondments/").status_code == 302


def test_session_ends_after_twelve_hours_whatever_is_done(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    for quarter in range(1, 48):
        with after(minutes=15 * quarter):
            assert client.get("/notices/").status_code == 200
    with after(hours=12, minutes=1):
        assert client.get("/notices/").status_code == 302


def test_asking_how_long_it_lasts_does_not_make_it_last(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    with after(minutes=28):
        assert 60 < client.get("/session/left/").json()["seconds"] <= 120
    with after(minutes=31):
        assert client.get("/session/left/").status_code == 302


def test_stay_makes_it_last(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    with after(minutes=29):
        answer = client.post("/session/stay/", headers={"Accept": "application/json"})
        assert answer.json()["seconds"] > 1790
        assert client.post("/session/stay/").url == "/"
    with after(minutes=45):
        assert client.get("/secondments/").status_code == 200


def test_page_says_when_the_session_ends(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.hr).get("/secondments/").content.decode()
    assert "You are signed in until " in page and "<dialog" in page
    assert "<dialog" not in Client().get("/help/").content.decode()


# --- What was being typed


def test_form_sent_after_the_session_ended_waits_for_its_sender(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    client.get("/profile/")
    with after(minutes=31):
        answer = client.post("/profile/", TYPED)
        assert answer.url == "/sign-in/?next=%2Funsent%2F"
        come_back(client, cast.hr)
        page = client.get("/unsent/").content.decode()
        assert "+44 113 496 0000" in page and 'action="/profile/"' in page
        assert "never kept" not in page and "123456" not in page
        assert Person.objects.get(pk=cast.hr.pk).phone == ""
        client.post("/profile/", {"phone": "+44 113 496 0000", "time_zone": "Europe/London"})
        assert Person.objects.get(pk=cast.hr.pk).phone == "+44 113 496 0000"
        assert client.get("/unsent/").status_code == 302


def test_form_sent_after_signing_out_elsewhere_waits(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    client.get("/profile/")
    client.post("/sign-out/")
    assert client.post("/profile/", TYPED).url == "/sign-in/?next=%2Funsent%2F"
    come_back(client, cast.hr)
    assert "+44 113 496 0000" in client.get("/unsent/").content.decode()
    client.post("/unsent/discard/")
    assert client.get("/unsent/").status_code == 302


def test_form_sent_after_the_session_was_ended_from_elsewhere_waits(cast: Cast, sign_in: SignIn) -> None:
    client, other = sign_in(cast.hr), sign_in(cast.hr)
    client.get("/profile/")
    other.post("/security/sessions/end/")
    assert client.post("/profile/", TYPED).url == "/sign-in/?next=%2Funsent%2F"
    come_back(client, cast.hr)
    assert "+44 113 496 0000" in client.get("/unsent/").content.decode()


def test_somebody_else_sees_nothing_of_it(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    client.get("/profile/")
    client.post("/sign-out/")
    client.post("/profile/", TYPED)
    come_back(client, cast.manager)
    answer = client.get("/unsent/", follow=True)
    assert "+44 113 496 0000" not in answer.content.decode()
    client.post("/sign-out/")
    come_back(client, cast.hr)
    assert client.get("/unsent/").status_code == 302


def test_stranger_leaves_nothing(cast: Cast) -> None:
    client = Client()
    assert client.post("/profile/", TYPED).url == "/sign-in/?next=/profile/"
    client.cookies["last-reader"] = "made:up"
    assert client.post("/profile/", TYPED).url == "/sign-in/?next=/profile/"


def test_too_much_is_not_kept(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    client.get("/profile/")
    client.post("/sign-out/")
    assert client.post("/profile/", {"phone": "x" * 100_001}).url == "/sign-in/?next=/profile/"


def test_form_from_before_signing_in_in_another_tab_loses_nothing(cast: Cast, sign_in: SignIn) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.hr, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get("/profile/")
    answer = client.post("/profile/", {**TYPED, "csrfmiddlewaretoken": "a" * 64})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "+44 113 496 0000" in page and "Send it now" in page
    foreign = Client(enforce_csrf_checks=True)
    foreign.force_login(
        cast.hr, backend="allauth.account.auth_backends.AuthenticationBackend"
    )  # another site's form comes without the reader's cookie
    assert "Send it now" not in foreign.post("/profile/", TYPED).content.decode()


def test_htmx_after_the_end_goes_to_sign_in_as_a_whole_page(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    client.get("/profile/")
    client.post("/sign-out/")
    answer = client.post("/profile/", TYPED, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=%2Funsent%2F"
