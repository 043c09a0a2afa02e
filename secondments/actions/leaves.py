"""Leave: asked by the secondee, decided at the seconder, told to the host."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.notify import call_off
from secondments import leave_days, placement_notices, placement_policies, policies, transitions
from secondments.guards import Refusal
from secondments.models import Leave, LeaveAccount, Secondment
from secondments.states import CLOSED
from secondments.transitions import NotAllowed, Refused

ANSWER_WITHIN = 5  # days, or by the day before the leave where that comes first
MANY = 200  # of one case


@transaction.atomic
def ask(
    case: Secondment,
    *,
    by: Person,
    kind: str,
    first_day: date,
    last_day: date,
    starts_at_noon: bool = False,
    ends_at_noon: bool = False,
    note: str = "",
) -> Leave:
    """Ask for leave within the placement; the line manager is asked, by the day before it begins at the latest."""
    case = transitions.lock(case.pk)
    if not placement_policies.may_ask_leave(case, by):
        raise NotAllowed(_("Leave is asked for by the secondee, until the last day of the placement."))
    refusals = _impossible(case, first_day, last_day, starts_at_noon, ends_at_noon)
    if refusals:
        raise Refused(*refusals)
    days = leave_days.days_taken(
        first_day, last_day, case.work_calendar(), from_noon=starts_at_noon, until_noon=ends_at_noon
    )
    if days <= 0:
        raise Refused(Refusal(_("None of these days is a working day at the place of work."), "first_day"))
    today = clock.today(case.zone)
    found = Leave.objects.create(
        secondment=case,
        kind=kind,
        first_day=first_day,
        last_day=last_day,
        starts_at_noon=starts_at_noon,
        ends_at_noon=ends_at_noon,
        days=days,
        note=note.strip(),
        asked_at=clock.now(),
        asked_by=by,
        due_on=max(today, min(today + timedelta(days=ANSWER_WITHIN), first_day - timedelta(days=1))),
    )
    ledger.record("leave.ask", by=by, case_id=case.pk, first=str(first_day), last=str(last_day))
    placement_notices.leave_asked(found)
    return found


def _impossible(case: Secondment, first: date, last: date, from_noon: bool, until_noon: bool) -> list[Refusal]:
    assert case.start_on and case.end_on
    if last < first:
        return [Refusal(_("The last day is before the first day."), "last_day")]
    if first == last and from_noon and until_noon:
        return [Refusal(_("From noon until noon of the same day is no time at all."), "ends_at_noon")]
    found = []
    if first < case.start_on:
        day = date_format(case.start_on, "j M Y")
        found.append(Refusal(_("The placement begins on %(day)s; ask at home before.") % {"day": day}, "first_day"))
    if last > case.end_on:
        day = date_format(case.end_on, "j M Y")
        found.append(Refusal(_("The placement ends on %(day)s; ask at home after.") % {"day": day}, "last_day"))
    standing = case.leaves.filter(cancelled_at__isnull=True, first_day__lte=last, last_day__gte=first)
    for row in standing.exclude(granted=False):
        words = placement_notices.days_in_words(row.first_day, row.last_day)
        found.append(
            Refusal(_("There is leave from %(first)s to %(last)s already: call it off first.") % words, "first_day")
        )
    if case.leaves.count() >= MANY:
        found.append(Refusal(_("There is a lot of leave in this case already: talk to HR."), "first_day"))
    return found


def _held(leave: Leave) -> Leave:
    case = transitions.lock(leave.secondment_id)
    leave = case.leaves.select_for_update().get(pk=leave.pk)
    leave.secondment = case
    return leave


@transaction.atomic
def decide(leave: Leave, *, by: Person, granted: bool, reason: str = "") -> Leave:
    """Grant or refuse; the host is told the days of what is granted."""
    leave = _held(leave)
    if not placement_policies.may_decide_leave(leave.secondment, by):
        raise NotAllowed(_("Leave is decided by the line manager or HR of the seconder."))
    if leave.cancelled_at:
        raise Refused(_("It has been called off meanwhile."))
    if leave.granted is not None:
        raise Refused(_("This has been answered meanwhile."))
    if not granted and not reason.strip():
        raise Refused(Refusal(_("Say why it is refused."), "reason"))
    leave.granted, leave.reason = granted, reason.strip()
    leave.decided_at, leave.decided_by = clock.now(), by
    leave.save()
    call_off(f"leave:{leave.pk}")
    ledger.record(
        "leave.grant" if granted else "leave.refuse",
        by=by,
        case_id=leave.secondment_id,
        first=str(leave.first_day),
        last=str(leave.last_day),
    )
    placement_notices.leave_decided(leave)
    return leave


@transaction.atomic
def cancel(leave: Leave, *, by: Person) -> Leave:
    """The secondee calls leave off until it is over; HR of the seconder too."""
    leave = _held(leave)
    parts = policies.parts_of(leave.secondment, by)
    if not parts & placement_policies.CANCELS_LEAVE:
        raise NotAllowed(_("Leave is called off by the secondee or HR of the seconder."))
    if leave.cancelled_at or leave.granted is False:
        return leave
    if leave.last_day < clock.today(leave.secondment.zone):
        raise Refused(_("These days are over."))
    return _cancel(leave, by)


def _cancel(leave: Leave, by: Person) -> Leave:
    stood = leave.granted is True
    leave.cancelled_at, leave.cancelled_by = clock.now(), by
    leave.save()
    call_off(f"leave:{leave.pk}")
    ledger.record(
        "leave.cancel", by=by, case_id=leave.secondment_id, first=str(leave.first_day), last=str(leave.last_day)
    )
    placement_notices.leave_cancelled(leave, by, stood)
    return leave


def trim(case: Secondment, *, by: Person) -> None:
    """The last day has moved forward: leave after it is called off, leave across it ends with it."""
    assert case.end_on
    works = case.work_calendar()
    beyond = case.leaves.filter(cancelled_at__isnull=True, last_day__gt=case.end_on).exclude(granted=False)
    for leave in beyond.select_for_update():
        leave.secondment = case
        days = (
            Decimal(0)
            if leave.first_day > case.end_on
            else leave_days.days_taken(leave.first_day, case.end_on, works, from_noon=leave.starts_at_noon)
        )
        if days <= 0:
            _cancel(leave, by)
            continue
        leave.last_day, leave.ends_at_noon, leave.days = case.end_on, False, days
        leave.save()
        ledger.record("leave.shorten", by=by, case_id=case.pk, first=str(leave.first_day), last=str(leave.last_day))
        placement_notices.leave_shortened(leave)


def count_again(case: Secondment, since: date, *, by: Person) -> None:
    """Other days of the week are worked from a day on: leave that is not over takes as many days as are worked now."""
    works, begins = case.work_calendar(), max(since, clock.today(case.zone))
    ahead = case.leaves.filter(cancelled_at__isnull=True, last_day__gte=begins).exclude(granted=False)
    for leave in ahead.select_for_update():
        leave.secondment = case
        noons = {"from_noon": leave.starts_at_noon, "until_noon": leave.ends_at_noon}
        days = leave_days.days_taken(leave.first_day, leave.last_day, works, **noons)
        if days <= 0:
            _cancel(leave, by)
        elif days != leave.days:
            leave.days = days
            leave.save()
            ledger.record("leave.count", by=by, case_id=case.pk, first=str(leave.first_day), last=str(leave.last_day))


@transaction.atomic
def set_account(case: Secondment, *, by: Person, yearly_days: Decimal, brought_in: Decimal) -> LeaveAccount:
    """HR says what leave there is, where it is not what the policy gives."""
    case = transitions.lock(case.pk)
    if not policies.may_run(case, by):
        raise NotAllowed(_("HR of the seconder says how much leave there is."))
    if case.state in CLOSED:
        raise Refused(_("The case is closed."))
    found, _is_new = LeaveAccount.objects.update_or_create(
        secondment=case,
        defaults={"yearly_days": yearly_days, "brought_in": brought_in, "set_at": clock.now(), "set_by": by},
    )
    ledger.record("leave.account", by=by, case_id=case.pk)
    return found
