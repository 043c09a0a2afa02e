"""What the agreements house does when a case changes its state; connected to the one signal that points up."""

from __future__ import annotations

from typing import Any

from agreements import drafting, papers, signing
from agreements.states import OPEN
from people.models import Person
from secondments.models import Secondment
from secondments.signals import transitioned


def connect() -> None:
    transitioned.connect(follow, dispatch_uid="agreements.follow")


def follow(sender: type, secondment: Secondment, name: str, by: Person | None, reason: str, **_: Any) -> None:
    """An approved case gets its first draft; a withdrawn one voids its open papers, in the same transaction."""
    if name == "approve":
        drafting.draft(secondment, by=None)
    elif name == "withdraw":
        for agreement in secondment.agreements.filter(state__in=OPEN):
            signing.void(papers.lock(agreement.pk), by=by, reason=reason)
