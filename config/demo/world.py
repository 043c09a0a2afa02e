"""Organisations and people of the demo: twelve and four hundred, the same on every machine."""

from __future__ import annotations

import unicodedata
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random

from config.demo import names
from people import clock
from people.models import ClosingDay, Department, Employment, Membership, Organisation, Person, Policy, Signatory

MAIN = 176  # people of the first organisation; the rest is spread over the others
ALL = 400


@dataclass
class House:
    """An organisation with its people, as the stories need them."""

    organisation: Organisation
    domain: str
    departments: list[Department]
    staff: list[Person] = field(default_factory=list)
    managers: list[Person] = field(default_factory=list)
    hr: list[Person] = field(default_factory=list)
    free: list[Person] = field(default_factory=list)


def build(chance: Random) -> list[House]:
    """Make everybody; managers come first in each organisation, then HR, then staff who may be seconded."""
    houses = []
    taken: set[str] = set()
    share = (ALL - MAIN) // (len(names.ORGANISATIONS) - 1)
    for index, row in enumerate(names.ORGANISATIONS):
        size = MAIN if index == 0 else share
        if index == len(names.ORGANISATIONS) - 1:
            size = ALL - MAIN - share * (len(names.ORGANISATIONS) - 2)
        houses.append(_house(chance, row, size, taken))
    return houses


def _house(chance: Random, row: tuple[str, ...], size: int, taken: set[str]) -> House:
    legal_name, kind, country, zone, address, number, domain, departments = row
    organisation = Organisation.objects.create(
        is_listed=True,
        legal_name=legal_name,
        kind=kind,
        country=country,
        time_zone=zone,
        address=address,
        registered_number=number,
    )
    house = House(
        organisation,
        domain,
        [Department.objects.create(organisation=organisation, name=name) for name in departments.split(", ")],
    )
    Policy.objects.create(
        organisation=organisation,
        effective_from=clock.today(zone) - timedelta(days=900),
        note="Our first rules.",
    )
    people = [_person(chance, country, zone, domain, taken) for _ in range(size)]
    Person.objects.bulk_create(people)
    leads = max(2, size // 12)
    house.managers, house.hr, house.staff = people[:leads], people[leads : leads + 2], people[leads + 2 :]
    house.free = list(house.staff)
    _employ(chance, house, country)
    _appoint(house, people)
    _settle(house)
    return house


def _person(chance: Random, country: str, zone: str, domain: str, taken: set[str]) -> Person:
    while True:
        full_name = f"{chance.choice(names.FIRST[country])} {chance.choice(names.LAST[country])}"
        email = f"{_ascii(full_name)}@{domain}"
        if email not in taken and not email.startswith("@"):
            break
    taken.add(email)
    person = Person(email=email, full_name=full_name, time_zone=zone)
    person.set_unusable_password()
    return person


ROMAN = str.maketrans(
    {"Ł": "L", "ł": "l", "ß": "ss", "ı": "i", "І": "I", "р": "r", "и": "y", "н": "n", "а": "a", "Ш": "Sh", "е": "e", "в": "v", "ч": "ch", "к": "k", "о": "o", "Ε": "E", "λ": "l", "έ": "e", "ν": "n", "η": "i", "Π": "P", "α": "a", "π": "p", "δ": "d", "ο": "o", "ύ": "ou", "υ": "y", "đ": "d", "Đ": "D"}
)  # fmt: skip


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.translate(ROMAN)).encode("ascii", "ignore").decode().lower()
    return ".".join("".join(c for c in word if c.isalnum()) for word in plain.replace("-", " ").split())


def _employ(chance: Random, house: House, country: str) -> None:
    currency = {"GB": "GBP", "PL": "PLN", "DE": "EUR", "PT": "EUR"}[country]
    full = Decimal("37.5") if country == "GB" else Decimal("40")
    today = clock.today(house.organisation.time_zone)
    rows = []
    for number, person in enumerate([*house.managers, *house.hr, *house.staff], start=1):
        leads = person in house.managers
        rows.append(
            Employment(
                person=person,
                organisation=house.organisation,
                department=house.departments[number % len(house.departments)],
                line_manager=None if person == house.managers[0] else house.managers[number % len(house.managers)],
                employee_number=f"{house.domain[:2].upper()}-{number:04d}",
                job_title="Head of department" if leads else chance.choice(names.JOBS),
                grade=f"{chance.choice('BCDE')}{chance.randint(1, 4)}",
                started_on=today - timedelta(days=chance.randint(400, 5000)),
                weekly_hours=full,
                annual_salary=Decimal(chance.randint(28, 90) * 1000),
                salary_currency=currency,
                location=house.organisation.address.rpartition(", ")[2],
            )
        )
    for row in rows:
        if row.line_manager == row.person:
            row.line_manager = house.managers[0]
    Employment.objects.bulk_create([*rows, *_earlier(rows)])


def _earlier(rows: list[Employment]) -> list[Employment]:
    """Every ninth began as a trainee, so that there is a history to look at."""
    found = []
    for number, row in enumerate(rows[4::9]):
        assert row.started_on
        row.since = row.started_on + timedelta(days=200)
        earlier = copy(row)
        earlier.since, earlier.until = row.started_on, row.since - timedelta(days=1)
        earlier.job_title = "Trainee"
        earlier.annual_salary = (row.annual_salary or Decimal(0)) * Decimal("0.85")
        if number % 2:
            earlier.weekly_hours = row.weekly_hours - Decimal("7.5")
        found.append(earlier)
    return found


def _appoint(house: House, people: list[Person]) -> None:
    since = clock.now() - timedelta(days=800)
    roles = [(house.hr[0], "hr"), (house.hr[1], "hr"), (people[-1], "finance"), (people[-2], "viewer")]
    Membership.objects.bulk_create(
        Membership(
            person=person,
            organisation=house.organisation,
            role=role,
            since=since,
            approves_legal=person == house.hr[1],
        )
        for person, role in roles
    )


def _settle(house: House) -> None:
    """Who signs, when one works, and rules that were changed once."""
    organisation = house.organisation
    today = clock.today(organisation.time_zone)
    Signatory.objects.bulk_create(
        Signatory(
            organisation=organisation,
            person=person,
            title=title,
            since=today - timedelta(days=700),
            until=until,
            given_by=house.hr[0],
            taken_by=house.hr[0] if until else None,
        )
        for person, title, until in (
            (house.managers[0], "Managing director", None),
            (house.hr[1], "Head of HR", None),
            (house.managers[1], "Director", today - timedelta(days=90)),
        )
    )
    region = {"GB": "ENG", "DE": "BY"}.get(str(organisation.country), "")
    Organisation.objects.filter(pk=organisation.pk).update(holiday_region=region)
    ClosingDay.objects.bulk_create(
        ClosingDay(organisation=organisation, day=day, name=name)
        for day, name in (
            (today.replace(month=12, day=27), "Between the years"),
            (today.replace(month=12, day=28), "Between the years"),
            (today.replace(year=today.year + 1, month=6, day=12), "Summer outing"),
        )
    )
    Policy.objects.create(
        organisation=organisation,
        effective_from=today - timedelta(days=250),
        minimum_days=28,
        escalate_after_days=4,
        note="Two weeks were too short to learn anything, and we want to hear of silence earlier.",
        made_by=house.hr[0],
        made_at=clock.now() - timedelta(days=260),
    )
