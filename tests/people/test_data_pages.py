"""The pages about personal data: who gets in, and the whole way by clicking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people import clock
from people.actions import copies, erasure
from people.models import DataCopy, Employment, Erasure, LedgerEntry, LegalHold, Organisation, Person
from people.tasks import make_data_copies
from tests.cast import Cast, member, person

SignIn = Callable[[Person], Client]
STRANGERS = {"host_hr", "stranger", "stranger_hr", "contact", "signatory", "manager", "secondee", "director"}


@pytest.fixture
def second_hr(cast: Cast) -> Person:
    return member(person("Helen Two"), cast.northwind, "hr")


@pytest.fixture
def administrator(db: None) -> Person:
    return person("Ada Min", is_administrator=True)


def leave(who: Person) -> None:
    Employment.objects.filter(person=who).update(until=clock.today("UTC") - timedelta(days=1))


def statuses(cast: Cast, sign_in: SignIn, path: str, send: str = "get") -> dict[str, int]:
    return {role: getattr(sign_in(who), send)(path).status_code for role, who in cast.people.items()}


def test_page_of_an_employee_by_role(cast: Cast, sign_in: SignIn) -> None:
    found = statuses(cast, sign_in, f"/people/{cast.secondee.key}/data/")
    insiders = {"hr": 200, "finance": 403, "viewer": 403, "secondee": 403, "manager": 403}
    assert found == dict.fromkeys(STRANGERS, 404) | insiders


@pytest.mark.parametrize("what", ["confirm/", "call-off/", "holds/aaaaaaaaaaaa/lift/"])
def test_acts_on_an_employee_by_role(cast: Cast, sign_in: SignIn, what: str) -> None:
    path = f"/people/{cast.secondee.key}/data/{what}"
    found = statuses(cast, sign_in, path, "post")
    hr = {"hr": 302 if what == "confirm/" else 404}
    assert (
        found == dict.fromkeys(STRANGERS, 404) | {"finance": 403, "viewer": 403, "secondee": 403, "manager": 403} | hr
    )
    assert set(statuses(cast, sign_in, path).values()) == {405}
    assert Person.objects.get(pk=cast.secondee.pk).full_name == "Ana Duarte"


def test_list_of_who_is_due_by_role(cast: Cast, sign_in: SignIn, administrator: Person) -> None:
    leave(cast.secondee)
    erasure.find_due()
    found = {
        role: (answer.status_code, "Ana Duarte" in answer.content.decode())
        for role, who in {**cast.people, "administrator": administrator}.items()
        for answer in [sign_in(who).get("/people/erasures/")]
    }
    assert {role: seen for role, seen in found.items() if seen[0] != 403} == {
        "hr": (200, True), "administrator": (200, True), "host_hr": (200, False), "stranger_hr": (200, False),
    }  # fmt: skip


def test_list_of_who_is_due_takes_the_same_queries_for_one_and_three(cast: Cast, sign_in: SignIn) -> None:
    counts, client = [], sign_in(cast.hr)
    for left in ([cast.secondee], [cast.manager, cast.director]):
        for who in left:
            leave(who)
        erasure.find_due()
        with CaptureQueriesContext(connection) as found:
            assert client.get("/people/erasures/").status_code == 200
        counts.append(len(found))
    assert (counts, Erasure.objects.count()) == ([5, 5], 3)


def test_looking_by_the_administrator_is_recorded(cast: Cast, sign_in: SignIn, administrator: Person) -> None:
    client = sign_in(administrator)
    page = client.get(f"/people/{cast.secondee.key}/data/").content.decode()
    assert ("Place a hold" in page, "Ask for a copy" in page) == (False, False)
    entry = LedgerEntry.objects.get(verb="data.look")
    assert (entry.actor_id, entry.subject_id) == (administrator.pk, cast.secondee.pk)


def test_my_data_says_what_is_kept_and_gives_a_copy(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.secondee)
    page = client.get("/profile/data/").content.decode()
    assert [words for words in ("Your check-ins", "what you told HR in private", "Kept") if words not in page] == []
    assert client.post("/profile/data/").status_code == 302
    assert 'data-hx-trigger="every 3s"' in client.get("/profile/data/").content.decode()
    make_data_copies()
    copy = DataCopy.objects.get()
    page = client.get("/profile/data/").content.decode()
    assert (f"/copies/{copy.key}/pdf/" in page, "data-hx-trigger" in page) == (True, False)


def test_file_is_for_the_person_and_who_asked(
    cast: Cast, sign_in: SignIn, second_hr: Person, administrator: Person
) -> None:
    copy = copies.ask(cast.secondee, by=cast.hr, organisation=cast.northwind, reason="asked for")
    path = f"/copies/{copy.key}/json/"
    assert sign_in(cast.hr).get(path).status_code == 404  # not made yet
    make_data_copies()
    found = statuses(cast, sign_in, path)
    assert {role for role, status in found.items() if status == 200} == {"hr", "secondee"}
    assert set(found.values()) == {200, 404}
    assert [sign_in(who).get(path).status_code for who in (second_hr, administrator)] == [404, 404]
    assert LedgerEntry.objects.filter(verb="data.download").count() == 1


def test_file_of_ones_own_asking_is_not_for_hr(cast: Cast, sign_in: SignIn) -> None:
    copy = copies.ask(cast.secondee, by=cast.secondee)
    make_data_copies()
    assert sign_in(cast.hr).get(f"/copies/{copy.key}/pdf/").status_code == 404


def test_file_is_kept_by_no_cache_and_ends(cast: Cast, sign_in: SignIn) -> None:
    copy = copies.ask(cast.secondee, by=cast.secondee)
    make_data_copies()
    client = sign_in(cast.secondee)
    answer = client.get(f"/copies/{copy.key}/pdf/")
    assert {name: answer.headers[name] for name in ("Content-Type", "Cache-Control", "Content-Disposition")} == {
        "Content-Type": "application/pdf",
        "Cache-Control": "no-store, private",
        "Content-Disposition": f'attachment; filename="personal-data-{cast.secondee.key}.pdf"',
    }
    assert answer.content.startswith(b"%PDF-")
    assert client.get(f"/copies/{copy.key}/exe/").status_code == 404
    DataCopy.objects.update(expires_at=clock.now())
    assert client.get(f"/copies/{copy.key}/pdf/").status_code == 404


def test_hr_who_left_loses_the_copy(cast: Cast, sign_in: SignIn) -> None:
    copy = copies.ask(cast.secondee, by=cast.hr, organisation=cast.northwind, reason="asked for")
    make_data_copies()
    cast.hr.memberships.update(until=clock.now())
    assert sign_in(cast.hr).get(f"/copies/{copy.key}/json/").status_code == 404


def test_faulty_form_keeps_what_was_typed_and_names_the_field(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    answer = client.post(f"/people/{cast.secondee.key}/data/", {"do": "copy", "copy-reason": ""})
    assert (answer.status_code, "There is something to mend" in answer.content.decode()) == (200, True)
    assert client.post(f"/people/{cast.secondee.key}/data/", {"do": "nothing"}).status_code == 404


def test_whole_way_of_hr(cast: Cast, sign_in: SignIn, second_hr: Person) -> None:
    """Copy, hold, lift, ask, call off, ask again, confirm by the second."""
    one, two, path = sign_in(cast.hr), sign_in(second_hr), f"/people/{cast.secondee.key}/data/"

    def post(client: Client, what: str = "", **words: str) -> str:
        answer = client.post(path + what, words, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    assert "The copy is being made" in post(one, do="copy", **{"copy-reason": "She asked"})
    assert "The legal hold is placed" in post(one, do="hold", **{"hold-reason": "A claim"})
    leave(cast.secondee)
    assert "A legal hold says" in one.get(path).content.decode()
    assert "A legal hold says" in post(one, do="erasure", **{"erasure-grounds": "request"})
    assert "The legal hold is lifted" in post(two, f"holds/{LegalHold.objects.get().key}/lift/")
    assert "Asked for. A second person" in post(one, do="erasure", **{"erasure-grounds": "request"})
    assert "Confirm and erase" not in one.get(path).content.decode()
    assert "You asked for this yourself" in post(one, "confirm/")
    assert "The erasure is called off" in post(two, "call-off/")
    post(one, do="erasure", **{"erasure-grounds": "request"})
    assert "Hanna Reed asked" in two.get("/people/erasures/").content.decode()
    assert "The data are erased" in post(two, "confirm/")
    page = two.get(path).content.decode()
    assert ("What stays" in page, "Ana Duarte" in page, "A claim" in page) == (True, False, False)
    assert Erasure.objects.get().grounds == "request"


def test_hold_on_a_case_by_clicking(cast: Cast, sign_in: SignIn) -> None:
    case = cast.withdrawn()
    client, path = sign_in(cast.hr), f"{case.get_absolute_url()}hold/"
    assert path in client.get(case.get_absolute_url()).content.decode()
    assert "This field is required" in client.post(path, {"do": "place", "reason": ""}).content.decode()
    client.post(path, {"do": "place", "reason": "A claim"})
    hold = LegalHold.objects.get()
    assert (hold.case_id, hold.organisation, hold.person) == (case.pk, cast.northwind, None)
    leave(cast.secondee)
    with clock.at(clock.now() + timedelta(days=3000)):
        assert "A legal hold says" in client.get(f"/people/{cast.secondee.key}/data/").content.decode()
    client.post(path, {"lift": hold.key})
    hold.refresh_from_db()
    assert hold.lifted_by == cast.hr


def test_hold_of_another_organisation_stays_unknown(cast: Cast, sign_in: SignIn) -> None:
    other = LegalHold.objects.create(
        organisation=Organisation.objects.get(legal_name="Fabrikam Inc"), person=cast.secondee, reason="secret claim",
        placed_by=cast.stranger_hr, placed_at=clock.now(),
    )  # fmt: skip
    client, path = sign_in(cast.hr), f"/people/{cast.secondee.key}/data/"
    assert "secret claim" not in client.get(path).content.decode()
    assert client.post(f"{path}holds/{other.key}/lift/").status_code == 404
