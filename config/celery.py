"""The Celery application and all that runs by the clock, on one screen.

Nothing is scheduled with eta or countdown: each task scans for what is due and not done, so that a lost
message, a wiped Redis or a long outage costs time and nothing else.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun, worker_process_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("tripartite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["config"], related_name="heartbeat")

SWEEP, HEARTBEAT, ANCHOR = 10.0, 10.0, 600.0  # seconds
DAILY = crontab(hour=3, minute=20)  # UTC
HOURLY = 3600.0
CALENDAR = settings.CALENDAR_SECONDS

app.conf.beat_schedule = {
    "heartbeat": {"task": "config.heartbeat", "schedule": HEARTBEAT, "options": {"expires": HEARTBEAT}},
    "deliver-notices": {"task": "people.deliver_notices", "schedule": SWEEP, "options": {"expires": SWEEP}},
    "run-imports": {"task": "people.run_imports", "schedule": SWEEP, "options": {"expires": SWEEP}},
    "erase-imports": {"task": "people.erase_imports", "schedule": HOURLY, "options": {"expires": HOURLY}},
    "sweep-sign-in": {"task": "people.sweep_sign_in", "schedule": HOURLY, "options": {"expires": HOURLY}},
    "make-documents": {"task": "agreements.make_documents", "schedule": SWEEP, "options": {"expires": SWEEP}},
    "sweep-signing": {"task": "agreements.sweep_signing", "schedule": CALENDAR, "options": {"expires": CALENDAR}},
    "renew-seals": {"task": "agreements.renew_seals", "schedule": DAILY},
    # Looks every ten minutes whether the day's anchor is written.
    "anchor-ledger": {"task": "people.anchor_ledger", "schedule": ANCHOR, "options": {"expires": ANCHOR}},
    "end-support": {"task": "people.end_support", "schedule": CALENDAR, "options": {"expires": CALENDAR}},
    "make-data-copies": {"task": "people.make_data_copies", "schedule": SWEEP, "options": {"expires": SWEEP}},
    "sweep-personal-data": {"task": "people.sweep_personal_data", "schedule": DAILY},
    "advance": {"task": "secondments.advance", "schedule": CALENDAR, "options": {"expires": CALENDAR}},
    "count-days": {"task": "secondments.count_days", "schedule": DAILY},
    "remind": {"task": "secondments.remind", "schedule": CALENDAR, "options": {"expires": CALENDAR}},
}


@before_task_publish.connect
def mark_beat(sender: str = "", **kwargs: Any) -> None:
    """The scheduler shows that it is alive by publishing the heartbeat."""
    if sender == "config.heartbeat":
        from config.heartbeat import beat

        beat("scheduler")


@task_prerun.connect
def bind_task(task_id: str = "", task: Any = None, **kwargs: Any) -> None:
    """Each line of a task carries its name and id."""
    from config import logs

    logs.begin(task=task.name, task_id=task_id)
    from config import job_runs

    job_runs.begin()


@task_postrun.connect
def tell_task(task: Any = None, retval: Any = None, state: str | None = None, **kwargs: Any) -> None:
    """One line for a task that found something to do; a sweep that found nothing says nothing. Each run is recorded."""
    import structlog

    if state == "SUCCESS" and isinstance(retval, int) and retval:
        structlog.stdlib.get_logger("config.task").info("task", done=int(retval))
    from config import job_runs

    done = int(retval) if state == "SUCCESS" and isinstance(retval, int) else 0
    job_runs.end(task.name, done=done, error=retval if isinstance(retval, BaseException) else None)
    structlog.contextvars.clear_contextvars()


@setup_logging.connect
def keep_logging(**kwargs: Any) -> None:
    """Django's logging settings hold in the worker too."""


@worker_process_init.connect
def forget_connections(**kwargs: Any) -> None:
    """A forked worker must not share its parent's database connection."""
    from django.db import connections

    connections.close_all()
