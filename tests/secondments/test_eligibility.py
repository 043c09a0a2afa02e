"""Whether somebody may be seconded, rule by rule."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondments.eligibility import Facts, Stay, add_months, check
from secondments.timetable import Rules

START, END, TODAY = date(2026, 9, 1), date(2027, 2, 28), date(2026, 5, 4)
DAY = timedelta(days=1)


def facts(**known) -> Facts:
    return Facts(**{"start": START, "end": END, "as_of": TODAY, "contract_type": "permanent"} | known)


def answer(rule: str, known: Facts, **rules) -> str:
    return {v.rule: v.answer.value for v in check(known, Rules(**rules))}[rule]


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (date(2026, 3, 1), "met"),  # six months to the day
        (date(2026, 3, 2), "not_met"),
        (date(2026, 2, 28), "met"),
        (date(2026, 9, 2), "not_met"),
        (None, "unknown"),
    ],
)
def test_service_is_counted_to_the_first_day(since: date | None, expected: str) -> None:
    assert answer("minimum_service_months", facts(employed_since=since)) == expected


@pytest.mark.parametrize(("ends", "expected"), [(START - DAY, "met"), (START, "not_met"), (None, "unknown")])
def test_probation_is_over_before_the_first_day(ends: date | None, expected: str) -> None:
    assert answer("probation_must_be_over", facts(probation_ends_on=ends)) == expected


@pytest.mark.parametrize(
    ("kind", "ends", "expected"),
    [
        ("permanent", None, "met"),
        ("other", None, "met"),
        ("fixed_term", None, "unknown"),
        ("", None, "unknown"),
        ("fixed_term", END, "met"),
        ("fixed_term", END - DAY, "not_met"),
        ("permanent", END - DAY, "not_met"),
    ],
)
def test_contract_lasts_as_long_as_the_placement(kind: str, ends: date | None, expected: str) -> None:
    assert answer("contract_must_outlast", facts(contract_type=kind, contract_ends_on=ends)) == expected


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ((), "met"),
        ((Stay(date(2025, 1, 1), date(2025, 8, 31)),), "met"),
        ((Stay(date(2025, 1, 1), date(2025, 9, 1)),), "not_met"),
        ((Stay(date(2020, 1, 1), date(2020, 9, 1)), Stay(date(2026, 1, 1), date(2026, 2, 1))), "not_met"),
        ((Stay(date(2027, 6, 1), date(2027, 9, 1)),), "met"),  # one that lies ahead
    ],
)
def test_months_pass_between_two_secondments(earlier: tuple[Stay, ...], expected: str) -> None:
    assert answer("months_between", facts(earlier=earlier)) == expected


@pytest.mark.parametrize(
    ("most", "earlier", "expected"),
    [
        (181, (), "met"),
        (180, (), "not_met"),
        (182, (Stay(START - DAY, START - DAY, same_host=True),), "met"),
        (181, (Stay(START - DAY, START - DAY, same_host=True),), "not_met"),
        (181, (Stay(START - DAY, START - DAY, same_host=False),), "met"),
        (181, (Stay(START, START + DAY, same_host=True),), "met"),  # days in common count once
    ],
)
def test_days_with_one_host_are_added_up(most: int, earlier: tuple[Stay, ...], expected: str) -> None:
    known = facts(earlier=earlier)
    assert answer("cumulative_maximum_days", known, cumulative_maximum_days=most) == expected


def test_rules_that_are_off_are_not_asked() -> None:
    off = {"minimum_service_months": 0, "probation_must_be_over": False, "contract_must_outlast": False}
    assert [v.rule for v in check(facts(), Rules(**off))] == ["months_between", "cumulative_maximum_days"]


def test_nothing_is_known_of_somebody_without_employment() -> None:
    known = facts(is_employed=False, employed_since=None)
    assert [v.answer.value for v in check(known, Rules())] == ["unknown", "unknown", "unknown", "met", "met"]


def test_sentence_has_the_facts_and_their_day() -> None:
    verdict = check(facts(employed_since=date(2026, 4, 1)), Rules())[0]
    assert verdict.sentence == (
        "Employed since 1 Apr 2026: 6 months of service are reached on 1 Oct 2026, after the first day, 1 Sep 2026. "
        "Facts of 4 May 2026."
    )


@settings(deadline=None)  # the machine may be busy
@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 60))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or ((found + DAY).day == 1 and found.day < day.day)
