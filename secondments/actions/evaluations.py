"""Looking back: the three evaluations, and the conclusion by HR."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.notify import call_off
from secondments import guards, policies, transitions, turns
from secondments.guards import Refusal
from secondments.models import Evaluation, ObjectiveResult, Secondment
from secondments.states import State
from secondments.transitions import NotAllowed, Refused


@transaction.atomic
def complete(
    evaluation: Evaluation, *, by: Person, answers: dict[str, Any], results: dict[int, tuple[str, str]]
) -> Evaluation:
    """Keep one party's view. ``results`` maps an objective's id to its result and the evidence."""
    secondment = transitions.lock(evaluation.secondment_id)
    evaluation = secondment.evaluations.select_for_update().get(pk=evaluation.pk)
    if not policies.may_evaluate(evaluation, policies.parts_of(secondment, by)):
        raise NotAllowed(_("This evaluation is for %(name)s to write.") % {"name": evaluation.person})
    if evaluation.completed_at:
        raise Refused(_("You have handed in your evaluation already."))
    if secondment.review_concluded_at or secondment.state != State.REVIEW:
        raise Refused(_("HR has concluded the review; it can no longer be added to."))
    evaluation.what_worked = answers["what_worked"]
    evaluation.skills = answers["skills"]
    evaluation.would_repeat = answers["would_repeat"]
    evaluation.completed_at = clock.now()
    evaluation.person = by
    evaluation.save()
    ObjectiveResult.objects.bulk_create(
        ObjectiveResult(evaluation=evaluation, objective=objective, result=result, evidence=evidence)
        for objective in secondment.objectives.all()
        for result, evidence in [results[objective.pk]]
    )
    call_off(f"evaluation:{evaluation.pk}")
    ledger.record("evaluation.complete", by=by, case_id=secondment.pk, party=evaluation.party)
    turns.settle(secondment)
    return evaluation


@transaction.atomic
def conclude(secondment: Secondment, *, by: Person, conclusion: str, waived_because: str = "") -> Secondment:
    """HR sums up; the evaluations are released to the three. After the last day this begins the return."""
    secondment = transitions.lock(secondment.pk)
    if not policies.may_run(secondment, by):
        raise NotAllowed(_("Only HR of the seconder concludes the review."))
    if secondment.state != State.REVIEW:
        raise Refused(_("The case is not in review."))
    if secondment.review_concluded_at:
        raise Refused(_("The review has been concluded already."))
    if not conclusion.strip():
        raise Refused(Refusal(_("Write a conclusion."), "conclusion"))
    refusals = guards.waiver_possible(secondment, waived_because)
    if refusals:
        raise Refused(*refusals)
    now = clock.now()
    secondment.review_conclusion = conclusion.strip()
    secondment.review_waived_because = waived_because.strip()
    secondment.review_concluded_at, secondment.review_concluded_by = now, by
    secondment.changed_at = now
    secondment.save()
    call_off(f"evaluation:{pk}" for pk in secondment.evaluations.values_list("pk", flat=True))
    ledger.record("review.conclude", by=by, case_id=secondment.pk, waived=bool(waived_because.strip()))
    if not guards.last_day_passed.explain(secondment):
        return transitions.perform(secondment, "begin_return", by=by, automatically=True)
    turns.settle(secondment)
    return secondment
