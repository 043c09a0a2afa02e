"""Pages take a fixed number of queries, whether there is one row or three."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.models import Person
from secondments.actions import concerns, leaves, wishes
from tests.cast import Cast, fresh, on

# Literal counts, the two for session and reader included; a change here is a decision.
# What waits takes three of papers at home: signatures, approvals, papers of HR.
QUERIES = {"/": 15, "/secondments/": 6, "/people/": 9, "/organisations/": 5, "/notices/": 4}
CASE_QUERIES = {
    "hr": 14,
    "secondee": 13,
    "contact": 13,
}  # one of them reads all who are named; HR also sees an early end that waits


def count(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


@pytest.mark.parametrize("path", QUERIES)
def test_list_queries_do_not_grow(cast: Cast, sign_in: Callable[[Person], Client], path: str) -> None:
    client = sign_in(cast.hr)
    cast.proposal(is_full_time=False, weekly_hours=1)
    one = count(client, path)
    for hours in (2, 3):
        cast.proposal(is_full_time=False, weekly_hours=hours)
        cast.draft(is_full_time=False, weekly_hours=hours)
    assert (path, one, count(client, path)) == (path, QUERIES[path], QUERIES[path])


@pytest.mark.parametrize("role", CASE_QUERIES)
def test_case_queries_are_fixed(cast: Cast, sign_in: Callable[[Person], Client], role: str) -> None:
    short, long = cast.active(), cast.active(secondee=cast.viewer)
    client = sign_in(cast.people[role])
    if role == "secondee":
        long = short
    counts = [count(client, case.get_absolute_url()) for case in (short, long)]
    assert counts == [CASE_QUERIES[role]] * 2


# What its reader may see is read once for a page, however often the page asks.
PLACEMENT_QUERIES = {
    ("hr", "changes/"): 11, ("hr", "concerns/"): 10, ("hr", "leave/"): 13,
    ("contact", "changes/"): 12, ("contact", "concerns/"): 11, ("contact", "leave/"): 12, ("contact", "/people-with-us/"): 11,
    ("manager", "leave/"): 14, ("manager", "/away/"): 11,
}  # fmt: skip


def test_pages_beside_a_case_do_not_grow_with_their_rows(cast: Cast, sign_in: Callable[[Person], Client]) -> None:
    case = cast.active()
    start = case.start_on
    assert start and case.end_on
    clients = {role: sign_in(cast.people[role]) for role in ("hr", "contact", "manager")}

    def add(n: int) -> None:
        day = start + timedelta(days=14 * n)
        leave = leaves.ask(
            fresh(case), by=cast.secondee, kind="annual", first_day=day, last_day=day + timedelta(days=4)
        )
        leaves.decide(leave, by=cast.manager, granted=True)
        concerns.report(fresh(case), by=cast.contact, kind="conduct", what="Not what we agreed.")
        wishes.ask(fresh(case), by=cast.contact, reason="More to do.", end_on=case.end_on + timedelta(days=n))

    def counts() -> dict[tuple[str, str], int]:
        home = case.get_absolute_url()
        return {
            (role, page): count(clients[role], page if page.startswith("/") else f"{home}{page}")
            for role, page in PLACEMENT_QUERIES
        }

    with on(start + timedelta(days=1)):
        add(1)
        one = counts()
        add(2)
        add(3)
        assert one == counts() == PLACEMENT_QUERIES
    assert max(PLACEMENT_QUERIES.values()) <= 15
