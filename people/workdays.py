"""Counting in working days: pure arithmetic. No database, no clock; callers pass the day.

A working day is one of the organisation's week that is neither a public holiday nor a closing day of its own.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta

LOOKS = 3660  # days; who works no day in ten years works none at all


class NeverWorks(ValueError):
    """No working day was found within ten years: the week or the closing days are wrong."""


@dataclass(frozen=True)
class Calendar:
    """When an organisation works. ``week`` counts as ``date.weekday()``: 0 is Monday."""

    week: Container[int] = frozenset({0, 1, 2, 3, 4})
    holidays: Container[date] = frozenset()
    closing_days: Container[date] = frozenset()


def is_working_day(day: date, calendar: Calendar) -> bool:
    return day.weekday() in calendar.week and day not in calendar.holidays and day not in calendar.closing_days


def add_working_days(day: date, n: int, calendar: Calendar) -> date:
    """The n-th working day after a day, or before it when n is negative; the day itself is not counted.

    With n = 0 it is the day itself if one works on it, otherwise the next working day.
    """
    step = timedelta(days=-1 if n < 0 else 1)
    missing = abs(n)
    if missing == 0:
        day, missing = day - step, 1
    looked = 0
    while missing:
        day += step
        looked += 1
        if is_working_day(day, calendar):
            missing -= 1
            looked = 0
        elif looked > LOOKS:
            raise NeverWorks
    return day


def working_days_between(first: date, last: date, calendar: Calendar) -> int:
    """How many working days there are from one day to another, both counted; none if the last is before the first."""
    return sum(is_working_day(first + timedelta(days=n), calendar) for n in range((last - first).days + 1))
