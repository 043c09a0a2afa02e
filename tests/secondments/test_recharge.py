"""What the host is charged: parts always make the whole, against sums in fractions, day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people.workdays import Calendar
from secondments.choices import Basis, Frequency, RechargeModel
from secondments.recharge import Item, Period, Spans, Terms, lines, months, periods, total

DAY = timedelta(days=1)
WEEK = Calendar()
MONEY = st.decimals(0, 300_000, places=2)
ANY_MODEL = st.sampled_from(RechargeModel)
PERCENT = st.decimals(0, 150, places=2)


@st.composite
def terms(draw: Any, models: Any = ANY_MODEL) -> Terms:
    start = draw(st.dates(date(2024, 1, 1), date(2040, 12, 31)))
    end = start + timedelta(days=draw(st.integers(0, 500)))
    within = st.dates(start, end)
    pairs = [draw(st.tuples(within, within)) for _ in range(draw(st.integers(0, 2)))]
    spans = tuple((min(pair), max(pair)) for pair in pairs)
    begins = [first for first, _last in months(start, end)]
    return Terms(
        model=draw(models),
        start=start,
        end=end,
        calendar=Calendar(draw(st.sampled_from([frozenset(range(5)), frozenset({1, 3}), frozenset(range(7))]))),
        currency=draw(st.sampled_from(["GBP", "EUR", "JPY"])),
        annual_salary=draw(MONEY),
        on_cost_percent=draw(PERCENT),
        fte=draw(st.decimals("0.1", 1, places=4)),
        percent=draw(PERCENT),
        uplift_from=draw(st.none() | st.dates(date(2023, 6, 1), date(2042, 1, 1)) | within),
        uplift_percent=draw(PERCENT),
        suspended=Spans(spans),
        items=tuple(
            Item(label, draw(MONEY), draw(st.sampled_from(Basis)))
            for label in draw(st.sampled_from([(), ("A",), ("A", "B", "A")]))
        ),
        changes=tuple(sorted(draw(st.dictionaries(within, st.decimals("0.1", 1, places=4), max_size=2)).items())),
        cover=draw(MONEY),
        fixed=draw(MONEY),
        rate=draw(MONEY),
        most_hours=draw(st.none() | st.decimals(0, 200, places=2)),
        hours={first: draw(st.decimals(0, 250, places=2)) for first in begins},
    )


def cut(found: Terms, points: list[int]) -> list[Period]:
    """The placement cut after these days of it."""
    length = (found.end - found.start).days
    ends = sorted({found.start + timedelta(days=n % (length + 1)) for n in points} | {found.end})
    begins = [found.start, *(day + DAY for day in ends[:-1])]
    return [Period(*pair) for pair in zip(begins, ends, strict=True)]


@given(terms(), st.lists(st.integers(0, 600), max_size=8))
@settings(max_examples=150, deadline=None)
def test_parts_make_the_whole_however_it_is_cut(found: Terms, points: list[int]) -> None:
    whole = total(found, Period(found.start, found.end))
    assert sum(total(found, part) for part in cut(found, points)) == whole
    for frequency in Frequency:
        assert sum(total(found, part) for part in periods(found.start, found.end, frequency)) == whole


@given(terms())
@settings(max_examples=100, deadline=None)
def test_periods_lie_side_by_side_and_cover_the_placement(found: Terms) -> None:
    for frequency in Frequency:
        rows = periods(found.start, found.end, frequency)
        assert (rows[0].first, rows[-1].last) == (found.start, found.end)
        assert all(a.last + DAY == b.first for a, b in pairwise(rows))
        assert all(row.first <= row.last for row in rows)
        if frequency == Frequency.MONTH:
            assert {(row.first.year, row.first.month) for row in rows} == {
                (d.year, d.month) for d, _ in months(found.start, found.end)
            }


@given(terms(st.just(RechargeModel.FULL)))
@settings(max_examples=60, deadline=None)
def test_salary_is_the_sum_over_working_days_of_their_part_of_a_month(found: Terms) -> None:
    exact = Fraction(0)
    for n in range((found.end - found.start).days + 1):
        day = found.start + timedelta(days=n)
        if day.weekday() in found.calendar.week and day not in found.suspended:
            first, last = next(months(day, day))
            of_month = sum(
                (first + timedelta(days=k)).weekday() in found.calendar.week for k in range((last - first).days + 1)
            )
            raised = found.uplift_from is not None and day >= found.uplift_from
            share = [found.fte, *(share for since, share in found.changes if since <= day)][-1]
            exact += Fraction(share) / of_month * (1 + Fraction(found.uplift_percent) / 100 if raised else 1)
    exact *= Fraction(found.annual_salary) / 12
    salary = sum(
        (line.amount for line in lines(found, Period(found.start, found.end)) if line.kind == "salary"), Decimal(0)
    )
    unit = Fraction(1) if found.currency == "JPY" else Fraction(1, 100)
    assert abs(Fraction(salary) - exact) <= unit / 2 + Fraction(1, 10**9)


def plain(**changes: Any) -> Terms:
    given: dict[str, Any] = {
        "model": RechargeModel.SALARY, "start": date(2027, 1, 1), "end": date(2027, 12, 31), "calendar": WEEK,
        "currency": "GBP", "annual_salary": Decimal(48000), "on_cost_percent": Decimal(20), **changes,
    }  # fmt: skip
    return Terms(**given)


def by_kind(found: Terms, first: date, last: date) -> dict[str, str]:
    return {line.kind: str(line.amount) for line in lines(found, Period(first, last))}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"salary": "4000.00", "on_costs": "800.00"}),
        ({"model": RechargeModel.NONE}, {}),
        ({"model": RechargeModel.PERCENT, "percent": Decimal(50)}, {"salary": "2000.00", "on_costs": "400.00"}),
        ({"fte": Decimal("0.4")}, {"salary": "1600.00", "on_costs": "320.00"}),
        ({"model": RechargeModel.COVER, "cover": Decimal(300)}, {"cover": "300.00"}),
        ({"model": RechargeModel.FIXED, "fixed": Decimal(36500)}, {"fixed": "3100.00"}),
        (
            {"model": RechargeModel.HOURS, "rate": Decimal(50), "most_hours": Decimal(80),
             "hours": {date(2027, 3, 1): Decimal(100)}},
            {"hours": "4000.00"},
        ),
        (
            {"uplift_from": date(2027, 3, 1), "uplift_percent": Decimal(5)},
            {"salary": "4200.00", "on_costs": "840.00"},
        ),
        ({"changes": ((date(2027, 3, 1), Decimal("0.5")),)}, {"salary": "2000.00", "on_costs": "400.00"}),
        (
            {"model": RechargeModel.NONE, "items": (Item("Travel", Decimal(70), Basis.WEEK),)},
            {"item": "310.00"},
        ),
        # 23 working days in March 2027; from the 16th on there are 12.
        ({"suspended": Spans(((date(2027, 3, 16), date(2027, 3, 31)),))}, {"salary": "1913.04", "on_costs": "382.61"}),
    ],
)  # fmt: skip
def test_march_of_each_model(changes: dict[str, Any], expected: dict[str, str]) -> None:
    found = plain(**changes)
    if found.model == RechargeModel.HOURS:
        found = replace(found, start=date(2027, 3, 1))
    assert by_kind(found, date(2027, 3, 1), date(2027, 3, 31)) == expected


def test_first_and_last_month_count_by_their_working_days() -> None:
    found = plain(start=date(2027, 3, 15), end=date(2027, 4, 9))
    rows = [
        by_kind(found, part.first, part.last)["salary"] for part in periods(found.start, found.end, Frequency.MONTH)
    ]
    # 13 of 23 working days of March, 7 of 22 of April.
    assert rows == ["2260.87", "1272.73"]


def test_before_the_start_and_after_the_end_nothing_is_charged() -> None:
    found = plain(start=date(2027, 3, 15), end=date(2027, 4, 9))
    assert by_kind(found, date(2027, 1, 1), date(2027, 3, 14)) == {}
    assert by_kind(found, date(2027, 4, 10), date(2027, 12, 31)) == {}
