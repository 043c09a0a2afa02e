"""What becomes of each row of people: against the other rows, then against who is here already.

Order of events: duplicates in the file; organisation; person, by e-mail or employee number; rights over the
person; terms; line managers, until no refusal brings another. Nothing is written here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from people.imports import superiors, terms
from people.imports.lines import Line
from people.imports.people_world import PeopleWorld
from people.imports.places import Place
from people.imports.terms import Terms
from people.models import Fate, ImportBatch, Person


@dataclass
class PersonPlan:
    """How one row is to be written; ``manager`` is a person's id or the folded e-mail of another row."""

    place: Place
    person: Person | None
    key: str
    terms: Terms = field(default_factory=Terms)
    manager: int | str | None = None
    department: str = ""
    renamed: bool = False
    moved: bool = False  # a new e-mail address
    leader: Line | None = None  # the line manager's row
    is_led_anyway: bool = False  # the line manager works there whatever becomes of that row

    @property
    def node(self) -> int | str:
        return self.person.pk if self.person else self.key


def plan(batch: ImportBatch, lines: list[Line], *, by: Person, lock: bool = False) -> PeopleWorld:
    """Give every line its fate; returns the world that they were held against."""
    world = PeopleWorld(batch, lines, by=by, lock=lock)
    correct = batch.options.get("terms") == "correct"
    _refuse_twins(lines, world)
    for line in lines:
        if line.is_good:
            _place(line, world)
    _refuse_namesakes(lines)
    by_key = {line.plan.key: line for line in lines if line.is_good}
    by_number = {
        (line.plan.place, line.values["employee_number"]): line
        for line in lines
        if line.is_good and line.values.get("employee_number")
    }
    refused = {str(line.values.get("email", "")).lower(): line.number for line in lines if not line.is_good}
    for line in lines:
        if line.is_good:
            _find_manager(line, world, by_key, by_number, refused)
    for line in lines:
        if line.is_good:
            _compare(line, world, correct=correct)
    _settle_managers(lines, world)
    for line in lines:
        if line.is_good:
            line.changes = _changes(line)
            line.fate = _fate(line)
    return world


def _fate(line: Line) -> str:
    if line.plan.person is None:
        return Fate.NEW.value
    return Fate.CHANGED.value if line.changes else Fate.UNCHANGED.value


def _changes(line: Line) -> list[str]:
    """Names of what changes of somebody known."""
    plan: PersonPlan = line.plan
    if plan.person is None:
        return []
    own = [name for name, yes in (("full_name", plan.renamed), ("email", plan.moved)) if yes]
    return own + plan.terms.changes


def _refuse_twins(lines: list[Line], world: PeopleWorld) -> None:
    """Two rows with one e-mail: the later is refused."""
    seen: dict[str, int] = {}
    for line in lines:
        if not line.is_good:
            continue
        key = world.emails[line.values["email"]]
        if key in seen:
            line.refuse("email", _("The same e-mail as in row %(n)d.") % {"n": seen[key]})
        seen.setdefault(key, line.number)


def _place(line: Line, world: PeopleWorld) -> None:
    """Where a row belongs and whose it is."""
    place = world.places.place(line)
    if place is None:
        return
    person = world.person(line.values["email"])
    number = line.values.get("employee_number", "")
    holder = world.holders.get((place, number)) if isinstance(place, int) and number else None
    line.plan = found = PersonPlan(place, person, world.emails[line.values["email"]])
    if person is None and holder is not None:
        _move(line, world, world.people[holder])
    elif person and holder not in (None, person.pk):
        line.refuse("employee_number", _("Somebody else has this employee number."))
    if line.is_good and found.person:
        _check_rights(line, world, found.person)


def _move(line: Line, world: PeopleWorld, holder: Person) -> None:
    """A known employee number with an unknown e-mail: a new address, if everything says that it is the same person.

    Whoever signs in, or may act for an organisation, has an address that is theirs to change: it is their key.
    """
    if line.values["full_name"].casefold() != holder.full_name.casefold():
        line.refuse("employee_number", _("Somebody else has this employee number."))
    elif (
        holder.last_login or not _is_ours_alone(line.plan.place, world, holder) or holder.pk in world.holders_with_parts
    ):
        line.refuse("email", _("This employee number is of somebody with another e-mail, which only they can change."))
    else:
        line.plan.person, line.plan.moved = holder, True


def _is_ours_alone(place: Place, world: PeopleWorld, person: Person) -> bool:
    """Whether the row's organisation employs somebody, and nobody else has a tie to them."""
    if person.is_administrator or not isinstance(place, int):
        return False
    return world.ties[person.pk] == {place} and bool(world.employments.get((person.pk, place)))


def _check_rights(line: Line, world: PeopleWorld, person: Person) -> None:
    if world.ties[person.pk] - world.places.writable or person.pk in world.needed_elsewhere:
        line.refuse("email", _("This person is kept by the HR of another organisation."))
        return
    differs = line.values["full_name"] != person.full_name
    line.plan.renamed = differs and _is_ours_alone(line.plan.place, world, person)


def _refuse_namesakes(lines: list[Line]) -> None:
    """Two rows with one employee number at one place, or that turn out to be one person."""
    for facet, sentence in (
        (
            lambda line: (line.plan.place, line.values.get("employee_number")),
            _("The same employee number as in row %(n)d."),
        ),
        (lambda line: line.plan.person and line.plan.person.pk, _("The same person as in row %(n)d.")),
    ):
        seen: dict[Any, int] = {}
        for line in lines:
            key = facet(line) if line.is_good else None
            if not key or (isinstance(key, tuple) and not key[1]):
                continue
            if key in seen:
                line.refuse("employee_number", sentence % {"n": seen[key]})
            seen.setdefault(key, line.number)


def _find_manager(
    line: Line,
    world: PeopleWorld,
    by_key: dict[str, Line],
    by_number: dict[tuple[Place, str], Line],
    refused: dict[str, int],
) -> None:
    """By e-mail or number: a row of the file, or somebody who works at the organisation or at the importing one."""
    said = line.values.get("line_manager", "")
    if not said:
        return
    leader = _leader(line, world, by_key, by_number)
    found: int | str | None = leader.plan.node if leader else None
    if leader:
        line.plan.leader = leader
        line.plan.is_led_anyway = (found, leader.plan.place) in world.employments
    if found is None and "@" in said:
        person = world.person(said)
        here = {place for place in (line.plan.place, world.places.own.pk) if isinstance(place, int)}
        if person and any(terms.at(world.employments.get((person.pk, place), []), world.today)[0] for place in here):
            found = person.pk
    elif found is None and isinstance(line.plan.place, int):
        found = world.holders.get((line.plan.place, said))
    if found is None and said.lower() in refused:
        sentence = _("The line manager's own row, %(n)d, is refused.") % {"n": refused[said.lower()]}
        line.refuse("line_manager", sentence)
    elif found is None:
        line.refuse("line_manager", _("Nobody with this e-mail or employee number is in the file or works there."))
    elif found == line.plan.node:
        line.refuse("line_manager", _("Nobody is their own line manager."))
    else:
        line.plan.manager = found


def _leader(
    line: Line, world: PeopleWorld, by_key: dict[str, Line], by_number: dict[tuple[Place, str], Line]
) -> Line | None:
    """The row of a row's line manager; one that has meanwhile been refused is nobody's."""
    said = line.values.get("line_manager", "")
    found = by_key.get(world.emails[said]) if "@" in said else by_number.get((line.plan.place, said))
    return found if found and found.plan else None


def _compare(line: Line, world: PeopleWorld, *, correct: bool) -> None:
    """What the row says otherwise than the present terms."""
    plan: PersonPlan = line.plan
    plan.department = world.names.get(line.values.get("department", ""), "")
    rows = (
        world.employments.get((plan.person.pk, plan.place), []) if plan.person and isinstance(plan.place, int) else []
    )
    present = terms.at(rows, world.today)[0]
    given = terms.fields(line)
    different = []
    if present:
        different = [name for name, value in given.items() if getattr(present, name) != value]
        department = world.departments.get((present.organisation_id, plan.department))
        if plan.department and (department is None or department.pk != present.department_id):
            different.append("department")
        if plan.manager is not None and plan.manager != present.line_manager_id:
            different.append("line_manager")
    merged = {name: given.get(name) or (getattr(present, name) if present else None) for name in _TOGETHER}
    if merged["annual_salary"] is not None and not merged["salary_currency"]:
        line.refuse("salary_currency", _("A salary needs a currency of three letters, such as EUR."))
    if merged["started_on"] and merged["contract_ends_on"] and merged["contract_ends_on"] < merged["started_on"]:
        line.refuse("contract_ends_on", _("The contract cannot end before it started."))
    if line.is_good:
        plan.terms = terms.decide(line, rows, different, correct=correct, today=world.today)


_TOGETHER = ("annual_salary", "salary_currency", "started_on", "contract_ends_on")


def _settle_managers(lines: list[Line], world: PeopleWorld) -> None:
    """Refuse whose line manager is refused, and circles, until neither brings another."""
    leaders = {line.number: line.plan.leader for line in lines if line.is_good and line.plan.leader}
    known = {line.number for line in lines if line.is_good and line.plan.is_led_anyway}
    again = True
    while again:
        again = superiors.refuse_orphans(lines, leaders, known)
        rows = {(line.plan.place, line.plan.node): line for line in lines if line.is_good}
        edges: dict[Any, Any] = dict(world.led)
        edges.update({edge: line.plan.manager for edge, line in rows.items() if line.plan.manager is not None})
        again = superiors.refuse_cycles(rows, edges) or again
