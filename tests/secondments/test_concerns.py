"""Concerns: raised for one's own side, looked into by the seconder, read by whom access.md says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from people import clock
from people.models import LedgerEntry, Notice, Person
from secondments import reminders
from secondments.actions import concerns
from secondments.models import Concern, ConcernAction, Secondment
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, on

SignIn = Callable[[Person], Client]


@pytest.fixture
def case(cast: Cast) -> Secondment:
    return cast.active()


def report(case: Secondment, by: Person, what: str = "shouted at a customer") -> Concern:
    with on(case.start_on + timedelta(days=5)):
        return concerns.report(case, by=by, kind="conduct", what=what, wish="Please talk to them.")


def readers(cast: Cast, concern: Concern, word: str, sign_in: SignIn) -> set[str]:
    """Who finds a word on the page of a concern."""
    roles = ("hr", "manager", "secondee", "contact", "host_hr", "finance", "viewer", "signatory", "stranger")
    found = set()
    for role in roles:
        answer = sign_in(cast.people[role]).get(concern.get_absolute_url())
        if answer.status_code == 200 and word in answer.content.decode():
            found.add(role)
    return found


def test_hr_is_told_at_once_and_not_what_it_is(cast: Cast, case: Secondment) -> None:
    concern = report(case, cast.contact)
    notices = Notice.objects.filter(key__contains=f"concern:{concern.pk}")
    assert [row.recipient for row in notices] == [cast.hr]
    kept = str(list(Notice.objects.values_list("subject", "sentences"))) + str(
        list(LedgerEntry.objects.values_list("words__facts", "words__reason"))
    )
    assert "customer" not in kept and "onduct" not in kept


def test_host_concern_is_read_by_hr_and_host_alone(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    concern = report(case, cast.contact)
    assert readers(cast, concern, "shouted", sign_in) == {"hr", "contact", "host_hr"}
    concerns.give(concern, by=cast.hr, owner=cast.manager)
    assert readers(cast, concern, "shouted", sign_in) == {"hr", "contact", "host_hr", "manager"}


def test_secondee_concern_is_never_the_hosts(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    concern = report(case, cast.secondee, "no safety briefing")
    assert readers(cast, concern, "no safety briefing", sign_in) == {"hr", "secondee"}
    assert (
        concern.get_absolute_url()
        not in sign_in(cast.contact).get(f"{case.get_absolute_url()}concerns/").content.decode()
    )


def test_secondee_reads_what_hr_wrote_and_nothing_else(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    concern = report(case, cast.contact)
    page = sign_in(cast.secondee)
    assert page.get(concern.get_absolute_url()).status_code == 404
    concerns.act(concern, by=cast.hr, text="Hear both sides", doer=cast.hr, due_on=clock.today("UTC"))
    concerns.disclose(concern, by=cast.hr, text="Your tone was remarked on.")
    told = page.get(concern.get_absolute_url()).content.decode()
    assert "Your tone was remarked on." in told
    assert "shouted" not in told and "Hear both sides" not in told and "Please talk" not in told


def test_host_asks_and_the_seconder_decides(cast: Cast, case: Secondment) -> None:
    concern = report(case, cast.contact)
    today = clock.today("UTC")
    for who in (cast.contact, cast.host_hr, cast.secondee, cast.manager):
        with pytest.raises(NotAllowed):
            concerns.act(concern, by=who, text="Warn them", doer=cast.hr, due_on=today)
        with pytest.raises(NotAllowed):
            concerns.close(concern, by=who, end="measures", note="Done.")
    concerns.give(concern, by=cast.hr, owner=cast.manager)
    concerns.act(concern, by=cast.manager, text="Talk", doer=cast.manager, due_on=today)
    with pytest.raises(NotAllowed):
        concerns.close(concern, by=cast.manager, end="settled", note="Done.")


def test_it_closes_when_nothing_is_open_and_whoever_raised_it_is_told(
    cast: Cast, case: Secondment, sign_in: SignIn
) -> None:
    concern = report(case, cast.contact)
    action = concerns.act(concern, by=cast.hr, text="Talk", doer=cast.hr, due_on=clock.today("UTC"))
    with pytest.raises(Refused, match="still open"):
        concerns.close(concern, by=cast.hr, end="settled", note="They talked.")
    concerns.finish(action, by=cast.hr)
    with pytest.raises(Refused, match="is told"):
        concerns.close(concern, by=cast.hr, end="settled", note=" ")
    concerns.close(concern, by=cast.hr, end="settled", note="They talked.")
    assert [row.recipient for row in Notice.objects.filter(key__contains=f"concern:{concern.pk}:ended")] == [
        cast.contact
    ]
    assert "They talked." in sign_in(cast.contact).get(concern.get_absolute_url()).content.decode()
    with pytest.raises(Refused, match="closed"):
        concerns.finish(action, by=cast.hr)


def test_actions_are_reminded_of_up_to_hr_and_stop_when_done(cast: Cast, case: Secondment) -> None:
    concern = concerns.give(report(case, cast.secondee), by=cast.hr, owner=cast.manager)
    due = case.start_on + timedelta(days=20)
    action = concerns.act(concern, by=cast.hr, text="Talk", doer=cast.manager, due_on=due)
    for days in range(-4, 9):
        with on(due + timedelta(days=days)):
            reminders.remind()
            reminders.remind()
    rungs = Notice.objects.filter(about=f"concern-action:{action.pk}").order_by("pk")
    assert [(row.key.split(":")[4], row.recipient) for row in rungs] == [
        ("before", cast.manager), ("on", cast.manager), ("after", cast.manager), ("escalate", cast.hr),
    ]  # fmt: skip
    concerns.finish(action, by=cast.manager)
    assert not Notice.objects.filter(Notice.OPEN, about=f"concern-action:{action.pk}").exists()


def test_only_who_can_read_of_a_concern_is_asked_to_do_something_about_it(
    cast: Cast, case: Secondment, sign_in: SignIn
) -> None:
    """A mail to the line manager would lead to a page that is not theirs."""
    concern = report(case, cast.secondee)
    today = clock.today(case.zone)
    with pytest.raises(Refused, match="ask them first"):
        concerns.act(concern, by=cast.hr, text="Talk", doer=cast.manager, due_on=today)
    page = sign_in(cast.hr).get(concern.get_absolute_url()).content.decode()
    doers = page.partition('name="act-doer"')[2].partition("</select>")[0]
    assert str(cast.hr) in doers and str(cast.manager) not in doers
    concern = concerns.give(concern, by=cast.hr, owner=cast.manager)
    action = concerns.act(concern, by=cast.hr, text="Talk", doer=cast.manager, due_on=today)
    assert sign_in(cast.manager).get(concern.get_absolute_url()).status_code == 200
    concerns.give(concern, by=cast.hr, owner=cast.hr)  # what the manager was to do goes along
    action.refresh_from_db()
    assert action.doer == cast.hr
    assert sign_in(cast.manager).get(concern.get_absolute_url()).status_code == 404


def test_pages_walk_from_raising_to_the_outcome(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    contact, hr = sign_in(cast.contact), sign_in(cast.hr)
    path = f"{case.get_absolute_url()}concerns/"
    with on(case.start_on + timedelta(days=5)):
        empty = contact.post(f"{path}new/", {"kind": "safety", "what": "", "wish": "A fence."}).content.decode()
        assert "This field is required." in empty and "A fence." in empty
        assert contact.post(f"{path}new/", {"kind": "safety", "what": "An open pit."}).status_code == 302
        concern = case.concerns.get()
        assert concern.get_absolute_url() in hr.get("/").content.decode()
        due = clock.today("UTC").isoformat()
        wrong = hr.post(
            concern.get_absolute_url(),
            {"do": "act", "act-text": "Fence", "act-doer": cast.stranger.pk, "act-due_on": due},
        )
        assert wrong.status_code == 200 and ConcernAction.objects.count() == 0
        sent = {"do": "act", "act-text": "Fence", "act-doer": cast.hr.pk, "act-due_on": due}
        assert hr.post(concern.get_absolute_url(), sent).status_code == 302
        assert (
            hr.post(concern.get_absolute_url(), {"do": "finish", "action": concern.actions.get().pk}).status_code == 302
        )
        sent = {"do": "close", "close-end": "measures", "close-note": "There is a fence now."}
        assert hr.post(concern.get_absolute_url(), sent).status_code == 302
        assert "There is a fence now." in contact.get(concern.get_absolute_url()).content.decode()
        assert contact.post(concern.get_absolute_url(), sent).status_code == 403
