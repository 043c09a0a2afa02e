"""What is due, invoiced and paid over all cases, for HR and finance."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from people import clock
from people.access import Denied, PersonRequest
from people.roles import Role
from secondments import exports, scopes
from secondments.choices import ChargeState
from secondments.models import Charge

PAGE = 50
MOST = 20_000  # rows of a file
SHOWN = ("due", "invoiced", "overdue", "paid", "ahead", "all")


def _rows(request: PersonRequest) -> tuple[QuerySet[Charge], str]:
    """What is asked to be shown of the charges that one may read: by default what can be invoiced now."""
    if not request.user.organisations_as(Role.HR, Role.FINANCE):
        raise Denied(_("This page is for HR and finance of an organisation."))
    today = clock.today(request.user.time_zone)
    shows = request.GET.get("show", "due")
    wanted = {
        "due": Q(state=ChargeState.EXPECTED, last_day__lt=today),
        "invoiced": Q(state=ChargeState.INVOICED),
        "overdue": Q(state=ChargeState.INVOICED, due_on__lt=today),
        "paid": Q(state=ChargeState.PAID),
        "ahead": Q(state=ChargeState.EXPECTED, last_day__gte=today),
        "all": Q(),
    }
    if shows not in wanted:
        raise Http404
    rows = scopes.charges(request.user).filter(wanted[shows])
    if asked := request.GET.get("q", "").strip()[:100]:
        rows = rows.filter(
            Q(secondment__reference__icontains=asked)
            | Q(secondment__secondee__full_name__icontains=asked)
            | Q(secondment__host__legal_name__icontains=asked)
            | Q(invoice_number__icontains=asked)
        )
    joined = ("secondment__secondee", "secondment__host", "secondment__seconder")
    return rows.select_related(*joined).order_by("last_day", "pk"), shows


def finance(request: PersonRequest) -> HttpResponse:
    """A page of them, with sums by currency of all that are shown."""
    rows, shows = _rows(request)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    labels = {
        "due": _("To be invoiced"),
        "invoiced": _("Invoiced"),
        "overdue": _("Overdue"),
        "paid": _("Paid"),
        "ahead": _("Ahead"),
        "all": _("All"),
    }
    context = {
        "page": page,
        "shows": shows,
        "choices": [(name, labels[name]) for name in SHOWN],
        "sums": rows.order_by().values("currency").annotate(amount=Sum("amount")).order_by("currency"),
        "today": clock.today(request.user.time_zone),
    }
    return render(request, "secondments/finance.html", context)


def _in_words(row: Charge, today: date) -> str:
    """Its state as the page says it."""
    is_late = row.state == ChargeState.INVOICED and row.due_on is not None and row.due_on < today
    return str(_("Overdue") if is_late else row.get_state_display())


def finance_file(request: PersonRequest, kind: str) -> HttpResponse:
    """The same as CSV or XLSX."""
    if kind not in exports.TYPES:
        raise Http404
    rows, shows = _rows(request)
    head = [
        _("Reference"), _("Secondee"), _("Seconder"), _("Host"), _("Statement"), _("From"), _("Until"), _("Amount"),
        _("Currency"), _("State"), _("Invoice"), _("Invoiced on"), _("To be paid by"), _("Paid on"),
    ]  # fmt: skip
    today = clock.today(request.user.time_zone)
    found = (
        (
            row.secondment.reference, str(row.secondment.secondee), str(row.secondment.seconder),
            str(row.secondment.host), row.number, row.first_day, row.last_day, row.amount, row.currency,
            _in_words(row, today), row.invoice_number, row.invoiced_on, row.due_on, row.paid_on,
        )
        for row in rows[:MOST]
    )  # fmt: skip
    make = exports.as_csv if kind == exports.CSV else exports.as_xlsx
    response = HttpResponse(make(head, found), content_type=exports.TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="recharge-{shows}.{kind}"'
    return response
