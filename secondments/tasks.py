"""Celery tasks of this house; beat runs them as config/celery.py says."""

from celery import shared_task

from secondments import beside_reminders, reminders
from secondments.actions import calendar


@shared_task(name="secondments.advance")
def advance() -> int:
    """What the calendar does by itself."""
    return calendar.advance()


@shared_task(name="secondments.remind")
def remind() -> int:
    """Write the reminders that are due to the outbox."""
    return reminders.remind()


@shared_task(name="secondments.count_days")
def count_days() -> int:
    """Look once a day which thresholds of days abroad come near."""
    return beside_reminders.count_days()
