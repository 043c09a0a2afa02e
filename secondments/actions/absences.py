"""Absence that happens: told by whoever learns of it, to both sides, without the reason."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from secondments import (
    charging,
    effects,
    leave_days,
    placement_notices,
    placement_policies,
    policies,
    sweeps,
    transitions,
    turns,
)
from secondments.actions import concerns
from secondments.choices import Party
from secondments.guards import Refusal
from secondments.models import Absence, CheckIn, Secondment
from secondments.states import PLACED
from secondments.transitions import NotAllowed, Refused

MANY = 200  # of one case


@transaction.atomic
def tell(
    case: Secondment,
    *,
    by: Person,
    kind: str,
    first_day: date,
    expected_until: date | None = None,
    last_day: date | None = None,
    reason: str = "",
) -> Absence:
    """Say that the secondee is, or was, away. A reason is taken from the secondee and HR alone."""
    case = transitions.lock(case.pk)
    if not placement_policies.may_tell_absence(case, by):
        raise NotAllowed(_("An absence is told by the secondee, the line manager, HR or the host while it runs."))
    refusals = _impossible(case, first_day, expected_until, last_day)
    if refusals:
        raise Refused(*refusals)
    knows = placement_policies.may_read_absence_reason(case, by)
    found = Absence.objects.create(
        secondment=case,
        kind=kind,
        first_day=first_day,
        expected_until=expected_until,
        last_day=last_day,
        reason=reason.strip() if knows else "",
        told_at=clock.now(),
        told_by=by,
    )
    ledger.record("absence.tell", by=by, case_id=case.pk, first=str(first_day))
    charging.replan(case)
    if last_day:
        _skip_checkins(found)
    placement_notices.absence_told(found, by)
    return found


def _impossible(case: Secondment, first: date, expected: date | None, last: date | None) -> list[Refusal]:
    assert case.start_on and case.end_on
    today, found = clock.today(case.zone), []
    if first < case.start_on or first > today:
        day = date_format(case.start_on, "j M Y")
        found.append(
            Refusal(_("The first day away lies between the first day, %(day)s, and today.") % {"day": day}, "first_day")
        )
    if expected and expected < first:
        found.append(Refusal(_("This is before the first day away."), "expected_until"))
    if last and last < first:
        found.append(Refusal(_("This is before the first day away."), "last_day"))
    elif last and last > today:
        found.append(Refusal(_("This day has not come yet: give it as expected."), "last_day"))
    if last is None and case.absences.filter(last_day__isnull=True, cancelled_at__isnull=True).exists():
        found.append(Refusal(_("An absence that lasts was told already: end it first."), "first_day"))
    if case.absences.count() >= MANY:
        found.append(Refusal(_("There are many absences in this case already: talk to HR."), "first_day"))
    return found


def _held(absence: Absence, by: Person) -> Absence:
    case = transitions.lock(absence.secondment_id)
    absence = case.absences.select_for_update().get(pk=absence.pk)
    absence.secondment = case
    if not placement_policies.may_tell_absence(case, by):
        raise NotAllowed(_("An absence is told by the secondee, the line manager, HR or the host while it runs."))
    if absence.cancelled_at:
        raise Refused(_("This absence was taken back."))
    return absence


@transaction.atomic
def end(absence: Absence, *, by: Person, last_day: date) -> Absence:
    """The secondee is back; ``last_day`` was the last one away. It can be corrected."""
    absence = _held(absence, by)
    if last_day < absence.first_day:
        raise Refused(Refusal(_("This is before the first day away."), "last_day"))
    if last_day > clock.today(absence.secondment.zone):
        raise Refused(Refusal(_("This day has not come yet."), "last_day"))
    if absence.last_day == last_day:
        return absence
    absence.last_day = last_day
    absence.save()
    ledger.record("absence.end", by=by, case_id=absence.secondment_id, last=str(last_day))
    charging.replan(absence.secondment)
    _skip_checkins(absence)
    placement_notices.absence_ended(absence, by)
    return absence


NEXT_IS_NEAR = timedelta(days=7)


def _skip_checkins(absence: Absence) -> None:
    """Of the secondee's regular check-ins that came while they were away the last stands, where the next is far.

    Those that were skipped for the same absence before are taken up first: its last day may have been corrected.
    """
    case, first, last = absence.secondment, absence.first_day, absence.last_day
    for skipped in absence.skipped.all():
        if not case.checkins.filter(party=skipped.party, due_on=skipped.due_on, cancelled_at__isnull=True).exists():
            skipped.cancelled_at = None
        skipped.skipped_for = None
        skipped.save(update_fields=["cancelled_at", "skipped_for"])
    if last is None or absence.cancelled_at:
        turns.settle(case)
        return
    own = case.checkins.filter(CheckIn.PENDING, party=Party.SECONDEE, asked_by__isnull=True, drafted_at__isnull=True)
    missed = own.filter(due_on__range=(first, last)).order_by("-due_on")
    is_near = own.filter(due_on__gt=last, due_on__lte=last + NEXT_IS_NEAR + timedelta(days=1)).exists()
    gone = list(missed.values_list("pk", flat=True))[0 if is_near else 1 :]
    case.checkins.filter(pk__in=gone).update(skipped_for=absence)
    effects.call_off_checkins(own.filter(pk__in=gone))
    turns.settle(case)


@transaction.atomic
def take_back(absence: Absence, *, by: Person) -> Absence:
    """It was told by mistake; whoever told it, or HR of the seconder, says so."""
    absence = _held(absence, by)
    if absence.told_by_id != by.pk and not policies.may_run(absence.secondment, by):
        raise NotAllowed(_("Whoever told an absence, or HR of the seconder, takes it back."))
    absence.cancelled_at, absence.cancelled_by = clock.now(), by
    absence.save()
    ledger.record("absence.take_back", by=by, case_id=absence.secondment_id, first=str(absence.first_day))
    charging.replan(absence.secondment)
    _skip_checkins(absence)
    placement_notices.absence_cancelled(absence, by)
    return absence


@transaction.atomic
def read_reason(absence: Absence, *, by: Person) -> str:
    """Why somebody is away; a look of HR's is in the ledger."""
    case = absence.secondment
    if not placement_policies.may_read_absence_reason(case, by):
        raise NotAllowed(_("Why somebody is absent is read by HR of the seconder and by themselves."))
    if by.pk != case.secondee_id:
        ledger.record("absence.read", by=by, case_id=case.pk, subject=case.secondee, first=str(absence.first_day))
    return absence.reason


def watch() -> int:
    """Raise every absence that has become long by its case's policy; returns how many. Each in its own transaction.

    No threshold is shorter than a day, so that the index is asked for absences of yesterday and before.
    """
    latest = sweeps.latest_day()
    watched = Absence.objects.filter(
        concern__isnull=True, cancelled_at__isnull=True, first_day__lte=latest, secondment__state__in=PLACED
    )
    raised = 0
    for absence in watched.select_related("secondment__seconder").order_by("first_day", "pk").iterator(sweeps.BATCH):
        case = absence.secondment
        away = leave_days.days_away(absence.first_day, absence.last_day, clock.today(case.zone))
        if away >= case.rules.long_absence_days and _raise(absence.pk):
            raised += 1
    return raised


@transaction.atomic
def _raise(pk: int) -> bool:
    """Once, whoever else looks at the same moment."""
    found = Absence.objects.filter(pk=pk, concern__isnull=True, cancelled_at__isnull=True).first()
    if found is None:
        return False
    case = transitions.lock(found.secondment_id)
    found = case.absences.select_for_update().get(pk=pk)
    if found.concern_id or found.cancelled_at:
        return False
    concerns.report_long_absence(found)
    charging.replan(case)
    return True
