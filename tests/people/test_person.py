"""One person: entered, renamed, shut out; and the salary, whose every look is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from people import clock
from people.access import Denied, Refused
from people.actions import people
from people.models import Employment, LedgerEntry, Notice, Organisation, Person
from tests.cast import Cast, member

SignIn = Callable[[Person], Client]
DAY = timedelta(days=1)
TERMS = {"contract_type": "permanent", "weekly_hours": "37.5", "job_title": "Welder"}


def test_hr_enters_somebody_with_their_employment(cast: Cast, sign_in: SignIn) -> None:
    given = {"full_name": "Nina New", "email": "nina@example.net", "since": "2026-05-04", **TERMS}
    answer = sign_in(cast.hr).post("/people/new/", given)
    nina = Person.objects.get(email="nina@example.net")
    assert (answer.status_code, answer.url) == (302, nina.get_absolute_url())
    row = Employment.objects.get(person=nina)
    assert (row.organisation, row.since, row.started_on, row.job_title) == (
        cast.northwind, date(2026, 5, 4), date(2026, 5, 4), "Welder",
    )  # fmt: skip
    assert list(LedgerEntry.objects.order_by("pk").values_list("verb", flat=True)) == ["person.add", "employment.begin"]
    assert (nina.time_zone, nina.has_usable_password()) == ("Europe/London", False)


def test_hr_enters_people_at_no_other_organisation(cast: Cast, sign_in: SignIn) -> None:
    given = {"full_name": "Nina New", "email": "nina@example.net", "since": "2026-05-04", **TERMS}
    sign_in(cast.stranger_hr).post(f"/people/new/?organisation={cast.northwind.key}", given)
    assert Employment.objects.get(person__email="nina@example.net").organisation.legal_name == "Fabrikam Inc"


def test_somebody_whom_another_keeps_is_not_entered(cast: Cast, sign_in: SignIn) -> None:
    given = {"full_name": "Evil Name", "email": "ANA.Duarte@example.org", "since": "2026-05-04", **TERMS}
    page = sign_in(cast.stranger_hr).post("/people/new/", given)
    assert page.context["form"].errors == {"email": ["This person is kept by the HR of another organisation."]}
    assert Person.objects.get(pk=cast.secondee.pk).full_name == "Ana Duarte"


def test_somebody_whom_nobody_keeps_is_entered_under_their_own_name_and_told(cast: Cast) -> None:
    fabrikam = Organisation.objects.get(legal_name="Fabrikam Inc")
    cast.contact.employments.all().delete()
    found = people.add(
        by=cast.stranger_hr, organisation=fabrikam, full_name="Other Name", email=cast.contact.email,
        since=date(2026, 5, 4), terms={},
    )  # fmt: skip
    assert (found, found.full_name) == (cast.contact, "Łukasz Żółkowski")
    assert Notice.objects.get(recipient=cast.contact).sentences == [
        "Fabrikam Inc has entered you as somebody who works there."
    ]


def test_somebody_who_works_here_is_not_entered_again(cast: Cast) -> None:
    with pytest.raises(Refused, match="works at Northwind Ltd already") as refused:
        people.add(
            by=cast.hr, organisation=cast.northwind, full_name="Ana", email=cast.secondee.email,
            since=date(2026, 5, 4), terms={},
        )  # fmt: skip
    assert refused.value.where == "email"


def test_name_is_corrected_and_the_person_told(cast: Cast) -> None:
    people.rename(cast.secondee, by=cast.hr, full_name="Ana Duarte Silva")
    assert Person.objects.get(pk=cast.secondee.pk).full_name == "Ana Duarte Silva"
    assert Notice.objects.get(recipient=cast.secondee).sentences == [
        "Hanna Reed changed your name here to Ana Duarte Silva."
    ]


@pytest.mark.parametrize("tie", ["employment", "employment to come", "role"])
def test_person_whom_another_keeps_as_well_is_neither_renamed_nor_shut_out(cast: Cast, tie: str) -> None:
    if tie == "role":
        member(cast.secondee, cast.contoso, "viewer")
    else:
        since = clock.today("UTC") + 9 * DAY if tie == "employment to come" else None
        Employment.objects.create(person=cast.secondee, organisation=cast.contoso, since=since)
    with pytest.raises(Denied):
        people.rename(cast.secondee, by=cast.hr, full_name="Evil Name")
    with pytest.raises(Denied):
        people.deactivate(cast.secondee, by=cast.hr, reason="why")


def test_former_tie_elsewhere_does_not_hinder(cast: Cast) -> None:
    Employment.objects.create(person=cast.secondee, organisation=cast.contoso, until=clock.today("UTC") - DAY)
    assert people.rename(cast.secondee, by=cast.hr, full_name="Ana D").full_name == "Ana D"


def test_shut_out_at_once_in_an_open_session_and_let_in_again(cast: Cast, sign_in: SignIn) -> None:
    theirs, hr = sign_in(cast.secondee), sign_in(cast.hr)
    assert theirs.get("/profile/").status_code == 200
    hr.post(f"/people/{cast.secondee.key}/deactivate/", {"reason": "left in anger"})
    assert theirs.get("/profile/").status_code == 302
    assert LedgerEntry.objects.get(verb="person.deactivate").reason == "left in anger"
    assert "This person cannot sign in." in hr.get(cast.secondee.get_absolute_url()).content.decode()
    hr.post(f"/people/{cast.secondee.key}/reactivate/")
    assert Person.objects.get(pk=cast.secondee.pk).is_active


def test_nobody_with_a_role_is_shut_out(cast: Cast) -> None:
    member(cast.director, cast.northwind, "viewer")
    with pytest.raises(Refused, match="Dora Rex holds a role at Northwind Ltd: end it first"):
        people.deactivate(cast.director, by=cast.hr, reason="why")
    with pytest.raises(Refused, match="ask a colleague"):
        people.deactivate(cast.hr, by=cast.hr, reason="why")


@pytest.mark.parametrize("role", ["hr", "finance", "secondee"])
def test_salary_is_shown_and_each_look_recorded(cast: Cast, sign_in: SignIn, role: str) -> None:
    client = sign_in(cast.people[role])
    for looks in (1, 2):
        assert "41000" in client.get(f"/people/{cast.secondee.key}/salary/").content.decode()
        entries = LedgerEntry.objects.filter(verb="salary.read")
        assert [(e.actor_id, e.facts["person"]) for e in entries] == [(cast.people[role].pk, "Ana Duarte")] * looks


@pytest.mark.parametrize("role", ["viewer", "manager", "host_hr", "stranger_hr", "contact"])
def test_salary_is_nobody_elses(cast: Cast, sign_in: SignIn, role: str) -> None:
    page = sign_in(cast.people[role]).get(f"/people/{cast.secondee.key}/salary/")
    assert page.status_code in {403, 404}
    assert "41000" not in page.content.decode()
    assert not LedgerEntry.objects.exists()


def test_salary_of_another_employer_stays_there(cast: Cast, sign_in: SignIn) -> None:
    Employment.objects.create(
        person=cast.secondee, organisation=cast.contoso, annual_salary=99999, salary_currency="PLN"
    )
    page = sign_in(cast.hr).get(f"/people/{cast.secondee.key}/salary/").content.decode()
    assert [word for word in ("41000", "99999") if word in page] == ["41000"]


def test_salary_is_changed_from_a_day_by_hr(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    path = f"/people/{cast.secondee.key}/salary/"
    since = clock.today("UTC") + 9 * DAY
    client.post(path, {"annual_salary": "52000", "salary_currency": "gbp", "since": since.isoformat()})
    rows = Employment.objects.filter(person=cast.secondee).order_by("pk")
    assert [(row.annual_salary, row.salary_currency, row.since) for row in rows] == [
        (41000, "GBP", None),
        (52000, "GBP", since),
    ]
    client.post(path, {"annual_salary": "42000", "salary_currency": "GBP", "since": ""})
    assert [row.annual_salary for row in rows.all()] == [42000, 52000]


def test_nobody_writes_their_own_salary(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.hr).post(
        f"/people/{cast.hr.key}/salary/", {"annual_salary": "999999", "salary_currency": "GBP"}
    )
    assert answer.status_code == 403
    assert Employment.objects.get(person=cast.hr).annual_salary == 41000


def test_faulty_salary_is_said_at_its_field(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.hr).post(
        f"/people/{cast.secondee.key}/salary/", {"annual_salary": "-1", "salary_currency": "E1"}
    )
    assert list(page.context["form"].errors) == ["annual_salary", "salary_currency"]
