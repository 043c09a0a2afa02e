"""The one door through which a paper changes its state; and locking, always the case first, then the paper."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django_fsm import can_proceed

from agreements.models import Agreement
from agreements.states import PaperKind
from people import clock, ledger
from people.models import Person
from secondments import transitions
from secondments.models import Secondment
from secondments.transitions import Refused


def lock(pk: int) -> Agreement:
    """A paper with its case, both rows held until the transaction ends."""
    secondment_id = Agreement.objects.values_list("secondment_id", flat=True).get(pk=pk)
    secondment = transitions.lock(secondment_id)
    agreement = (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("current", "current__enclosure", "review_copy")
        .defer("review_copy__content", "current__enclosure__content")
        .get(pk=pk)
    )
    agreement.secondment = secondment
    return agreement


def perform(agreement: Agreement, name: str, *, by: Person | None, reason: str = "", **facts: Any) -> Agreement:
    """Change the state of a locked paper and write the ledger; the action that calls has asked the policy.

    Raises ``Refused`` when the state does not allow it.
    """
    method = getattr(agreement, name)
    if not can_proceed(method):
        raise Refused(
            _("This cannot be done now: the paper is at “%(state)s”. Somebody may have acted meanwhile.")
            % {"state": agreement.get_state_display()}
        )
    method(at=clock.now(), by=by, reason=reason, **facts)
    agreement.save()
    Secondment.objects.filter(pk=agreement.secondment_id).update(changed_at=clock.now())
    record(agreement, name, by=by, reason=reason, **facts)
    return agreement


def record(
    agreement: Agreement, verb: str, *, by: Person | None, reason: str = "", subject: Person | None = None, **facts: Any
) -> None:
    """Write to the ledger what was done with a paper; the secondee's own contract has verbs of its own, as it has
    readers of its own.
    """
    book = "contract" if agreement.kind == PaperKind.CONTRACT else "agreement"
    plain: dict[str, Any] = {
        key: value.isoformat() if isinstance(value, date) else value for key, value in facts.items()
    }
    ledger.record(
        f"{book}.{verb}",
        by=by,
        case_id=agreement.secondment_id,
        reason=reason,
        subject=subject,
        paper=agreement.reference,
        **plain,
    )
