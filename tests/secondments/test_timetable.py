"""The arithmetic of dates against oracles that walk the calendar day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondments import timetable
from secondments.timetable import Milestone, Rules

DAY = timedelta(days=1)
days = st.dates(date(2024, 1, 1), date(2040, 12, 31))
lengths = st.integers(1, 800)
weeks = st.integers(0, 12)


def walk(start: date, end: date) -> list[date]:
    """Every day from the first to the last."""
    found = []
    while start <= end:
        found.append(start)
        start += DAY
    return found


def walked(day: date, steps: int) -> date:
    """A day so many steps ahead, or back."""
    for _ in range(abs(steps)):
        day = day + DAY if steps > 0 else day - DAY
    return day


@given(days, lengths)
def test_length_counts_both_ends(start: date, length: int) -> None:
    assert timetable.length(start, walked(start, length - 1)) == length


@given(days, lengths, weeks, st.integers(1, 12))
def test_checkin_days(start: date, length: int, first: int, every: int) -> None:
    placement = walk(start, walked(start, length - 1))
    due = [day for n, day in enumerate(placement) if n >= first * 7 and (n - first * 7) % (every * 7) == 0]
    if due and due[-1] == placement[-1]:
        due.pop()  # nobody checks in on the last day
    rules = Rules(first_checkin_weeks=first, checkin_every_weeks=every)
    assert timetable.checkin_days(start, placement[-1], rules) == due


@given(days, lengths, st.integers(0, 120))
def test_review_opens(start: date, length: int, before: int) -> None:
    placement = walk(start, walked(start, length - 1))
    expected = placement[-1 - before] if before < length else start
    assert timetable.review_opens(start, placement[-1], Rules(review_days_before=before)) == expected


@given(days, lengths, weeks)
def test_last_day_by_notice_never_lies_after_the_agreed_end(given_on: date, length: int, notice: int) -> None:
    end = walked(given_on, length - 1)
    rest = walk(given_on, end)
    expected = rest[notice * 7] if notice * 7 < len(rest) else end
    assert timetable.last_day_by_notice(given_on, notice, end) == expected


@given(days, st.integers(-30, 30), st.integers(0, 14), st.integers(0, 14), st.integers(0, 14))
def test_rungs_reached(due: date, since: int, before: int, after: int, escalate: int) -> None:
    rules = Rules(remind_before_days=before, remind_after_days=after, escalate_after_days=escalate)
    expected = []
    if since >= after:
        expected.append("after")
    elif since >= 0:
        expected.append("on")
    elif since >= -before:
        expected.append("before")
    if since >= escalate:
        expected.append("escalate")
    found = timetable.rungs_reached(due, walked(due, since), rules)
    assert [rung.name for rung in found] == expected


# Days until the last day, and the reminder that is the latest then; a placement of a year.
REACHED = [
    (365, None),
    (91, None),
    (90, "extension_deadline"),
    (61, "extension_deadline"),
    (60, "return_role"),
    (46, "return_role"),
    (45, "end_in_45"),
    (31, "end_in_45"),
    (30, "end_in_30"),
    (16, "end_in_30"),
    (15, "end_in_15"),
    (2, "end_in_15"),
    (1, "last_day_tomorrow"),
    (-6, "last_day_tomorrow"),
    (-7, "return_not_closed"),
    (-70, "return_not_closed"),
]


@pytest.mark.parametrize(("left", "name"), REACHED)
def test_milestone_reached(left: int, name: str | None) -> None:
    end = date(2028, 2, 29)
    found = timetable.milestone_reached(date(2027, 3, 1), end, end - timedelta(days=left))
    assert (found.name if found else None) == name


def test_milestones_of_a_placement_over_a_leap_day() -> None:
    assert timetable.end_milestones(date(2024, 2, 1), date(2024, 5, 20)) == [
        Milestone("extension_deadline", date(2024, 2, 20)),
        Milestone("return_role", date(2024, 3, 21)),
        Milestone("end_in_45", date(2024, 4, 5)),
        Milestone("end_in_30", date(2024, 4, 20)),
        Milestone("end_in_15", date(2024, 5, 5)),
        Milestone("last_day_tomorrow", date(2024, 5, 19)),
        Milestone("return_not_closed", date(2024, 5, 27)),
    ]


@given(days, lengths)
def test_no_milestone_lies_before_the_start(start: date, length: int) -> None:
    end = walked(start, length - 1)
    backwards = walk(start, end)[::-1]
    before = {90: "extension_deadline", 60: "return_role", 45: "end_in_45", 30: "end_in_30", 15: "end_in_15"}
    expected = {name: backwards[n] for n, name in {**before, 1: "last_day_tomorrow"}.items() if n < length}
    found = {m.name: m.on for m in timetable.end_milestones(start, end)}
    assert found == {**expected, "return_not_closed": walked(end, 7)}


@given(days, lengths, st.integers(-10, 900))
def test_milestone_reached_is_the_latest_of_those_that_have_come(start: date, length: int, later: int) -> None:
    end, today = walked(start, length - 1), walked(start, later)
    come = {m.on: m for m in timetable.end_milestones(start, end) if m.on in walk(start, today)}
    assert timetable.milestone_reached(start, end, today) == (come[max(come)] if come else None)


def test_rules_of_a_case_know_their_defaults_and_ignore_what_is_not_theirs() -> None:
    assert Rules.of({"minimum_days": 3, "unknown": 9}) == Rules(minimum_days=3)


def test_rules_are_those_of_the_policy() -> None:
    from dataclasses import asdict

    from people.models import Policy

    assert Policy().copy() == asdict(Rules())
