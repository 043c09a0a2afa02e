"""An organisation's rules, version by version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from people import clock
from people.access import Denied, Refused
from people.actions import policy_versions
from people.forms.policy import RULES
from people.models import LedgerEntry, Person, Policy
from secondments.timetable import Rules
from tests.cast import Cast

SignIn = Callable[[Person], Client]
DAY = timedelta(days=1)


@pytest.fixture
def today(cast: Cast) -> date:
    return clock.today("Europe/London")


def given(effective_from: date, **changes: Any) -> dict[str, Any]:
    """What the page sends when only some rules are changed."""
    usual = Policy()
    answers = {rule: getattr(usual, rule) for rule in RULES} | changes
    sent = {rule: "on" if value is True else value for rule, value in answers.items() if value is not False}
    return {"effective_from": effective_from.isoformat(), "note": "because", **sent}


def test_page_has_every_rule_that_steers_something() -> None:
    assert set(RULES) == set(Policy.RULES)
    assert set(RULES) <= set(Rules.__dataclass_fields__)


@pytest.mark.parametrize("days", [0, 40])
def test_saving_makes_a_new_version(cast: Cast, today: date, sign_in: SignIn, days: int) -> None:
    Policy.objects.create(organisation=cast.northwind, effective_from=today - 9 * DAY)
    since = today + timedelta(days=days)
    path = f"/organisations/{cast.northwind.key}/policy/"
    answer = sign_in(cast.hr).post(f"{path}new/", given(since, decision_days=9))
    assert (answer.status_code, answer.url) == (302, path)
    assert Policy.objects.on(cast.northwind, since - DAY).decision_days == 7
    new = Policy.objects.on(cast.northwind, since)
    assert (new.decision_days, new.made_by, new.note) == (9, cast.hr, "because")
    assert LedgerEntry.objects.get(verb="policy.make").facts["changed"] == [["days for a decision", "7", "9"]]


def test_rules_are_not_changed_for_the_past(cast: Cast, today: date, sign_in: SignIn) -> None:
    path = f"/organisations/{cast.northwind.key}/policy/new/"
    page = sign_in(cast.hr).post(path, given(today - DAY, decision_days=9))
    assert page.context["form"].errors == {
        "effective_from": ["Rules are not changed for the past: choose today or a later day."]
    }
    assert not Policy.objects.exists()
    assert 'value="9"' in page.content.decode()


@pytest.mark.parametrize(
    ("rule", "value", "field", "sentence"),
    [
        ("maximum_days", 13, "maximum_days", "This is less than the shortest secondment."),
        ("remind_before_days", 15, "remind_before_days", "Give at most 14 days."),
        ("checkin_every_weeks", 0, "checkin_every_weeks", "Give at least 1 week."),
        ("decision_days", -1, "decision_days", "Ensure this value is greater than or equal to 0."),
        ("signing_order", "host", "signing_order", "Select a valid choice. host is not one of the available choices."),
        ("note", "", "note", "This field is required."),
    ],
)
def test_impossible_rule_is_said_at_its_field(
    cast: Cast, today: date, sign_in: SignIn, rule: str, value: Any, field: str, sentence: str
) -> None:
    path = f"/organisations/{cast.northwind.key}/policy/new/"
    page = sign_in(cast.hr).post(path, given(today) | {rule: value})
    assert page.context["form"].errors == {field: [sentence]}
    assert not Policy.objects.exists()


def test_two_versions_do_not_begin_on_one_day(cast: Cast, today: date, sign_in: SignIn) -> None:
    Policy.objects.create(organisation=cast.northwind, effective_from=today)
    path = f"/organisations/{cast.northwind.key}/policy/new/"
    page = sign_in(cast.hr).post(path, given(today))
    assert page.context["form"].errors == {
        "effective_from": ["Another version begins on that day; choose another day."]
    }


def test_version_that_has_not_begun_is_changed_and_removed(cast: Cast, today: date, sign_in: SignIn) -> None:
    client, path = sign_in(cast.hr), f"/organisations/{cast.northwind.key}/policy/"
    version = Policy.objects.create(organisation=cast.northwind, effective_from=today + DAY)
    client.post(f"{path}{version.pk}/", given(today + 5 * DAY, decision_days=9))
    version.refresh_from_db()
    assert (version.effective_from, version.decision_days) == (today + 5 * DAY, 9)
    client.post(f"{path}{version.pk}/remove/")
    assert not Policy.objects.exists()
    verbs = LedgerEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["policy.edit", "policy.remove"]


@pytest.mark.parametrize("days", [0, 9])
def test_version_that_has_begun_is_neither_changed_nor_removed(
    cast: Cast, today: date, sign_in: SignIn, days: int
) -> None:
    version = Policy.objects.create(organisation=cast.northwind, effective_from=today - timedelta(days=days))
    client, path = sign_in(cast.hr), f"/organisations/{cast.northwind.key}/policy/{version.pk}/"
    answers = [client.get(path), client.post(path, given(today + DAY)), client.post(f"{path}remove/")]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    for act in (
        lambda: policy_versions.edit(version, by=cast.hr, effective_from=today + DAY, rules={}, note=""),
        lambda: policy_versions.remove(version, by=cast.hr),
    ):
        with pytest.raises(Refused, match="is in force, or was"):
            act()
    assert Policy.objects.get() == version


@pytest.mark.parametrize("role", ["finance", "viewer", "host_hr", "stranger_hr"])
def test_only_hr_changes_rules(cast: Cast, today: date, role: str) -> None:
    with pytest.raises(Denied):
        policy_versions.make(cast.northwind, by=cast.people[role], effective_from=today, rules={}, note="")


def test_case_keeps_the_rules_it_was_submitted_under(cast: Cast, today: date) -> None:
    case = cast.proposal()
    policy_versions.make(cast.northwind, by=cast.hr, effective_from=today, rules={"decision_days": 21}, note="more")
    case.refresh_from_db()
    assert case.rules.decision_days == 7
    later = cast.proposal(is_full_time=False, weekly_hours=1, secondee=cast.viewer)
    assert later.rules.decision_days == 21


def test_versions_are_listed_with_what_they_changed(cast: Cast, today: date, sign_in: SignIn) -> None:
    for days, decision_days in ((-9, 7), (-1, 8), (9, 12)):
        Policy.objects.create(
            organisation=cast.northwind, effective_from=today + timedelta(days=days), decision_days=decision_days
        )
    page = sign_in(cast.viewer).get(f"/organisations/{cast.northwind.key}/policy/")
    assert [(v.decision_days, changed, when) for v, changed, when in page.context["versions"]] == [
        (12, [("days for a decision", "8", "12")], "to come"),
        (8, [("days for a decision", "7", "8")], "in force"),
        (7, [], "past"),
    ]
