"""A copy of a person's data: all of theirs, nothing of others, only for who may have it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from people import clock, personal_data
from people.actions import copies
from people.models import DataCopy, Employment, LedgerEntry, Membership, Notice, Person
from people.personal_data import Refused
from people.privacy import COPIED, REGISTER
from people.tasks import make_data_copies, sweep_personal_data
from tests import markers
from tests.agreements.conformance import violations
from tests.cast import Cast, person

# What a copy leaves out although it is the person's, and why.
LEFT_OUT = {
    "people_datacopy.reason",  # copies are not copied
    "people_ledgerentry.actor_name",  # of others, in one's own case
}


def content(who: Person, **asked: Any) -> dict[str, Any]:
    """What the JSON of a copy says; the PDF, which takes a second, has the same sections."""
    copy = copies.ask(who, **({"by": who} | asked))
    return copies.as_json(copy, personal_data.sections(copy.person, copy.asked_by))


def text(who: Person, **asked: Any) -> str:
    return json.dumps(content(who, **asked), ensure_ascii=False)


def copied(placed: dict[str, str], who: Person) -> set[str]:
    """The markers that the register says are copied, and that stand in rows of the person's own."""
    tables = {
        apps.get_model(name)._meta.db_table: table
        for name, table in REGISTER.items()
        if name.split(".")[0] in apps.app_configs
    }
    found = set()
    for marker, where in placed.items():
        table, _, column = where.partition(".")
        if where in LEFT_OUT or tables[table].by_name[column].secrecy not in COPIED:
            continue
        if table == "people_ledgerentry":
            rows = LedgerEntry.objects.filter(actor_id=who.pk)
        else:
            rows = personal_data.rows_of(tables[table], who)
        if table == "people_notice":
            rows = rows.filter(is_secret=False, cancelled_at__isnull=True)
        texts = json.dumps(list(rows.values()), default=str)
        if marker in texts:
            found.add(marker)
    return found


@pytest.mark.parametrize("role", ["secondee", "manager", "contact", "director"])
def test_copy_holds_every_marker_of_ones_own_and_none_of_a_twin(cast: Cast, role: str) -> None:
    twins = {name: person(f"Twin {name}") for name in ("secondee", "manager", "contact", "director")}
    Employment.objects.create(person=twins["secondee"], organisation=cast.northwind)
    Employment.objects.create(person=twins["contact"], organisation=cast.contoso)
    part = {
        "secondee": "secondee",
        "manager": "line_manager",
        "contact": "host_contact",
        "director": "seconder_signatory",
    }
    case = markers.whole_life(cast, is_full_time=False, weekly_hours=10)
    other = markers.whole_life(
        cast, **{field: twins[name] for name, field in part.items()}, is_full_time=False, weekly_hours=9
    )
    who = cast.people[role]
    markers.fill(who, case, cast)
    markers.fill(twins[role], other, cast)
    theirs = markers.mark(twins[role])
    mine = markers.mark(who)
    expected = copied(mine, who)
    who = Person.objects.get(pk=who.pk)
    found = text(who)
    assert {marker for marker in expected if marker not in found} == set()
    assert {marker: where for marker, where in theirs.items() if marker in found} == {}
    assert len(expected) > 15


def test_copy_of_a_secondee_holds_evaluations_once_they_are_released(cast: Cast) -> None:
    from secondments.models import Evaluation

    case = cast.evaluated()
    for evaluation in Evaluation.objects.filter(secondment=case):
        Evaluation.objects.filter(pk=evaluation.pk).update(skills=f"skills in the eyes of {evaluation.party}")
    before = text(cast.secondee)
    assert [party for party in ("secondee", "host", "line_manager") if f"eyes of {party}" in before] == ["secondee"]
    DataCopy.objects.all().delete()
    type(case).objects.filter(pk=case.pk).update(review_concluded_at=clock.now())
    after = text(cast.secondee)
    assert [party for party in ("secondee", "host", "line_manager") if f"eyes of {party}" in after] == [
        "secondee", "host", "line_manager",
    ]  # fmt: skip


def test_copy_holds_nothing_that_others_answered(cast: Cast) -> None:
    case = markers.whole_life(cast)
    case.checkins.filter(party="host").update(progress="what the host thinks", note_to_hr="what the host fears")
    case.decisions.filter(kind="release").update(reason="what the manager thinks")
    found = text(cast.secondee)
    assert [words for words in ("host thinks", "host fears", "manager thinks") if words in found] == []


def test_salary_and_who_looked_at_it(cast: Cast) -> None:
    from people import ledger

    ledger.record("salary.read", by=cast.finance, subject=cast.secondee)
    ledger.record("salary.read", by=cast.hr, subject=cast.manager)
    found = {section["title"]: section["rows"] for section in content(cast.secondee)["sections"]}
    assert found["Employment"][0]["annual_salary"] == "41000.00"
    assert [row["actor_name"] for row in found["Who looked at your salary"]] == ["Frank Ince"]


def test_codes_and_digests_are_left_out(cast: Cast) -> None:
    cast.agreed()
    secret = Notice.objects.filter(recipient=cast.secondee, is_secret=True).latest("pk")
    found = text(cast.secondee)
    digests = [code.digest for slot in cast.secondee.signature_slots.all() for code in slot.codes.all()]
    assert (secret.subject[:6] in found, [digest for digest in digests if digest in found]) == (False, [])
    assert digests != []


# --- HR


def test_hr_gets_what_hr_may_see_and_no_more(cast: Cast) -> None:
    case = cast.active()
    case.checkins.filter(party="secondee").update(note_to_hr="told HR of the seconder")
    case.decisions.filter(kind="consent").update(reason="thought it over")
    Employment.objects.create(person=cast.secondee, organisation=cast.contoso, job_title="Moonlighter")
    home = text(cast.secondee, by=cast.hr, organisation=cast.northwind, reason="asked for")
    assert [
        words
        for words in (
            "told HR of the seconder",
            "thought it over",
            "Analyst",
            "Moonlighter",
            "192.0.2.7",
            "Your messages",
        )
        if words in home
    ] == ["told HR of the seconder", "thought it over", "Analyst"]
    host = text(cast.secondee, by=cast.host_hr, organisation=cast.contoso, reason="asked for")
    assert [
        words
        for words in ("told HR of the seconder", "thought it over", "Analyst", "Moonlighter", "41000")
        if words in host
    ] == ["Moonlighter"]


def test_hr_of_one_employer_gets_no_case_of_another(cast: Cast) -> None:
    case = cast.active()
    fabrikam = cast.stranger_hr.memberships.get().organisation
    Employment.objects.create(person=cast.secondee, organisation=fabrikam, job_title="Second job")
    found = text(cast.secondee, by=cast.stranger_hr, organisation=fabrikam, reason="asked for")
    assert (case.reference in found, "Contoso" in found, "Second job" in found) == (False, False, True)


@pytest.mark.parametrize("role", ["finance", "viewer", "manager", "host_hr", "stranger_hr"])
def test_others_cannot_ask(cast: Cast, role: str) -> None:
    with pytest.raises(Refused):
        copies.ask(cast.secondee, by=cast.people[role], organisation=cast.northwind, reason="curious")
    assert DataCopy.objects.count() == 0


def test_hr_says_why_and_it_is_recorded(cast: Cast) -> None:
    with pytest.raises(Refused, match="Say why"):
        copies.ask(cast.secondee, by=cast.hr, organisation=cast.northwind, reason=" ")
    copies.ask(cast.secondee, by=cast.hr, organisation=cast.northwind, reason="She asked me")
    entry = LedgerEntry.objects.get(verb="data.copy")
    assert (entry.actor_id, entry.reason, entry.facts) == (cast.hr.pk, "She asked me", {"person": cast.secondee.key})


# --- Making


def test_copy_is_told_of_kept_a_week_and_swept(cast: Cast) -> None:
    copy = copies.ask(cast.secondee, by=cast.secondee)
    assert (copies.ask(cast.secondee, by=cast.secondee), copy.state) == (copy, "Asked for")
    assert (make_data_copies(), make_data_copies()) == (1, 0)
    copy.refresh_from_db()
    assert (copy.state, Notice.objects.get(key=f"data-copy:{copy.key}").recipient) == ("Ready", cast.secondee)
    with clock.at(copy.expires_at - timedelta(minutes=1)):
        sweep_personal_data()
        assert DataCopy.objects.count() == 1
    with clock.at(copy.expires_at):
        assert copy.state == "Expired"
        sweep_personal_data()
        assert DataCopy.objects.count() == 0


def test_claimed_copy_is_left_to_its_worker_until_the_claim_is_old(cast: Cast) -> None:
    copy = copies.ask(cast.secondee, by=cast.secondee)
    assert copies.claim() == copy
    assert copies.claim() is None
    DataCopy.objects.update(claimed_at=clock.now() - copies.CLAIM * 2)
    assert copies.claim() == copy


def test_copy_that_cannot_be_made_is_given_up_in_the_end(cast: Cast) -> None:
    printer = personal_data.printer()
    copy = copies.ask(cast.secondee, by=cast.secondee)
    personal_data.offer_printer(lambda html, created: 1 / 0)
    try:
        for _try in range(copies.TRIES):
            assert copies.make_pending() == 0
            DataCopy.objects.update(claimed_at=None)
    finally:
        personal_data.offer_printer(printer)
    copy.refresh_from_db()
    assert copy.state == "Could not be made; ask again"


def test_former_hr_gets_nothing(cast: Cast) -> None:
    """Asked for while in office, made when no longer: then nothing of the employee is in it."""
    copy = copies.ask(cast.secondee, by=cast.hr, organisation=cast.northwind, reason="asked for")
    Membership.objects.filter(person=cast.hr).update(until=clock.now())
    copies.make_pending()
    copy.refresh_from_db()
    assert "41000" not in bytes(copy.json).decode()


def test_pdf_is_accessible(cast: Cast) -> None:
    markers.whole_life(cast)
    Person.objects.filter(pk=cast.secondee.pk).update(phone="☎ +44 113 496 0000")
    copy = copies.ask(cast.secondee, by=cast.secondee)
    copies.make_pending()
    copy.refresh_from_db()
    assert [violations(bytes(copy.pdf), profile) for profile in ("3a", "ua1")] == [{}, {}]
