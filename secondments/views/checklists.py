"""Ticking, waiving and adding items of the checklists."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.access import Denied, PersonRequest, fetch
from people.forms.base import Reason
from secondments import policies
from secondments.actions import checklists
from secondments.forms.placement import ChecklistItemForm
from secondments.models import ChecklistItem, Secondment
from secondments.transitions import Refused
from secondments.views import scope
from secondments.views.cases import case_context


def _item(request: PersonRequest, case: Secondment, pk: int) -> ChecklistItem:
    item = fetch(case.checklist.all(), pk=pk)
    if not policies.may_see_item(item, policies.parts_of(case, request.user)):
        raise Denied(_("This list is for the other side."))
    return item


@require_POST
def tick(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """Done, or not after all."""
    case = scope.case(request, key)
    item = _item(request, case, pk)
    try:
        checklists.tick(item, by=request.user, done=request.POST.get("done") == "1")
    except Refused as refused:
        scope.tell(request, refused)
    if request.htmx:
        return render(request, "secondments/_checklists.html", case_context(request, case))
    return redirect(f"{case.get_absolute_url()}#checklists")


def waive(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """HR says why something need not be done."""
    case = scope.case(request, key)
    item = _item(request, case, pk)
    if item.list not in policies.lists_run_by(case, policies.parts_of(case, request.user)):
        raise Denied(_("Only HR of the side that runs this list waives an item."))
    form = Reason(request.POST or None, label=_("Why need it not be done?"))
    if request.method == "POST" and form.is_valid():
        try:
            checklists.waive(item, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            return redirect(f"{case.get_absolute_url()}#checklists")
    return render(request, "secondments/waive.html", {"case": case, "item": item, "form": form})


@require_POST
def add(request: PersonRequest, key: str) -> HttpResponse:
    """HR adds an item."""
    case = scope.case(request, key)
    lists = policies.lists_run_by(case, policies.parts_of(case, request.user))
    if not lists:
        raise Denied(_("Only HR of the side that runs a list adds to it."))
    form = ChecklistItemForm(request.POST, lists=lists)
    if form.is_valid():
        found = form.cleaned_data
        try:
            checklists.add(
                case,
                by=request.user,
                kind=found["list"],
                title=found["title"],
                party=found["party"],
                due_on=found["due_on"],
                blocks_start=found["blocks_start"],
            )
        except Refused as refused:
            scope.tell(request, refused)
        else:
            messages.success(request, _("Added to the checklist."))
        return redirect(f"{case.get_absolute_url()}#checklists")
    context = case_context(request, case) | {"item_form": form, "item_form_open": True}
    return render(request, "secondments/case.html", context)
