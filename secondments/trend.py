"""The small picture of how check-ins went over time: coordinates for an SVG, one line for each party. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, EDGE = 320, 96, 12
LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True)
class Line:
    """What one party said, in the order of days. ``points`` are x and y for each; ``path`` joins them."""

    party: str
    label: str
    points: list[tuple[int, int]]

    @property
    def path(self) -> str:
        return " ".join(f"{x},{y}" for x, y in self.points)


def lines(answers: Iterable[tuple[str, str, date, int]], start: date, end: date) -> list[Line]:
    """One line for each party that checked in at least twice; answers are party, its label, day and how it goes."""
    span = max((end - start).days, 1)
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for party, label, day, going in sorted(answers, key=lambda answer: answer[2]):
        along = min(max((day - start).days, 0), span) / span
        up = (going - LOWEST) / (HIGHEST - LOWEST)
        point = (round(EDGE + along * (WIDTH - 2 * EDGE)), round(HEIGHT - EDGE - up * (HEIGHT - 2 * EDGE)))
        found.setdefault((party, label), []).append(point)
    return [Line(party, label, points) for (party, label), points in found.items() if len(points) > 1]
