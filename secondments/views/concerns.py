"""Concerns of a case: what was raised, raising one, and looking into it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest, fetch, hides_secrets
from secondments import placement_policies, policies, scopes
from secondments.actions import concerns as actions
from secondments.choices import Part, Party
from secondments.forms.concerns import ActionForm, CloseForm, ConcernForm, OwnerForm, TellForm
from secondments.models import Concern, Secondment
from secondments.transitions import Refused
from secondments.views import scope

READERS = frozenset(placement_policies.RAISES) | {Part.LINE_MANAGER}


def _case(request: PersonRequest, key: str) -> Secondment:
    case = scope.case(request, key)
    if not policies.parts_of(case, request.user) & READERS:
        scope.offer(case, request.user, READERS)
        raise Denied(_("Concerns are between those who work together and HR."))
    if hides_secrets(request):
        raise Denied(_("Concerns are not shown to support."))
    return case


def concerns(request: PersonRequest, key: str) -> HttpResponse:
    """Those that one may read, newest first."""
    case = _case(request, key)
    rows = scopes.concerns(request.user).filter(secondment=case).select_related("raised_by", "owner")
    parts = policies.parts_of(case, request.user)
    for row in rows:
        row.secondment = case
    shown = [(row, placement_policies.may_see_concern_whole(row, parts, request.user)) for row in rows]
    context = {"case": case, "rows": shown, "may_raise": placement_policies.may_raise(case, request.user)}
    return render(request, "secondments/concerns.html", context)


def raise_concern(request: PersonRequest, key: str) -> HttpResponse:
    case = _case(request, key)
    if not placement_policies.may_raise(case, request.user):
        raise Denied(_("Concerns are raised by the secondee, the host and HR while a placement runs."))
    form = ConcernForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.report(case, by=request.user, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("HR of the employer has been told, and will look into it."))
            return redirect(found)
    context = {"case": case, "form": form, "is_secondee": Part.SECONDEE in policies.parts_of(case, request.user)}
    return render(request, "secondments/raise_concern.html", context)


def concern(request: PersonRequest, key: str, concern_key: str) -> HttpResponse:
    """One concern as the reader may know it; forms for those who look into it."""
    case = _case(request, key)
    rows = scopes.concerns(request.user).filter(secondment=case)
    found = fetch(rows.select_related("raised_by", "owner", "told_by", "ended_by"), key=concern_key)
    found.secondment = case
    parts = policies.parts_of(case, request.user)
    works = placement_policies.may_work_on(found, request.user)
    forms = _forms(request, found) if works and not found.ended_at else {}
    if request.method == "POST":
        if not forms:
            raise Denied(_("This concern is closed, or for others to look into."))
        act = request.POST.get("do", "")
        if act == "finish":
            chosen = request.POST.get("action", "")
            action = fetch(found.actions.all(), pk=int(chosen) if chosen.isdecimal() else 0)
            try:
                actions.finish(action, by=request.user)
            except Refused as refused:
                scope.tell(request, refused)
            return redirect(found)
        form = forms.get(act)
        if form is None:
            raise Denied(_("You cannot do this here."))
        if form.is_valid() and _done(request, found, act, form):
            return redirect(found)
    own = bool(parts & placement_policies.OWN_CONCERNS[Party(found.party)])
    context = {
        "case": case,
        "concern": found,
        "forms": forms,
        "form": forms.get(request.POST.get("do", "")) if request.method == "POST" else None,
        "whole": works,
        "reads_words": works or own,
        "actions": found.actions.select_related("doer", "done_by") if works else [],
        "is_hr": Part.HR_SECONDER in parts,
    }
    return render(request, "secondments/concern.html", context)


def _forms(request: PersonRequest, concern: Concern) -> dict[str, Any]:
    """The acts that are open; only the one that was sent holds what was sent."""
    case, act = concern.secondment, request.POST.get("do")

    def sent(name: str) -> Any:
        return request.POST if act == name else None

    doers = actions.possible_doers(concern)
    found: dict[str, Any] = {"act": ActionForm(sent("act"), prefix="act", people=doers)}
    if policies.may_run(case, request.user):
        people = actions.possible_owners(case)
        found["give"] = OwnerForm(sent("give"), prefix="give", people=people, initial={"owner": concern.owner_id})
        if concern.party != Party.SECONDEE and concern.told_at is None:
            found["tell"] = TellForm(sent("tell"), prefix="tell")
        found["close"] = CloseForm(sent("close"), prefix="close", was_raised=concern.raised_by_id is not None)
    return found


def _done(request: PersonRequest, concern: Concern, act: str, form: Any) -> bool:
    given, by = form.cleaned_data, request.user
    try:
        if act == "act":
            actions.act(concern, by=by, text=given["text"], doer=form.chosen("doer"), due_on=given["due_on"])
        elif act == "give":
            actions.give(concern, by=by, owner=form.chosen("owner"))
        elif act == "tell":
            actions.disclose(concern, by=by, text=given["told"])
        else:
            actions.close(concern, by=by, end=given["end"], note=given["note"])
    except Refused as refused:
        scope.explain(form, refused)
        return False
    return True
