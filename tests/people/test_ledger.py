"""The ledger: who links it, what can be changed, and that every way of tampering is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from people import anchors, clock, ledger, proof
from people.models import LedgerEntry, LedgerWords
from secondments import timeline, transitions
from tests.cast import Cast, fresh

ZEROS = "0" * 64


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def as_owner(statement: str, *values: object) -> None:
    """What only the owner of the tables can do: switch the triggers off, tamper, and switch them on again."""
    tables = ("people_ledgerentry", "people_ledgerwords")
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    sql(statement, *values)
    for table in tables:
        sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def chain_of(case_id: int | None) -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(chain=case_id or 0).order_by("pk"))


@pytest.fixture
def written(cast: Cast) -> Cast:
    """Two cases, something beside them, an anchor, something more, and another anchor."""
    cast.case, cast.other = cast.agreement_case(), cast.proposal(secondee=cast.viewer)
    for n in range(4):
        ledger.record("people.import", by=cast.hr, new=n, updated=0)
    assert anchors.anchor()
    transitions.perform(cast.other, "withdraw", by=cast.hr, reason="Called off")
    ledger.record("people.import", by=cast.hr, subject=cast.secondee, new=5, updated=0)
    assert anchors.anchor()
    return cast


def found() -> dict[str, str]:
    return {fault.kind: fault.sentence for fault in proof.faults()}


# --- Written by the database


def test_entries_are_linked_by_the_database(cast: Cast) -> None:
    first = ledger.record("people.import", by=cast.hr, new=1)
    second = ledger.record("people.import", by=None, subject=cast.secondee, new=2)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.chain, first.previous, second.previous) == (0, ZEROS, first.hash)
    assert (second.subject_id, second.actor_name, second.facts) == (cast.secondee.pk, "the calendar", {"new": 2})
    assert (
        {len(entry.hash) for entry in (first, second)} == {len(entry.words_digest) for entry in (first, second)} == {64}
    )


def test_each_case_has_a_chain_of_its_own(cast: Cast) -> None:
    case, other = cast.proposal(), cast.proposal(secondee=cast.viewer)
    assert [chain_of(c.pk)[0].previous for c in (case, other)] == [ZEROS, ZEROS]
    for c in (case, other):
        entries = chain_of(c.pk)
        assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]


def test_what_the_program_claims_of_the_chain_counts_for_nothing(cast: Cast) -> None:
    words = LedgerWords.objects.create(actor_name="X")
    LedgerEntry.objects.create(
        pk=10_000_000, at=clock.now(), verb="x", words=words, chain=99, previous="a", hash="b", words_digest="c"
    )
    entry = LedgerEntry.objects.get(words=words)
    assert (entry.pk < 10_000_000, entry.chain, entry.previous, found()) == (True, 0, ZEROS, {})


def test_entry_without_words_is_refused(cast: Cast) -> None:
    words = LedgerWords.objects.create(actor_name="X")
    LedgerWords.objects.filter(pk=words.pk).update(actor_name="", reason="", facts={}, salt="", erased_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(at=clock.now(), verb="x", words=words)


def test_many_entries_in_one_statement_are_linked(cast: Cast) -> None:
    words = LedgerWords.objects.bulk_create(LedgerWords(actor_name=str(n)) for n in range(5))
    LedgerEntry.objects.bulk_create(LedgerEntry(at=clock.now(), verb="x", words=each) for each in words)
    entries = chain_of(None)
    assert [entry.previous for entry in entries] == [ZEROS, *(entry.hash for entry in entries[:-1])]
    assert [entry.actor_name for entry in entries] == list("01234")


# --- Erasing


BLANK = {"actor_name": "", "reason": "", "facts": {}, "salt": ""}


def test_words_can_be_erased_and_nothing_else(cast: Cast) -> None:
    entry = ledger.record("people.import", by=cast.hr, reason="quoted", new=1)
    mine = LedgerWords.objects.filter(pk=entry.words_id)
    erasing = BLANK | {"erased_at": clock.now()}
    half = [
        erasing | {name: value}
        for name, value in (("reason", "r"), ("facts", {"a": 1}), ("actor_name", "n"), ("salt", "s"))
    ]
    for attempt in ({"reason": ""}, BLANK, {"erased_at": clock.now()}, *half):
        with pytest.raises(IntegrityError, match="are never changed or deleted"), transaction.atomic():
            mine.update(**attempt)
    with pytest.raises(IntegrityError), transaction.atomic():
        mine.delete()
    assert mine.update(**erasing) == 1
    for attempt in (erasing, {"erased_at": None}, {"reason": "other"}):
        with pytest.raises(IntegrityError, match="are never changed or deleted"), transaction.atomic():
            mine.update(**attempt)


def test_forgetting_a_person_leaves_the_chains_whole(written: Cast) -> None:
    count = LedgerEntry.objects.count()
    assert ledger.forget(written.hr, by=written.stranger_hr) > 5
    assert found() == {}
    assert LedgerEntry.objects.count() == count + 1
    assert not LedgerWords.objects.filter(actor_name="Hanna Reed").exists()
    said = LedgerEntry.objects.get(verb="ledger.erase")
    assert (said.subject_id, said.actor_id) == (written.hr.pk, written.stranger_hr.pk)
    assert ledger.forget(written.hr, by=written.stranger_hr) == 0


def test_timeline_of_a_case_survives_erased_words(written: Cast, sign_in: Callable) -> None:
    ledger.forget(written.manager, by=None)
    lines = [line.sentence for line in timeline.of(fresh(written.case), written.hr)]
    assert lines.count("The words of this entry were erased") == 2  # the release, and the approval that it completed
    assert sign_in(written.hr).get(written.case.get_absolute_url()).status_code == 200


# --- Verifying


def test_an_untouched_ledger_is_whole(written: Cast) -> None:
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    count, chains = proof.size()
    assert out.getvalue() == f"The ledger is whole: {count} entries in {chains} chains.\n"
    assert chains == 3


def test_an_empty_ledger_is_whole(db: None) -> None:
    assert found() == {}
    assert anchors.anchor()
    assert anchors.anchor()
    assert found() == {}


def middle(written: Cast) -> LedgerEntry:
    return chain_of(written.case.pk)[2]


def test_changed_entry_is_found(written: Cast) -> None:
    entry = middle(written)
    as_owner("UPDATE people_ledgerentry SET actor_id = 1000001 WHERE id = %s", entry.pk)
    assert found() == {"entries": f"Entry {entry.pk} ({entry.verb}, chain {written.case.pk}) is not as it was written."}


@pytest.mark.parametrize("column", ["at = at + interval '1 second'", "verb = 'x'", "acting_as = 'x'", "case_id = NULL, number = NULL",
    "number = 1000", "subject_id = 1000007", "chain = 7", "id = 10000000"])  # fmt: skip
def test_every_column_counts(written: Cast, column: str) -> None:
    as_owner(f"UPDATE people_ledgerentry SET {column} WHERE id = %s", middle(written).pk)
    assert "entries" in found()


def test_changed_entry_with_a_new_hash_is_found(written: Cast) -> None:
    entries = chain_of(written.case.pk)
    as_owner(
        "UPDATE people_ledgerentry SET actor_id = 1000001, hash = ledger_hash(id, at, verb, 1000001, acting_as, case_id, number, "
        "subject_id, words_digest, chain, previous) WHERE id = %s",
        entries[2].pk,
    )
    assert found()["links"] == (
        f"Before entry {entries[3].pk} in chain {written.case.pk} something was taken out, put in or moved."
    )
    assert "anchors" in found()


def test_entry_deleted_in_the_middle_is_found(written: Cast) -> None:
    entries = chain_of(written.case.pk)
    as_owner("DELETE FROM people_ledgerentry WHERE id = %s", entries[2].pk)
    assert found()["links"].startswith(f"Before entry {entries[3].pk} ")


def test_first_entry_deleted_is_found(written: Cast) -> None:
    entries = chain_of(written.case.pk)
    as_owner("DELETE FROM people_ledgerentry WHERE id = %s", entries[0].pk)
    assert found()["links"].startswith(f"Before entry {entries[1].pk} ")


def test_tail_cut_off_is_found_by_the_anchor_alone(written: Cast) -> None:
    as_owner("DELETE FROM people_ledgerentry WHERE id = %s", chain_of(written.case.pk)[-1].pk)
    first = LedgerEntry.objects.filter(verb="ledger.anchor").earliest("pk")
    count = first.facts["entries"]
    assert found() == {
        "anchors": f"The anchor {first.pk} of {first.at:%Y-%m-%d} counted {count} entries since the one before; "
        f"there are {count - 1}."
    }


def test_whole_chain_deleted_is_found_by_the_anchor_alone(written: Cast) -> None:
    as_owner("DELETE FROM people_ledgerentry WHERE chain = %s", written.case.pk)
    assert list(found()) == ["anchors"]


def test_tail_after_the_first_anchor_is_found_by_the_second(written: Cast) -> None:
    as_owner("DELETE FROM people_ledgerentry WHERE id = %s", chain_of(written.other.pk)[-1].pk)
    second = LedgerEntry.objects.filter(verb="ledger.anchor").latest("pk")
    assert found()["anchors"].startswith(f"The anchor {second.pk} ")


def test_end_cut_off_together_with_its_anchor_is_found_by_the_copy_outside(written: Cast) -> None:
    second = LedgerEntry.objects.filter(verb="ledger.anchor").latest("pk")
    noted = f"{second.pk}:{second.facts['digest']}"
    call_command("verify_ledger", anchor=noted, stdout=StringIO())
    first = LedgerEntry.objects.filter(verb="ledger.anchor").earliest("pk")
    as_owner("DELETE FROM people_ledgerentry WHERE id > %s", first.pk)
    assert found() == {}
    with pytest.raises(CommandError, match=f"The anchor {second.pk} that was noted outside is not in the ledger"):
        call_command("verify_ledger", anchor=noted)


def test_two_entries_exchanged_are_found(written: Cast) -> None:
    one, other = chain_of(None)[1:3]
    as_owner(
        "UPDATE people_ledgerentry SET id = -id WHERE id IN (%s, %s);"
        "UPDATE people_ledgerentry SET id = CASE id WHEN -%s THEN %s ELSE %s END WHERE id < 0",
        one.pk, other.pk, one.pk, other.pk, one.pk,
    )  # fmt: skip
    assert {"entries", "links"} <= set(found())


def test_entry_put_in_is_found(written: Cast) -> None:
    entries = chain_of(written.case.pk)
    as_owner("UPDATE people_ledgerentry SET id = id + 1000000 WHERE id > %s", entries[-1].pk)
    assert "entries" in found()
    as_owner("UPDATE people_ledgerentry SET id = id - 1000000 WHERE id > 1000000")
    assert found() == {}
    as_owner("INSERT INTO people_ledgerwords (id, actor_name, reason, facts, salt) VALUES (9999999, '', '', '{}', '')")
    as_owner(
        "INSERT INTO people_ledgerentry (id, at, verb, acting_as, case_id, words_id, words_digest, chain, previous, hash) "
        "SELECT -5, at, verb, acting_as, case_id, 9999999, ledger_words_digest('', '', '', '{}'), chain, repeat('1', 64), "
        "ledger_hash(-5, at, verb, NULL, acting_as, case_id, NULL, NULL, ledger_words_digest('', '', '', '{}'), chain, "
        "repeat('1', 64)) FROM people_ledgerentry WHERE id = %s",
        entries[0].pk,
    )
    assert sorted(found()) == ["anchors", "links"]


def test_words_exchanged_are_found(written: Cast) -> None:
    one, other = chain_of(None)[1:3]
    as_owner(
        "UPDATE people_ledgerwords w SET facts = o.facts FROM people_ledgerwords o WHERE w.id = %s AND o.id = %s",
        one.words_id, other.words_id,
    )  # fmt: skip
    assert found() == {"words": f"The words of entry {one.pk} (people.import) are not those that were written."}


def test_words_copied_from_another_entry_are_found(written: Cast) -> None:
    one, other = chain_of(None)[1:3]
    as_owner(
        "UPDATE people_ledgerwords w SET (actor_name, reason, facts, salt) = "
        "(SELECT actor_name, reason, facts, salt FROM people_ledgerwords o WHERE o.id = %s) WHERE w.id = %s",
        other.words_id, one.words_id,
    )  # fmt: skip
    assert list(found()) == ["words"]


def test_words_erased_by_the_back_door_are_found(written: Cast) -> None:
    entry = middle(written)
    LedgerWords.objects.filter(pk=entry.words_id).update(**BLANK, erased_at=clock.now())
    assert found() == {"erasures": f"The words of entry {entry.pk} were erased, and no entry says by whom."}


def test_anchor_with_erased_words_is_found(written: Cast) -> None:
    first = LedgerEntry.objects.filter(verb="ledger.anchor").earliest("pk")
    LedgerWords.objects.filter(pk=first.words_id).update(**BLANK, erased_at=clock.now())
    assert sorted(found()) == ["anchors", "erasures"]


def test_trigger_switched_off_is_found(written: Cast) -> None:
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE people_ledgerentry DISABLE TRIGGER ledger_link")
    assert found() == {"triggers": "The trigger ledger_link, which protects the ledger, is missing or switched off."}


def test_command_says_each_kind_once_and_ends_with_one(written: Cast) -> None:
    as_owner("UPDATE people_ledgerentry SET acting_as = 'x' WHERE chain = %s", written.case.pk)
    with pytest.raises(CommandError) as refused:
        call_command("verify_ledger")
    count = len(chain_of(written.case.pk))
    first = chain_of(written.case.pk)[0]
    assert refused.value.returncode == 1
    assert str(refused.value) == (
        f"Entry {first.pk} ({first.verb}, chain {written.case.pk}) is not as it was written. ({count} such places in all.)"
    )


# --- Anchors


def test_anchor_is_written_once_a_day_and_logged(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    now = clock.now()
    with clock.at(now):
        assert (anchors.anchor_if_due(), anchors.anchor_if_due()) == (True, False)
    with clock.at(now + timedelta(hours=23)):
        assert not anchors.anchor_if_due()
    with clock.at(now + timedelta(hours=24)):
        assert anchors.anchor_if_due()
    entries = LedgerEntry.objects.filter(verb="ledger.anchor").order_by("pk")
    assert [entry.facts["entries"] for entry in entries] == [0, 1]
    said = [record.getMessage() for record in caplog.records if record.name == "people.anchors"]
    assert said == [
        f"ledger anchor {entry.pk}: {entry.facts['entries']} entries, digest {entry.facts['digest']}"
        for entry in entries
    ]
