"""What a secondment costs: figures worked out by hand, and that the parts always make the whole."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.workdays import Calendar
from secondments.choices import Basis, BorneBy, CostKind, Funding
from secondments.costs import Item, Plan, estimate, months_in, rounded

WEEK = Calendar()
D = Decimal


def plan(**changes: Any) -> Plan:
    """Six months full-time at 48,000 a year: 24,000 of pay."""
    usual: dict[str, Any] = {
        "start": date(2027, 1, 1),
        "end": date(2027, 6, 30),
        "calendar": WEEK,
        "currency": "GBP",
        "hours": D(40),
        "full_time_hours": D(40),
        "annual_salary": D(48000),
        "on_cost_percent": D(20),
    }
    return Plan(**{**usual, **changes})


def amounts(**changes: Any) -> list[tuple[str, str, str]]:
    found = estimate(plan(**changes))
    return [(line.kind, str(line.amount), str(line.host)) for line in found.lines]


def item(amount: str, basis: Basis = Basis.ONCE, borne_by: BorneBy = BorneBy.AGREED) -> Item:
    return Item(CostKind.TRAVEL, "", D(amount), basis, borne_by)


def test_whole_months_are_twelfths_of_a_year() -> None:
    assert amounts() == [("salary", "24000.00", "0.00"), ("on_costs", "4800.00", "0.00")]


def test_part_of_a_month_counts_by_its_working_days() -> None:
    # March 2027 has 23 working days from Monday to Friday; from the 15th on there are 13.
    assert months_in(date(2027, 3, 15), date(2027, 3, 31), WEEK) == D(13) / 23
    assert amounts(start=date(2027, 3, 15), end=date(2027, 3, 31))[0][1] == "2260.87"  # 4000 * 13 / 23


def test_holidays_are_no_working_days() -> None:
    shut = Calendar(holidays=frozenset({date(2027, 3, 26), date(2027, 3, 29)}))
    assert months_in(date(2027, 3, 15), date(2027, 3, 31), shut) == D(11) / 21


def test_part_time_counts_by_its_share_of_full_time() -> None:
    assert amounts(hours=D(16))[0][1] == "9600.00"


def test_hours_in_all_are_paid_by_the_hour() -> None:
    # 48,000 / 52 weeks / 40 hours = 23.0769… an hour; a hundred of them.
    assert amounts(hours=D(8), total_hours=D(100))[0][1] == "2307.69"


@pytest.mark.parametrize(
    ("basis", "expected"), [("once", "10.00"), ("month", "60.00"), ("week", "258.57"), ("day", "1290.00")]
)
def test_items_come_as_often_as_they_say(basis: str, expected: str) -> None:
    # 181 days are 25.857 weeks; 129 of them are working days.
    assert amounts(annual_salary=None, items=(item("10", Basis(basis)),)) == [("travel", expected, "0.00")]


@pytest.mark.parametrize(
    ("funding", "host"),
    [
        ("seconder", ["0.00", "0.00", "0.00"]),
        ("host", ["24000.00", "4800.00", "10.01"]),
        ("host_salary", ["24000.00", "4800.00", "0.00"]),
        ("shared", ["8000.40", "1600.08", "3.34"]),
    ],
)
def test_funding_says_what_the_host_bears(funding: str, host: list[str]) -> None:
    found = amounts(funding=Funding(funding), host_percent=D("33.335"), items=(item("10.01"),))
    assert [share for _kind, _amount, share in found] == host


def test_item_of_one_side_is_borne_by_it_whatever_the_funding() -> None:
    items = (item("10", borne_by=BorneBy.HOST), item("20", borne_by=BorneBy.SECONDER))
    found = estimate(plan(annual_salary=None, funding=Funding.HOST, items=items))
    assert [(line.host, line.seconder) for line in found.lines] == [(D(10), D(0)), (D(0), D(20))]


def test_fixed_amount_is_the_hosts_and_lightens_the_seconder() -> None:
    found = estimate(plan(funding=Funding.FIXED, fixed_amount=D(9000)))
    assert (found.total, found.host, found.seconder) == (D("28800.00"), D("9000.00"), D("19800.00"))


def test_yen_have_no_smaller_unit() -> None:
    assert rounded(D("100.5"), "JPY") == D(101)
    assert rounded(D("100.005"), "GBP") == D("100.01")


MONEY = st.decimals(0, 200000, places=2)
PLANS = st.builds(
    lambda start, days, percent, funding, salary, on_costs, given, currency: plan(
        start=start, end=start + timedelta(days=days), host_percent=percent, funding=funding, annual_salary=salary,
        on_cost_percent=on_costs, items=tuple(given), currency=currency,
    ),
    st.dates(date(2024, 1, 1), date(2032, 1, 1)), st.integers(0, 900), st.decimals(0, 100, places=3),
    st.sampled_from([f for f in Funding if f != Funding.FIXED]), MONEY, st.decimals(0, 90, places=2),
    st.lists(st.builds(Item, st.sampled_from(CostKind), st.just(""), MONEY, st.sampled_from(Basis),
                       st.sampled_from(BorneBy)), max_size=5),
    st.sampled_from(["GBP", "JPY", "EUR"]),
)  # fmt: skip


@given(PLANS)
def test_parts_always_make_the_whole(made: Plan) -> None:
    found = estimate(made)
    assert found.host + found.seconder == found.total
    assert all(D(0) <= line.host <= line.amount for line in found.lines)
    assert all(line.amount == rounded(line.amount, made.currency) for line in found.lines)


@given(PLANS, st.integers(1, 600))
def test_a_period_in_two_makes_the_months_of_the_whole(made: Plan, cut: int) -> None:
    middle = min(made.start + timedelta(days=cut), made.end)
    two = months_in(made.start, middle, WEEK) + months_in(middle + timedelta(days=1), made.end, WEEK)
    assert abs(two - months_in(made.start, made.end, WEEK)) < D("0.000001")
