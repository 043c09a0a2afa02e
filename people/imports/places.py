"""Organisations that rows name: found among those that may be written, refused, or to be made."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from people.imports import rights
from people.imports.lines import Line
from people.models import ImportBatch, Organisation, Person

Place = int | tuple[str, str]  # an organisation's id, or folded name and country of one to be made


def folded(texts: Iterable[str]) -> dict[str, str]:
    """Texts in lower case as the database's unique indexes see them; its alphabet differs from Python's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT t, lower(t) FROM unnest(%s::text[]) AS t", [sorted(set(texts))])
        return dict(cursor.fetchall())


class Places:
    """The organisations that a file names, read at once."""

    def __init__(self, batch: ImportBatch, names: Iterable[str], *, by: Person) -> None:
        self.own = batch.organisation
        self.keys = folded(names)
        self.writable = set(rights.writable(self.own).values_list("pk", flat=True))
        visible = Organisation.objects.visible_to(by).values("pk")
        found = (
            Organisation.objects.annotate(folded=Lower("legal_name"), has_hr=rights.with_hr())
            .filter(Q(pk=self.own.pk) | Q(folded__in=set(self.keys.values())))
            .filter(Q(pk__in=self.writable) | Q(pk__in=visible))
            .order_by("pk")
        )
        self.known: dict[int, Organisation] = {}
        self.named: dict[str, list[Organisation]] = {}
        for organisation in found:
            self.known[organisation.pk] = organisation
            self.named.setdefault(organisation.folded, []).append(organisation)

    def find(self, name: str, country: str) -> list[Organisation]:
        """Those of a name and country; of any country where none is given. Writable ones go before others."""
        found = [o for o in self.named.get(self.keys[name], []) if not country or o.country == country]
        return [o for o in found if o.pk in self.writable] or found

    def place(self, line: Line) -> Place | None:
        """Where a person's row belongs; refuses the row if that cannot be."""
        name, country = line.values.get("organisation", ""), line.values.get("country", "")
        if not name:
            return self.own.pk
        found = self.find(name, country)
        if len(found) > 1:
            line.refuse("country", _("Several organisations have this name; say the country."))
        elif not found and not country:
            line.refuse("country", _("This organisation is new here; say its country."))
        elif not found:
            return self.keys[name], country
        elif found[0].pk not in self.writable:
            line.refuse("organisation", _("This organisation has HR of its own, who keep its people."))
        else:
            return found[0].pk
        return None
