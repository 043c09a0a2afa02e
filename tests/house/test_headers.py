"""Headers on every answer: pages, errors, refused methods, redirects, files; cookies; and that nothing is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client

from people.models import Person
from tests.cast import Cast, code_for
from tests.config.test_production import loaded
from tests.house.addresses import ROUTES, address

SignIn = Callable[[Person], Client]
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
# The address of a link to sign is a secret that no other page is told, not even one of ours.
BY_LINK = {"Referrer-Policy": "strict-origin", "X-Robots-Tag": "noindex"}
FILES = ["/static/css/app.css", "/static/js/session.js", "/static/js/passkeys.js", "/static/img/favicon.svg"]
OTHERS = ["/nothing/here/", "/people", "/static/nothing.css"]


def every_address(key: str) -> list[str]:
    return [*(address(name, key) for name in ROUTES), *FILES, *OTHERS]


def faults(path: str, answer, *, csp: bool = True) -> list[str]:
    is_link = path.startswith("/sign/") and answer.status_code != 405
    wanted = {**EVERYWHERE, **(BY_LINK if is_link else {})}
    wrong = [f"{path} {name}: {answer.get(name)}" for name, value in wanted.items() if answer.get(name) != value]
    policy = answer.get("Content-Security-Policy", "")
    if csp and ("default-src 'none'" not in policy or "unsafe" in policy or "script-src 'self'" not in policy):
        wrong.append(f"{path} CSP: {policy}")
    return wrong


@pytest.mark.parametrize("role", ["hr", None])
def test_headers_are_on_every_answer(cast: Cast, sign_in: SignIn, role: str | None) -> None:
    case = cast.agreement_case()
    client = sign_in(cast.people[role]) if role else Client()
    client.raise_request_exception = False
    wrong, statuses = [], set()
    for path in every_address(case.key):
        if path == "/sign-out/":
            continue
        for send in (client.get, client.post, client.head, client.options):
            answer = send(path)
            statuses.add(answer.status_code)
            wrong += faults(path, answer)
    assert wrong == []
    assert {200, 302, 404, 405} <= statuses


def test_methods_that_we_do_not_use_are_refused_everywhere(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    for path in every_address(cast.draft().key):
        for method in ("TRACE", "PUT", "DELETE", "PATCH", "CONNECT"):
            answer = client.generic(method, path)
            assert (path, method, answer.status_code) == (path, method, 405)
            assert faults(path, answer) == []


def test_error_pages_have_them(cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    import people.views.profile as views

    client = sign_in(cast.hr)
    client.raise_request_exception = False
    monkeypatch.setattr(views, "ProfileForm", None)
    answer = client.get("/profile/")
    assert (answer.status_code, faults("/profile/", answer)) == (500, [])
    denied = sign_in(cast.secondee).get("/people/")
    assert (denied.status_code, faults("/people/", denied)) == (403, [])
    strict = Client(enforce_csrf_checks=True)
    failed = strict.post("/sign-in/", {"email": "a@example.org"})
    assert (failed.status_code, faults("/sign-in/", failed)) == (403, [])


def test_nothing_for_one_person_is_kept_by_a_cache(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreement_case()
    client = sign_in(cast.hr)
    for path in every_address(case.key):
        # Files, what ends this very session, and a missing slash put right.
        if path.startswith("/static/") or path in {"/sign-out/", "/security/sessions/1/end/", "/people"}:
            continue
        for send in (client.get, client.post):
            assert (path, send(path).headers.get("Cache-Control")) == (path, "no-store, private")


def test_pages_of_signing_in_are_kept_by_no_cache(cast: Cast) -> None:
    client = Client()
    for path in ("/sign-in/", "/sign-in/password/", "/confirm/", "/sign-in/second-factor/"):
        assert (path, client.get(path).headers["Cache-Control"]) == (path, "no-store, private")
    assert client.post("/sign-in/", {"email": cast.hr.email}).headers["Cache-Control"] == "no-store, private"
    assert client.get("/sign-in/code/").headers["Cache-Control"] == "no-store, private"
    answer = client.post("/sign-in/code/", {"code": code_for(cast.hr)})
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_cookies_are_for_this_site_and_no_script(cast: Cast) -> None:
    client = Client()
    client.post("/sign-in/", {"email": cast.hr.email})
    client.post("/sign-in/code/", {"code": code_for(cast.hr)})
    client.get("/profile/")
    assert set(client.cookies) == {"sessionid", "csrftoken", "last-reader"}
    for name, cookie in client.cookies.items():
        same = "Strict" if name == "last-reader" else "Lax"
        assert (name, cookie["httponly"], cookie["samesite"]) == (name, True, same)


def test_cookies_are_secure_in_production() -> None:
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY"]
    assert loaded(*names) == [True] * 4
    assert loaded("SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE") == ["Lax", "Lax"]
    assert loaded("MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN") == [False]  # passkeys only over https


def test_pages_have_no_script_or_style_of_their_own(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    for path in ["/security/", "/security/app/", "/security/passkey/", "/confirm/", "/profile/"]:
        page = client.get(path).content.decode()
        assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=", page) == []
    assert json.loads(
        re.search(r'data-options="([^"]*)"', client.get("/security/passkey/").content.decode())[1].replace(
            "&quot;", '"'
        )
    )["publicKey"]
