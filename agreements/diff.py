"""Word-by-word comparison of two versions of the terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

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
    """Each part of the newer terms against the same part of the older; what went comes last.

    Parts are the parties, the particulars, each clause (matched by its key, wherever it stands) and each schedule
    (matched by its title; of several with one title the first to the first).
    """
    before, after = _parts(older), _parts(newer)
    found = []
    for key, (number, title, text) in after.items():
        _number, _title, old = before.pop(key, (0, "", ""))
        found.append(ClauseDiff(number, key, title, words(old, text)))
    found += [ClauseDiff(number, key, title, words(text, "")) for key, (number, title, text) in before.items()]
    return found


def _parts(terms: dict[str, Any]) -> dict[str, tuple[int, str, str]]:
    """By key the number, title and whole text of each part; number 0 where a part has none."""
    found: dict[str, tuple[int, str, str]] = {}
    parties = [" ".join(str(value) for value in row.values()) for row in terms.get("parties", [])]
    found["_parties"] = (0, _("Parties"), "\n".join(parties))
    rows = [f"{row['label']}: {row['value']}" for row in terms.get("particulars", [])]
    found["_particulars"] = (0, _("Particulars"), "\n".join(rows))
    for clause in terms["clauses"]:
        text = "\n".join(paragraph["text"] for paragraph in clause["paragraphs"])
        found[clause["key"]] = (clause["number"], clause["title"], text)
    for schedule in terms.get("schedules", []):
        lines = schedule.get("paragraphs") or [" | ".join(row) for row in (schedule["columns"], *schedule["rows"])]
        title = _("Schedule %(title)s") % {"title": schedule["title"]}
        key = f"_schedule_{schedule['title']}"
        while key in found:
            key += "'"
        found[key] = (0, title, "\n".join(lines))
    return found


def words(older: str, newer: str) -> list[Piece]:
    """Pieces that, without the removed ones, are the newer text and, without the added ones, the older."""
    if older == newer:
        return [Piece("same", newer)] if newer else []
    a, b = WORDS.findall(older), WORDS.findall(newer)
    begin = _common(a, b)
    end = _common(a[begin:][::-1], b[begin:][::-1])
    pieces = [Piece("same", "".join(a[:begin]))]
    middle, other = a[begin : len(a) - end], b[begin : len(b) - end]
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, middle, other, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(middle[i1:i2])))
            continue
        pieces.append(Piece("removed", "".join(middle[i1:i2])))
        pieces.append(Piece("added", "".join(other[j1:j2])))
    pieces.append(Piece("same", "".join(a[len(a) - end :])))
    return [piece for piece in pieces if piece.text]


def _common(a: list[str], b: list[str]) -> int:
    """How many words both begin with; most changes are a few words in a long text."""
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
