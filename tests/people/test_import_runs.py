"""Workers that take imports: several at once, one killed in the middle; and that check and writing agree."""

from __future__ import annotations

import time
from threading import Thread

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.imports import batches, runs
from people.models import Employment, ImportBatch, ImportRow, LedgerEntry, Person
from tests.cast import Cast
from tests.people.files import HEADER, checked, errors, fates, fresh, undone
from tests.people.test_imports import known, new, tables
from tests.secondments.crowd import at_once

MANY = 1500


def crowd(size: int) -> list[list[str]]:
    return [
        HEADER,
        *(new(f"p{n}@n.example", f"Person {n}", manager=f"p{n // 2}@n.example" if n else "") for n in range(size)),
    ]


def asked(cast: Cast, size: int) -> ImportBatch:
    """An import that waits to be written."""
    batch = checked(cast.hr, cast.northwind, crowd(size))
    return batches.write(batch, by=cast.hr, whole_file=True)


def test_several_workers_write_a_batch_once(real_cast: Cast) -> None:
    batch = asked(real_cast, 40)
    assert [r for r in at_once([runs.run_waiting] * 5) if isinstance(r, Exception)] == []
    assert fresh(batch).state == "written"
    assert Person.objects.filter(email__endswith="@n.example").count() == 40
    assert Employment.objects.filter(person__email__endswith="@n.example").count() == 40
    assert LedgerEntry.objects.filter(verb="people.import").count() == 1


def test_several_presses_of_the_button_ask_once(real_cast: Cast) -> None:
    batch = checked(real_cast.hr, real_cast.northwind, crowd(3))
    results = at_once([lambda: batches.write(batch, by=real_cast.hr, whole_file=True)] * 6)
    assert sum(isinstance(result, ImportBatch) for result in results) == 1
    assert sum(isinstance(result, batches.NotNow) for result in results) == 5


def test_batch_of_a_killed_worker_is_written_later(real_cast: Cast) -> None:
    batch = asked(real_cast, MANY)
    pids: list[int] = []

    def work() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pids.append(cursor.fetchone()[0])
            runs.run_next()
        finally:
            connection.close()

    worker = Thread(target=work)
    worker.start()
    assert kill_when_writing(pids)
    worker.join(60)
    assert (fresh(batch).state, Person.objects.filter(email__endswith="@n.example").count()) == ("writing", 0)
    runs.run_waiting()
    assert fresh(batch).state == "written"
    assert Person.objects.filter(email__endswith="@n.example").count() == MANY
    assert ImportRow.objects.filter(batch=batch, fate="new").count() == MANY
    assert LedgerEntry.objects.filter(verb="people.import").count() == 1


def kill_when_writing(pids: list[int]) -> bool:
    """End the worker's connection, as its death does, once it has begun to write people; whether that happened."""
    until = time.monotonic() + 60
    writing = "SELECT count(*) FROM pg_locks WHERE pid = %s AND relation = 'people_person'::regclass AND mode = 'RowExclusiveLock'"
    while time.monotonic() < until:
        if pids:
            with connection.cursor() as cursor:
                cursor.execute(writing, pids[:1])
                if cursor.fetchone()[0]:
                    cursor.execute("SELECT pg_terminate_backend(%s)", pids[:1])
                    return bool(cursor.fetchone()[0])
        time.sleep(0.002)
    return False


def test_batch_that_another_worker_holds_is_left_to_it(real_cast: Cast) -> None:
    batch = asked(real_cast, 3)
    with transaction.atomic():
        ImportBatch.objects.select_for_update().get(pk=batch.pk)
        found: list[int] = []
        other = Thread(target=lambda: (found.append(runs.run_waiting()), connection.close()))
        other.start()
        other.join(30)
    assert (found, fresh(batch).state) == ([0], "writing")


def test_person_who_came_meanwhile_is_not_doubled(cast: Cast) -> None:
    batch = asked(cast, 3)
    Person.objects.create_user("P1@n.example", full_name="Person 1")
    runs.run_waiting()
    assert (fresh(batch).state, fates(batch)) == ("written", ["new", "changed", "new"])
    assert Person.objects.filter(email__iexact="p1@n.example").count() == 1


def test_batch_that_kills_each_worker_is_given_up(cast: Cast) -> None:
    batch = asked(cast, 3)
    ImportBatch.objects.filter(pk=batch.pk).update(attempts=runs.TRIES)
    runs.run_waiting()
    found = fresh(batch)
    assert (found.state, found.error[:36]) == ("checked", "The file could not be worked on; it ")


def test_progress_is_told_while_rows_are_read(cast: Cast) -> None:
    batch = asked(cast, 3)
    runs.tell_progress(batch, 200)
    assert runs.progress(batch) == 200
    runs.run_waiting()
    assert runs.progress(fresh(batch)) == 0


PEOPLE = ["a@n.example", "B@n.example", "b@n.example", "c@n.example", "nobody", ""]
ROW = st.fixed_dictionaries(
    {
        "email": st.sampled_from(PEOPLE),
        "title": st.sampled_from(["", "Clerk", "Cook"]),
        "number": st.sampled_from(["", "1", "2"]),
        "manager": st.sampled_from(["", "1", "a@n.example", "b@n.example", "c@n.example", "x@n.example"]),
    }
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.lists(ROW, min_size=1, max_size=5), second=st.lists(ROW, min_size=1, max_size=5), correct=st.booleans())
def test_check_and_writing_agree_and_undoing_restores(cast: Cast, first: list, second: list, correct: bool) -> None:
    with transaction.atomic():
        for drawn in (first, second):
            before = tables()
            rows = [HEADER, known(cast), *(new(**row) for row in drawn)]
            batch = checked(cast.hr, cast.northwind, rows, terms="correct" if correct else "change")
            told = (fates(batch), errors(batch))
            if not batch.counts["new"] + batch.counts["changed"]:
                continue
            batches.write(batch, by=cast.hr, whole_file=False)
            runs.run_waiting()
            assert (fresh(batch).state, (fates(batch), errors(batch))) == ("written", told)
            assert Person.objects.count() - len(before["Person"]) == batch.counts["new"]
            again = checked(cast.hr, cast.northwind, rows)
            good = [fate for fate, was in zip(fates(again), told[0], strict=True) if was != "refused"]
            assert set(good) <= {"unchanged"}, errors(again)
            after = tables()
            assert undone(batch, cast.hr).state == "undone"
            assert tables() == before
            if drawn is first:
                batch = checked(cast.hr, cast.northwind, rows, terms="correct" if correct else "change")
                batches.write(batch, by=cast.hr, whole_file=False)
                runs.run_waiting()
                assert [len(found) for found in tables().values()] == [len(found) for found in after.values()]
        transaction.set_rollback(True)


@pytest.mark.parametrize("kind", ["people", "organisations"])
def test_sweep_without_anything_to_do_is_quick(cast: Cast, django_assert_num_queries, kind: str) -> None:
    with django_assert_num_queries(3):
        assert runs.run_waiting() == 0
