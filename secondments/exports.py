"""Tables as files: CSV and XLSX. A text never becomes a formula, whatever it begins with; numbers stay numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

Cell = str | Decimal | date | int | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
CSV, XLSX = "csv", "xlsx"
TYPES = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def as_csv(head: Sequence[object], rows: Iterable[Sequence[Cell]]) -> bytes:
    """With a mark at the beginning by which spreadsheets know that it is UTF-8."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([str(cell) for cell in head])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> object:
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def as_xlsx(head: Sequence[object], rows: Iterable[Sequence[Cell]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in ([str(cell) for cell in head], *rows):
        sheet.append([_typed(sheet, cell) for cell in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(sheet: object, cell: Cell) -> WriteOnlyCell:
    found = WriteOnlyCell(sheet, value=cell)
    if isinstance(cell, str):
        found.data_type = "s"
    return found
