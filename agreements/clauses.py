"""What a clause is, and the built-in library: texts as data in ``library/clauses/*.toml``, read once.

A clause's paragraphs hold ``{{ name }}`` for each parameter; nothing else in them is interpreted, so that
wording written by users can do no harm. The catalogue of 48 clauses, which of them a kind of secondment needs
and which of them are legal wording, is in docs/clauses.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LIBRARY = Path(__file__).parent / "library"
PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
UNKEPT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # no text on a page, and refused by the database
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
BUILT_IN = "built in"

TYPES = {
    "text": gettext_lazy("a line of text"),
    "long": gettext_lazy("several lines of text"),
    "number": gettext_lazy("a whole number"),
    "percent": gettext_lazy("a percentage"),
    "money": gettext_lazy("an amount with its currency"),
    "date": gettext_lazy("a date"),
    "choice": gettext_lazy("one of a list"),
    "list": gettext_lazy("a list, one item a line"),
}
KINDS = ("internal", "external", "international")
REQUIRED, OPTIONAL, UNUSED = "R", "O", "-"
ASKED = ("seconder", "host", "secondee")


@dataclass(frozen=True)
class Parameter:
    """A blank in a clause. ``source`` names the fact of the case that always fills it; such a one is not edited here.

    ``fill`` names the fact that gives the first value, ``default`` what is printed where there is none;
    ``asks`` says which party can answer while it is open.
    """

    name: str
    label: str
    type: str = "text"
    unit: str = ""
    default: str = ""
    fill: str = ""
    source: str = ""
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    asks: str = "seconder"
    help: str = ""

    @property
    def is_fixed(self) -> bool:
        return bool(self.source)


@dataclass(frozen=True)
class Clause:
    """One clause of a library; ``locked`` means legal wording, whose change needs the legal approver.

    ``needed`` says for each kind of secondment whether it is required (R), optional (O) or not normally used (-);
    ``when`` names what in a case switches an optional one on; ``origin`` says whose edition it is.
    """

    key: str
    number: int
    title: str
    basis: str
    locked: bool
    summary: str
    paragraphs: tuple[str, ...]
    needed: Mapping[str, str] = field(default_factory=dict)
    in_short: bool = False
    when: str = ""
    parameters: tuple[Parameter, ...] = ()
    origin: str = BUILT_IN

    @property
    def is_editable(self) -> bool:
        """Whether anything in it can be changed on a paper by HR alone: its wording, or an answer of its own."""
        return not self.locked or any(not parameter.is_fixed for parameter in self.parameters)

    def open_questions(self, values: Mapping[str, str]) -> list[Parameter]:
        """Parameters that its text asks for and that have no answer yet."""
        return [parameter for parameter in self.parameters if not str(values.get(parameter.name, "")).strip()]

    def need(self, pack: str) -> str:
        """R, O or - in a pack."""
        if pack == "short":
            return REQUIRED if self.in_short else UNUSED
        return self.needed.get(pack, UNUSED)

    def as_data(self) -> dict[str, Any]:
        """As JSON keeps it: in a version, in an organisation's library, in an export."""
        found = asdict(self)
        found["needed"] = dict(self.needed)
        found["parameters"] = [
            {name: value for name, value in row.items() if value not in ("", (), [], None)}
            for row in found["parameters"]
        ]
        return found

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Clause:
        """The other way round; what an older program kept, or a file leaves out, has a default."""
        first: dict[str, Any] = {"number": 100, "basis": "", "locked": False, "summary": ""}
        known = first | {name: value for name, value in data.items() if name in cls.__dataclass_fields__}
        parameters = tuple(
            Parameter(**{**row, "choices": tuple(row.get("choices", ()))}) for row in data.get("parameters", ())
        )
        return cls(**{**known, "paragraphs": tuple(data["paragraphs"]), "parameters": parameters})


@cache
def catalogue() -> dict[str, Clause]:
    """All built-in clauses by key, in the order of the catalogue."""
    found = [_read(path) for path in sorted(LIBRARY.glob("clauses/*.toml"))]
    return {clause.key: clause for clause in sorted(found, key=lambda clause: clause.number)}


@cache
def special(name: str) -> Clause:
    """A clause that stands in papers of one kind alone and in no library: of a variation, a letter, an enclosure."""
    return _read(LIBRARY / "papers" / f"{name}.toml")


@cache
def languages() -> dict[str, dict[str, dict[str, str]]]:
    """By language its titles of clauses and its fixed words; English needs none and is whole."""
    found = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(LIBRARY.glob("titles/*.toml"))}
    return {"en": {"titles": {}, "words": {}}, **found}


def pack(name: str, library: Mapping[str, Clause], switched_on: Iterable[str] = ()) -> list[Clause]:
    """The clauses that a paper begins with: those required, and those optional ones that the case switches on."""
    facts = {*switched_on, "always"}
    return [
        clause
        for clause in sorted(library.values(), key=lambda clause: (clause.number, clause.key))
        if clause.need(name) == REQUIRED or (clause.need(name) == OPTIONAL and clause.when in facts)
    ]


def shown(parameter: Parameter, value: str) -> str:
    """A value as it is printed: a date with its month in words, the items of a list in one line."""
    value = str(value).strip()
    if ISO_DATE.fullmatch(value):
        try:
            return date_format(date.fromisoformat(value), "j F Y")
        except ValueError:
            return value
    if parameter.type in {"list", "long"}:
        return "; ".join(line.strip().rstrip(";") for line in value.splitlines() if line.strip())
    return value


def fill(paragraph: str, clause: Clause, values: Mapping[str, str]) -> str:
    """Put values in; an unanswered blank shows as an open question, and such a paper cannot be issued."""
    known = {parameter.name: parameter for parameter in clause.parameters}

    def value(match: re.Match[str]) -> str:
        parameter = known.get(match[1])
        found = shown(parameter, values.get(match[1], "")) if parameter else ""
        label = parameter.label if parameter else match[1].replace("_", " ")
        return found or f"[open question: {label[:1].lower()}{label[1:]}]"

    return PLACE.sub(value, paragraph)


def unknown_names(paragraphs: Iterable[str], clause: Clause) -> set[str]:
    """Names in a wording that the clause has no parameter for."""
    known = {parameter.name for parameter in clause.parameters}
    return {name for paragraph in paragraphs for name in PLACE.findall(paragraph)} - known


def faults(data: Any) -> list[str]:
    """What is wrong with a definition that somebody typed or brought; sentences, none for a sound one."""
    if not isinstance(data, dict):
        return [_("A clause is an object with a key, a title and paragraphs.")]
    found = [
        _("“%(name)s” is missing.") % {"name": name} for name in ("key", "title", "summary") if not _is_text(data, name)
    ]
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,59}", str(data.get("key", ""))):
        found.append(_("The key is a short name in lower-case letters, such as “place_of_work”."))
    paragraphs = data.get("paragraphs")
    if not (isinstance(paragraphs, list) and paragraphs and all(isinstance(p, str) and p.strip() for p in paragraphs)):
        found.append(_("A clause has at least one paragraph of text."))
    needed = data.get("needed", {})
    if not isinstance(needed, dict) or any(k not in KINDS or v not in ("R", "O", "-") for k, v in needed.items()):
        found.append(_("“needed” says R, O or - for internal, external and international."))
    number = data.get("number", 100)
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 999:
        found.append(_("The number is a whole number from 1 to 999."))
    found += [
        _("“%(name)s” is true or false.") % {"name": name}
        for name in ("locked", "in_short")
        if not isinstance(data.get(name, False), bool)
    ]
    found += [
        _("“%(name)s” is a text.") % {"name": name}
        for name in ("basis", "when")
        if not isinstance(data.get(name, ""), str)
    ]
    rows = data.get("parameters", [])
    if not isinstance(rows, list):
        return [*found, _("“parameters” is a list.")]
    for row in rows:
        found += _parameter_faults(row)
    if any(UNKEPT.search(text) for text in _texts(data)):
        found.append(_("There are characters that cannot be kept or printed."))
    if not found:
        found += _place_faults(data)
    return found


def _texts(data: Any) -> Iterator[str]:
    """Every text in a definition, however deep."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for row in data.values() if isinstance(data, dict) else data:
            yield from _texts(row)


def _is_text(data: dict[str, Any], name: str) -> bool:
    return isinstance(data.get(name), str) and bool(data[name].strip())


def _parameter_faults(row: Any) -> list[str]:
    if not isinstance(row, dict) or not _is_text(row, "name") or not _is_text(row, "label"):
        return [_("Each parameter has a name and a label.")]
    name, found = row["name"], []
    if unknown := set(row) - set(Parameter.__dataclass_fields__):
        found.append(
            _("Parameter “%(name)s”: %(what)s is not known.") % {"name": name, "what": ", ".join(sorted(unknown))}
        )
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name):
        found.append(_("Parameter “%(name)s”: the name is in lower-case letters.") % {"name": name})
    if row.get("type", "text") not in list(TYPES):
        found.append(
            _("Parameter “%(name)s”: its type is one of %(types)s.") % {"name": name, "types": ", ".join(TYPES)}
        )
    choices = row.get("choices", [])
    if not isinstance(choices, list | tuple) or not all(isinstance(c, str) for c in choices):
        found.append(_("Parameter “%(name)s”: choices are a list of texts.") % {"name": name})
    elif (row.get("type") == "choice") != bool(choices):
        found.append(_("Parameter “%(name)s”: a choice has choices, and nothing else has.") % {"name": name})
    if row.get("asks", "seconder") not in ASKED:
        found.append(_("Parameter “%(name)s”: asks the seconder, the host or the secondee.") % {"name": name})
    found += [
        _("Parameter “%(name)s”: “%(what)s” is a text.") % {"name": name, "what": what}
        for what in ("unit", "default", "fill", "source", "help")
        if not isinstance(row.get(what, ""), str)
    ]
    found += [
        _("Parameter “%(name)s”: “%(what)s” is a whole number.") % {"name": name, "what": what}
        for what in ("minimum", "maximum")
        if not isinstance(row.get(what), int | None) or isinstance(row.get(what), bool)
    ]
    return found


def _place_faults(data: dict[str, Any]) -> list[str]:
    names = [row["name"] for row in data.get("parameters", [])]
    used = {name for paragraph in data["paragraphs"] for name in PLACE.findall(paragraph)}
    found = [_("There is no parameter called “%(name)s”.") % {"name": name} for name in sorted(used - set(names))]
    if len(set(names)) != len(names):
        found.append(_("Two parameters have the same name."))
    return found


def _read(path: Path) -> Clause:
    """A built-in clause; a fault in one fails loudly."""
    raw = tomllib.loads(path.read_text("utf-8"))
    wrong = faults(raw)
    if wrong:
        raise ValueError(f"{path.name}: {' '.join(wrong)}")
    return Clause.from_data(raw)
