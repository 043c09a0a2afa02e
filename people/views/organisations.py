"""Organisations: the list, the page of one, entering and changing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from people import clock, policies
from people.access import Denied, PersonRequest, Refused, explain, require_hr
from people.actions import organisations as acts
from people.forms.organisations import OrganisationForm
from people.models import Organisation, Policy
from people.roles import Role
from people.views import scope


def organisations(request: PersonRequest) -> HttpResponse:
    """Organisations that one may see."""
    if not request.user.memberships_now:
        raise Denied(_("The directory is for members of an organisation."))
    words = request.GET.get("q", "").strip()
    found = Organisation.objects.visible_to(request.user).named(words).select_related("kept_by").sorted_by_name()
    page = Paginator(found, scope.PAGE).get_page(request.GET.get("page"))
    own = request.user.organisations_as(*Role.values)
    return render(request, "people/organisations.html", {"page": page, "words": words, "own": own})


def organisation(request: PersonRequest, key: str) -> HttpResponse:
    """One organisation: what everybody's HR may know; for its own members everything, in short."""
    found = scope.organisation(request, key)
    context: dict[str, Any] = {
        "organisation": found,
        "tabs": scope.tabs(request.user, found),
        "is_own": request.user.works_for(found.pk, *Role.values),
        "is_inside": policies.may_see_inside(request.user, found),
        "may_edit": policies.may_edit_organisation(request.user, found),
        "is_kept": found.pk in request.user.keeps,
    }
    today = clock.today(found.time_zone)
    if context["is_inside"]:
        context |= {
            "departments": found.departments.all(),
            "signatories": found.signatories.current(today).select_related("person").order_by("since", "pk"),
        }
    if context["is_own"]:
        roles = found.memberships.current().select_related("person").order_by("role", "person__full_name", "pk")
        context |= {"memberships": roles, "policy": Policy.objects.on(found, today)}
    return render(request, "people/organisation.html", context)


@require_hr
def add(request: PersonRequest) -> HttpResponse:
    """Enter a host that is not here yet; it is known to one's own organisation alone."""
    mine = list(Organisation.objects.filter(pk__in=request.user.organisations_as(Role.HR)).order_by("legal_name", "pk"))
    keeper = next((one for one in mine if one.key == request.GET.get("keeper")), mine[0])
    form = OrganisationForm(request.POST or None, instance=Organisation(kept_by=keeper), keeps_itself=False)
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.add(by=request.user, keeper=keeper, fields=form.cleaned_data)
        except Refused as refused:
            explain(form, refused)
        else:
            messages.success(request, _("%(organisation)s is entered.") % {"organisation": made})
            return redirect(made)
    lead = _("%(keeper)s keeps its particulars, and nobody else sees it, until it has HR of its own here.")
    return scope.ask(
        request,
        form,
        heading=_("Enter an organisation"),
        lead=lead % {"keeper": keeper},
        button=_("Enter the organisation"),
        crumbs=[(reverse("organisations"), _("Organisations"))],
    )


def edit(request: PersonRequest, key: str) -> HttpResponse:
    """Change the particulars."""
    found = scope.editable(request, key)
    keeps_itself = request.user.works_for(found.pk, Role.HR)
    form = OrganisationForm(request.POST or None, instance=found, keeps_itself=keeps_itself)
    if request.method == "POST" and form.is_valid():
        try:
            acts.edit(found, by=request.user, fields=form.given())
        except Refused as refused:
            explain(form, refused)
        else:
            messages.success(request, _("The particulars are saved."))
            return redirect(found)
    fresh = Organisation.objects.get(pk=found.pk)  # the form has written into its own copy
    return scope.ask(request, form, heading=_("Change the particulars"), button=_("Save"), crumbs=scope.crumbs(fresh))
