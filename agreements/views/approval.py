"""Approving a version, agreeing to changed legal wording, taking note, issuing for signature."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agreements import approving, guards, policies, signing
from agreements.composing import Matter
from agreements.views.scope import editor, paper
from people.access import Denied, PersonRequest
from people.forms.base import Reason
from secondments.choices import Part
from secondments.transitions import Refused
from secondments.views import scope


@require_POST
def approve(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """Approve the version that was on the page, named by its hash."""
    agreement = paper(request, key, number)
    try:
        approving.approve(agreement, by=request.user, content_hash=request.POST.get("content_hash", ""))
    except Refused as refused:
        scope.tell(request, refused)
    else:
        messages.success(request, _("You have approved the terms."))
    return redirect(agreement.get_absolute_url())


def consent(request: PersonRequest, key: str, number: int, clause_key: str) -> HttpResponse:
    """The legal approver reads what changed in legal wording, and agrees to just that."""
    agreement = paper(request, key, number)
    if not policies.may_consent_legally(agreement, request.user):
        scope.offer(agreement.secondment, request.user, {Part.HR_SECONDER})
        raise Denied(_("Only a legal approver of the seconder agrees to changes of legal wording."))
    assert agreement.current
    wanted = approving.hashes(agreement).get(clause_key)
    if wanted is None:
        raise Http404
    matter = Matter.of(agreement.current)
    clause = matter.by_key.get(clause_key)
    form = Reason(request.POST or None, label=_("Why is it acceptable?"))
    if request.method == "POST" and form.is_valid():
        try:
            approving.consent_legally(
                agreement, by=request.user, key=clause_key, wording_hash=request.POST.get("wording_hash", ""),
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("You have agreed to this wording."))
            return redirect(agreement.get_absolute_url())
    context = {
        "agreement": agreement,
        "case": agreement.secondment,
        "clause": clause,
        "changed": matter.paragraphs(clause) if clause else [],
        "wording_hash": wanted,
        "is_enclosure": clause_key == guards.ENCLOSURE,
        "form": form,
    }
    return render(request, "agreements/consent.html", context)


def note(request: PersonRequest, key: str, number: int, name: str) -> HttpResponse:
    """HR takes note of a post at risk, or of the days abroad."""
    agreement = editor(request, paper(request, key, number))
    titles = {
        guards.AT_RISK: (_("The post is at risk"), _("What is done about it?")),
        guards.DAY_COUNT: (_("Days abroad"), _("What follows from it, and who looks after it?")),
    }
    if name not in titles:
        raise Http404
    heading, label = titles[name]
    form = Reason(request.POST or None, label=label)
    if request.method == "POST" and form.is_valid():
        try:
            approving.take_note(agreement, by=request.user, name=name, reason=form.cleaned_data["reason"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Noted."))
            return redirect(agreement.get_absolute_url())
    context = {
        "agreement": agreement, "case": agreement.secondment, "form": form, "heading": heading,
        "button": _("Take note"), "clause": None, "lead": "", "has_file": False,
    }  # fmt: skip
    return render(request, "agreements/form_page.html", context)


@require_POST
def issue(request: PersonRequest, key: str, number: int) -> HttpResponse:
    agreement = paper(request, key, number)
    try:
        signing.issue(agreement, by=request.user)
    except Refused as refused:
        scope.tell(request, refused)
    else:
        messages.success(request, _("The agreement is issued. Who signs first is invited as soon as the PDF is made."))
    return redirect(agreement.get_absolute_url())
