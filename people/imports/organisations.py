"""Organisations out of a file: what becomes of each row, and writing them in bulk.

Only those that the importing organisation keeps are touched; one with HR of its own never is. Departments are added
and none is taken away; a blank cell leaves things as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from people.imports.lines import Line
from people.imports.places import Places, folded
from people.models import Department, Fate, ImportBatch, ImportRow, Organisation, Person

FIELDS = ("kind", "registered_number", "address", "visiting_address", "time_zone")
KEPT = ("legal_name", "country", *FIELDS)
SOME = 1000


@dataclass
class OrganisationPlan:
    organisation: Organisation | None
    departments: list[str] = field(default_factory=list)  # names of those to be added


@dataclass
class OrganisationWorld:
    places: Places
    departments: dict[int, set[str]]  # folded names
    names: dict[str, str]
    numbers: dict[tuple[str, str], Organisation]  # kept ones by country and registered number


def plan(batch: ImportBatch, lines: list[Line], *, by: Person, lock: bool = False) -> OrganisationWorld:
    """Give every line its fate; returns the world that they were held against."""
    world = _world(batch, lines, by=by, lock=lock)
    seen: dict[Any, int] = {}
    for line in lines:
        if not line.is_good:
            continue
        found = _found(line, world)
        if not line.is_good:
            continue
        country = line.values.get("country") or (str(found.country) if found else "")
        key = (world.places.keys[line.values["legal_name"]], country)
        if key in seen:
            line.refuse("legal_name", _("The same organisation as in row %(n)d.") % {"n": seen[key]})
            continue
        seen[key] = line.number
        _compare(line, found, world)
    return world


def _world(batch: ImportBatch, lines: list[Line], *, by: Person, lock: bool) -> OrganisationWorld:
    good = [line for line in lines if line.is_good]
    places = Places(batch, {line.values["legal_name"] for line in good}, by=by)
    if lock:
        list(Organisation.objects.select_for_update().filter(pk__in=places.known).order_by("pk").values_list("pk"))
    departments: dict[int, set[str]] = {}
    rows = Department.objects.filter(organisation__in=places.known).annotate(folded=Lower("name"))
    for pk, name in rows.order_by().values_list("organisation_id", "folded"):
        departments.setdefault(pk, set()).add(name)
    wanted = {line.values["registered_number"] for line in good if line.values.get("registered_number")}
    kept = Organisation.objects.filter(kept_by=batch.organisation, registered_number__in=wanted)
    numbers = {(str(each.country), each.registered_number): each for each in kept.order_by("pk")}
    names = folded({name for line in good for name in line.values.get("departments", [])})
    return OrganisationWorld(places, departments, names, numbers)


def _found(line: Line, world: OrganisationWorld) -> Organisation | None:
    """The organisation of a row, or nothing if it is to be made; refuses the row if neither may be."""
    country = line.values.get("country", "")
    found = world.places.find(line.values["legal_name"], country)
    if len(found) > 1:
        line.refuse("country", _("Several organisations have this name; say the country."))
    elif found and found[0].pk == world.places.own.pk:
        line.refuse("legal_name", _("This is your own organisation; change it on its page."))
    elif found and found[0].pk not in world.places.writable:
        line.refuse("legal_name", _("This organisation has HR of its own, who keep its particulars."))
    elif not found and not country:
        line.refuse("country", _("This organisation is new here; say its country."))
    else:
        _check_number(line, found[0] if found else None, world)
        return found[0] if found else None
    return None


def _check_number(line: Line, found: Organisation | None, world: OrganisationWorld) -> None:
    country = line.values.get("country") or (str(found.country) if found else "")
    other = world.numbers.get((country, line.values.get("registered_number", "")))
    if other and (found is None or other.pk != found.pk):
        line.refuse(
            "registered_number",
            _("%(name)s has this number already; write that name, or change it on its page.") % {"name": other},
        )


def _compare(line: Line, found: Organisation | None, world: OrganisationWorld) -> None:
    here = world.departments.get(found.pk, set()) if found else set()
    more = [name for name in line.values.get("departments", []) if world.names[name] not in here]
    line.plan = OrganisationPlan(found, more)
    if found is None:
        line.fate = Fate.NEW.value
        return
    line.changes = [n for n in FIELDS if n in line.values and getattr(found, n) != line.values[n]]
    line.changes += ["departments"] if more else []
    line.fate = Fate.CHANGED.value if line.changes else Fate.UNCHANGED.value


def write(
    batch: ImportBatch, world: OrganisationWorld, lines: list[Line]
) -> tuple[dict[str, list[int]], list[ImportRow]]:
    """Write the lines, all of them good; returns what was made besides them, and the rows with before and after."""
    work = [line for line in lines if line.fate in (Fate.NEW, Fate.CHANGED)]
    before = {line.number: _copy(line.plan.organisation) for line in work if line.plan.organisation}
    new: list[Organisation] = []
    changed: list[Organisation] = []
    for line in work:
        organisation = line.plan.organisation or Organisation(
            legal_name=line.values["legal_name"], country=line.values["country"], kept_by=batch.organisation
        )
        for name in FIELDS:
            setattr(organisation, name, line.values.get(name) or getattr(organisation, name))
        (changed if line.plan.organisation else new).append(organisation)
        line.plan.organisation = organisation
    Organisation.objects.bulk_create(new, SOME)
    Organisation.objects.bulk_update(changed, FIELDS, batch_size=SOME)
    departments = Department.objects.bulk_create(
        (Department(organisation=line.plan.organisation, name=name) for line in work for name in line.plan.departments),
        SOME,
    )
    rows = {
        line.number: ({"organisation": before.get(line.number)}, {"organisation": _copy(line.plan.organisation)})
        for line in work
    }
    made = {"departments": [each.pk for each in departments]}
    empty: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    return made, [
        ImportRow(number=line.number, before=old, after=new)
        for line in lines
        for old, new in [rows.get(line.number, empty)]
    ]


def _copy(organisation: Organisation) -> dict[str, Any]:
    return {"id": organisation.pk, **{name: str(getattr(organisation, name)) for name in KEPT}}
