"""Tables as files: CSV and XLSX. A text never becomes a formula, whatever it begins with; numbers stay numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell


@dataclass(frozen=True)
class Formula:
    """What a spreadsheet counts itself, and what it comes to elsewhere; never made of anybody's words."""

    text: str
    value: Decimal

    def __str__(self) -> str:
        return str(self.value)


Cell = str | Decimal | date | int | Formula | None


@dataclass(frozen=True)
class Table:
    """One of several tables of a file: its name, its head, its rows, and a sentence that explains it."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    note: str = ""


FORMULA = ("=", "+", "-", "@", "\t", "\r")
CSV, XLSX = "csv", "xlsx"
TYPES = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def as_csv(head: Sequence[object], rows: Iterable[Sequence[Cell]], *more: Table) -> bytes:
    """With a mark at the beginning by which spreadsheets know that it is UTF-8; more tables follow after empty rows."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([str(cell) for cell in head])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    for table in more:
        writer.writerows([[], [table.name], table.head])
        writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> object:
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def as_xlsx(head: Sequence[object], rows: Iterable[Sequence[Cell]], *more: Table) -> bytes:
    """Each further table is a sheet of its own, with what explains it below."""
    book = Workbook(write_only=True)
    _fill(book.create_sheet(), [[str(cell) for cell in head], *rows])
    for table in more:
        note: list[Sequence[Cell]] = [[], [table.note]] if table.note else []
        _fill(book.create_sheet(table.name[:31]), [table.head, *table.rows, *note])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Any, rows: Iterable[Sequence[Cell]]) -> None:
    for row in rows:
        sheet.append([_typed(sheet, cell) for cell in row])


def _typed(sheet: object, cell: Cell) -> WriteOnlyCell:
    found = WriteOnlyCell(sheet, value=cell.text if isinstance(cell, Formula) else cell)
    if isinstance(cell, str):
        found.data_type = "s"
    return found
