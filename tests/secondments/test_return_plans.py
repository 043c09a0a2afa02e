"""The way back: who plans what, a post at risk, access ended, leave that goes home, questions some months later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from people.models import Notice, Person
from secondments import leave_accounts, reminders, transitions
from secondments.actions import checklists, leaves, outcomes, return_plans
from secondments.models import FollowUp, ReturnPlan, Secondment
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, on

SignIn = Callable[[Person], Client]
DAY = timedelta(days=1)


@pytest.fixture
def case(cast: Cast) -> Secondment:
    return cast.in_review(start_on=date(2027, 1, 4), end_on=date(2027, 9, 30))


def subjects(who: Person, part: str) -> list[str]:
    return list(Notice.objects.filter(recipient=who, key__contains=part).values_list("subject", flat=True))


def test_each_writes_their_own_part_of_the_plan(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 9, 1)):
        return_plans.save(case, by=cast.manager, fields={"role_kind": "same", "role": "Analyst"})
        return_plans.save(case, by=cast.secondee, fields={"wishes": "Four days a week", "sharing": "A talk"})
        return_plans.save(case, by=cast.contact, fields={"handback": "Laptop, badge"})
        for who, field in (
            (cast.secondee, "role"),
            (cast.secondee, "handback"),
            (cast.contact, "role"),
            (cast.manager, "wishes"),
            (cast.manager, "handback"),
        ):
            with pytest.raises(NotAllowed):
                return_plans.save(case, by=who, fields={field: "x"})
        with pytest.raises(NotAllowed):
            return_plans.save(case, by=cast.finance, fields={})
    plan = ReturnPlan.objects.get(secondment=case)
    assert (plan.role, plan.wishes, plan.handback) == ("Analyst", "Four days a week", "Laptop, badge")


def test_meeting_is_told_once_to_home_and_not_to_the_host(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 9, 1)):
        for _ in range(2):
            return_plans.save(case, by=cast.hr, fields={"meeting_on": date(2027, 9, 10)})
        assert subjects(cast.secondee, "return-meeting") == [
            "Return meeting on 10 September 2027: Ana Duarte at Contoso sp. z o.o."
        ]
        assert len(subjects(cast.manager, "return-meeting")) == 1
        assert subjects(cast.contact, "return-meeting") == []
        return_plans.save(case, by=cast.hr, fields={"meeting_on": date(2027, 9, 13)})
    assert len(subjects(cast.secondee, "return-meeting")) == 2


def test_role_is_confirmed_when_it_is_said_and_reopened_when_it_changes(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 9, 1)):
        with pytest.raises(Refused, match="to what kind of role") as refused:
            return_plans.confirm(case, by=cast.manager)
        assert len(refused.value.refusals) == 3
        fields = {"role_kind": "equivalent", "role": "Analyst", "start_back_on": date(2027, 10, 1)}
        return_plans.save(case, by=cast.manager, fields=fields)
        with pytest.raises(NotAllowed):
            return_plans.confirm(case, by=cast.secondee)
        assert return_plans.confirm(case, by=cast.manager).confirmed_by == cast.manager
        assert len(subjects(cast.secondee, "return-role")) == 1
        changed = return_plans.save(case, by=cast.hr, fields={"role": "Senior analyst"})
    assert (changed.confirmed_at, changed.confirmed_by) == (None, None)


def test_post_at_risk_is_told_early_and_once(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 9, 1)):
        with pytest.raises(Refused, match="Say why"):
            return_plans.flag(case, by=cast.manager, why=" ")
        return_plans.flag(case, by=cast.manager, why="The department closes.")
        return_plans.flag(case, by=cast.hr, why="The department closes.", done="Three posts are looked at.")
        assert len(subjects(cast.secondee, "post-at-risk")) == 1
        assert subjects(cast.contact, "post-at-risk") == []
        assert return_plans.clear(case, by=cast.hr).is_at_risk is False
    assert len(subjects(cast.secondee, "post-safe")) == 1


def test_access_is_ended_by_the_host_from_the_last_day_on(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 9, 29)), pytest.raises(Refused, match="runs until its last day"):
        return_plans.end_access(case, by=cast.contact, on=date(2027, 9, 29))
    with on(date(2027, 9, 30)):
        with pytest.raises(NotAllowed):
            return_plans.end_access(case, by=cast.hr, on=date(2027, 9, 30))
        with pytest.raises(Refused, match="not come yet"):
            return_plans.end_access(case, by=cast.contact, on=date(2027, 10, 1))
        assert return_plans.end_access(case, by=cast.contact, on=date(2027, 9, 30)).access_ended_by == cast.contact


@pytest.mark.parametrize("ended", [False, True])
def test_host_is_reminded_of_access_on_the_last_day_and_its_hr_after(cast: Cast, case: Secondment, ended: bool) -> None:
    told = {}
    for n in range(-1, 6):
        with on(date(2027, 9, 30) + n * DAY):
            if ended and n == 0:
                return_plans.end_access(case, by=cast.contact, on=date(2027, 9, 30))
            before = set(Notice.objects.values_list("pk", flat=True))
            reminders.remind()
            reminders.remind()
            new = Notice.objects.filter(about=f"access:{case.pk}").exclude(pk__in=before)
            told[n] = [row.recipient for row in new]
    expected = {} if ended else {0: [cast.contact], 2: [cast.host_hr]}
    assert {n: people for n, people in told.items() if people} == expected


def test_leave_that_is_left_goes_home(cast: Cast) -> None:
    case = cast.active(start_on=date(2027, 1, 4), end_on=date(2027, 9, 30))
    with on(date(2027, 5, 4)):
        asked = leaves.ask(
            case, by=cast.secondee, kind="annual", first_day=date(2027, 5, 10), last_day=date(2027, 5, 14)
        )
        leaves.decide(asked, by=cast.manager, granted=True)
    left = leave_accounts.balance(fresh(case)).left
    case = cast.come_home(fresh(case))
    plan = ReturnPlan.objects.get(secondment=case)
    assert (case.state, plan.leave_carried) == ("return", left)
    assert left == leave_accounts.balance(case).given - 5
    assert [len(subjects(who, "leave-carried")) for who in (cast.hr, cast.manager, cast.contact)] == [1, 1, 0]


def completed(cast: Cast, outcome: str) -> Secondment:
    case = cast.come_home(cast.active(start_on=date(2027, 1, 4), end_on=date(2027, 8, 31)))
    with on(date(2027, 9, 3)):
        for item in case.checklist.filter(list="return"):
            checklists.waive(item, by=cast.hr, reason="not needed")
        outcomes.record(case, by=cast.hr, outcome=outcome, returned_on=date(2027, 9, 1))
        return transitions.perform(case, "complete", by=cast.hr)


@pytest.mark.parametrize(("outcome", "planned"), [("same_role", 3), ("promoted", 3), ("left", 0), ("joined_host", 0)])
def test_follow_ups_are_planned_for_who_came_back(cast: Cast, outcome: str, planned: int) -> None:
    case = completed(cast, outcome)
    days = [date(2028, 3, 1), date(2028, 9, 1), date(2029, 9, 1)][:planned]
    assert list(case.follow_ups.values_list("due_on", flat=True)) == days


def test_line_manager_is_asked_two_questions_on_the_day(cast: Cast) -> None:
    case = completed(cast, "same_role")
    told = {}
    for n in range(-2, 9):
        with on(date(2028, 3, 1) + n * DAY):
            before = set(Notice.objects.values_list("pk", flat=True))
            reminders.remind()
            reminders.remind()
            new = Notice.objects.filter(about__startswith="follow-up:").exclude(pk__in=before)
            told[n] = [row.recipient for row in new]
    assert {n: people for n, people in told.items() if people} == {0: [cast.manager], 2: [cast.manager], 5: [cast.hr]}
    found = case.follow_ups.get(months=6)
    with on(date(2028, 3, 10)):
        with pytest.raises(NotAllowed):
            return_plans.answer(found, by=cast.secondee, still_here=True, skills_used="much")
        with pytest.raises(Refused, match="Say how much"):
            return_plans.answer(found, by=cast.manager, still_here=True, skills_used="")
        with pytest.raises(Refused, match="too early"):
            return_plans.answer(case.follow_ups.get(months=12), by=cast.manager, still_here=True, skills_used="much")
        return_plans.answer(found, by=cast.manager, still_here=False, skills_used="some")
        with pytest.raises(Refused, match="answered meanwhile"):
            return_plans.answer(found, by=cast.hr, still_here=True, skills_used="much")
    assert FollowUp.objects.filter(answered_at__isnull=False).values_list("still_here", "skills_used").get() == (
        False,
        "",
    )
    said = Notice.objects.get(key__contains="answered", subject__startswith="Answered, 6 months after the return")
    assert (said.recipient, "is no longer there." in str(said.sentences)) == (cast.hr, True)


def test_pages_of_the_way_back(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    address = f"/secondments/{case.key}/return/"
    with on(date(2027, 9, 30)):
        manager = sign_in(cast.manager)
        fields = {"act": "save", "role_kind": "same", "role": "Analyst", "start_back_on": "2027-10-01"}
        manager.post(address, fields)
        manager.post(address, {"act": "confirm"})
        manager.post(f"{address}risk/", {"risk_why": "The team may move.", "risk_done": "Talks are on."})
        page = manager.get(address).content.decode()
        assert "confirmed by Tom Berg" in page
        assert "The team may move." in page
        host = sign_in(cast.contact)
        page = host.get(address).content.decode()
        assert "The team may move." not in page
        assert "Analyst" not in page.replace("<dt>", "")
        assert host.post(address, {"act": "confirm"}).status_code == 403
        assert host.post(f"{address}risk/", {"risk_why": "x"}).status_code == 403
        early = host.post(address, {"act": "access", "on": "2027-09-29"}).content.decode()
        assert "runs until its last day" in early
        host.post(address, {"act": "access", "on": "2027-09-30"})
        assert "ended on" in host.get(address).content.decode()
        assert sign_in(cast.finance).get(address).status_code == 403
        assert sign_in(cast.stranger_hr).get(address).status_code == 404


def test_page_of_the_two_questions(cast: Cast, sign_in: SignIn) -> None:
    case = completed(cast, "same_role")
    address = f"/secondments/{case.key}/follow-ups/6/"
    with on(date(2028, 3, 1)):
        manager = sign_in(cast.manager)
        assert "Two questions some months after the return" in manager.get("/").content.decode()
        missing = manager.post(address, {"still_here": "yes"}).content.decode()
        assert "Say how much of it they use." in missing
        manager.post(address, {"still_here": "yes", "skills_used": "much"})
        assert "Much of it" in manager.get(address).content.decode()
        assert manager.get(f"/secondments/{case.key}/follow-ups/7/").status_code == 404
        assert sign_in(cast.secondee).get(address).status_code == 403
