"""The evaluations of a case side by side: one row for each objective, skill and question, one column for each party."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.utils.translation import gettext as _

from people.models.labels import label
from secondments.actions.evaluations import RATINGS
from secondments.models import Evaluation, Secondment


@dataclass(frozen=True)
class Cell:
    """What one party says: in short, and with what shows it."""

    short: str = ""
    more: str = ""
    who: str = ""


@dataclass(frozen=True)
class Row:
    title: str
    cells: Sequence[Cell]
    group: str = ""


@dataclass(frozen=True)
class Table:
    """Columns in the order of the evaluations given; rows grouped under a heading each."""

    columns: Sequence[Evaluation]
    groups: Sequence[tuple[str, Sequence[Row]]]


def of(case: Secondment, evaluations: Sequence[Evaluation]) -> Table:
    """Those that are handed in among ``evaluations``, which the reader may read; two queries for the rows' titles."""
    found = [evaluation for evaluation in evaluations if evaluation.completed_at]

    def row(title: str, cell: Callable[[Evaluation], Cell]) -> Row:
        return Row(title, [replace(cell(one), who=str(one.get_party_display())) for one in found])

    objectives = [row(one.text, partial(_result, objective=one.pk)) for one in case.objectives.all()]
    skills = [row(one.name, partial(_levels, skill=one.pk)) for one in case.skills.all()]
    ratings = [row(label(Evaluation(), name), partial(_rating, name=name)) for name in RATINGS]
    words = [
        row(_("What worked well, and what did not?"), lambda e: Cell(more=e.what_worked)),
        row(_("Which skills were gained?"), lambda e: Cell(more=e.skills)),
        row(_("Would you do it again?"), lambda e: Cell(_again(e))),
    ]
    groups = [(_("Objectives"), objectives), (_("Skills, before and now"), skills), (_("Ratings"), ratings)]
    return Table(found, [(title, rows) for title, rows in [*groups, (_("In words"), words)] if rows])


def _result(evaluation: Evaluation, objective: int) -> Cell:
    found = next((row for row in evaluation.results.all() if row.objective_id == objective), None)
    return Cell(str(found.get_result_display()), found.evidence) if found else Cell()


def _levels(evaluation: Evaluation, skill: int) -> Cell:
    found = next((row for row in evaluation.skill_results.all() if row.skill_id == skill), None)
    return Cell(f"{found.get_before_display()} → {found.get_after_display()}") if found else Cell()


def _rating(evaluation: Evaluation, name: str) -> Cell:
    value = getattr(evaluation, name)
    return Cell(f"{getattr(evaluation, f'get_{name}_display')()} ({value}/5)") if value else Cell()


def _again(evaluation: Evaluation) -> str:
    return {True: _("Yes"), False: _("No"), None: ""}[evaluation.would_repeat]
