"""The only writer of the ledger, and the only one who takes words out of it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
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
    return LedgerEntry.objects.create(
        at=clock.now(),
        verb=verb,
        actor_id=by.pk if by else None,
        actor_name=by.full_name if by else str(_("the calendar")),
        acting_as=acting_as,
        case_id=case_id,
        number=number,
        reason=reason,
        facts=facts,
    )


def forget(person: Person, *, cases: Iterable[int] = ()) -> None:
    """Take the words out of what a person did, and out of all that was done in these cases: who, why, what exactly.

    That something was done stays, with its moment and verb. The owner of the tables does it through a function
    of the database, as the application's role may only add.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_words(%s, %s)", [person.pk, sorted(cases)])
