"""Recording how a secondment ended."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from secondments import policies, transitions
from secondments.models import Secondment
from secondments.states import State
from secondments.transitions import NotAllowed, Refused


@transaction.atomic
def record(
    secondment: Secondment, *, by: Person, outcome: str, note: str = "", returned_on: date | None = None
) -> Secondment:
    """Say where the secondee is now; may be corrected until the case is completed."""
    secondment = transitions.lock(secondment.pk)
    if not policies.may_run(secondment, by):
        raise NotAllowed(_("Only HR of the seconder records the outcome."))
    if secondment.state != State.RETURN:
        raise Refused(_("The outcome is recorded during the return."))
    secondment.outcome, secondment.outcome_note, secondment.returned_on = outcome, note.strip(), returned_on
    secondment.changed_at = clock.now()
    secondment.save()
    ledger.record("outcome.record", by=by, case_id=secondment.pk, outcome=outcome)
    return secondment
