"""What HR does with an import, step by step; the work itself is a worker's (see runs)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock
from people.imports import columns, previews
from people.imports.files import Unreadable
from people.models import ImportBatch, ImportMapping, ImportRow, ImportState, Organisation, Person


class NotNow(Exception):
    """The batch is not where this step begins; the sentence says so."""


def begin(*, by: Person, organisation: Organisation, kind: str, file_name: str, content: bytes) -> ImportBatch:
    """Keep a file that can be read; raises Unreadable."""
    preview = previews.preview(content, kind)
    name = " ".join(file_name.replace("\\", "/").rpartition("/")[2].split())[:200]
    return ImportBatch.objects.create(
        organisation=organisation, kind=kind, made_by=by, file_name=name or "file", content=content, preview=preview
    )


def choose_sheet(batch: ImportBatch, *, sheet: str, header_row: int | None) -> ImportBatch:
    """Look at another sheet, or take another row for the headers; raises Unreadable."""
    with transaction.atomic():
        batch = _locked(batch, ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED)
        if batch.content is None:
            raise Unreadable(_("The file is not kept any more; choose it again."))
        batch.preview = previews.preview(bytes(batch.content), batch.kind, sheet, header_row)
        batch.mapping, batch.options, batch.error, batch.state = {}, {}, "", ImportState.MAPPING
        batch.rows.all().delete()
        batch.save()
        return batch


def remembered(batch: ImportBatch) -> tuple[dict[str, int], dict[str, Any]]:
    """Columns and options of this batch, or of the last file with the same headers, or guessed."""
    if batch.mapping:
        return batch.mapping, batch.options
    signature = columns.signature(batch.kind, batch.preview["headers"])
    found = ImportMapping.objects.filter(organisation=batch.organisation, kind=batch.kind, signature=signature).first()
    options = {"date_order": batch.preview["order"]} if batch.preview["order"] in ("day", "month") else {}
    if found:
        return found.mapping, {**found.options, **options}
    return columns.guess(batch.kind, batch.preview["headers"]), options


@transaction.atomic
def check(batch: ImportBatch, *, by: Person, mapping: dict[str, int], options: dict[str, Any]) -> ImportBatch:
    """Ask for the dry run with these columns, and remember them for the next file like this."""
    batch = _locked(batch, ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED)
    if batch.content is None:
        raise NotNow(_("The file is not kept any more; choose it again."))
    if batch.preview["order"] in ("day", "month"):
        options = {**options, "date_order": batch.preview["order"]}
    ImportMapping.objects.update_or_create(
        organisation=batch.organisation,
        kind=batch.kind,
        signature=columns.signature(batch.kind, batch.preview["headers"]),
        defaults={"mapping": mapping, "options": options, "changed_at": clock.now()},
    )
    batch.mapping, batch.options, batch.counts = mapping, options, {}
    return _ask(batch, ImportState.CHECKING, by)


@transaction.atomic
def write(batch: ImportBatch, *, by: Person, whole_file: bool) -> ImportBatch:
    """Ask for writing: all rows if every one is good, or the good ones."""
    batch = _locked(batch, ImportState.CHECKED)
    good = batch.counts.get("new", 0) + batch.counts.get("changed", 0)
    if not good:
        raise NotNow(_("No row of this file would change anything."))
    if whole_file and batch.counts.get("refused"):
        raise NotNow(_("Not every row is good; mend the file, or write the good rows."))
    batch.whole_file = whole_file
    return _ask(batch, ImportState.WRITING, by)


@transaction.atomic
def undo(batch: ImportBatch, *, by: Person) -> ImportBatch:
    """Ask for what was written to be taken back."""
    batch = _locked(batch, ImportState.WRITTEN)
    if batch.erased_at:
        raise NotNow(_("This import cannot be undone any more: what it found was erased after 30 days."))
    batch.rows.exclude(stopped="").update(stopped="")
    return _ask(batch, ImportState.UNDOING, by)


@transaction.atomic
def erase_outlived() -> int:
    """Erase files and rows of imports that ended 30 days ago; returns of how many."""
    found = ImportBatch.objects.outlived()
    ids = list(found.select_for_update(skip_locked=True).values_list("pk", flat=True))
    ImportRow.objects.filter(batch__in=ids).delete()
    return ImportBatch.objects.filter(pk__in=ids).update(
        content=None, preview={"headers": []}, made={}, erased_at=clock.now()
    )


def _ask(batch: ImportBatch, state: str, by: Person) -> ImportBatch:
    batch.state, batch.asked_by, batch.asked_at = state, by, clock.now()
    batch.error, batch.attempts, batch.ended_at = "", 0, None
    batch.save()
    return batch


def _locked(batch: ImportBatch, *states: str) -> ImportBatch:
    """The batch as it is now, for this transaction alone, if it is in one of these states and in nobody's hands."""
    found = ImportBatch.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=batch.pk, state__in=states)
    locked = found.first()
    if locked is None:
        raise NotNow(_("This import has moved on meanwhile; look at its page."))
    return locked
