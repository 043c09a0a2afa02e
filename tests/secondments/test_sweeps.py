"""What a sweep costs when all is told, and what it leaves to others: rows that somebody holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from threading import Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from people.models import Notice
from secondments import beside_reminders, placement_reminders, reminders, sweeps
from secondments.actions import absences, calendar, charges, checklists, leaves, variations
from secondments.choices import DecisionKind
from secondments.models import Charge, CheckIn, Decision, Secondment
from tests.cast import Cast, fresh, on


def day(case: Secondment, number: int) -> date:
    assert case.start_on
    return case.start_on + timedelta(days=number)


def sweep() -> int:
    return calendar.advance() + reminders.remind() + beside_reminders.count_days()


def with_costs(cast: Cast, hours: int) -> Secondment:
    """One of several placements of the same secondee, each of some hours a week."""
    case = cast.active(is_full_time=False, weekly_hours=hours)
    terms = {"model": "fixed", "frequency": "month", "currency": "GBP", "fixed": Decimal(900), "payment_days": 30}
    with on(day(case, 1)):
        charges.set_terms(case, by=cast.hr, fields=terms)
    return case


def test_sweep_that_finds_all_told_asks_as_much_for_three_cases_as_for_one(cast: Cast) -> None:
    """Around the last day, when check-ins, checklists, milestones, access and statements all hang."""
    counts = []
    for hours in (1, 2, 3):
        case = with_costs(cast, hours)
        assert case.end_on
        after = case.end_on + timedelta(days=3)
        for late in (-40, -20, -1, 0, 3):
            with on(case.end_on + timedelta(days=late)):
                sweep()
        with on(after):
            assert sweep() == 0
            with CaptureQueriesContext(connection) as found:
                assert sweep() == 0
        counts.append(len(found))
    assert counts == [counts[0]] * 3


def test_checkin_of_which_all_was_told_is_not_looked_at_again(cast: Cast) -> None:
    case = cast.active()
    due = case.checkins.order_by("due_on").first().due_on
    for late, left in ((-2, True), (0, True), (2, True), (5, False), (6, False)):
        with on(due + timedelta(days=late)):
            reminders.remind()
            assert reminders.pending_checkins().filter(due_on=due).exists() is left, late
    told = Notice.objects.filter(key__startswith="checkin:", case_id=case.pk)
    assert {key.split(":")[2] for key in told.values_list("key", flat=True)} >= {"before", "on", "after", "escalate"}
    # Others' check-ins are still found.
    assert CheckIn.objects.filter(secondment=case, reminders_done=False).exists()


def test_checkin_whose_person_has_left_waits_for_the_next_one(cast: Cast) -> None:
    """HR was told; who takes over hears that it is overdue, and then there is nothing left."""
    case = cast.active()
    due = case.checkins.order_by("due_on").first().due_on
    case.parts.filter(person=cast.contact).update(until=datetime.combine(day(case, 1), time(12), UTC))
    with on(due + timedelta(days=9)):
        reminders.remind()
        left = reminders.pending_checkins().filter(due_on=due)
        assert [checkin.person for checkin in left] == [cast.contact]


def test_statement_counted_anew_is_told_of_once(cast: Cast) -> None:
    case = with_costs(cast, 10)
    with on(day(case, 40)):
        reminders.remind()
        told = Notice.objects.filter(key__contains=":charge:").count()
        assert told and Charge.objects.filter(secondment=case, reminded="ready").exists()
        charges.set_terms(case, by=cast.hr, fields={
            "model": "fixed", "frequency": "month", "currency": "GBP", "fixed": Decimal(950), "payment_days": 30,
        })  # fmt: skip
        assert not Charge.objects.filter(secondment=case).exclude(reminded="").exists()
        reminders.remind()
        assert Notice.objects.filter(key__contains=":charge:").count() == told
        assert Charge.objects.filter(secondment=case, reminded="ready").exists()


def test_row_that_somebody_answers_at_the_moment_is_left_to_the_next_sweep(real_cast: Cast) -> None:
    with transaction.atomic():
        case = real_cast.proposal()
    held = case.decisions.get(kind=DecisionKind.RELEASE)
    assert held.due_on
    with transaction.atomic():
        Decision.objects.select_for_update().get(pk=held.pk)
        written = in_another_thread(held.due_on, reminders.remind_of_decisions)
    told = Notice.objects.filter(key__startswith="decision:")
    assert written >= 1
    before = told.count()
    with on(held.due_on):
        assert reminders.remind_of_decisions() >= 1
    assert told.count() > before


def test_checklists_of_a_case_that_somebody_holds_are_left_to_the_next_sweep_as_a_whole(real_cast: Cast) -> None:
    with transaction.atomic():
        held, free = real_cast.agreed(), real_cast.agreed(start_on=date(2029, 1, 8), end_on=date(2029, 6, 29))
        usual = {"list": "outward", "party": "seconder", "due_on": day(free, 0)}
        for case in (held, free):
            case.checklist.all().delete()
            case.checklist.create(title="Lend the laptop", **usual)
    with transaction.atomic():
        Secondment.objects.select_for_update().get(pk=held.pk)
        assert in_another_thread(day(free, 0), placement_reminders.remind_of_checklists) == 1
    told = Notice.objects.filter(about__startswith="checklist:").values_list("case_id", flat=True)
    assert list(told) == [free.pk]
    with on(day(free, 0)):
        assert placement_reminders.remind_of_checklists() == 1
    assert sorted(told.all()) == sorted([held.pk, free.pk])


def in_another_thread(today: date, sweep: Callable[[], int]) -> int:
    """What it wrote on that day; it may not wait for what this thread holds."""
    written: list[int] = []

    def meanwhile() -> None:
        with on(today):
            written.append(sweep())
        connection.close()

    sweeper = Thread(target=meanwhile)
    sweeper.start()
    sweeper.join(30)
    assert not sweeper.is_alive(), "the sweep waits for who acts"
    return written[0]


def test_batches_come_in_order_and_whole() -> None:
    assert list(sweeps.batches(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(sweeps.batches([], 3)) == []


def test_start_that_is_due_is_found_by_few_columns(cast: Cast) -> None:
    """The light rows of the calendar's sweep never fetch a column one by one."""
    case = cast.agreed()
    with on(day(case, -1)), CaptureQueriesContext(connection) as found:
        assert calendar.advance() == 0
    assert not [query for query in found.captured_queries if "policy" in query["sql"] and "LIMIT 21" in query["sql"]]
    with on(day(case, 0)):
        assert calendar.advance() == 1
    assert fresh(case).state == "active"


@pytest.mark.parametrize("kind", ["leave", "absence"])
def test_secondee_who_is_away_is_not_asked_to_check_in_until_back(cast: Cast, kind: str) -> None:
    case = cast.active()
    own = case.checkins.filter(party="secondee").order_by("due_on")[0]
    first, last = own.due_on - timedelta(days=1), own.due_on + timedelta(days=9)
    with on(first):
        if kind == "leave":
            asked = leaves.ask(case, by=cast.secondee, kind="annual", first_day=first, last_day=last)
            leaves.decide(asked, by=cast.hr, granted=True)
        else:
            found = absences.tell(case, by=cast.secondee, kind="sickness", first_day=first)
    told: dict[int, str] = {}
    for n in range(-2, 18):
        with on(first + timedelta(days=n)):
            if kind == "absence" and n == 11:  # the first day back
                absences.end(found, by=cast.secondee, last_day=last)
            reminders.remind()
        for key in Notice.objects.filter(key__startswith=f"checkin:{own.pk}:").values_list("key", flat=True):
            told.setdefault(n, key) if key not in told.values() else None
    rungs = {n: key.split(":")[2] for n, key in told.items()}
    assert rungs == {11: "on", 13: "after", 16: "escalate"} or rungs == {
        -1: "before",
        11: "on",
        13: "after",
        16: "escalate",
    }


def test_return_list_is_known_ahead_and_follows_the_last_day(cast: Cast) -> None:
    case = cast.in_review()
    days = list(case.checklist.filter(list="return").values_list("due_on", flat=True))
    assert days and min(days) == case.end_on
    with on(case.end_on - timedelta(days=20)):
        variations.apply(case, {"end_on": str(case.end_on + timedelta(days=60))}, by=cast.hr, paper="V1")
    assert fresh(case).state == "active"
    moved = list(case.checklist.filter(list="return").values_list("due_on", flat=True))
    assert moved == [day + timedelta(days=60) for day in days]
    cast.come_home(fresh(case))
    with on(fresh(case).end_on + timedelta(days=1)):
        calendar.advance()
    assert list(case.checklist.filter(list="return").values_list("due_on", flat=True)) == moved


def test_checkins_skipped_for_an_absence_are_back_when_it_was_told_by_mistake(cast: Cast) -> None:
    case = cast.active(start_on=date(2027, 1, 4), end_on=date(2027, 9, 30))
    own = case.checkins.filter(party="secondee", cancelled_at=None)
    planned = list(own.values_list("due_on", flat=True))  # 18 January, 15 February, 15 March, …
    with on(date(2027, 3, 12)):
        found = absences.tell(
            case, by=cast.manager, kind="sickness", first_day=date(2027, 1, 11), last_day=date(2027, 3, 11)
        )
        assert list(own.values_list("due_on", flat=True)) == planned[2:]  # the third is three days away
        assert fresh(case).turn_names == cast.contact.full_name  # and no longer the secondee
        absences.end(found, by=cast.manager, last_day=date(2027, 1, 20))
        assert list(own.values_list("due_on", flat=True)) == planned  # one fell into it; its next is far
        absences.take_back(found, by=cast.manager)
    assert list(own.values_list("due_on", flat=True)) == planned
    assert not CheckIn.objects.exclude(skipped_for=None).exists()


def test_days_off_after_the_due_day_do_not_put_off_that_hr_is_told(cast: Cast) -> None:
    case = cast.active(start_on=date(2027, 1, 4), end_on=date(2027, 9, 30))
    own = case.checkins.filter(party="secondee").order_by("due_on")[0]
    for n in (3, 4):  # a day off each day before HR is to be told
        with on(own.due_on + timedelta(days=n)):
            absences.tell(case, by=cast.manager, kind="sickness", first_day=own.due_on + timedelta(days=n),
                          last_day=own.due_on + timedelta(days=n))  # fmt: skip
    with on(own.due_on + timedelta(days=5)):
        reminders.remind()
    assert Notice.objects.filter(key=f"checkin:{own.pk}:escalate").exists()


def test_item_that_hr_added_does_not_keep_the_way_back_from_opening(cast: Cast) -> None:
    case = cast.active()
    with on(day(case, 5)):
        checklists.add(case, by=cast.hr, kind="return", title="Return the company car", party="secondee")
    cast.come_home(case)
    with on(fresh(case).end_on + timedelta(days=1)):
        calendar.advance()
    titles = list(case.checklist.filter(list="return").values_list("title", flat=True))
    assert len(titles) == len(set(titles)) == 6
