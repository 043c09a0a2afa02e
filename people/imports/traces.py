"""What refers to a row, in any house: read off the models, so that nothing above has to be known here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from django.db import connection
from django.db.models import ForeignKey, ForeignObjectRel, Model

# Roles and signing rights are parts too; everything else of this house is about a person and not done by them.
ACTING = {"Membership.person", "Signatory.person"}


def references(model: type[Model], ids: Collection[int]) -> Iterator[tuple[str, str, int]]:
    """House, ``Model.field`` and id of each row that is referred to, once for each pair."""
    for relation in model._meta.get_fields(include_hidden=True):  # most have no name on this side
        field = getattr(relation, "field", None)
        if not isinstance(relation, ForeignObjectRel) or not isinstance(field, ForeignKey) or not ids:
            continue
        with connection.cursor() as cursor:  # ten thousand ids are one value here, and as many objects to the ORM
            quote = connection.ops.quote_name
            column, table = quote(field.column), quote(field.model._meta.db_table)
            cursor.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} = ANY(%s)", [list(ids)])  # noqa: S608
            found = [pk for (pk,) in cursor.fetchall()]
        for pk in found:
            yield field.model._meta.app_label, f"{field.model.__name__}.{field.name}", pk


def used(model: type[Model], ids: Collection[int]) -> set[int]:
    """Which rows anything refers to."""
    return {pk for _house, _name, pk in references(model, ids)}


def parts(people: Collection[int]) -> Counter[int]:
    """In how many ways people have a part in cases or act for organisations; nobody without one is in it."""
    from people.models import Person

    found: Counter[int] = Counter()
    for house, name, pk in references(Person, people):
        if house != "people" or name in ACTING:
            found[pk] += 1
    return found
