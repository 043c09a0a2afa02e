"""Working days, against an oracle that lists every day of a calendar one by one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people import public_holidays
from people.models import ClosingDay, Organisation
from people.workdays import Calendar, NeverWorks, add_working_days, is_working_day, working_days_between

DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))
CALENDARS = st.builds(
    lambda week, country, closing: (week, country, frozenset(closing)),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.sampled_from([("GB", "ENG"), ("GB", "SCT"), ("PL", ""), ("DE", "BY"), ("US", "CA"), ("ZZ", "")]),
    st.lists(DAYS, max_size=12),
)


def built(parts) -> Calendar:
    week, (country, region), closing = parts
    return Calendar(week, public_holidays.Holidays(country, region), closing)


def oracle(parts, first: date, last: date) -> list[date]:
    """Every working day from one day to another: names of weekdays instead of numbers, holidays of whole years."""
    week, (country, region), closing = parts
    names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    works = {names[n] for n in week}
    holidays = {
        day for year in range(first.year, last.year + 1) for day in public_holidays.in_year(country, region, year)
    }
    days = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    return [day for day in days if day.strftime("%A") in works and day not in holidays | closing]


@settings(deadline=None)  # the machine may be busy
@given(CALENDARS, DAYS, st.integers(1, 60))
def test_nth_working_day_after_a_day_is_the_nth_of_the_list(parts, day: date, n: int) -> None:
    later = oracle(parts, day + timedelta(days=1), day + timedelta(days=800))
    assert add_working_days(day, n, built(parts)) == later[n - 1]


@settings(deadline=None)  # the machine may be busy
@given(CALENDARS, DAYS, st.integers(1, 60))
def test_nth_working_day_before_a_day_is_the_nth_of_the_list_backwards(parts, day: date, n: int) -> None:
    earlier = oracle(parts, day - timedelta(days=800), day - timedelta(days=1))
    assert add_working_days(day, -n, built(parts)) == earlier[-n]


@settings(deadline=None)  # the machine may be busy
@given(CALENDARS, DAYS)
def test_no_working_day_more_is_the_day_or_the_next_that_works(parts, day: date) -> None:
    assert add_working_days(day, 0, built(parts)) == oracle(parts, day, day + timedelta(days=400))[0]


@settings(deadline=None)  # the machine may be busy
@given(CALENDARS, DAYS, st.integers(-40, 400))
def test_days_between_are_those_of_the_list(parts, day: date, span: int) -> None:
    last = day + timedelta(days=span)
    assert working_days_between(day, last, built(parts)) == (len(oracle(parts, day, last)) if span >= 0 else 0)


def test_calendar_without_a_working_day_is_an_error() -> None:
    with pytest.raises(NeverWorks):
        add_working_days(date(2026, 5, 4), 1, Calendar(frozenset()))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 5, 4), False),  # early May bank holiday
        (date(2026, 5, 5), True),
        (date(2026, 5, 9), False),  # a Saturday
        (date(2026, 11, 30), False),  # Saint Andrew, in Scotland
        (date(2026, 12, 29), False),  # closed
        (date(2028, 2, 29), True),
    ],
)
def test_organisation_gives_its_calendar(db: None, day: date, works: bool) -> None:
    scots = Organisation.objects.create(legal_name="Scots", country="GB", holiday_region="SCT")
    ClosingDay.objects.create(organisation=scots, day=date(2026, 12, 29), name="Stocktaking")
    assert is_working_day(day, scots.calendar()) is works


def test_region_makes_the_difference(db: None) -> None:
    english = Organisation(country="GB", holiday_region="ENG", working_days=[0, 1, 2, 3, 4])
    assert date(2026, 11, 30) not in public_holidays.Holidays("GB", "ENG")
    assert date(2026, 11, 30) in public_holidays.Holidays("GB", "SCT")
    assert english.country == "GB"
