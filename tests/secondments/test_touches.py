"""Keeping in touch: contacts noted at home, silence noticed, news from home."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people import clock
from people.models import Notice, Person
from secondments import placement_reminders, reminders
from secondments.actions import charges, touches
from secondments.models import News, Secondment
from secondments.timetable import silence
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, on

SignIn = Callable[[Person], Client]


@pytest.fixture
def case(cast: Cast) -> Secondment:
    return cast.active()


def day(case: Secondment, number: int) -> date:
    assert case.start_on
    return case.start_on + timedelta(days=number)


def reminded(case: Secondment, *numbers: int) -> list[tuple[int, str]]:
    """On which days of the placement somebody is reminded of silence, and who."""
    found = []
    for number in numbers:
        before = set(Notice.objects.values_list("pk", flat=True))
        with on(day(case, number)):
            reminders.remind()
            reminders.remind()
        new = Notice.objects.filter(about=f"touch:{case.pk}").exclude(pk__in=before)
        found += [(number, row.recipient.full_name) for row in new]
    return found


def test_silence_is_counted_in_whole_spans() -> None:
    start = date(2027, 1, 1)
    assert [silence(start, start + timedelta(days=n), 42) for n in (-1, 0, 41, 42, 83, 84)] == [0, 0, 0, 1, 1, 2]


def test_manager_is_reminded_after_each_span_of_silence(cast: Cast, case: Secondment) -> None:
    name = cast.manager.full_name
    assert reminded(case, 41, 42, 43, 83, 84) == [(42, name), (84, name)]


@pytest.mark.parametrize(("policy", "first"), [({"touch_every_days": 10}, 10), ({}, 42)])
def test_span_is_that_of_the_policy_that_the_case_kept(
    cast: Cast, case: Secondment, policy: dict[str, int], first: int
) -> None:
    Secondment.objects.filter(pk=case.pk).update(policy=policy)
    assert reminded(case, first - 1, first) == [(first, cast.manager.full_name)]


def test_noted_contact_begins_the_silence_anew(cast: Cast, case: Secondment) -> None:
    with on(day(case, 30)):
        touches.note(case, by=cast.secondee, on=day(case, 30), channel="call")
    assert reminded(case, 42, 71, 72) == [(72, cast.manager.full_name)]


def test_reminder_that_was_not_sent_is_called_off(cast: Cast, case: Secondment) -> None:
    reminded(case, 42)
    with on(day(case, 42)):
        touches.note(case, by=cast.manager, on=day(case, 42), channel="message")
    assert not Notice.objects.filter(Notice.OPEN, about=f"touch:{case.pk}").exists()


def test_silence_and_statements_that_were_told_of_cost_no_more_for_more_cases(cast: Cast) -> None:
    counts = []
    for hours in (1, 2, 3):
        case = cast.active(is_full_time=False, weekly_hours=hours)
        terms = {"model": "fixed", "frequency": "month", "currency": "GBP", "fixed": Decimal(900), "payment_days": 30}
        with on(day(case, 1)):
            charges.set_terms(case, by=cast.hr, fields=terms)
        with on(day(case, 100)):
            placement_reminders.remind_of_silence()
            placement_reminders.remind_of_charges()
            with CaptureQueriesContext(connection) as found:
                placement_reminders.remind_of_silence()
                placement_reminders.remind_of_charges()
        counts.append(len(found))
    assert counts == [counts[0]] * 3


def test_log_is_the_home_sides(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    path = f"{case.get_absolute_url()}in-touch/"
    with on(day(case, 9)):
        manager = sign_in(cast.manager)
        late = manager.post(path, {"on": day(case, 10), "channel": "call", "note": "new boss"}).content.decode()
        assert "This day has not come yet." in late and "new boss" in late
        assert manager.post(path, {"on": day(case, 9), "channel": "call", "note": "new boss"}).url == path
        for who, status in ((cast.secondee, 200), (cast.hr, 200), (cast.contact, 403), (cast.finance, 403)):
            answer = sign_in(who).get(path)
            assert (who, answer.status_code, "new boss" in answer.content.decode()) == (who, status, status == 200)
        with pytest.raises(NotAllowed):
            touches.note(case, by=cast.contact, on=day(case, 9), channel="call")
        with pytest.raises(Refused, match="had not begun"):
            touches.note(case, by=cast.hr, on=day(case, -1), channel="call")


def test_news_from_home_is_shown_until_its_day(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    path, home = f"/organisations/{cast.northwind.key}/news/", f"{case.get_absolute_url()}in-touch/"
    hr, secondee = sign_in(cast.hr), sign_in(cast.secondee)
    today = clock.today("Europe/London")
    sent = {"title": "We are moving", "text": "To Mill Lane 2.", "link": "x", "shown_until": today}
    wrong = hr.post(path, sent).content.decode()
    assert "Enter a valid URL" in wrong and "To Mill Lane 2." in wrong
    assert hr.post(path, sent | {"link": "https://northwind.example/moving"}).url == path
    assert "We are moving" in secondee.get(home).content.decode()
    with on(today + timedelta(days=2)):
        assert "We are moving" not in sign_in(cast.secondee).get(home).content.decode()
    hr.post(path, {"take_back": News.objects.get().key})
    assert "We are moving" not in secondee.get(home).content.decode()
    assert sign_in(cast.viewer).post(path, sent).status_code == 403
    assert sign_in(cast.host_hr).get(path).status_code == 403
