"""Expenses of the secondee: claimed with a receipt, approved at the seconder, passed on to the host where agreed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from people import clock
from people.access import Denied, PersonRequest, fetch
from secondments import placement_policies, policies, scopes
from secondments.actions import attachments
from secondments.actions import expenses as actions
from secondments.choices import Part
from secondments.forms.costs import ExpenseAnswer, ExpenseForm
from secondments.models import Expense, RechargeTerms, Secondment
from secondments.states import STARTED
from secondments.transitions import Refused
from secondments.views import scope

READERS = placement_policies.EXPENSE_READERS | {Part.FINANCE_HOST, Part.HR_HOST}


def _case(request: PersonRequest, key: str) -> Secondment:
    case = scope.case(request, key)
    if not policies.parts_of(case, request.user) & READERS:
        scope.offer(case, request.user, READERS)
        raise Denied(_("Expenses are for the secondee, HR, finance and the line manager."))
    if case.state not in STARTED:
        raise Denied(_("Expenses are claimed once the placement has begun."))
    return case


def expenses(request: PersonRequest, key: str) -> HttpResponse:
    """Those that one may read; the secondee claims another."""
    case = _case(request, key)
    form = None
    if placement_policies.may_claim(case, request.user):
        given: Any = (request.POST, request.FILES) if request.method == "POST" else ()
        form = ExpenseForm(*given, initial={"spent_on": clock.today(case.zone)})
    if request.method == "POST":
        if form is None:
            raise Denied(_("Expenses are claimed by the secondee, until the case is closed."))
        if form.is_valid() and _claimed(request, case, form):
            messages.success(request, _("The expense is claimed; you hear the answer by mail."))
            return redirect("expenses", key=case.key)
    terms = RechargeTerms.objects.filter(secondment=case).first()
    rows = scopes.expenses(request.user).filter(secondment=case).defer("receipt").select_related("secondment")
    context = {"case": case, "rows": rows, "form": form, "currency": terms.currency if terms else ""}
    return render(request, "secondments/expenses.html", context)


def _claimed(request: PersonRequest, case: Secondment, form: ExpenseForm) -> bool:
    given = dict(form.cleaned_data)
    file = given.pop("receipt_file")
    try:
        actions.claim(case, by=request.user, name=file.name, receipt=file.read(attachments.MOST + 1), **given)
    except Refused as refused:
        for refusal in refused.refusals:
            field = "receipt_file" if refusal.where == "file" else refusal.where
            form.add_error(field if field in form.fields else None, str(refusal.sentence))
        return False
    return True


def expense(request: PersonRequest, key: str, expense_key: str) -> HttpResponse:
    """One expense; HR and finance of the seconder answer it."""
    case, found = _expense(request, key, expense_key)
    decides = found.approved is None and bool(
        policies.parts_of(case, request.user) & placement_policies.EXPENSE_DECIDERS
    )
    form = ExpenseAnswer(request.POST or None) if decides else None
    if request.method == "POST":
        if form is None:
            raise Denied(_("This has been answered, or is for HR and finance of the seconder to answer."))
        if form.is_valid():
            approved = request.POST.get("do") == "approve"
            try:
                actions.decide(found, by=request.user, approved=approved, **form.cleaned_data)
            except Refused as refused:
                scope.explain(form, refused)
            else:
                messages.success(request, _("Your answer is recorded; the secondee is told."))
                return redirect("expenses", key=case.key)
    terms = RechargeTerms.objects.filter(secondment=case).first()
    context = {"case": case, "expense": found, "form": form, "currency": terms.currency if terms else ""}
    return render(request, "secondments/expense.html", context)


def receipt(request: PersonRequest, key: str, expense_key: str) -> HttpResponse:
    """The receipt, always to be saved and never shown by the browser."""
    _found, expense = _expense(request, key, expense_key)
    response = HttpResponse(bytes(expense.receipt), content_type=expense.receipt_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, expense.receipt_name) or "attachment"
    return response


def _expense(request: PersonRequest, key: str, expense_key: str) -> tuple[Secondment, Expense]:
    case = _case(request, key)
    rows = scopes.expenses(request.user).filter(secondment=case).select_related("claimed_by", "decided_by")
    found = fetch(rows, key=expense_key)
    found.secondment = case
    return case, found
