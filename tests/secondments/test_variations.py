"""What a signed variation changes in the case, and what it cannot."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from django.db import transaction

from people.models import LedgerEntry, Notice
from people.workdays import is_working_day
from secondments import charging, costs, leave_accounts, reminders, substance
from secondments.actions import estimates, leaves, variations
from secondments.models import RechargeTerms, Secondment
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
        working_days=[2, 0], role_title="Lead", location="Gdynia",
    )  # fmt: skip
    assert [getattr(now, name) for name in variations.VARIED] == [
        start, end, Decimal(20), False, [0, 2], "Lead", "Gdynia",
    ]  # fmt: skip
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


# New hours and days of the week: from the day that the paper names.


def part_time(cast: Cast, **more: Any) -> Secondment:
    return cast.active(
        start_on=date(2027, 1, 4), end_on=date(2027, 12, 31), weekly_hours=Decimal(24), is_full_time=False,
        working_days=[0, 1, 2], **more,
    )  # fmt: skip


def test_other_days_of_the_week_count_from_the_day_that_is_named(cast: Cast) -> None:
    case = part_time(cast)
    since = date(2027, 7, 1)
    with on(date(2027, 6, 10)):
        now = fresh(
            variations.apply(
                case, {"weekly_hours": "32", "working_days": [0, 1, 2, 3]}, by=cast.hr, paper="V1", effective=since
            )
        )
        assert now.worked_before == [["2027-07-01", "24.00", [0, 1, 2]]]
        assert substance.working_time(now, date(2027, 6, 30)).endswith(
            "until 30 June 2027: 24, Monday, Tuesday, Wednesday"
        )
        assert "until" not in substance.working_time(now, since)
    works = now.work_calendar()
    thursdays = [date(2027, 6, 24), date(2027, 7, 1)]
    assert [is_working_day(day, works) for day in thursdays] == [False, True]
    assert now.recharge.shares == [["2027-01-04", "0.6000"], ["2027-07-01", "0.8000"]]


def test_each_change_keeps_what_held_before_it(cast: Cast) -> None:
    case = part_time(cast)
    steps = [("20", [0, 1], date(2027, 5, 3)), ("32", [0, 1, 2, 3], date(2027, 7, 1)), ("16", [3, 4], date(2027, 6, 1))]
    with on(date(2027, 4, 1)):
        for hours, days, since in steps:
            changes = {"weekly_hours": hours, "working_days": days}
            case = fresh(variations.apply(case, changes, by=cast.hr, paper=f"V{hours}", effective=since))
    # The third takes effect before the second would have, and takes its place.
    assert case.worked_before == [["2027-05-03", "24.00", [0, 1, 2]], ["2027-06-01", "20.00", [0, 1]]]
    assert (case.weekly_hours, case.working_days) == (Decimal(16), [3, 4])
    assert [row[0] for row in case.recharge.shares] == ["2027-01-04", "2027-05-03", "2027-06-01"]
    whole = case.pattern(frozenset(range(5)))
    assert [sorted(whole.on(day)) for day in (date(2027, 5, 2), date(2027, 5, 3), date(2027, 5, 31), date(2027, 6, 1))] == [
        [0, 1, 2], [0, 1], [0, 1], [3, 4],
    ]  # fmt: skip


def test_change_from_the_first_day_on_has_no_before(cast: Cast) -> None:
    case = cast.agreed()
    now = fresh(
        variations.apply(case, {"working_days": [0, 1]}, by=cast.hr, paper="V1", effective=case.start_on - 5 * DAY)
    )
    assert (now.worked_before, now.working_days) == ([], [0, 1])


def test_leave_is_counted_again_and_the_entitlement_by_stretches(cast: Cast) -> None:
    case = part_time(cast)
    with on(date(2027, 3, 1)):
        before = leave_accounts.balance(fresh(case)).given
        early = leaves.ask(
            fresh(case), by=cast.secondee, kind="annual", first_day=date(2027, 4, 12), last_day=date(2027, 4, 16)
        )
        late = leaves.ask(
            fresh(case), by=cast.secondee, kind="annual", first_day=date(2027, 9, 6), last_day=date(2027, 9, 10)
        )
        lost = leaves.ask(
            fresh(case), by=cast.secondee, kind="annual", first_day=date(2027, 10, 6), last_day=date(2027, 10, 6)
        )
        assert (early.days, late.days, lost.days) == (3, 3, 1)
        variations.apply(
            fresh(case), {"working_days": [0, 1, 3, 4]}, by=cast.hr, paper="V1", effective=date(2027, 7, 1)
        )
    for leave in (early, late, lost):
        leave.refresh_from_db()
    assert (early.days, late.days) == (3, 4)
    assert lost.cancelled_at  # a Wednesday, on which nobody works any more
    found = leave_accounts.balance(fresh(case))
    yearly, year = found.yearly, Fraction(365)
    exact = Fraction(yearly) * (Fraction((date(2027, 7, 1) - case.start_on).days) * 3 + Fraction(184) * 4) / 5 / year
    assert found.given == Decimal(ceil(exact * 2)) / 2
    assert before < found.given


def test_a_cost_of_each_day_comes_for_the_days_that_were_worked_then(cast: Cast) -> None:
    case = part_time(cast)
    case.cost_items.create(kind="travel", amount=Decimal(10), basis="day", borne_by="host")
    RechargeTerms.objects.filter(secondment=case).delete()
    employment = case.employment
    employment.annual_salary, employment.salary_currency = Decimal(52_000), "EUR"
    employment.save()
    charging.open_schedule(case, cast.hr)
    works = case.seconder.calendar()
    days = [case.start_on + n * DAY for n in range((case.end_on - case.start_on).days + 1)]
    of_three = sum(is_working_day(day, works) and day.weekday() < 3 for day in days)
    assert charging.in_all(fresh(case)) == 10 * of_three
    with on(date(2027, 6, 10)):
        changes = {"weekly_hours": "32", "working_days": [0, 1, 2, 3]}
        variations.apply(fresh(case), changes, by=cast.hr, paper="V1", effective=date(2027, 7, 1))
    of_four = sum(is_working_day(day, works) and day.weekday() < (3 if day < date(2027, 7, 1) else 4) for day in days)
    assert charging.in_all(fresh(case)) == 10 * of_four > 10 * of_three
    assert sum(row.amount for row in case.charges.all()) == 10 * of_four


def test_estimate_follows_and_the_approved_one_stays(cast: Cast) -> None:
    case = part_time(cast)
    employment = case.employment
    employment.annual_salary, employment.salary_currency = Decimal(52_000), "EUR"
    employment.save()
    estimates.renew(fresh(case), by=cast.hr)
    first = fresh(case).estimate
    with on(date(2027, 6, 10)):
        variations.apply(fresh(case), {"weekly_hours": "40"}, by=cast.hr, paper="V1", effective=date(2027, 7, 1))
    newest = fresh(case).estimate
    assert (newest.pk != first.pk, newest.total > first.total) == (True, True)
    works = case.seconder.calendar()
    before = costs.months_in(case.start_on, date(2027, 6, 30), works) * 24
    after = costs.months_in(date(2027, 7, 1), case.end_on, works) * 40
    pay = Decimal(52_000) / 12 * (before + after) / case.full_time_hours
    line = next(row for row in newest.content["lines"] if row["kind"] == "salary")
    assert abs(Decimal(line["amount"]) - pay) < Decimal("0.02")


def test_leave_that_is_over_stays_when_a_paper_takes_effect_in_the_past(cast: Cast) -> None:
    case = part_time(cast)
    with on(date(2027, 2, 1)):
        day = date(2027, 3, 3)  # a Wednesday
        taken = leaves.ask(fresh(case), by=cast.secondee, kind="annual", first_day=day, last_day=day)
    with on(date(2027, 4, 1)):
        variations.apply(fresh(case), {"working_days": [0, 1, 3]}, by=cast.hr, paper="V1", effective=date(2027, 2, 15))
    taken.refresh_from_db()
    assert (taken.days, taken.cancelled_at) == (1, None)
