"""The way back: the plan and what belongs to it, and the questions some months later."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people import clock
from people.access import Denied, PersonRequest, fetch, hides_secrets
from people.models.labels import label
from secondments import placement_policies, policies
from secondments.actions import return_plans as actions
from secondments.forms.returning import LONG, AccessForm, FollowUpForm, ReturnPlanForm, RiskForm
from secondments.models import ReturnPlan, Secondment
from secondments.states import CLOSED, STARTED
from secondments.transitions import Refused
from secondments.views import scope


def return_plan(request: PersonRequest, key: str) -> HttpResponse:
    """What is planned, each reader's own part of it as a form; confirm the role, say that access is ended."""
    case, parts = _case(request, key)
    is_open = case.state in STARTED - CLOSED
    plan = ReturnPlan.objects.filter(secondment=case).select_related("confirmed_by", "access_ended_by").first()
    mine = placement_policies.return_fields(parts) if is_open else frozenset()
    act = request.POST.get("act", "")
    plans = bool(parts & placement_policies.PLANS_RETURN) and is_open
    ends = placement_policies.may_end_access(case, parts) and is_open
    today = clock.today(case.zone)
    assert case.end_on
    form = _plan_form(request, case, mine, plan) if mine else None
    ending = ends and today >= case.end_on and not (plan and plan.access_ended_on)
    access = AccessForm(request.POST if act == "access" else None, initial={"on": case.end_on}) if ending else None
    if request.method == "POST":
        done = _act(request, case, act, {"save": form, "access": access}, plans)
        if done:
            messages.success(request, done)
            return redirect("return_plan", key=case.key)
    is_home = bool(parts & policies.HOME_SIDE)
    context = {
        "case": case,
        "plan": plan,
        "form": form,
        "access": access,
        "is_home": is_home,
        "plans": plans,
        "shows_words": not hides_secrets(request),
        "long": [(label(plan, name), getattr(plan, name)) for name in LONG if _told(name, is_home)] if plan else [],
        "follow_ups": case.follow_ups.all() if is_home else [],
        "follows_up": placement_policies.may_answer_follow_up(parts),
        "today": today,
    }
    return render(request, "secondments/return_plan.html", context)


def _told(name: str, is_home: bool) -> bool:
    return is_home or name in placement_policies.OF_HOST


def _case(request: PersonRequest, key: str) -> tuple[Secondment, frozenset[Any]]:
    case = scope.case(request, key)
    parts = policies.parts_of(case, request.user)
    if not placement_policies.may_see_return(parts):
        scope.offer(case, request.user, placement_policies.RETURN_READERS)
        raise Denied(_("The return is planned by those whom it concerns."))
    if case.state not in STARTED:
        raise Denied(_("The return is planned once the placement has begun."))
    return case, parts


def _plan_form(
    request: PersonRequest, case: Secondment, mine: frozenset[str], plan: ReturnPlan | None
) -> ReturnPlanForm:
    data = request.POST if request.POST.get("act") == "save" else None
    return ReturnPlanForm(data, instance=plan or ReturnPlan(secondment=case), mine=mine)


def _act(request: PersonRequest, case: Secondment, act: str, forms: dict[str, Any], plans: bool) -> str:
    """Do what was pressed; what to say afterwards, or nothing where the page is shown again with its errors."""
    form = forms.get(act)
    try:
        if act == "save" and form is not None:
            if form.is_valid():
                actions.save(case, by=request.user, fields=form.cleaned_data)
                return str(_("The return plan is saved."))
        elif act == "access" and form is not None:
            if form.is_valid():
                actions.end_access(case, by=request.user, on=form.cleaned_data["on"])
                return str(_("Noted: access is ended."))
        elif act == "confirm" and plans:
            actions.confirm(case, by=request.user)
            return str(_("The role is confirmed, and the secondee is told."))
        elif act == "clear" and plans:
            actions.clear(case, by=request.user)
            return str(_("The post is no longer flagged."))
        else:
            raise Denied(_("This is not for you to do, or not now."))
    except Refused as refused:
        if form is None:
            scope.tell(request, refused)
        else:
            scope.explain(form, refused)
    return ""


def return_risk(request: PersonRequest, key: str) -> HttpResponse:
    """Say that the post to return to is at risk, and what is done about it."""
    case, parts = _case(request, key)
    if not parts & placement_policies.PLANS_RETURN:
        scope.offer(case, request.user, placement_policies.PLANS_RETURN)
        raise Denied(_("HR of the seconder or the line manager says that a post is at risk."))
    plan = ReturnPlan.objects.filter(secondment=case).first() or ReturnPlan(secondment=case)
    form = RiskForm(request.POST or None, instance=plan)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            actions.flag(case, by=request.user, why=found["risk_why"], done=found["risk_done"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The post is flagged as at risk; those whom it concerns are told."))
            return redirect("return_plan", key=case.key)
    return render(request, "secondments/return_risk.html", {"case": case, "form": form})


def follow_up(request: PersonRequest, key: str, months: int) -> HttpResponse:
    """Two questions some months after the return."""
    case = scope.case(request, key)
    if not placement_policies.may_answer_follow_up(policies.parts_of(case, request.user)):
        scope.offer(case, request.user, placement_policies.PLANS_RETURN)
        raise Denied(_("These questions are for the line manager and HR of the seconder."))
    found = fetch(case.follow_ups.select_related("answered_by"), months=months)
    is_open = found.answered_at is None and found.due_on <= clock.today(case.zone)
    form = FollowUpForm(request.POST or None) if is_open else None
    if request.method == "POST":
        if form is None:
            raise Denied(_("These questions are answered once, from their day on."))
        if form.is_valid():
            try:
                actions.answer(found, by=request.user, **form.cleaned_data)
            except Refused as refused:
                scope.explain(form, refused)
            else:
                messages.success(request, _("Thank you; your answer is kept with the case."))
                return redirect(case)
    return render(request, "secondments/follow_up.html", {"case": case, "follow_up": found, "form": form})
