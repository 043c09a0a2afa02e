"""What the host pays in a case: the schedule, statements and their files, terms, hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people import clock
from people.access import Denied, PersonRequest, fetch, hides_secrets
from people.confirming import confirmed
from secondments import exports, placement_policies, policies, scopes, statements
from secondments.actions import charges as actions
from secondments.choices import ChargeState, RechargeModel
from secondments.forms.costs import HandOverForm, HoursForm, InvoiceForm, PaidForm, RechargeForm
from secondments.models import Charge, RechargeTerms, Secondment
from secondments.states import STARTED, State
from secondments.transitions import Refused
from secondments.views import scope


def case_of(request: PersonRequest, key: str) -> Secondment:
    """A case that has begun, for who reads what the host pays."""
    case = scope.case(request, key)
    if not policies.may_see_recharge(policies.parts_of(case, request.user)):
        scope.offer(case, request.user, policies.RECHARGE_READERS)
        raise Denied(_("What the host pays is for HR, finance, the line manager and the host."))
    if case.state not in STARTED:
        raise Denied(_("What the host pays is counted once the placement has begun."))
    return case


def costs(request: PersonRequest, key: str) -> HttpResponse:
    """Every period with what it costs and how far it is; estimate against actual."""
    case = case_of(request, key)
    rows = list(scopes.charges(request.user).filter(secondment=case).order_by("number"))
    for row in rows:
        row.secondment = case
    terms = RechargeTerms.objects.filter(secondment=case).select_related("handed_by").first()
    today = clock.today(case.zone)
    charges = placement_policies.may_charge(case, request.user)
    form = HandOverForm(request.POST or None) if charges and terms and terms.handed_at is None else None
    if request.method == "POST":
        if form is None:
            raise Denied(_("What the host pays is kept by HR and finance of the seconder."))
        if form.is_valid():
            try:
                actions.hand_over(case, by=request.user, note=form.cleaned_data["note"])
            except Refused as refused:
                scope.explain(form, refused)
            else:
                messages.success(request, _("What is unpaid is finance's to follow now."))
                return redirect("costs", key=case.key)
    context = {
        "case": case,
        "rows": [(row, is_overdue(row, today)) for row in rows],
        "terms": terms,
        "sums": sums(rows),
        "estimates": _estimates(case, terms),
        "charges": charges,
        "is_final": is_final(case) and bool(rows),
        "enters_hours": bool(terms and terms.model == RechargeModel.HOURS)
        and placement_policies.may_enter_hours(case, request.user),
        "form": form,
    }
    return render(request, "secondments/costs.html", context)


def _estimates(case: Secondment, terms: RechargeTerms | None) -> list[tuple[Any, date, date]]:
    """What the host was estimated to pay, and for which days: when it was approved, and as it was varied since."""
    newest = case.estimate
    if newest is None or terms is None or newest.currency != terms.currency:
        return []
    kept = case.estimates.filter(secondee=case.secondee_id, made_at__lte=case.approved_at or newest.made_at)
    first = kept.order_by("-pk").first()
    rows = [first, newest] if first and first.pk != newest.pk and first.currency == terms.currency else [newest]
    return [(row, *(date.fromisoformat(row.content[name]) for name in ("start", "end"))) for row in rows]


def is_final(case: Secondment) -> bool:
    """Whether the placement is over, so that nothing more is added but what is corrected."""
    return case.state in {State.RETURN, State.COMPLETED}


def is_overdue(row: Charge, today: Any) -> bool:
    return row.state == ChargeState.INVOICED and row.due_on is not None and row.due_on < today


def sums(rows: Iterable[Charge]) -> dict[str, Decimal]:
    """What is expected, invoiced and not paid, paid, and all of it."""
    found = {state.value: Decimal(0) for state in ChargeState}
    for row in rows:
        found[row.state] += row.amount
    return {**found, "total": sum(found.values(), Decimal(0))}


@confirmed
def recharge_terms(request: PersonRequest, key: str) -> HttpResponse:
    """How it is counted; the salary stands here, so that who opens it confirms who they are."""
    case = case_of(request, key)
    if not placement_policies.may_charge(case, request.user):
        scope.offer(case, request.user, placement_policies.CHARGES)
        raise Denied(_("How it is counted tells a salary: it is for HR and finance of the seconder."))
    if hides_secrets(request):
        raise Denied(_("What somebody earns is not shown to support."))
    found = actions.read_terms(case, by=request.user)
    form = RechargeForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            fields = dict(form.cleaned_data)
            actions.set_terms(case, by=request.user, reason=fields.pop("reason"), fields=fields)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("What is expected is counted anew; what was invoiced stays."))
            return redirect("costs", key=case.key)
    return render(request, "secondments/recharge_terms.html", {"case": case, "form": form})


def hours(request: PersonRequest, key: str) -> HttpResponse:
    """Hours of each month, where the host pays by the hour."""
    case = case_of(request, key)
    if not placement_policies.may_enter_hours(case, request.user):
        raise Denied(_("Hours are entered by the host's contact, and by HR and finance of the seconder."))
    form = HoursForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter_hours(case, by=request.user, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The hours are entered."))
            return redirect("costs", key=case.key)
    rows = case.hours.select_related("entered_by")
    return render(request, "secondments/hours.html", {"case": case, "form": form, "rows": rows})


def charge(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """One statement; HR and finance of the seconder note the invoice and the payment."""
    case, found = charge_of(request, key, number)
    form: Any = None
    today = clock.today(case.zone)
    if placement_policies.may_charge(case, request.user):
        if found.state == ChargeState.EXPECTED:
            form = InvoiceForm(request.POST or None, initial={"invoiced_on": today, "seen": found.amount})
        elif found.state == ChargeState.INVOICED:
            form = PaidForm(request.POST or None, initial={"paid_on": today})
    if request.method == "POST":
        if form is None:
            raise Denied(_("It is paid, or for HR and finance of the seconder to note."))
        if form.is_valid():
            act: Any = actions.invoice if found.state == ChargeState.EXPECTED else actions.pay
            try:
                act(found, by=request.user, **form.cleaned_data)
            except Refused as refused:
                scope.explain(form, refused)
            else:
                return redirect(found)
    context = {
        "case": case,
        "charge": found,
        "lines": statements.lines(found, policies.parts_of(case, request.user)),
        "tables": statements.tables(found, policies.parts_of(case, request.user)),
        "form": form,
        "terms": RechargeTerms.objects.filter(secondment=case).first(),
        "is_overdue": is_overdue(found, today),
    }
    return render(request, "secondments/charge.html", context)


def charge_file(request: PersonRequest, key: str, number: int, kind: str) -> HttpResponse:
    """A statement as CSV or XLSX."""
    case, found = charge_of(request, key, number)
    if kind not in exports.TYPES:
        raise Http404
    parts = policies.parts_of(case, request.user)
    head = [_("What for"), _("Amount"), _("Currency")]
    rows = [(label, amount, found.currency) for label, amount in statements.lines(found, parts)]
    rows.append((_("Total"), found.amount, found.currency))
    tables = statements.tables(found, parts)
    content = exports.as_csv(head, rows, *tables) if kind == exports.CSV else exports.as_xlsx(head, rows, *tables)
    response = HttpResponse(content, content_type=exports.TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{case.reference}-{found.number}.{kind}"'
    return response


def charge_of(request: PersonRequest, key: str, number: int) -> tuple[Secondment, Charge]:
    case = case_of(request, key)
    found = fetch(scopes.charges(request.user).filter(secondment=case), number=number)
    found.secondment = case
    return case, found
