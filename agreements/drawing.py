"""A signature drawn by hand: numbers that a browser sent, checked here, and the path that is printed of them.

Nothing but numbers is ever taken over: strokes of points on a field of 600 by 200 units.
"""

from __future__ import annotations

import json
from typing import Any

WIDTH, HEIGHT = 600, 200
STROKES, POINTS = 60, 4000  # at most, in one signature

Strokes = list[list[list[int]]]


class Unreadable(ValueError):
    """What was sent is no drawing."""


def read(text: str) -> Strokes:
    """The strokes of a drawing as JSON text; an empty text is no drawing. Raises ``Unreadable``."""
    if not text.strip():
        return []
    if len(text) > 100_000:
        raise Unreadable
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(found, list) or len(found) > STROKES:
        raise Unreadable
    strokes = [_stroke(stroke) for stroke in found]
    if sum(len(stroke) for stroke in strokes) > POINTS:
        raise Unreadable
    return [stroke for stroke in strokes if len(stroke) > 1]


def path(strokes: Strokes) -> str:
    """The drawing as the ``d`` of an SVG path."""
    return " ".join(
        f"M{stroke[0][0]} {stroke[0][1]}" + "".join(f"L{x} {y}" for x, y in stroke[1:]) for stroke in strokes
    )


def _stroke(found: Any) -> list[list[int]]:
    if not isinstance(found, list):
        raise Unreadable
    points = []
    for point in found:
        if not isinstance(point, list) or len(point) != 2:
            raise Unreadable
        x, y = point
        if (
            isinstance(x, bool)
            or isinstance(y, bool)
            or not isinstance(x, int | float)
            or not isinstance(y, int | float)
        ):
            raise Unreadable
        if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):  # refuses NaN and infinity too
            raise Unreadable
        points.append([round(x), round(y)])
    return points
