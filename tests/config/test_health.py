"""What a watcher reads from outside: health by name of the part, and security headers on every kind of answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from config import celery, heartbeat, home
from people.models import Notice, Person
from tests.cast import Cast

OK = {"database": "ok", "migrations": "ok", "broker": "ok", "worker": "ok", "scheduler": "ok", "notices": "ok"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
PROMISES = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'none'")


@pytest.fixture
def alive(db: None) -> None:
    """Worker and scheduler have just given a sign of life."""
    for part in heartbeat.PARTS:
        heartbeat.beat(part)


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL refuses every connection."""

    def refuse(self: BaseDatabaseWrapper) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)


def parts(client: Client) -> tuple[int, dict[str, str]]:
    answer = client.get("/readyz")
    assert answer.json()["ready"] == (answer.status_code == 200)
    return answer.status_code, answer.json()["parts"]


# --- Health


def test_livez_answers_without_any_part(client: Client, no_database: None) -> None:
    answer = client.get("/livez")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "no-store" in answer.headers["Cache-Control"]


def test_readyz_names_every_part_when_all_is_well(client: Client, alive: None) -> None:
    assert parts(client) == (200, OK)
    assert "no-store" in client.get("/readyz").headers["Cache-Control"]


@pytest.mark.parametrize("part", heartbeat.PARTS)
def test_readyz_names_the_part_without_a_sign_of_life(client: Client, alive: None, part: str) -> None:
    cache.delete(f"heartbeat:{part}")
    assert parts(client) == (503, OK | {part: "no sign of life"})


@pytest.mark.parametrize("part", heartbeat.PARTS)
def test_readyz_names_the_part_whose_sign_of_life_is_old(client: Client, alive: None, part: str) -> None:
    cache.set(f"heartbeat:{part}", time.time() - heartbeat.STALE_AFTER + 5)
    assert parts(client) == (200, OK)
    cache.set(f"heartbeat:{part}", time.time() - heartbeat.STALE_AFTER - 5)
    assert parts(client) == (503, OK | {part: "no sign of life for 50 s"})


def test_the_worker_gives_its_sign_by_doing_the_task_and_the_scheduler_by_publishing_it(db: None) -> None:
    celery.mark_beat(sender="people.deliver_notices")
    assert (heartbeat.age("worker"), heartbeat.age("scheduler")) == (None, None)
    celery.mark_beat(sender="config.heartbeat")
    assert heartbeat.age("worker") is None
    assert heartbeat.age("scheduler") is not None
    heartbeat.heartbeat()
    assert heartbeat.age("worker") is not None


def test_readyz_names_the_broker(client: Client, alive: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.CACHES["default"], "LOCATION", "unix:///nonexistent/redis.sock")
    assert parts(client) == (503, OK | {"broker": "does not answer"})


def test_readyz_names_the_database_and_what_cannot_be_known_without_it(client: Client, no_database: None) -> None:
    for part in heartbeat.PARTS:
        heartbeat.beat(part)
    unknown = "unknown: the database does not answer"
    assert parts(client) == (503, OK | {"database": "does not answer", "migrations": unknown, "notices": unknown})


def test_readyz_names_a_database_that_takes_no_writing(client: Client, alive: None) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    assert parts(client) == (503, OK | {"database": "not writable"})


@pytest.mark.parametrize(
    "since_due, changes, answer",
    [
        (timedelta(seconds=200), {}, "ok"),
        (timedelta(seconds=400), {}, "the oldest has waited 400 s"),
        (timedelta(seconds=400), {"sent_at": timezone.now()}, "ok"),
        (timedelta(seconds=400), {"cancelled_at": timezone.now()}, "ok"),
        (timedelta(seconds=400), {"failed_at": timezone.now()}, "ok"),
        (timedelta(seconds=-400), {}, "ok"),  # waits for its next attempt
    ],
)
def test_readyz_names_notices_that_nobody_sends(
    client: Client, alive: None, since_due: timedelta, changes: dict[str, Any], answer: str
) -> None:
    reader = Person.objects.create_user("reader@example.org", full_name="A Reader")
    due = timezone.now() - since_due
    Notice.objects.create(key="k", recipient=reader, subject="s", next_attempt_at=due, **changes)
    assert parts(client) == (200 if answer == "ok" else 503, OK | {"notices": answer})


# --- Without the database


def test_pages_that_ask_the_database_answer_503_and_recover(
    cast: Cast, sign_in: Callable[[Person], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(cast.hr)
    browser.raise_request_exception = False

    def refuse(*args: object, **options: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as outage:
        outage.setattr(connections["default"], "cursor", refuse)
        answer = browser.get("/secondments/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert b"cannot reach its database" in answer.content
    assert browser.get("/secondments/").status_code == 200


# --- Headers


def require_headers(answer: HttpResponse, **otherwise: str) -> None:
    wanted = HEADERS | {name.replace("_", "-"): value for name, value in otherwise.items()}
    assert {name: answer.headers.get(name) for name in wanted} == wanted
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for promise in PROMISES:
        assert promise in policy


@pytest.mark.parametrize(
    "path, status",
    [
        ("/", 200),
        ("/sign-in/", 200),
        ("/help/", 200),
        ("/livez", 200),
        ("/readyz", 503),
        ("/verify/", 200),
        ("/verify/certificate.pem", 200),
        ("/secondments/", 302),
        ("/nothing/here/", 404),
        ("/static/css/app.css", 200),
        ("/static/nothing.css", 404),
    ],
)
def test_headers_on_every_page(client: Client, db: None, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    require_headers(answer)


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"])
def test_headers_on_a_method_that_is_not_allowed(client: Client, method: str) -> None:
    answer = client.generic(method, "/")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    require_headers(answer)


def test_headers_on_a_forgotten_csrf_token() -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/")
    assert answer.status_code == 403
    require_headers(answer)


def test_headers_on_a_fault_of_ours(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(home, "guides", fail)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    require_headers(answer)


def test_headers_on_the_way_to_https(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://testserver/")
    require_headers(answer)


def test_headers_on_a_paper_that_the_page_for_signing_shows_in_a_frame(
    cast: Cast, sign_in: Callable[[Person], Client]
) -> None:
    case = cast.agreement_case()
    paper = cast.issued(case)
    answer = sign_in(case.secondee).get(f"/secondments/{case.key}/agreement/{paper.number}/review-copy.pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    require_headers(answer, X_Frame_Options="SAMEORIGIN", Cache_Control="no-store, private")
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def test_https_is_demanded_for_two_years_when_the_settings_say_so(db: None, client: Client, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    for path in ("/", "/nothing/here/", "/static/css/app.css"):
        wanted = "max-age=63072000; includeSubDomains; preload"
        assert client.get(path, secure=True).headers["Strict-Transport-Security"] == wanted
