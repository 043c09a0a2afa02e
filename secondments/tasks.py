"""Celery tasks of this house; beat runs them as config/celery.py says."""

from celery import shared_task

from secondments import reminders
from secondments.actions import calendar


@shared_task(name="secondments.advance")
def advance() -> int:
    """What the calendar does by itself."""
    return calendar.advance()


@shared_task(name="secondments.remind")
def remind() -> int:
    """Write the reminders that are due to the outbox."""
    return reminders.remind()
