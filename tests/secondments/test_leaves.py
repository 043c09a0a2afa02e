"""Leave: asked by the secondee, decided at home, told to the host."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from people.models import Notice, Person
from secondments import leave_accounts, reminders
from secondments.actions import early_end, leaves
from secondments.models import Leave, Secondment
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, on

SignIn = Callable[[Person], Client]


@pytest.fixture
def case(cast: Cast) -> Secondment:
    """In Poland, from 15 September 2026: there are no holidays near the days that are asked for."""
    with on(date(2026, 9, 1)):
        return cast.active()


def monday(case: Secondment, weeks: int = 3) -> date:
    """A Monday so many weeks into the placement."""
    assert case.start_on
    day = case.start_on + timedelta(weeks=weeks)
    return day + timedelta(days=-day.weekday() % 7)


def ask(case: Secondment, first: date, last: date, **more: Any) -> Leave:
    assert case.secondee
    return leaves.ask(case, by=case.secondee, kind="annual", first_day=first, last_day=last, **more)


def told(about: str) -> list[str]:
    return sorted(Notice.objects.filter(key__contains=about).values_list("recipient__full_name", flat=True))


def test_manager_is_asked_and_the_host_hears_days_only_once_granted(cast: Cast, case: Secondment) -> None:
    first = monday(case)
    with on(case.start_on + timedelta(days=3)):
        leave = ask(case, first, first + timedelta(days=4), note="a wedding")
        assert (leave.granted, told(f"leave:{leave.pk}")) == (None, [cast.manager.full_name])
        leaves.decide(leave, by=cast.manager, granted=True)
    assert told(f"leave:{leave.pk}:decided") == [cast.secondee.full_name]
    assert told(f"leave:{leave.pk}:granted") == [cast.contact.full_name]
    text = " ".join(
        str(row) for row in Notice.objects.filter(recipient=cast.contact).values_list("subject", "sentences")
    )
    assert "wedding" not in text


def test_days_are_those_of_the_working_week_and_the_balance_falls(cast: Cast, case: Secondment) -> None:
    first = monday(case)
    works = fresh(case).work_calendar()
    expected = sum(
        day.weekday() < 5 and day not in works.holidays for day in (first + timedelta(days=n) for n in range(8))
    )
    with on(case.start_on):
        before = leave_accounts.balance(fresh(case))
        leave = ask(case, first, first + timedelta(days=7), ends_at_noon=True)
        asked = leave_accounts.balance(fresh(case))
        leaves.decide(leave, by=cast.hr, granted=True)
    after = leave_accounts.balance(fresh(case))
    half = Decimal("0.5") if first + timedelta(days=7) not in works.holidays else Decimal(0)
    assert leave.days == expected - half
    assert (asked.asked, asked.left, after.taken, after.left) == (
        leave.days, before.left, leave.days, before.left - leave.days,
    )  # fmt: skip


def test_account_sets_what_there_is(cast: Cast, case: Secondment) -> None:
    leaves.set_account(case, by=cast.hr, yearly_days=Decimal("30"), brought_in=Decimal("-2"))
    found = leave_accounts.balance(fresh(case))
    assert (found.yearly, found.brought_in, found.left) == (Decimal("30.0"), Decimal("-2.0"), found.given - 2)
    with pytest.raises(NotAllowed):
        leaves.set_account(case, by=cast.manager, yearly_days=Decimal(99), brought_in=Decimal(0))


def test_what_cannot_be_asked_is_said_at_the_field(cast: Cast, case: Secondment) -> None:
    assert case.start_on and case.end_on
    first = monday(case)
    with on(case.start_on):
        leaves.decide(ask(case, first, first), by=cast.manager, granted=True)
        cases = {
            "last_day": (first + timedelta(days=7), first),
            "first_day": (case.start_on - timedelta(days=9), first - timedelta(days=7)),
        }
        for field, (begin, end) in cases.items():
            with pytest.raises(Refused) as refused:
                ask(case, begin, end)
            assert field in [row.where for row in refused.value.refusals]
        with pytest.raises(Refused, match="ends on"):
            ask(case, case.end_on, case.end_on + timedelta(days=1))
        with pytest.raises(Refused, match="already"):
            ask(case, first - timedelta(days=3), first + timedelta(days=3))
        with pytest.raises(Refused, match="working day"):
            ask(case, first + timedelta(days=5), first + timedelta(days=6))


def test_overlap_is_refused_by_the_database_too(cast: Cast, case: Secondment) -> None:
    with on(case.start_on):
        leave = ask(case, monday(case), monday(case) + timedelta(days=1))
    leave.pk, leave.key = None, "bbbbbbbbbbbb"
    with pytest.raises(IntegrityError, match="leave_no_overlap"), transaction.atomic():
        leave.save(force_insert=True)


def test_only_home_decides_and_only_once(cast: Cast, case: Secondment) -> None:
    with on(case.start_on):
        leave = ask(case, monday(case), monday(case))
        for who in (cast.contact, cast.secondee, cast.host_hr):
            with pytest.raises(NotAllowed):
                leaves.decide(leave, by=who, granted=True)
        with pytest.raises(Refused, match="why"):
            leaves.decide(leave, by=cast.manager, granted=False)
        leaves.decide(leave, by=cast.manager, granted=False, reason="The audit is that week.")
        with pytest.raises(Refused, match="answered"):
            leaves.decide(leave, by=cast.hr, granted=True)
    assert told(f"leave:{leave.pk}:granted") == []


def test_called_off_leave_is_told_to_those_who_knew(cast: Cast, case: Secondment) -> None:
    with on(case.start_on):
        asked = ask(case, monday(case), monday(case))
        leaves.cancel(asked, by=cast.secondee)
        granted = leaves.decide(ask(case, monday(case), monday(case)), by=cast.manager, granted=True)
        leaves.cancel(granted, by=cast.secondee)
    assert told(f"leave:{asked.pk}:host-cancelled") == []
    assert told(f"leave:{asked.pk}:cancelled") == [cast.manager.full_name]
    assert told(f"leave:{granted.pk}:host-cancelled") == [cast.contact.full_name]


def test_early_end_calls_off_what_lies_after_and_shortens_what_lies_across(cast: Cast, case: Secondment) -> None:
    first = monday(case, 4)
    with on(case.start_on):
        across = leaves.decide(ask(case, first, first + timedelta(days=4)), by=cast.manager, granted=True)
        after = ask(case, first + timedelta(days=14), first + timedelta(days=15))
        early_end.end_early(
            case, by=cast.hr, last_day=first + timedelta(days=1), asked_by="host", reason="The project stopped."
        )
    across.refresh_from_db()
    after.refresh_from_db()
    assert (across.last_day, across.cancelled_at) == (first + timedelta(days=1), None)
    assert after.cancelled_at is not None
    assert cast.contact.full_name not in told(f"leave:{after.pk}:")


def test_unanswered_leave_is_reminded_of_once_a_rung_and_then_told_to_hr(cast: Cast, case: Secondment) -> None:
    assert case.start_on
    with on(case.start_on):
        leave = ask(case, monday(case), monday(case))
    found = {}
    for days in range(14):
        with on(leave.due_on + timedelta(days=days)):
            reminders.remind()
            reminders.remind()
        found[days] = [
            key.split(":")[4]
            for key in Notice.objects.filter(about=f"leave:{leave.pk}").order_by("pk").values_list("key", flat=True)
        ]
    assert found[0] == ["asked", "on"]
    assert found[13] == ["asked", "on", "after", "escalate"]
    last = Notice.objects.filter(about=f"leave:{leave.pk}").latest("pk")
    assert last.recipient == cast.hr
    with on(leave.due_on):
        leaves.decide(leave, by=cast.manager, granted=True)
    assert not Notice.objects.filter(Notice.OPEN, about=f"leave:{leave.pk}").exists()


def test_pages_walk_from_asking_to_the_host_reading(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    first = monday(case)
    home = f"{case.get_absolute_url()}leave/"
    with on(case.start_on):
        secondee, manager, contact = (sign_in(who) for who in (cast.secondee, cast.manager, cast.contact))
        bad = secondee.post(
            f"{home}ask/", {"kind": "annual", "first_day": first, "last_day": first - timedelta(days=1), "note": "mine"}
        )
        assert "The last day is before the first day." in bad.content.decode() and "mine" in bad.content.decode()
        sent = secondee.post(
            f"{home}ask/", {"kind": "annual", "first_day": first, "last_day": first, "note": "a wedding"}
        )
        assert (sent.status_code, sent.url) == (302, home)
        leave = case.leaves.get()
        assert contact.get(leave.get_absolute_url()).status_code == 404
        assert leave.get_absolute_url() in manager.get("/").content.decode()
        refused = manager.post(leave.get_absolute_url(), {"do": "refuse", "reason": ""})
        assert "Say why it is refused." in refused.content.decode()
        assert manager.post(leave.get_absolute_url(), {"do": "grant", "reason": ""}).url == home
        page = contact.get(home).content.decode()
        assert "wedding" not in page and "Annual leave" not in page and str(first.year) in page
        assert secondee.post(leave.get_absolute_url(), {"do": "cancel"}).status_code == 302
    assert case.leaves.get().cancelled_at is not None
