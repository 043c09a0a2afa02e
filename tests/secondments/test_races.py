"""Two at once: one succeeds, the others are told. Real connections, and the naive way to see that it would fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import partial
from threading import Thread

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from agreements.models import Agreement
from people import clock
from people.models import LedgerEntry, Notice
from secondments import beside_reminders, transitions
from secondments.actions import abroad, appeals, calendar, decisions, ideas, proposals, questions, return_plans, wishes
from secondments.choices import Part
from secondments.models import FollowUp, Secondment, Wish
from secondments.states import State
from secondments.transitions import Refused
from tests.cast import Cast, on, person
from tests.secondments.crowd import at_once, tally

CROWD = 16
ROUNDS = 4


@pytest.fixture
def drafts(real_cast: Cast) -> list[Secondment]:
    """Drafts that do not meet in time."""
    today = clock.today("Europe/London")
    starts = [today + timedelta(days=14 + 400 * n) for n in range(ROUNDS)]
    return [real_cast.draft(start_on=start, end_on=start + timedelta(days=100)) for start in starts]


def crowd(act: Callable[[Secondment], object], case: Secondment) -> dict[str, int]:
    return tally(at_once([lambda: act(case)] * CROWD))


def changes(case: Secondment) -> list[str]:
    found = LedgerEntry.objects.filter(case_id=case.pk, number__isnull=False).order_by("number")
    return [verb.removeprefix("secondment.") for verb in found.values_list("verb", flat=True)]


ONE_WINS = {"done": 1, "Refused": CROWD - 1}


def test_one_of_many_who_submit_wins(real_cast: Cast, drafts: list[Secondment]) -> None:
    for case in drafts:
        assert crowd(lambda case: proposals.submit(case, by=real_cast.hr), case) == ONE_WINS
        assert (changes(case), case.decisions.count()) == (["submit"], 3)


@contextmanager
def without_triggers(table: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_naive_way_lets_several_win(real_cast: Cast, drafts: list[Secondment]) -> None:
    """The control: read, check, save. If one alone won here, the race tests of this file would prove nothing."""

    def submit(case: Secondment) -> None:
        read = Secondment.objects.get(pk=case.pk)
        if read.state != State.DRAFT:
            raise Refused("Too late.")
        read.submit(by=real_cast.hr, at=clock.now())
        stamps = {"submitted_at": read.submitted_at, "submitted_by": read.submitted_by, "revision": read.revision}
        QuerySet(Secondment).filter(pk=case.pk).update(state=read.state, **stamps)

    with without_triggers("secondments_secondment"):
        found = [crowd(submit, case) for case in drafts]
    assert [set(each) <= {"done", "Refused"} for each in found] == [True] * ROUNDS
    assert sum(each["done"] for each in found) > ROUNDS


def two_decided(cast: Cast, case: Secondment) -> Secondment:
    case = proposals.submit(case, by=cast.hr)
    for kind in ("acceptance", "consent"):
        decision = case.decisions.get(kind=kind)
        decisions.decide(decision, by=decision.decider, verdict=True)
    return case


def release(case: Secondment) -> Secondment:
    decision = case.decisions.get(kind="release")
    return decisions.decide(decision, by=decision.decider, verdict=True)


def test_one_of_many_third_decisions_wins(real_cast: Cast, drafts: list[Secondment]) -> None:
    for case in drafts:
        case = two_decided(real_cast, case)
        assert crowd(release, case) == ONE_WINS
        assert (changes(case), case.agreements.count()) == (["submit", "approve"], 1)


def test_three_decisions_at_once_approve_once(real_cast: Cast, drafts: list[Secondment]) -> None:
    for case in drafts:
        case = proposals.submit(case, by=real_cast.hr)
        acts = [lambda d=d: decisions.decide(d, by=d.decider, verdict=True) for d in case.decisions.all()]
        assert tally(at_once(acts)) == {"done": 3}
        assert (changes(case), case.agreements.count()) == (["submit", "approve"], 1)


def test_withdrawal_against_the_third_decision(real_cast: Cast, drafts: list[Secondment]) -> None:
    """Either may be first: an approved case can still be withdrawn, and its paper is void then."""

    def withdraw(case: Secondment) -> Secondment:
        return transitions.perform(case, "withdraw", by=real_cast.hr, reason="Called off")

    for case in drafts:
        case = two_decided(real_cast, case)
        acts = [lambda case=case: release(case), lambda case=case: withdraw(case)] * (CROWD // 2)
        results = at_once(acts)
        assert tally(results[1::2]) == {"done": 1, "Refused": CROWD // 2 - 1}
        approved = tally(results[0::2]).get("done", 0)
        assert set(tally(results)) == {"done", "Refused"}
        assert changes(case) == ["submit", *["approve"] * approved, "withdraw"]
        assert list(Agreement.objects.filter(secondment=case).values_list("state", flat=True)) == ["void"] * approved


@pytest.mark.parametrize("hours", [{}, {"weekly_hours": Decimal(21), "is_full_time": False}])
def test_one_of_many_placements_of_one_person_wins(real_cast: Cast, hours: dict[str, object]) -> None:
    for after in range(0, 2000, 500):
        start = clock.today("Europe/London") + timedelta(days=20 + after)
        cases = [real_cast.draft(start_on=start, end_on=start + timedelta(days=99), **hours) for _ in range(8)]
        results = at_once([lambda case=case: proposals.submit(case, by=real_cast.hr) for case in cases])
        assert tally(results) == {"done": 1, "Refused": 7}


@pytest.fixture
def due(real_cast: Cast) -> Secondment:
    """A case that waits for its first day."""
    with transaction.atomic():
        return real_cast.agreed()


def advance_many(case: Secondment) -> list[int]:
    def advance() -> int:
        with on(case.start_on):
            return calendar.advance()

    return at_once([advance] * 8)


def test_calendar_that_runs_many_times_at_once_starts_once(due: Secondment) -> None:
    assert sorted(advance_many(due)) == [0] * 7 + [1]
    assert (changes(due)[-1], due.checkins.count()) == ("start", 14)


def test_calendar_that_comes_second_does_not_say_that_it_could_not_start(due: Secondment) -> None:
    advance_many(due)
    assert list(Notice.objects.filter(key__contains="start-refused").values_list("subject", flat=True)) == []


def wait_for_a_blocked_connection() -> None:
    """Until somebody waits for a row that this transaction holds."""
    sql = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    for _ in range(300):
        with connection.cursor() as cursor:
            cursor.execute(sql)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def while_saved(cast: Cast, case: Secondment, act: Callable[[], object], **fields: object) -> object:
    """What an act gives that has to wait while the draft is saved with other fields."""
    results: list[object] = []
    with transaction.atomic():
        proposals.save_draft(case, by=cast.hr, fields=cast.fields(**fields), objectives=cast.OBJECTIVES)
        thread = Thread(target=lambda: results.extend(at_once([act])))
        thread.start()
        wait_for_a_blocked_connection()
    thread.join()
    return results[0]


def test_proposal_that_is_submitted_while_it_is_saved_asks_whom_it_names_now(real_cast: Cast) -> None:
    case, other = real_cast.draft(), person("Olga Other")
    while_saved(real_cast, case, lambda: proposals.submit(case, by=real_cast.hr), line_manager=other)
    assert case.decisions.get(kind="release").decider == other


@pytest.mark.parametrize("field", ["secondee", "host_contact"])
def test_row_that_was_waited_for_names_whom_it_names_now(real_cast: Cast, field: str) -> None:
    case, other = real_cast.draft(), person("Olga Other")

    def look() -> object:
        with transaction.atomic():
            return getattr(transitions.lock(case.pk), field)

    assert while_saved(real_cast, case, look, **{field: other}) == other


def test_one_of_many_who_save_a_section_wins(real_cast: Cast, drafts: list[Secondment]) -> None:
    def save(case: Secondment) -> Secondment:
        return proposals.save_section(
            case, "purpose", by=real_cast.hr, seen=0, fields={"purpose": "x"}, proposal={}, tables={}
        )

    for case in drafts:
        assert crowd(save, case) == ONE_WINS


def test_one_of_many_who_answer_wins(real_cast: Cast) -> None:
    """An idea becomes one proposal, a question has one answer, an appeal is granted once."""
    hr, secondee, seconder = real_cast.hr, real_cast.secondee, real_cast.northwind
    idea = ideas.ask(by=secondee, asked_as=Part.SECONDEE, seconder=seconder, secondee=secondee, fields={"why": "x"})
    assert tally(at_once([lambda: ideas.take_up(idea, by=hr)] * CROWD)) == ONE_WINS
    assert Secondment.objects.count() == 1
    case = real_cast.proposal()
    asked = questions.ask(case.decisions.get(kind="release"), by=real_cast.manager, text="?")
    assert tally(at_once([lambda: questions.answer(asked, by=hr, text="!")] * CROWD)) == ONE_WINS
    case = decisions.decide(case.decisions.get(kind="release"), by=real_cast.manager, verdict=False, reason="No")
    appeal = appeals.ask(case, by=secondee, text="Please")
    assert tally(at_once([lambda: appeals.answer(appeal, by=hr, granted=True, text="Yes")] * CROWD)) == ONE_WINS
    assert changes(case) == ["submit", "decline", "reopen"]


def test_one_answer_to_a_change_that_is_asked_for(real_cast: Cast) -> None:
    """Half agree, half refuse, and who asked takes it back: one of them all."""
    with transaction.atomic():
        case = real_cast.active()
    for _ in range(ROUNDS):
        with on(case.start_on):
            wish = wishes.ask(case, by=real_cast.secondee, location="Gdynia", reason="It moves.")

        def act(n: int, wish: Wish = wish) -> object:
            with on(case.start_on):
                if n == 0:
                    return wishes.take_back(wish, by=real_cast.secondee)
                return wishes.answer(wish, by=real_cast.hr, granted=n % 2 == 0, why="So it is.")

        assert tally(at_once([partial(act, n) for n in range(CROWD)])) == ONE_WINS
        wish.refresh_from_db()
        assert (wish.taken_back_at is None) is (wish.granted is not None)


def test_one_answer_to_the_questions_after_the_return(real_cast: Cast) -> None:
    with transaction.atomic():
        case = real_cast.completed()
    for found in case.follow_ups.all():

        def act(found: FollowUp = found) -> object:
            with on(found.due_on):
                return return_plans.answer(found, by=real_cast.manager, still_here=True, skills_used="much")

        assert tally(at_once([act] * CROWD)) == ONE_WINS
    answers = LedgerEntry.objects.filter(case_id=case.pk, verb="follow_up.answer")
    assert answers.count() == case.follow_ups.count() == 3


def test_schedulers_at_once_tell_of_a_paper_once(real_cast: Cast) -> None:
    """Eight sweeps at the same time, on each rung of the ladder."""
    with transaction.atomic():
        case = real_cast.active()
    with on(case.start_on):
        ends = case.end_on - timedelta(days=1)  # what lasts as long as the placement is not reminded of
        paper = abroad.keep(case, by=real_cast.hr, fields={"kind": "visa", "valid_until": ends})
    for left in (90, 60, 30):

        def sweep(left: int = left) -> object:
            with on(ends - timedelta(days=left)):
                return beside_reminders.remind_of_certificates()

        assert set(tally(at_once([sweep] * 8))) == {"done"}
    assert Notice.objects.filter(about=f"certificate:{paper.pk}").count() == 3 * 2  # HR and the secondee
