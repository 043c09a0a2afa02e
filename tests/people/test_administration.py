"""Pages of an administrator: hidden from everybody else, each read recorded, nothing confidential on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from people import clock, ledger
from people.actions import founding, support
from people.models import LedgerEntry, Membership, Notice, Organisation, Person
from tests.cast import Cast, person

SignIn = Callable[[Person], Client]


@pytest.fixture
def administrator(cast: Cast) -> Person:
    who = person("Ada Min")
    Person.objects.filter(pk=who.pk).update(is_administrator=True)
    return Person.objects.get(pk=who.pk)


@pytest.fixture
def pages(cast: Cast) -> list[str]:
    """Every page for administrators that can be opened."""
    keyed = {
        "administration_person": [cast.secondee.key],
        "administration_first_hr": [Organisation.objects.create(legal_name="Empty plc", country="GB").key],
    }
    names = [name for name, _view in routes() if name.startswith("administration")]
    return [reverse(name, args=keyed.get(name, [])) for name in names]


def routes(found: URLResolver | None = None, prefix: str = "") -> list[tuple[str, object]]:
    """Name and view of every address under /administration/."""
    rows = []
    for entry in (found or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            rows += routes(entry, route)
        elif isinstance(entry, URLPattern) and route.startswith("administration/"):
            rows.append((entry.name or "", entry.callback))
    return rows


def test_every_page_for_administrators_goes_through_the_one_door() -> None:
    assert len(routes()) == 10
    assert [name for name, view in routes() if not getattr(view, "is_for_administrators", False)] == []


def test_page_for_administrators_does_not_exist_for_others(cast: Cast, pages: list[str], sign_in: SignIn) -> None:
    for role in ("hr", "secondee", "finance", "stranger"):
        client = sign_in(cast.people[role])
        for path in pages:
            assert (path, client.get(path).status_code, client.post(path).status_code) == (path, 404, 404)
    assert not LedgerEntry.objects.filter(verb="administrator.read").exists()


def test_each_read_of_an_administrator_is_in_the_ledger(
    cast: Cast, pages: list[str], administrator: Person, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    for path in pages:
        assert client.get(f"{path}?q=an").status_code == 200
    found = LedgerEntry.objects.filter(verb="administrator.read").order_by("pk")
    assert [(entry.actor_id, entry.facts["path"]) for entry in found] == [
        (administrator.pk, f"{p}?q=an") for p in pages
    ]
    about = {entry.facts["path"]: entry.subject_id for entry in found if entry.subject_id}
    assert about == {f"/administration/people/{cast.secondee.key}/?q=an": cast.secondee.pk}


def test_read_that_cannot_be_recorded_is_not_shown(
    cast: Cast, administrator: Person, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no ledger")

    monkeypatch.setattr(ledger, "record", fail)
    with pytest.raises(RuntimeError):
        sign_in(administrator).get("/administration/people/")


def test_administrator_as_such_sees_no_case_and_no_salary(
    cast: Cast, pages: list[str], administrator: Person, sign_in: SignIn
) -> None:
    case = cast.agreement_case(role_title="MARKER-ROLE", purpose="MARKER-PURPOSE")
    client = sign_in(administrator)
    for path in pages:
        content = client.get(path).content.decode()
        for marker in ("MARKER", "41000", "41,000", case.reference, case.key):
            assert (path, marker in content) == (path, False)
    for path in (case.get_absolute_url(), f"{case.get_absolute_url()}agreement/", f"/people/{cast.secondee.key}/"):
        assert client.get(path).status_code == 404
    assert client.get("/people/").status_code == 403


def test_administrator_with_a_part_has_the_pages_of_the_part(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreement_case()
    Person.objects.filter(pk=cast.secondee.pk).update(is_administrator=True)
    assert sign_in(cast.secondee).get(case.get_absolute_url()).status_code == 200


def test_people_are_found_by_name_and_address(cast: Cast, administrator: Person, sign_in: SignIn) -> None:
    page = sign_in(administrator).get("/administration/people/?q=zolkow").content.decode()
    assert ("Łukasz Żółkowski" in page, "Hanna Reed" in page) == (True, False)


def test_organisation_begins_with_its_first_hr(administrator: Person, sign_in: SignIn) -> None:
    client = sign_in(administrator)
    given = {"legal_name": "Wide World plc", "kind": "client", "country": "GB", "time_zone": "Europe/London"}
    answer = client.post("/administration/organisations/new/", given)
    organisation = Organisation.objects.get(legal_name="Wide World plc")
    assert answer.url == f"/administration/organisations/{organisation.key}/hr/"
    answer = client.post(answer.url, {"full_name": "Nora New", "email": "nora@example.org"})
    assert answer.url == "/administration/organisations/"
    nora = Person.objects.get(email="nora@example.org")
    membership = Membership.objects.get(person=nora)
    assert (membership.role, membership.organisation, membership.given_by) == ("hr", organisation, administrator)
    subjects = [notice.subject for notice in Notice.objects.filter(recipient=nora).order_by("pk")]
    assert subjects[-1] == "You are HR of Wide World plc in Tripartite"
    entries = LedgerEntry.objects.exclude(verb="administrator.read").order_by("pk")
    assert [(e.verb, e.subject_id) for e in entries] == [("organisation.add", None), ("membership.give", nora.pk)]


def test_organisation_that_exists_is_not_entered_twice(cast: Cast, administrator: Person, sign_in: SignIn) -> None:
    given = {"legal_name": "northwind ltd", "kind": "client", "country": "GB", "time_zone": "Europe/London"}
    answer = sign_in(administrator).post("/administration/organisations/new/", given)
    assert (answer.status_code, Organisation.objects.filter(legal_name__iexact="northwind ltd").count()) == (200, 1)
    assert "An organisation of this name and country is here already." in answer.content.decode()
    answer = sign_in(administrator).post("/administration/organisations/new/", given | {"time_zone": "Mars/X"})
    assert "is not a time zone" in answer.content.decode()


def test_second_hr_is_not_named_by_an_administrator(cast: Cast, administrator: Person, sign_in: SignIn) -> None:
    path = f"/administration/organisations/{cast.northwind.key}/hr/"
    client = sign_in(administrator)
    given = {"full_name": "Eve", "email": "eve@example.org"}
    assert (client.get(path).status_code, client.post(path, given).status_code) == (403, 403)
    with pytest.raises(Exception, match="has HR, who name their colleagues"):
        founding.name_first_hr(cast.northwind, by=administrator, **given)
    assert not Person.objects.filter(email="eve@example.org").exists()


def test_organisation_kept_by_another_keeps_itself_from_its_first_hr_on(cast: Cast, administrator: Person) -> None:
    kept = Organisation.objects.create(legal_name="Kept plc", country="GB", kept_by=cast.northwind)
    founding.name_first_hr(kept, by=administrator, full_name="Kim", email="kim@example.org")
    assert Organisation.objects.get(pk=kept.pk).kept_by is None


# --- The ledger of access


def told(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/administration/access/{query}")
    assert page.status_code == 200
    return [entry.verb for entry, _subject, _more in page.context["rows"]]


def test_ledger_of_access_by_person_verb_and_day(cast: Cast, administrator: Person, sign_in: SignIn) -> None:
    cast.proposal()
    with clock.at(clock.now() - timedelta(days=10)):
        ledger.record("membership.give", by=cast.hr, subject=cast.viewer, role="viewer", organisation="Northwind Ltd")
        ledger.record("salary.read", by=cast.finance, subject=cast.secondee)
    ledger.record("membership.end", by=cast.hr, subject=cast.viewer)
    client = sign_in(administrator)
    assert [verb for verb in told(client) if not verb.startswith("invitation.")] == [
        "membership.end", "salary.read", "membership.give",
    ]  # fmt: skip
    assert told(client, "?verb=membership.") == ["membership.end", "membership.give"]
    assert told(client, "?person=duarte") == ["salary.read"]
    assert told(client, "?person=vera+iwu") == ["membership.end", "membership.give"]
    assert told(client, "?person=hanna&verb=salary.") == []
    day = (clock.now() - timedelta(days=10)).date()
    assert told(client, f"?since={day}&until={day}&verb=membership.") == ["membership.give"]
    assert told(client, f"?since={day + timedelta(days=1)}&verb=membership.") == ["membership.end"]
    page = client.get("/administration/access/?verb=membership.").content.decode()
    assert "Northwind Ltd, viewer" in page


def test_filter_that_makes_no_sense_is_answered_at_its_field(
    cast: Cast, administrator: Person, sign_in: SignIn
) -> None:
    page = sign_in(administrator).get("/administration/access/?since=2026-02-02&until=2026-01-01")
    assert "The last day lies before the first" in page.content.decode()
    assert sign_in(administrator).get("/administration/access/?since=nonsense").context["rows"] == []


def test_entry_without_words_is_shown_without(cast: Cast, administrator: Person, sign_in: SignIn) -> None:
    ledger.record("membership.end", by=cast.hr, subject=cast.viewer)
    ledger.forget(cast.hr, by=None)
    assert told(sign_in(administrator)) == ["ledger.erase", "membership.end"]


# --- Who is one


def test_administrator_is_named_on_the_machine(cast: Cast) -> None:
    out = StringIO()
    call_command("administrator", email=cast.hr.email.upper(), stdout=out)
    assert out.getvalue() == "Hanna Reed is now an administrator of this installation.\n"
    call_command("administrator", email=cast.finance.email, stdout=out)
    call_command("administrator", email=cast.hr.email, end=True, stdout=out)
    assert list(Person.objects.filter(is_administrator=True)) == [cast.finance]
    entries = LedgerEntry.objects.filter(verb__startswith="administrator.").order_by("pk")
    assert [(e.verb, e.subject_id, e.actor_name) for e in entries] == [
        ("administrator.appoint", cast.hr.pk, "the calendar"),
        ("administrator.appoint", cast.finance.pk, "the calendar"),
        ("administrator.end", cast.hr.pk, "the calendar"),
    ]
    mail = Notice.objects.filter(key__startswith="administrator:").order_by("pk")
    assert [(n.recipient, n.subject) for n in mail] == [
        (cast.hr, "Hanna Reed is now an administrator of Tripartite"),
        (cast.finance, "Frank Ince is now an administrator of Tripartite"),
        (cast.hr, "Frank Ince is now an administrator of Tripartite"),
        (cast.hr, "Hanna Reed is no longer an administrator of Tripartite"),
        (cast.finance, "Hanna Reed is no longer an administrator of Tripartite"),
    ]


def test_administrator_who_is_not_here_yet_needs_a_name(db: None) -> None:
    with pytest.raises(CommandError, match="Nobody has the address"):
        call_command("administrator", email="ada@example.org")
    call_command("administrator", email="ada@example.org", name="Ada Min", stdout=StringIO())
    assert Person.objects.get(email="ada@example.org").is_administrator
    with pytest.raises(CommandError, match="is an administrator already"):
        call_command("administrator", email="ada@example.org")


def test_nobody_becomes_an_administrator_through_a_form(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.hr).post("/profile/", {"phone": "1", "time_zone": "UTC", "is_administrator": "on"})
    assert not Person.objects.filter(is_administrator=True).exists()


def test_hr_reads_support_sessions_about_their_people_alone(cast: Cast, administrator: Person, sign_in: SignIn) -> None:
    support.begin(cast.secondee, by=administrator, reason="REASON-OURS")
    support.begin(cast.host_hr, by=administrator, reason="REASON-THEIRS")
    page = sign_in(cast.hr).get(f"/organisations/{cast.northwind.key}/support/").content.decode()
    assert ("REASON-OURS" in page, "REASON-THEIRS" in page, "Ada Min" in page) == (True, False, True)
    assert sign_in(cast.finance).get(f"/organisations/{cast.northwind.key}/support/").status_code == 403
    assert sign_in(cast.hr).get(f"/organisations/{cast.contoso.key}/support/").status_code == 403
    assert sign_in(cast.stranger).get(f"/organisations/{cast.northwind.key}/support/").status_code == 404
