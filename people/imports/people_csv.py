"""Import of people from CSV: read, say each row's fate, write.

Nothing is written unless the whole file is good. Importing a row again updates it. HR writes into its own
organisation, and into others only while those have no HR of their own here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django_countries import countries

from people import ledger
from people.models import Department, Employment, Membership, Organisation, Person
from people.roles import Role

REQUIRED = ("organisation", "country", "full_name", "email")
OPTIONAL = (
    "employee_number",
    "job_title",
    "grade",
    "department",
    "line_manager_email",
    "started_on",
    "contract_ends_on",
    "weekly_hours",
    "annual_salary",
    "salary_currency",
    "location",
    "time_zone",
)
COLUMNS = REQUIRED + OPTIONAL
MAX_ROWS = 10_000


@dataclass
class Row:
    """One line of the file: what it says, what would become of it, what is wrong with it by column."""

    number: int
    values: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    fate: str = ""


@dataclass
class Reading:
    """A file as it was understood."""

    rows: list[Row]
    fault: str = ""

    @property
    def is_good(self) -> bool:
        return not self.fault and bool(self.rows) and not any(row.errors for row in self.rows)

    @property
    def error_count(self) -> int:
        return sum(len(row.errors) for row in self.rows)


def read(content: bytes, *, by: Person) -> Reading:
    """Understand a file without writing anything."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Reading([], _("The file is not UTF-8; in your spreadsheet, save it as “CSV UTF-8”."))
    header, *_rest = text.splitlines() or [""]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    names = [name.strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        return Reading([], _("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        return Reading([], _("These columns are not known: %(names)s.") % {"names": ", ".join(unknown)})
    reader.fieldnames = names
    rows = [
        _row(number, raw)
        for number, raw in enumerate(reader, start=2)
        if any((v or "").strip() for v in raw.values() if isinstance(v, str))
    ]
    if not rows:
        return Reading([], _("The file has no rows below its header."))
    if len(rows) > MAX_ROWS:
        return Reading([], _("The file has more than %(n)d rows; split it.") % {"n": MAX_ROWS})
    _check_together(rows, by)
    return Reading(rows)


def _row(number: int, raw: dict[str, Any]) -> Row:
    values = {name: (raw.get(name) or "").strip() for name in COLUMNS}
    row = Row(number, values)
    if None in raw:
        row.errors["organisation"] = _("This row has more cells than the header.")
    for name in REQUIRED:
        if not values[name]:
            row.errors[name] = _("Missing.")
    _parse(row, "email", _email)
    _parse(row, "line_manager_email", _email)
    _parse(row, "country", _country)
    for name in ("started_on", "contract_ends_on"):
        _parse(row, name, _date)
    for name in ("weekly_hours", "annual_salary"):
        _parse(row, name, _decimal)
    hours = row.values["weekly_hours"]
    if isinstance(hours, Decimal) and not 0 < hours <= 60:
        row.errors["weekly_hours"] = _("Must be above 0 and at most 60.")
    if row.values["annual_salary"] and len(row.values["salary_currency"]) != 3:
        row.errors["salary_currency"] = _("A salary needs a currency of three letters, such as EUR.")
    return row


def _parse(row: Row, name: str, parse: Any) -> None:
    text = row.values[name]
    if not text:
        return
    try:
        row.values[name] = parse(text)
    except (ValueError, InvalidOperation, ValidationError):
        row.errors[name] = {
            _email: _("“%(text)s” is not an e-mail address."),
            _country: _("“%(text)s” is not a country; write its two letters, such as GB."),
            _date: _("“%(text)s” is not a date; write it as 2026-05-04."),
            _decimal: _("“%(text)s” is not a number."),
        }[parse] % {"text": text}


def _email(text: str) -> str:
    validate_email(text)
    return text


def _country(text: str) -> str:
    code = text.upper() if len(text) == 2 else countries.by_name(text)
    if not countries.name(code):
        raise ValueError
    return code


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _decimal(text: str) -> Decimal:
    number = Decimal(text.replace(" ", "").replace(",", "."))
    if not number.is_finite() or abs(number) >= Decimal("1e10"):
        raise ValueError
    return number


def _check_together(rows: list[Row], by: Person) -> None:
    """What only shows against the other rows and the database: duplicates, managers, rights, new or known."""
    emails: dict[str, int] = {}
    for row in rows:
        email = str(row.values["email"]).lower()
        if email in emails and "email" not in row.errors:
            row.errors["email"] = _("The same e-mail as in row %(n)d.") % {"n": emails[email]}
        emails.setdefault(email, row.number)
    managers = {str(row.values["line_manager_email"]).lower() for row in rows} - {""}
    known = {
        email.lower() for email in Person.objects.filter(email__in=[*emails, *managers]).values_list("email", flat=True)
    }
    organisations: dict[tuple[str, str], Organisation | None] = {}
    for row in rows:
        manager = str(row.values["line_manager_email"]).lower()
        if manager and manager not in emails and manager not in known and "line_manager_email" not in row.errors:
            row.errors["line_manager_email"] = _("Nobody has this e-mail, neither in the file nor here.")
        place = (row.values["organisation"], row.values["country"])
        if "country" not in row.errors:
            organisation = organisations.setdefault(place, _known_organisation(row))
            if organisation and not _may_write(by, organisation):
                row.errors["organisation"] = _("This organisation has HR of its own, who keep its people.")
        if email in known and _kept_elsewhere(email, by):
            row.errors.setdefault("email", _("This person is kept by the HR of another organisation."))
        row.fate = _("update") if str(row.values["email"]).lower() in known else _("new")


def _known_organisation(row: Row) -> Organisation | None:
    """The organisation of a row, found in the same way when it is checked and when it is written."""
    return Organisation.objects.filter(
        legal_name__iexact=row.values["organisation"], country=row.values["country"]
    ).first()


def _kept_elsewhere(email: str, by: Person) -> bool:
    """Whether HR of an organisation that the importer does not write for keeps this person."""
    theirs = Organisation.objects.filter(
        Q(employments__person__email__iexact=email) | Q(memberships__person__email__iexact=email)
    ).distinct()
    return any(not _may_write(by, organisation) for organisation in theirs)


def _may_write(by: Person, organisation: Organisation) -> bool:
    if by.works_for(organisation.pk, Role.HR):
        return True
    return not Membership.objects.current().filter(organisation=organisation, role=Role.HR).exists()


@transaction.atomic
def write(reading: Reading, *, by: Person) -> dict[str, int]:
    """Write a good reading in one transaction; returns how many people are new and how many were updated."""
    if not reading.is_good:
        raise ValueError("only a reading without errors is written")
    counts = {"new": 0, "updated": 0}
    people: dict[str, Person] = {}
    for row in reading.rows:
        organisation = _organisation(row, by)
        if not _may_write(by, organisation):
            raise PermissionError(organisation.legal_name)  # somebody took charge of it since the dry run
        person, is_new = _person(row, organisation)
        people[person.email.lower()] = person
        counts["new" if is_new else "updated"] += 1
        _employ(row, person, organisation)
    for row in reading.rows:
        manager = str(row.values["line_manager_email"]).lower()
        if manager:
            boss = people.get(manager) or Person.objects.get(email__iexact=manager)
            Employment.objects.current().filter(
                person=people[row.values["email"].lower()], organisation=_known_organisation(row)
            ).update(line_manager=boss)
    ledger.record("people.import", by=by, new=counts["new"], updated=counts["updated"])
    return counts


def _organisation(row: Row, by: Person) -> Organisation:
    return _known_organisation(row) or Organisation.objects.create(
        legal_name=row.values["organisation"],
        country=row.values["country"],
        time_zone=row.values["time_zone"] or "UTC",
        kept_by_id=by.organisations_as(Role.HR)[0],
    )


def _person(row: Row, organisation: Organisation) -> tuple[Person, bool]:
    person = Person.objects.filter(email__iexact=row.values["email"]).first()
    if person:
        if person.employments.filter(organisation=organisation).exists():
            person.full_name = row.values["full_name"]
            person.save(update_fields=["full_name"])
        return person, False
    return (
        Person.objects.create_user(
            row.values["email"],
            full_name=row.values["full_name"],
            time_zone=row.values["time_zone"] or organisation.time_zone,
        ),
        True,
    )


def _employ(row: Row, person: Person, organisation: Organisation) -> None:
    given = {name: row.values[name] for name in _EMPLOYMENT if row.values[name]}
    if row.values["department"]:
        given["department"] = Department.objects.get_or_create(
            organisation=organisation, name=row.values["department"]
        )[0]
    Employment.objects.current().update_or_create(person=person, organisation=organisation, defaults=given)


_EMPLOYMENT = (
    "employee_number",
    "job_title",
    "grade",
    "started_on",
    "contract_ends_on",
    "weekly_hours",
    "annual_salary",
    "salary_currency",
    "location",
)


def example() -> Iterator[str]:
    """A file to start from: the header and two rows."""
    yield ",".join(COLUMNS)
    yield (
        "Northwind Ltd,GB,Ana Duarte,ana.duarte@northwind.example,N-104,Analyst,B2,Planning,"
        "tom.berg@northwind.example,2021-03-01,,37.5,41000,GBP,Leeds,Europe/London"
    )
    yield (
        "Contoso sp. z o.o.,PL,Łukasz Żółkowski,lukasz.zolkowski@contoso.example,,Head of Operations,"
        ",,,,,,,,,Europe/Warsaw"
    )
