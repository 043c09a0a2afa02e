"""Comparing versions of the terms, word by word."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import diff
from agreements.diff import Piece

texts = st.lists(st.sampled_from(["a", "b", "notice", "of", " ", "  ", "\n", "4", "weeks."]), max_size=30).map("".join)


@given(texts, texts)
def test_pieces_hold_both_texts_whole(older: str, newer: str) -> None:
    pieces = diff.words(older, newer)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == older
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == newer


@given(texts)
def test_equal_texts_have_no_difference(text: str) -> None:
    assert {piece.kind for piece in diff.words(text, text)} <= {"same"}


def test_changed_word() -> None:
    assert diff.words("by 4 weeks", "by 6 weeks") == [
        Piece("same", "by "),
        Piece("removed", "4"),
        Piece("added", "6"),
        Piece("same", " weeks"),
    ]


def terms(**clauses: str) -> dict[str, Any]:
    rows = enumerate(clauses.items(), start=1)
    return {
        "parties": [{"capacity": "host", "name": "Contoso"}],
        "particulars": [{"label": "Last day", "value": "1 May 2027"}],
        "clauses": [
            {"number": n, "key": key, "title": key.title(), "paragraphs": [{"number": f"{n}.1", "text": text}]}
            for n, (key, text) in rows
        ],
        "schedules": [{"letter": "A", "title": "Costs", "columns": ["What", "Amount"], "rows": [["Salary", "1"]]}],
    }


def told(older: dict[str, Any], newer: dict[str, Any]) -> list[tuple[int, str, str]]:
    """What differs: number, title, and the words as they came and went."""
    signs = {"same": "", "added": "+", "removed": "-"}
    return [
        (each.number, each.title, " ".join(f"{signs[p.kind]}{p.text.strip()}" for p in each.pieces if p.text.strip()))
        for each in diff.compare(older, newer)
        if each.is_changed
    ]


def test_every_part_is_compared_in_its_order() -> None:
    found = diff.compare(terms(a="x"), terms(a="x"))
    assert [(each.number, each.key, each.title) for each in found] == [
        (0, "_parties", "Parties"),
        (0, "_particulars", "Particulars"),
        (1, "a", "A"),
        (0, "_schedule_Costs", "Schedule Costs"),
    ]
    assert told(terms(a="x"), terms(a="x")) == []


def test_clauses_that_stayed_changed_came_and_went() -> None:
    assert told(terms(stays="x", changes="y", goes="z"), terms(stays="x", comes="w", changes="yy")) == [
        (2, "Comes", "+w"),
        (3, "Changes", "-y +yy"),
        (3, "Goes", "-z"),
    ]


def test_clause_that_only_moved_is_not_changed() -> None:
    assert told(terms(a="x", b="y"), terms(b="y", a="x")) == []


# What else can differ between two versions, and how it is told.
OTHERWISE: list[tuple[dict[str, Any], list[tuple[int, str, str]]]] = [
    ({"parties": [{"capacity": "host", "name": "Fabrikam"}]}, [(0, "Parties", "host -Contoso +Fabrikam")]),
    (
        {"particulars": [{"label": "Last day", "value": "2 May 2027"}]},
        [(0, "Particulars", "Last day: -1 +2 May 2027")],
    ),
    (
        {"schedules": [{"letter": "A", "title": "Costs", "columns": ["What", "Amount"], "rows": [["Salary", "2"]]}]},
        [(0, "Schedule Costs", "What | Amount Salary | -1 +2")],
    ),
    (
        {"schedules": [{"letter": "A", "title": "Lists", "paragraphs": ["One", "Two"]}]},
        [(0, "Schedule Lists", "+One Two"), (0, "Schedule Costs", "-What | Amount Salary | 1")],
    ),
    ({"schedules": []}, [(0, "Schedule Costs", "-What | Amount Salary | 1")]),
]


@pytest.mark.parametrize(("changes", "expected"), OTHERWISE)
def test_parties_particulars_and_schedules_are_compared(
    changes: dict[str, Any], expected: list[tuple[int, str, str]]
) -> None:
    found = [(number, title, " ".join(text.split())) for number, title, text in told(terms(), {**terms(), **changes})]
    assert found == expected


def test_schedule_that_got_another_letter_is_not_changed() -> None:
    moved = {**terms(), "schedules": [{**terms()["schedules"][0], "letter": "B"}]}
    assert told(terms(), moved) == []


def test_two_schedules_of_one_title_are_both_compared() -> None:
    first = terms()["schedules"][0]
    two = {**terms(), "schedules": [first, {**first, "rows": [["Travel", "5"]]}]}
    other = {**terms(), "schedules": [{**first, "rows": [["Salary", "9"]]}, {**first, "rows": [["Travel", "5"]]}]}
    assert told(two, other) == [(0, "Schedule Costs", "What | Amount\nSalary | -1 +9")]
