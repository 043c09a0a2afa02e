"""Many who write to the ledger at once: no chain forks, nobody waits for ever, and anchors see what was settled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from people import anchors, ledger, proof
from people.models import LedgerEntry
from secondments import transitions
from secondments.models import Secondment
from tests.cast import Cast
from tests.secondments.crowd import at_once, tally

CROWD, EACH = 16, 10


@pytest.fixture
def idle_lock(transactional_db: None) -> Iterator[Callable[[], None]]:
    """Somebody who has written to the ledger and does not end the transaction until told."""
    done = threading.Event()
    began = threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                ledger.record("people.import", by=None)
                began.set()
                done.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert began.wait(10)
    yield done.set
    done.set()
    thread.join(20)


def unbroken(chain: int) -> int:
    entries = list(LedgerEntry.objects.filter(chain=chain).order_by("pk"))
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    return len(entries)


def test_one_chain_written_by_many_does_not_fork(real_cast: Cast) -> None:
    def write() -> None:
        for n in range(EACH):
            ledger.record("people.import", by=real_cast.hr, n=n)

    assert tally(at_once([write] * CROWD)) == {"done": CROWD}
    assert (unbroken(0), proof.faults()) == (CROWD * EACH, [])


def test_without_the_lock_the_chain_would_fork(real_cast: Cast) -> None:
    """The control: the same crowd without the lock of the chain. The constraint then is what refuses the fork."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('ledger_link'::regproc)")
        (ordinary,) = cursor.fetchone()
        line = "PERFORM pg_advisory_xact_lock(hashtextextended('ledger chain', NEW.chain));"
        assert line in ordinary
        cursor.execute(ordinary.replace(line, ""))
    try:

        def write() -> None:
            for n in range(EACH):
                with transaction.atomic():
                    ledger.record("people.import", by=real_cast.hr, n=n)
                    time.sleep(0.005)

        found = tally(at_once([write] * CROWD))
    finally:
        with connection.cursor() as cursor:
            cursor.execute(ordinary)
    assert found.get("IntegrityError", 0) > 0


def test_case_locks_and_chains_do_not_meet_in_a_deadlock(real_cast: Cast) -> None:
    """Changes of state hold the case and then its chain; others write to both chains without holding the case."""
    cases = [real_cast.draft(is_full_time=False, weekly_hours=n) for n in (1, 2)]

    def change(case: Secondment, n: int) -> None:
        with transaction.atomic():
            transitions.lock(case.pk)
            ledger.record("checklist.tick", by=real_cast.hr, case_id=case.pk, title=str(n))
            ledger.record("people.import", by=real_cast.hr, n=n)

    def note(case: Secondment, n: int) -> None:
        ledger.record("checklist.tick", by=real_cast.hr, case_id=case.pk, title=str(n))
        ledger.record("people.import", by=real_cast.hr, n=n)

    acts = [
        lambda act=act, case=case: [act(case, n) for n in range(EACH)]
        for act in (change, note)
        for case in cases
        for _ in range(CROWD // 4)
    ]
    acts.append(lambda: [anchors.anchor() for _ in range(3)])
    assert tally(at_once(acts)) == {"done": CROWD + 1}
    assert proof.faults() == []
    assert sum(unbroken(case.pk) for case in cases) == CROWD * EACH + 2
    assert unbroken(0) >= CROWD * EACH


def test_anchor_waits_for_who_has_not_finished_and_holds_up_nobody(
    idle_lock: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchors, "PATIENCE", 0.3)
    assert anchors.anchor() is None
    ledger.record("secondment.test", by=None, case_id=5)  # another chain: written at once
    monkeypatch.setattr(anchors, "PATIENCE", 10.0)
    threading.Timer(0.5, idle_lock).start()
    written = anchors.anchor()
    assert written
    assert (written.facts["entries"], proof.faults()) == (2, [])
