"""Anchors: once a day one entry says how many entries there are, and a digest of all of them since the last anchor.

A chain alone does not show that its end was cut off, or that all of it is gone; the next anchor does. Each anchor's
digest is made of the digest of the anchor before, so that one copy of the newest, kept outside of the database,
proves everything before it. The log is such a copy.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from people import clock, ledger
from people.models import LedgerEntry

log = logging.getLogger(__name__)

VERB = "ledger.anchor"
EVERY = timedelta(days=1)
PATIENCE, PAUSE = 30.0, 0.1  # seconds: how long to wait for a moment in which nobody writes, and between two looks

# From the last anchor on, that one included. %(last)s is its id, or 0; %(digest)s its digest, or nothing.
WINDOW = """
SELECT count(*), encode(sha256(convert_to(
    %(digest)s || encode(sha256(convert_to(coalesce(string_agg(hash, '' ORDER BY id), ''), 'UTF8')), 'hex'),
    'UTF8')), 'hex')
FROM people_ledgerentry WHERE id >= %(last)s
"""


def anchor_if_due() -> bool:
    """Write an anchor when the last is a day old; returns whether one was written."""
    newest = last()
    if newest and clock.now() - newest.at < EVERY:
        return False
    return anchor() is not None


def anchor() -> LedgerEntry | None:
    """Write an anchor and log it; None when there was no quiet moment, and the next run tries again.

    It waits beside the ledger's writers and not in their way: their lock is asked for again and again, never
    queued for.
    """
    until = time.monotonic() + PATIENCE
    while True:
        with transaction.atomic():
            if _alone():
                entry = _write()
                break
        if time.monotonic() > until:
            log.warning("the ledger was written to all the time; its anchor waits for the next run")
            return None
        time.sleep(PAUSE)
    log.warning("ledger anchor %d: %d entries, digest %s", entry.pk, entry.facts["entries"], entry.facts["digest"])
    return entry


def last() -> LedgerEntry | None:
    """The newest anchor."""
    return LedgerEntry.objects.filter(verb=VERB).order_by("-pk").first()


def _alone() -> bool:
    """Hold the ledger against all who write, unless somebody has not finished: what comes before is then settled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('ledger', 0))")
        return bool(cursor.fetchone()[0])


def _write() -> LedgerEntry:
    newest = last()
    before: dict[str, Any] = newest.facts if newest else {"entries": 0, "digest": ""}
    with connection.cursor() as cursor:
        cursor.execute(WINDOW, {"last": newest.pk if newest else 0, "digest": before["digest"]})
        new, digest = cursor.fetchone()
    return ledger.record(VERB, by=None, entries=before["entries"] + new, digest=digest)
