"""What the agreements house does when a case changes its state; connected to the one signal that points up."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from agreements import drafting, envelopes, papers, signed_terms
from agreements.states import OPEN, PaperKind, PaperState
from people.models import Person
from secondments import charging, returning
from secondments.choices import Part
from secondments.models import Secondment
from secondments.signals import renaming, transitioned
from secondments.transitions import Refused


def connect() -> None:
    transitioned.connect(follow, dispatch_uid="agreements.follow")
    renaming.connect(hold_signatories, dispatch_uid="agreements.hold_signatories")


def follow(sender: type, secondment: Secondment, name: str, by: Person | None, reason: str, **rest: Any) -> None:
    """An approved case gets its first papers; one that is called off or over voids its open ones; in one transaction.

    What ends early gets its letter drafted.
    """
    if name == "approve":
        drafting.draft(secondment, by=None)
        if secondment.rules.two_papers:
            drafting.draft(secondment, by=None, kind=PaperKind.CONTRACT)
    elif name == "start":
        _go_by_what_was_signed(secondment)
    elif name == "begin_review" and secondment.ended_early_at:
        drafting.draft(secondment, by=None, kind=PaperKind.EARLY_END)
    elif name in {"withdraw", "begin_return", "complete"}:
        for agreement in secondment.agreements.filter(state__in=OPEN).exclude(kind=PaperKind.EARLY_END):
            envelopes.void(papers.lock(agreement.pk), by=by, reason=reason or _("The secondment is over."))


def _go_by_what_was_signed(case: Secondment) -> None:
    """As the agreement has it, and what was varied before the first day."""
    signed = case.agreements.filter(kind__in=[PaperKind.AGREEMENT, PaperKind.VARIATION], state=PaperState.SIGNED)
    recharge: dict[str, Any] = {}
    for paper in signed.select_related("current").order_by("number"):
        recharge |= signed_terms.of_recharge(paper)
        returning.protect(case, signed_terms.protected_until(paper))
    charging.as_signed(case, recharge)


def hold_signatories(sender: type, secondment: Secondment, part: Part, **rest: Any) -> None:
    """Who signs a paper stands in it: while one is out for signature, or signed, nobody else can be named."""
    if part not in {Part.SIGNATORY_HOST, Part.SIGNATORY_SECONDER}:
        return
    papers_out = secondment.agreements.filter(state=PaperState.SIGNING)
    signed = secondment.agreements.filter(kind=PaperKind.AGREEMENT, state=PaperState.SIGNED)
    if papers_out.exists() or (signed.exists() and secondment.started_at is None):
        raise Refused(_("A paper that is out names who signs it: name somebody else there, with a reason."))
