"""What is due when: pure arithmetic of dates and policy. No database, no clock; callers pass the day.

All dates are days of the organisation's zone. Ranges include both ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Rules:
    """A policy as it was copied onto a case; lengths in days or weeks as named."""

    minimum_days: int = 14
    maximum_days: int = 1096
    advance_notice_days: int = 28
    release_lead_days: int = 14
    decision_days: int = 7
    signing_days: int = 7
    signing_expiry_days: int = 30
    two_papers: bool = False
    first_checkin_weeks: int = 2
    checkin_every_weeks: int = 4
    remind_before_days: int = 2
    remind_after_days: int = 2
    escalate_after_days: int = 5
    review_days_before: int = 30
    notice_weeks_seconder: int = 4
    notice_weeks_host: int = 4
    notice_weeks_secondee: int = 4
    minimum_service_months: int = 6
    probation_must_be_over: bool = True
    contract_must_outlast: bool = True
    months_between: int = 12
    cumulative_maximum_days: int = 1826
    extensions_maximum: int = 2
    extension_maximum_days: int = 366
    extension_days_before: int = 60
    return_meeting_days_before: int = 60
    annual_leave_days: int = 25
    long_absence_days: int = 28
    touch_every_days: int = 42
    decisions_in_sequence: bool = False
    signing_order: str = "secondee,host,seconder"
    on_cost_percent: Decimal = Decimal("20.00")
    retention_years: int = 6

    @classmethod
    def of(cls, policy: Mapping[str, Any]) -> Rules:
        """Read what a case kept; rules that it does not name have their default."""
        known: dict[str, Any] = {field.name: type(field.default) for field in fields(cls)}
        return cls(**{name: known[name](value) for name, value in policy.items() if name in known})


def length(start: date, end: date) -> int:
    """Days of a placement, both ends counted."""
    return (end - start).days + 1


def checkin_days(start: date, end: date, rules: Rules) -> list[date]:
    """Days on which check-ins are due: after the first weeks, then by rhythm, none on or after the last day."""
    due = start + timedelta(weeks=rules.first_checkin_weeks)
    days = []
    while due < end:
        days.append(due)
        due += timedelta(weeks=rules.checkin_every_weeks)
    return days


def review_opens(start: date, end: date, rules: Rules) -> date:
    """The day the review opens; never before the placement has begun."""
    return max(start, end - timedelta(days=rules.review_days_before))


def last_day_by_notice(given_on: date, weeks: int, end: date) -> date:
    """The last day when notice is given: whole weeks after the day of the notice, not after the agreed end."""
    return min(end, given_on + timedelta(weeks=weeks))


@dataclass(frozen=True)
class Rung:
    """One step of a reminder ladder: its name, and how many days it lies after the due day."""

    name: str
    after: int


LONGEST_LEAD = 14  # days before a due day; the database holds policies to that
BEFORE, ON_THE_DAY, AFTER, ESCALATE = "before", "on", "after", "escalate"


def ladder(rules: Rules) -> list[Rung]:
    """Reminders of one duty, earliest first: before, on and after the due day, then to HR."""
    rungs = [
        Rung(BEFORE, -rules.remind_before_days),
        Rung(ON_THE_DAY, 0),
        Rung(AFTER, rules.remind_after_days),
        Rung(ESCALATE, rules.escalate_after_days),
    ]
    return sorted(rungs, key=lambda rung: rung.after)


def rungs_reached(due: date, today: date, rules: Rules) -> Iterator[Rung]:
    """Rungs whose day has come.

    Of the three that go to the person only the latest reached is given: after an outage of a week nobody
    gets "due in two days" and "due today" together with "overdue". The one to HR stands for itself.
    """
    reached = [rung for rung in ladder(rules) if due + timedelta(days=rung.after) <= today]
    personal = [rung for rung in reached if rung.name != ESCALATE]
    if personal:
        yield personal[-1]
    yield from (rung for rung in reached if rung.name == ESCALATE)


def silence(last: date, today: date, every: int) -> int:
    """How many times the longest silence has passed since home was last in touch; 0 while it has not."""
    return max((today - last).days, 0) // every


@dataclass(frozen=True)
class Milestone:
    """A reminder ahead of the end (or after it): its name and the day."""

    name: str
    on: date


# Days before the current last day; a negative number lies after it. From lifecycle.md.
END_MILESTONES = {
    "extension_deadline": 90,
    "return_role": 60,
    "end_in_45": 45,
    "end_in_30": 30,
    "end_in_15": 15,
    "last_day_tomorrow": 1,
    "return_not_closed": -7,
}


def end_milestones(start: date, end: date) -> list[Milestone]:
    """Reminders that hang on the last day, earliest first, without those that fall before the start."""
    found = [Milestone(name, end - timedelta(days=before)) for name, before in END_MILESTONES.items()]
    return sorted((m for m in found if m.on >= start), key=lambda m: m.on)


def milestone_reached(start: date, end: date, today: date) -> Milestone | None:
    """The latest milestone whose day has come; earlier ones that were missed are not caught up on."""
    reached = [m for m in end_milestones(start, end) if m.on <= today]
    return reached[-1] if reached else None
