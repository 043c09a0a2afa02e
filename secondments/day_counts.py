"""How many days somebody was in the country they are lent to: pure arithmetic. No database, no clock.

A day counts whole, whatever part of it was spent there, as article 15(2)(a) of the OECD Model Tax Convention and its
commentary count it. Days of trips elsewhere do not count. Nothing here is advice: the counts say when to ask for it.

The thresholds: 183 days in any twelve months (the Model Convention), 183 days in a calendar year (the rule of many
tax laws), twelve months of posting (Directive (EU) 2018/957, article 3(1a)), twenty-four months in the social
security of home (Regulation (EC) 883/2004, article 12). The last two count calendar days since the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)


class Window(StrEnum):
    ROLLING = "rolling"
    YEAR = "year"
    POSTING = "posting"
    COVERAGE = "coverage"


@dataclass(frozen=True)
class Threshold:
    """So many days at most within a window. ``within`` is the length of a rolling window in days."""

    window: Window
    most: int
    within: int = 0


THRESHOLDS = (
    Threshold(Window.ROLLING, 183, 365),
    Threshold(Window.YEAR, 183),
    Threshold(Window.POSTING, 365),
    Threshold(Window.COVERAGE, 730),
)


@dataclass(frozen=True)
class Count:
    """One threshold for one placement: days counted up to today, the most that will be reached, and when it is passed.

    ``passed_on`` is the first day on which more than ``most`` days are counted, if everything goes on as planned.
    """

    threshold: Threshold
    so_far: int
    highest: int
    passed_on: date | None


def days_present(first: date, last: date, trips: Iterable[tuple[date, date]]) -> list[date]:
    """Days of a stay, in order, without those of trips; both ends of each count."""
    away = {begin + n * DAY for begin, end in trips for n in range((end - begin).days + 1)}
    stay = (first + n * DAY for n in range((last - first).days + 1))
    return [day for day in stay if day not in away]


def counts(
    first: date,
    last: date,
    trips: Sequence[tuple[date, date]],
    today: date,
    earlier: Sequence[tuple[date, date]] = (),
) -> list[Count]:
    """What each threshold says of a stay from ``first`` to ``last``, seen on ``today``.

    ``earlier`` are other stays of the same person in the same country, which rolling and yearly windows count too.
    """
    days = days_present(first, last, trips)
    before = sorted({day for begin, end in earlier for day in days_present(begin, end, trips) if day < first})
    found = []
    for threshold in THRESHOLDS:
        runs = list(_running(threshold, days, before, first, last))
        so_far = [count for day, count in runs if day <= today]
        passed = next((day for day, count in runs if count > threshold.most), None)
        found.append(Count(threshold, so_far[-1] if so_far else 0, max((n for _, n in runs), default=0), passed))
    return found


def _running(
    threshold: Threshold, days: Sequence[date], before: Sequence[date], first: date, last: date
) -> Iterator[tuple[date, int]]:
    """Each day of the stay with what is counted on it in the window that ends there."""
    if threshold.window in {Window.POSTING, Window.COVERAGE}:
        yield from ((first + n * DAY, n + 1) for n in range((last - first).days + 1))
        return
    present, line, oldest, counted = set(days), sorted({*before, *days}), 0, 0
    place = 0
    for n in range((last - first).days + 1):
        day = first + n * DAY
        begins = date(day.year, 1, 1) if threshold.window == Window.YEAR else day - (threshold.within - 1) * DAY
        while place < len(line) and line[place] <= day:
            place, counted = place + 1, counted + 1
        while oldest < place and line[oldest] < begins:
            oldest, counted = oldest + 1, counted - 1
        if day in present or day == last:
            yield day, counted


def work_days(present: Iterable[date], works: Iterable[date], until: date) -> int:
    """Days up to one on which somebody was there and worked: for rules that count those."""
    worked = set(works)
    return sum(day in worked and day <= until for day in present)
