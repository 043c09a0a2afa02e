"""Terms of employment: their history, changes that lie ahead, and leaving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from people import clock, signals
from people.access import Denied, Refused
from people.actions import employments, memberships, signatories
from people.models import Employment, LedgerEntry, Membership, Organisation, Person, Signatory
from tests.cast import Cast, member, on, person

SignIn = Callable[[Person], Client]
DAY = timedelta(days=1)


@pytest.fixture
def today(cast: Cast) -> date:
    return clock.today("Europe/London")


@pytest.fixture
def ana(cast: Cast) -> Employment:
    Employment.objects.filter(person=cast.secondee).update(started_on=date(2020, 1, 1))
    return Employment.objects.get(person=cast.secondee)


def rows(who: Person) -> list[tuple[date | None, date | None, str]]:
    found = Employment.objects.filter(person=who).order_by("pk")
    return [(row.since, row.until, row.job_title) for row in found]


def test_mistake_is_corrected_in_place(cast: Cast, ana: Employment) -> None:
    employments.correct(ana, by=cast.hr, terms={"job_title": "Planner"}, reason="typed wrong")
    assert rows(cast.secondee) == [(None, None, "Planner")]
    entry = LedgerEntry.objects.get(verb="employment.correct")
    assert (entry.facts["changed"], entry.reason) == ([["job title", "Analyst", "Planner"]], "typed wrong")


@pytest.mark.parametrize("days", [-30, 0, 45])
def test_change_ends_one_row_and_begins_the_next(cast: Cast, ana: Employment, today: date, days: int) -> None:
    since = today + timedelta(days=days)
    employments.change(ana, by=cast.hr, since=since, terms={"job_title": "Planner"})
    assert rows(cast.secondee) == [(None, since - DAY, "Analyst"), (since, None, "Planner")]
    for day, title in ((since - DAY, "Analyst"), (since, "Planner")):
        assert Employment.objects.current(day).get(person=cast.secondee).job_title == title
    after = Employment.objects.get(person=cast.secondee, since=since)
    assert (after.employee_number, after.annual_salary) == (ana.employee_number, Decimal("41000"))


def test_change_before_the_present_terms_is_refused(cast: Cast, ana: Employment, today: date) -> None:
    second = employments.change(ana, by=cast.hr, since=today, terms={"job_title": "Planner"})
    for since in (today, today - DAY):
        with pytest.raises(Refused, match="choose a later day") as refused:
            employments.change(second, by=cast.hr, since=since, terms={"job_title": "Lead"})
        assert refused.value.where == "since"


def test_change_before_one_that_is_planned_is_refused(cast: Cast, ana: Employment, today: date) -> None:
    employments.change(ana, by=cast.hr, since=today + 9 * DAY, terms={"job_title": "Planner"})
    with pytest.raises(Refused, match="The terms already change on"):
        employments.change(ana, by=cast.hr, since=today + 3 * DAY, terms={"job_title": "Lead"})


def test_change_of_terms_that_end_keeps_their_end(cast: Cast, ana: Employment, today: date) -> None:
    employments.end(ana, by=cast.hr, last_day=today + 60 * DAY)
    employments.change(ana, by=cast.hr, since=today + 30 * DAY, terms={"job_title": "Planner"})
    assert rows(cast.secondee)[-1] == (today + 30 * DAY, today + 60 * DAY, "Planner")


def test_planned_change_is_called_off(cast: Cast, ana: Employment, today: date) -> None:
    planned = employments.change(ana, by=cast.hr, since=today + 9 * DAY, terms={"job_title": "Planner"})
    employments.call_off(planned, by=cast.hr)
    assert rows(cast.secondee) == [(None, None, "Analyst")]
    with pytest.raises(Refused, match="hold already"):
        employments.call_off(ana, by=cast.hr)


def test_salary_never_stands_in_the_ledger(cast: Cast, ana: Employment, today: date) -> None:
    employments.correct(ana, by=cast.hr, terms={"annual_salary": Decimal("76543"), "salary_currency": "GBP"})
    employments.change(ana, by=cast.hr, since=today, terms={"annual_salary": Decimal("98765")})
    facts = [str(entry.facts) for entry in LedgerEntry.objects.all()]
    assert [word for word in ("41000", "76543", "98765") for text in facts if word in text] == []
    assert [entry.facts["changed"] for entry in LedgerEntry.objects.order_by("pk")] == [[["salary", "", "changed"]]] * 2


def test_leaving_ends_roles_and_signing_with_that_day(cast: Cast, today: date) -> None:
    told: list[Any] = []

    def listen(**sent: Any) -> None:
        told.append(sent)

    signals.left.connect(listen)
    memberships.give(cast.northwind, cast.director, "finance", by=cast.hr)
    memberships.give(cast.northwind, cast.director, "viewer", by=cast.hr, since=clock.now() + 99 * DAY)
    signatories.give(cast.northwind, cast.director, by=cast.hr, since=today)
    last_day = today + 10 * DAY
    employments.end(Employment.objects.get(person=cast.director), by=cast.hr, last_day=last_day)
    assert signals.left.disconnect(listen)
    assert [(sent["organisation"], sent["person"], sent["day"]) for sent in told] == [
        (cast.northwind, cast.director, last_day)
    ]
    assert Signatory.objects.get(person=cast.director).until == last_day
    assert Membership.objects.filter(person=cast.director).count() == 1  # the one to come is gone
    for day, works in ((last_day, True), (last_day + DAY, False)):
        with on(day):
            assert Person.objects.get(pk=cast.director.pk).works_for(cast.northwind.pk, "finance") is works


def test_leaving_in_the_past_ends_the_role_now_and_rewrites_nothing(cast: Cast, today: date) -> None:
    member(cast.director, cast.northwind, "finance")
    before = clock.now()
    employments.end(Employment.objects.get(person=cast.director), by=cast.hr, last_day=today - 30 * DAY)
    until = Membership.objects.get(person=cast.director).until
    assert until is not None and before <= until <= clock.now()
    assert not Person.objects.get(pk=cast.director.pk).works_for(cast.northwind.pk, "finance")


def test_leaving_calls_off_changes_that_were_planned_later(cast: Cast, ana: Employment, today: date) -> None:
    employments.change(ana, by=cast.hr, since=today + 9 * DAY, terms={"job_title": "Planner"})
    employments.end(ana, by=cast.hr, last_day=today + 5 * DAY)
    assert rows(cast.secondee) == [(None, today + 5 * DAY, "Analyst")]


def test_last_hr_does_not_leave(cast: Cast, today: date) -> None:
    with pytest.raises(Refused, match="last HR of Northwind Ltd"):
        employments.end(Employment.objects.get(person=cast.hr), by=cast.hr, last_day=today)
    assert rows(cast.hr) == [(None, None, "HR partner")]


def test_who_has_left_does_not_leave_again(cast: Cast, ana: Employment, today: date) -> None:
    employments.end(ana, by=cast.hr, last_day=today - DAY)
    with pytest.raises(Refused, match="has left already"):
        employments.end(ana, by=cast.hr, last_day=today)


def test_nobody_leaves_before_they_came(cast: Cast, ana: Employment) -> None:
    with pytest.raises(Refused, match="The employment began on 1 Jan 2020") as refused:
        employments.end(ana, by=cast.hr, last_day=date(2019, 12, 31))
    assert refused.value.where == "last_day"


def test_who_left_comes_back(cast: Cast, ana: Employment, today: date) -> None:
    with pytest.raises(Refused, match="works at Northwind Ltd already"):
        employments.begin(cast.secondee, cast.northwind, by=cast.hr, since=today, terms={})
    employments.end(ana, by=cast.hr, last_day=today - DAY)
    employments.begin(cast.secondee, cast.northwind, by=cast.hr, since=today, terms={"job_title": "Lead"})
    assert rows(cast.secondee) == [(None, today - DAY, "Analyst"), (today, None, "Lead")]


@pytest.mark.parametrize("role", ["finance", "viewer", "manager", "secondee", "host_hr", "stranger_hr"])
def test_only_hr_writes_employments(cast: Cast, ana: Employment, today: date, role: str) -> None:
    by = cast.people[role]
    acts: list[Callable[[], Any]] = [
        lambda: employments.correct(ana, by=by, terms={}),
        lambda: employments.change(ana, by=by, since=today, terms={}),
        lambda: employments.end(ana, by=by, last_day=today),
        lambda: employments.call_off(ana, by=by),
        lambda: employments.begin(cast.contact, cast.northwind, by=by, since=today, terms={}),
    ]
    for act in acts:
        with pytest.raises(Denied):
            act()


def test_keeper_writes_no_salary(cast: Cast, today: date) -> None:
    kept = Organisation.objects.create(legal_name="Kept Ltd", country="GB", kept_by=cast.northwind)
    worker = Employment.objects.create(person=person("Wanda Work"), organisation=kept)
    employments.correct(worker, by=cast.hr, terms={"job_title": "Clerk"})
    with pytest.raises(Denied, match="salaries"):
        employments.correct(worker, by=cast.hr, terms={"annual_salary": Decimal(1), "salary_currency": "EUR"})


def test_history_is_on_the_page_and_the_salary_is_not(
    cast: Cast, ana: Employment, today: date, sign_in: SignIn
) -> None:
    employments.change(ana, by=cast.hr, since=today + 9 * DAY, terms={"job_title": "Planner"})
    page = sign_in(cast.hr).get(cast.secondee.get_absolute_url()).content.decode()
    assert "Job title: <del>Analyst</del> <ins>Planner</ins>" in page
    assert "to come" in page
    assert "41000" not in page


def test_forms_of_change_do_not_tell_the_salary(cast: Cast, ana: Employment, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    for act in ("correct", "change", "end"):
        page = client.get(f"/people/{cast.secondee.key}/employment/{ana.pk}/{act}/").content.decode()
        assert "41000" not in page


def terms_of(ana: Employment, **changes: Any) -> dict[str, Any]:
    return {
        "job_title": ana.job_title,
        "employee_number": ana.employee_number,
        "contract_type": "permanent",
        "started_on": "2020-01-01",
        "weekly_hours": "40",
        "line_manager": "tom.berg@example.org",
        **changes,
    }


def test_change_through_the_page(cast: Cast, ana: Employment, today: date, sign_in: SignIn) -> None:
    given = terms_of(ana, job_title="Planner", since=(today + 9 * DAY).isoformat(), reason="promoted")
    answer = sign_in(cast.hr).post(f"/people/{cast.secondee.key}/employment/{ana.pk}/change/", given)
    assert (answer.status_code, answer.url) == (302, cast.secondee.get_absolute_url())
    assert rows(cast.secondee)[-1] == (today + 9 * DAY, None, "Planner")
    assert Employment.objects.get(person=cast.secondee, job_title="Planner").line_manager == cast.manager


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("weekly_hours", "61", "Give more than 0 and at most 60 hours."),
        ("weekly_hours", "0", "Give more than 0 and at most 60 hours."),
        ("contract_ends_on", "2019-12-31", "The contract cannot end before the employment began."),
        ("line_manager", "ana.duarte@example.org", "Nobody is their own line manager."),
        ("line_manager", "lukasz.zolkowski@example.org", "Nobody with this e-mail works at Northwind Ltd. Check the spelling, or import them first."),
        ("employee_number", "N-TAKEN", "Somebody else has this number."),
    ],
)  # fmt: skip
def test_impossible_terms_are_said_at_their_field(
    cast: Cast, ana: Employment, sign_in: SignIn, field: str, value: str, sentence: str
) -> None:
    Employment.objects.filter(person=cast.director).update(employee_number="N-TAKEN")
    path = f"/people/{cast.secondee.key}/employment/{ana.pk}/correct/"
    page = sign_in(cast.hr).post(path, terms_of(ana, **{field: value}))
    assert page.context["form"].errors == {field: [sentence]}
    assert rows(cast.secondee) == [(None, None, "Analyst")]
