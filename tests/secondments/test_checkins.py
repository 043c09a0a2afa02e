"""Check-ins: drafts, questions by side, objectives, extra ones, and their rhythm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.formats import date_format

from people.models import Notice, Person
from secondments import reminders, todo, trend, turns
from secondments.actions import case_parts, checkins
from secondments.choices import Part
from secondments.models import CheckIn, Secondment
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, on, person

SignIn = Callable[[Person], Client]
WELL = {"going": 4, "progress": "much", "skills": "", "support": "", "wants_contact": False, "note_to_hr": ""}


@pytest.fixture
def case(cast: Cast) -> Secondment:
    return cast.active()


def first(case: Secondment, party: str = "secondee") -> CheckIn:
    return case.checkins.filter(party=party).earliest("due_on")


def path(checkin: CheckIn) -> str:
    return f"{checkin.secondment.get_absolute_url()}check-ins/{checkin.pk}/"


def attention(case: Secondment) -> int:
    return Notice.objects.filter(key__contains=":checkin-attention:", case_id=case.pk).count()


def test_draft_is_kept_for_whoever_wrote_it_alone(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    supervisor = person("Sven Olsen")
    case_parts.name(case, Part.HOST_SUPERVISOR, supervisor, by=cast.contact)
    row = first(case, "host")
    objective = case.objectives.first()
    assert objective
    sent = {
        "progress": "half of it", "note_to_hr": "between us", "draft": "1",
        f"standing_{objective.pk}": "behind", f"note_{objective.pk}": "data is late",
    }  # fmt: skip
    contact = sign_in(cast.contact)
    with on(row.due_on):
        assert contact.post(path(row), sent).url == path(row)
        mine = contact.get(path(row)).content.decode()
        others = [sign_in(who).get(path(row)).content.decode() for who in (supervisor, cast.hr, cast.host_hr)]
    assert all(word in mine for word in ("half of it", "between us", "data is late"))
    assert not [word for page in others for word in ("half of it", "between us", "data is late") if word in page]
    row.refresh_from_db()
    assert (row.completed_at, row.drafted_by, attention(case)) == (None, cast.contact, 0)


def test_draft_is_handed_in_as_it_stands(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    row, secondee = first(case), sign_in(cast.secondee)
    with on(row.due_on):
        assert secondee.post(path(row), {"progress": "half of it", "draft": "1"}).status_code == 302
        empty = secondee.post(path(row), {"progress": "half of it"}).content.decode()
        assert "This field is required." in empty and "half of it" in empty
        assert secondee.post(path(row), {"going": 4, "progress": "all of it"}).status_code == 302
    row.refresh_from_db()
    assert (row.progress, row.drafted_at, row.completed_at is not None) == ("all of it", None, True)


def test_questions_are_put_to_each_side_in_its_own_words(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    with on(first(case).due_on):
        own = sign_in(cast.secondee).get(path(first(case))).content.decode()
        theirs = sign_in(cast.contact).get(path(first(case, "host"))).content.decode()
    assert "How is it going with the secondee?" in theirs and "How is it going with the secondee?" not in own
    for objective in case.objectives.all():
        assert objective.text in own and objective.text in theirs


@pytest.mark.parametrize(("standing", "expected"), [("on_track", 0), ("at_risk", 1)])
def test_objective_at_risk_reaches_hr(cast: Cast, case: Secondment, standing: str, expected: int) -> None:
    objective = case.objectives.first()
    assert objective
    with on(first(case).due_on):
        checkins.complete(first(case), by=cast.secondee, answers=WELL, standings={objective.pk: (standing, "")})
    assert attention(case) == expected


def test_extra_checkin_is_asked_by_a_side_of_itself_and_by_hr_of_both(cast: Cast, case: Secondment) -> None:
    day = first(case).due_on - timedelta(days=5)
    with on(day):
        for who, parties in ((cast.secondee, ["host"]), (cast.contact, ["secondee"]), (cast.host_hr, ["host"])):
            with pytest.raises(NotAllowed):
                checkins.ask_extra(case, by=who, parties=parties, due_on=day, because="")
        rows = checkins.ask_extra(case, by=cast.hr, parties=["secondee", "host"], due_on=day, because="A new boss.")
        with pytest.raises(Refused, match="already"):
            checkins.ask_extra(case, by=cast.secondee, parties=["secondee"], due_on=day, because="")
        with pytest.raises(Refused, match="Choose a day"):
            checkins.ask_extra(case, by=cast.hr, parties=["host"], due_on=day - timedelta(days=1), because="")
    told = Notice.objects.filter(about__in=[f"checkin:{row.pk}" for row in rows])
    assert {row.recipient for row in told} == {cast.secondee, cast.contact}
    assert fresh(case).turn_until == day


def days_of(case: Secondment) -> list[int]:
    rows = case.checkins.filter(CheckIn.PENDING, party="secondee").order_by("due_on")
    return [(row.due_on - case.start_on).days for row in rows]


def test_rhythm_of_a_case_plans_what_is_ahead_anew(cast: Cast, case: Secondment) -> None:
    assert days_of(case) == [14, 42, 70, 98, 126, 154, 182]
    with on(case.start_on + timedelta(days=50)):
        extra = case.start_on + timedelta(days=60)
        checkins.ask_extra(case, by=cast.hr, parties=["secondee"], due_on=extra, because="")
        with pytest.raises(NotAllowed):
            checkins.change_rhythm(case, by=cast.contact, every_weeks=8)
        checkins.change_rhythm(case, by=cast.hr, every_weeks=8)
    assert days_of(case) == [14, 42, 60, 70, 126, 182]
    assert fresh(case).rules.checkin_every_weeks == 8
    assert case.checkins.filter(party="secondee", cancelled_at__isnull=False).count() == 5


def test_rhythm_keeps_what_somebody_has_begun(cast: Cast, case: Secondment) -> None:
    row = case.checkins.filter(party="secondee").order_by("due_on")[1]
    with on(case.start_on + timedelta(days=30)):
        checkins.keep_draft(row, by=cast.secondee, answers={"progress": "begun"})
        checkins.change_rhythm(case, by=cast.hr, every_weeks=6)
    assert days_of(case) == [14, 42, 56, 98, 140, 182]


def test_pages_ask_and_change(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    home = f"{case.get_absolute_url()}check-ins/"
    hr = sign_in(cast.hr)
    with on(case.start_on + timedelta(days=3)):
        wrong = hr.post(f"{home}new/", {"due_on": case.start_on, "parties": ["host"], "because": "A word."})
        assert "Choose a day from today" in wrong.content.decode() and "A word." in wrong.content.decode()
        due = case.start_on + timedelta(days=6)
        assert hr.post(f"{home}new/", {"due_on": due, "parties": ["host"], "because": "A word."}).status_code == 302
        extra = case.checkins.get(due_on=due)
        assert "A word." in sign_in(cast.contact).get(path(extra)).content.decode()
        assert hr.post(f"{home}rhythm/", {"every_weeks": 40}).status_code == 200
        assert hr.post(f"{home}rhythm/", {"every_weeks": 12}).status_code == 302
    assert 12 * 7 in [n - 14 for n in days_of(case)]


def test_trend_shows_to_each_reader_what_they_may_read(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    for row in case.checkins.filter(due_on__lt=case.start_on + timedelta(days=80)):
        with on(row.due_on):
            who: Any = cast.secondee if row.party == "secondee" else cast.contact
            checkins.complete(row, by=who, answers=WELL)
    shown = {}
    for role in ("hr", "secondee", "contact", "manager"):
        page = sign_in(cast.people[role]).get(case.get_absolute_url()).content.decode()
        shown[role] = [party for party in ("secondee", "host") if f'class="line-{party}"' in page]
    assert shown == {"hr": ["secondee", "host"], "secondee": ["secondee"], "contact": ["host"], "manager": []}


def test_trend_runs_from_the_first_day_to_the_last_and_from_badly_to_very_well() -> None:
    start, end = date(2027, 1, 1), date(2027, 4, 11)
    found = trend.lines([("host", "Host", end, 5), ("host", "Host", start, 1), ("secondee", "S", start, 3)], start, end)
    assert [(line.party, line.points) for line in found] == [("host", [(12, 84), (308, 12)])]


def test_checkin_is_waited_for_since_it_came_near(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    """Not since the one before it was done, a month ago; that stands on the case and on the page of what is stuck."""
    with on(first(case).due_on):
        for party in ("host", "secondee"):
            row = first(case, party)
            checkins.complete(row, by=row.person, answers=WELL)
    case = fresh(case)
    assert case.turn_until and case.turn_since
    assert case.turn_until - case.turn_since.date() > timedelta(days=turns.SOON + 4)
    with on(case.turn_until + timedelta(days=4)):
        hr = sign_in(cast.hr)
        pages = [hr.get(address).content.decode() for address in (case.get_absolute_url(), "/")]
    assert all(f"for {turns.SOON + 4} days" in page for page in pages)
    for before, said in ((turns.SOON + 3, ""), (turns.SOON + 1, ""), (turns.SOON, "since today"), (5, "for 2 days")):
        with on(case.turn_until - timedelta(days=before)):
            page = sign_in(cast.hr).get(case.get_absolute_url()).content.decode()
        lead = page.partition('<p class="soft mb-0">')[2].partition("until")[0]
        assert (before, lead.strip(" ·")) == (before, said)


def test_checkins_far_ahead_are_folded_away(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    days = sorted(set(case.checkins.values_list("due_on", flat=True)))
    with on(days[1]):
        page = sign_in(cast.hr).get(case.get_absolute_url()).content.decode()
    shown, _, folded = page.partition("later check-in")
    shown, folded = shown.partition("<tbody>")[2], folded.partition("</details>")[0]
    words = [date_format(day, "j M Y") for day in days]
    assert len(words) > 3
    assert [word in shown for word in words] == [True] * 3 + [False] * (len(words) - 3)
    assert [word in folded for word in words] == [False] * 3 + [True] * (len(words) - 3)


def test_low_answer_waits_for_hr_until_it_says_what_was_done(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    first, second = case.checkins.filter(party="secondee").order_by("due_on")[:2]
    answers = {"progress": "", "skills": "", "support": "", "wants_contact": False, "note_to_hr": ""}
    with on(second.due_on):
        checkins.complete(first, by=cast.secondee, answers=answers | {"going": 5})
        checkins.complete(second, by=cast.secondee, answers=answers | {"going": 1})
        page = f"{case.get_absolute_url()}check-ins/{second.pk}/"
        (told,) = Notice.objects.filter(key__contains="checkin-attention")
        assert (told.recipient, told.action_path) == (cast.hr, page)
        waiting = [row.path for row in todo.of(cast.hr) if row.sentence == "A check-in asks for your attention"]
        assert waiting == [page]
        for checkin, who, problem in (
            (first, cast.hr, "asks for attention"),
            (second, cast.secondee, "HR of the seconder"),
        ):
            with pytest.raises(Refused, match=problem):
                checkins.attend(checkin, by=who, note="Talked")
        with pytest.raises(Refused, match="what was done"):
            checkins.attend(second, by=cast.hr, note=" ")
        hr, secondee, contact = (sign_in(who) for who in (cast.hr, cast.secondee, cast.contact))
        assert "asks for your attention" not in secondee.get(page).content.decode()
        assert contact.get(page).status_code == 403
        assert "There is something to mend" in hr.post(page, {"note": ""}).content.decode()
        hr.post(page, {"note": "We talked on Monday"})
        assert "We talked on Monday" in secondee.get(page).content.decode()
        assert not [row for row in todo.of(cast.hr) if row.path == page]
        with pytest.raises(Refused, match="already"):
            checkins.attend(second, by=cast.hr, note="Again")


def test_hr_tells_the_line_manager_in_short_what_a_checkin_said(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    found = first(case)
    with on(found.due_on):
        with pytest.raises(Refused, match="not been filled in"):
            checkins.share(found, by=cast.hr, summary="Fine")
        checkins.complete(found, by=cast.secondee, answers=WELL | {"progress": "Words for HR alone"})
        manager, hr, secondee, contact = (sign_in(who) for who in (cast.manager, cast.hr, cast.secondee, cast.contact))
        assert manager.get(path(found)).status_code == 403
        for who, summary, problem in ((cast.manager, "Fine", "HR of the seconder"), (cast.hr, " ", "Write what")):
            with pytest.raises(Refused, match=problem):
                checkins.share(found, by=who, summary=summary)
        assert "There is something to mend" in hr.post(path(found), {"summary": ""}).content.decode()
        hr.post(path(found), {"summary": "She settles in well"})
        read = manager.get(path(found)).content.decode()
        assert "She settles in well" in read and "Words for HR alone" not in read
        assert "She settles in well" in secondee.get(path(found)).content.decode()
        assert contact.get(path(found)).status_code == 403
        assert "Read in short" in manager.get(case.get_absolute_url()).content.decode()
        (told,) = Notice.objects.filter(key__contains=f"checkin:{found.pk}:shared")
        assert (told.recipient, "settles" in str(told.sentences)) == (cast.manager, False)
        with pytest.raises(Refused, match="already"):
            checkins.share(found, by=cast.hr, summary="Again")


def test_extra_checkin_of_the_next_days_is_asked_for_in_one_mail(cast: Cast, case: Secondment) -> None:
    """What asks for it stands for the reminder of its rung; the later rungs come."""
    day = first(case).due_on + timedelta(days=5)
    with on(day):
        rows = checkins.ask_extra(case, by=cast.hr, parties=["secondee", "host"], due_on=day, because="")
        reminders.remind_of_checkins()
    about = [f"checkin:{row.pk}" for row in rows]
    told = Notice.objects.filter(about__in=about)
    assert {notice.recipient for notice in told} == {cast.secondee, cast.contact} and told.count() == 2
    assert all("is asked of you" in notice.subject for notice in told)
    with on(day + timedelta(days=3)):
        reminders.remind_of_checkins()
    assert Notice.objects.filter(about__in=about, recipient=cast.secondee).count() == 2
