"""Changes of the agreement that a party asks for, and HR's answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest, fetch, hides_secrets
from people.forms.base import Reason
from secondments import charging, placement_policies, policies, scopes, substance
from secondments.actions import early_end as ending
from secondments.actions import wishes as actions
from secondments.choices import Part
from secondments.forms.wishes import AnswerForm, WishForm
from secondments.guards import Refusal
from secondments.models import Certificate, Secondment, Wish
from secondments.states import PLACED
from secondments.transitions import NotAllowed, Refused
from secondments.views import scope

PAGE = 50


def _case(request: PersonRequest, key: str) -> Secondment:
    case = scope.case(request, key)
    if not policies.parts_of(case, request.user) & placement_policies.WISH_READERS:
        scope.offer(case, request.user, placement_policies.WISH_READERS)
        raise Denied(_("Changes of the agreement are between those who would have to agree to them."))
    return case


def wishes(request: PersonRequest, key: str) -> HttpResponse:
    """What was asked for, and a form to ask; the policy's answer comes with it."""
    case = _case(request, key)
    may_ask = placement_policies.may_ask_change(case, request.user)
    until = actions.notice_until(case, request.user) if may_ask else None
    form = WishForm(request.POST or None, case=case, notice_until=until) if may_ask else None
    if request.method == "POST":
        if form is None:
            raise Denied(_("A change is asked for by one of the parties, from the signed agreement to the last day."))
        if form.is_valid():
            try:
                made = actions.ask(case, by=request.user, **form.cleaned_data)
            except Refused as refused:
                scope.explain(form, refused)
            else:
                told = _("HR is asked and answers within a week; the others are told.")
                messages.success(
                    request, _("Notice is given; all whom it concerns are told.") if made.is_notice else told
                )
                return redirect(made)
    rows = scopes.wishes(request.user).filter(secondment=case).select_related("asked_by")
    page = Paginator(rows.order_by("-asked_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.secondment = case
    return render(request, "secondments/wishes.html", {"case": case, "form": form, "page": page})


def wish(request: PersonRequest, key: str, wish_key: str) -> HttpResponse:
    """One change that is asked for: what, why, what the policy says; HR answers, who asked takes it back."""
    case = _case(request, key)
    found = fetch(
        scopes.wishes(request.user).filter(secondment=case).select_related("asked_by", "answered_by"), key=wish_key
    )
    found.secondment = case
    is_open = found.granted is None and found.taken_back_at is None
    answers = is_open and not found.is_notice and policies.may_run(case, request.user)
    takes_back = is_open and found.asked_by_id == request.user.pk
    form = AnswerForm(request.POST if "granted" in request.POST else None) if answers else None
    if request.method == "POST":
        if "take_back" in request.POST and takes_back:
            return _take_back(request, found)
        if form is None or "granted" not in request.POST:
            raise Denied(_("HR of the seconder answers what the parties ask for, once."))
        if form.is_valid():
            try:
                found = actions.answer(found, by=request.user, **form.cleaned_data)
            except Refused as refused:
                scope.explain(form, refused)
            else:
                messages.success(request, _("Answered; everybody concerned is told."))
                return redirect(found)
    checks = actions.checks(case, found.end_on) if is_open else []
    parts = policies.parts_of(case, request.user)
    context = {
        "case": case,
        "wish": found,
        "form": form,
        "takes_back": takes_back,
        "ends": is_open and found.is_notice and policies.may_run(case, request.user) and case.state in PLACED,
        "drafts": found.granted is True and not found.is_notice and policies.may_run(case, request.user),
        "checks": checks,
        "is_free": all(check.is_met for check in checks),
        "findings": [] if is_open else found.findings,
        "papers": _papers_before(case, found.end_on, parts),
        "costs": _costs(found) if is_open and policies.may_see_recharge(parts) else None,
        "new_days": substance.weekdays(found),
        "days_now": substance.weekdays(case),
        "others": _others(found) if is_open else [],
        "shows_words": not hides_secrets(request),
    }
    return render(request, "secondments/wish.html", context)


def _papers_before(case: Secondment, end_on: date | None, parts: Collection[Part]) -> list[Certificate]:
    """Papers that would end before a later last day, for those who read them."""
    if not end_on or not set(parts) & placement_policies.ABROAD_READERS or end_on <= (case.end_on or end_on):
        return []
    return list(Certificate.objects.current().filter(secondment=case, valid_until__lt=end_on))


def _costs(wish: Wish) -> dict[str, Any] | None:
    """What the host pays in all, as things stand and with what is asked for; None where that changes nothing."""
    case = wish.secondment
    now, then = charging.in_all(case), charging.in_all(case, wish)
    if now is None or then is None or now == then:
        return None
    return {"now": now, "then": then, "more": then - now, "less": now - then, "currency": case.recharge.currency}


def _others(wish: Wish) -> list[Wish]:
    """What else is asked for in the case and not answered: each would change what the others stand on."""
    found = list(wish.secondment.wishes.filter(Wish.PENDING).exclude(pk=wish.pk).select_related("asked_by"))
    for row in found:
        row.secondment = wish.secondment
    return found


def _take_back(request: PersonRequest, found: Wish) -> HttpResponse:
    case = found.secondment
    try:
        actions.take_back(found, by=request.user)
    except Refused as refused:
        scope.tell(request, refused)
    else:
        messages.success(request, _("It is no longer asked for."))
    return redirect("wishes", key=case.key)


def early_end(request: PersonRequest, key: str, end_key: str) -> HttpResponse:
    """An end before the notice: the second person at the seconder reads why, and approves or refuses."""
    case = scope.case(request, key)
    parts = policies.parts_of(case, request.user)
    if not placement_policies.may_read_early_end(parts):
        scope.offer(case, request.user, placement_policies.ENDS_EARLY)
        raise Denied(_("An end before the notice is decided on at the seconder."))
    found = fetch(case.early_ends.select_related("proposed_by", "answered_by", "concern"), key=end_key)
    found.secondment = case
    answers = placement_policies.may_answer_early_end(found, parts, request.user)
    takes_back = found.approved is None and policies.may_run(case, request.user)
    form = Reason(request.POST or None, label=_("Why not"), required=False) if answers else None
    if request.method == "POST" and "take_back" in request.POST and takes_back:
        try:
            ending.take_back(found, by=request.user)
        except Refused as refused:
            scope.tell(request, refused)
        else:
            messages.success(request, _("Taken back; the placement goes on as before."))
        return redirect(case)
    if request.method == "POST":
        if form is None:
            raise Denied(_("It takes a second person at the seconder: somebody else than who proposed it."))
        if form.is_valid():
            approved = request.POST.get("approved") == "yes"
            try:
                ending.answer(found, by=request.user, approved=approved, why=form.cleaned_data["reason"])
            except Refused as refused:
                scope.explain(form, _at_reason(refused))
            else:
                told = _("The placement ends early; everybody is told.") if approved else _("Refused; nothing changed.")
                messages.success(request, told)
                return redirect(case)
    context = {
        "case": case,
        "found": found,
        "form": form,
        "waits": found.approved is None,
        "takes_back": takes_back,
        "shows_words": not hides_secrets(request),
    }
    return render(request, "secondments/early_end.html", context)


def _at_reason(refused: Refused) -> Refused:
    """The form has one field, whatever the act calls it."""
    if isinstance(refused, NotAllowed):
        return refused
    return Refused(*(Refusal(row.sentence, "reason") for row in refused.refusals))
