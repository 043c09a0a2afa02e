"""The clause library: texts as data in ``library/*.toml``, read once, and filling their parameters in.

A clause's paragraphs hold ``{{ name }}`` for each parameter; nothing else in them is interpreted, so that
wording written by users can do no harm.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

LIBRARY = Path(__file__).parent / "library"
PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True)
class Parameter:
    """A blank in a clause. ``source`` names the fact of the case that fills it; such a one is not edited here."""

    name: str
    label: str
    type: str = "text"  # text, long, number, date, choice
    unit: str = ""
    default: str = ""
    source: str = ""
    choices: tuple[str, ...] = ()

    @property
    def is_fixed(self) -> bool:
        return bool(self.source)


@dataclass(frozen=True)
class Clause:
    """One clause of the library; ``locked`` means legal wording that only a legal approver changes."""

    key: str
    number: int
    title: str
    basis: str
    locked: bool
    summary: str
    paragraphs: tuple[str, ...]
    parameters: tuple[Parameter, ...] = field(default=())

    @property
    def is_editable(self) -> bool:
        """Whether anything in it can be changed on a paper: its wording, or an answer of its own."""
        return not self.locked or any(not parameter.is_fixed for parameter in self.parameters)

    def open_questions(self, values: Mapping[str, str]) -> list[Parameter]:
        """Parameters of this clause that have no answer yet."""
        return [parameter for parameter in self.parameters if not str(values.get(parameter.name, "")).strip()]


@cache
def catalogue() -> dict[str, Clause]:
    """All built-in clauses by key, in the order of the catalogue."""
    found = [_read(path) for path in sorted(LIBRARY.glob("clauses/*.toml"))]
    return {clause.key: clause for clause in sorted(found, key=lambda clause: clause.number)}


@cache
def pack(name: str) -> tuple[Clause, ...]:
    """The clauses of a pack, in order; an unknown key in packs.toml fails loudly."""
    keys = tomllib.loads((LIBRARY / "packs.toml").read_text("utf-8"))[name]["clauses"]
    return tuple(catalogue()[key] for key in keys)


def fill(paragraph: str, values: Mapping[str, str]) -> str:
    """Put values in; an unanswered blank shows as an open question, and such a paper cannot be issued."""

    def value(match: re.Match[str]) -> str:
        found = str(values.get(match[1], "")).strip()
        return found or f"[open question: {match[1].replace('_', ' ')}]"

    return PLACE.sub(value, paragraph)


def unknown_names(paragraphs: list[str], clause: Clause) -> set[str]:
    """Names in a wording that the clause has no parameter for."""
    known = {parameter.name for parameter in clause.parameters}
    return {name for paragraph in paragraphs for name in PLACE.findall(paragraph)} - known


def _read(path: Path) -> Clause:
    raw = tomllib.loads(path.read_text("utf-8"))
    parameters = tuple(
        Parameter(**{**row, "choices": tuple(row.get("choices", ()))}) for row in raw.pop("parameters", [])
    )
    clause = Clause(**{**raw, "paragraphs": tuple(raw["paragraphs"]), "parameters": parameters})
    stray = unknown_names(list(clause.paragraphs), clause)
    if stray:
        raise ValueError(f"{path.name}: no parameter for {', '.join(sorted(stray))}")
    return clause
