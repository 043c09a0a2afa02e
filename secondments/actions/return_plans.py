"""The way back: the plan, the role confirmed, a post at risk, access at the host ended, questions some months later."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.notify import call_off
from secondments import placement_policies, policies, return_notices, returning, transitions
from secondments.guards import Refusal
from secondments.models import FollowUp, ReturnPlan, Secondment
from secondments.states import CLOSED, STARTED
from secondments.transitions import NotAllowed, Refused


def _held(case: Secondment, by: Person) -> tuple[Secondment, ReturnPlan]:
    """The case locked, and its plan; refused where nothing of it can be written now."""
    case = transitions.lock(case.pk)
    if not placement_policies.may_see_return(policies.parts_of(case, by)):
        raise NotAllowed(_("The return is planned by those whom it concerns."))
    if case.state not in STARTED or case.state in CLOSED:
        raise Refused(_("A return is planned while the placement runs, and until the return is complete."))
    return case, returning.plan_of(case, by)


DAYS = ("start_back_on", "post_protected_until")


def _out_of_order(case: Secondment, days: dict[str, Any]) -> list[Refusal]:
    """Days of the return that cannot be: back while the placement lasts, or a post that is not protected until then."""
    assert case.end_on
    back, protected = (days.get(name) for name in DAYS)
    words = {"day": date_format(case.end_on, "j M Y")}
    found = []
    if back and back <= case.end_on:
        found.append(Refusal(_("The placement lasts until %(day)s; the first day back is after it.") % words, DAYS[0]))
    if protected and protected < case.end_on:
        found.append(Refusal(_("The post is protected at least until the last day, %(day)s.") % words, DAYS[1]))
    return found


@transaction.atomic
def save(case: Secondment, *, by: Person, fields: dict[str, Any]) -> ReturnPlan:
    """Write those fields of the plan that are one's own part; tell of a meeting that has a day now."""
    case, plan = _held(case, by)
    mine = placement_policies.return_fields(policies.parts_of(case, by))
    if not fields.keys() <= mine:
        raise NotAllowed(_("This part of the return plan is for somebody else to write."))
    assert case.start_on
    meeting: date | None = fields.get("meeting_on")
    if meeting and meeting < case.start_on:
        raise Refused(Refusal(_("The placement had not begun."), "meeting_on"))
    refusals = _out_of_order(case, fields)
    if refusals:
        raise Refused(*refusals)
    changed = sorted(name for name, value in fields.items() if getattr(plan, name) != value)
    if not changed:
        return plan
    for name in changed:
        setattr(plan, name, fields[name])
    if plan.confirmed_at and {"role_kind", "role", "start_back_on"} & set(changed):
        plan.confirmed_at = plan.confirmed_by = None
    plan.changed_at, plan.changed_by = clock.now(), by
    plan.save()
    ledger.record("return_plan.change", by=by, case_id=case.pk, fields=changed)
    if meeting and "meeting_on" in changed and meeting >= clock.today(case.zone):
        return_notices.meeting_set(case, plan, by)
    return plan


@transaction.atomic
def confirm(case: Secondment, *, by: Person) -> ReturnPlan:
    """HR or the line manager says that the role to return to stands; the secondee is told."""
    case, plan = _held(case, by)
    if not policies.parts_of(case, by) & placement_policies.PLANS_RETURN:
        raise NotAllowed(_("The role to return to is confirmed by HR of the seconder or the line manager."))
    missing = [
        Refusal(sentence, name)
        for name, sentence in {
            "role_kind": _("Say first to what kind of role they come back."),
            "role": _("Say first which role it is."),
            "start_back_on": _("Say first on which day they are back."),
        }.items()
        if not getattr(plan, name)
    ]
    if missing:
        raise Refused(*missing)
    if plan.confirmed_at:
        return plan
    plan.confirmed_at, plan.confirmed_by = clock.now(), by
    plan.save()
    ledger.record("return_plan.confirm", by=by, case_id=case.pk, role_kind=plan.role_kind)
    return_notices.role_confirmed(case, plan, by)
    return plan


@transaction.atomic
def flag(case: Secondment, *, by: Person, why: str, done: str = "") -> ReturnPlan:
    """The post to return to is at risk: why, and what is done about it. Written anew as that goes on."""
    case, plan = _held(case, by)
    if not policies.parts_of(case, by) & placement_policies.PLANS_RETURN:
        raise NotAllowed(_("HR of the seconder or the line manager says that a post is at risk."))
    if not why.strip():
        raise Refused(Refusal(_("Say why the post is at risk."), "risk_why"))
    is_new = not plan.is_at_risk
    if is_new:
        plan.risk_since = clock.today(case.zone)
    plan.risk_why, plan.risk_done = why.strip(), done.strip()
    plan.changed_at, plan.changed_by = clock.now(), by
    plan.save()
    ledger.record("return_plan.flag", by=by, case_id=case.pk, is_new=is_new)
    if is_new:
        return_notices.post_at_risk(case, plan, by)
    return plan


@transaction.atomic
def clear(case: Secondment, *, by: Person) -> ReturnPlan:
    """The post is safe again; what was done stays in the plan."""
    case, plan = _held(case, by)
    if not policies.parts_of(case, by) & placement_policies.PLANS_RETURN:
        raise NotAllowed(_("HR of the seconder or the line manager says that a post is at risk."))
    if not plan.is_at_risk:
        return plan
    since, plan.risk_since = plan.risk_since, None
    plan.changed_at, plan.changed_by = clock.now(), by
    plan.save()
    ledger.record("return_plan.clear", by=by, case_id=case.pk)
    return_notices.post_safe(case, by, since)
    return plan


@transaction.atomic
def end_access(case: Secondment, *, by: Person, on: date) -> ReturnPlan:
    """The host says that premises and accounts are closed to the secondee since a day; from the last day on."""
    case, plan = _held(case, by)
    if not placement_policies.may_end_access(case, policies.parts_of(case, by)):
        raise NotAllowed(_("Whoever is at the host says that access is ended."))
    assert case.end_on
    today = clock.today(case.zone)
    if on > today:
        raise Refused(Refusal(_("This day has not come yet."), "on"))
    if on < case.end_on:
        raise Refused(Refusal(_("The placement runs until its last day; access ends with it."), "on"))
    if plan.access_ended_on:
        return plan
    plan.access_ended_on, plan.access_ended_by = on, by
    plan.save()
    call_off(f"access:{case.pk}")
    ledger.record("return_plan.end_access", by=by, case_id=case.pk, day=str(on))
    return plan


@transaction.atomic
def answer(found: FollowUp, *, by: Person, still_here: bool, skills_used: str) -> FollowUp:
    """The two questions some months after the return."""
    case = transitions.lock(found.secondment_id)
    found = case.follow_ups.select_for_update().get(pk=found.pk)
    if not placement_policies.may_answer_follow_up(policies.parts_of(case, by)):
        raise NotAllowed(_("These questions are for the line manager and HR of the seconder."))
    if found.due_on > clock.today(case.zone):
        raise Refused(_("It is too early to tell: the questions are asked on their day."))
    if found.answered_at:
        raise Refused(_("These questions have been answered meanwhile."))
    if still_here and not skills_used:
        raise Refused(Refusal(_("Say how much of it they use."), "skills_used"))
    found.still_here, found.skills_used = still_here, skills_used if still_here else ""
    found.answered_at, found.answered_by = clock.now(), by
    found.save()
    call_off(f"follow-up:{found.pk}")
    ledger.record("follow_up.answer", by=by, case_id=case.pk, months=found.months)
    return_notices.follow_up_answered(found, by)
    return found
