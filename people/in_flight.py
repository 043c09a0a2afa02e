"""A mail is being sent, or its reason goes: never both at once.

Whoever sends a mail, and whoever calls it off, first takes a lock on its number that lasts as long as their
transaction. The sender leaves what another holds to the next sweep. Who calls off waits for the mail server, yet no
longer than ``PATIENCE``, as somebody's request stands behind it; what takes longer than that may arrive after all.
The locks are PostgreSQL's advisory ones: they hold no row, so that nothing else ever waits for a mail server.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta

from django.db import connection

PATIENCE = timedelta(seconds=0.5)
PAUSE = timedelta(milliseconds=5)


def hold(pks: Iterable[int]) -> set[int]:
    """Take the locks of these notices that are free; whose were taken. Inside a transaction, until it ends."""
    wanted = sorted(pks)
    if not wanted:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pk FROM unnest(%s::bigint[]) AS pk WHERE pg_try_advisory_xact_lock(hashtextextended('notice', pk))",
            [wanted],
        )
        return {pk for (pk,) in cursor.fetchall()}


def hold_patiently(pks: Iterable[int]) -> None:
    """Take the locks of all of these; what is being sent meanwhile is waited for, up to ``PATIENCE`` in all."""
    left = set(pks)
    until = time.monotonic() + PATIENCE.total_seconds()
    while left := left - hold(left):
        if time.monotonic() > until:
            return
        time.sleep(PAUSE.total_seconds())
