"""What production writes to its log: one line for each request, and nothing confidential when something breaks."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from config import celery, logs
from people import tasks
from people.actions import administrators
from people.models import Employment, Person
from tests.cast import Cast, person
from tests.people.test_support import see

MARKERS = {"salary": "987654", "note": "NOTE-MARKER of mine", "quoted": "QUOTED-MARKER", "password": "PASSWORD-MARKER"}


def breaks(request: HttpRequest, kind: str) -> HttpResponse:
    """Fails in the ways in which what was typed gets into a message."""
    salary, note, quoted = (request.POST[name] for name in ("salary", "note", "quoted"))
    if kind == "told":
        raise RuntimeError(f"cannot work with {note} and {salary}")
    if kind == "quoted":
        int(quoted)
    if kind == "key":
        {}[quoted]
    if kind == "chained":
        try:
            float(note)
        except ValueError as error:
            raise RuntimeError("the outer") from error
    if kind == "lines":
        raise RuntimeError(f"first\nsecond {note}")
    with transaction.atomic():
        row = Employment.objects.select_for_update().first()
        Employment.objects.filter(pk=row.pk).update(annual_salary=salary, salary_currency="", job_title=note)
    return HttpResponse()


urlpatterns = [
    path("breaks/<str:kind>/", login_not_required(breaks)),
    path("invited/<str:token>/", login_not_required(lambda request, token: HttpResponse())),
    path("", include("config.urls")),
]


@pytest.fixture
def lines(settings: Any) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The log as production formats it; each call gives the lines so far."""
    settings.ROOT_URLCONF = __name__
    stream, root = StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.json_lines())
    level = root.level
    root.addHandler(handler)
    root.setLevel("INFO")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize("kind", ["told", "quoted", "key", "chained", "lines", "row"])
def test_error_says_where_and_not_what_was_typed(cast: Cast, lines: Callable, kind: str) -> None:
    client = Client(raise_request_exception=False)
    assert client.post(f"/breaks/{kind}/", MARKERS).status_code == 500
    found = [line for line in lines() if line["logger"] == "django.request"]
    assert (len(found), found[0]["level"]) == (1, "error")
    assert "test_logs.py" in found[0]["exception"]
    assert "in breaks" in found[0]["exception"]
    text = json.dumps(lines(), ensure_ascii=False)
    assert [name for name, marker in MARKERS.items() if marker in text] == []


def test_markers_would_be_found_by_the_usual_formatter(cast: Cast, lines: Callable) -> None:
    """The control: Python's own way to write an exception tells all of them but the password."""
    usual, stream = logging.StreamHandler(StringIO()), None
    logging.getLogger().addHandler(usual)
    client = Client(raise_request_exception=False)
    for kind in ("told", "quoted", "row"):
        client.post(f"/breaks/{kind}/", MARKERS)
    logging.getLogger().removeHandler(usual)
    stream = usual.stream.getvalue()
    assert {name for name, marker in MARKERS.items() if marker in stream} == {"salary", "note", "quoted"}


def test_kind_and_sense_of_an_error_are_kept(cast: Cast, lines: Callable) -> None:
    client = Client(raise_request_exception=False)
    for kind in ("quoted", "lines", "row"):
        client.post(f"/breaks/{kind}/", MARKERS)
    last = [line["exception"].splitlines()[-1] for line in lines() if line["logger"] == "django.request"]
    assert last[:2] == ["ValueError: invalid literal for int() with base 10: '…'", "RuntimeError: first"]
    assert last[2].startswith("IntegrityError: new row for relation '…' violates check constraint '…'")


def test_each_request_has_one_line(cast: Cast, lines: Callable, sign_in: Callable[[Person], Client]) -> None:
    answer = sign_in(cast.hr).get("/secondments/?q=SEARCHED")
    Client().get("/livez")
    (line,) = [line for line in lines() if line["logger"] == "config.request"]
    assert line["milliseconds"] >= 0
    expected = {"event": "request", "method": "GET", "path": "/secondments/", "status": 200, "person": cast.hr.key}
    assert {name: line[name] for name in expected} == expected
    assert answer.headers["X-Request-ID"] == line["request"]
    assert "SEARCHED" not in json.dumps(lines())


def test_lines_within_a_request_carry_its_id(cast: Cast, lines: Callable) -> None:
    client = Client(raise_request_exception=False)
    answers = [client.post(f"/breaks/{kind}/", MARKERS) for kind in ("told", "quoted")]
    found = [line["request"] for line in lines() if line["logger"] == "django.request"]
    assert found == [answer.headers["X-Request-ID"] for answer in answers]
    assert len(set(found)) == 2


def test_what_is_secret_in_an_address_is_not_written(db: None, lines: Callable) -> None:
    Client().get("/invited/TOKEN-MARKER/")
    Client().get("/nowhere/TOKEN-MARKER/")
    assert [line["path"] for line in lines() if line["logger"] == "config.request"] == ["/invited/-/", "unknown"]


def test_line_of_support_names_both(cast: Cast, lines: Callable, sign_in: Callable[[Person], Client]) -> None:
    who = administrators.appoint(person("Ada Min"))
    see(sign_in(who), cast.secondee).get("/secondments/")
    line = [line for line in lines() if line["logger"] == "config.request"][-1]
    assert line["person"] == f"{who.key} as {cast.secondee.key}"


def test_task_that_did_something_has_one_line(cast: Cast, lines: Callable) -> None:
    cast.proposal()
    for _ in range(2):
        tasks.deliver_notices.apply()
    found = [line for line in lines() if line["logger"] == "config.task"]
    assert [(line["event"], line["task"], line["done"] > 0) for line in found] == [
        ("task", "people.deliver_notices", True)
    ]
    assert celery.app.conf.beat_schedule["anchor-ledger"]["task"] == "people.anchor_ledger"
