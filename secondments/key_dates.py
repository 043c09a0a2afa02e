"""The days of a placement that somebody marks in a calendar, as far as their part lets them know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from people.models import Person
from secondments import policies, timetable
from secondments.calendar_files import Day
from secondments.models import Leave, Secondment


def of(case: Secondment, reader: Person) -> Iterator[Day]:
    """First and last day, the review, the return meeting, one's own side's check-ins ahead, and leave that stands."""
    assert case.start_on and case.end_on
    parts = policies.parts_of(case, reader)
    place = case.location
    began = case.began_on or case.start_on
    yield Day("first", _("First day"), began, where=place)
    yield Day("last", _("Last day"), case.end_on, where=place)
    if policies.may_see_review(parts):
        opens = timetable.review_opens(case.start_on, case.end_on, case.rules)
        yield Day("review", _("The review opens"), opens)
    if parts & policies.HOME_SIDE:
        meeting = max(began, case.end_on - timedelta(days=case.rules.return_meeting_days_before))
        yield Day("return-meeting", _("Return meeting by"), meeting)
    for checkin in case.checkins.filter(cancelled_at__isnull=True, completed_at__isnull=True):
        if policies.may_answer(checkin, parts):
            yield Day(f"checkin-{checkin.pk}", _("Check-in"), checkin.due_on)
    reads_leave = bool(parts & (policies.HOME_SIDE | policies.AT_HOST))
    for leave in case.leaves.filter(Leave.STANDS) if reads_leave else ():
        yield Day(f"leave-{leave.key}", _("On leave"), leave.first_day, leave.last_day)
