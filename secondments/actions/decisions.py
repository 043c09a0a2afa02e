"""Releasing, consenting, accepting, or declining."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.notify import call_off
from secondments import effects, notices, policies, transitions, turns
from secondments.actions import case_parts
from secondments.choices import DecisionKind
from secondments.guards import Refusal
from secondments.models import Decision, Secondment
from secondments.states import State
from secondments.transitions import NotAllowed, Refused


@transaction.atomic
def decide(
    decision: Decision, *, by: Person, verdict: bool, reason: str = "", signatory: Person | None = None
) -> Secondment:
    """Give a decision on the revision it was asked for; the third yes approves, a no declines.

    Who accepts for the host says who signs for it: ``signatory``, or whom the seconder suggested.

    Order: lock the case, ask, write the decision and its ledger entry, then let the door move the case.
    """
    secondment = transitions.lock(decision.secondment_id)
    decision = secondment.decisions.select_related("decider").get(pk=decision.pk)
    decision.secondment = secondment
    reason = reason.strip()
    if not policies.may_decide(decision, by):
        raise NotAllowed(_("This decision is for %(name)s to give.") % {"name": decision.decider})
    if decision.verdict is not None:
        raise Refused(_("You have decided already."))
    if secondment.state != State.PROPOSAL or decision.revision != secondment.revision:
        raise Refused(_("The proposal has changed or moved on since you were asked; this decision is no longer open."))
    if secondment.decisions.filter(revision=secondment.revision, verdict=True, decided_by=by).exists():
        raise Refused(_("You have decided for another party of this case already; somebody else decides this."))
    if not verdict and not reason:
        raise Refused(Refusal(_("Say why you decline."), "reason"))
    if verdict and decision.kind == DecisionKind.ACCEPTANCE:
        case_parts.confirm_signatory(secondment, signatory, by=by)

    decision.verdict, decision.reason = verdict, reason
    decision.decided_at, decision.decided_by = clock.now(), by
    decision.save()
    call_off(f"decision:{decision.pk}")
    ledger.record(
        f"decision.{decision.kind}",
        by=by,
        case_id=secondment.pk,
        verdict=verdict,
        # Why somebody declined is read on the case by those who may; the ledger says that it was given.
        revision=decision.revision,
    )
    if not verdict:
        notices.declined_privately(secondment, decision)
        return transitions.perform(
            secondment, "decline", by=by, reason=_("See the decision."), automatically=True, kind=decision.kind
        )
    if secondment.decisions.filter(revision=secondment.revision, verdict=True).count() == 3:
        return transitions.perform(secondment, "approve", by=by, automatically=True)
    effects.ask_next_decision(secondment, secondment.owner)
    turns.settle(secondment)
    return secondment
