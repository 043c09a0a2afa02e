"""Roles in an organisation: who holds them, who held them; given and ended by its HR."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import clock, policies
from people.access import Denied, PersonRequest, Refused, explain, fetch, tell
from people.actions import memberships as acts
from people.forms.organisations import EndRoleForm, RoleForm
from people.models import Membership
from people.views import scope


def members(request: PersonRequest, key: str) -> HttpResponse:
    """All roles there are and were, present ones first; HR gives one."""
    found = scope.own(request, key)
    may_give = policies.may_give_membership(request.user, found)
    form = RoleForm(request.POST or None, organisation=found)
    if request.method == "POST":
        if not may_give:
            raise Denied(_("Only HR of %(organisation)s gives roles there.") % {"organisation": found})
        if form.is_valid():
            given = form.cleaned_data
            day = given["since"]
            since = acts.start_of(day, found) if day and day != clock.today(found.time_zone) else None
            try:
                made = acts.give(found, given["person"], given["role"], by=request.user, since=since)
            except Refused as refused:
                explain(form, refused)
            else:
                words = {"name": made.person, "role": made.get_role_display()}
                messages.success(request, _("%(name)s has the role %(role)s; both of you are told by mail.") % words)
                return redirect("members", found.key)
    rows = found.memberships.select_related("person", "given_by", "taken_by").order_by(
        F("until").desc(nulls_first=True), "-since", "pk"
    )
    context = {
        "organisation": found,
        "tabs": scope.tabs(request.user, found),
        "page": Paginator(rows, scope.PAGE).get_page(request.GET.get("page")),
        "now": clock.now(),
        "form": form,
        "may_give": may_give,
        "colleagues": scope.colleagues(found) if may_give else [],
    }
    return render(request, "people/members.html", context)


@require_POST
def legal(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """Make somebody in HR a legal approver, or no longer."""
    found = scope.own(request, key)
    membership = fetch(Membership.objects.filter(organisation=found).select_related("person", "organisation"), pk=pk)
    try:
        acts.let_approve_legal(membership, by=request.user, may=request.POST.get("may") == "yes")
    except Refused as refused:
        tell(request, refused)
    else:
        messages.success(request, _("Saved: who approves changes of legal wording."))
    return redirect("members", found.key)


def end(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """Take a role away, now or with the end of a day."""
    found = scope.own(request, key)
    membership = fetch(Membership.objects.filter(organisation=found).select_related("person", "organisation"), pk=pk)
    if not policies.may_end_membership(request.user, membership):
        raise Denied(_("Only HR of %(organisation)s takes roles away there.") % {"organisation": found})
    form = EndRoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.end(membership, by=request.user, on=form.cleaned_data["on"])
        except Refused as refused:
            explain(form, refused)
        else:
            messages.success(request, _("The role is ended; both of you are told by mail."))
            return redirect("organisation" if membership.person == request.user else "members", found.key)
    way = scope.crumbs(found, (reverse("members", args=[found.key]), _("Roles")))
    heading = _("End the role %(role)s of %(name)s") % {
        "role": membership.get_role_display(),
        "name": membership.person,
    }
    lead = _("What %(name)s did stays in their name.") % {"name": membership.person}
    return scope.ask(request, form, heading=heading, lead=lead, button=_("End the role"), crumbs=way)
