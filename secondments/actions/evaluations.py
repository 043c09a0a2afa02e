"""Looking back: the three evaluations, and the conclusion by HR."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.notify import call_off
from secondments import guards, policies, review_notices, transitions, turns
from secondments.guards import Refusal
from secondments.models import Evaluation, ObjectiveResult, Secondment, SkillResult
from secondments.states import State
from secondments.transitions import NotAllowed, Refused

RATINGS = ("went", "supported", "worth")


@transaction.atomic
def complete(
    evaluation: Evaluation,
    *,
    by: Person,
    answers: dict[str, Any],
    results: dict[int, tuple[str, str]],
    skills: dict[int, tuple[int, int]] | None = None,
) -> Evaluation:
    """Keep one party's view.

    ``results`` maps an objective's id to its result and the evidence, ``skills`` a skill's id to the levels before
    and now; a skill that somebody cannot judge is left out.
    """
    evaluation = _held(evaluation, by)
    secondment = evaluation.secondment
    unshown = [pk for pk, (_result, evidence) in results.items() if not evidence.strip()]
    if unshown:
        raise Refused(*(Refusal(_("Say in a sentence what shows it."), f"evidence_{pk}") for pk in unshown))
    evaluation.what_worked = answers["what_worked"]
    evaluation.skills = answers["skills"]
    evaluation.would_repeat = answers["would_repeat"]
    for name in RATINGS:
        setattr(evaluation, name, answers.get(name))
    evaluation.completed_at = clock.now()
    evaluation.draft, evaluation.drafted_at, evaluation.drafted_by = {}, None, None
    evaluation.person = by
    evaluation.save()
    ObjectiveResult.objects.bulk_create(
        ObjectiveResult(evaluation=evaluation, objective=objective, result=result, evidence=evidence)
        for objective in secondment.objectives.all()
        for result, evidence in [results[objective.pk]]
    )
    SkillResult.objects.bulk_create(
        SkillResult(evaluation=evaluation, skill=skill, before=levels[0], after=levels[1])
        for skill in secondment.skills.all()
        if (levels := (skills or {}).get(skill.pk))
    )
    call_off(f"evaluation:{evaluation.pk}")
    review_notices.call_off_reminders([evaluation])
    ledger.record("evaluation.complete", by=by, case_id=secondment.pk, party=evaluation.party)
    turns.settle(secondment)
    if not secondment.evaluations.filter(completed_at__isnull=True).exists():
        review_notices.evaluations_in(secondment)
    return evaluation


def _held(evaluation: Evaluation, by: Person) -> Evaluation:
    """The evaluation under the lock of its case, while it can be written."""
    secondment = transitions.lock(evaluation.secondment_id)
    evaluation = secondment.evaluations.select_for_update().get(pk=evaluation.pk)
    evaluation.secondment = secondment
    if not policies.may_evaluate(evaluation, policies.parts_of(secondment, by)):
        raise NotAllowed(_("This evaluation is for %(name)s to write.") % {"name": evaluation.person})
    if evaluation.completed_at:
        raise Refused(_("You have handed in your evaluation already."))
    if secondment.review_concluded_at or secondment.state != State.REVIEW:
        raise Refused(_("HR has concluded the review; it can no longer be added to."))
    return evaluation


@transaction.atomic
def keep_draft(evaluation: Evaluation, *, by: Person, values: dict[str, str]) -> Evaluation:
    """Keep what was typed so far, as it was typed, for whoever typed it; it is not handed in, and reminders go on."""
    evaluation = _held(evaluation, by)
    evaluation.draft, evaluation.drafted_at, evaluation.drafted_by = values, clock.now(), by
    evaluation.save()
    return evaluation


@transaction.atomic
def release(secondment: Secondment, *, by: Person) -> Secondment:
    """HR lets the three read each other's evaluations before it concludes; later ones are read as they come."""
    secondment = transitions.lock(secondment.pk)
    if not policies.may_run(secondment, by):
        raise NotAllowed(_("Only HR of the seconder releases the evaluations."))
    if secondment.state != State.REVIEW:
        raise Refused(_("The case is not in review."))
    if secondment.is_released:
        return secondment
    if not secondment.evaluations.filter(completed_at__isnull=False).exists():
        raise Refused(_("Nobody has handed in an evaluation yet; there is nothing to release."))
    secondment.review_released_at, secondment.review_released_by = clock.now(), by
    secondment.changed_at = clock.now()
    secondment.save()
    ledger.record("review.release", by=by, case_id=secondment.pk)
    review_notices.evaluations_released(secondment)
    return secondment


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
    review_notices.call_off_reminders(secondment.evaluations.filter(completed_at__isnull=True))
    call_off(f"evaluation:{pk}" for pk in secondment.evaluations.values_list("pk", flat=True))
    ledger.record("review.conclude", by=by, case_id=secondment.pk, waived=bool(waived_because.strip()))
    review_notices.evaluations_released(secondment, conclusion=True)
    if not guards.last_day_passed.explain(secondment):
        return transitions.perform(secondment, "begin_return", by=by, automatically=True)
    turns.settle(secondment)
    return secondment
