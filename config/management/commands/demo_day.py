"""Moves the demo's clock by days, so that a case can be watched living through its phases."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from people import clock
from people.models import DemoClock
from secondments import beside_reminders, reminders
from secondments.actions import calendar


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("days", type=int, help="how many days to go on, such as +30; 0 tells the day")

    def handle(self, *, days: int, **options: Any) -> None:
        """Each day on the way is lived through here; the last one is left to the worker, within seconds."""
        if not settings.DEMO:
            raise CommandError("The clock of a real installation is not moved; DEMO is off.")
        if days < 0:
            raise CommandError("Time goes one way: give a positive number of days.")
        row, _ = DemoClock.objects.get_or_create(pk=1)
        for step in range(1, days + 1):
            row.days += 1
            row.save()
            clock.forget_shift()
            if step < days:
                moved, reminded = calendar.advance(), reminders.remind() + beside_reminders.count_days()
                if moved or reminded:
                    self.stdout.write(f"{clock.today('UTC')}: {moved} cases moved on, {reminded} reminders written")
        self.stdout.write(
            f"In the demo it is now {clock.today('UTC')}. The worker does this day's work within seconds."
        )
