"""Looks whether the ledger is still what was written: each question is one statement over the whole table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

# Each finds broken places, the first first: its id, a sentence, and how many there are in all.
HASHES = """
SELECT id, 'Entry ' || id || ' (' || verb || ', chain ' || chain || ') is not as it was written.', count(*) OVER ()
FROM people_ledgerentry
WHERE chain <> coalesce(case_id, 0) OR hash <> ledger_hash(
    id, at, verb, actor_id, acting_as, case_id, number, subject_id, words_digest, chain, previous)
ORDER BY id LIMIT 1
"""
LINKS = """
SELECT id, 'Before entry ' || id || ' in chain ' || chain || ' something was taken out, put in or moved.',
    count(*) OVER ()
FROM (
    SELECT id, chain, previous, lag(hash, 1, repeat('0', 64)) OVER (PARTITION BY chain ORDER BY id) AS expected
    FROM people_ledgerentry
) AS linked WHERE previous <> expected ORDER BY id LIMIT 1
"""
WORDS = """
SELECT e.id, 'The words of entry ' || e.id || ' (' || e.verb || ') are not those that were written.', count(*) OVER ()
FROM people_ledgerentry e LEFT JOIN people_ledgerwords w ON w.id = e.words_id
WHERE w.id IS NULL
    OR w.erased_at IS NULL AND e.words_digest <> ledger_words_digest(w.salt, w.actor_name, w.reason, w.facts)
ORDER BY e.id LIMIT 1
"""
ERASURES = """
SELECT e.id, 'The words of entry ' || e.id || ' were erased, and no entry says by whom.', count(*) OVER ()
FROM people_ledgerentry e JOIN people_ledgerwords w ON w.id = e.words_id
WHERE w.erased_at IS NOT NULL AND e.id NOT IN (
    SELECT listed::text::bigint FROM people_ledgerentry said JOIN people_ledgerwords sw ON sw.id = said.words_id,
        jsonb_array_elements(CASE WHEN sw.erased_at IS NULL THEN sw.facts->'entries' ELSE '[]' END) AS listed
    WHERE said.verb = 'ledger.erase'
)
ORDER BY e.id LIMIT 1
"""
# An anchor stands before the entries of the window that the next anchor closes; the first window has none before it.
ANCHORS = """
WITH numbered AS (
    SELECT id, hash, count(*) FILTER (WHERE verb = 'ledger.anchor') OVER (ORDER BY id) AS window_number
    FROM people_ledgerentry
), windows AS (
    SELECT window_number, count(*) AS entries,
        encode(sha256(convert_to(string_agg(hash, '' ORDER BY id), 'UTF8')), 'hex') AS digest
    FROM numbered GROUP BY window_number
), anchors AS (
    SELECT e.id, e.at, row_number() OVER (ORDER BY e.id) AS place, w.facts
    FROM people_ledgerentry e JOIN people_ledgerwords w ON w.id = e.words_id WHERE e.verb = 'ledger.anchor'
), found AS (
    SELECT a.id, a.at, coalesce(w.entries, 0) AS entries,
        coalesce((a.facts->>'entries')::bigint, -1) - coalesce((b.facts->>'entries')::bigint, 0) AS said,
        coalesce(a.facts->>'digest', '') AS digest,
        encode(sha256(convert_to(coalesce(b.facts->>'digest', '')
            || coalesce(w.digest, encode(sha256(''), 'hex')), 'UTF8')), 'hex') AS expected
    FROM anchors a LEFT JOIN anchors b ON b.place = a.place - 1 LEFT JOIN windows w ON w.window_number = a.place - 1
)
SELECT id, CASE WHEN entries <> said THEN 'The anchor ' || id || ' of ' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
        || ' counted ' || said || ' entries since the one before; there are ' || entries || '.'
    ELSE 'The anchor ' || id || ' of ' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
        || ' saw other entries than there are now, though as many.' END, count(*) OVER ()
FROM found WHERE entries <> said OR digest <> expected ORDER BY id LIMIT 1
"""
TRIGGERS = """
SELECT 0, 'The trigger ' || wanted.name || ', which protects the ledger, is missing or switched off.', count(*) OVER ()
FROM unnest(ARRAY['ledger_link', 'ledger_append_only', 'ledger_no_truncate', 'ledger_words_only_erased',
    'ledger_words_stay', 'ledger_words_no_truncate']) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = wanted.name AND t.tgenabled IN ('O', 'A')
    AND t.tgrelid IN ('people_ledgerentry'::regclass, 'people_ledgerwords'::regclass))
ORDER BY wanted.name LIMIT 1
"""
QUESTIONS = {
    "entries": HASHES,
    "links": LINKS,
    "words": WORDS,
    "erasures": ERASURES,
    "anchors": ANCHORS,
    "triggers": TRIGGERS,
}


@dataclass(frozen=True)
class Fault:
    """The first broken place of one kind, and how many of the kind there are."""

    kind: str
    entry_id: int
    sentence: str
    count: int


@transaction.atomic
def faults() -> list[Fault]:
    """What is broken, at most one of each kind, all asked of one and the same moment."""
    return list(_ask())


def _ask() -> Iterator[Fault]:
    with connection.cursor() as cursor:
        if not connection.savepoint_ids:  # the outermost block, not one within a test
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for kind, question in QUESTIONS.items():
            cursor.execute(question)
            for entry_id, sentence, count in cursor.fetchall():
                yield Fault(kind, entry_id, sentence, count)


def size() -> tuple[int, int]:
    """How many entries and how many chains there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT chain) FROM people_ledgerentry")
        entries, chains = cursor.fetchone()
    return entries, chains


def has_anchor(entry_id: int, digest: str) -> bool:
    """Whether an anchor that was noted outside is still there, unchanged."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM people_ledgerentry e JOIN people_ledgerwords w ON w.id = e.words_id "
            "WHERE e.id = %s AND e.verb = 'ledger.anchor' AND w.facts->>'digest' = %s)",
            [entry_id, digest],
        )
        return bool(cursor.fetchone()[0])
