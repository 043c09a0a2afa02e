"""What is missing before a proposal can be submitted, in the words that people read."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from people import clock
from secondments import transitions
from secondments.actions import proposals
from secondments.models import Secondment
from tests.cast import Cast, fresh


def missing(case: Secondment, cast: Cast) -> list[tuple[str, str]]:
    """The sentences that grey the submit button, and where they are mended."""
    (offer,) = [offer for offer in transitions.available(fresh(case), cast.hr) if offer.name == "submit"]
    return [(str(refusal.sentence), refusal.where) for refusal in offer.refusals]


def begin(cast: Cast, **fields: Any) -> Secondment:
    return proposals.begin(by=cast.hr, seconder=cast.northwind, fields=fields, objectives=[])


EMPTY = [
    ("Say who is to be seconded.", "secondee"),
    ("Say who is the line manager, who releases the secondee.", "line_manager"),
    ("Say who signs for the seconder.", "seconder_signatory"),
    ("Choose the host organisation.", "host"),
    ("Give the name and e-mail of the contact at the host.", "host_contact"),
    ("Give the name and e-mail of who signs for the host.", "host_signatory"),
    ("Say what role the secondee has at the host.", "role_title"),
    ("Say where the work is done.", "location"),
    ("Give the first day.", "start_on"),
    ("Give the last day.", "end_on"),
    ("Give the hours per week.", "weekly_hours"),
    ("Say what the secondment is for.", "purpose"),
    ("Write at least one objective.", "objectives"),
]


def test_empty_proposal_lacks_everything(cast: Cast) -> None:
    assert missing(begin(cast, kind="external"), cast) == EMPTY


def test_internal_proposal_lacks_the_department_too(cast: Cast) -> None:
    sentence = ("Say which department hosts the secondee.", "host_department")
    assert missing(begin(cast), cast) == [*EMPTY[:12], sentence, EMPTY[12]]


def test_proposal_of_a_secondee_alone_lacks_everything_else_once(cast: Cast) -> None:
    assert missing(begin(cast, kind="external", secondee=cast.secondee), cast) == EMPTY[1:]


def test_complete_proposal_lacks_nothing(cast: Cast) -> None:
    assert missing(cast.draft(), cast) == []


# First day from today, days of the placement, and what is wrong with them by the default policy.
DATES = [
    (0, 14, []),
    (-1, 20, [("The first day has passed; choose a later one.", "start_on")]),
    (5, 13, [("The policy asks for at least 14 days; these are 13.", "end_on")]),
    (5, 1096, []),
    (5, 1097, [("The policy allows at most 1096 days; these are 1097.", "end_on")]),
]


@pytest.mark.parametrize(("start", "length", "told"), DATES)
def test_dates_are_within_the_policy(cast: Cast, start: int, length: int, told: list[tuple[str, str]]) -> None:
    first = clock.today("Europe/London") + timedelta(days=start)
    case = cast.draft(start_on=first, end_on=first + timedelta(days=length - 1))
    assert missing(case, cast) == told


# Two parts that the same person cannot have.
PARTS = [
    ({"line_manager": "secondee"}, [("Nobody releases themselves: name another line manager.", "line_manager")]),
    ({"host_contact": "secondee"}, [("The secondee cannot be the contact at the host.", "host_contact")]),
    (
        {"host_signatory": "secondee"},
        [("Three different people sign: name somebody else for the host.", "host_signatory")],
    ),
    (
        {"host_signatory": "director"},
        [
            ("Dora Rex works for the seconder: name somebody of the host.", "host_signatory"),
            ("Three different people sign: name somebody else for the host.", "host_signatory"),
        ],
    ),
    (
        {"seconder_signatory": "secondee"},
        [("Three different people sign: name somebody else for the seconder.", "seconder_signatory")],
    ),
    ({"seconder_signatory": "manager", "host_signatory": "contact"}, []),
]


@pytest.mark.parametrize(("parts", "told"), PARTS)
def test_parts_are_of_different_people(cast: Cast, parts: dict[str, str], told: list[tuple[str, str]]) -> None:
    case = cast.draft(**{part: cast.people[name] for part, name in parts.items()})
    assert missing(case, cast) == told


def test_no_hours_are_hours_that_are_missing(cast: Cast) -> None:
    assert missing(cast.draft(weekly_hours=Decimal(0)), cast) == [("Give the hours per week.", "weekly_hours")]
