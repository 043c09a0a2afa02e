"""Signs of life of worker and scheduler, kept in the cache; losing them costs ten seconds of "not ready"."""

from __future__ import annotations

import logging
import time

from celery import shared_task
from django.core.cache import cache

log = logging.getLogger(__name__)

PARTS = ("worker", "scheduler")
STALE_AFTER = 45.0  # seconds


@shared_task(name="config.heartbeat")
def heartbeat() -> None:
    beat("worker")


def beat(part: str) -> None:
    try:
        cache.set(f"heartbeat:{part}", time.time(), 3600)
    except Exception:  # the cache is a convenience: without it the part lives on, unseen
        log.warning("the heartbeat of %s could not be written", part)


def age(part: str) -> float | None:
    """Seconds since the last sign of life; None if there was none."""
    seen = cache.get(f"heartbeat:{part}")
    return None if seen is None else time.time() - seen
