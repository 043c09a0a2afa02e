"""Files as HR has them, built in the tests; and an import walked through without a browser."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook

from people.imports import batches, runs
from people.models import ImportBatch, Organisation, Person

Rows = list[list[Any]]


def as_csv(rows: Rows, encoding: str = "utf-8", separator: str = ",") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Rows, change: Callable[[Any], None] | None = None, sheets: tuple[str, ...] = ()) -> bytes:
    """A workbook with these rows in its first sheet; ``change`` may do what it likes to the sheet."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for name in sheets:
        book.create_sheet(name)
    if change:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(content: bytes, parts: dict[str, bytes]) -> bytes:
    """A workbook with some of its parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return out.getvalue()


HEADER = ["email", "full name", "organisation", "country", "employee number", "job title", "line manager"]


def uploaded(by: Person, organisation: Organisation, content: bytes, kind: str = "people") -> ImportBatch:
    return batches.begin(by=by, organisation=organisation, kind=kind, file_name="people.csv", content=content)


def checked(
    by: Person, organisation: Organisation, content: bytes | Rows, kind: str = "people", **options: str
) -> ImportBatch:
    """An import after its dry run, with the columns that were guessed or remembered."""
    batch = uploaded(by, organisation, as_csv(content) if isinstance(content, list) else content, kind)
    mapping, remembered = batches.remembered(batch)
    batches.check(batch, by=by, mapping=mapping, options={**remembered, **options})
    runs.run_waiting()
    return fresh(batch)


def written(
    by: Person, organisation: Organisation, content: bytes | Rows, kind: str = "people", **options: str
) -> ImportBatch:
    """An import whose good rows are written."""
    batch = checked(by, organisation, content, kind, **options)
    batches.write(batch, by=by, whole_file=not batch.counts["refused"])
    runs.run_waiting()
    return fresh(batch)


def undone(batch: ImportBatch, by: Person) -> ImportBatch:
    batches.undo(batch, by=by)
    runs.run_waiting()
    return fresh(batch)


def fresh(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.get(pk=batch.pk)


def errors(batch: ImportBatch) -> dict[int, dict[str, str]]:
    """What is wrong, by number of the row."""
    return {row.number: row.errors for row in batch.rows.order_by("number") if row.errors}


def fates(batch: ImportBatch) -> list[str]:
    return list(batch.rows.order_by("number").values_list("fate", flat=True))
