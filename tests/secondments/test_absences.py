"""Absence: told to both sides without the reason; one that becomes long is raised, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from people.models import LedgerEntry, Notice, Person
from secondments.actions import absences, calendar, leaves
from secondments.models import Absence, Secondment
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, on
from tests.secondments.crowd import at_once

SignIn = Callable[[Person], Client]


@pytest.fixture
def case(cast: Cast) -> Secondment:
    with on(date(2026, 9, 1)):
        return cast.active()


def day(case: Secondment, number: int) -> date:
    assert case.start_on
    return case.start_on + timedelta(days=number)


def tell(case: Secondment, by: Person, number: int = 10, **more: Any) -> Absence:
    with on(day(case, number)):
        return absences.tell(case, by=by, kind="sickness", first_day=day(case, number), **more)


def test_both_sides_are_told_and_nobody_why(cast: Cast, case: Secondment) -> None:
    absence = tell(case, cast.secondee, reason="appendicitis")
    told = Notice.objects.filter(key__contains=f"absence:{absence.pk}")
    assert sorted(told.values_list("recipient__full_name", flat=True)) == sorted(
        [cast.hr.full_name, cast.manager.full_name, cast.contact.full_name]
    )
    words = str(list(Notice.objects.values_list("subject", "sentences"))) + str(
        list(LedgerEntry.objects.values_list("words__facts", "words__reason"))
    )
    assert "appendicitis" not in words and "sick" not in words.lower()


def test_host_may_tell_that_somebody_did_not_come_but_no_reason(cast: Cast, case: Secondment) -> None:
    assert tell(case, cast.contact, reason="looked unwell").reason == ""
    with pytest.raises(NotAllowed):
        tell(case, cast.finance, number=40)


def test_second_absence_that_lasts_is_refused(cast: Cast, case: Secondment) -> None:
    first = tell(case, cast.secondee)
    with pytest.raises(Refused, match="end it first"):
        tell(case, cast.hr, number=12)
    with on(day(case, 13)):
        absences.end(first, by=cast.secondee, last_day=day(case, 12))
        with pytest.raises(Refused, match="not come yet"):
            absences.end(first, by=cast.secondee, last_day=day(case, 14))
    assert tell(case, cast.hr, number=20).last_day is None


def raised(case: Secondment, number: int) -> int:
    with on(day(case, number)):
        calendar.advance()
        calendar.advance()
    return case.concerns.count()


def test_absence_becomes_a_concern_on_the_day_the_policy_says_and_once(cast: Cast, case: Secondment) -> None:
    absence = tell(case, cast.secondee)
    assert [raised(case, 10 + n) for n in (26, 27, 28, 60)] == [0, 1, 1, 1]
    found = case.concerns.get()
    absence.refresh_from_db()
    assert (found.kind, found.raised_by, found.party, found.owner) == ("long_absence", None, "seconder", cast.hr)
    assert absence.concern == found
    told = Notice.objects.filter(key__contains=f"concern:{found.pk}:raised")
    assert [row.recipient for row in told] == [cast.hr]


@pytest.mark.parametrize(("length", "expected"), [(26, 0), (27, 1)])
def test_absence_that_is_told_afterwards_counts_by_its_days(
    cast: Cast, case: Secondment, length: int, expected: int
) -> None:
    with on(day(case, 60)):
        absences.tell(case, by=cast.hr, kind="other", first_day=day(case, 10), last_day=day(case, 10 + length))
    assert raised(case, 61) == expected


def test_absence_taken_back_is_not_raised(cast: Cast, case: Secondment) -> None:
    absence = tell(case, cast.contact)
    with on(day(case, 11)):
        with pytest.raises(NotAllowed):
            absences.take_back(absence, by=cast.secondee)
        absences.take_back(absence, by=cast.contact)
    assert raised(case, 60) == 0


def test_two_schedulers_raise_it_once(real_cast: Cast) -> None:
    with transaction.atomic(), on(date(2026, 9, 1)):
        case = real_cast.active()
    tell(case, real_cast.secondee)

    def watch() -> int:
        with on(day(case, 50)):
            return absences.watch()

    assert sorted(at_once([watch] * 8)) == [0] * 7 + [1]
    assert case.concerns.count() == 1


def test_reason_is_read_by_hr_with_a_trace_and_by_nobody_else(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    absence = tell(case, cast.secondee, reason="appendicitis")
    path = f"{absence.get_absolute_url()}reason/"
    for who in (cast.manager, cast.contact, cast.host_hr):
        assert sign_in(who).get(path).status_code == 403
    assert "appendicitis" in sign_in(cast.secondee).get(path).content.decode()
    assert LedgerEntry.objects.filter(verb="absence.read").count() == 0
    assert "appendicitis" in sign_in(cast.hr).get(path).content.decode()
    entry = LedgerEntry.objects.get(verb="absence.read")
    assert (entry.actor_id, entry.subject_id) == (cast.hr.pk, cast.secondee.pk)


def test_pages_walk_from_telling_to_being_back(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    home = case.get_absolute_url()
    with on(day(case, 12)):
        contact, secondee = sign_in(cast.contact), sign_in(cast.secondee)
        form = {"kind": "sickness", "first_day": day(case, 11), "reason": "saw them"}
        assert contact.post(f"{home}absence/", form).url == f"{home}leave/"
        absence = case.absences.get()
        assert absence.reason == ""
        again = secondee.post(f"{home}absence/", form).content.decode()
        assert "An absence that lasts was told already" in again and "saw them" in again
        page = contact.get(absence.get_absolute_url()).content.decode()
        assert "Sickness" not in page
        assert (
            secondee.post(absence.get_absolute_url(), {"do": "end", "last_day": day(case, 12)}).url == f"{home}leave/"
        )
    assert case.absences.get().last_day == day(case, 12)


def test_leave_that_falls_into_an_absence_is_named_at_home(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    with on(day(case, 1)):
        found = leaves.ask(case, by=cast.secondee, kind="annual", first_day=day(case, 7), last_day=day(case, 20))
        other = leaves.ask(case, by=cast.secondee, kind="annual", first_day=day(case, 35), last_day=day(case, 40))
        for leave in (found, other):
            leaves.decide(leave, by=cast.manager, granted=True)
    absence = tell(case, cast.secondee)
    told = "they still count as taken"
    with on(day(case, 11)):
        for who, reads in ((cast.hr, True), (cast.manager, True), (cast.secondee, True), (cast.contact, False)):
            page = sign_in(who).get(absence.get_absolute_url()).content.decode()
            assert (who, told in page, found.get_absolute_url() in page) == (who, reads, reads)
            assert other.get_absolute_url() not in page
        assert "/leave/account/" in sign_in(cast.hr).get(absence.get_absolute_url()).content.decode()
