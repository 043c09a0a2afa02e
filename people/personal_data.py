"""What is kept about a person, gathered and erased by the register over all houses.

Each house registers itself, as this one cannot look uphill: what it adds to a copy, why it does not let a person
be erased yet, which cases are theirs, and what it erases beyond the register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Case, Model, Q, QuerySet, Value, When
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import (
    Employment,
    ImportBatch,
    ImportRow,
    Invitation,
    LedgerEntry,
    LegalHold,
    Membership,
    Notice,
    Person,
    Signatory,
)
from people.privacy import DELETE, KEEP, NOT_PERSONAL, REGISTER, REPLACE, SIGNED, Column, Table
from people.roles import Role


class Refused(Exception):
    """It cannot be done; sentences for people say why."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Fact:
    """One value: its name for machines, its label and its words for people, and the value as JSON."""

    name: str
    label: str
    words: str
    value: Any


Row = Sequence[Fact]


@dataclass(frozen=True)
class Section:
    """Rows of one kind with a title, and how long such are kept."""

    title: str
    kept: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Cases:
    """Ids of cases: those that somebody was lent in, and all in which they had a part or acted."""

    lent: frozenset[int] = frozenset()
    all: frozenset[int] = frozenset()


@dataclass(frozen=True)
class House:
    """What one house knows of a person. ``sections`` get the person and the reader, who may be HR.

    ``floor`` counts uphill: copies begin with who somebody is, erasing begins at the top.
    """

    name: str
    floor: int
    sections: Callable[[Person, Person], Iterable[Section]]
    refusals: Callable[[Person], Iterable[str]] = lambda person: ()
    erase: Callable[[Person], None] = lambda person: None
    cases: Callable[[Person], Cases] | None = None


_houses: dict[str, House] = {}

# Makes a PDF of HTML, and is set by the house that prints.
Printer = Callable[[str, datetime], bytes]
_printer: list[Printer] = []


def register(house: House) -> None:
    _houses[house.name] = house
    for found in sorted(_houses.values(), key=lambda one: one.floor):
        _houses[found.name] = _houses.pop(found.name)


def offer_printer(printer: Printer) -> None:
    _printer[:] = [printer]


def printer() -> Printer:
    return _printer[0]


def sections(person: Person, reader: Person) -> list[Section]:
    """Everything of a person that the reader may have; sections without rows are left out."""
    return [found for house in _houses.values() for found in house.sections(person, reader) if found.rows]


def refusals(person: Person) -> list[str]:
    """Why a person cannot be erased yet, of all houses; each sentence once."""
    return list(dict.fromkeys(found for house in _houses.values() for found in house.refusals(person)))


def cases(person: Person) -> Cases:
    for house in _houses.values():
        if house.cases:
            return house.cases(person)
    return Cases()


def tables() -> list[Table]:
    """The register's tables of installed applications: from the lowest house up, those of libraries last."""
    floors = {house.name: house.floor for house in _houses.values()}
    found = [table for table in REGISTER.values() if _app(table) in apps.app_configs]
    return sorted(found, key=lambda table: floors.get(_app(table), len(floors)))


def _app(table: Table) -> str:
    return table.model.split(".")[0]


# --- From rows to words


def section(table_name: str, rows: Iterable[Model], *, leave: Iterable[str] = ()) -> Section:
    """The copied columns of rows of one table; ``leave`` names those that the reader may not have."""
    table = REGISTER[table_name]
    return Section(str(table.title), str(table.kept), [describe(table, row, leave) for row in rows])


def describe(table: Table, row: Model, leave: Iterable[str] = ()) -> Row:
    """One row as facts, without what is empty."""
    facts = [_fact(row, row._meta.get_field(name)) for name in table.copied if name not in set(leave)]
    return [fact for fact in facts if fact.words]


def _fact(row: Model, column: Any) -> Fact:
    value, label = getattr(row, column.name), _label(row, column)
    if column.choices and value not in (None, ""):
        shown = getattr(row, f"get_{column.name}_display")()
        return Fact(column.name, label, str(shown), value)
    return Fact(column.name, label, in_words(value), in_json(value))


def _label(row: Model, column: Any) -> str:
    """The column's own name, or what it is for where it has none for people."""
    listed = REGISTER[row._meta.label].by_name[column.name]
    has_name = column._verbose_name is not None or len(listed.names) > 1
    return str(capfirst(str(column.verbose_name if has_name else listed.purpose)))


def in_words(value: Any) -> str:
    """A value as people read it; nothing for what is empty."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(value, "j F Y, H:i") + " UTC"
    if isinstance(value, date):
        return date_format(value, "j F Y")
    if isinstance(value, list):
        return " ".join(map(in_words, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {in_words(found)}" for name, found in value.items())
    return str(value)


def in_json(value: Any) -> Any:
    """A value that JSON can hold: days and moments as ISO, amounts as text, another row by its name."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return str(value)


# --- What this house knows


def _sections(person: Person, reader: Person) -> Iterable[Section]:
    """HR of an employer gets the profile, what concerns its organisation, and no messages or sign-ins."""
    own = reader == person
    hr = reader.organisations_as(Role.HR)
    scope = Q() if own else Q(organisation__in=hr)
    yield section("people.Person", [person], leave=() if own else ["last_login", "time_zone"])
    yield section("people.Employment", person.employments.filter(scope).select_related("organisation", "line_manager"))
    yield section("people.Membership", person.memberships.filter(scope).select_related("organisation"))
    yield section("people.Signatory", person.signatory_of.filter(scope).select_related("organisation"))
    yield section("people.Invitation", person.invitations.filter(scope).select_related("organisation"))
    if own:
        yield section("people.Notice", person.notices.filter(is_secret=False, cancelled_at__isnull=True).order_by("pk"))
        yield from library_sections(person)
        done = LedgerEntry.objects.filter(actor_id=person.pk)
        entry, words = REGISTER["people.LedgerEntry"], REGISTER["people.LedgerWords"]
        rows = [[*describe(entry, found), *describe(words, found.words, leave=["actor_name"])] for found in done]
        yield Section(str(entry.title), str(entry.kept), rows)
    looks = LedgerEntry.objects.filter(verb__startswith="salary.", subject_id=person.pk)
    if own or set(person.employments.values_list("organisation", flat=True)) <= set(hr):
        entry, words = REGISTER["people.LedgerEntry"], REGISTER["people.LedgerWords"]
        rows = [[*describe(entry, found), *describe(words, found.words, leave=["reason", "facts"])] for found in looks]
        yield Section(_("Who looked at your salary"), str(REGISTER["people.LedgerEntry"].kept), rows)


def library_sections(person: Person) -> Iterable[Section]:
    """How one signs in: the tables of libraries that have an owner."""
    for table in tables():
        if table.own and _app(table) in LIBRARIES:
            yield section(table.model, rows_of(table, person))


LIBRARIES = {"account", "mfa", "usersessions", "socialaccount"}


def _refusals(person: Person) -> Iterable[str]:
    if person.is_administrator:
        yield _("This person runs the installation, and goes on doing so until that is ended on the machine.")
    if Employment.objects.current().filter(person=person).exists():
        yield _("The employment has not ended. Enter its last day first.")
    if Membership.objects.current().filter(person=person).exists():
        yield _("There is still a role for an organisation. End it first.")
    if Signatory.objects.current().filter(person=person).exists():
        yield _("There is still a right to sign for an organisation. End it first.")
    found = cases(person)
    if person.legal_holds.open().exists() or holds_on(found.all):
        yield _("A legal hold says that nothing may be erased. Whoever placed it can lift it.")


def holds_on(case_ids: Iterable[int]) -> bool:
    return LegalHold.objects.open().filter(case_id__in=list(case_ids)).exists()


# --- Erasing by the register


def erase(person: Person, *, by: Person) -> None:
    """Erase everything of a person but the signed set; inside the caller's transaction and lock.

    Order: the houses from the top down, each what is beyond the register; then the register's columns; last
    the words of messages and of the ledger, for which the cases must still be found.
    """
    found = cases(person)
    erase_imported(person)
    for house in reversed(_houses.values()):
        house.erase(person)
    for table in tables():
        if table.is_personal:
            erase_rows(table, person)
    _forget_messages(person, found)
    ledger.forget(person, by=by, cases=found.lent)


def erase_rows(table: Table, person: Person) -> None:
    """Delete, blank or replace what the register says, in all rows that are of the person or about them."""
    if table.is_deleted:
        rows_of(table, person).delete()
        return
    everything = rows_of(table, person, about=True)
    everything.update(**_new_values(table, person, ""))
    for of in sorted({column.of for column in table.columns if column.of}):
        theirs = _rows(table, [of, *table.about], person)
        theirs.update(**_new_values(table, person, of))


def rows_of(table: Table, person: Person, *, about: bool = False) -> QuerySet[Model]:
    """The rows that are a person's own; with ``about`` also those that speak of them."""
    return _rows(table, [*table.own, *(table.about if about else ())], person)


def _rows(table: Table, lookups: Iterable[str], person: Person) -> QuerySet[Model]:
    model = apps.get_model(table.model)
    whose = Q(pk__in=[])
    for lookup in lookups:
        whose |= Q(**{lookup: person.pk})
    # By primary key: an update or a deletion takes no joined rows.
    found = model._base_manager.filter(whose).values("pk")
    return model._base_manager.filter(pk__in=found).order_by("pk")


def _new_values(table: Table, person: Person, of: str) -> dict[str, Any]:
    model = apps.get_model(table.model)
    found = {}
    for name, column in table.by_name.items():
        if column.of != of or column.rule in {KEEP, NOT_PERSONAL, SIGNED, DELETE}:
            continue
        if column.rule == REPLACE:
            found[name] = _replacement(name, column, person)
        else:
            found[name] = blank(model._meta.get_field(name))
    return found


def _replacement(name: str, column: Column, person: Person) -> Any:
    """The new value; a text that says nothing goes on saying nothing."""
    if isinstance(column.to, int):
        return column.to
    return Case(When(**{name: ""}, then=Value("")), default=Value(str(column.to).replace("{key}", person.key)))


def blank(column: Any) -> Any:
    """What stands in a column that holds nothing any more."""
    if column.null:
        return None
    if column.get_internal_type() in {"JSONField", "ArrayField"}:
        return column.default()
    return b"" if column.get_internal_type() == "BinaryField" else ""


def erase_imported(person: Person) -> None:
    """Files and rows of imports that name the person; the other rows of such a file stay as they were written."""
    rows = ImportRow.objects.filter(values__email__iexact=person.email)
    ImportBatch.objects.filter(pk__in=list(rows.values_list("batch", flat=True)), content__isnull=False).update(
        content=None, preview={}, erased_at=clock.now()
    )
    rows.update(values={}, errors={}, changes=[], before={}, after={}, stopped="")


def _forget_messages(person: Person, found: Cases) -> None:
    """Messages to anybody about a case in which the person had a part: they hold names and titles."""
    Invitation.objects.filter(case_id__in=found.all).update(what=_("Erased"))
    Notice.objects.filter(case_id__in=found.all).update(
        subject=_("Erased"), sentences=[], why="", action_label="", action_path="", error="", address=""
    )


PEOPLE = House("people", 0, _sections, _refusals)
