"""“I would like to be seconded”: asked, looked at by the line manager, made a proposal of by HR or answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Organisation, Person
from people.roles import Role
from secondments import policies, proposal_notices
from secondments.actions import proposals
from secondments.choices import Kind, Part
from secondments.guards import Refusal
from secondments.models import Idea, Secondment
from secondments.transitions import NotAllowed, Refused

OPEN_AT_ONCE = 5


@transaction.atomic
def ask(
    *, by: Person, asked_as: Part, seconder: Organisation, secondee: Person | None, fields: Mapping[str, Any]
) -> Idea:
    """An employee for themselves, a line manager for one of their team, HR of a host for somebody of another."""
    manager = _line_manager(secondee, seconder)
    allowed = {
        Part.SECONDEE: secondee == by and by.employments.current().filter(organisation=seconder).exists(),
        Part.LINE_MANAGER: secondee is not None and manager == by,
        Part.HR_HOST: by.is_hr and seconder.pk not in by.organisations_as(Role.HR),
    }
    if not allowed[asked_as]:
        raise NotAllowed(_("You can ask for yourself, for your team, or, as HR of a host, for somebody to come."))
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    if Idea.objects.open().filter(asked_by=by, seconder=seconder).count() >= OPEN_AT_ONCE:
        raise Refused(_("You have several ideas open already; HR answers those first."))
    found = Idea.objects.create(
        seconder=seconder,
        asked_by=by,
        asked_as=asked_as,
        asked_at=clock.now(),
        secondee=secondee if asked_as != Part.HR_HOST else None,
        line_manager=manager if asked_as != Part.HR_HOST else None,
        **fields,
    )
    ledger.record("idea.ask", by=by, organisation_id=seconder.pk, idea=found.key)
    proposal_notices.idea_asked(found)
    return found


def _line_manager(secondee: Person | None, seconder: Organisation) -> Person | None:
    if secondee is None:
        return None
    terms = secondee.employments.current().filter(organisation=seconder).select_related("line_manager").first()
    return terms.line_manager if terms else None


@transaction.atomic
def say_view(idea: Idea, *, by: Person, view: str, text: str) -> Idea:
    """What the line manager thinks; it decides nothing."""
    idea = Idea.objects.select_for_update().get(pk=idea.pk)
    if not policies.may_view_idea(idea, by):
        raise NotAllowed(_("The line manager says what they think, while HR has not answered."))
    idea.view, idea.view_text, idea.viewed_at = view, text.strip(), clock.now()
    idea.save()
    ledger.record("idea.view", by=by, organisation_id=idea.seconder_id, idea=idea.key, view=view)
    proposal_notices.idea_viewed(idea)
    return idea


@transaction.atomic
def take_up(idea: Idea, *, by: Person) -> Secondment:
    """HR makes a draft of it, which it owns from then on; who asked is told."""
    idea = _to_answer(idea, by)
    fields: dict[str, Any] = {"role_title": idea.role_title, "purpose": idea.why}
    fields |= {name: getattr(idea, name) for name in ("start_on", "end_on", "secondee", "line_manager", "host")}
    if idea.asked_as == Part.HR_HOST:
        fields["host_contact"] = idea.asked_by
    fields["kind"] = Kind.INTERNAL
    if idea.host_id != idea.seconder_id:
        abroad = idea.host is not None and idea.host.country != idea.seconder.country
        fields["kind"] = Kind.INTERNATIONAL if abroad else Kind.EXTERNAL
    case = proposals.begin(
        by=by,
        seconder=idea.seconder,
        fields={name: value for name, value in fields.items() if value},
        started_by=idea.asked_by,
        started_as=idea.asked_as,
        first_asked_at=idea.asked_at,
    )
    idea.secondment, idea.answered_at, idea.answered_by = case, clock.now(), by
    idea.save()
    proposal_notices.idea_answered(idea)
    return case


@transaction.atomic
def decline(idea: Idea, *, by: Person, answer: str) -> Idea:
    """HR answers that no proposal is made of it, and why."""
    idea = _to_answer(idea, by)
    if not answer.strip():
        raise Refused(Refusal(_("Say why; who asked reads it."), "reason"))
    idea.answer, idea.answered_at, idea.answered_by = answer.strip(), clock.now(), by
    idea.save()
    ledger.record("idea.decline", by=by, organisation_id=idea.seconder_id, idea=idea.key)
    proposal_notices.idea_answered(idea)
    return idea


def _to_answer(idea: Idea, by: Person) -> Idea:
    idea = Idea.objects.select_for_update(of=("self",)).get(pk=idea.pk)
    if not policies.may_answer_idea(idea, by):
        raise NotAllowed(_("HR of the employer answers, and nobody an idea about themselves."))
    if idea.answered_at:
        raise Refused(_("This has been answered meanwhile."))
    return idea
