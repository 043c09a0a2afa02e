"""Word-by-word comparison of two versions of the terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Piece:
    """A run of words: ``same``, ``added`` or ``removed``."""

    kind: str
    text: str


@dataclass(frozen=True)
class ClauseDiff:
    number: int
    key: str
    title: str
    pieces: list[Piece]

    @property
    def is_changed(self) -> bool:
        return any(piece.kind != "same" for piece in self.pieces)


def compare(older: dict[str, Any], newer: dict[str, Any]) -> list[ClauseDiff]:
    """Each clause of the newer terms against the same clause of the older; clauses that went come last."""
    before = {clause["key"]: clause for clause in older["clauses"]}
    found = []
    for clause in newer["clauses"]:
        old = before.pop(clause["key"], None)
        found.append(ClauseDiff(clause["number"], clause["key"], clause["title"], words(_text(old), _text(clause))))
    found += [ClauseDiff(c["number"], c["key"], c["title"], words(_text(c), "")) for c in before.values()]
    return found


def _text(clause: dict[str, Any] | None) -> str:
    return "\n".join(paragraph["text"] for paragraph in clause["paragraphs"]) if clause else ""


def words(older: str, newer: str) -> list[Piece]:
    """Pieces that, without the removed ones, are the newer text and, without the added ones, the older."""
    a, b = WORDS.findall(older), WORDS.findall(newer)
    pieces = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(a[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(Piece("removed", "".join(a[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("added", "".join(b[j1:j2])))
    return pieces
