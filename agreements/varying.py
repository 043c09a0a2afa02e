"""Variations: what a further paper changes, and the consolidated text of an agreement with all of them.

A version of a variation is made of the whole agreement as it would then be; its terms are only what differs from
the agreement as it is in force: particulars before and after, the new text of each clause that changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agreements import clauses, composing
from agreements.composing import Matter
from agreements.models import Agreement
from agreements.states import PaperKind, PaperState
from people import clock
from secondments.guards import Refusal
from secondments.models import Secondment
from secondments.transitions import Refused

INTRO = "variation"


def signed(secondment: Secondment) -> QuerySet[Agreement]:
    """The variations of a case that all have signed, oldest first."""
    return secondment.agreements.filter(kind=PaperKind.VARIATION, state=PaperState.SIGNED).order_by("number")


def in_force(secondment: Secondment) -> Agreement:
    """The last signed paper that says what is agreed: the newest variation, else the agreement itself."""
    found = (
        secondment.agreements.filter(kind__in=[PaperKind.AGREEMENT, PaperKind.VARIATION], state=PaperState.SIGNED)
        .select_related("current", "current__enclosure")
        .order_by("number")
        .last()
    )
    if found is None:
        raise Refused(Refusal(_("There is no signed agreement yet that could be varied."), ""))
    found.secondment = secondment
    return found


def base(secondment: Secondment) -> Matter:
    """What the agreement in force is made of."""
    paper = in_force(secondment)
    assert paper.current
    found = Matter.of(paper.current)
    return replace(found, clauses=tuple(clause for clause in found.clauses if clause.key != INTRO))


def consolidated(secondment: Secondment, until: Agreement | None = None) -> dict[str, Any]:
    """The agreement as a whole with its signed variations, or as it will be with one that is not signed yet.

    For reading only: what binds are the papers that were signed.
    """
    paper = until or in_force(secondment)
    paper.secondment = secondment
    assert paper.current
    matter = Matter.of(paper.current)
    matter = replace(matter, clauses=tuple(clause for clause in matter.clauses if clause.key != INTRO))
    whole = Agreement(
        secondment=secondment,
        number=1,
        kind=PaperKind.AGREEMENT,
        pack=paper.pack,
        language=paper.language,
        title=_("Secondment agreement, consolidated"),
        changes=paper.changes,
    )
    found = composing.terms(whole, paper.current.number, matter)
    found["document"]["number"] = paper.reference
    return found


def terms(agreement: Agreement, number: int, matter: Matter) -> dict[str, Any]:
    """The terms of a variation: its introduction, what changes in the particulars, each clause that reads otherwise."""
    secondment = agreement.secondment
    before_matter = base(secondment)
    now_known = composing.facts_of(agreement, matter)
    # Signed variations have changed the case itself, so nothing is laid over it.
    unchanged = Agreement(secondment=secondment, number=1, kind=PaperKind.AGREEMENT)
    then_known = composing.facts_of(unchanged, before_matter)
    intro = matter.by_key.get(INTRO) or clauses.special(INTRO)
    rows = [composing.clause_terms(1, intro, matter, now_known)]
    old = {clause.key: (place, clause) for place, clause in enumerate(before_matter.clauses, start=1)}
    for place, clause in enumerate((c for c in matter.clauses if c.key != INTRO), start=1):
        was = old.pop(clause.key, None)
        rows += _changed(len(rows) + 1, clause, place, was, matter, before_matter, now_known, then_known)
    rows += [_removed(len(rows) + 1 + n, place, clause) for n, (place, clause) in enumerate(old.values())]
    return {
        "document": {
            "number": agreement.reference,
            "title": agreement.title,
            "version": number,
            "language": agreement.language,
            "prepared_on": clock.today(secondment.zone).isoformat(),
            "varies": composing.base_reference(agreement),
        },
        "parties": composing.parties(agreement, now_known, matter),
        "particulars": _particulars(agreement, unchanged, now_known, then_known),
        "clauses": [*rows, _effect(len(rows) + 1)],
        "schedules": composing.lettered(matter.schedules),
    }


def _changed(
    number: int,
    clause: clauses.Clause,
    place: int,
    was: tuple[int, clauses.Clause] | None,
    matter: Matter,
    before: Matter,
    now_known: dict[str, str],
    then_known: dict[str, str],
) -> list[dict[str, Any]]:
    new = [row["text"] for row in composing.clause_terms(place, clause, matter, now_known)["paragraphs"]]
    if was is None:
        lead = _("A new clause “%(title)s” is added to the agreement:") % {"title": clause.title}
        return [_row(number, clause.key, clause.title, [lead, *new])]
    old_place, old_clause = was
    old = [row["text"] for row in composing.clause_terms(old_place, old_clause, before, then_known)["paragraphs"]]
    if old == new:
        return []
    lead = _("Clause %(n)d (“%(title)s”) of the agreement reads from now on:") % {"n": old_place, "title": clause.title}
    return [_row(number, clause.key, clause.title, [lead, *new])]


def _removed(number: int, place: int, clause: clauses.Clause) -> dict[str, Any]:
    text = _("Clause %(n)d (“%(title)s”) of the agreement no longer applies.") % {"n": place, "title": clause.title}
    return _row(number, clause.key, clause.title, [text])


def _row(number: int, key: str, title: str, texts: list[str]) -> dict[str, Any]:
    paragraphs = [{"number": f"{number}.{n}", "text": text} for n, text in enumerate(texts, start=1)]
    return {"number": number, "key": key, "title": title, "paragraphs": paragraphs}


def _effect(number: int) -> dict[str, Any]:
    clause = clauses.special("effect")
    return _row(number, clause.key, clause.title, list(clause.paragraphs))


def _particulars(
    agreement: Agreement, unchanged: Agreement, now_known: dict[str, str], then_known: dict[str, str]
) -> list[dict[str, str]]:
    """Only those that change, with what they were."""
    then = {row["label"]: row["value"] for row in composing.particulars(unchanged, then_known)}
    now = {row["label"]: row["value"] for row in composing.particulars(agreement, now_known)}
    return [
        {
            "label": label,
            "value": _("%(new)s (before: %(old)s)") % {"new": now.get(label, "–"), "old": then.get(label, "–")},
        }
        for label in {**then, **now}
        if then.get(label) != now.get(label)
    ]
