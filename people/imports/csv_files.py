"""Reads CSV as people really have it: any of four encodings, comma, semicolon or tab."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from people.imports.files import Row, Unreadable

SEPARATORS = (",", ";", "\t")
LOOKED_AT = 50  # rows, to find the separator
ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def rows(content: bytes) -> Iterator[Row]:
    """All rows, with the number that a spreadsheet would show for each; a blank line counts."""
    text = _text(content)
    separator, text = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [_clean(cell) for cell in cells]
    except csv.Error as error:
        raise Unreadable(
            _("The file cannot be read as CSV near line %(n)d: a quotation mark may not be closed.")
            % {"n": reader.line_num}
        ) from error


def _clean(cell: str) -> str:
    return cell.replace("\xa0", " ").replace("\ufeff", "").strip()


def _text(content: bytes) -> str:
    for mark, encoding in ENCODINGS:
        if content.startswith(mark):
            return _decoded(content, encoding)
    if b"\x00" in content:
        raise Unreadable(_("The file is not text in a known encoding; save it as “CSV UTF-8”."))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(content, "cp1252")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(_("The file is not text in a known encoding; save it as “CSV UTF-8”.")) from None


def _separator(text: str) -> tuple[str, str]:
    """The separator that cuts most rows into the same number of cells; Excel may name it in a first line."""
    first, _break, rest = text.partition("\n")
    if first.strip().strip('"').lower().startswith("sep=") and len(first.strip().strip('"')) <= 5:
        named = first.strip("\r\n").strip('"')[4:5]
        return (named or ","), "\n" + rest
    best, chosen = (0, 0), ","
    for separator in SEPARATORS:
        try:
            looked_at = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), LOOKED_AT))
        except csv.Error:
            continue
        widths = Counter(len(cells) for cells in looked_at if len(cells) > 1)
        if widths:
            width, times = widths.most_common(1)[0]
            best, chosen = max(((times, width), separator), (best, chosen))
    return chosen, text
