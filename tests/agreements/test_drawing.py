"""Drawn signatures: numbers and nothing else, whatever a browser sends."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import drawing
from agreements.drawing import HEIGHT, POINTS, STROKES, WIDTH, Unreadable

STROKE = [[0, 0], [600, 200]]

READ = [
    ("", []),
    ("  \n", []),
    ("[]", []),
    ("[[]]", []),
    ("[[[5, 5]]]", []),  # a dot is no stroke
    ("[[[0, 0], [600, 200]]]", [STROKE]),
    ("[[[0.4, 0.6], [599.5, 199.4]]]", [[[0, 1], [600, 199]]]),
    ("[[[1, 1], [2, 2]], [[3, 3]], [[4, 4], [5, 5]]]", [[[1, 1], [2, 2]], [[4, 4], [5, 5]]]),
    (json.dumps([STROKE] * STROKES), [STROKE] * STROKES),
    (json.dumps([[[1, 1]] * POINTS]), [[[1, 1]] * POINTS]),
]


@pytest.mark.parametrize(("text", "strokes"), READ, ids=range(len(READ)))
def test_drawing_is_read(text: str, strokes: drawing.Strokes) -> None:
    assert drawing.read(text) == strokes


# What a browser, or somebody in its place, can send.
UNREADABLE = [
    "x",
    "{",
    "null",
    "true",
    "7",
    '"M0 0L5 5"',
    "{}",
    '{"0": [[1, 1], [2, 2]]}',
    "[1]",
    "[null]",
    '["M0 0"]',
    "[[1, 2]]",
    "[[[1, 2, 3], [4, 5, 6]]]",
    "[[[1], [2]]]",
    "[[[], []]]",
    '[[["1", "2"], ["3", "4"]]]',
    "[[[null, 1], [1, 1]]]",
    "[[[true, 1], [1, 1]]]",
    "[[[1, false], [1, 1]]]",
    "[[[[1], 1], [1, 1]]]",
    "[[[NaN, 1], [1, 1]]]",
    "[[[1, Infinity], [1, 1]]]",
    "[[[-Infinity, 1], [1, 1]]]",
    "[[[1e999, 1], [1, 1]]]",
    "[[[-1, 1], [1, 1]]]",
    "[[[1, -0.001], [1, 1]]]",
    "[[[601, 1], [1, 1]]]",
    "[[[1, 201], [1, 1]]]",
    '[[["</path><script>", 1], [1, 1]]]',
    '[[{"x": 1, "y": 1}, {"x": 2, "y": 2}]]',
    json.dumps([STROKE] * (STROKES + 1)),
    json.dumps([[[1, 1]] * (POINTS + 1)]),
    json.dumps([[[1, 1]] * (POINTS // 2 + 1)] * 2),
    "[" * 100_001,
    "[" * 50_000 + "]" * 50_000,
    f"[[[1, 1], [{'9' * 5000}, 1]]]",
    " " * 100_001 + "x",
]


@pytest.mark.parametrize("text", UNREADABLE, ids=range(len(UNREADABLE)))
def test_anything_else_is_no_drawing(text: str) -> None:
    with pytest.raises(Unreadable):
        drawing.read(text)


def test_path_is_of_moves_and_lines() -> None:
    assert drawing.path([[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 9]]]) == "M1 2L3 4L5 6 M7 8L9 9"
    assert drawing.path([]) == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda row: st.lists(row, max_size=4) | st.dictionaries(st.text(max_size=3), row, max_size=2),
    max_leaves=20,
)


@given(JSON)
def test_whatever_is_sent_becomes_a_path_of_numbers_or_nothing(sent: object) -> None:
    try:
        strokes = drawing.read(json.dumps(sent))
    except Unreadable:
        return
    assert re.fullmatch(r"(M\d+ \d+(L\d+ \d+)+ ?)*", drawing.path(strokes))
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for stroke in strokes for x, y in stroke)


@given(st.lists(st.lists(st.tuples(st.floats(0, 600), st.floats(0, 200)), max_size=9), max_size=9))
def test_every_real_drawing_is_read(strokes: list[list[tuple[float, float]]]) -> None:
    kept = drawing.read(json.dumps(strokes))
    assert [len(stroke) for stroke in kept] == [len(stroke) for stroke in strokes if len(stroke) > 1]
