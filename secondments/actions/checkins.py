"""Filling in a check-in."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.notify import call_off
from secondments import notices, policies, transitions, turns
from secondments.choices import LOW
from secondments.models import CheckIn
from secondments.transitions import NotAllowed, Refused

ANSWERS = ("going", "progress", "support", "wants_contact", "note_to_hr")


@transaction.atomic
def complete(checkin: CheckIn, *, by: Person, answers: dict[str, Any]) -> CheckIn:
    """Keep the answers, stop the reminders; a low answer or a wish to be contacted reaches HR at once."""
    secondment = transitions.lock(checkin.secondment_id)
    checkin = secondment.checkins.select_for_update().get(pk=checkin.pk)
    if not policies.may_answer(checkin, policies.parts_of(secondment, by)):
        raise NotAllowed(_("This check-in is for %(name)s to fill in.") % {"name": checkin.person})
    if checkin.completed_at:
        raise Refused(_("This check-in has been filled in already."))
    if checkin.cancelled_at:
        raise Refused(_("This check-in was called off, as the placement changed."))
    for name in ANSWERS:
        setattr(checkin, name, answers[name])
    checkin.completed_at = clock.now()
    checkin.person = by  # who was asked may have a deputy, a successor or a supervisor beside them
    checkin.save()
    call_off(f"checkin:{checkin.pk}")
    ledger.record(
        "checkin.complete", by=by, case_id=secondment.pk, party=checkin.party, due_on=checkin.due_on.isoformat()
    )
    checkin.secondment = secondment
    if checkin.going in LOW or checkin.wants_contact or checkin.note_to_hr.strip():
        notices.checkin_needs_attention(checkin)
    turns.settle(secondment)
    return checkin
