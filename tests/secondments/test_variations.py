"""What a signed variation changes in the case, and what it cannot."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from people.models import LedgerEntry, Notice
from secondments import reminders
from secondments.actions import variations
from secondments.models import Secondment
from secondments.states import State
from secondments.transitions import Refused
from tests.cast import Cast, fresh, on

DAY = timedelta(days=1)


def vary(cast: Cast, case: Secondment, **changes: Any) -> Secondment:
    return fresh(variations.apply(case, changes, by=cast.hr, paper="S-1/2"))


def told(case: Secondment, **changes: Any) -> list[tuple[str, str]]:
    return [(str(row.sentence), row.where) for row in variations.explain(case, changes)]


def test_each_thing_that_can_be_varied_is_written_and_told(cast: Cast) -> None:
    case = cast.agreed()
    start, end = case.start_on + 3 * DAY, case.end_on + 30 * DAY
    now = vary(
        cast, case, start_on=str(start), end_on=str(end), weekly_hours="20", is_full_time=False,
        role_title="Lead", location="Gdynia",
    )  # fmt: skip
    assert [getattr(now, name) for name in variations.VARIED] == [start, end, Decimal(20), False, "Lead", "Gdynia"]
    assert now.agreed_end_on == case.end_on  # what was once agreed stays on record
    entry = LedgerEntry.objects.get(verb="secondment.vary", case_id=case.pk)
    assert entry.facts["before"]["location"] == "Kraków"
    assert entry.facts["after"]["location"] == "Gdynia"
    assert entry.facts["paper"] == "S-1/2"


def test_nothing_else_can_be_varied(cast: Cast) -> None:
    case = cast.agreed()
    with pytest.raises(KeyError):
        vary(cast, case, state="completed")
    assert fresh(case).state == State.AGREED


def test_no_change_writes_nothing(cast: Cast) -> None:
    case = cast.agreed()
    vary(cast, case)
    assert not LedgerEntry.objects.filter(verb="secondment.vary").exists()


@pytest.mark.parametrize("state", [State.DRAFT, State.PROPOSAL, State.AGREEMENT, State.RETURN, State.COMPLETED])
def test_only_what_is_signed_and_not_over_is_varied(cast: Cast, state: State) -> None:
    case = cast.in_state(state)
    assert told(case, location="Gdynia") == [("Only an agreement that is signed and not over can be varied.", "")]


def test_days_that_cannot_be(cast: Cast) -> None:
    case = cast.active()
    with on(case.start_on + 10 * DAY):
        assert told(case, start_on=str(case.start_on + DAY)) == [
            ("The placement has begun; its first day stays.", "start_on")
        ]
        assert told(case, end_on=str(case.start_on - DAY))[0] == ("The last day is before the first day.", "end_on")
        assert told(case, end_on=str(case.start_on + 9 * DAY)) == [("The last day has passed.", "end_on")]
        (most,) = told(case, end_on=str(case.start_on + timedelta(days=case.rules.maximum_days)))
        assert most[0].startswith(f"The policy allows at most {case.rules.maximum_days} days")
        assert told(case, end_on=str(case.start_on + timedelta(days=case.rules.maximum_days - 1))) == []


def test_longer_placement_that_would_overlap_is_refused_and_changes_nothing(cast: Cast) -> None:
    case = cast.agreed()
    other = cast.fields(start_on=case.end_on + 10 * DAY, end_on=case.end_on + 60 * DAY)
    cast.proposal(start_on=other["start_on"], end_on=other["end_on"])
    with pytest.raises(Refused), transaction.atomic():
        vary(cast, case, end_on=str(case.end_on + 20 * DAY))
    assert fresh(case).end_on == case.end_on
    assert told(case, end_on=str(case.end_on + 5 * DAY)) == []


def test_reminders_of_the_old_last_day_are_called_off(cast: Cast) -> None:
    case = cast.active()
    waiting = Notice.objects.filter(Notice.OPEN, about__startswith=f"case:{case.pk}:milestone:{case.end_on}:")
    with on(case.end_on - 60 * DAY):
        assert reminders.remind_of_ends()
        assert waiting.exists()
        vary(cast, case, end_on=str(case.end_on + 60 * DAY))
    assert not waiting.exists()


def due(case: Secondment) -> list[date]:
    return sorted(set(case.checkins.filter(cancelled_at=None).values_list("due_on", flat=True)))


def test_check_ins_follow_the_last_day(cast: Cast) -> None:
    case = cast.active()
    with on(case.start_on + 10 * DAY):
        planned = due(case)
        longer = vary(cast, case, end_on=str(case.end_on + 60 * DAY))
        assert due(longer)[: len(planned)] == planned
        assert case.end_on < max(due(longer)) <= longer.end_on
        back = vary(cast, longer, end_on=str(case.end_on))
        assert due(back) == planned


def test_review_that_opened_too_early_is_closed_again(cast: Cast) -> None:
    case = cast.in_review()
    with on(case.end_on - 20 * DAY):
        now = vary(cast, case, end_on=str(case.end_on + 90 * DAY))
    assert (now.state, now.evaluations.count()) == (State.ACTIVE, 0)


def test_review_that_is_still_due_goes_on_to_the_new_last_day(cast: Cast) -> None:
    case = cast.in_review()
    with on(case.end_on - 20 * DAY):
        now = vary(cast, case, end_on=str(case.end_on + 5 * DAY))
    assert now.state == State.REVIEW
    assert set(now.evaluations.values_list("due_on", flat=True)) == {case.end_on + 5 * DAY}
