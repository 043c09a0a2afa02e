"""Writes planned rows of people in bulk, and keeps of each row what it found and left.

Order of events: organisations, departments, people, then employments: first those that end or are corrected,
then those that begin, as terms of one person never overlap.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from people.imports import terms, traces
from people.imports.lines import Line
from people.imports.people_world import PeopleWorld
from people.imports.places import Place
from people.models import Department, Employment, Fate, ImportBatch, ImportRow, Organisation, Person

COLUMNS = {column.attname: column for column in Employment._meta.concrete_fields}
REWRITTEN = [column.name for column in Employment._meta.concrete_fields if not column.primary_key]
IDENTITY = ("full_name", "email")
WHOLE = (*IDENTITY, "phone", "time_zone", "is_active")
SOME = 1000  # rows a statement


def write(batch: ImportBatch, world: PeopleWorld, lines: list[Line]) -> tuple[dict[str, list[int]], list[ImportRow]]:
    """Write the lines, all of them good; returns what was made besides people, and the rows with before and after."""
    work = [line for line in lines if line.fate in (Fate.NEW, Fate.CHANGED)]
    made_places = _organisations(batch, world, work)
    made_departments = _departments(world, work)
    before = {line.number: _before(line) for line in work}
    _people(world, work)
    ended, begun = _employments(world, work)
    had = traces.parts([line.plan.person.pk for line in work if line.fate == Fate.CHANGED])
    rows = {}
    for line in work:
        person = line.plan.person
        touched = [each for each in (ended.get(line.number), begun.get(line.number)) if each]
        after = {
            "person": {"id": person.pk, **_copy(person, WHOLE if line.fate == Fate.NEW else IDENTITY)},
            "employments": [snapshot(each) for each in touched],
            "place": line.plan.place,
            "ids": sorted({*_ids(world, line), *(each.pk for each in touched)}),
            "parts": had[person.pk],
        }
        rows[line.number] = (before[line.number], after)
    made = {"organisations": made_places, "departments": made_departments}
    return made, [_row(line, *rows.get(line.number, ({}, {}))) for line in lines]


def _row(line: Line, before: dict[str, Any], after: dict[str, Any]) -> ImportRow:
    return ImportRow(number=line.number, before=before, after=after)


def snapshot(employment: Employment) -> dict[str, Any]:
    """All columns of a row as JSON, so that the very row can be restored."""
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
        for name, value in ((name, getattr(employment, name)) for name in COLUMNS)
    }


def restored(values: dict[str, Any]) -> Employment:
    """The row that a snapshot was made of."""
    return Employment(**{name: COLUMNS[name].to_python(value) for name, value in values.items()})


def rewrite(rows: Iterable[Employment]) -> None:
    """Save many whole rows at once."""
    Employment.objects.bulk_create(rows, SOME, update_conflicts=True, unique_fields=["id"], update_fields=REWRITTEN)


def _copy(person: Person, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(person, name) for name in names}


def _before(line: Line) -> dict[str, Any]:
    plan = line.plan
    if plan.person is None:
        return {"person": None, "employments": []}
    old = plan.terms.old if plan.terms.way in (terms.CORRECT, terms.SPLIT) else None
    return {"person": _copy(plan.person, IDENTITY), "employments": [snapshot(old)] if old else []}


def _ids(world: PeopleWorld, line: Line) -> list[int]:
    return [each.pk for each in world.employments.get((line.plan.person.pk, line.plan.place), [])]


def _organisations(batch: ImportBatch, world: PeopleWorld, work: list[Line]) -> list[int]:
    """Make those that nobody knew, kept by the importing one; the first row to name one gives it its zone."""
    wanted: dict[Place, Organisation] = {}
    for line in work:
        place, values = line.plan.place, line.values
        if not isinstance(place, int) and place not in wanted:
            zone = values.get("time_zone") or "UTC"
            wanted[place] = Organisation(
                legal_name=values["organisation"], country=values["country"], time_zone=zone, kept_by=batch.organisation
            )
    made = dict(zip(wanted, Organisation.objects.bulk_create(wanted.values(), SOME), strict=True))
    for line in work:
        if line.plan.place in made:
            line.plan.place = made[line.plan.place].pk
    world.places.known.update({each.pk: each for each in made.values()})
    return [each.pk for each in made.values()]


def _departments(world: PeopleWorld, work: list[Line]) -> list[int]:
    wanted = {}
    for line in work:
        at = (line.plan.place, line.plan.department)
        if at[1] and at not in world.departments and at not in wanted:
            wanted[at] = Department(organisation_id=at[0], name=line.values["department"])
    made = Department.objects.bulk_create(wanted.values(), SOME)
    world.departments.update(zip(wanted, made, strict=True))
    return [each.pk for each in made]


def _people(world: PeopleWorld, work: list[Line]) -> None:
    """Make those who are new, rename those who may be; ``plan.person`` is set for all of them afterwards."""
    new, changed = [], []
    for line in work:
        plan, values = line.plan, line.values
        if plan.person is None:
            zone = values.get("time_zone") or world.places.known[plan.place].time_zone
            person = Person(email=values["email"], full_name=values["full_name"], time_zone=zone)
            person.set_unusable_password()
            new.append((line, person))
        elif plan.renamed or plan.moved:
            plan.person.full_name = values["full_name"] if plan.renamed else plan.person.full_name
            plan.person.email = values["email"] if plan.moved else plan.person.email
            changed.append(plan.person)
    made = Person.objects.bulk_create([person for _line, person in new], SOME)
    for (line, _person), person in zip(new, made, strict=True):
        line.plan.person = person
    Person.objects.bulk_update(changed, IDENTITY, batch_size=SOME)


def _employments(world: PeopleWorld, work: list[Line]) -> tuple[dict[int, Employment], dict[int, Employment]]:
    """Ended or corrected rows and those that begin, by number of the line."""
    keys = {line.plan.key: line.plan.person.pk for line in work}
    ended: dict[int, Employment] = {}
    begun: dict[int, Employment] = {}
    days: dict[date, list[int]] = defaultdict(list)
    for line in work:
        decided = line.plan.terms
        if decided.way == terms.BEGIN or line.plan.terms.old is None:
            begun[line.number] = _filled(
                Employment(person=line.plan.person, organisation_id=line.plan.place, since=decided.start),
                world, line, keys,
            )  # fmt: skip
        elif decided.way == terms.CORRECT:
            ended[line.number] = _filled(decided.old, world, line, keys)
        elif decided.way == terms.SPLIT:
            fresh = copy.copy(decided.old)
            fresh.pk, fresh._state = None, copy.copy(decided.old._state)
            fresh._state.adding = True
            fresh.since, fresh.until = decided.start, decided.until
            begun[line.number] = _filled(fresh, world, line, keys)
            decided.old.until = decided.start - timedelta(days=1)
            ended[line.number] = decided.old
            days[decided.old.until].append(decided.old.pk)
    for day, ids in days.items():
        Employment.objects.filter(pk__in=ids).update(until=day)
    split = {pk for ids in days.values() for pk in ids}
    rewrite([each for each in ended.values() if each.pk not in split])
    Employment.objects.bulk_create(begun.values(), SOME)
    return ended, begun


def _filled(employment: Employment, world: PeopleWorld, line: Line, keys: dict[str, int]) -> Employment:
    """Terms with all that the row says; blank cells leave things as they are."""
    plan = line.plan
    for name, value in terms.fields(line).items():
        setattr(employment, name, value)
    if plan.department:
        employment.department_id = world.departments[plan.place, plan.department].pk
    if plan.manager is not None:
        employment.line_manager_id = plan.manager if isinstance(plan.manager, int) else keys[plan.manager]
    return employment
