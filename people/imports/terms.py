"""What a row changes in somebody's terms of employment: nothing, a correction, or new terms from a day on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people.imports.lines import Line
from people.models import Employment

TERMS = (
    "job_title", "grade", "department", "line_manager", "weekly_hours", "annual_salary", "salary_currency", "location",
)  # fmt: skip
PLAIN = ("employee_number", "contract_type", "started_on", "contract_ends_on", "probation_ends_on")
KEEP, CORRECT, SPLIT, BEGIN = "keep", "correct", "split", "begin"


@dataclass
class Terms:
    """How an employment comes to be as the row says.

    ``keep`` it, ``correct`` it in place, ``split`` it on ``start`` into old and new terms, or ``begin`` one.
    """

    way: str = KEEP
    old: Employment | None = None
    start: date | None = None
    until: date | None = None
    changes: list[str] = field(default_factory=list)


def decide(line: Line, rows: list[Employment], different: list[str], *, correct: bool, today: date) -> Terms:
    """Terms for a row of somebody whose employment at the place has these rows, oldest first.

    ``different`` names what the row says otherwise than the present terms do. A refusal is written to the row.
    """
    present, later = at(rows, today)
    start = line.values.get("valid_from")
    if present is None:
        return _begin(line, rows, start, today)
    terms = Terms(KEEP, present, changes=different)
    if not different:
        return terms
    terms.way, terms.until = CORRECT, present.until
    if correct or not set(different) & set(TERMS):
        return terms
    start = start or max(today, present.since or today)
    if start == present.since:
        return terms
    if later:
        line.refuse(
            "valid_from",
            _("Other terms begin on %(day)s already; change them on this person's page.") % {"day": _day(later.since)},
        )
    elif present.since and start < present.since:
        line.refuse(
            "valid_from",
            _("The present terms hold from %(day)s; a change cannot begin before.") % {"day": _day(present.since)},
        )
    elif present.until and start > present.until:
        line.refuse(
            "valid_from", _("This employment ends on %(day)s; a change begins after.") % {"day": _day(present.until)}
        )
    terms.way, terms.start = SPLIT, start
    return terms


def at(rows: list[Employment], today: date) -> tuple[Employment | None, Employment | None]:
    """The terms of a day, or the first to come; and those after them."""
    open_rows = [row for row in rows if row.until is None or row.until >= today]
    return (open_rows[0], open_rows[1] if len(open_rows) > 1 else None) if open_rows else (None, None)


def _begin(line: Line, rows: list[Employment], start: date | None, today: date) -> Terms:
    """A first employment holds from the day given or from always; one after an earlier, from its start or today."""
    terms = Terms(BEGIN, start=start, changes=["employment"])
    if rows:
        ended = rows[-1].until
        assert ended
        terms.start = start or max(line.values.get("started_on") or today, ended + timedelta(days=1))
        if terms.start <= ended:
            line.refuse(
                "valid_from", _("An earlier employment lasted until %(day)s; begin after.") % {"day": _day(ended)}
            )
    return terms


def _day(value: date | None) -> str:
    return date_format(value, "j F Y") if value else ""


def fields(line: Line) -> dict[str, Any]:
    """What a row says of an employment, without department and line manager, which are looked up."""
    names = set(TERMS + PLAIN) - {"department", "line_manager"}
    return {name: value for name, value in line.values.items() if name in names}
