"""How a sweep goes through many rows: light ones first, in batches, each held while its reminder is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from people import clock
from people.models import Notice
from people.notify import Message, queue_quietly

BATCH = 500
HELD = 100  # rows that a sweep keeps from others at a time
# What a message about a case names, for rows that belong to one.
CASE = ("secondment__seconder", "secondment__owner", "secondment__secondee", "secondment__host",
        "secondment__line_manager")  # fmt: skip

T = TypeVar("T")
M = TypeVar("M", bound=Model)


def latest_day() -> date:
    """The furthest day that it can be somewhere now: no zone is more than 14 hours ahead of UTC."""
    return (clock.now() + timedelta(hours=14)).date()


def batches(rows: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """So many rows at a time, as they come."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


def told(keys: Iterable[str]) -> set[str]:
    """Which of these reminders were written before."""
    return set(Notice.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def tell_of_each(pending: QuerySet[M], messages: Callable[[M], Iterable[Message]], *, named: Iterable[str] = ()) -> int:
    """Write the reminders of each row that is still pending once it is held; returns how many were new.

    A row that somebody else holds is being answered, or told of by another sweep: it is left to the next one.
    """
    written = 0
    for pks in batches(pending.values_list("pk", flat=True).iterator(chunk_size=BATCH), HELD):
        with transaction.atomic():
            held = pending.filter(pk__in=pks).select_for_update(of=("self",), no_key=True, skip_locked=True)
            rows = held.select_related(*named).order_by("pk")
            written += queue_quietly(*(message for row in rows for message in messages(row)))
    return written
