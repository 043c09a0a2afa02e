"""Pages take a fixed number of queries, whether there is one row or three."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.models import Person
from tests.cast import Cast

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
