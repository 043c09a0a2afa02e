"""Who is here already, as the rows of a file of people need it; read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from django.db.models import F, Q
from django.db.models.functions import Lower

from people import bonds, clock
from people.imports import rights, traces
from people.imports.lines import Line
from people.imports.places import Places, folded
from people.models import Department, Employment, ImportBatch, Person


class PeopleWorld:
    """Organisations, people, their employments and ties that a file speaks of; locked when it is written."""

    def __init__(self, batch: ImportBatch, lines: list[Line], *, by: Person, lock: bool) -> None:
        self.today = clock.today("UTC")  # as EmploymentQuerySet.current() counts
        self.places = Places(batch, _said(lines, "organisation"), by=by)
        self.emails = folded({*_said(lines, "email"), *_said(lines, "line_manager")})
        self.organisations = self.places.writable & set(self.places.known)
        self.holders = self._holders(lines)
        self._read_people(lock)
        self._read_employments(lock)
        self.departments = self._read_departments(lines)
        self.ties = rights.ties(self.people)
        kept = {person for person, _place in self.employments}
        self.needed_elsewhere = bonds.elsewhere(self.people.keys() - kept, self.places.writable)

    def person(self, email: str) -> Person | None:
        return self.by_email.get(self.emails[email])

    @cached_property
    def holders_with_parts(self) -> set[int]:
        """Of those who have a number of the file, who has a part in a case or acts for an organisation."""
        return set(traces.parts(set(self.holders.values())))

    def _holders(self, lines: list[Line]) -> dict[tuple[int, str], int]:
        """Who has each employee number of the file, by organisation."""
        numbers = {*_said(lines, "employee_number"), *_said(lines, "line_manager")}
        rows = Employment.objects.filter(
            organisation__in=self.organisations, employee_number__in=numbers, until__isnull=True
        ).exclude(employee_number="")
        return {
            (organisation, number): person
            for organisation, number, person in rows.order_by().values_list(
                "organisation_id", "employee_number", "person_id"
            )
        }

    def _read_people(self, lock: bool) -> None:
        found = Person.objects.annotate(folded=Lower("email")).filter(
            Q(folded__in=set(self.emails.values())) | Q(pk__in=set(self.holders.values()))
        )
        if lock:
            found = found.select_for_update(of=("self",))
        self.people = {person.pk: person for person in found.order_by("pk")}
        self.by_email = {person.folded: person for person in self.people.values()}

    def _read_employments(self, lock: bool) -> None:
        """All terms of these people at these organisations, oldest first; and everybody's line manager there."""
        rows = (
            Employment.objects.filter(person__in=self.people, organisation__in=self.organisations)
            .select_related("department")
            .order_by(F("since").asc(nulls_first=True), "pk")
        )
        if lock:
            rows = rows.select_for_update(of=("self",))
        self.employments: dict[tuple[int, int], list[Employment]] = {}
        for row in rows:
            self.employments.setdefault((row.person_id, row.organisation_id), []).append(row)
        led = Employment.objects.filter(
            organisation__in=self.organisations, until__isnull=True, line_manager__isnull=False
        )
        self.led = {
            (organisation, person): manager
            for organisation, person, manager in led.order_by().values_list(
                "organisation_id", "person_id", "line_manager_id"
            )
        }

    def _read_departments(self, lines: list[Line]) -> dict[tuple[int, str], Department]:
        self.names = folded(_said(lines, "department"))
        found = Department.objects.annotate(folded=Lower("name")).filter(
            organisation__in=self.organisations, folded__in=set(self.names.values())
        )
        return {(each.organisation_id, each.folded): each for each in found.order_by("pk")}


def _said(lines: Iterable[Line], name: str) -> set[str]:
    return {str(line.values[name]) for line in lines if line.is_good and line.values.get(name)}
