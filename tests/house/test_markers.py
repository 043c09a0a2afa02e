"""Everybody walks through all that they can reach, and sees of what is confidential their own share, and all of it."""

from __future__ import annotations

import html
import logging
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from agreements.models import Agreement
from config.logs import json_lines
from people.delivery import letter
from people.models import Notice, Person
from secondments import capacities
from tests.house import marked
from tests.house.addresses import ROUTES, filled
from tests.house.marked import SEEN, Marked, share_of, words_in

ROLES = sorted(set().union(*SEEN.values()) | {"finance", "host_finance", "paying", "stranger", "stranger_hr"})
LINK = re.compile(r'(?:href|src|data-hx-get)="(/[^"#]*)')
LEAVE = {"account_logout", "openid_connect_login", "openid_connect_callback", "discard_unsent", "livez", "readyz"}
CAPACITY = {
    "supervising": "host_supervisor",
    "paying": "finance_host",
    "viewing": "viewer_seconder",
    "standing": "line_manager",
}


pytestmark = pytest.mark.django_db  # each test in a savepoint inside the transaction of the world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[Marked]:
    """One world for all of them; nothing of it is left."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield marked.build()
        transaction.set_rollback(True)


@dataclass
class Walk:
    """What somebody came across: each word with the first address that showed it."""

    client: Client
    stays_out: set[str]
    sighted: dict[str, str] = field(default_factory=dict)
    gone: set[tuple[str, ...]] = field(default_factory=set)

    def look(self, text: str, where: str) -> None:
        for name in words_in(html.unescape(text)):
            self.sighted.setdefault(name, where)

    def go(self, start: list[str]) -> None:
        ahead = list(start)
        while ahead:
            path = ahead.pop()
            if self._is_new(path):
                answer = self.client.get(path)
                text = words_of(answer)
                self.look(text, path)
                if answer.status_code in {301, 302}:
                    ahead.append(answer.url)
                elif answer.headers.get("Content-Type", "").startswith("text/html"):
                    ahead += [html.unescape(link) for link in LINK.findall(text) if link[13:25] not in self.stays_out]

    def _is_new(self, path: str) -> bool:
        """Each page once, and once with each set of names in its query."""
        place, _, query = path.partition("?")
        step = (place, *sorted(re.findall(r"(?:^|&)(\w+)=", query)))
        parts = place.split("/")
        if step in self.gone or not place.startswith("/") or parts[1] == "static":
            return False
        self.gone.add(step)
        return place != "/sign-out/"


def words_of(answer: HttpResponse) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"%PDF"):
        found = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=False)
        return found.stdout.decode() if found.returncode == 0 else content.decode(errors="replace")
    return f"{answer.headers}\n{content.decode(errors='replace')}"


def addresses_of(world: Marked) -> list[str]:
    """Every address with what exists for it, and every address below each case that holds words."""
    found = [world.world.path(name) for name in ROUTES if name not in LEAVE and not is_below_case(name)]
    for case in world.cases:
        rows = {
            "checkin": list(case.checkins.exclude(completed_at=None, asked_by=None)),
            "waive": list(case.checklist.all())[:1],
            "end_part": list(case.parts.current())[:1],
        }
        values = {**BELOW, "key": case.key}
        for name, route in ROUTES.items():
            if is_below_case(name) and name not in POSTED:
                for row in rows.get(name, [None] if "<int:pk>" not in route else []):
                    found.append(filled(name, {**values, "pk": row.pk if row else 0}))
        for row in case.charges.all():
            found += [filled(name, {**values, "number": row.number}) for name in ("charge", "statement_pdf")]
            found.append(filled("charge_file", {**values, "number": row.number, "kind": "csv"}))
        for row in case.expenses.all():
            found += [filled(name, {**values, "expense_key": row.key}) for name in ("expense", "receipt")]
        for row in case.checklist.all()[:1]:
            found.append(filled("checklist_item", {**values, "pk": row.pk}))
            for file in row.evidence.all():
                found.append(filled("evidence_file", {**values, "pk": row.pk, "file_key": file.key}))
        for name, row in (
            *(("concern", row) for row in case.concerns.all()),
            *(("leave", row) for row in case.leaves.all()),
            *(("wish", row) for row in case.wishes.all()),
            *(("certificate", row) for row in case.certificates.all()),
            *((name, row) for row in case.absences.all() for name in ("absence", "absence_reason")),
        ):
            place = f"{name.removesuffix('_reason')}_key"
            found.append(filled(name, {**values, place: row.key}))
        found += [filled("early_end", {**values, "end_key": row.key}) for row in case.early_ends.all()]
        found += [filled("decide", {**values, "kind": kind}) for kind in ("consent", "acceptance")]
        found += [filled("answer_question", {**values, "pk": row.pk}) for row in case.questions.all()]
        found += [filled("evaluate", {**values, "party": party}) for party in ("secondee", "line_manager")]
        for paper in case.agreements.all():
            found += below_paper(paper, {**values, "number": paper.number})
    gone = Person.objects.get(full_name="Gone Away")
    return [*found, gone.get_absolute_url()]


def below_paper(paper: Agreement, values: dict[str, Any]) -> Iterator[str]:
    """A paper by its own number, and each row that hangs on it."""
    for name in ("terms", "terms_preview", "enclosure", "evidence", "open_questions", "paper_clauses", "void_paper"):
        yield filled(name, values)
    for kind in ("review-copy", "sealed"):
        yield filled("agreement_pdf", {**values, "kind": kind})
    for number in paper.versions.values_list("number", flat=True):
        yield filled("terms_version", {**values, "version": number})
        yield filled("compare_versions", {**values, "older": 1, "newer": number})
    for row in paper.threads.all():
        yield filled("reply", {**values, "pk": row.pk})
    for row in paper.change_requests.all():
        yield from (filled(name, {**values, "pk": row.pk}) for name in ("decline_change", "counter_change"))
    for row in paper.printouts.all():
        yield from (filled(name, {**values, "printout": row.key}) for name in ("printout", "printout_file"))
    for row in paper.slots.all():
        yield from (filled(name, {**values, "place": row.pk}) for name in ("reassign", "sign_in_person"))


def is_below_case(name: str) -> bool:
    return ROUTES[name].startswith("secondments/<")


POSTED = {
    "tick", "add_checklist_item", "choose_capacity", "send_invitation", "share_terms", "approve_terms",
    "issue_agreement", "send_signing_code", "early_end_letter", "consolidated", "print_comparison", "preview_clause",
    "accept_change", "withdraw_change", "settle_comment", "remind_signing", "in_person_code",
    "release_evaluations",
}  # fmt: skip
BELOW = {
    "kind": "release", "name": "withdraw", "party": "host", "part": "host_supervisor", "clause_key": "place_of_work",
    "concern_key": "aaaaaaaaaaaa", "leave_key": "aaaaaaaaaaaa", "expense_key": "aaaaaaaaaaaa", "absence_key": "aaaaaaaaaaaa",
    "section": "purpose", "rule": "minimum_service_months", "file_key": "aaaaaaaaaaaa",
    "older": 1, "newer": 2, "number": 0, "version": 1, "place": 0, "printout": "aaaaaaaaaaaa",
    "invitation_key": "aaaaaaaaaaaa", "end_key": "aaaaaaaaaaaa", "wish_key": "aaaaaaaaaaaa",
    "certificate_key": "aaaaaaaaaaaa", "months": 6,
}  # fmt: skip


def client_of(world: Marked, role: str) -> Client:
    client = Client()
    if role == "anonymous":
        return client
    who = world.people["administrator" if role == "support" else role]
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    if role == "support":
        path = filled("begin_support", {"key": world.people["secondee"].key})
        assert client.post(path, {"reason": "To see what they see."}).url == "/"
    return client


def walked(world: Marked, role: str) -> dict[str, str]:
    """What a role sees on pages, in files and in mails."""
    walk = Walk(client_of(world, role), {case.key for case in addresses_cases(world)})
    act(world, role)
    walk.go([*addresses_of(world), "/"])
    mails(world.people.get(role), walk)
    return walk.sighted


def addresses_cases(world: Marked) -> list:
    """Cases that are there for their addresses alone: their links are not followed."""
    from secondments.models import Secondment

    kept = {case.pk for case in world.cases}
    return [case for case in Secondment.objects.exclude(purpose=marked.word("draftpurpose")) if case.pk not in kept]


def act(world: Marked, role: str) -> None:
    """Who has several parts chooses one of them, everywhere."""
    if role in CAPACITY:
        who = world.people[role]
        for case in world.cases:
            for capacity in capacities.of(case, who):
                if capacity.part == CAPACITY[role]:
                    capacities.choose(case, who, capacity.key)


def mails(who: Person | None, walk: Walk) -> None:
    for notice in Notice.objects.filter(recipient=who) if who else ():
        mail = letter(notice)
        twin = str(mail.alternatives[0][0])
        walk.look(f"{mail.subject}\n{mail.body}\n{twin}", f"mail: {mail.subject}")


@pytest.fixture
def log() -> Iterator[list[str]]:
    """What is written to the log, as production would write it."""
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    listener = Listener()
    listener.setFormatter(json_lines())
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "django.server")]
    for logger in loggers:
        logger.addHandler(listener)
    yield lines
    for logger in loggers:
        logger.removeHandler(listener)


@pytest.mark.parametrize("role", [*ROLES, "support", "anonymous"])
def test_sees_their_own_share_and_all_of_it(world: Marked, role: str, log: list[str]) -> None:
    found = walked(world, role)
    expected = share_of(role)
    assert {name: where for name, where in found.items() if name not in expected} == {}
    assert expected - set(found) == set()
    assert [line for line in log if words_in(line)] == []


def test_a_note_that_is_shown_to_all_is_caught(world: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secondments.policies.may_read_note", lambda checkin, parts, person: True)
    client = client_of(world, "host_hr")
    seen = [words_of(client.get(path)) for path in addresses_of(world) if "/check-ins/" in path]
    assert "notehost" in words_in("\n".join(seen))
    assert "host_hr" not in SEEN["notehost"]
