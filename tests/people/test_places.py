"""Pages of organisations and people: who is let in, whatever their role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from people import clock
from people.models import ClosingDay, Department, Employment, Membership, Organisation, Person, Policy, Signatory
from tests.cast import Cast, person

SignIn = Callable[[Person], Client]
DAY = timedelta(days=1)
ROLES = ("hr", "finance", "viewer", "manager", "secondee", "host_hr", "stranger_hr", "stranger")
# What each sees of Northwind and of Ana Duarte, who works there, with GET. Contoso's HR finds Northwind as a host.
PAGES = {
    #                       hr   finance viewer manager secondee host_hr stranger_hr stranger
    "organisation":        (200, 200, 200, 404, 404, 200, 200, 404),
    "edit_organisation":   (200, 403, 403, 404, 404, 403, 403, 404),
    "departments":         (200, 200, 200, 404, 404, 403, 403, 404),
    "rename_department":   (200, 403, 403, 404, 404, 403, 403, 404),
    "remove_department":   (405, 405, 405, 405, 405, 405, 405, 405),
    "signatories":         (200, 200, 200, 404, 404, 403, 403, 404),
    "end_signatory":       (200, 403, 403, 404, 404, 403, 403, 404),
    "calendar":            (200, 200, 200, 404, 404, 403, 403, 404),
    "remove_closing_day":  (405, 405, 405, 405, 405, 405, 405, 405),
    "members":             (200, 200, 200, 404, 404, 403, 403, 404),
    "end_membership":      (200, 403, 403, 404, 404, 403, 403, 404),
    "policy":              (200, 200, 200, 404, 404, 403, 403, 404),
    "new_policy":          (200, 403, 403, 404, 404, 403, 403, 404),
    "edit_policy":         (200, 403, 403, 404, 404, 403, 403, 404),
    "remove_policy":       (405, 405, 405, 405, 405, 405, 405, 405),
    "person":              (200, 200, 200, 200, 200, 404, 404, 404),
    "rename_person":       (200, 403, 403, 403, 403, 404, 404, 404),
    "deactivate_person":   (200, 403, 403, 403, 403, 404, 404, 404),
    "reactivate_person":   (405, 405, 405, 405, 405, 405, 405, 405),
    "salary":              (200, 200, 403, 403, 200, 404, 404, 404),
    "begin_employment":    (200, 403, 403, 403, 403, 404, 404, 404),
    "correct_employment":  (200, 403, 403, 403, 403, 404, 404, 404),
    "change_employment":   (200, 403, 403, 403, 403, 404, 404, 404),
    "call_off_employment": (405, 405, 405, 405, 405, 405, 405, 405),
    "end_employment":      (200, 403, 403, 403, 403, 404, 404, 404),
}  # fmt: skip
ROW = {
    "rename_department": Department,
    "remove_department": Department,
    "end_signatory": Signatory,
    "remove_closing_day": ClosingDay,
    "end_membership": Membership,
    "edit_policy": Policy,
    "remove_policy": Policy,
    "correct_employment": Employment,
    "change_employment": Employment,
    "call_off_employment": Employment,
    "end_employment": Employment,
}


@pytest.fixture
def furnished(cast: Cast) -> Cast:
    """Northwind with one row of each kind."""
    today = clock.today("Europe/London")
    Department.objects.create(organisation=cast.northwind, name="Planning")
    Signatory.objects.create(organisation=cast.northwind, person=cast.director, since=today, title="Director")
    ClosingDay.objects.create(organisation=cast.northwind, day=today + DAY, name="Fair")
    Policy.objects.create(organisation=cast.northwind, effective_from=today - DAY)
    Policy.objects.create(organisation=cast.northwind, effective_from=today + DAY, decision_days=9)
    return cast


def address(cast: Cast, name: str) -> str:
    """The address of this name for Northwind or Ana Duarte, with a row of theirs."""
    is_person = name in {"person", "salary"} or name.endswith(("_person", "_employment"))
    args: list[Any] = [cast.secondee.key if is_person else cast.northwind.key]
    if name in ROW:
        row = ROW[name]
        mine = {"person": cast.secondee} if row is Employment else {"organisation": cast.northwind}
        args.append(row._default_manager.filter(**mine).order_by("-pk").first().pk)
    return reverse(name, args=args)


@pytest.mark.parametrize("role", ROLES)
def test_page_lets_in_whom_it_should(furnished: Cast, sign_in: SignIn, role: str) -> None:
    client = sign_in(furnished.people[role])
    found = {name: client.get(address(furnished, name)).status_code for name in PAGES}
    assert found == {name: row[ROLES.index(role)] for name, row in PAGES.items()}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "hr"])
def test_nobody_but_hr_writes(furnished: Cast, sign_in: SignIn, role: str) -> None:
    client = sign_in(furnished.people[role])
    before = everything()
    answers = {name: client.post(address(furnished, name), GIVEN).status_code for name in PAGES if name not in READS}
    assert set(answers.values()) <= {403, 404}
    assert everything() == before


READS = {"organisation", "person", "policy"}
GIVEN = {
    "name": "X", "full_name": "X", "email": "x@example.org", "person": "dora.rex@example.org", "role": "hr",
    "since": "2030-01-01", "last_day": "2030-01-01", "reason": "why", "annual_salary": "1", "salary_currency": "EUR",
    "working_days": ["1"], "legal_name": "X", "kind": "other", "country": "GB", "time_zone": "UTC",
}  # fmt: skip


def everything() -> list[Any]:
    models = [Organisation, Department, Signatory, ClosingDay, Policy, Membership, Employment, Person]
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("name", sorted(ROW))
def test_row_of_another_does_not_open_under_ones_own_key(furnished: Cast, sign_in: SignIn, name: str) -> None:
    """The twin: HR of Fabrikam asks for Northwind's rows below addresses of its own."""
    fabrikam = Organisation.objects.get(legal_name="Fabrikam Inc")
    worker = person("Wanda Work")
    Employment.objects.create(person=worker, organisation=fabrikam)
    pk = address(furnished, name).rstrip("/").split("/")
    number = next(int(part) for part in pk[::-1] if part.isdigit())
    key = worker.key if name.endswith("_employment") else fabrikam.key
    client = sign_in(furnished.stranger_hr)
    path = reverse(name, args=[key, number])
    before = everything()
    assert {client.get(path).status_code, client.post(path, GIVEN).status_code} <= {404, 405}
    assert everything() == before


def test_administrator_sees_nothing_by_that_alone(furnished: Cast, sign_in: SignIn) -> None:
    client = sign_in(person("Adam Min", is_administrator=True))
    found = {name: client.get(address(furnished, name)).status_code for name in PAGES}
    assert set(found.values()) == {404, 405}


def test_line_manager_sees_job_and_contact_alone(furnished: Cast, sign_in: SignIn) -> None:
    Employment.objects.filter(person=furnished.secondee).update(
        grade="GRADE-9", employee_number="NUMBER-9", location="PLACE-9", probation_ends_on=date(2019, 9, 9)
    )
    client = sign_in(furnished.manager)
    for path in (furnished.secondee.get_absolute_url(), "/team/"):
        page = client.get(path).content.decode()
        assert [word for word in ("GRADE-9", "NUMBER-9", "PLACE-9", "9 Sep 2019", "41000") if word in page] == []
        assert [word for word in ("Analyst", furnished.secondee.email) if word not in page] == []


def test_line_manager_of_yesterday_sees_nothing(furnished: Cast, sign_in: SignIn) -> None:
    yesterday = clock.today("UTC") - DAY
    Employment.objects.filter(person=furnished.secondee).update(until=yesterday)
    client = sign_in(furnished.manager)
    assert client.get(furnished.secondee.get_absolute_url()).status_code == 404
    assert "Ana Duarte" not in client.get("/team/").content.decode()


def test_what_is_inside_an_organisation_is_not_told_to_whoever_finds_it(furnished: Cast, sign_in: SignIn) -> None:
    page = sign_in(furnished.host_hr).get(furnished.northwind.get_absolute_url()).content.decode()
    assert [word for word in ("Planning", "Dora Rex", "Hanna Reed", "Second factor") if word in page] == []
