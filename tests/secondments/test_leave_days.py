"""How much leave there is and what days take of it, against counting day by day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.workdays import Calendar
from secondments.leave_days import days_away, days_taken, entitlement

DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))
WEEKS = st.frozensets(st.integers(0, 6), min_size=1)


@given(DAYS, st.integers(0, 60), WEEKS, st.frozensets(DAYS, max_size=5), st.booleans(), st.booleans())
def test_days_taken_are_those_that_one_would_count(
    first: date, length: int, week: frozenset[int], shut: frozenset[date], from_noon: bool, until_noon: bool
) -> None:
    last = first + timedelta(days=length)
    halves = 0
    for n in range(length + 1):
        day = first + timedelta(days=n)
        if day.weekday() in week and day not in shut:
            halves += 2 - (from_noon and day == first) - (until_noon and day == last)
    found = days_taken(first, last, Calendar(week, shut), from_noon=from_noon, until_noon=until_noon)
    assert found == Decimal(halves) / 2


@given(st.decimals(0, 60, places=1), DAYS, st.integers(0, 1500), st.integers(1, 7))
def test_entitlement_is_the_share_of_each_year_rounded_up_to_the_half_day(
    yearly: Decimal, start: date, length: int, week: int
) -> None:
    share = Fraction(0)
    for n in range(length + 1):
        year = (start + timedelta(days=n)).year
        share += Fraction(1, (date(year + 1, 1, 1) - date(year, 1, 1)).days)
    exact = Fraction(yearly) * share * min(week, 5) / 5
    assert entitlement(yearly, start, start + timedelta(days=length), week) == Decimal(ceil(exact * 2)) / 2


@pytest.mark.parametrize(
    ("start", "end", "week", "expected"),
    [
        (date(2027, 1, 1), date(2027, 12, 31), 5, "25"),
        (date(2028, 1, 1), date(2028, 12, 31), 5, "25"),  # a leap year is a year
        (date(2027, 1, 1), date(2027, 6, 30), 5, "12.5"),
        (date(2027, 1, 1), date(2027, 12, 31), 2, "10"),
        (date(2028, 1, 1), date(2028, 8, 31), 3, "10"),  # two thirds of a year, exactly
        (date(2027, 7, 1), date(2028, 6, 30), 5, "25.5"),  # 184 of 365 and 182 of 366: a hair above 25
    ],
)
def test_entitlement_of_placements_that_one_knows(start: date, end: date, week: int, expected: str) -> None:
    assert entitlement(Decimal(25), start, end, week) == Decimal(expected)


@given(DAYS, st.integers(0, 400), st.integers(0, 400))
def test_days_away_count_both_ends_and_go_on_until_today(first: date, length: int, ahead: int) -> None:
    last, today = first + timedelta(days=length), first + timedelta(days=ahead)
    assert days_away(first, last, today) == length + 1
    assert days_away(first, None, today) == ahead + 1
