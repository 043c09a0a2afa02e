"""Celery tasks of this house, and how a request asks a worker without waiting for the broker."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task, shared_task
from django.conf import settings

from people import anchors, attempts, delivery, digests, sessions
from people.actions import copies, erasure, support

log = logging.getLogger(__name__)


def ask(task: Task, *args: Any) -> bool:
    """Publish a task in at most about a second; a broker out of reach is logged and the sweep does the work."""
    if getattr(settings, "CELERY_TASK_ALWAYS_ASKED_BY_SWEEP", False):
        return False
    try:
        task.apply_async(args=args, retry=False, ignore_result=True)
    except Exception:  # any fault of the broker: redis, kombu and socket errors have no common base
        log.warning("broker out of reach; %s waits for the next sweep", task.name)
        return False
    return True


@shared_task(name="people.deliver_notices")
def deliver_notices() -> int:
    return delivery.deliver() + digests.deliver()


@shared_task(name="people.anchor_ledger")
def anchor_ledger() -> bool:
    return anchors.anchor_if_due()


@shared_task(name="people.end_support")
def end_support() -> int:
    return support.end_overdue()


@shared_task(name="people.make_data_copies")
def make_data_copies() -> int:
    return copies.make_pending()


@shared_task(name="people.sweep_personal_data")
def sweep_personal_data() -> int:
    """Take away old copies; note whose data are due to be erased."""
    copies.sweep()
    return erasure.find_due()


@shared_task(name="people.run_imports")
def run_imports() -> int:
    """Check, write or undo the imports that wait for it."""
    from people.imports import runs  # forms and spreadsheets, which only the worker needs

    return runs.run_waiting()


@shared_task(name="people.erase_imports")
def erase_imports() -> int:
    """Erase files and rows of imports that ended long ago."""
    from people.imports import batches

    return batches.erase_outlived()


@shared_task(name="people.sweep_sign_in")
def sweep_sign_in() -> int:
    """Remove attempts, sessions and codes that nothing looks at any more."""
    return attempts.sweep() + sessions.sweep()
