"""Takes back what an import wrote, as long as nobody has used it.

Order of events: compare what is here with what the import left; restore employments and particulars; then see
whether anything refers to what is to go. If anything stops it, all is left as it was and each row says why.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils.translation import gettext as _

from people.imports import traces
from people.imports.people_write import IDENTITY, SOME, restored, rewrite
from people.models import Department, Employment, ImportBatch, ImportKind, ImportRow, Organisation, Person


class Stopped(Exception):
    """Undoing would take away what is used: sentences by number of the row, 0 for the file as a whole."""

    def __init__(self, rows: dict[int, str]) -> None:
        super().__init__(f"{len(rows)} rows are used")
        self.rows = rows


@transaction.atomic
def undo(batch: ImportBatch) -> None:
    """Restore what was there before, or raise Stopped and change nothing."""
    rows = [row for row in batch.rows.order_by("number") if row.after]
    if batch.kind == ImportKind.PEOPLE:
        _undo_people(batch, rows)
    else:
        _undo_organisations(rows)
    _delete_made(batch, rows)


def _undo_people(batch: ImportBatch, rows: list[ImportRow]) -> None:
    ids = [row.after["person"]["id"] for row in rows]
    people = {person.pk: person for person in Person.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    employments: dict[tuple[int, int], dict[int, Employment]] = {}
    for each in Employment.objects.select_for_update(of=("self",)).filter(person__in=ids).order_by("pk"):
        employments.setdefault((each.person_id, each.organisation_id), {})[each.pk] = each
    has = traces.parts(ids)
    stops = {}
    for row in rows:
        sentence = _changed_since(batch, row, people, employments) or _busy_since(row, has)
        if sentence:
            stops[row.number] = sentence
    if stops:
        raise Stopped(stops)
    _restore_people(rows, people)
    new = {row.after["person"]["id"]: row.number for row in rows if row.before["person"] is None}
    used = traces.used(Person, new)
    if used:
        raise Stopped({new[pk]: _("This person has a part in something meanwhile.") for pk in used})
    # Nothing refers to them: no need to look for what would have to go with them.
    Person.objects.filter(pk__in=new)._raw_delete(using=DEFAULT_DB_ALIAS)


def _changed_since(
    batch: ImportBatch,
    row: ImportRow,
    people: dict[int, Person],
    employments: dict[tuple[int, int], dict[int, Employment]],
) -> str:
    """Why a row's person is not as the import left them."""
    left = row.after["person"]
    person = people.get(left["id"])
    if person is None:
        return _("This person is not here any more.")
    assert batch.written_at
    if person.last_login and (row.before["person"] is None or person.last_login >= batch.written_at):
        return _("This person has signed in.")
    if any(getattr(person, name) != value for name, value in left.items() if name != "id"):
        return _("This person was changed since.")
    here = employments.get((left["id"], row.after["place"]), {})
    if set(here) != set(row.after["ids"]):
        return _("The terms of employment were changed since.")
    for values in row.after["employments"]:
        if not _is_as(values, here[values["id"]]):
            return _("The terms of employment were changed since.")
    return ""


def _busy_since(row: ImportRow, parts: Any) -> str:
    if parts[row.after["person"]["id"]] > row.after["parts"]:
        return _("This person has a new part in a case, or acts for an organisation.")
    return ""


def _is_as(values: dict[str, Any], employment: Employment) -> bool:
    kept = restored(values)
    return all(getattr(kept, name) == getattr(employment, name) for name in values)


def _restore_people(rows: list[ImportRow], people: dict[int, Person]) -> None:
    """Terms that began go first, as terms of one person never overlap."""
    before = [values for row in rows for values in row.before["employments"]]
    kept = {values["id"] for values in before}
    begun = [values["id"] for row in rows for values in row.after["employments"] if values["id"] not in kept]
    Employment.objects.filter(pk__in=begun).delete()
    rewrite([restored(values) for values in before])
    changed = []
    for row in rows:
        old, person = row.before["person"], people[row.after["person"]["id"]]
        if old and any(getattr(person, name) != old[name] for name in IDENTITY):
            person.full_name, person.email = old["full_name"], old["email"]
            changed.append(person)
    Person.objects.bulk_update(changed, IDENTITY, batch_size=SOME)


def _undo_organisations(rows: list[ImportRow]) -> None:
    """Particulars that are as the import left them go back; a changed one stops it all."""
    here = Organisation.objects.select_for_update().in_bulk([row.after["organisation"]["id"] for row in rows])
    stops = {}
    changed: dict[tuple[str, ...], list[Organisation]] = {}
    for row in rows:
        left, old = row.after["organisation"], row.before["organisation"]
        found = here.get(left["id"])
        if found is None or any(str(getattr(found, name)) != left[name] for name in left if name != "id"):
            stops[row.number] = _("This organisation was changed since.")
        elif old:
            for name in old:
                if name != "id":
                    setattr(found, name, old[name])
            changed.setdefault(tuple(name for name in old if name != "id"), []).append(found)
    if stops:
        raise Stopped(stops)
    for names, organisations in changed.items():
        Organisation.objects.bulk_update(organisations, names, batch_size=SOME)


def _delete_made(batch: ImportBatch, rows: list[ImportRow]) -> None:
    """Departments and organisations that the import made, if nothing refers to them."""
    departments = batch.made.get("departments", [])
    if traces.used(Department, departments):
        raise Stopped({0: _("A department that this import made is used by others meanwhile.")})
    Department.objects.filter(pk__in=departments).delete()
    own = {
        row.after["organisation"]["id"]: row.number
        for row in rows
        if "organisation" in row.after and not row.before["organisation"]
    }
    made = own or dict.fromkeys(batch.made.get("organisations", []), 0)
    _delete_organisations(made)


def _delete_organisations(made: dict[int, int]) -> None:
    used: Collection[int] = traces.used(Organisation, made)
    if used:
        raise Stopped({made[pk]: _("An organisation that this import made is used meanwhile.") for pk in used})
    Organisation.objects.filter(pk__in=made).delete()
