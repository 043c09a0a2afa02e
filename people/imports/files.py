"""What a file is, by its content and not by its name; and its rows as cells, whichever kind it is.

A cell is text, a day, or a number with the text that the spreadsheet shows for it. Rows keep the number that the
spreadsheet gives them, from 1; blank rows are left out and trailing blank cells cut off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 10_000
MAX_COLUMNS = 200
MAX_CELL = 5_000  # characters; a line break in quotes that is never closed swallows the rest of a file


@dataclass(frozen=True, slots=True)
class Number:
    """A number out of a spreadsheet: its value, and the text it is shown as (leading zeros, percent)."""

    value: Decimal
    text: str

    def __str__(self) -> str:
        return self.text


Cell = str | date | Number
Row = tuple[int, list[Cell]]


class Unreadable(Exception):
    """The file cannot be taken; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Names of a workbook's sheets (none for CSV) and how many rows of the chosen one are hidden."""

    sheets: list[str]
    hidden: int = 0


OTHERS = {
    b"%PDF": "PDF",
    b"\x89PNG": _("picture"),
    b"\xff\xd8\xff": _("picture"),
    b"GIF8": _("picture"),
    b"\x1f\x8b": _("compressed file"),
    b"7z\xbc\xaf": _("compressed file"),
    b"Rar!": _("compressed file"),
    b"{\\rt": _("word-processor document"),
}


def is_workbook(content: bytes) -> bool:
    """Whether the content is for the spreadsheet reader; refuses what is neither a spreadsheet nor text."""
    if not content.strip():
        raise Unreadable(_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise Unreadable(_("The file is larger than 10 MB; split it."))
    for start, name in OTHERS.items():
        if content.startswith(start):
            raise Unreadable(
                _("This is a %(name)s, whatever its name says; choose a CSV or XLSX file.") % {"name": name}
            )
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            _("The file is encrypted, or of an old Excel; save it without a password as “Excel workbook (.xlsx)”.")
        )
    if content[:200].lstrip().lower().startswith((b"<html", b"<!doctype", b"<?xml", b"<table")):
        raise Unreadable(_("This is a web page or XML, whatever its name says; save it as “Excel workbook (.xlsx)”."))
    return content.startswith(b"PK")


def shape(content: bytes, sheet: str = "") -> Shape:
    """Sheets and hidden rows; raises Unreadable."""
    from people.imports import workbooks

    return workbooks.shape(content, sheet) if is_workbook(content) else Shape([])


def rows(content: bytes, sheet: str = "") -> Iterator[Row]:
    """Rows that say something, with their numbers; raises Unreadable, also on the way."""
    from people.imports import csv_files, workbooks

    found = workbooks.rows(content, sheet) if is_workbook(content) else csv_files.rows(content)
    for number, cells in found:
        trimmed = _trimmed(cells)
        if not trimmed:
            continue
        if len(trimmed) > MAX_COLUMNS:
            raise Unreadable(
                _("Row %(n)d has more than %(most)d columns; take out what is not needed.")
                % {"n": number, "most": MAX_COLUMNS}
            )
        if any(isinstance(cell, str) and "\x00" in cell for cell in trimmed):
            raise Unreadable(
                _("Row %(n)d has a character that is no text; save the file as “CSV UTF-8”.") % {"n": number}
            )
        if any(isinstance(cell, str) and len(cell) > MAX_CELL for cell in trimmed):
            raise Unreadable(
                _("Row %(n)d has a cell with more than %(most)d characters; a quotation mark may not be closed.")
                % {"n": number, "most": MAX_CELL}
            )
        yield number, trimmed


def _trimmed(cells: list[Cell]) -> list[Cell]:
    last = len(cells)
    while last and cells[last - 1] == "":
        last -= 1
    return cells[:last]
