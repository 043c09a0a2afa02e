"""The only writer of the ledger."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from people import clock
from people.models import LedgerEntry, Person


def record(
    verb: str,
    *,
    by: Person | None,
    case_id: int | None = None,
    number: int | None = None,
    acting_as: str = "",
    reason: str = "",
    **facts: Any,
) -> LedgerEntry:
    """Write one entry in the caller's transaction; ``by=None`` is the calendar."""
    part, in_name_of = by.acting_in.get(case_id, ("", "")) if by and case_id else ("", "")
    if in_name_of:
        facts["in_name_of"] = in_name_of
    return LedgerEntry.objects.create(
        at=clock.now(),
        verb=verb,
        actor_id=by.pk if by else None,
        actor_name=by.full_name if by else str(_("the calendar")),
        acting_as=acting_as or part,
        case_id=case_id,
        number=number,
        reason=reason,
        facts=facts,
    )
