"""Organisations: found, entered, changed; departments, signatories, working days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from people import clock
from people.access import Refused
from people.actions import organisations, signatories
from people.models import ClosingDay, Department, Employment, LedgerEntry, Organisation, Person, Signatory
from tests.cast import Cast, member, person

SignIn = Callable[[Person], Client]
DAY = timedelta(days=1)
HOST = {"legal_name": "Żółw sp. z o.o.", "kind": "client", "country": "PL", "time_zone": "Europe/Warsaw", "address": "ul. Długa 1"}  # fmt: skip


def listed(client: Client, words: str = "") -> list[str]:
    return [found.legal_name for found in client.get("/organisations/", {"q": words}).context["page"]]


def test_list_holds_ones_own_and_who_lets_itself_be_found(cast: Cast, sign_in: SignIn) -> None:
    Organisation.objects.create(legal_name="Kept Ltd", country="GB", kept_by=cast.northwind)
    assert listed(sign_in(cast.hr)) == ["Contoso sp. z o.o.", "Kept Ltd", "Northwind Ltd"]
    assert listed(sign_in(cast.viewer)) == ["Kept Ltd", "Northwind Ltd"]
    assert listed(sign_in(cast.stranger_hr)) == ["Contoso sp. z o.o.", "Fabrikam Inc", "Northwind Ltd"]


def test_organisation_is_found_without_accents(cast: Cast, sign_in: SignIn) -> None:
    Organisation.objects.create(legal_name="Żółw i Łódź", country="PL", kept_by=cast.northwind)
    assert listed(sign_in(cast.hr), "lodz zolw") == ["Żółw i Łódź"]


def test_host_is_entered_and_kept_by_ones_own(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.hr).post("/organisations/new/", HOST)
    made = Organisation.objects.get(legal_name="Żółw sp. z o.o.")
    assert (answer.url, made.kept_by, made.is_listed) == (made.get_absolute_url(), cast.northwind, False)
    assert listed(sign_in(cast.stranger_hr), "zolw") == []
    assert LedgerEntry.objects.get(verb="organisation.add").facts["kept_by"] == "Northwind Ltd"


def test_same_host_twice_is_said_at_its_field(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    client.post("/organisations/new/", HOST)
    page = client.post("/organisations/new/", HOST | {"legal_name": "ŻÓŁW SP. Z O.O."})
    assert page.context["form"].errors == {"legal_name": ["An organisation of this name and country is here already."]}
    assert sign_in(cast.stranger_hr).post("/organisations/new/", HOST).status_code == 302  # tells nothing of the first


def test_particulars_are_changed_and_the_ledger_says_what(cast: Cast, sign_in: SignIn) -> None:
    given = {
        "legal_name": "Northwind plc", "kind": "client", "country": "GB", "time_zone": "Europe/London",
        "address": "1 Mill Lane, Leeds", "second_factor_required": "on", "is_listed": "on",
    }  # fmt: skip
    sign_in(cast.hr).post(f"/organisations/{cast.northwind.key}/edit/", given)
    found = Organisation.objects.get(pk=cast.northwind.pk)
    assert (found.legal_name, found.second_factor_required) == ("Northwind plc", True)
    assert LedgerEntry.objects.get(verb="organisation.edit").facts["changed"] == {
        "legal_name": ["Northwind Ltd", "Northwind plc"],
        "kind": ["other", "client"],
        "second_factor_required": [False, True],
    }


def test_keeper_neither_lists_a_host_nor_asks_for_its_second_factor(cast: Cast, sign_in: SignIn) -> None:
    kept = Organisation.objects.create(legal_name="Kept Ltd", country="GB", kept_by=cast.northwind)
    client, path = sign_in(cast.hr), f"/organisations/{kept.key}/edit/"
    client.post(path, HOST | {"is_listed": "on", "second_factor_required": "on"})
    kept.refresh_from_db()
    assert (kept.legal_name, kept.is_listed, kept.second_factor_required) == ("Żółw sp. z o.o.", False, False)
    member(person("Karla Kept"), kept, "hr")
    assert client.get(path).status_code == 403


def test_region_goes_with_its_country(cast: Cast, sign_in: SignIn) -> None:
    Organisation.objects.filter(pk=cast.northwind.pk).update(holiday_region="SCT")
    sign_in(cast.hr).post(f"/organisations/{cast.northwind.key}/edit/", HOST)
    assert Organisation.objects.get(pk=cast.northwind.pk).holiday_region == ""


def test_departments_are_added_renamed_and_removed(cast: Cast, sign_in: SignIn) -> None:
    client, path = sign_in(cast.hr), f"/organisations/{cast.northwind.key}/departments/"
    client.post(path, {"name": "Sales"})
    sales = Department.objects.get()
    assert client.post(path, {"name": "SALES"}).context["form"].errors == {
        "name": ["There is a department of this name already."]
    }
    client.post(f"{path}{sales.pk}/", {"name": "Trade"})
    assert Department.objects.get().name == "Trade"
    client.post(f"{path}{sales.pk}/remove/")
    assert not Department.objects.exists()


def test_department_with_people_stays_former_ones_too(cast: Cast, sign_in: SignIn) -> None:
    sales = Department.objects.create(organisation=cast.northwind, name="Sales")
    Employment.objects.filter(person=cast.director).update(department=sales, until=date(2020, 1, 1))
    with pytest.raises(Refused, match="Sales stands in the employment of some people"):
        organisations.remove_department(sales, by=cast.hr)
    page = sign_in(cast.hr).post(f"/organisations/{cast.northwind.key}/departments/{sales.pk}/remove/", follow=True)
    assert "Sales stands in the employment" in page.content.decode()
    assert Department.objects.exists()


def test_signatory_is_named_and_ended(cast: Cast, sign_in: SignIn) -> None:
    client, path = sign_in(cast.hr), f"/organisations/{cast.northwind.key}/signatories/"
    today = clock.today("Europe/London")
    given = {"person": cast.director.email, "title": "Director", "since": today.isoformat()}
    client.post(path, given)
    signatory = Signatory.objects.get()
    assert (signatory.person, signatory.title, signatory.given_by) == (cast.director, "Director", cast.hr)
    assert client.post(path, given).context["form"].errors == {"person": ["Dora Rex may sign already."]}
    client.post(f"{path}{signatory.pk}/end/", {"last_day": (today + DAY).isoformat()})
    signatory.refresh_from_db()
    assert (signatory.until, signatory.taken_by) == (today + DAY, cast.hr)
    verbs = LedgerEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["signatory.give", "signatory.end"]


def test_nobody_signs_in_the_past_or_from_elsewhere(cast: Cast) -> None:
    today = clock.today("Europe/London")
    with pytest.raises(Refused, match="may sign in the past"):
        signatories.give(cast.northwind, cast.director, by=cast.hr, since=today - DAY)
    with pytest.raises(Refused, match="does not work at Northwind Ltd"):
        signatories.give(cast.northwind, cast.contact, by=cast.hr, since=today)
    signatory = Signatory.objects.create(organisation=cast.northwind, person=cast.director, since=today - 9 * DAY)
    with pytest.raises(Refused, match="today or a later day"):
        signatories.end(signatory, by=cast.hr, last_day=today - DAY)


def test_working_week_and_region_are_saved(cast: Cast, sign_in: SignIn) -> None:
    client, path = sign_in(cast.hr), f"/organisations/{cast.northwind.key}/calendar/"
    client.post(path, {"working_days": ["0", "1", "2", "3"], "holiday_region": "SCT"})
    found = Organisation.objects.get(pk=cast.northwind.pk)
    assert (found.working_days, found.holiday_region) == ([0, 1, 2, 3], "SCT")
    page = client.get(path)
    assert [year for year, _days in page.context["years"]] == [found.created_at.year, found.created_at.year + 1]
    assert "St" in page.content.decode() or "Saint" in page.content.decode()


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"holiday_region": "SCT"}, "working_days", "Choose at least one day."),
        ({"working_days": ["0"], "holiday_region": "BY"}, "holiday_region", "Select a valid choice. BY is not one of the available choices."),
        ({"close": "1", "day": "2030-05-04", "name": "Fair"}, "day", "This day is on the list already."),
        ({"close": "1", "day": "4 May", "name": "Fair"}, "day", "Enter a valid date."),
    ],
)  # fmt: skip
def test_impossible_calendar_is_said_at_its_field(
    cast: Cast, sign_in: SignIn, given: dict[str, object], field: str, sentence: str
) -> None:
    ClosingDay.objects.create(organisation=cast.northwind, day=date(2030, 5, 4), name="Fair")
    page = sign_in(cast.hr).post(f"/organisations/{cast.northwind.key}/calendar/", given)
    assert page.context["form"].errors == {field: [sentence]}


def test_closing_day_is_added_and_removed(cast: Cast, sign_in: SignIn) -> None:
    client, path = sign_in(cast.hr), f"/organisations/{cast.northwind.key}/calendar/"
    client.post(path, {"close": "1", "day": "2030-05-04", "name": "Fair"})
    closing_day = ClosingDay.objects.get()
    assert date(2030, 5, 4) in cast.northwind.calendar().closing_days
    client.post(f"{path}{closing_day.pk}/remove/")
    assert not ClosingDay.objects.exists()
