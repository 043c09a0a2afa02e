"""The register of personal data: every column of every table, what it is for, how long it stays, how it is erased.

Each house declares its own tables (``people.register``, ``secondments.privacy``, …); a test compares them with
the models, so that a new column without a line here fails. The page "My data", a person's copy of their data and
the erasure all read this register, so what is told, what is given and what is erased cannot drift apart.

To add a model: a ``Table`` with one line a field. ``own`` are the lookups from a row to the person whose row it
is, ``about`` those to others of whom it speaks; rows are erased for both, and copied for the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Secrecy(StrEnum):
    """Who may know: anybody, who works with it, the person and few others, those named by access.md, nobody."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"  # noqa: S105 - a word, not a password


class Rule(StrEnum):
    """What an erasure does with a column."""

    KEEP = "keep"
    BLANK = "blank"
    REPLACE = "replace"
    DELETE = "delete row"
    SIGNED = "signed set"  # stays byte for byte in a signed agreement, is blanked in any other paper
    NOT_PERSONAL = "not personal"


PUBLIC, INTERNAL, PERSONAL, CONFIDENTIAL, SECRET = Secrecy
KEEP, BLANK, REPLACE, DELETE, SIGNED, NOT_PERSONAL = Rule
COPIED = frozenset({PERSONAL, CONFIDENTIAL})

ACCOUNT = _("until your account is erased")
CASE = _("as long as the case: its end and the years that the seconder's policy says")
SIGNED_SET = _("for good in a signed agreement; otherwise as long as the case")
OPERATION = _("as long as the application runs")
SHORT = _("some hours or days")

ERASED = _("Erased")
LINKED = _("joins rows; whom it leads to has no name any more")
TIMED = _("a time or a number without a name")
WORDED = _("a word out of a fixed list, without a name")


@dataclass(frozen=True)
class Column:
    """One or several columns of the same kind. ``to`` is the new value of REPLACE; ``of`` names whose it is
    where that differs from the row's; ``why`` says why something of a person is kept."""

    names: tuple[str, ...]
    secrecy: Secrecy
    purpose: Text
    rule: Rule
    why: Text = ""
    to: Any = None
    of: str = ""


@dataclass(frozen=True)
class Table:
    """A model of ours or of a library. ``title`` and the purposes are for people to read."""

    model: str
    title: Text
    kept: Text
    columns: tuple[Column, ...]
    own: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    by_name: dict[str, Column] = field(init=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for column in self.columns:
            self.by_name.update(dict.fromkeys(column.names, column))

    @property
    def is_personal(self) -> bool:
        return bool(self.own or self.about)

    @property
    def is_deleted(self) -> bool:
        return any(column.rule == DELETE for column in self.columns)

    @property
    def copied(self) -> list[str]:
        """The names of the columns that a person's copy of their data holds."""
        return [name for name, column in self.by_name.items() if column.secrecy in COPIED]


REGISTER: dict[str, Table] = {}


def declare(*tables: Table) -> None:
    REGISTER.update({table.model: table for table in tables})


def column(names: str, secrecy: Secrecy, purpose: Text, rule: Rule, why: Text = "", **more: Any) -> Column:
    """Columns by their names, separated by spaces."""
    return Column(tuple(names.split()), secrecy, purpose, rule, why, **more)


def machine(names: str) -> Column:
    """What only the application needs."""
    return column(names, INTERNAL, _("how the application works"), NOT_PERSONAL)


def links(names: str) -> Column:
    return column(names, INTERNAL, _("which rows belong together"), KEEP, LINKED)


def stamps(names: str) -> Column:
    return column(names, PERSONAL, _("when something happened"), KEEP, TIMED)
