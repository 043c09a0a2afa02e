"""On which days of the week somebody works, also where that changed meanwhile. No database, no clock."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True)
class Pattern:
    """Holds the days that are worked. ``week`` counts as ``date.weekday()``: 0 is Monday.

    ``before`` says what held earlier, oldest first: each week until the day before its day.
    """

    week: frozenset[int]
    before: tuple[tuple[date, frozenset[int]], ...] = ()

    def on(self, day: date) -> frozenset[int]:
        """The week that holds on a day."""
        return next((week for until, week in self.before if day < until), self.week)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day.weekday() in self.on(day)


@dataclass(frozen=True)
class Off:
    """Days that are not worked, by the pattern or because the place is closed."""

    pattern: Pattern
    closing_days: Container[date]

    def __contains__(self, day: object) -> bool:
        return day not in self.pattern or day in self.closing_days
