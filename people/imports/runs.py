"""Works off what people asked for: check a file, write it, undo it.

A worker takes a batch by locking its row with SKIP LOCKED and works in that one transaction: what it does is there
as a whole or not at all, two workers never have the same batch, and the lock of a killed worker is gone with its
connection, so that the next sweep begins again. Progress is told through the cache, as the transaction shows nothing
before its end.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from people import clock, ledger
from people.imports import lines, organisations, people_plan, people_write, previews, rights, undoing
from people.imports.files import Unreadable
from people.imports.lines import Line
from people.models import Fate, ImportBatch, ImportKind, ImportRow, ImportState
from people.models.import_batch import RUNNING

log = logging.getLogger(__name__)

TRIES = 5
STEP = 200  # rows between two signs of progress
SOME = 1000


def run_waiting(limit: int = 20) -> int:
    """Run what waits, one batch after the other; returns how many were taken."""
    for done in range(limit):
        if not run_next():
            return done
    return limit


def run_next() -> bool:
    """Take the batch that has waited longest, if nobody else has it; whether there was one."""
    with transaction.atomic():
        batch = _waiting().order_by("asked_at", "pk").first()
        if batch is None:
            return False
        ImportBatch.objects.filter(pk=batch.pk).update(attempts=F("attempts") + 1)
    try:
        with transaction.atomic():
            mine = _waiting().filter(pk=batch.pk, state=batch.state).first()
            if mine:
                _run(mine)
    except Unreadable as error:
        _end(batch, ImportState.FAILED, str(error))
    except DatabaseError as error:  # somebody wrote the same meanwhile: the next try sees it
        log.warning("import %s: %s", batch.key, error)
        _give_up(batch, _("Others changed the same people at the same time. Try it again."))
    except Exception:
        log.exception("import %s", batch.key)
        _give_up(batch, _("This could not be done because of a fault of ours; it was noted."))
    return True


def _waiting() -> QuerySet[ImportBatch]:
    found = ImportBatch.objects.select_for_update(skip_locked=True, of=("self",))
    return found.filter(state__in=RUNNING).defer("content")


def _give_up(batch: ImportBatch, sentence: str) -> None:
    """After the last try the batch goes back to where it stood before, with a sentence."""
    if batch.attempts + 1 >= TRIES:
        _end(batch, _before(batch), sentence)


def _before(batch: ImportBatch) -> str:
    """Where a batch stood before somebody asked for its present run."""
    back = {ImportState.WRITING: ImportState.CHECKED, ImportState.UNDOING: ImportState.WRITTEN}
    return back.get(ImportState(batch.state), ImportState.FAILED)


def _end(batch: ImportBatch, state: str, sentence: str) -> None:
    found = ImportBatch.objects.filter(pk=batch.pk, state=batch.state)
    found.update(state=state, error=sentence[:500], attempts=0, ended_at=clock.now())


def _run(batch: ImportBatch) -> None:
    if batch.attempts > TRIES:  # its worker was killed each time
        _end(batch, _before(batch), _("The file could not be worked on; it may be too much for this installation."))
    elif batch.asked_by is None or not rights.may_import(batch.asked_by, batch.organisation):
        _end(
            batch, _before(batch), _("Nothing was done: whoever asked for it is not HR of this organisation any more.")
        )
    else:
        {ImportState.CHECKING: _check, ImportState.WRITING: _write, ImportState.UNDOING: _undo}[
            ImportState(batch.state)
        ](batch)
    forget_progress(batch)


def _check(batch: ImportBatch) -> None:
    """The dry run: read every row, give it its fate, keep it; nothing else is written."""
    found = previews.below(bytes(batch.content or b""), batch.preview["sheet"], batch.preview["header_row"])
    read = lines.read(batch.kind, found, batch.mapping, len(batch.preview["headers"]), batch.options)
    every = list(_with_progress(batch, read))
    _plan(batch, every, lock=False)
    batch.rows.all().delete()
    ImportRow.objects.bulk_create((_row(batch, line) for line in every), SOME)
    batch.counts = count(every)
    batch.checked_at = clock.now()
    _save(batch, ImportState.CHECKED)


def _write(batch: ImportBatch) -> None:
    """Hold the good rows against the world again, and write those that still are good."""
    rows = {row.number: row for row in batch.rows.order_by("number")}
    every = [lines.unpacked(row) for row in rows.values() if row.fate != Fate.REFUSED]
    tell_progress(batch, 0)
    world = _plan(batch, every, lock=True)
    refused_before = len(rows) - len(every)
    if batch.whole_file and (refused_before or not all(line.is_good for line in every)):
        _remember(batch, rows, every)
        batch.error = _("Nothing was written: something changed since the check, so that rows are refused now.")
        _save(batch, ImportState.CHECKED)
        return
    write = people_write.write if batch.kind == ImportKind.PEOPLE else organisations.write
    batch.made, kept = write(batch, world, [line for line in every if line.is_good])  # type: ignore[arg-type]
    for row in kept:
        rows[row.number].before, rows[row.number].after = row.before, row.after
    tell_progress(batch, len(rows))
    _remember(batch, rows, every)
    batch.error = ""
    batch.written_at = clock.now()
    ledger.record(
        "people.import", by=batch.asked_by, acting_as="hr", batch=batch.key, kind=batch.kind,
        organisation=batch.organisation.legal_name, **batch.counts,
    )  # fmt: skip
    _save(batch, ImportState.WRITTEN)


def _undo(batch: ImportBatch) -> None:
    try:
        undoing.undo(batch)
    except undoing.Stopped as stopped:
        for number, sentence in stopped.rows.items():
            batch.rows.filter(number=number).update(stopped=sentence)
        batch.error = stopped.rows.get(0) or _("It cannot be undone: what it wrote is used. The rows say how.")
        _save(batch, ImportState.WRITTEN)
        return
    batch.rows.update(before={}, after={}, stopped="")
    batch.error, batch.made = "", {}
    batch.undone_at = clock.now()
    ledger.record(
        "people.undo_import", by=batch.asked_by, acting_as="hr", batch=batch.key, kind=batch.kind,
        organisation=batch.organisation.legal_name, **batch.counts,
    )  # fmt: skip
    _save(batch, ImportState.UNDONE)


def _plan(batch: ImportBatch, every: list[Line], *, lock: bool) -> object:
    plan = people_plan.plan if batch.kind == ImportKind.PEOPLE else organisations.plan
    assert batch.asked_by
    return plan(batch, every, by=batch.asked_by, lock=lock)


def _remember(batch: ImportBatch, rows: dict[int, ImportRow], every: Iterable[Line]) -> None:
    """Keep what became of the rows: written anew, which is quicker than changing ten thousand one by one."""
    for line in every:
        row = rows[line.number]
        row.fate, row.changes = line.fate, line.changes
        row.errors = line.errors
    batch.rows.all().delete()
    for row in rows.values():
        row.pk, row._state.adding = None, True
    ImportRow.objects.bulk_create(rows.values(), SOME)
    batch.counts = count(rows.values())


def _row(batch: ImportBatch, line: Line) -> ImportRow:
    return ImportRow(
        batch=batch,
        number=line.number,
        values=lines.packed(line.values),
        errors=line.errors,
        fate=line.fate,
        changes=line.changes,
    )


def count(rows: Iterable[Line | ImportRow]) -> dict[str, int]:
    """How many rows of each fate."""
    found = dict.fromkeys(Fate.values, 0)
    for row in rows:
        found[row.fate] += 1
    return found


def _save(batch: ImportBatch, state: str) -> None:
    batch.state, batch.attempts, batch.ended_at = state, 0, clock.now()
    batch.save()


def _with_progress(batch: ImportBatch, read: Iterator[Line]) -> Iterator[Line]:
    for done, line in enumerate(read):
        if done % STEP == 0:
            tell_progress(batch, done)
        yield line


def tell_progress(batch: ImportBatch, done: int) -> None:
    try:
        cache.set(f"import:{batch.pk}", done, 600)
    except Exception:  # without the cache the work goes on, unseen
        log.warning("progress of import %s could not be told", batch.key)


def progress(batch: ImportBatch) -> int:
    """How many rows the worker has read."""
    return int(cache.get(f"import:{batch.pk}") or 0)


def forget_progress(batch: ImportBatch) -> None:
    try:
        cache.delete(f"import:{batch.pk}")
    except Exception:  # see tell_progress
        log.warning("progress of import %s could not be forgotten", batch.key)
