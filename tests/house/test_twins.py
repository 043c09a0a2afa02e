"""Whatever people of one organisation send, with whatever of another's in it: nothing of the other's changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve

from people.models import Department, Organisation, Person
from secondments.models import Secondment
from tests.house import forms, twins
from tests.house.addresses import ROUTES, filled
from tests.house.twins import Twins

pytestmark = pytest.mark.django_db  # each test in a savepoint inside the transaction of the twins
ACTORS = ["hr", "contact", "host_hr", "manager", "secondee", "administrator", "signatory", "deputy"]
LEAVE = {"account_logout", "account_login", "account_signup", "openid_connect_login", "openid_connect_callback"}
NUMBERED = {
    "host": Organisation, "organisation": Organisation, "kept_by": Organisation,
    "department": Department, "secondment": Secondment,
}  # fmt: skip
# Fields that take one's own people alone, and who is put there.
COLLEAGUES = {"person": "director", "line_manager": "manager", "secondee": "secondee", "seconder_signatory": "director"}
WORDY = {"name", "legal_name", "full_name", "phone", "note", "title", "job_title", "purpose", "address"}
NEW = forms.NEW_ADDRESS
Sent = tuple[str, str, dict[str, str]]  # the address's name, its path, the fields

# Naming somebody by an e-mail address is how outside people come into a case or an organisation; the address may be
# known here already. What may follow for them: they are named in a draft, told, invited, given the part, and the
# ledger says so. Nothing that was there before changes.
TOLD = {"people_notice", "people_ledgerentry"}
DRAFTED = {"secondments_secondment", "secondments_casepart"}
MAY_NAME: dict[tuple[str, str], set[str]] = {
    ("new_idea", "host"): {"secondments_idea"},  # theirs let themselves be found as a host
    ("edit_section", "host"): DRAFTED,
    ("edit_section", "host_contact_email"): DRAFTED,
    ("edit_section", "host_signatory_email"): DRAFTED,
    ("name_part", "email"): TOLD | {"secondments_casepart", "people_invitation"},
    # … who signs instead stands at a place of our paper, with a link of their own
    ("reassign", "email"): TOLD
    | DRAFTED
    | {"agreements_signatureslot", "agreements_signinglink", "people_invitation", "people_ledgerwords"},
    ("deputies", "email"): TOLD | {"secondments_deputy"},
    ("person_data", "<key>"): {"people_ledgerentry", "people_ledgerwords"},  # an administrator's look is recorded
    ("begin_support", "<key>"): TOLD | {"people_supportsession"},  # an administrator is there for all organisations
    ("administration_person", "<key>"): {"people_ledgerentry"},
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[Twins]:
    """One pair for all of them; nothing of it is left."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield twins.build()
        transaction.set_rollback(True)


def client_of(who: Person) -> Client:
    client = Client()
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def forms_of(world: Twins, client: Client, only: str = "") -> list[Sent]:
    """What somebody could send from the pages that they can open, each form once; to what has none, nothing."""
    found: dict[tuple[str, ...], Sent] = {}
    names = {only} if only else ROUTES.keys() - LEAVE
    for name in sorted(names):
        with attempt(client):
            answer = client.get(world.ours.path(name))
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                for form in forms.on_page(world.ours.path(name), answer.content.decode()):
                    to = name_of(str(form["action"]))
                    values: Any = form["values"]
                    fill(world, values)
                    found.setdefault((to, *sorted(values)), (to, str(form["action"]), values))
    bare = {name for name in names if not any(to == name for to, *_ in found)}
    return [*found.values(), *((name, world.ours.path(name), {}) for name in sorted(bare))]


def fill(world: Twins, values: dict[str, str]) -> None:
    """What the page alone does not tell: who works here, and that a host is another organisation."""
    for field, role in COLLEAGUES.items():
        if values.get(field) == NEW:
            values[field] = world.ours.people[role].email
    for field in WORDY & values.keys():
        values[field] += " too"  # what is written over theirs must not be what was there
    if values.get("kind") == "internal" and "host" in values:
        values["kind"] = "external"


def name_of(path: str) -> str:
    try:
        return resolve(path.partition("?")[0]).view_name
    except Resolver404:
        return ""


@contextmanager
def attempt(client: Client) -> Iterator[None]:
    """What happens inside is taken back, a change of the session too."""
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies[settings.SESSION_COOKIE_NAME] = session


def swaps(world: Twins, sent: Sent) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The same again with one thing of theirs in it: in the address, all of it, or a field."""
    name, path, values = sent
    places = re.findall(r"<(?:\w+:)?(\w+)>", ROUTES.get(name, ""))
    mine = resolve(path.partition("?")[0]).kwargs if places else {}
    for place in places:
        other = twin(world, name, place, str(mine[place]))
        if other != str(mine[place]):
            yield f"<{place}>", filled(name, {**mine, place: other}), values
    if len(places) > 1:
        both = {place: twin(world, name, place, str(mine[place])) for place in places}
        yield "<all>", filled(name, {**mine, **both}), values
    for field, value in values.items():
        for other in {theirs_for(world, field, value)} - {value, ""}:
            yield field, path, {**values, field: other}


def twin(world: Twins, name: str, place: str, value: str) -> str:
    if place in {"pk", "place", "token"}:
        return str(world.theirs.values.get(name, {}).get(place, value))
    return world.twin_of.get(value, value)


def theirs_for(world: Twins, field: str, value: str) -> str:
    """Their counterpart of what we send, or for an address of somebody new one of theirs."""
    if field in NUMBERED:
        return world.numbers[NUMBERED[field]].get(value, value)
    if value == NEW:
        return world.theirs.people["secondee"].email
    return world.twin_of.get(value, value)


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {table for table in before if before[table] != after[table]}


# What begins like this writes no row; whatever begins otherwise may have.
READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET CONSTRAINTS")


@contextmanager
def may_have_written() -> Iterator[list[str]]:
    """The statements, of those sent to the database inside, that could have changed something."""
    found: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not str(sql).lstrip().upper().startswith(READS):
            found.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def sent_by(world: Twins, role: str, only: str = "") -> tuple[dict[tuple[str, str], set[str]], int, int]:
    """Which tables of theirs each swapped sending reached; how many were tried, how many ours were accepted."""
    client = client_of(world.ours.people[role])
    before = twins.digest(world)
    reached: dict[tuple[str, str], set[str]] = {}
    tried = accepted = 0
    for sent in forms_of(world, client, only):
        with attempt(client):
            accepted += client.post(sent[1], sent[2]).status_code == 302
        for what, path, values in swaps(world, sent):
            tried += 1
            with attempt(client):
                with may_have_written() as written:
                    client.post(path, values)
                if written and (found := changed(before, twins.digest(world))):
                    reached[sent[0], what] = found
    return reached, tried, accepted


@pytest.mark.parametrize("role", ACTORS)
def test_nothing_of_theirs_changes(world: Twins, role: str) -> None:
    reached, tried, accepted = sent_by(world, role)
    assert {key: tables for key, tables in reached.items() if not tables <= MAY_NAME.get(key, set())} == {}
    assert tried and accepted


def test_a_view_that_fetches_from_everything_is_caught(world: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    from people import policies
    from people.views import departments

    monkeypatch.setattr(departments, "fetch", lambda scope, **lookup: scope.model.objects.get(**lookup))
    monkeypatch.setattr(policies, "may_edit_organisation", lambda reader, found: True)  # the action asks once more
    reached, _tried, _accepted = sent_by(world, "hr", only="rename_department")
    assert reached == {("rename_department", what): {"people_department"} for what in ("<pk>", "<all>")}


def test_a_right_that_is_not_asked_for_is_caught(world: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    from people import policies
    from people.views import scope

    monkeypatch.setattr(scope, "organisation", lambda request, key: Organisation.objects.get(key=key))
    monkeypatch.setattr(policies, "may_edit_organisation", lambda reader, found: True)
    reached, _tried, _accepted = sent_by(world, "contact", only="edit_organisation")
    assert "people_organisation" in reached["edit_organisation", "<key>"]
