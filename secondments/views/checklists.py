"""Ticking, showing, waiving and adding items of the checklists, and what an organisation's lists begin with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.access import Denied, PersonRequest, fetch
from people.forms.base import Reason
from people.models import Organisation
from people.roles import Role
from people.views import scope as organisation_scope
from secondments import effects, policies
from secondments.actions import attachments, checklists
from secondments.choices import ListKind
from secondments.forms.checklists import ChecklistItemForm, EvidenceForm, ItemOwnerForm, UsualItemForm, UsualItems
from secondments.models import ChecklistItem, Secondment, UsualItem
from secondments.transitions import NotAllowed, Refused
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
    refusals = []
    try:
        checklists.tick(item, by=request.user, done=request.POST.get("done") == "1")
    except Refused as refused:
        if not request.htmx:
            scope.tell(request, refused)
        elif isinstance(refused, NotAllowed):
            raise Denied(str(refused)) from None
        refusals = refused.refusals
    if request.htmx:
        context = case_context(request, case) | {"refused": pk, "refusals": refusals}
        return render(request, "secondments/_checklists.html", context)
    return redirect(f"{case.get_absolute_url()}#checklists")


def item(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """One item: the files that show it is done, and who sees to it until when."""
    case = scope.case(request, key)
    found = _item(request, case, pk)
    found.secondment = case
    parts = policies.parts_of(case, request.user)
    shows = policies.may_tick(found, parts) and case.is_open
    runs = found.list in policies.lists_run_by(case, parts) and case.is_open
    act = request.POST.get("do")
    file_form: Any = EvidenceForm(*((request.POST, request.FILES) if act == "show" else ())) if shows else None
    people = checklists.possible_owners(found) if runs else []
    initial = {"owner": found.owner_id, "due_on": found.due_on}
    owner_form = (
        ItemOwnerForm(request.POST if act == "give" else None, people=people, initial=initial) if runs else None
    )
    form: Any = {"show": file_form, "give": owner_form}.get(act or "")
    if request.method == "POST" and form is None:
        raise Denied(_("This item is for others to see to, or the case is closed."))
    if form is not None and form.is_valid():
        try:
            if form is file_form:
                file = form.cleaned_data["file"]
                content = file.read(attachments.MOST + 1)
                checklists.show(found, by=request.user, name=file.name, content=content)
            else:
                owner, due_on = form.chosen("owner"), form.cleaned_data["due_on"]
                checklists.give(found, by=request.user, owner=owner, due_on=due_on)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            return redirect("checklist_item", key=case.key, pk=pk)
    context = {
        "case": case,
        "item": found,
        "form": form,
        "file_form": file_form,
        "owner_form": owner_form,
        "files": found.evidence.select_related("added_by").defer("content"),
        "may_tick": shows,
    }
    return render(request, "secondments/checklist_item.html", context)


def evidence(request: PersonRequest, key: str, pk: int, file_key: str) -> HttpResponse:
    """One file of an item, always to be saved and never shown by the browser."""
    case = scope.case(request, key)
    found = fetch(_item(request, case, pk).evidence.all(), key=file_key)
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    return response


def usual_lists(request: PersonRequest, key: str) -> HttpResponse:
    """What an organisation's checklists begin with, for its members."""
    found = _organisation(request, key)
    context = {
        "organisation": found,
        "lists": [(kind, effects.usual_items(found, kind)) for kind in ListKind],
        "own": set(UsualItem.objects.filter(organisation=found).values_list("list", flat=True)),
        "writes": request.user.works_for(found.pk, Role.HR),
        "tabs": organisation_scope.tabs(request.user, found),
    }
    return render(request, "secondments/usual_lists.html", context)


def usual_list(request: PersonRequest, key: str, kind: str) -> HttpResponse:
    """HR writes one of them, item by item; without any it is that of the house again."""
    found = _organisation(request, key)
    if not request.user.works_for(found.pk, Role.HR):
        raise Denied(_("HR of the organisation writes its checklists."))
    if kind not in ListKind.values:
        raise Http404
    chosen = ListKind(kind)
    rows = [{name: getattr(row, name) for name in UsualItemForm.ROW} for row in effects.usual_items(found, chosen)]
    formset: Any = UsualItems(
        request.POST or None, initial=rows, form_kwargs={"is_return": chosen == ListKind.RETURN}, prefix="rows"
    )
    if request.method == "POST" and formset.is_valid():
        try:
            checklists.save_usual(found, chosen, by=request.user, rows=formset.rows())
        except Refused as refused:
            scope.tell(request, refused)
        else:
            messages.success(request, _("The list is kept; cases whose lists open from now on begin with it."))
            return redirect("usual_lists", key=found.key)
    context = {
        "organisation": found,
        "kind": chosen,
        "formset": formset,
        "tabs": organisation_scope.tabs(request.user, found),
    }
    return render(request, "secondments/usual_list.html", context)


def _organisation(request: PersonRequest, key: str) -> Organisation:
    found = fetch(Organisation.objects.visible_to(request.user), key=key)
    if not request.user.works_for(found.pk, *Role.values):
        raise Denied(_("The checklists of an organisation are for its own members."))
    return found


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
                wants_evidence=found["wants_evidence"],
            )
        except Refused as refused:
            scope.tell(request, refused)
        else:
            messages.success(request, _("Added to the checklist."))
        return redirect(f"{case.get_absolute_url()}#checklists")
    context = case_context(request, case) | {"item_form": form, "item_form_open": True}
    return render(request, "secondments/case.html", context)
