"""Roles in an organisation: given, ended, and what that does at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client

from people import clock
from people.access import Denied, Refused
from people.actions import memberships
from people.models import Employment, LedgerEntry, Membership, Notice, Organisation, Person
from tests.cast import Cast, member, person

SignIn = Callable[[Person], Client]
DAY = timedelta(days=1)


def again(who: Person) -> Person:
    """The person as the next request sees them."""
    return Person.objects.get(pk=who.pk)


def test_role_is_given_and_both_are_told(cast: Cast) -> None:
    made = memberships.give(cast.northwind, cast.director, "finance", by=cast.hr)
    assert again(cast.director).works_for(cast.northwind.pk, "finance")
    assert (made.given_by, made.until) == (cast.hr, None)
    entry = LedgerEntry.objects.get(verb="membership.give")
    assert (entry.facts["person"], entry.facts["role"]) == ("Dora Rex", "finance")
    assert set(Notice.objects.values_list("recipient", flat=True)) == {cast.director.pk, cast.hr.pk}


def test_role_from_a_later_day_begins_with_that_day_where_the_organisation_is(cast: Cast) -> None:
    tomorrow = clock.today("Europe/London") + DAY
    moment = memberships.start_of(tomorrow, cast.northwind)
    memberships.give(cast.northwind, cast.director, "hr", by=cast.hr, since=moment)
    assert not again(cast.director).is_hr
    with clock.at(moment):
        assert again(cast.director).is_hr


def test_role_is_not_given_for_the_past(cast: Cast) -> None:
    with pytest.raises(Refused, match="not given for the past"):
        memberships.give(cast.northwind, cast.director, "hr", by=cast.hr, since=clock.now() - DAY)


def test_role_is_not_given_twice(cast: Cast) -> None:
    memberships.give(cast.northwind, cast.director, "finance", by=cast.hr)
    with pytest.raises(Refused, match="Dora Rex holds this role already"):
        memberships.give(cast.northwind, cast.director, "finance", by=cast.hr)


def test_role_is_for_who_works_there(cast: Cast) -> None:
    with pytest.raises(Refused, match="does not work at Northwind Ltd"):
        memberships.give(cast.northwind, cast.contact, "viewer", by=cast.hr)
    Employment.objects.filter(person=cast.director).update(until=clock.today("UTC") - DAY)
    with pytest.raises(Refused, match="does not work at Northwind Ltd"):
        memberships.give(cast.northwind, cast.director, "viewer", by=cast.hr)


@pytest.mark.parametrize("role", ["finance", "viewer", "secondee", "host_hr", "stranger_hr", "stranger"])
def test_nobody_gives_roles_where_they_are_not_hr(cast: Cast, role: str) -> None:
    with pytest.raises(Denied):
        memberships.give(cast.northwind, cast.director, "viewer", by=cast.people[role])


def test_keeper_does_not_make_itself_hr_of_what_it_keeps(cast: Cast) -> None:
    kept = Organisation.objects.create(legal_name="Kept Ltd", country="GB", kept_by=cast.northwind)
    Employment.objects.create(person=cast.hr, organisation=kept)
    with pytest.raises(Denied):
        memberships.give(kept, cast.hr, "hr", by=cast.hr)


def test_administrator_gives_the_first_hr_and_nothing_else(cast: Cast) -> None:
    administrator, first = person("Adam Min", is_administrator=True), person("Fiona First")
    young = Organisation.objects.create(legal_name="Young Ltd", country="GB")
    with pytest.raises(Denied, match="first HR"):
        memberships.give(young, first, "finance", by=administrator)
    memberships.give(young, first, "hr", by=administrator)
    assert again(first).works_for(young.pk, "hr")
    for organisation in (young, cast.northwind):
        with pytest.raises(Denied):
            memberships.give(organisation, person(f"More {organisation.pk}"), "hr", by=administrator)


def test_rights_end_at_once_in_a_session_that_was_opened_before(cast: Cast, sign_in: SignIn) -> None:
    member(cast.director, cast.northwind, "hr")
    client = sign_in(cast.director)
    path = f"/organisations/{cast.northwind.key}/members/"
    assert client.get(path).status_code == 200
    memberships.end(Membership.objects.get(person=cast.director), by=cast.hr)
    assert client.get(path).status_code == 404
    assert client.get("/people/").status_code == 403


def test_role_ends_with_the_end_of_a_day_where_the_organisation_is(cast: Cast) -> None:
    far = Organisation.objects.create(legal_name="Far Ltd", country="NZ", time_zone="Pacific/Auckland")
    hr = member(person("Far Hr"), far, "hr")
    viewer = member(person("Far Viewer"), far, "viewer")
    with clock.at(datetime(2026, 5, 4, 9, tzinfo=UTC)):  # the evening of 4 May in Auckland
        Membership.objects.update(since=clock.now() - DAY)
        memberships.end(Membership.objects.get(person=viewer), by=hr, on=date(2026, 5, 4))
        assert again(viewer).works_for(far.pk, "viewer")
    with clock.at(datetime(2026, 5, 4, 11, 59, tzinfo=UTC)):
        assert again(viewer).works_for(far.pk, "viewer")
    with clock.at(datetime(2026, 5, 4, 12, tzinfo=UTC)):
        assert not again(viewer).works_for(far.pk, "viewer")


def test_last_hr_stays(cast: Cast) -> None:
    mine = Membership.objects.get(person=cast.hr)
    for on in (None, clock.today("UTC") + 30 * DAY):
        with pytest.raises(Refused, match="Hanna Reed is the last HR of Northwind Ltd"):
            memberships.end(mine, by=cast.hr, on=on)


def test_hr_goes_when_another_is_there_for_good(cast: Cast) -> None:
    other = memberships.give(cast.northwind, cast.director, "hr", by=cast.hr)
    mine = Membership.objects.get(person=cast.hr)
    Membership.objects.filter(pk=other.pk).update(until=clock.now() + 5 * DAY)
    with pytest.raises(Refused, match="last HR"):
        memberships.end(mine, by=cast.hr)
    Membership.objects.filter(pk=other.pk).update(until=None)
    Person.objects.filter(pk=cast.director.pk).update(is_active=False)
    with pytest.raises(Refused, match="last HR"):
        memberships.end(mine, by=cast.hr)
    Person.objects.filter(pk=cast.director.pk).update(is_active=True)
    memberships.end(mine, by=cast.hr)
    assert not again(cast.hr).is_hr


def test_role_that_has_not_begun_is_called_off(cast: Cast) -> None:
    made = memberships.give(cast.northwind, cast.director, "hr", by=cast.hr, since=clock.now() + DAY)
    memberships.end(made, by=cast.hr)
    assert not Membership.objects.filter(pk=made.pk).exists()
    assert LedgerEntry.objects.filter(verb="membership.end").count() == 1


def test_ended_role_stays_in_the_list_with_who_gave_and_took_it(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    path = f"/organisations/{cast.northwind.key}/members/"
    given = client.post(path, {"person": cast.director.email, "role": "finance"}, follow=True).content.decode()
    assert "given by Hanna Reed" in " ".join(given.split())
    made = Membership.objects.get(person=cast.director)
    ended = client.post(f"{path}{made.pk}/end/", {"on": ""}, follow=True).content.decode()
    assert "ended by Hanna Reed" in " ".join(ended.split())


def test_refusal_stands_at_its_field_and_nothing_typed_is_lost(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    given = {"person": "nobody@example.org", "role": "finance", "since": "2030-05-04"}
    page = client.post(f"/organisations/{cast.northwind.key}/members/", given)
    assert list(page.context["form"].errors) == ["person"]
    assert [word for word in ("nobody@example.org", "2030-05-04") if word not in page.content.decode()] == []


def test_two_hr_who_end_each_others_role_at_once_do_not_leave_none(real_cast: Cast) -> None:
    member(real_cast.director, real_cast.northwind, "hr")
    pairs = [(real_cast.hr, real_cast.director), (real_cast.director, real_cast.hr)]
    start, refused = Barrier(2), []

    def act(by: Person, whom: Person) -> None:
        found = Membership.objects.get(person=whom)
        start.wait()
        try:
            memberships.end(found, by=by)
        except (Refused, Denied) as reason:
            refused.append(reason)
        finally:
            connection.close()

    threads = [Thread(target=act, args=[again(by), whom]) for by, whom in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Membership.objects.current().filter(organisation=real_cast.northwind, role="hr").count() == 1
