"""What one reader of a case is to do in it now, what is due first coming first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from people.models import Person
from secondments import policies
from secondments.choices import Part, Party
from secondments.models import CheckIn, ChecklistItem, Evaluation, Secondment
from secondments.states import PLACED, WITH_PLACEMENT, State

MOST = 5  # items of checklists that are named; all of them stand on the lists below


@dataclass(frozen=True)
class Step:
    """One thing to do: in a sentence, the word on its button, where it leads, until when."""

    sentence: str
    action: str
    path: str
    due_on: date | None


def of(
    case: Secondment,
    person: Person,
    parts: frozenset[Part],
    *,
    checkins: Iterable[CheckIn],
    items: Iterable[ChecklistItem],
    evaluations: Iterable[Evaluation],
    until: date,
) -> list[Step]:
    """Out of the rows that the page has read anyway: those due up to ``until``; the database is asked nothing."""
    steps = [
        *_evaluations(case, parts, evaluations),
        *_checkins(case, parts, checkins, until),
        *_items(case, person, parts, items, until),
    ]
    return sorted(steps, key=lambda step: step.due_on or until)


def _evaluations(case: Secondment, parts: frozenset[Part], rows: Iterable[Evaluation]) -> Iterator[Step]:
    if case.state != State.REVIEW or case.review_concluded_at:
        return
    for row in rows:
        if not row.completed_at and policies.may_evaluate(row, parts):
            path = reverse("evaluate", args=[case.key, row.party])
            yield Step(_("Look back at the secondment"), _("Evaluate"), path, row.due_on)


def _checkins(case: Secondment, parts: frozenset[Part], rows: Iterable[CheckIn], until: date) -> Iterator[Step]:
    if case.state not in PLACED:
        return
    for row in rows:
        if not row.completed_at and row.due_on <= until and policies.may_answer(row, parts):
            path = reverse("checkin", args=[case.key, row.pk])
            yield Step(_("Check in: how is it going?"), _("Check in"), path, row.due_on)


def _items(
    case: Secondment, person: Person, parts: frozenset[Part], rows: Iterable[ChecklistItem], until: date
) -> Iterator[Step]:
    if case.state not in WITH_PLACEMENT:
        return
    theirs = [
        row
        for row in rows
        if not row.done_at
        and row.due_on
        and row.due_on <= until
        and (row.owner_id == person.pk or (not row.owner_id and parts & policies.PARTS_OF_PARTY[Party(row.party)]))
    ]
    for row in sorted(theirs, key=lambda item: item.due_on or until)[:MOST]:
        yield Step(row.title, _("Open"), reverse("checklist_item", args=[case.key, row.pk]), row.due_on)
