"""Leave and absence of a case: what is left, who is away when, asking, deciding, telling."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people import clock
from people.access import Denied, PersonRequest, fetch, hides_secrets
from people.confirming import confirmed
from people.models import Person
from secondments import leave_accounts, placement_policies, policies, scopes
from secondments.actions import absences
from secondments.actions import leaves as actions
from secondments.choices import LeaveKind, Part
from secondments.forms.leaves import AbsenceForm, AccountForm, BackForm, LeaveForm, RefusalForm
from secondments.models import Absence, Leave, LeaveAccount, Secondment
from secondments.states import SIGNED
from secondments.transitions import Refused
from secondments.views import scope


def _case(request: PersonRequest, key: str) -> Secondment:
    case = scope.case(request, key)
    if not placement_policies.may_see_leave(policies.parts_of(case, request.user)):
        scope.offer(case, request.user, placement_policies.LEAVE_READERS)
        raise Denied(_("When somebody is away is told to those who work with them, and to HR."))
    if case.state not in SIGNED:
        raise Denied(_("Leave is asked for here once the agreement is signed."))
    return case


def leaves(request: PersonRequest, key: str) -> HttpResponse:
    """The balance for the home side; leave and absence, what is ahead first."""
    case = _case(request, key)
    parts = policies.parts_of(case, request.user)
    at_home = bool(parts & policies.HOME_SIDE)
    asked = scopes.leaves(request.user).filter(secondment=case).order_by("-first_day")
    away = scopes.absences(request.user).filter(secondment=case, cancelled_at__isnull=True).order_by("-first_day")
    for leave in asked:
        leave.secondment = case
    for absence in away:
        absence.secondment = case
    context = {
        "case": case,
        "at_home": at_home,
        "balance": leave_accounts.balance(case) if at_home else None,
        "leaves": asked,
        "absences": away,
        "today": clock.today(case.zone),
        "may_ask": placement_policies.may_ask_leave(case, request.user),
        "may_tell": placement_policies.may_tell_absence(case, request.user),
        "is_hr": Part.HR_SECONDER in parts and case.is_open,
    }
    return render(request, "secondments/leaves.html", context)


def ask_leave(request: PersonRequest, key: str) -> HttpResponse:
    case = _case(request, key)
    if not placement_policies.may_ask_leave(case, request.user):
        raise Denied(_("Leave is asked for by the secondee, until the last day of the placement."))
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(case, by=request.user, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Your line manager is asked; you hear the answer by mail."))
            return redirect("leaves", key=case.key)
    context = {"case": case, "form": form, "balance": leave_accounts.balance(case)}
    return render(request, "secondments/ask_leave.html", context)


def leave(request: PersonRequest, key: str, leave_key: str) -> HttpResponse:
    """One leave: grant or refuse it, or call it off."""
    case = _case(request, key)
    rows = scopes.leaves(request.user).filter(secondment=case)
    found = fetch(rows.select_related("asked_by", "decided_by", "cancelled_by"), key=leave_key)
    found.secondment = case
    parts = policies.parts_of(case, request.user)
    is_open = found.granted is None and found.cancelled_at is None
    decides = is_open and placement_policies.may_decide_leave(case, request.user)
    cancels = (
        bool(parts & placement_policies.CANCELS_LEAVE)
        and found.cancelled_at is None
        and found.granted is not False
        and found.last_day >= clock.today(case.zone)
    )
    form = RefusalForm(request.POST if request.POST.get("do") == "refuse" else None) if decides else None
    if request.method == "POST":
        act = request.POST.get("do")
        if not (cancels if act == "cancel" else decides):
            raise Denied(_("This has been answered, or is for others to answer."))
        reason = str(request.POST.get("reason", ""))[:1000]
        try:
            if act == "cancel":
                actions.cancel(found, by=request.user)
                messages.success(request, _("The leave is called off, and those who knew of it are told."))
                return redirect("leaves", key=case.key)
            assert form is not None
            if act == "grant" or form.is_valid():
                actions.decide(found, by=request.user, granted=act == "grant", reason=reason)
                messages.success(request, _("Your answer is recorded; those concerned are told."))
                return redirect("leaves", key=case.key)
        except Refused as refused:
            if form is not None and form.is_bound:
                scope.explain(form, refused)
            else:
                scope.tell(request, refused)
                return redirect(found)
    at_home = bool(parts & policies.HOME_SIDE)
    balance = leave_accounts.balance(case) if at_home else None
    context = {
        "case": case,
        "leave": found,
        "beyond": leave_accounts.beyond(balance, found) if balance and is_open else None,
        "form": form,
        "decides": decides,
        "cancels": cancels,
        "at_home": at_home,
        "shows_words": at_home and not hides_secrets(request),
        "balance": balance,
    }
    return render(request, "secondments/leave.html", context)


def leave_account(request: PersonRequest, key: str) -> HttpResponse:
    """HR says how much leave there is."""
    case = _case(request, key)
    if not policies.may_run(case, request.user):
        scope.offer(case, request.user, {Part.HR_SECONDER})
        raise Denied(_("HR of the seconder says how much leave there is."))
    account = LeaveAccount.objects.filter(secondment=case).first()
    initial = {"yearly_days": case.rules.annual_leave_days, "brought_in": 0}
    form = AccountForm(request.POST or None, instance=account, initial={} if account else initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_account(case, by=request.user, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The leave of this placement is set."))
            return redirect("leaves", key=case.key)
    return render(request, "secondments/leave_account.html", {"case": case, "form": form})


def tell_absence(request: PersonRequest, key: str) -> HttpResponse:
    case = _case(request, key)
    if not placement_policies.may_tell_absence(case, request.user):
        raise Denied(_("An absence is told by the secondee, the line manager, HR or the host while it runs."))
    knows = placement_policies.may_read_absence_reason(case, request.user)
    form = AbsenceForm(request.POST or None, knows=knows, initial={"first_day": clock.today(case.zone)})
    if request.method == "POST" and form.is_valid():
        try:
            absences.tell(case, by=request.user, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Both sides are told that the secondee is away, and nobody why."))
            return redirect("leaves", key=case.key)
    return render(request, "secondments/tell_absence.html", {"case": case, "form": form})


def absence(request: PersonRequest, key: str, absence_key: str) -> HttpResponse:
    """One absence: say that it is over, or that it was told by mistake."""
    case = _case(request, key)
    found = fetch(scopes.absences(request.user).filter(secondment=case).select_related("told_by"), key=absence_key)
    found.secondment = case
    tells = placement_policies.may_tell_absence(case, request.user) and found.cancelled_at is None
    takes_back = tells and (found.told_by_id == request.user.pk or policies.may_run(case, request.user))
    form = BackForm(request.POST if request.POST.get("do") == "end" else None) if tells else None
    if request.method == "POST":
        if form is None:
            raise Denied(_("This absence was taken back, or is for others to end."))
        try:
            if request.POST.get("do") == "take_back":
                absences.take_back(found, by=request.user)
                messages.success(request, _("The absence is taken back, and those who knew of it are told."))
                return redirect("leaves", key=case.key)
            if form.is_valid():
                absences.end(found, by=request.user, last_day=form.cleaned_data["last_day"])
                messages.success(request, _("Both sides are told that the secondee is back."))
                return redirect("leaves", key=case.key)
        except Refused as refused:
            scope.explain(form, refused)
    at_home = bool(policies.parts_of(case, request.user) & policies.HOME_SIDE)
    context = {
        "case": case,
        "absence": found,
        "form": form,
        "takes_back": takes_back,
        "at_home": at_home,
        "leaves": _leave_within(found, request.user) if at_home and found.cancelled_at is None else [],
        "sets_account": policies.may_run(case, request.user),
        "may_know": placement_policies.may_read_absence_reason(case, request.user) and not hides_secrets(request),
    }
    return render(request, "secondments/absence.html", context)


def _leave_within(absence: Absence, reader: Person) -> list[Leave]:
    """Annual leave that was granted for some of these days: many rules at home give such days back."""
    last = absence.last_day or clock.today(absence.secondment.zone)
    mine = scopes.leaves(reader).filter(secondment=absence.secondment, kind=LeaveKind.ANNUAL, granted=True)
    found = list(mine.filter(cancelled_at__isnull=True, first_day__lte=last, last_day__gte=absence.first_day))
    for row in found:
        row.secondment = absence.secondment
    return found


@confirmed
def absence_reason(request: PersonRequest, key: str, absence_key: str) -> HttpResponse:
    """Why; each look of HR's is in the ledger."""
    case = _case(request, key)
    found = fetch(scopes.absences(request.user).filter(secondment=case), key=absence_key)
    found.secondment = case
    if not placement_policies.may_read_absence_reason(case, request.user):
        scope.offer(case, request.user, {Part.HR_SECONDER})
        raise Denied(_("Why somebody is absent is read by HR of the seconder and by themselves."))
    if hides_secrets(request):
        raise Denied(_("Why somebody is absent is not shown to support."))
    reason = absences.read_reason(found, by=request.user)
    return render(request, "secondments/absence_reason.html", {"case": case, "absence": found, "reason": reason})
