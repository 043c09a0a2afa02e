"""How a statement of what the host pays reads: its lines, and how each was counted so that it can be counted again.

Who may not know a salary reads pay and on-costs in one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from secondments import placement_policies
from secondments.choices import Part
from secondments.costs import rounded
from secondments.exports import Formula, Table
from secondments.models import Charge
from secondments.recharge import CORRECTION, COVER, EXPENSE, FIXED, HOURS, ITEM, ON_COSTS, SALARY

PAY = frozenset({SALARY, ON_COSTS})


def lines(charge: Charge, parts: frozenset[Part]) -> list[tuple[str, Decimal]]:
    """Label and amount of each line."""
    found: dict[str, Decimal] = {}
    for line in charge.lines:
        label = _label(line["kind"], line["label"], parts)
        found[label] = found.get(label, Decimal(0)) + Decimal(line["amount"])
    return list(found.items())


def _label(kind: str, label: str, parts: frozenset[Part]) -> str:
    if kind in PAY and not parts & placement_policies.CHARGES:
        return _("Salary and on-costs")
    names = {
        SALARY: _("Salary"),
        ON_COSTS: _("On-costs"),
        COVER: _("Cover of the post"),
        FIXED: _("Fixed amount"),
        HOURS: _("Hours worked"),
        CORRECTION: _("Correction of earlier statements"),
    }
    found = label or str(names.get(kind, _("Other")))
    return f"{_('Expense')}: {found}" if kind == EXPENSE else found


def tables(charge: Charge, parts: frozenset[Part]) -> list[Table]:
    """How it was counted: components, working days, and what a correction is made of; those that there are."""
    found = [_components(charge, parts), _days(charge), _corrections(charge)]
    return [table for table in found if table.rows]


def _components(charge: Charge, parts: frozenset[Part]) -> Table:
    """Each from the first day of the placement on, and what of it was charged before this statement."""
    head = [
        _("What for"),
        _("For one"),
        _("How often until %(day)s") % {"day": _day(charge.last_day)},
        _("How often before %(day)s") % {"day": _day(charge.first_day)},
        _("Amount until then"),
        _("Amount before"),
        _("In this statement"),
    ]
    merged: dict[str, list[Any]] = {}
    for kind, label, *texts in charge.working.get("parts", []):
        unit, until, before, sum_until, sum_before = map(Decimal, texts)
        name = _label(kind, label, parts)
        key = name if kind in PAY else f"{name}:{len(merged)}"
        if key in merged:
            row = merged[key]
            merged[key] = [name, row[1] + unit, until, before, row[4] + sum_until, row[5] + sum_before]
        elif kind != ITEM or sum_until != sum_before:
            merged[key] = [name, unit, until, before, sum_until, sum_before]
    rows = [
        [*_shown(row[:4]), *(rounded(n, charge.currency) for n in (row[4], row[5], row[4] - row[5]))]
        for row in merged.values()
    ]
    note = _(
        "Amounts are counted from the first day of the placement and rounded once, half up. A statement is what that "
        "comes to by its last day, less what it had come to before: so all of them together are exactly the whole."
    )
    return Table(_("How it was counted"), head, rows, note)


def _shown(row: list[Any]) -> list[Any]:
    """With so many places that it comes to the penny again."""
    name, unit, until, before = row
    return [name, round(unit, 6), round(until, 8), round(before, 8)]


def _days(charge: Charge) -> Table:
    """Months of pay, stretch by stretch; in a spreadsheet the last column counts itself."""
    head = [
        _("From"),
        _("To"),
        _("Working days of the month"),
        _("Of them counted"),
        _("Share of full-time"),
        _("Raise"),
        _("Months of pay"),
    ]
    rows = list(_stretches(charge))
    note = _(
        "A part of a month counts by its working days: those counted, divided by those of the month, times the share "
        "of full-time, times the raise. Working days are those of the employer, its week and its public holidays, "
        "wherever the work is done. Long absence is not counted where that was agreed."
    )
    return Table(_("Working days"), head, rows, note)


def _stretches(charge: Charge) -> Iterator[list[Any]]:
    for n, (first, last, possible, counted, share, raised) in enumerate(charge.working.get("stretches", []), start=2):
        numbers = [Decimal(share), Decimal(raised)]
        months = Decimal(counted) / max(Decimal(possible), Decimal(1)) * numbers[0] * numbers[1]
        formula = Formula(f"=D{n}/C{n}*E{n}*F{n}", round(months, 8))
        yield [date.fromisoformat(first), date.fromisoformat(last), int(possible), int(counted), *numbers, formula]


def _corrections(charge: Charge) -> Table:
    head = [
        _("Statement"),
        _("From"),
        _("To"),
        _("Counted then"),
        _("Corrected by it"),
        _("Counted now"),
        _("Difference"),
    ]
    rows = []
    for n, first, last, then, corrected, now in charge.working.get("corrected", []):
        off = Decimal(now) - Decimal(then) - Decimal(corrected)
        sums = [Decimal(then), Decimal(corrected), Decimal(now)]
        rows.append([int(n), date.fromisoformat(first), date.fromisoformat(last), *sums, off])
    note = _("Terms, hours, absence or dates changed after these were invoiced; the timeline says when, and by whom.")
    return Table(_("What is corrected"), head, rows, note)


def _day(day: date) -> str:
    return date_format(day, "j M Y")
