"""Days in a country against a count by hand, for stays, trips and years of every kind."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from secondments.day_counts import THRESHOLDS, Window, counts, days_present, work_days

DAY = timedelta(days=1)
BY_WINDOW = {threshold.window: n for n, threshold in enumerate(THRESHOLDS)}


def count(window: Window, *args, **more):
    return counts(*args, **more)[BY_WINDOW[window]]


def test_whole_year_passes_183_days_on_the_184th() -> None:
    found = count(Window.ROLLING, date(2027, 1, 1), date(2027, 12, 31), [], date(2027, 3, 1))
    assert (found.so_far, found.highest, found.passed_on) == (60, 365, date(2027, 7, 3))


def test_183_days_are_not_more_than_183() -> None:
    found = counts(date(2027, 1, 1), date(2027, 7, 2), [], date(2027, 7, 2))
    assert [row.passed_on for row in found] == [None] * 4
    assert [row.so_far for row in found] == [183] * 4


def test_calendar_year_begins_anew_and_the_rolling_window_does_not() -> None:
    first, last = date(2027, 9, 1), date(2028, 5, 31)
    rolling = count(Window.ROLLING, first, last, [], first)
    year = count(Window.YEAR, first, last, [], first)
    assert rolling.passed_on == first + 183 * DAY
    assert (year.highest, year.passed_on) == (152, None)


def test_trips_do_not_count_and_earlier_stays_do() -> None:
    first, last = date(2027, 1, 1), date(2027, 7, 31)
    trips = [(date(2027, 3, 1), date(2027, 3, 31))]
    assert count(Window.ROLLING, first, last, trips, last).highest == 212 - 31
    earlier = [(date(2026, 11, 1), date(2026, 12, 31))]
    assert count(Window.ROLLING, first, last, trips, last, earlier).highest == 212 - 31 + 61
    assert count(Window.YEAR, first, last, trips, last, earlier).highest == 212 - 31


def test_posting_counts_all_days_since_the_first() -> None:
    first = date(2027, 3, 1)
    trips = [(first, first + 100 * DAY)]
    found = count(Window.POSTING, first, first + 400 * DAY, trips, first + 9 * DAY)
    assert (found.so_far, found.highest, found.passed_on) == (10, 401, first + 365 * DAY)


def test_work_days_are_those_present_and_worked() -> None:
    present = days_present(date(2027, 3, 1), date(2027, 3, 10), [(date(2027, 3, 3), date(2027, 3, 4))])
    works = [date(2027, 3, n) for n in (1, 2, 3, 4, 5, 8, 9, 10)]
    assert work_days(present, works, date(2027, 3, 8)) == 4


spans = st.builds(
    lambda first, length: (first, first + length * DAY),
    st.dates(date(2024, 1, 1), date(2036, 12, 31)),
    st.integers(0, 90),
)


@settings(max_examples=150, deadline=None)
@given(
    st.dates(date(2024, 1, 1), date(2038, 6, 30)),
    st.integers(0, 800),
    st.lists(spans, max_size=4),
    st.lists(st.integers(1, 300), max_size=2),
    st.integers(0, 800),
)
def test_each_window_is_what_a_count_by_hand_says(
    first: date, length: int, trips: list[tuple[date, date]], gaps: list[int], passed: int
) -> None:
    """The oracle asks each day of each window anew, with sets."""
    last, today = first + length * DAY, first + min(passed, length) * DAY
    earlier = [(first - (gap + 20) * DAY, first - gap * DAY) for gap in gaps]
    away = {a + n * DAY for a, b in trips for n in range((b - a).days + 1)}
    there = {first + n * DAY for n in range(length + 1)} - away
    before = {a + n * DAY for a, b in earlier for n in range((b - a).days + 1)} - away
    for found in counts(first, last, trips, today, earlier):
        window, most = found.threshold.window, found.threshold.most
        by_day = {}
        for n in range(length + 1):
            day = first + n * DAY
            if window == Window.ROLLING:
                by_day[day] = sum(day - 364 * DAY <= one <= day for one in there | before)
            elif window == Window.YEAR:
                by_day[day] = sum(one.year == day.year and one <= day for one in there | before)
            else:
                by_day[day] = n + 1
        counted = {day: n for day, n in by_day.items() if day in there or day == last or window not in RUNNING}
        assert found.passed_on == next((day for day, n in sorted(counted.items()) if n > most), None)
        assert found.highest == max(counted.values())
        past = [n for day, n in sorted(counted.items()) if day <= today]
        assert found.so_far == (past[-1] if past else 0)


RUNNING = {Window.ROLLING, Window.YEAR}
