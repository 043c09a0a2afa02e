"""Two organisations of the same shape, each with its hosts, people and cases; and whose each row is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import F, Model, Value
from django.db.models.functions import Concat

from people.models import Organisation, Person, PersonSession
from secondments.models import Secondment
from tests.cast import Cast
from tests.house import addresses

# Columns that lead to a row of one of these without being a foreign key.
LOOSE = {
    "case_id": Secondment,
    "actor_id": Person,
    "subject_id": Person,
}
NAMES = ("key", "email", "content_hash", "sha256", "session_key")  # columns whose values a form may bring back


@dataclass
class Twins:
    """Ours is the second world, theirs the first: what is theirs has a number up to ``last``."""

    ours: addresses.World
    theirs: addresses.World
    last: dict[str, int]
    twin_of: dict[str, str] = field(default_factory=dict)  # our key, address or digest, and theirs
    numbers: dict[type[Model], dict[str, str]] = field(default_factory=dict)  # our pk, and theirs

    @cached_property
    def question(self) -> str:
        """Put together once: it is asked after each sending."""
        return " UNION ALL ".join(_of_table(self, model) for model in models())

    def learn(self) -> None:
        """Pair the rows of both worlds, which were made in the same order."""
        for model in models():
            last = self.last[model._meta.db_table]
            theirs = list(model._base_manager.filter(pk__lte=last).order_by("pk").values())
            ours = list(model._base_manager.filter(pk__gt=last).order_by("pk").values())
            pairs = list(zip(ours, theirs, strict=False))
            self.numbers[model] = {str(mine["id"]): str(other["id"]) for mine, other in pairs}
            for mine, other in pairs:
                for name in NAMES:
                    if mine.get(name) and other.get(name):
                        self.twin_of.setdefault(str(mine[name]), str(other[name]))


def models() -> list[type[Model]]:
    """Every table with a number for each row."""
    found = [model for model in apps.get_models() if model._meta.pk and model._meta.pk.name == "id"]
    return [model for model in found if model._meta.app_label not in {"auth", "contenttypes", "django"}]


def build() -> Twins:
    theirs = addresses.build(Cast.assemble())
    Person.objects.update(email=Concat(Value("b."), F("email")), full_name=Concat(Value("Other "), F("full_name")))
    Organisation.objects.update(legal_name=Concat(Value("Other "), F("legal_name")))
    PersonSession.objects.update(session_key="y" * 32)
    theirs.people = {role: Person.objects.get(pk=who.pk) for role, who in theirs.people.items()}
    last = {model._meta.db_table: highest(model) for model in models()}
    ours = addresses.build(Cast.assemble())
    found = Twins(ours, theirs, last)
    found.learn()
    return found


def highest(model: type[Model]) -> int:
    row = model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
    return int(row or 0)


def digest(twins: Twins) -> dict[str, str]:
    """For each table a digest of the rows that are theirs, and of all that lead to them or their people."""
    with connection.cursor() as cursor:
        cursor.execute(twins.question)
        return dict(cursor.fetchall())


def _of_table(twins: Twins, model: type[Model]) -> str:
    table = model._meta.db_table
    whose = [f"t.id <= {twins.last[table]}"]
    whose += [f"t.{column} <= {twins.last[target._meta.db_table]}" for column, target in leads(model)]
    return (
        f"SELECT '{table}', count(*) || ':' || coalesce(md5(string_agg(t::text, '|' ORDER BY t.id)), '') "
        f'FROM "{table}" t WHERE {" OR ".join(whose)}'
    )


def leads(model: type[Model]) -> Iterator[tuple[str, type[Model]]]:
    """Columns that lead to rows of somebody."""
    for column in model._meta.concrete_fields:
        target: Any = LOOSE.get(column.name) or column.related_model
        if target in models() and model is not target:
            yield column.column, target
