"""Records of the worker's jobs: when each last ran, how long, what it did, and its last error."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from people.models import JobRun

log = logging.getLogger(__name__)

UPSERT = """
INSERT INTO people_jobrun
    (name, runs, started_at, milliseconds, done, worked_at, failures, failed_at, error)
VALUES (%(name)s, 1, %(started)s, %(ms)s, %(done)s, %(worked)s, %(failures)s, %(failed)s, %(error)s)
ON CONFLICT (name) DO UPDATE SET
    runs = people_jobrun.runs + 1, started_at = excluded.started_at, milliseconds = excluded.milliseconds,
    done = excluded.done, worked_at = coalesce(excluded.worked_at, people_jobrun.worked_at),
    failures = people_jobrun.failures + excluded.failures,
    failed_at = coalesce(excluded.failed_at, people_jobrun.failed_at),
    error = CASE WHEN excluded.failures > 0 THEN excluded.error ELSE people_jobrun.error END
"""


class Running:
    """When the job of this process began; a worker's process runs one at a time."""

    started: datetime | None = None
    clock = 0.0


def begin() -> None:
    Running.started, Running.clock = timezone.now(), time.monotonic()


def end(name: str, *, done: int = 0, error: BaseException | None = None) -> None:
    """Write down how a job went; where the database is away, that the job failed is in the log."""
    now = timezone.now()
    values: dict[str, Any] = {
        "name": name[: JobRun._meta.get_field("name").max_length],
        "started": Running.started or now,
        "ms": int((time.monotonic() - Running.clock) * 1000) if Running.started else 0,
        "done": done,
        "worked": now if done else None,
        "failures": int(error is not None),
        "failed": now if error is not None else None,
        "error": type(error).__name__[:100] if error is not None else "",
    }
    Running.started = None
    try:
        with connection.cursor() as cursor:
            cursor.execute(UPSERT, values)
    except DatabaseError:
        log.warning("the run of %s could not be recorded", name)
