"""What a file looks like, for the page on which its columns are chosen.

Order of events: find the header row, count the rows below it, keep the first of them, and see in which order
days and months stand. The whole file is read once; at most ``MAX_ROWS`` rows are taken.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from people.imports import columns, files
from people.imports.files import Cell, Row, Unreadable

LOOKED_AT = 12  # rows in which the header may stand
SAMPLE = 5
NUMERIC_DATE = re.compile(r"^(\d{1,2})[/-](\d{1,2})[/-](?:\d{4}|\d{2})(?:[ T].*)?$")


def preview(content: bytes, kind: str, sheet: str = "", header_row: int | None = None) -> dict[str, Any]:
    """Sheets, header row and headers, number of rows, first rows, order of dates; raises Unreadable."""
    shape = files.shape(content, sheet)
    rows = files.rows(content, sheet)
    looked_at = [row for _n, row in zip(range(LOOKED_AT), rows, strict=False)]
    if not looked_at:
        raise Unreadable(_("The sheet is empty; choose another.") if shape.sheets else _("The file is empty."))
    at = _header_at(kind, looked_at, header_row)
    headers = _headers(looked_at, at)
    count, widest = 0, len(headers)
    sample: list[list[str]] = []
    orders: set[str] = set()
    for _number, cells in chain(looked_at[at + 1 :], rows):
        count += 1
        if count > files.MAX_ROWS:
            raise Unreadable(_("The file has more than %(n)d rows; split it.") % {"n": files.MAX_ROWS})
        if len(sample) < SAMPLE:
            sample.append([shown(cell) for cell in cells[:widest]])
        orders.update(filter(None, map(_order, cells)))
    if not count:
        raise Unreadable(_("The file has no rows below its header."))
    return {
        "sheets": shape.sheets,
        "sheet": (sheet if sheet in shape.sheets else shape.sheets[0]) if shape.sheets else "",
        "hidden": shape.hidden,
        "header_row": looked_at[at][0],
        "headers": headers,
        "rows": count,
        "sample": [row + [""] * (widest - len(row)) for row in sample],
        "order": _decided(orders),
    }


def below(content: bytes, sheet: str, header_row: int) -> Any:
    """The rows under the header, for the check."""
    return (row for row in files.rows(content, sheet) if row[0] > header_row)


def shown(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _header_at(kind: str, rows: list[Row], asked: int | None) -> int:
    """The place of the row with most headers that we know; the first row if none has any."""
    if asked is not None:
        for place, (number, _cells) in enumerate(rows):
            if number == asked:
                return place
        raise Unreadable(_("There is no header in row %(n)d; choose one of the first rows.") % {"n": asked})
    scores = [columns.known(kind, [shown(cell) for cell in cells]) for _number, cells in rows]
    return scores.index(max(scores))


def _headers(rows: list[Row], at: int) -> list[str]:
    """Names of the columns. A header above helps where two have the same name, and where one has none."""
    own = [shown(cell)[:100] for cell in rows[at][1]]
    above = [shown(cell)[:100] for cell in rows[at - 1][1]] if at and rows[at - 1][0] == rows[at][0] - 1 else []
    above = above if sum(map(bool, above)) > 1 else []  # a single cell is the title of the sheet
    above += [""] * (len(own) - len(above))
    own += [""] * (len(above) - len(own))
    groups, last = [], ""
    for word in above:
        last = word or last
        groups.append(last)
    names = []
    for place, name in enumerate(own):
        twice = name and sum(plain == columns.plain(name) for plain in map(columns.plain, own)) > 1
        if twice and groups[place]:
            name = f"{groups[place]} {name}"
        names.append(name or above[place] or _("Column %(letter)s") % {"letter": letter(place)})
    return names


def letter(place: int) -> str:
    """A column as spreadsheets call it: 0 is A, 26 is AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def _order(cell: Cell) -> str:
    found = NUMERIC_DATE.match(cell) if isinstance(cell, str) else None
    if not found:
        return ""
    first, second = int(found[1]), int(found[2])
    if first > 12 >= second:
        return "day"
    if second > 12 >= first:
        return "month"
    return "either"


def _decided(orders: set[str]) -> str:
    """``day`` or ``month`` first where the file shows it, ``ask`` where it does not, nothing without such dates."""
    told = orders - {"either"}
    if len(told) == 1:
        return told.pop()
    return "ask" if orders else ""
