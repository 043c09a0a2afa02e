"""Questions of those who are to decide, and HR's answers; both are kept."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from secondments import policies, proposal_notices, transitions
from secondments.guards import Refusal
from secondments.models import Decision, Question
from secondments.states import State
from secondments.transitions import NotAllowed, Refused

MANY = 30


@transaction.atomic
def ask(decision: Decision, *, by: Person, text: str) -> Question:
    """Ask HR before deciding; HR is told at once."""
    case = transitions.lock(decision.secondment_id)
    decision.secondment = case
    if not policies.may_decide(decision, by):
        raise NotAllowed(_("Questions are for those who decide."))
    if case.state != State.PROPOSAL or decision.verdict is not None:
        raise Refused(_("This decision is no longer open."))
    if not text.strip():
        raise Refused(Refusal(_("Write your question."), "text"))
    if case.questions.count() >= MANY:
        raise Refused(Refusal(_("There are many questions already: talk to HR."), "text"))
    found = Question.objects.create(
        secondment=case, kind=decision.kind, asked_by=by, asked_at=clock.now(), text=text.strip()
    )
    ledger.record("question.ask", by=by, case_id=case.pk, kind=str(decision.kind))
    proposal_notices.question_asked(found)
    return found


@transaction.atomic
def answer(question: Question, *, by: Person, text: str) -> Question:
    """HR answers; who asked is told."""
    case = transitions.lock(question.secondment_id)
    question = Question.objects.select_for_update().get(pk=question.pk)
    if not policies.may_run(case, by):
        raise NotAllowed(_("HR of the seconder answers questions."))
    if question.answered_at:
        raise Refused(_("This question has been answered meanwhile."))
    if not text.strip():
        raise Refused(Refusal(_("Write the answer."), "text"))
    question.answer, question.answered_at, question.answered_by = text.strip(), clock.now(), by
    question.save()
    ledger.record("question.answer", by=by, case_id=case.pk, kind=str(question.kind))
    proposal_notices.question_answered(question)
    return question
