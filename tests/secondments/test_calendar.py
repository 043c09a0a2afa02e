"""What the calendar does by itself, and on which day in the organisation's zone; and ending before the agreed day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from people import clock
from people.models import LedgerEntry, Notice
from secondments.actions import calendar, checklists, early_end, evaluations
from secondments.models import Secondment
from secondments.states import State
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, on

DAY = timedelta(days=1)

# When 28 March 2027 begins, in UTC. London's clocks change on that day, Auckland's a week later.
BEGINS = {
    "Pacific/Kiritimati": "2027-03-27T10:00",
    "Pacific/Auckland": "2027-03-27T11:00",
    "Asia/Kolkata": "2027-03-27T18:30",
    "Europe/London": "2027-03-28T00:00",
    "America/Los_Angeles": "2027-03-28T07:00",
    "Pacific/Pago_Pago": "2027-03-28T11:00",
}
FIRST = date(2027, 3, 28)


class Undo(Exception):
    """Takes the day back."""


def state_at(case: Secondment, moment: datetime) -> str:
    """What the calendar makes of a case at a moment; taken back afterwards."""
    try:
        with transaction.atomic(), clock.at(moment):
            calendar.advance()
            state = Secondment.objects.get(pk=case.pk).state
            raise Undo
    except Undo:
        return state


def states_around(case: Secondment, zone: str) -> tuple[str, str]:
    """A second before the day begins in a zone, and when it has begun."""
    type(case.seconder).objects.filter(pk=case.seconder_id).update(time_zone=zone)
    moment = datetime.fromisoformat(f"{BEGINS[zone]}+00:00")
    return state_at(case, moment - timedelta(seconds=1)), state_at(case, moment)


def test_placement_starts_when_its_first_day_begins_in_the_zone_of_the_organisation(cast: Cast) -> None:
    with clock.at(datetime.fromisoformat("2027-03-01T12:00+00:00")):
        case = cast.agreed(start_on=FIRST, end_on=date(2027, 9, 1))
    assert {zone: states_around(case, zone) for zone in BEGINS} == dict.fromkeys(BEGINS, ("agreed", "active"))


def test_review_opens_when_its_day_begins_in_the_zone_of_the_organisation(cast: Cast) -> None:
    with clock.at(datetime.fromisoformat("2027-01-01T12:00+00:00")):
        case = cast.active(start_on=date(2027, 1, 20), end_on=FIRST + 30 * DAY)
    assert {zone: states_around(case, zone) for zone in BEGINS} == dict.fromkeys(BEGINS, ("active", "review"))


def test_return_begins_when_the_day_after_the_last_begins_in_the_zone_of_the_organisation(cast: Cast) -> None:
    with clock.at(datetime.fromisoformat("2027-01-01T12:00+00:00")):
        case = cast.in_review(start_on=date(2027, 1, 20), end_on=FIRST - DAY)
        evaluations.conclude(case, by=cast.hr, conclusion="Done.", waived_because="Nobody answered.")
    assert {zone: states_around(case, zone) for zone in BEGINS} == dict.fromkeys(BEGINS, ("review", "return"))


def advance(case: Secondment, day: date) -> str:
    with on(day):
        calendar.advance()
    return fresh(case).state


def refused_starts() -> list[list[str]]:
    return list(Notice.objects.filter(key__contains="start-refused").values_list("sentences", flat=True))


def test_unsealed_agreement_keeps_the_placement_from_starting_and_hr_is_told_once(cast: Cast) -> None:
    case = cast.agreed(sealed=False)
    assert [advance(case, case.start_on + n * DAY) for n in (0, 0, 1)] == ["agreed"] * 3
    assert refused_starts() == [
        ["The first day has come, but: The signed agreement is still being sealed."],
    ]
    cast.seal(case.agreements.get())
    assert advance(case, case.start_on + DAY) == "active"


def test_condition_before_the_start_keeps_the_placement_from_starting_until_it_is_met(cast: Cast) -> None:
    case = cast.agreed()
    item = checklists.add(case, by=cast.host_hr, kind="inward", title="Visa", party="secondee", blocks_start=True)
    assert advance(case, case.start_on) == "agreed"
    assert refused_starts() == [["The first day has come, but: “Visa” must be done before the start."]]
    checklists.tick(item, by=cast.secondee, done=True)
    assert advance(case, case.start_on) == "active"


def test_condition_that_was_waived_keeps_nobody(cast: Cast) -> None:
    case = cast.agreed()
    item = checklists.add(case, by=cast.hr, kind="outward", title="Laptop", party="seconder", blocks_start=True)
    checklists.waive(item, by=cast.hr, reason="Brings their own.")
    assert advance(case, case.start_on) == "active"


def test_late_start_schedules_no_check_in_that_is_overdue_at_once(cast: Cast) -> None:
    case = cast.agreed(sealed=False)
    cast.seal(case.agreements.get())
    late = case.start_on + timedelta(weeks=3)
    advance(case, late)
    assert case.checkins.filter(due_on__lt=late).count() == 0


# Days from the first to the last, a day of the placement, and what the calendar makes of the case on it.
OPENS = [(200, 169, "active"), (200, 170, "review"), (31, 0, "active"), (31, 1, "review"), (30, 0, "review")]


def test_review_opens_thirty_days_before_the_last_and_never_before_the_start(cast: Cast) -> None:
    case = cast.agreed()
    found = []
    for length, number, _ in OPENS:
        Secondment.objects.filter(pk=case.pk).update(end_on=case.start_on + length * DAY)
        with on(case.start_on + number * DAY):
            found.append((length, number, state_at(case, clock.now())))
    assert found == OPENS


def test_case_that_was_forgotten_for_months_catches_up_in_one_run(cast: Cast) -> None:
    case = cast.agreed()
    assert advance(case, case.end_on + 90 * DAY) == "review"
    assert case.evaluations.count() == 3


def test_return_waits_for_the_conclusion(cast: Cast) -> None:
    case = cast.in_review()
    assert advance(case, case.end_on + 5 * DAY) == "review"


def test_conclusion_after_the_last_day_begins_the_return(cast: Cast) -> None:
    case = cast.in_review()
    with on(case.end_on + DAY):
        concluded = evaluations.conclude(case, by=cast.hr, conclusion="Done.", waived_because="Nobody answered.")
    assert concluded.state == State.RETURN


def test_case_that_cannot_move_stops_no_other(real_cast: Cast) -> None:
    """The first has a stamp that nothing stands behind: the database refuses it when the transaction ends."""
    with transaction.atomic():
        sound = real_cast.agreed()
        broken = real_cast.agreed(
            sealed=False, start_on=sound.start_on, end_on=sound.start_on + 60 * DAY, secondee=real_cast.stranger
        )
        Secondment.objects.filter(pk=broken.pk).update(agreement_sealed_at=clock.now())
    with on(sound.start_on):
        calendar.advance()
    assert [fresh(broken).state, fresh(sound).state] == ["agreed", "active"]


def end_early(cast: Cast, case: Secondment, **changes: Any) -> Secondment:
    fields = {"by": cast.hr, "last_day": case.start_on + 40 * DAY, "asked_by": "host", "reason": "Budget"}
    return early_end.end_early(case, **{**fields, **changes})


def test_early_end_goes_straight_into_review(cast: Cast) -> None:
    case = cast.active()
    with on(case.start_on + 10 * DAY):
        ended = end_early(cast, case)
    assert (ended.state, ended.end_on, ended.agreed_end_on) == ("review", case.start_on + 40 * DAY, case.end_on)
    assert set(ended.evaluations.values_list("due_on", flat=True)) == {ended.end_on}
    pending = ended.checkins.filter(cancelled_at__isnull=True).values_list("due_on", flat=True)
    assert set(pending) == {case.start_on + timedelta(weeks=2)}


def test_early_end_in_the_ledger(cast: Cast) -> None:
    case = cast.active()
    with on(case.start_on + 10 * DAY):
        end_early(cast, case)
    entries = LedgerEntry.objects.filter(case_id=case.pk).order_by("pk")
    verbs = entries.filter(verb__startswith="secondment.").values_list("verb", "words__actor_name", "words__reason")
    assert list(verbs)[-2:] == [
        ("secondment.end_early", "Hanna Reed", "Budget"),
        ("secondment.begin_review", "Hanna Reed", "The placement ends early."),
    ]
    written = entries.filter(verb__startswith="agreement.", pk__gt=entries.get(verb="secondment.end_early").pk)
    assert list(written.values_list("verb", "words__actor_name")) == [("agreement.draft", "the calendar")]  # the letter


def test_early_end_during_the_review_moves_the_evaluations(cast: Cast) -> None:
    case = cast.in_review()
    last = case.end_on - 10 * DAY
    with on(case.end_on - 25 * DAY):
        ended = cast.end_at_once(case, last)
    assert ended.state == State.REVIEW
    assert set(ended.evaluations.values_list("due_on", flat=True)) == {last}


# Days after the first on which HR acts, the new last day, and what they are told.
IMPOSSIBLE = [
    (10, 9, "The new last day cannot lie in the past."),
    (10, 186, "The new last day must be before the present one"),
    (10, 300, "The new last day must be before the present one"),
]


def test_early_end_on_an_impossible_day_is_refused(cast: Cast) -> None:
    case = cast.active()
    for today, last, sentence in IMPOSSIBLE:
        with on(case.start_on + today * DAY), pytest.raises(Refused, match=sentence):
            end_early(cast, case, last_day=case.start_on + last * DAY)


def test_early_end_without_reason_is_refused(cast: Cast) -> None:
    case = cast.active()
    with on(case.start_on), pytest.raises(Refused, match=r"^Give a reason\.$"):
        end_early(cast, case, reason=" ")


def test_early_end_is_for_hr_of_the_seconder_alone(cast: Cast) -> None:
    case = cast.active()
    with on(case.start_on):
        for somebody in set(cast.people.values()) - {cast.hr}:
            with pytest.raises(NotAllowed):
                end_early(cast, case, by=somebody)


@pytest.mark.parametrize("state", ["draft", "agreed", "withdrawn"])
def test_early_end_of_a_case_that_does_not_run_is_refused(cast: Cast, state: str) -> None:
    with pytest.raises(Refused, match="Only a placement that is running"):
        end_early(cast, cast.in_state(state))


def test_proposed_last_day_is_the_notice_of_the_party_that_asks(cast: Cast) -> None:
    case = cast.active()
    rules = {**case.policy, "notice_weeks_host": 6, "notice_weeks_secondee": 2}
    Secondment.objects.filter(pk=case.pk).update(policy=rules)
    with on(case.start_on + 10 * DAY):
        days = {by: early_end.proposed_last_day(fresh(case), by) for by in ("seconder", "host", "secondee")}
    weeks = {by: (day - case.start_on - 10 * DAY).days / 7 for by, day in days.items()}
    assert weeks == {"seconder": 4, "host": 6, "secondee": 2}
