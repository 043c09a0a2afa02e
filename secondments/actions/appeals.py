"""A refused release is looked at once more: the secondee asks, somebody of HR who did not refuse decides."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from secondments import effects, notices, policies, proposal_notices, transitions, turns
from secondments.choices import DecisionKind
from secondments.guards import Refusal
from secondments.models import Appeal, Secondment
from secondments.states import State
from secondments.transitions import NotAllowed, Refused


@transaction.atomic
def ask(case: Secondment, *, by: Person, text: str) -> Appeal:
    """Once for a case, by the secondee, against a refusal of release; HR is told."""
    case = transitions.lock(case.pk)
    if not policies.may_appeal(case, by):
        raise NotAllowed(_("The secondee can ask once for a refused release to be looked at again."))
    refused = case.decisions.get(revision=case.revision, kind=DecisionKind.RELEASE)
    if not text.strip():
        raise Refused(Refusal(_("Say why it should be looked at again."), "text"))
    assert refused.decided_by and refused.decided_at
    found = Appeal.objects.create(
        secondment=case,
        asked_by=by,
        asked_at=clock.now(),
        text=text.strip(),
        refusal=refused.reason,
        refused_by=refused.decided_by,
        refused_at=refused.decided_at,
    )
    ledger.record("appeal.ask", by=by, case_id=case.pk)
    proposal_notices.appeal_asked(found)
    return found


@transaction.atomic
def answer(appeal: Appeal, *, by: Person, granted: bool, text: str) -> Secondment:
    """HR upholds the refusal, or grants the release in the line manager's place, which goes on with the proposal.

    Granted: the decision says yes by HR, the refusal stays with the appeal; what the other two have decided holds,
    and who has not decided yet is asked anew.
    """
    case = transitions.lock(appeal.secondment_id)
    appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
    if not policies.may_run(case, by):
        raise NotAllowed(_("HR of the seconder answers an appeal."))
    if by.pk in {appeal.refused_by_id, case.line_manager_id}:
        raise NotAllowed(_("You refused this yourself; somebody else of HR answers."))
    if appeal.answered_at:
        raise Refused(_("This appeal has been answered meanwhile."))
    if not text.strip():
        raise Refused(Refusal(_("Give the reason for your answer."), "text"))
    appeal.granted, appeal.answer = granted, text.strip()
    appeal.answered_at, appeal.answered_by = clock.now(), by
    appeal.save()
    ledger.record("appeal.answer", by=by, case_id=case.pk, granted=granted)
    if granted:
        case = _grant(case, by, appeal.refused_at)
    proposal_notices.appeal_answered(appeal)
    return case


def _grant(case: Secondment, by: Person, refused_at: datetime) -> Secondment:
    release = case.decisions.get(revision=case.revision, kind=DecisionKind.RELEASE)
    if case.state != State.DECLINED or release.verdict is not False or release.decided_at != refused_at:
        raise Refused(_("The proposal has moved on since it was refused; the refusal of then cannot be undone now."))
    release.verdict, release.reason = True, ""
    release.decided_by, release.decided_at = by, clock.now()
    release.save()
    case = transitions.perform(case, "reopen", by=by, reason=_("The appeal was granted."), automatically=True)
    waiting = case.decisions.filter(revision=case.revision, verdict__isnull=True).select_related("decider")
    for decision in waiting:
        decision.due_on = clock.today(case.zone) + timedelta(days=case.rules.decision_days)
        decision.asked_at = clock.now()
        decision.save(update_fields=["due_on", "asked_at"])
        decision.secondment = case
        notices.decision_asked(decision, again=True)
    if not waiting and case.rules.decisions_in_sequence:
        effects.ask_next_decision(case, case.owner)
    elif not waiting and case.decisions.filter(revision=case.revision, verdict=True).count() == len(DecisionKind):
        return transitions.perform(case, "approve", by=by, automatically=True)
    turns.settle(case)
    return case
