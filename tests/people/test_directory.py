"""The directory of people: whom it finds, in which order, and how far one can leaf."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from people import clock
from people.models import Department, Employment, Organisation, Person
from people.views import scope
from tests.cast import Cast, person

SignIn = Callable[[Person], Client]
DAY = timedelta(days=1)


@pytest.fixture
def crowd(cast: Cast) -> Cast:
    """Besides the cast, at Northwind: somebody with accents, a leaver, somebody to come; and others elsewhere."""
    today = clock.today("UTC")
    sales = Department.objects.create(organisation=cast.northwind, name="Sales")
    for name, spans in {
        "Łucja Ångström": [(today - 9 * DAY, None)],
        "Lea Ver": [(None, today - DAY)],
        "Cora Mer": [(today + DAY, None)],
        "Charlie Twice": [(None, today - 9 * DAY), (today - 8 * DAY, None)],
    }.items():
        who = person(name, f"{name.split()[0].lower()}@example.net")
        for since, until in spans:
            Employment.objects.create(
                person=who, organisation=cast.northwind, since=since, until=until, job_title="Welder",
                department=sales if until is None else None, employee_number="" if until else f"W-{who.pk}",
            )  # fmt: skip
    Employment.objects.create(person=person("Wanda Else"), organisation=cast.contoso, job_title="Welder")
    return cast


def names(client: Client, query: str = "") -> list[str]:
    return [who.full_name for who, _jobs in client.get(f"/people/{query}").context["rows"]]


def test_directory_lists_who_works_here_today_by_name_without_regard_to_accents(crowd: Cast, sign_in: SignIn) -> None:
    assert names(sign_in(crowd.viewer)) == [
        "Ana Duarte", "Charlie Twice", "Dora Rex", "Hanna Reed", "Łucja Ångström", "Tom Berg",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=lucja", ["Łucja Ångström"]),
        ("?q=angstrom+l", ["Łucja Ångström"]),
        ("?q=weld", ["Charlie Twice", "Łucja Ångström"]),
        ("?q=head+plan", ["Tom Berg"]),
        ("?q=charlie@example.net", ["Charlie Twice"]),
        ("?q=nobody", []),
        ("?q='|!", ["Ana Duarte", "Charlie Twice", "Dora Rex", "Hanna Reed", "Łucja Ångström", "Tom Berg"]),
        ("?show=left", ["Lea Ver"]),
        ("?show=left&q=weld", ["Lea Ver"]),
        ("?show=left&q=lucja", []),
        ("?department=Sales", ["Charlie Twice", "Łucja Ångström"]),
        ("?department=Nonsense", ["Ana Duarte", "Charlie Twice", "Dora Rex", "Hanna Reed", "Łucja Ångström", "Tom Berg"]),
        ("?page=99", ["Ana Duarte", "Charlie Twice", "Dora Rex", "Hanna Reed", "Łucja Ångström", "Tom Berg"]),
    ],
)  # fmt: skip
def test_directory_is_narrowed(crowd: Cast, sign_in: SignIn, query: str, found: list[str]) -> None:
    assert names(sign_in(crowd.hr), query) == found


def test_person_is_found_by_employee_number(crowd: Cast, sign_in: SignIn) -> None:
    number = Employment.objects.get(person=crowd.secondee).employee_number
    assert names(sign_in(crowd.hr), f"?q={number}") == ["Ana Duarte"]


def test_directory_ends_at_ones_own_organisations(crowd: Cast, sign_in: SignIn) -> None:
    own = ["Łukasz Żółkowski", "Wanda Else"]
    assert names(sign_in(crowd.host_hr)) == own
    assert names(sign_in(crowd.host_hr), f"?organisation={crowd.northwind.key}") == own
    assert names(sign_in(crowd.host_hr), "?q=duarte") == []


def test_directory_shows_people_of_hosts_that_hr_keeps(crowd: Cast, sign_in: SignIn) -> None:
    kept = Organisation.objects.create(legal_name="Kept Ltd", country="GB", kept_by=crowd.northwind)
    Employment.objects.create(person=person("Karl Kept"), organisation=kept)
    assert names(sign_in(crowd.hr), f"?organisation={kept.key}") == ["Karl Kept"]
    assert "Karl Kept" not in names(sign_in(crowd.viewer))


def test_list_is_neither_counted_nor_read_beyond_the_cap(
    crowd: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scope, "CAP", 4)
    monkeypatch.setattr(scope, "PAGE", 2)
    client = sign_in(crowd.hr)
    page = client.get("/people/?page=2")
    assert [who.full_name for who, _jobs in page.context["rows"]] == ["Dora Rex", "Hanna Reed"]
    assert (page.context["page"].paginator.count, page.context["page"].has_next()) == (4, False)
    assert "and more; search to narrow the list" in page.content.decode()


def test_team_lists_reports_of_today(crowd: Cast, sign_in: SignIn) -> None:
    today = clock.today("UTC")
    for name, since, until in (("Now", None, None), ("Then", None, today - DAY), ("Later", today + DAY, None)):
        Employment.objects.create(
            person=person(f"Report {name}"), organisation=crowd.northwind, line_manager=crowd.manager,
            since=since, until=until,
        )  # fmt: skip
    page = sign_in(crowd.manager).get("/team/")
    assert [job.person.full_name for job in page.context["page"]] == ["Ana Duarte", "Report Now"]


def test_team_of_nobody_says_so(cast: Cast, sign_in: SignIn) -> None:
    assert "Nobody reports to you" in sign_in(cast.stranger).get("/team/").content.decode()
