"""An end before the agreed day: how notice counts, and the second person whom an end before it takes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from people.models import LedgerEntry, Notice, Person
from secondments.actions import early_end
from secondments.models import EarlyEnd, Secondment
from secondments.states import State
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, on

SignIn = Callable[[Person], Client]
DAY = timedelta(days=1)


@pytest.fixture
def case(cast: Cast) -> Secondment:
    return cast.active(start_on=date(2027, 1, 4), end_on=date(2027, 9, 30))


def propose(cast: Cast, case: Secondment, last: date = date(2027, 2, 12)) -> EarlyEnd:
    return early_end.propose(case, by=cast.hr, last_day=last, asked_by="host", reason="The site closes.")


def test_notice_is_explained_with_its_weeks(case: Secondment) -> None:
    with on(date(2027, 2, 10)):
        (seconder, host, secondee) = early_end.notices_of(case)
    assert [way.last_day for way in (seconder, host, secondee)] == [date(2027, 3, 10)] * 3
    assert list(host.sentences) == [
        "Notice given on Wednesday, 10 February 2027 runs for 4 weeks, until Wednesday, 10 March 2027."
    ]


def test_notice_that_ends_on_a_holiday_says_which_day_is_worked_last(case: Secondment) -> None:
    """3 May is a public holiday in Poland, where the host is; 1 and 2 May 2027 are a weekend."""
    with on(date(2027, 4, 5)):
        host = early_end.notices_of(case)[1]
    assert host.last_day == date(2027, 5, 3)
    assert host.sentences[1] == (
        "Monday, 3 May 2027 is a public holiday at the place of work: the last day worked is Friday, 30 April 2027; "
        "pay and rights run until Monday, 3 May 2027."
    )


def test_notice_never_runs_beyond_the_day_agreed(case: Secondment) -> None:
    with on(date(2027, 9, 20)):
        host = early_end.notices_of(case)[1]
    assert host.last_day == date(2027, 9, 30)
    assert "would run beyond the last day agreed" in host.sentences[0]


def test_hr_alone_ends_by_notice_and_not_sooner(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 2, 10)):
        with pytest.raises(Refused, match="The notice runs until Wednesday, 10 March 2027"):
            early_end.end_early(case, by=cast.hr, last_day=date(2027, 3, 9), asked_by="host", reason="Budget")
        ended = early_end.end_early(case, by=cast.hr, last_day=date(2027, 3, 10), asked_by="host", reason="Budget")
    assert (ended.state, ended.end_on, ended.agreed_end_on) == ("review", date(2027, 3, 10), date(2027, 9, 30))


def test_proposed_end_changes_nothing_until_somebody_else_approves(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 2, 10)):
        found = propose(cast, case)
        assert (fresh(case).state, fresh(case).end_on) == (State.ACTIVE, date(2027, 9, 30))
        told = {row.recipient for row in Notice.objects.filter(about=f"early-end:{found.pk}")}
        assert told == {cast.manager, cast.director}
        early_end.answer(found, by=cast.manager, approved=True)
    ended = fresh(case)
    assert (ended.state, ended.end_on, ended.early_end_reason) == ("review", date(2027, 2, 12), "The site closes.")
    entry = LedgerEntry.objects.get(case_id=case.pk, verb="secondment.end_early")
    assert (entry.actor_name, entry.facts["second"]) == ("Hanna Reed", "Tom Berg")
    approval = LedgerEntry.objects.get(case_id=case.pk, verb="early_end.approve")
    assert approval.actor_name == "Tom Berg"


def test_nobody_is_the_second_person_of_their_own_proposal(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 2, 10)):
        found = propose(cast, case)
        with pytest.raises(NotAllowed, match="cannot approve it"):
            early_end.answer(found, by=cast.hr, approved=True)
        for somebody in (cast.secondee, cast.contact, cast.host_hr, cast.finance, cast.viewer, cast.stranger_hr):
            with pytest.raises(NotAllowed):
                early_end.answer(found, by=somebody, approved=True)
    assert fresh(case).state == State.ACTIVE
    with pytest.raises(IntegrityError, match="early_end_by_two_people"), transaction.atomic():
        EarlyEnd.objects.filter(pk=found.pk).update(approved=True, answered_by=cast.hr, answered_at=found.proposed_at)


def test_refused_end_leaves_the_placement_as_it_is(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 2, 10)):
        found = propose(cast, case)
        with pytest.raises(Refused, match="Say why"):
            early_end.answer(found, by=cast.director, approved=False)
        early_end.answer(found, by=cast.director, approved=False, why="Talk first.")
        with pytest.raises(Refused, match="answered meanwhile"):
            early_end.answer(found, by=cast.manager, approved=True)
        assert fresh(case).end_on == date(2027, 9, 30)
        assert propose(cast, case).pk != found.pk  # and another can be proposed


def test_one_proposal_waits_at_a_time_and_an_end_by_notice_takes_its_place(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 2, 10)):
        found = propose(cast, case)
        with pytest.raises(Refused, match="waits for an answer already"):
            propose(cast, case)
        early_end.end_early(case, by=cast.hr, last_day=date(2027, 3, 10), asked_by="host", reason="Budget")
        found.refresh_from_db()
        assert found.approved is False
        with pytest.raises(Refused, match="answered meanwhile"):
            early_end.answer(found, by=cast.manager, approved=True)


def test_day_that_has_passed_meanwhile_becomes_today(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 2, 10)):
        found = propose(cast, case, date(2027, 2, 10))
    with on(date(2027, 2, 15)):
        early_end.answer(found, by=cast.manager, approved=True)
    assert fresh(case).end_on == date(2027, 2, 15)


def test_two_people_approve_and_refuse_at_once(real_cast: Cast) -> None:
    cast = real_cast
    with transaction.atomic():
        case = cast.active(start_on=date(2027, 1, 4), end_on=date(2027, 9, 30))
    with on(date(2027, 2, 10)):
        found = propose(cast, case)

    def act(n: int) -> str:
        from django.db import connection

        try:
            with on(date(2027, 2, 10)):
                who, approved = ((cast.manager, True), (cast.director, False))[n % 2]
                early_end.answer(found, by=who, approved=approved, why="No.")
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(act, range(16)))
    assert answers.count("done") == 1
    assert set(answers) == {"done", "This has been answered meanwhile."}
    assert (fresh(case).state == State.REVIEW) is EarlyEnd.objects.get(pk=found.pk).approved


def test_pages_lead_from_the_proposal_to_the_end(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    with on(date(2027, 2, 10)):
        hr = sign_in(cast.hr)
        page = hr.get(f"/secondments/{case.key}/end-early/").content.decode()
        assert "Notice given on Wednesday, 10 February 2027 runs for 4 weeks" in page
        given = {"asked_by": "host", "last_day": "2027-02-12", "reason": "The site closes."}
        short = hr.post(f"/secondments/{case.key}/end-early/", given)
        assert "somebody else at the seconder has to approve it" in short.content.decode()
        assert "The site closes." in short.content.decode()  # nothing typed is lost
        proposed = hr.post(f"/secondments/{case.key}/end-early/", given | {"at_once": "on"}, follow=True)
        assert "waits for a second person" in proposed.content.decode()
        found = case.early_ends.get()
        assert hr.post(found.get_absolute_url(), {"approved": "yes"}).status_code == 403
        manager = sign_in(cast.manager)
        assert "Approve an end before the notice?" in manager.get("/").content.decode()
        manager.post(found.get_absolute_url(), {"approved": "yes", "reason": ""})
        assert fresh(case).end_on == date(2027, 2, 12)
        assert sign_in(cast.secondee).get(found.get_absolute_url()).status_code == 403
        assert sign_in(cast.stranger_hr).get(found.get_absolute_url()).status_code == 404


def test_notice_counts_from_the_day_on_which_it_was_received(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    received = date(2027, 2, 3)
    given = {"by": cast.hr, "last_day": date(2027, 3, 3), "asked_by": "host", "reason": "Budget"}
    with on(date(2027, 2, 10)):
        assert [way.last_day for way in early_end.notices_of(case, received)] == [date(2027, 3, 3)] * 3
        with pytest.raises(Refused, match="The notice runs until"):
            early_end.end_early(case, **given)
        for wrong in (date(2027, 2, 11), date(2026, 12, 1), date(2027, 1, 3)):
            with pytest.raises(Refused, match="between the first day and today"):
                early_end.end_early(case, **given, given_on=wrong)
        with pytest.raises(Refused, match="needs no second person"):
            early_end.propose(case, **given, given_on=received)
        page = (
            sign_in(cast.hr)
            .post(f"{case.get_absolute_url()}end-early/", {"count": "1", "given_on": str(received), "reason": "Half a"})
            .content.decode()
        )
        assert "If notice was received on" in page and "3 March 2027" in page and "Half a" in page
        assert fresh(case).state == State.ACTIVE
        ended = early_end.end_early(case, **given, given_on=received)
    assert (ended.end_on, ended.notice_given_on) == (date(2027, 3, 3), received)
    assert early_end.explained(ended).startswith("Notice given on Wednesday, 3 February 2027 runs for 4 weeks")


def test_proposal_that_nobody_answered_is_seen_on_the_case_and_taken_back(
    cast: Cast, case: Secondment, sign_in: SignIn
) -> None:
    with on(date(2027, 2, 10)):
        found = propose(cast, case)
        hr, manager, contact = (sign_in(who) for who in (cast.hr, cast.manager, cast.contact))
        waits = "waits for a second person"
        seen = [waits in reader.get(case.get_absolute_url()).content.decode() for reader in (hr, manager, contact)]
        assert seen == [True, True, False]
        with pytest.raises(NotAllowed):
            early_end.take_back(found, by=cast.manager)
        hr.post(found.get_absolute_url(), {"take_back": "1"})
        assert waits not in hr.get(case.get_absolute_url()).content.decode()
        with pytest.raises(Refused, match="answered meanwhile"):
            early_end.answer(found, by=cast.manager, approved=True)
        propose(cast, case)  # another one can be proposed
    assert fresh(case).state == State.ACTIVE
