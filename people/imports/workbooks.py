"""Reads XLSX by openpyxl, row by row; refuses what could harm or is no plain workbook before it is opened.

Formulas count as their cached values; dates, percent and leading zeros are taken as the cell shows them.
Hidden rows are rows like others, and counted.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from people.imports.files import Cell, Number, Row, Shape, Unreadable

MAX_UNPACKED = 80 * 1024 * 1024  # bytes of all parts together; zipfile reads no more of a part than it declares
MAX_TREE = 4 * 1024 * 1024  # bytes of a part that is read into memory as a whole
MAX_PARTS = 2_000
HIDDEN = re.compile(rb'<row\b[^>]*\bhidden="(?:1|true)"')
ZEROS = re.compile(r'^"?(0+)"?(?:;@)?$')


def shape(content: bytes, sheet: str = "") -> Shape:
    with _opened(content) as book:
        names = [each.title for each in book.worksheets]
        return Shape(names, _hidden(book, _sheet(book, sheet)))


def rows(content: bytes, sheet: str = "") -> Iterator[Row]:
    with _opened(content) as book:
        chosen = _sheet(book, sheet)
        chosen.reset_dimensions()
        for number, cells in enumerate(chosen.iter_rows(), start=1):
            yield number, [_cell(cell) for cell in cells]


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    """The workbook; whatever openpyxl stumbles over becomes one sentence."""
    import openpyxl

    _check_parts(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that we do not look at
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            try:
                if not book.worksheets:
                    raise Unreadable(_("The workbook has no sheet with cells."))
                yield book
            finally:
                book.close()
    except (Unreadable, GeneratorExit, MemoryError):
        raise
    except Exception as error:  # openpyxl, zipfile and XML errors have no common base
        raise Unreadable(_BROKEN()) from error


def _BROKEN() -> str:
    return _("The workbook is broken: it cannot be read. Open it in your spreadsheet and save it again as .xlsx.")


def _check_parts(content: bytes) -> None:
    """Bombs, macros, passwords and other kinds of files that are ZIP archives too."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Unreadable(_BROKEN()) from None
    with archive:
        parts = archive.infolist()
        names = {part.filename.lower() for part in parts}
        if any(part.flag_bits & 1 for part in parts) or "encryptedpackage" in names:
            raise Unreadable(_("The file is encrypted; save it without a password."))
        if any(name.endswith(("vbaproject.bin", "macrosheets/sheet1.xml")) for name in names):
            raise Unreadable(_("The workbook holds macros; save it as “Excel workbook (.xlsx)” without them."))
        if "xl/workbook.xml" not in names:
            raise Unreadable(
                _("This is not an Excel workbook (.xlsx), whatever its name says; save it as one, or as CSV.")
            )
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise Unreadable(_("The workbook unpacks to far more than people need; save its first sheet as CSV."))
        for part in parts:
            _check_part(archive, part)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    name = part.filename.lower()
    if not name.endswith((".xml", ".rels")):
        return
    is_streamed = name.startswith("xl/worksheets/") or name == "xl/sharedstrings.xml"
    if not is_streamed and name.startswith("xl/") and part.file_size > MAX_TREE and "/" in name:
        raise Unreadable(_("The workbook unpacks to far more than people need; save its first sheet as CSV."))
    try:
        with archive.open(part) as file:
            head = file.read(2048).replace(b"\x00", b"").upper()
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError, ValueError):
        raise Unreadable(_BROKEN()) from None
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise Unreadable(_BROKEN())


def _sheet(book: Any, name: str) -> Any:
    for sheet in book.worksheets:
        if sheet.title == name:
            return sheet
    return book.worksheets[0]


def _hidden(book: Any, sheet: Any) -> int:
    """How many rows are hidden; the marks of a row stand in its own opening tag."""
    found, rest = 0, b""
    with book._archive.open(sheet._worksheet_path) as source:
        while piece := source.read(1 << 16):
            piece = rest + piece
            cut = piece.rfind(b"<")
            found += len(HIDDEN.findall(piece[:cut]))
            rest = piece[cut:]
    return found + len(HIDDEN.findall(rest))


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\xa0", " ").replace("_x000D_", "").strip()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, time | timedelta):
        return str(value)
    return _number(value, cell.number_format or "")


def _number(value: float | int, shown: str) -> Number:
    """Twelve digits are more than any sheet means; what is beyond is the noise of binary fractions."""
    exact = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.12g}")
    text = f"{exact:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if "%" in shown:
        percent = f"{exact * 100:f}"
        return Number(exact, (percent.rstrip("0").rstrip(".") if "." in percent else percent) + "%")
    zeros = ZEROS.match(shown)
    if zeros and "." not in text and not text.startswith("-"):
        text = text.zfill(len(zeros[1]))
    return Number(exact, text)
