"""The chain of evidence, and the tables that nobody changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from agreements import disclosure, editions, evidence
from agreements.models import EvidenceEvent
from people.models import LedgerEntry
from secondments.models import Secondment
from tests.agreements.acts import consent, lawyer, reword
from tests.cast import Cast


@pytest.fixture
def case(cast: Cast) -> Secondment:
    """Signed by all and sealed: every append-only table has rows."""
    editions.retire(cast.northwind, "non_solicitation", by=cast.hr, note="Said elsewhere")
    case = cast.agreement_case()
    reword(cast.shared(case), cast.hr)
    consent(cast.paper(case), lawyer(cast))
    return cast.sealed(case)


def chain(case: Secondment) -> list[EvidenceEvent]:
    return list(case.agreements.get().evidence.order_by("number"))


# A tuple of number, event and who did it; the cast seals with stand-in bytes, so "frozen" and "sealed" are not here.
EVENTS = [
    (1, "created", ""),
    (2, "issued", "Hanna Reed"),
    (3, "invited", ""),
    (4, "opened", "Ana Duarte"),
    (5, "code sent", "Ana Duarte"),
    (6, "code verified", "Ana Duarte"),
    (7, "disclosure accepted", "Ana Duarte"),
    (8, "signed", "Ana Duarte"),
    (9, "invited", ""),
    (10, "opened", "Marta Kowalska"),
    (11, "code sent", "Marta Kowalska"),
    (12, "code verified", "Marta Kowalska"),
    (13, "disclosure accepted", "Marta Kowalska"),
    (14, "signed", "Marta Kowalska"),
    (15, "invited", ""),
    (16, "opened", "Dora Rex"),
    (17, "code sent", "Dora Rex"),
    (18, "code verified", "Dora Rex"),
    (19, "disclosure accepted", "Dora Rex"),
    (20, "signed", "Dora Rex"),
    (21, "all signed", ""),
]


def test_chain_tells_what_happened(case: Secondment) -> None:
    bodies = [(event.number, json.loads(event.body)) for event in chain(case)]
    assert [(number, body["event"], body["by"]) for number, body in bodies] == EVENTS


def test_chain_is_sound_and_ends_in_its_head(case: Secondment) -> None:
    events = chain(case)
    assert evidence.broken_at(events) is None
    assert evidence.head(case.agreements.get()) == events[-1].hash
    assert evidence.describe(case.agreements.get()) == "The chain of evidence is complete."


def tampered(events: list[EvidenceEvent]) -> Iterator[tuple[str, list[EvidenceEvent]]]:
    """Copies of a chain, each with something done to its fifth event."""
    body = events[4].body.replace("Ana Duarte", "Eve Duarte")
    forged = {"body": body, "hash": evidence.link(events[4].previous, body)}
    changes = [{"body": body}, {"hash": "0" * 64}, {"previous": "0" * 64}, {"number": 6}, forged]
    for fields in changes:
        changed = copy(events[4])
        vars(changed).update(fields)
        yield "+".join(fields), [*events[:4], changed, *events[5:]]
    yield "dropped", events[:4] + events[5:]
    yield "exchanged", [*events[:4], events[5], events[4], *events[6:]]
    yield "doubled", [*events[:5], events[4], *events[5:]]


def test_tampering_is_found_where_it_is(case: Secondment) -> None:
    assert {name: evidence.broken_at(events) for name, events in tampered(chain(case))} == {
        "body": 5,
        "hash": 5,
        "previous": 5,
        "number": 5,
        "body+hash": 6,  # the event holds in itself, but the next does not follow from it
        "dropped": 5,
        "exchanged": 5,
        "doubled": 6,
    }


def test_chain_without_its_end_has_another_head(case: Secondment) -> None:
    """Nothing in the chain shows it: that is what the head in the mails and in the sealed file is for."""
    events = chain(case)
    assert evidence.broken_at(events[:-1]) is None
    assert events[-2].hash != evidence.head(case.agreements.get())


def test_address_and_browser_are_in_the_chain_as_digests_only(case: Secondment) -> None:
    text = " ".join(event.body for event in chain(case))
    assert ("192.0.2.7" in text, evidence.salted("192.0.2.7") in text) == (False, True)


def test_every_event_has_its_sentence(case: Secondment) -> None:
    rows = evidence.as_rows(chain(case))
    assert [row["text"] for row in rows][:8] == [
        "The paper was drafted.",
        "Hanna Reed issued version 3 for signature.",
        "Ana Duarte was asked to sign for the secondee.",
        "Ana Duarte opened the review copy.",
        "A code was sent to ana.duarte@example.org.",
        "Ana Duarte entered the code that was sent.",
        "Ana Duarte accepted the disclosure, version 2026-12.",
        "Ana Duarte signed for the secondee. Code sent to ana.duarte@example.org.",
    ]
    assert rows[-1]["text"] == "All parties have signed."


def test_every_event_that_is_written_has_a_sentence() -> None:
    """By the source: each name that is given to ``evidence.add``, and that of a variable in one place."""
    house = Path(evidence.__file__).parent
    written = {
        name
        for path in house.rglob("*.py")
        for name in re.findall(r"""evidence\.add\(\s*\w+,\s*"([^"]+)\"""", path.read_text("utf-8"))
    }
    assert written == set(evidence.SENTENCES) - {"code failed", "code locked"}


def test_sentence_of_an_event_that_lacks_a_word_is_told_without_it(case: Secondment) -> None:
    event = chain(case)[0]
    event.body = json.dumps({"at": "2026-01-02T03:04:05+00:00", "event": "invited"})
    assert evidence.as_rows([event]) == [
        {"number": 1, "at": "2026-01-02 03:04:05 UTC", "text": "– was asked to sign for the –."}
    ]


def test_signature_in_the_chain_is_bound_to_file_terms_act_and_disclosure(case: Secondment) -> None:
    paper = case.agreements.get()
    bodies = [json.loads(event.body) for event in chain(case)]
    (told, signed) = [body for body in bodies if body["by"] == "Ana Duarte"][-2:]
    assert (told["disclosure"], told["text"]) == ("2026-12", disclosure.digest())
    expected = {
        "party": "secondee",
        "email": "ana.duarte@example.org",
        "signed_name": "Ana Duarte",
        "in_name_of": "",
        "drawing": "",
        "act": "I sign this document",
        "disclosure": "2026-12",
        "document": paper.review_copy.sha256,
        "content_hash": paper.current.content_hash,
    }
    assert {name: signed[name] for name in expected} == expected


# Each table that is append-only, and a column of it.
APPEND_ONLY = {
    "people_ledgerentry": "verb",
    "people_ledgerwords": "reason",
    "agreements_version": "terms",
    "agreements_approval": "content_hash",
    "agreements_document": "sha256",
    "agreements_signature": "signed_name",
    "agreements_evidenceevent": "body",
    "agreements_clausetext": "note",
    "agreements_legalconsent": "reason",
}
STATEMENTS = {
    "update": "UPDATE {table} SET {column} = {column}",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table} CASCADE",
}


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except IntegrityError as error:
        return "are never changed or deleted" in str(error)
    return False


@pytest.mark.parametrize("statement", STATEMENTS)
def test_append_only_table_refuses(case: Secondment, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # TRUNCATE waits for no pending trigger
    sql = STATEMENTS[statement]
    found = {table: refused(sql.format(table=table, column=column)) for table, column in APPEND_ONLY.items()}
    assert found == dict.fromkeys(APPEND_ONLY, True)


@pytest.mark.django_db
def test_tables_with_these_triggers_are_the_listed_ones() -> None:
    sql = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = 'refuse_change'::regproc"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert {table for (table,) in cursor.fetchall()} == set(APPEND_ONLY)


def test_append_only_table_takes_new_rows(case: Secondment) -> None:
    agreement = case.agreements.get()
    evidence.add(agreement, "seal failed")
    assert (len(chain(case)), LedgerEntry.objects.filter(case_id=case.pk).exists()) == (22, True)


def test_chain_cannot_fork(case: Secondment) -> None:
    last = chain(case)[-1]
    with pytest.raises(IntegrityError, match="evidence_previous_once"), transaction.atomic():
        EvidenceEvent.objects.create(
            agreement=last.agreement, number=22, previous=last.previous, body="{}", hash="0" * 64
        )
