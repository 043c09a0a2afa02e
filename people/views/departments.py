"""Departments of an organisation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import policies
from people.access import Denied, PersonRequest, Refused, explain, fetch, tell
from people.actions import organisations as acts
from people.forms.organisations import DepartmentForm
from people.models import Department
from people.views import scope


def departments(request: PersonRequest, key: str) -> HttpResponse:
    """All departments; HR adds one."""
    found = scope.inside(request, key)
    may_edit = policies.may_edit_organisation(request.user, found)
    form = DepartmentForm(request.POST or None, instance=Department(organisation=found))
    if request.method == "POST":
        if not may_edit:
            raise Denied(_("Only HR of %(organisation)s changes this.") % {"organisation": found})
        if form.is_valid():
            try:
                made = acts.add_department(found, by=request.user, **form.cleaned_data)
            except Refused as refused:
                explain(form, refused)
            else:
                messages.success(request, _("%(department)s is added.") % {"department": made})
                return redirect("departments", found.key)
    context = {
        "organisation": found,
        "tabs": scope.tabs(request.user, found),
        "departments": found.departments.all(),
        "form": form,
        "may_edit": may_edit,
    }
    return render(request, "people/departments.html", context)


def rename(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """Give a department another name."""
    found = scope.editable(request, key)
    department = fetch(Department.objects.filter(organisation=found), pk=pk)
    form = DepartmentForm(request.POST or None, instance=department)
    if request.method == "POST" and form.is_valid():
        try:
            acts.rename_department(department, by=request.user, **form.cleaned_data)
        except Refused as refused:
            explain(form, refused)
        else:
            messages.success(request, _("The department is renamed."))
            return redirect("departments", found.key)
    way = scope.crumbs(found, (reverse("departments", args=[found.key]), _("Departments")))
    return scope.ask(request, form, heading=_("Rename a department"), button=_("Rename"), crumbs=way)


@require_POST
def remove(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """Remove a department that nobody works or worked in."""
    found = scope.editable(request, key)
    department = fetch(Department.objects.filter(organisation=found), pk=pk)
    try:
        acts.remove_department(department, by=request.user)
    except Refused as refused:
        tell(request, refused)
    else:
        messages.success(request, _("The department is removed."))
    return redirect("departments", found.key)
