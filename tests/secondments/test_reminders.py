"""The ladder of reminders on real rows, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import transaction

from people.models import Notice, Person
from secondments import reminders
from secondments.actions import calendar, checkins, decisions
from secondments.models import Secondment
from secondments.timetable import END_MILESTONES
from secondments.transitions import perform
from tests.cast import Cast, fresh, on
from tests.secondments.crowd import at_once
from tests.secondments.test_races import wait_for_a_blocked_connection

LENGTH = 60  # days from the first to the last; check-ins are due on days 14 and 42
ANSWERS = {"going": 4, "progress": "", "support": "", "wants_contact": False, "note_to_hr": ""}


def begin(cast: Cast) -> Secondment:
    with transaction.atomic():
        case = cast.agreed()
    Secondment.objects.filter(pk=case.pk).update(end_on=case.start_on + timedelta(days=LENGTH))
    with on(case.start_on):
        calendar.advance()
    return fresh(case)


@pytest.fixture
def case(cast: Cast) -> Secondment:
    return begin(cast)


@pytest.fixture
def real_case(real_cast: Cast) -> Secondment:
    return begin(real_cast)


def day(case: Secondment, number: int) -> date:
    return case.start_on + timedelta(days=number)


def remind(case: Secondment, number: int) -> list[str]:
    """What is written on a day of the placement: the kind of reminder and to whom."""
    before = set(Notice.objects.values_list("pk", flat=True))
    with on(day(case, number)):
        calendar.advance()
        reminders.remind()
    return sorted(f"{kind(n)} → {part(case, n.recipient)}" for n in written() if n.pk not in before)


def written() -> Iterator[Notice]:
    for notice in Notice.objects.select_related("recipient"):
        if notice.key.startswith("checkin:") or ":milestone:" in notice.key:
            yield notice


def kind(notice: Notice) -> str:
    return notice.key.split(":")[2 if notice.key.startswith("checkin:") else 4]


def part(case: Secondment, person: Person) -> str:
    named = {"hr": case.owner, "secondee": case.secondee, "manager": case.line_manager, "contact": case.host_contact}
    return next(name for name, found in named.items() if found == person)


# Day of the placement: what is written. The last day is 60; nobody answers and HR never concludes the review.
LADDER = {
    0: ["return_role → hr", "return_role → manager"],
    12: ["before → contact", "before → secondee"],
    14: ["on → contact", "on → secondee"],
    15: ["end_in_45 → contact", "end_in_45 → hr", "end_in_45 → manager"],
    16: ["after → contact", "after → secondee"],
    19: ["escalate → hr", "escalate → hr"],
    30: ["end_in_30 → contact", "end_in_30 → hr", "end_in_30 → manager"],
    40: ["before → contact", "before → secondee"],
    42: ["on → contact", "on → secondee"],
    44: ["after → contact", "after → secondee"],
    45: ["end_in_15 → contact", "end_in_15 → hr", "end_in_15 → manager", "end_in_15 → secondee"],
    47: ["escalate → hr", "escalate → hr"],
    59: [
        "last_day_tomorrow → contact",
        "last_day_tomorrow → hr",
        "last_day_tomorrow → manager",
        "last_day_tomorrow → secondee",
    ],
    67: ["return_not_closed → hr"],  # nobody has concluded the review
}


def test_ladder_day_by_day(case: Secondment) -> None:
    found = {number: remind(case, number) for number in range(LENGTH + 10)}
    assert {number: lines for number, lines in found.items() if lines} == LADDER


def test_return_that_is_not_closed_is_reminded_of_after_a_week(cast: Cast) -> None:
    case = cast.returning()
    last = (case.end_on - case.start_on).days
    remind(case, last + 6)
    assert [remind(case, last + n) for n in (7, 8)] == [["return_not_closed → hr"], []]


def test_second_run_of_a_day_writes_nothing(case: Secondment) -> None:
    assert [bool(remind(case, 14)), remind(case, 14)] == [True, []]


def test_two_runs_at_once_write_no_doubles(real_case: Secondment) -> None:
    def run() -> int:
        with on(day(real_case, 19)):
            return reminders.remind()

    assert not [result for result in at_once([run] * 6) if isinstance(result, Exception)]
    kinds = sorted(kind(notice) for notice in written())
    assert kinds == ["after"] * 2 + ["end_in_45"] * 3 + ["escalate"] * 2


def complete(case: Secondment, number: int, party: str) -> None:
    checkin = case.checkins.filter(party=party, due_on=day(case, number)).get()
    checkins.complete(checkin, by=checkin.person, answers=ANSWERS)


def test_who_has_answered_is_reminded_no_more(case: Secondment) -> None:
    remind(case, 12)
    complete(case, 14, "secondee")
    assert remind(case, 14) == ["on → contact"]
    assert Notice.objects.get(key__endswith=":before", recipient=case.secondee).cancelled_at is not None


def test_answer_given_while_reminders_are_written_is_not_reminded_of(real_case: Secondment) -> None:
    """The run has read what is open, and waits; meanwhile somebody answers."""
    first, second = real_case.checkins.filter(due_on=day(real_case, 14)).order_by("pk")

    def run() -> int:
        with on(day(real_case, 14)):
            return reminders.remind()

    with transaction.atomic():
        Notice.objects.create(key=f"checkin:{first.pk}:on", recipient=first.person, subject="Held")
        thread = Thread(target=lambda: at_once([run]))
        thread.start()
        wait_for_a_blocked_connection()
        answers = Thread(target=lambda: at_once([lambda: complete(real_case, 14, second.party)]))
        answers.start()
        answers.join(2)  # either the answer comes through now, or it waits for the run
    thread.join()
    answers.join()
    assert list(Notice.objects.filter(Notice.OPEN, about=f"checkin:{second.pk}").values_list("key", flat=True)) == []


def test_outage_of_ten_days_over_a_check_in_gives_one_reminder_to_each(case: Secondment) -> None:
    remind(case, 11)
    assert remind(case, 21) == [
        "after → contact",
        "after → secondee",
        "end_in_45 → contact",
        "end_in_45 → hr",
        "end_in_45 → manager",
        "escalate → hr",
        "escalate → hr",
    ]
    assert remind(case, 22) == []


def test_outage_over_the_last_day_does_not_announce_a_day_that_has_passed(case: Secondment) -> None:
    remind(case, LENGTH - 5)
    assert remind(case, LENGTH + 3) == []


# After an outage the reminder is late: it still has to be true.
@pytest.mark.parametrize("left", [45, 40, 15, 7])
def test_reminder_of_the_end_says_how_many_days_are_left(case: Secondment, left: int) -> None:
    remind(case, LENGTH - left)
    (subject,) = {n.subject for n in written() if ":milestone:" in n.key and kind(n).startswith("end_in")}
    assert subject == f"Ends in {left} days: Ana Duarte at Contoso sp. z o.o."


def test_early_end_calls_off_what_belonged_to_the_old_one(cast: Cast, case: Secondment) -> None:
    remind(case, 40)
    with on(day(case, 41)):
        cast.end_at_once(case, day(case, 50))
    ends = {kind(notice): notice.cancelled_at is not None for notice in written() if ":milestone:" in notice.key}
    assert ends == {"end_in_30": True}


def test_early_end_is_reminded_of_by_its_own_days(cast: Cast, case: Secondment) -> None:
    remind(case, 14)
    with on(day(case, 15)):
        cast.end_at_once(case, day(case, 40))
    found = {number: remind(fresh(case), number) for number in range(20, 60)}
    named = {number: sorted({line.split(" ")[0] for line in lines}) for number, lines in found.items() if lines}
    assert {number: set(names) & set(END_MILESTONES) for number, names in named.items()} == {
        20: {"end_in_30"},
        25: {"end_in_15"},
        39: {"last_day_tomorrow"},
        47: {"return_not_closed"},
    }


def test_check_ins_after_an_early_end_are_not_reminded_of(cast: Cast, case: Secondment) -> None:
    with on(day(case, 20)):
        cast.end_at_once(case, day(case, 41), asked_by="secondee", reason="Family")
    remind(case, 20)
    assert [line for number in (40, 42, 44, 47) for line in remind(case, number) if "last_day" not in line] == []


def test_case_that_has_not_started_is_not_reminded_of(cast: Cast) -> None:
    case = cast.agreed()
    with on(case.start_on):
        reminders.remind()
    assert list(written()) == []


def test_ladder_keeps_its_own_policy(cast: Cast, case: Secondment) -> None:
    rules = {**case.policy, "remind_before_days": 5, "remind_after_days": 1, "escalate_after_days": 1}
    Secondment.objects.filter(pk=case.pk).update(policy=rules)
    remind(case, 0)
    found = {number: remind(case, number) for number in range(8, 16)}
    assert {number: lines for number, lines in found.items() if lines} == {
        9: ["before → contact", "before → secondee"],
        14: ["on → contact", "on → secondee"],
        15: [
            "after → contact",
            "after → secondee",
            "end_in_45 → contact",
            "end_in_45 → hr",
            "end_in_45 → manager",
            "escalate → hr",
            "escalate → hr",
        ],
    }


def test_policy_that_tells_hr_before_the_last_reminder_loses_none(case: Secondment) -> None:
    rules = {**case.policy, "remind_after_days": 4, "escalate_after_days": 3}
    Secondment.objects.filter(pk=case.pk).update(policy=rules)
    remind(case, 15)
    assert [remind(case, number) for number in (17, 18)] == [
        ["escalate → hr", "escalate → hr"],
        ["after → contact", "after → secondee"],
    ]


def test_decisions_climb_the_same_ladder_and_stop_when_given(cast: Cast) -> None:
    case = cast.proposal()
    due = case.decisions.get(kind="release").due_on
    told: dict[int, list[str]] = {}
    for number in (-3, -2, 0, 2, 5, 6):
        before = set(Notice.objects.values_list("pk", flat=True))
        with on(due + timedelta(days=number)):
            if number == 2:
                decisions.decide(case.decisions.get(kind="consent"), by=cast.secondee, verdict=True)
            reminders.remind()
            assert reminders.remind() == 0  # once
        new = Notice.objects.exclude(pk__in=before).filter(key__startswith="decision:").select_related("recipient")
        told[number] = sorted(f"{n.subject.split(':')[0].split(' since')[0]} → {n.recipient}" for n in new)
    both = {"Łukasz Żółkowski", "Tom Berg"}
    assert told[-3] == [] == told[6]
    assert (
        {line.partition(" → ")[2] for line in told[-2]}
        == {*both, "Ana Duarte"}
        == {line.partition(" → ")[2] for line in told[0]}
    )
    assert told[2] == [f"Your decision is overdue → {name}" for name in sorted(both)]
    assert told[5] == ["Overdue decision → Hanna Reed"] * 2


def test_decision_that_was_taken_back_reminds_nobody(cast: Cast) -> None:
    case = cast.proposal()
    due = case.decisions.get(kind="release").due_on
    perform(case, "revise", by=cast.hr, reason="A new role")
    with on(due):
        assert reminders.remind() == 0
