"""Bounds guessing: tries are counted in the database, by address and by sender, whether or not Redis remembers.

A try is written before it is judged and given back when it was right, so that many at once cannot slip through
between counting and judging.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from people.models import Attempt
from people.vault import fingerprint

KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """How many tries of a kind are let through within ``window``."""

    by_address: int
    by_sender: int
    window: timedelta = timedelta(hours=1)


LIMITS = {
    "code_asked": Limit(10, 300),
    "code_wrong": Limit(20, 100),
    "password_wrong": Limit(10, 100),
    "factor_wrong": Limit(10, 100),
    "confirm_wrong": Limit(15, 100),
    "address_asked": Limit(10, 30),
}


def spend(kind: str, *, address: str, sender: str) -> Attempt | None:
    """Count one try; ``None`` when there were too many of its kind. ``delete()`` what turns out right."""
    limit = LIMITS[kind]
    mine = fingerprint("attempt", "address", address.strip().lower())[:32]
    from_there = fingerprint("attempt", "sender", sender)[:32]
    spent = Attempt.objects.create(kind=kind, address=mine, sender=from_there)
    recent = Attempt.objects.filter(Q(address=mine) | Q(sender=from_there), kind=kind)
    found = recent.filter(at__gt=timezone.now() - limit.window).aggregate(
        by_address=Count("pk", filter=Q(address=mine)), by_sender=Count("pk", filter=Q(sender=from_there))
    )
    within = found["by_address"] <= limit.by_address and found["by_sender"] <= limit.by_sender
    return spent if within else None


def sweep() -> int:
    """Remove what no limit looks at any more. Returns how many."""
    return Attempt.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
