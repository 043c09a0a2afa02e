"""Who may sign for an organisation."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from people import clock, policies
from people.access import Denied, PersonRequest, Refused, explain, fetch
from people.actions import signatories as acts
from people.forms.organisations import LastDayForm, SignatoryForm
from people.models import Signatory
from people.views import scope


def signatories(request: PersonRequest, key: str) -> HttpResponse:
    """Present and former ones; HR names another."""
    found = scope.inside(request, key)
    may_edit = policies.may_edit_organisation(request.user, found)
    today = clock.today(found.time_zone)
    form = SignatoryForm(request.POST or None, organisation=found, initial={"since": today})
    if request.method == "POST":
        if not may_edit:
            raise Denied(_("Only HR of %(organisation)s says who signs.") % {"organisation": found})
        if form.is_valid():
            try:
                acts.give(found, by=request.user, **form.cleaned_data)
            except Refused as refused:
                explain(form, refused)
            else:
                words = {"name": form.cleaned_data["person"], "organisation": found}
                messages.success(request, _("%(name)s may sign for %(organisation)s.") % words)
                return redirect("signatories", found.key)
    rows = found.signatories.select_related("person", "given_by", "taken_by").order_by(
        F("until").desc(nulls_first=True), "-since", "pk"
    )
    context = {
        "organisation": found,
        "tabs": scope.tabs(request.user, found),
        "page": Paginator(rows, scope.PAGE).get_page(request.GET.get("page")),
        "today": today,
        "form": form,
        "may_edit": may_edit,
        "colleagues": scope.colleagues(found) if may_edit else [],
    }
    return render(request, "people/signatories.html", context)


def end(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """The last day on which somebody may sign."""
    found = scope.editable(request, key)
    signatory = fetch(Signatory.objects.filter(organisation=found).select_related("person", "organisation"), pk=pk)
    form = LastDayForm(request.POST or None, initial={"last_day": clock.today(found.time_zone)})
    if request.method == "POST" and form.is_valid():
        try:
            acts.end(signatory, by=request.user, **form.cleaned_data)
        except Refused as refused:
            explain(form, refused)
        else:
            messages.success(request, _("It is written down."))
            return redirect("signatories", found.key)
    way = scope.crumbs(found, (reverse("signatories", args=[found.key]), _("Signatories")))
    heading = _("%(name)s no longer signs") % {"name": signatory.person}
    return scope.ask(request, form, heading=heading, button=_("End the right to sign"), crumbs=way)
