"""What the agreements house does when a case changes its state; connected to the one signal that points up."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from agreements import drafting, papers, signing
from agreements.states import OPEN, PaperState
from people.models import Person
from secondments.choices import Part
from secondments.models import Secondment
from secondments.signals import renaming, transitioned
from secondments.transitions import Refused


def connect() -> None:
    transitioned.connect(follow, dispatch_uid="agreements.follow")
    renaming.connect(hold_signatories, dispatch_uid="agreements.hold_signatories")


def follow(sender: type, secondment: Secondment, name: str, by: Person | None, reason: str, **rest: Any) -> None:
    """An approved case gets its first draft; a withdrawn one voids its open papers, in the same transaction."""
    if name == "approve":
        drafting.draft(secondment, by=None)
    elif name == "withdraw":
        for agreement in secondment.agreements.filter(state__in=OPEN):
            signing.void(papers.lock(agreement.pk), by=by, reason=reason)


def hold_signatories(sender: type, secondment: Secondment, part: Part, **rest: Any) -> None:
    """Who signs a paper stands in it: while one is out for signature, or signed, nobody else can be named."""
    if part not in {Part.SIGNATORY_HOST, Part.SIGNATORY_SECONDER}:
        return
    if secondment.agreements.filter(state__in=[PaperState.SIGNING, PaperState.SIGNED]).exists():
        raise Refused(
            _("The agreement that is out names who signs it: take the terms up again first, then name somebody else.")
        )
