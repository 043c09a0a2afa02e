"""Comparing versions of the terms, word by word."""

from __future__ import annotations

from typing import Any

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
        "clauses": [
            {"number": n, "key": key, "title": key.title(), "paragraphs": [{"number": f"{n}.1", "text": text}]}
            for n, (key, text) in rows
        ]
    }


def test_clauses_that_stayed_changed_came_and_went() -> None:
    found = diff.compare(terms(stays="x", changes="y", goes="z"), terms(stays="x", comes="w", changes="yy"))
    assert [(each.number, each.key, each.is_changed, [p.kind for p in each.pieces]) for each in found] == [
        (1, "stays", False, ["same"]),
        (2, "comes", True, ["added"]),
        (3, "changes", True, ["removed", "added"]),
        (3, "goes", True, ["removed"]),
    ]


def test_clause_that_only_moved_is_not_changed() -> None:
    found = diff.compare(terms(a="x", b="y"), terms(b="y", a="x"))
    assert [each.is_changed for each in found] == [False, False]
