"""Key dates as a calendar file: what each part may know, and entries that stay the same when the file is taken again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from people.models import Person
from secondments.actions import leaves
from secondments.models import Secondment
from tests.cast import Cast, on

SignIn = Callable[[Person], Client]


@pytest.fixture
def case(cast: Cast) -> Secondment:
    with on(date(2026, 9, 1)):
        return cast.active()


def entries(client: Client, case: Secondment) -> dict[str, tuple[date, date]]:
    """First day and the day after the last, by the name of each entry."""
    answer = client.get(f"{case.get_absolute_url()}calendar.ics")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(e["uid"]).partition(".")[0]: (e["dtstart"].dt, e["dtend"].dt) for e in found}


def test_each_reads_the_dates_of_their_part(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    kinds = {}
    for role in ("hr", "manager", "secondee", "contact", "host_hr"):
        names = entries(sign_in(cast.people[role]), case)
        kinds[role] = {name.rstrip("0123456789") for name in names}
    usual = {"first", "last", "review"}
    assert kinds == {
        "hr": usual | {"return-meeting"},
        "manager": usual | {"return-meeting"},
        "secondee": usual | {"return-meeting", "checkin-"},
        "contact": usual | {"checkin-"},
        "host_hr": usual,
    }
    for role, status in (("finance", 403), ("viewer", 403), ("signatory", 403), ("stranger", 404)):
        assert sign_in(cast.people[role]).get(f"{case.get_absolute_url()}calendar.ics").status_code == status


def test_leave_stands_in_it_once_granted_whole_days_with_the_last(
    cast: Cast, case: Secondment, sign_in: SignIn
) -> None:
    assert case.start_on
    first = case.start_on + timedelta(days=27)
    with on(case.start_on):
        leave = leaves.ask(case, by=cast.secondee, kind="annual", first_day=first, last_day=first + timedelta(days=4))
        name = f"leave-{leave.key}"
        assert name not in entries(sign_in(cast.contact), case)
        leaves.decide(leave, by=cast.manager, granted=True)
        assert entries(sign_in(cast.contact), case)[name] == (first, first + timedelta(days=5))


def test_entries_keep_their_names(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    client = sign_in(cast.secondee)
    assert entries(client, case) == entries(client, case)
    assert entries(client, case)["last"][0] == case.end_on
