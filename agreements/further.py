"""Further papers of a case: variations, the letter of an early end; and what each paper is worth now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agreements import drafting, varying
from agreements.models import Agreement
from agreements.states import ENDED, OPEN, PaperKind, PaperState
from people import clock, ledger
from people.models import Person
from secondments import transitions
from secondments.actions import variations, wishes
from secondments.choices import Part
from secondments.guards import Refusal
from secondments.models import Secondment
from secondments.policies import parts_of
from secondments.transitions import NotAllowed, Refused


@transaction.atomic
def vary(
    secondment: Secondment,
    *,
    by: Person,
    changes: dict[str, Any],
    reason: str,
    exception: str = "",
    effective: date | None = None,
) -> Agreement:
    """Open the next variation of a signed agreement, with what it changes in the case; one is open at a time.

    ``effective`` is the day on which it takes effect, today where none is given; the paper says it, and can be edited.
    An extension against which the policy speaks needs ``exception``, the reason why it is made all the same.
    """
    case = transitions.lock(secondment.pk)
    _require(case, by)
    varying.in_force(case)
    if not reason.strip():
        raise Refused(Refusal(_("Give a reason."), "reason"))
    if case.agreements.filter(kind=PaperKind.VARIATION, state__in=OPEN).exists():
        raise Refused(_("A variation of this agreement is open already: finish it, or call it off, first."))
    refusals = variations.explain(case, changes)
    if refusals:
        raise Refused(*refusals)
    against = wishes.findings(case, variations.read(changes).get("end_on"))
    if against and not exception.strip():
        raise Refused(
            *(Refusal(sentence, "end_on") for sentence in against),
            Refusal(_("Say why it is extended although the policy speaks against it."), "exception"),
        )
    if against:
        ledger.record("wish.except", by=by, case_id=case.pk, reason=exception.strip(), rules=len(against))
    given = {"variation_reason": reason.strip(), "variation_effective": str(effective or clock.today(case.zone))}
    return drafting.draft(case, by=by, kind=PaperKind.VARIATION, changes=changes, given=given)


@transaction.atomic
def write_letter(secondment: Secondment, *, by: Person) -> Agreement:
    """Draft the letter of an early end, where none is open or signed."""
    case = transitions.lock(secondment.pk)
    _require(case, by)
    if case.ended_early_at is None:
        raise Refused(_("This secondment was not ended early."))
    if not letter_is_missing(case.agreements.all()):
        raise Refused(_("There is a letter already."))
    return drafting.draft(case, by=by, kind=PaperKind.EARLY_END)


def letter_is_missing(papers: Iterable[Agreement]) -> bool:
    return not any(row.kind == PaperKind.EARLY_END and row.state not in ENDED for row in papers)


def worth(paper: Agreement, papers: Iterable[Agreement]) -> tuple[str, str]:
    """What a paper is worth now: a tone and a word."""
    if paper.state in ENDED:
        return "neutral", str(paper.get_state_display())
    if paper.state != PaperState.SIGNED:
        return "progress", str(paper.get_state_display())
    later = [row for row in papers if row.state == PaperState.SIGNED and row.number > paper.number]
    if paper.kind in {PaperKind.AGREEMENT, PaperKind.VARIATION} and any(r.kind == PaperKind.VARIATION for r in later):
        return "good", _("In force, as varied")
    return "good", _("In force")


def _require(case: Secondment, by: Person) -> None:
    if Part.HR_SECONDER not in parts_of(case, by):
        raise NotAllowed(_("Only HR of the seconder prepares the terms."))
