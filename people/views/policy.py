"""The rules of an organisation, version by version."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import clock, policies
from people.access import Denied, PersonRequest, Refused, explain, fetch, tell
from people.actions import policy_versions as acts
from people.forms.policy import GROUPS, RULES, PolicyForm
from people.models import Organisation, Policy
from people.models.labels import label
from people.roles import Role
from people.views import scope

Difference = tuple[str, str, str]


def policy(request: PersonRequest, key: str) -> HttpResponse:
    """The rules in force today, and every version with what it changed."""
    found = scope.own(request, key)
    today = clock.today(found.time_zone)
    in_force = Policy.objects.on(found, today)
    context = {
        "organisation": found,
        "tabs": scope.tabs(request.user, found),
        "policy": in_force,
        "groups": [
            (title, [(label(in_force, rule), in_force.shown(rule), meaning) for rule, meaning in rules.items()])
            for title, rules in GROUPS
        ],
        "versions": _versions(found, today),
        "may_edit": request.user.works_for(found.pk, Role.HR),
        "is_usual": in_force.pk is None,
    }
    return render(request, "people/policy.html", context)


def _versions(found: Organisation, today: date) -> list[tuple[Policy, list[Difference], str]]:
    """Each version, newest first, with its differences to the one before, and whether it is in force."""
    rows = list(found.policies.select_related("made_by").order_by("effective_from"))
    begun = [row for row in rows if row.effective_from <= today]
    versions = []
    for older, row in zip([Policy(), *rows], rows, strict=False):
        when = "to come" if row.effective_from > today else "in force" if row == begun[-1] else "past"
        changed = [one for one in row.differences(older) if one[0] in {label(row, rule) for rule in RULES}]
        versions.append((row, changed, when))
    return versions[::-1]


def make(request: PersonRequest, key: str) -> HttpResponse:
    """A new version of all rules, from today or a later day."""
    found = _writable(request, key)
    today = clock.today(found.time_zone)
    draft = Policy(organisation=found, **Policy.objects.on(found, today).copy())
    form = PolicyForm(request.POST or None, instance=draft, initial={"effective_from": today})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            acts.make(
                found, by=request.user, effective_from=given["effective_from"], rules=form.rules(), note=given["note"]
            )
        except Refused as refused:
            explain(form, refused)
        else:
            messages.success(request, _("The new version is saved."))
            return redirect("policy", found.key)
    return _page(request, found, form, _("Change the rules"))


def edit(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """Change a version that has not begun."""
    found = _writable(request, key)
    version = _not_begun(request, found, pk)
    form = PolicyForm(request.POST or None, instance=version)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            acts.edit(
                version, by=request.user, effective_from=given["effective_from"], rules=form.rules(), note=given["note"]
            )
        except Refused as refused:
            explain(form, refused)
        else:
            messages.success(request, _("The version is saved."))
            return redirect("policy", found.key)
    return _page(request, found, form, _("Change a version that has not begun"))


@require_POST
def remove(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """Remove a version that has not begun."""
    found = _writable(request, key)
    version = _not_begun(request, found, pk)
    try:
        acts.remove(version, by=request.user)
    except Refused as refused:
        tell(request, refused)
    else:
        messages.success(request, _("The version is removed; the one before it stays in force."))
    return redirect("policy", found.key)


def _writable(request: PersonRequest, key: str) -> Organisation:
    found = scope.own(request, key)
    if not request.user.works_for(found.pk, Role.HR):
        raise Denied(_("Only HR of %(organisation)s changes its rules.") % {"organisation": found})
    return found


def _not_begun(request: PersonRequest, found: Organisation, pk: int) -> Policy:
    version = fetch(Policy.objects.filter(organisation=found).select_related("organisation"), pk=pk)
    if not policies.may_edit_policy(request.user, version):
        raise Denied(_("This version is in force, or was; make a new one instead."))
    return version


def _page(request: PersonRequest, found: Organisation, form: PolicyForm, heading: str) -> HttpResponse:
    context = {
        "organisation": found,
        "form": form,
        "heading": heading,
        "crumbs": scope.crumbs(found, (reverse("policy", args=[found.key]), _("Policy"))),
    }
    return render(request, "people/policy_form.html", context)
