"""The only writer of the ledger.

The database links each entry to the one before it in its chain (the case, or the one chain of all that is beside
cases), and holds that chain until the transaction ends. Whoever writes an entry beside the cases therefore writes
it last, and locks what else it needs before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from people import clock
from people.models import LedgerEntry, LedgerWords, Person


@transaction.atomic
def record(
    verb: str,
    *,
    by: Person | None,
    case_id: int | None = None,
    number: int | None = None,
    subject: Person | None = None,
    acting_as: str = "",
    reason: str = "",
    **facts: Any,
) -> LedgerEntry:
    """Write one entry in the caller's transaction; ``by=None`` is the calendar, ``subject`` whom it is about."""
    part, in_name_of = by.acting_in.get(case_id, ("", "")) if by and case_id else ("", "")
    if in_name_of:
        facts["in_name_of"] = in_name_of
    words = LedgerWords.objects.create(
        actor_name=by.full_name if by else str(_("the calendar")), reason=reason, facts=facts
    )
    return LedgerEntry.objects.create(
        at=clock.now(),
        verb=verb,
        actor_id=by.pk if by else None,
        acting_as=acting_as or part,
        case_id=case_id,
        number=number,
        subject_id=subject.pk if subject else None,
        words=words,
    )


KEPT = ("ledger.anchor", "ledger.erase")  # they prove the others, and name nobody


@transaction.atomic
def forget(person: Person, *, by: Person | None, cases: Iterable[int] = ()) -> int:
    """Erase the words of all that a person did, that is about them, or was done in these cases; returns how many.

    The rows stay, and their chains prove as before. Which entries lost their words is an entry itself: words that
    were erased by any other way are found by ``manage.py verify_ledger``.
    """
    theirs = LedgerEntry.objects.filter(
        Q(actor_id=person.pk) | Q(subject_id=person.pk) | Q(case_id__in=sorted(cases))
    ).exclude(verb__in=KEPT)
    found = list(theirs.filter(words__erased_at__isnull=True).order_by("pk").values_list("pk", "words_id"))
    LedgerWords.objects.filter(pk__in=[words for _entry, words in found]).update(
        actor_name="", reason="", facts={}, salt="", erased_at=clock.now()
    )
    if found:
        record("ledger.erase", by=by, subject=person, entries=[entry for entry, _words in found])
    return len(found)
