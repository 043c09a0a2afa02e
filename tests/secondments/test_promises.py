"""What the database itself refuses: whoever writes to it, and by whichever way."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django_fsm import ConcurrentTransition

from people import clock, ledger
from secondments import transitions
from secondments.models import Secondment
from secondments.states import State
from secondments.transitions import Refused
from tests.cast import Cast, fresh, on

WITHDRAW = "UPDATE secondments_secondment SET state = 'withdrawn', withdrawn_at = now(), withdrawn_by_id = owner_id"


def raw(sql: str, *parameters: Any) -> None:
    """Run a statement and what the database would look at when the transaction ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def violated(case: Secondment, **fields: Any) -> str:
    """The constraint that stops these values from being written."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        QuerySet(Secondment).filter(pk=case.pk).update(**fields)
    return error.value.__cause__.diag.constraint_name  # type: ignore[union-attr]


def test_state_without_counting_up_is_refused(cast: Cast) -> None:
    case = cast.draft()
    ledger.record("secondment.withdraw", by=cast.hr, case_id=case.pk, number=1)
    with pytest.raises(IntegrityError, match="a state changes through the door"):
        raw(f"{WITHDRAW} WHERE id = %s", case.pk)


def test_state_without_its_ledger_entry_is_refused(cast: Cast) -> None:
    case = cast.draft()
    with pytest.raises(IntegrityError, match="a change of state without its entry in the ledger"):
        raw(f"{WITHDRAW}, transition_number = 1 WHERE id = %s", case.pk)


def test_state_that_counts_up_and_has_its_entry_is_accepted(cast: Cast) -> None:
    case = cast.draft()
    ledger.record("secondment.withdraw", by=cast.hr, case_id=case.pk, number=1)
    raw(f"{WITHDRAW}, transition_number = 1 WHERE id = %s", case.pk)
    assert fresh(case).state == State.WITHDRAWN


def test_second_ledger_entry_for_one_change_is_refused(cast: Cast) -> None:
    case = cast.proposal()
    with pytest.raises(IntegrityError, match="ledger_one_entry_a_change_of_state"), transaction.atomic():
        ledger.record("secondment.submit", by=cast.hr, case_id=case.pk, number=1)


@pytest.mark.parametrize("fields", [{"state": State.ACTIVE}, {"transition_number": 7}])
def test_queryset_update_of_a_state_is_refused(cast: Cast, fields: dict[str, Any]) -> None:
    case = cast.draft()
    with pytest.raises(TypeError, match="no other way"):
        Secondment.objects.filter(pk=case.pk).update(**fields)


def test_bulk_update_of_a_state_is_refused(cast: Cast) -> None:
    case = cast.draft()
    case.__dict__["state"] = State.WITHDRAWN  # django-fsm guards the attribute
    with pytest.raises(TypeError, match="no other way"):
        Secondment.objects.bulk_update([case], ["state"])


def test_case_cannot_be_deleted(cast: Cast) -> None:
    with pytest.raises(TypeError, match="never deleted"):
        cast.draft().delete()


def test_stale_save_cannot_write_an_old_state_back(cast: Cast) -> None:
    stale = cast.proposal()
    transitions.perform(stale, "withdraw", by=cast.hr, reason="Called off")
    stale.role_title = "Another role"
    with pytest.raises(ConcurrentTransition), transaction.atomic():
        stale.save()
    assert (fresh(stale).state, fresh(stale).role_title) == (State.WITHDRAWN, "Planning lead")


STAMPS = {
    State.PROPOSAL: {
        "submitted_at": "secondment_complete_once_submitted",
        "secondee": "secondment_complete_once_submitted",
        "line_manager": "secondment_complete_once_submitted",
        "host": "secondment_complete_once_submitted",
        "host_contact": "secondment_complete_once_submitted",
        "start_on": "secondment_complete_once_submitted",
        "end_on": "secondment_complete_once_submitted",
        "weekly_hours": "secondment_complete_once_submitted",
    },
    State.COMPLETED: {
        "approved_at": "secondment_approved_at_in_state",
        "agreed_at": "secondment_agreed_at_in_state",
        "agreement_signed_at": "secondment_agreement_signed_at_in_state",
        "agreement_sealed_at": "secondment_agreement_sealed_at_in_state",
        "started_at": "secondment_started_at_in_state",
        "review_began_at": "secondment_review_began_at_in_state",
        "review_concluded_at": "secondment_review_concluded_at_in_state",
        "return_began_at": "secondment_return_began_at_in_state",
        "completed_at": "secondment_completed_at_in_state",
        "completed_by": "secondment_completed_by_in_state",
    },
    State.DECLINED: {
        "declined_at": "secondment_declined_at_in_state",
        "declined_by": "secondment_declined_by_in_state",
    },
    State.WITHDRAWN: {
        "withdrawn_at": "secondment_withdrawn_at_in_state",
        "withdrawn_by": "secondment_withdrawn_by_in_state",
    },
}


@pytest.mark.parametrize("state", STAMPS)
def test_stamp_of_a_state_cannot_be_taken_away(cast: Cast, state: str) -> None:
    case = cast.in_state(state)
    assert {field: violated(case, **{field: None}) for field in STAMPS[state]} == STAMPS[state]


def test_completed_case_without_outcome_is_refused(cast: Cast) -> None:
    assert violated(cast.completed(), outcome="") == "secondment_completed_has_outcome"


def test_early_end_without_reason_is_refused(cast: Cast) -> None:
    assert violated(cast.draft(), ended_early_at=clock.now()) == "secondment_early_end_has_reason"


def test_last_day_before_the_first_is_refused(cast: Cast) -> None:
    case = cast.draft()
    assert violated(case, end_on=case.start_on - timedelta(days=1)) == "secondment_ends_after_start"


def later(case: Secondment, days: int, **fields: Any) -> dict[str, Any]:
    """Dates that begin so many days after the last day of a case."""
    start = case.end_on + timedelta(days=days)
    return {"start_on": start, "end_on": start + timedelta(days=30), **fields}


def test_overlap_of_full_time_placements_is_refused_with_a_sentence(cast: Cast) -> None:
    with on(clock.now().date().replace(year=2027, month=1, day=10)):
        first = cast.proposal()
        assert (str(first.start_on), str(first.end_on)) == ("2027-01-24", "2027-07-29")
        with pytest.raises(Refused) as refused:
            cast.proposal(**later(first, 0))
    (refusal,) = refused.value.refusals
    assert (refusal.sentence, refusal.where) == (
        "Ana Duarte is placed at Contoso sp. z o.o. from 24 Jan 2027 to 29 Jul 2027; "
        "together that is more than full-time.",
        "start_on",
    )


def test_overlap_of_full_time_placements_is_refused_by_the_database(cast: Cast) -> None:
    first = cast.proposal()
    second = cast.proposal(**later(first, 1))
    assert violated(second, start_on=first.end_on) == "secondment_no_full_time_overlap"


@pytest.mark.parametrize("state", ["declined", "withdrawn"])
def test_placement_that_does_not_take_place_leaves_its_days_free(cast: Cast, state: str) -> None:
    first = cast.in_state(state)
    assert cast.proposal(start_on=first.start_on, end_on=first.end_on).state == State.PROPOSAL


# Hours a week of placements in the same days, for somebody employed for 40; whether the last may be submitted.
@pytest.mark.parametrize(
    ("hours", "is_possible"),
    [([20, 20], True), ([20, 21], False), ([10, 10, 20], True), ([10, 15, 20], False), ([40], True), ([41], False)],
)
def test_nobody_is_placed_above_full_time(cast: Cast, hours: list[int], is_possible: bool) -> None:
    *before, last = [cast.draft(weekly_hours=Decimal(h), is_full_time=False) for h in hours]
    for case in before:
        transitions.perform(case, "submit", by=cast.hr)
    offers = {offer.name: offer.is_open for offer in transitions.available(last, cast.hr)}
    assert offers["submit"] is is_possible


def test_part_time_placements_that_do_not_meet_on_a_day_are_not_added_up(cast: Cast) -> None:
    whole = cast.proposal(weekly_hours=Decimal(20), is_full_time=False)
    middle = whole.start_on + timedelta(days=90)
    half = {"weekly_hours": Decimal(20), "is_full_time": False}
    cast.proposal(end_on=middle, **half)
    assert cast.proposal(start_on=middle + timedelta(days=1), **half).state == State.PROPOSAL
    with pytest.raises(Refused, match="more than full-time"):
        cast.proposal(start_on=middle, **half)
