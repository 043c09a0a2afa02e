"""What HR does with a paper that is out for signature, and the evidence of what happened to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agreements import envelopes, evidence, policies
from agreements.forms.signing import ExtendForm, ReassignForm
from agreements.models import Agreement
from agreements.states import PaperState
from agreements.views.scope import keeper, paper
from people.access import Denied, PersonRequest, fetch
from people.forms.base import Reason
from secondments.choices import Part
from secondments.transitions import Refused
from secondments.views import scope


def redraft(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """Take the terms up again on a new paper, which takes the place of one that is still out."""
    agreement = keeper(request, paper(request, key, number))
    form = Reason(request.POST or None, label=_("Reason"), required=agreement.state == PaperState.SIGNING)
    if request.method == "POST" and form.is_valid():
        try:
            made = envelopes.redraft(agreement, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("A new paper is drafted from the same terms."))
            return redirect(made.get_absolute_url())
    context = {"agreement": agreement, "case": agreement.secondment, "form": form}
    return render(request, "agreements/redraft.html", context)


def void(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """Call a paper off."""
    agreement = keeper(request, paper(request, key, number))
    form = Reason(request.POST or None, label=_("Why is the paper called off?"))
    if request.method == "POST" and form.is_valid():
        try:
            envelopes.void_issued(agreement, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The paper is void; those who were asked to sign are told."))
            return redirect("papers", agreement.secondment.key)
    lead = _("Nobody can sign it any more. What was signed stays in the record.")
    return _page(request, agreement, form, _("Call the paper off"), _("Void the paper"), lead)


def extend(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """Give more time for signing."""
    agreement = keeper(request, paper(request, key, number))
    form = ExtendForm(request.POST or None, initial={"until": agreement.expires_on})
    if request.method == "POST" and form.is_valid():
        try:
            envelopes.extend(agreement, by=request.user, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("There is more time for signing now."))
            return redirect(agreement.get_absolute_url())
    return _page(request, agreement, form, _("Give more time for signing"), _("Give more time"))


@require_POST
def remind(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """Remind those whose turn it is."""
    agreement = keeper(request, paper(request, key, number))
    try:
        envelopes.remind_now(agreement, by=request.user)
    except Refused as refused:
        scope.tell(request, refused)
    else:
        messages.success(request, _("A reminder is on its way."))
    return redirect(agreement.get_absolute_url())


def reassign(request: PersonRequest, key: str, number: int, place: int) -> HttpResponse:
    """Somebody else signs for one's own side."""
    agreement = paper(request, key, number)
    slot = fetch(agreement.slots.select_related("signatory"), pk=place)
    slot.agreement = agreement
    if not policies.may_reassign(slot, request.user):
        scope.offer(agreement.secondment, request.user, {Part.HR_SECONDER, Part.HR_HOST, Part.HOST_CONTACT})
        raise Denied(_("Each side says who signs for it; nobody signs in place of the secondee."))
    form = ReassignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():  # who is new here is made with the reassignment, or not at all
                envelopes.reassign(
                    agreement, by=request.user, place=slot.pk, to=form.person(agreement.secondment.zone),
                    reason=form.cleaned_data["reason"],
                )  # fmt: skip
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The new signatory is asked; the link of the one before no longer works."))
            return redirect(agreement.get_absolute_url())
    lead = _("The text goes on naming %(who)s; the signature block and the record say who signs instead, and why.")
    heading = _("Somebody else signs for the %(party)s") % {"party": slot.get_party_display().lower()}
    return _page(request, agreement, form, heading, _("Name the signatory"), lead % {"who": slot.signatory})


def evidence_page(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """The chain of evidence in sentences, and whether it is sound."""
    agreement = keeper(request, paper(request, key, number))
    events = list(agreement.evidence.order_by("number"))
    context = {
        "agreement": agreement,
        "case": agreement.secondment,
        "events": evidence.as_rows(events),
        "head": events[-1].hash if events else "",
        "soundness": evidence.describe(agreement),
        "is_sound": evidence.broken_at(events) is None,
    }
    return render(request, "agreements/evidence.html", context)


def _page(
    request: PersonRequest, agreement: Agreement, form: Any, heading: str, button: str, lead: str = ""
) -> HttpResponse:
    context = {
        "agreement": agreement, "case": agreement.secondment, "form": form, "heading": heading, "button": button,
        "clause": None, "lead": lead, "has_file": False,
    }  # fmt: skip
    return render(request, "agreements/form_page.html", context)
