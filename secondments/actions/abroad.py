"""Work in another country: papers with their end, days spent elsewhere, and what the day counts say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger, workdays
from people.models import Person
from people.notify import call_off
from secondments import day_counts, placement_policies, policies, transitions
from secondments.guards import Refusal
from secondments.models import Certificate, Secondment, Trip
from secondments.states import STARTED
from secondments.transitions import NotAllowed, Refused

MANY = 200  # of one case


def _writable(case: Secondment, by: Person) -> Secondment:
    case = transitions.lock(case.pk)
    if not placement_policies.may_write_abroad(case, policies.parts_of(case, by)):
        raise NotAllowed(_("Papers and days abroad are noted by the secondee and HR of the seconder."))
    return case


@transaction.atomic
def keep(
    case: Secondment, *, by: Person, fields: dict[str, Any], certificate: Certificate | None = None
) -> Certificate:
    """Note a paper, or correct one; a new end is reminded of anew."""
    case = _writable(case, by)
    begins, ends = fields.get("valid_from"), fields.get("valid_until")
    if begins and ends and ends < begins:
        raise Refused(Refusal(_("It would end before it begins."), "valid_until"))
    if certificate is None:
        if case.certificates.count() >= MANY:
            raise Refused(_("There are a lot of papers in this case already."))
        found = Certificate(secondment=case, added_at=clock.now(), added_by=by)
    else:
        found = case.certificates.select_for_update().get(pk=certificate.pk)
        if found.ended_at:
            raise Refused(_("This paper has been put away meanwhile."))
    if found.pk and found.valid_until != ends:
        call_off(f"certificate:{found.pk}")
        found.reminded = None
    for name, value in fields.items():
        setattr(found, name, value)
    is_new = found.pk is None
    found.save()
    ledger.record("certificate.add" if is_new else "certificate.change", by=by, case_id=case.pk, kind=found.kind)
    return found


@transaction.atomic
def put_away(certificate: Certificate, *, by: Person) -> Certificate:
    """No longer needed, or replaced by another: nobody is reminded of its end."""
    case = _writable(certificate.secondment, by)
    found = case.certificates.select_for_update().get(pk=certificate.pk)
    if found.ended_at is None:
        found.ended_at, found.ended_by = clock.now(), by
        found.save()
        call_off(f"certificate:{found.pk}")
        ledger.record("certificate.put_away", by=by, case_id=case.pk, kind=found.kind)
    return found


@transaction.atomic
def note_trip(case: Secondment, *, by: Person, first_day: date, last_day: date, note: str = "") -> Trip:
    """Days that were not spent in the country, or will not be."""
    case = _writable(case, by)
    assert case.start_on and case.end_on
    if last_day < first_day:
        raise Refused(Refusal(_("The last day is before the first day."), "last_day"))
    if first_day < case.start_on or last_day > case.end_on:
        raise Refused(Refusal(_("Note days within the placement."), "first_day"))
    if case.trips.filter(first_day__lte=last_day, last_day__gte=first_day).exists():
        raise Refused(Refusal(_("Some of these days are noted already."), "first_day"))
    if case.trips.count() >= MANY:
        raise Refused(_("There are a lot of trips in this case already."))
    found = Trip.objects.create(
        secondment=case, first_day=first_day, last_day=last_day, note=note.strip(), added_at=clock.now(), added_by=by
    )
    ledger.record("trip.note", by=by, case_id=case.pk, first=str(first_day), last=str(last_day))
    return found


@transaction.atomic
def remove_trip(trip: Trip, *, by: Person) -> None:
    """Noted by mistake."""
    case = _writable(trip.secondment, by)
    found = case.trips.select_for_update().filter(pk=trip.pk).first()
    if found:
        ledger.record("trip.remove", by=by, case_id=case.pk, first=str(found.first_day), last=str(found.last_day))
        found.delete()


@dataclass(frozen=True)
class Presence:
    """Days in the country so far, how many of them were worked, and what the thresholds say."""

    days: int
    worked: int
    counts: list[day_counts.Count]


def presence(case: Secondment) -> Presence:
    """Counted for the case as it is planned now; other placements of the same person in that country count too."""
    assert case.start_on and case.end_on
    first, today = case.began_on or case.start_on, clock.today(case.zone)
    trips = list(case.trips.values_list("first_day", "last_day"))
    leave = case.leaves.filter(granted=True, cancelled_at__isnull=True).values_list("first_day", "last_day")
    absent = case.absences.filter(cancelled_at__isnull=True).values_list("first_day", "last_day")
    off = [*leave, *((begin, end or today) for begin, end in absent)]
    there = day_counts.days_present(first, case.end_on, trips)
    works = case.work_calendar()
    worked = [day for day in day_counts.days_present(first, case.end_on, off) if workdays.is_working_day(day, works)]
    past = [day for day in there if day <= today]
    return Presence(
        len(past),
        day_counts.work_days(there, worked, today),
        day_counts.counts(first, case.end_on, trips, today, _earlier(case, first)),
    )


def _earlier(case: Secondment, first: date) -> list[tuple[date, date]]:
    """Other placements of the same person in the same country that lie in the years before."""
    rows = Secondment.objects.filter(
        secondee=case.secondee_id, state__in=STARTED, end_on__gte=first - timedelta(days=366), start_on__lt=first
    ).exclude(pk=case.pk)
    here = _country(case)
    return [
        (row.began_on or row.start_on, row.end_on)
        for row in rows.select_related("host", "proposal")
        if row.start_on and row.end_on and _country(row) == here
    ]


def _country(case: Secondment) -> str:
    there = str(case.proposal.work_country)
    return there or (str(case.host.country) if case.host else "")
