"""Check-ins: filling one in, keeping a draft of it, asking for another, and how often they come."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.notify import call_off
from secondments import effects, notices, placement_notices, policies, transitions, turns
from secondments.choices import LOW, Part, Party, Standing
from secondments.guards import Refusal
from secondments.models import CheckIn, CheckInProgress, Secondment
from secondments.states import PLACED
from secondments.transitions import NotAllowed, Refused

ANSWERS = ("going", "progress", "skills", "support", "wants_contact", "note_to_hr")
MANY = 200  # of one case
Standings = Mapping[int, tuple[str, str]]  # by an objective's id: how it stands, and a note


def _held(checkin: CheckIn, by: Person) -> CheckIn:
    secondment = transitions.lock(checkin.secondment_id)
    checkin = secondment.checkins.select_for_update().get(pk=checkin.pk)
    if not policies.may_answer(checkin, policies.parts_of(secondment, by)):
        raise NotAllowed(_("This check-in is for %(name)s to fill in.") % {"name": checkin.person})
    if checkin.completed_at:
        raise Refused(_("This check-in has been filled in already."))
    if checkin.cancelled_at:
        raise Refused(_("This check-in was called off, as the placement changed."))
    checkin.secondment = secondment
    return checkin


@transaction.atomic
def complete(
    checkin: CheckIn, *, by: Person, answers: Mapping[str, Any], standings: Standings | None = None
) -> CheckIn:
    """Keep the answers, stop the reminders; a low answer or a wish to be contacted reaches HR at once."""
    checkin = _held(checkin, by)
    secondment = checkin.secondment
    _take(checkin, answers)
    checkin.completed_at = clock.now()
    checkin.drafted_at = checkin.drafted_by = None
    checkin.person = by  # who was asked may have a deputy, a successor or a supervisor beside them
    checkin.save()
    _keep_standings(checkin, standings or {})
    call_off(f"checkin:{checkin.pk}")
    ledger.record(
        "checkin.complete", by=by, case_id=secondment.pk, party=checkin.party, due_on=checkin.due_on.isoformat()
    )
    is_at_risk = any(standing == Standing.AT_RISK for standing, _note in (standings or {}).values())
    if checkin.going in LOW or checkin.wants_contact or checkin.note_to_hr.strip() or is_at_risk:
        checkin.needs_attention = True
        checkin.save(update_fields=["needs_attention"])
        notices.checkin_needs_attention(checkin)
    turns.settle(secondment)
    return checkin


@transaction.atomic
def attend(checkin: CheckIn, *, by: Person, note: str) -> CheckIn:
    """HR says what was done about a check-in that asked for attention; it leaves HR's list."""
    secondment = transitions.lock(checkin.secondment_id)
    checkin = secondment.checkins.select_for_update().get(pk=checkin.pk)
    if Part.HR_SECONDER not in policies.parts_of(secondment, by):
        raise NotAllowed(_("HR of the seconder sees to it."))
    if not checkin.needs_attention:
        raise Refused(_("Nothing in this check-in asks for attention."))
    if checkin.attended_at:
        raise Refused(_("Somebody has seen to it already."))
    if not note.strip():
        raise Refused(Refusal(_("Say in a sentence what was done."), "note"))
    checkin.attended_at, checkin.attended_by, checkin.attended_note = clock.now(), by, note.strip()
    checkin.save()
    call_off(f"case:{secondment.pk}:checkin-attention:{checkin.pk}")
    ledger.record("checkin.attend", by=by, case_id=secondment.pk, due_on=checkin.due_on.isoformat())
    return checkin


@transaction.atomic
def share(checkin: CheckIn, *, by: Person, summary: str) -> CheckIn:
    """HR tells the line manager in words of its own what a check-in said; the answers stay where they are."""
    secondment = transitions.lock(checkin.secondment_id)
    checkin = secondment.checkins.select_for_update().get(pk=checkin.pk)
    checkin.secondment = secondment
    if Part.HR_SECONDER not in policies.parts_of(secondment, by):
        raise NotAllowed(_("HR of the seconder says what the line manager is told."))
    if checkin.completed_at is None:
        raise Refused(_("This check-in has not been filled in yet."))
    if not summary.strip():
        raise Refused(Refusal(_("Write what the line manager is to know."), "summary"))
    if checkin.shared_at:
        raise Refused(_("A summary of it was shared already."))
    checkin.summary, checkin.shared_at, checkin.shared_by = summary.strip(), clock.now(), by
    checkin.save()
    placement_notices.checkin_shared(checkin, by)
    ledger.record("checkin.share", by=by, case_id=secondment.pk, due_on=checkin.due_on.isoformat())
    return checkin


@transaction.atomic
def keep_draft(
    checkin: CheckIn, *, by: Person, answers: Mapping[str, Any], standings: Standings | None = None
) -> CheckIn:
    """Keep what was written so far, for whoever wrote it; it is not handed in, and reminders go on."""
    checkin = _held(checkin, by)
    _take(checkin, answers)
    checkin.drafted_at, checkin.drafted_by = clock.now(), by
    checkin.save()
    _keep_standings(checkin, standings or {})
    return checkin


def _take(checkin: CheckIn, answers: Mapping[str, Any]) -> None:
    for name in ANSWERS:
        if name in answers:
            setattr(checkin, name, answers[name])


def _keep_standings(checkin: CheckIn, standings: Standings) -> None:
    checkin.standings.all().delete()
    CheckInProgress.objects.bulk_create(
        CheckInProgress(checkin=checkin, objective_id=pk, standing=standing, note=note)
        for pk, (standing, note) in standings.items()
    )


@transaction.atomic
def ask_extra(case: Secondment, *, by: Person, parties: Collection[str], due_on: date, because: str) -> list[CheckIn]:
    """Another check-in besides the rhythm: HR and the line manager of either side, secondee and host of themselves."""
    case = transitions.lock(case.pk)
    allowed = policies.extra_checkins_of(case, by)
    if not parties or not set(parties) <= set(allowed):
        raise NotAllowed(_("You ask for check-ins of your own side; HR and the line manager ask either."))
    if case.state not in PLACED:
        raise Refused(_("There are check-ins while a placement runs."))
    assert case.secondee and case.host_contact and case.end_on
    if not clock.today(case.zone) <= due_on <= case.end_on:
        day = date_format(case.end_on, "j M Y")
        raise Refused(Refusal(_("Choose a day from today to the last day, %(day)s.") % {"day": day}, "due_on"))
    if case.checkins.count() >= MANY:
        raise Refused(_("There are many check-ins in this case already: talk to each other."))
    asked = {Party.SECONDEE: case.secondee, Party.HOST: case.host_contact}
    taken = case.checkins.filter(cancelled_at__isnull=True, due_on=due_on, party__in=parties)
    if taken.exists():
        raise Refused(Refusal(_("There is a check-in on that day already."), "due_on"))
    found = [
        CheckIn.objects.create(
            secondment=case,
            party=party,
            person=asked[Party(party)],
            due_on=due_on,
            asked_by=by,
            asked_because=because.strip(),
        )
        for party in parties
    ]
    ledger.record("checkin.ask", by=by, case_id=case.pk, due_on=str(due_on), parties=sorted(parties))
    for checkin in found:
        placement_notices.checkin_asked(checkin, by)
    turns.settle(case)
    return found


@transaction.atomic
def change_rhythm(case: Secondment, *, by: Person, every_weeks: int) -> Secondment:
    """How often check-ins come in this case from now on. Those ahead that follow the rhythm are planned anew.

    Extra ones, those that are due already, and those that somebody has begun to fill in stay.
    """
    case = transitions.lock(case.pk)
    if not policies.may_run(case, by):
        raise NotAllowed(_("HR of the seconder says how often there are check-ins."))
    if case.state not in PLACED:
        raise Refused(_("There are check-ins while a placement runs."))
    if not 1 <= every_weeks <= 26:
        raise Refused(Refusal(_("Between 1 and 26 weeks."), "every_weeks"))
    before = case.rules.checkin_every_weeks
    if before == every_weeks:
        return case
    case.policy["checkin_every_weeks"] = every_weeks
    case.changed_at = clock.now()
    case.save()
    today = clock.today(case.zone)
    ahead = case.checkins.filter(CheckIn.PENDING, due_on__gt=today, asked_by__isnull=True, drafted_at__isnull=True)
    effects.call_off_checkins(ahead)
    known = set(case.checkins.filter(cancelled_at__isnull=True).values_list("due_on", flat=True))
    effects.schedule_checkins(case, by, known=known | {today})
    ledger.record("checkin.rhythm", by=by, case_id=case.pk, before=before, after=every_weeks)
    turns.settle(case)
    return case
