"""Rows of a file as lines that have been read: by the chosen columns, through the form that a page would use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from people.forms.imports import OrganisationRow, PersonRow, RowForm
from people.imports import cells
from people.imports.columns import SECRET
from people.imports.files import Cell, Row
from people.models import Fate, ImportKind, ImportRow

DAYS = ("started_on", "contract_ends_on", "probation_ends_on", "valid_from")
AMOUNTS = ("weekly_hours", "annual_salary")
TEXTS = {"address", "visiting_address"}  # of several lines
ROW = "row"  # errors of a row as a whole


@dataclass
class Line:
    """One row: what it says, what is wrong with it by field, what becomes of it; ``plan`` is for who writes it."""

    number: int
    values: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    fate: str = ""
    changes: list[str] = field(default_factory=list)
    plan: Any = None

    @property
    def is_good(self) -> bool:
        return not self.errors

    def refuse(self, name: str, sentence: str) -> None:
        """The first thing wrong with a field stays."""
        self.errors.setdefault(name, str(sentence))
        self.fate, self.changes, self.plan = Fate.REFUSED.value, [], None


def read(
    kind: str, rows: Iterable[Row], mapping: dict[str, int], width: int, options: dict[str, str]
) -> Iterator[Line]:
    """Lines of a file, one after the other; ``width`` is how many columns the header has."""
    form: RowForm = PersonRow() if kind == ImportKind.PEOPLE else OrganisationRow()
    for number, found in rows:
        given = {name: found[at] for name, at in mapping.items() if at < len(found) and found[at] != ""}
        line = Line(number, {})
        words = _words(given, options)
        if form.take(words):
            line.values = {name: value for name, value in form.cleaned_data.items() if value not in (None, "", [])}
        else:
            cleaned = form.cleaned_data
            line.values = {n: cleaned.get(n) or ("" if n in SECRET else w) for n, w in words.items()}
            for name, errors in form.errors.items():
                line.refuse(name, str(errors[0]) if words.get(name) else _("Missing."))
        _check_cells(line, found, mapping, width)
        yield line


def _check_cells(line: Line, found: list[Cell], mapping: dict[str, int], width: int) -> None:
    if len(found) > width:
        line.refuse(ROW, _("This row has more cells than the header."))
    for name, at in mapping.items():
        if at < len(found) and found[at] in cells.ERRORS:
            line.refuse(name, _("The cell holds an error of the spreadsheet: %(error)s.") % {"error": found[at]})


def _words(given: dict[str, Cell], options: dict[str, str]) -> dict[str, str]:
    """What the form is given: text of each field, dates as ISO, numbers with a point."""
    month_first = options.get("date_order") == "month"
    words: dict[str, str] = {}
    for name, cell in given.items():
        if name in DAYS:
            words[name] = cells.day(cell, month_first=month_first)
        elif name in TEXTS:
            words[name] = cells.lines(cell)
        else:
            words[name] = cells.text(cell)
    _names(words)
    _amounts(words, given, options)
    if "country" in words:
        words["country"] = cells.country(words["country"])
    if "contract_type" in words:
        words["contract_type"] = cells.contract_type(words["contract_type"])
    if "kind" in words:
        words["kind"] = cells.organisation_kind(words["kind"])
    for name in ("email", "line_manager"):
        if name in words:
            words[name] = words[name].removeprefix("mailto:").strip("<> ")
    return words


def _names(words: dict[str, str]) -> None:
    """First and last name make the name; “Duarte, Ana” is turned round."""
    first, last = words.pop("first_name", ""), words.pop("last_name", "")
    if first or last:
        words["full_name"] = f"{first} {last}".strip()
    elif words.get("full_name", "").count(",") == 1:
        last, _comma, first = words["full_name"].partition(",")
        words["full_name"] = f"{first.strip()} {last.strip()}".strip()


def _amounts(words: dict[str, str], given: dict[str, Cell], options: dict[str, str]) -> None:
    if "weekly_hours" in given:
        words["weekly_hours"] = cells.number(given["weekly_hours"])
    share = words.pop("fte", "")
    if share and "weekly_hours" not in words:
        words["weekly_hours"] = cells.hours_of(given["fte"], Decimal(options.get("full_time_hours", "40")))
    if "annual_salary" in given:
        amount, currency = cells.money(given["annual_salary"])
        words["annual_salary"] = amount
        if currency and not words.get("salary_currency"):
            words["salary_currency"] = currency


def packed(values: dict[str, Any]) -> dict[str, Any]:
    """Values as they are kept between check and writing."""
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }


def unpacked(row: ImportRow) -> Line:
    """A line out of a row that was found good; what the world says to it is asked again."""
    values = dict(row.values)
    for name in DAYS:
        if name in values:
            values[name] = date.fromisoformat(values[name])
    for name in AMOUNTS:
        if name in values:
            values[name] = Decimal(values[name])
    return Line(row.number, values)
