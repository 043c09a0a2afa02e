"""How much leave there is, and how much of it some days take: pure arithmetic. Callers pass days and calendars.

Days count as working days of the placement, in halves.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

from people.workdays import Calendar, is_working_day, working_days_between

HALF = Decimal("0.5")
ONE_DAY = timedelta(days=1)
FULL_WEEK = 5  # days; a yearly entitlement is that of somebody who works as many


def days_taken(
    first: date, last: date, works: Calendar, *, from_noon: bool = False, until_noon: bool = False
) -> Decimal:
    """Working days from one day to another, both counted; a half less for each end that is free only half the day."""
    days = Decimal(working_days_between(first, last, works))
    if from_noon and is_working_day(first, works):
        days -= HALF
    if until_noon and is_working_day(last, works):
        days -= HALF
    return days


def entitlement(
    yearly: Decimal, start: date, end: date, days_a_week: int, before: Iterable[tuple[date, int]] = ()
) -> Decimal:
    """What a placement gives: the yearly days by the share of each calendar year, and of a week of five days.

    ``before`` holds how many days a week were worked until the day before a day, oldest first. Rounded up to the half
    day, once for the whole placement.
    """
    share, begins = Fraction(0), start
    for until, week in before:
        ends = min(until - ONE_DAY, end)
        share += _years(begins, ends) * min(week, FULL_WEEK)
        begins = max(begins, until)
    share += _years(begins, end) * min(days_a_week, FULL_WEEK)
    return ceil(Fraction(yearly) * share / FULL_WEEK / Fraction(HALF)) * HALF


def _years(start: date, end: date) -> Fraction:
    """A span as a share of each calendar year that it touches; nothing where it ends before it begins."""
    found = Fraction(0)
    for year in range(start.year, end.year + 1):
        first, last = max(start, date(year, 1, 1)), min(end, date(year, 12, 31))
        found += Fraction(max((last - first).days + 1, 0), 366 if months.isleap(year) else 365)
    return found


def days_away(first: date, last: date | None, today: date) -> int:
    """How many days somebody has been away, both ends counted; until today while it lasts."""
    return max((last or today) - first + timedelta(days=1), timedelta(0)).days
