"""The Celery application and all that runs by the clock, on one screen.

Nothing is scheduled with eta or countdown: each task scans for what is due and not done, so that a lost
message, a wiped Redis or a long outage costs time and nothing else.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, setup_logging, worker_process_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("tripartite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["config"], related_name="heartbeat")

SWEEP, HEARTBEAT, HOUR = 10.0, 10.0, 3600.0  # seconds
CALENDAR = settings.CALENDAR_SECONDS

app.conf.beat_schedule = {
    "heartbeat": {"task": "config.heartbeat", "schedule": HEARTBEAT, "options": {"expires": HEARTBEAT}},
    "deliver-notices": {"task": "people.deliver_notices", "schedule": SWEEP, "options": {"expires": SWEEP}},
    "sweep-sign-in": {"task": "people.sweep_sign_in", "schedule": HOUR, "options": {"expires": HOUR}},
    "make-documents": {"task": "agreements.make_documents", "schedule": SWEEP, "options": {"expires": SWEEP}},
    "advance": {"task": "secondments.advance", "schedule": CALENDAR, "options": {"expires": CALENDAR}},
    "remind": {"task": "secondments.remind", "schedule": CALENDAR, "options": {"expires": CALENDAR}},
}


@before_task_publish.connect
def mark_beat(sender: str = "", **kwargs: Any) -> None:
    """The scheduler shows that it is alive by publishing the heartbeat."""
    if sender == "config.heartbeat":
        from config.heartbeat import beat

        beat("scheduler")


@setup_logging.connect
def keep_logging(**kwargs: Any) -> None:
    """Django's logging settings hold in the worker too."""


@worker_process_init.connect
def forget_connections(**kwargs: Any) -> None:
    """A forked worker must not share its parent's database connection."""
    from django.db import connections

    connections.close_all()
