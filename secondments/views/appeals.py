"""A refused release is looked at again: the secondee asks, HR answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest
from secondments import policies, scopes
from secondments.actions import appeals
from secondments.choices import Part
from secondments.forms.proposal import Words
from secondments.transitions import Refused
from secondments.views import scope


def appeal(request: PersonRequest, key: str) -> HttpResponse:
    """The refusal, the appeal and its answer; a form for whose turn it is."""
    case = scope.case(request, key)
    parts = policies.parts_of(case, request.user)
    if not policies.may_see_appeal(parts):
        raise Denied(_("An appeal is between the secondee, the line manager and HR of the seconder."))
    found = (
        scopes.appeals(request.user)
        .filter(secondment=case)
        .select_related("asked_by", "refused_by", "answered_by")
        .first()
    )
    may_ask = policies.may_appeal(case, request.user)
    may_answer = found is not None and found.granted is None and policies.may_run(case, request.user)
    if found is None and not may_ask:
        if Part.SECONDEE in parts:
            raise Denied(_("There is no refused release to be looked at again."))
        raise Http404
    form = None
    if may_ask:
        form = Words(
            request.POST or None,
            label=_("Why should it be looked at again?"),
            help_text=_("HR and your line manager read it. You can ask once."),
            most=4000,
        )
    elif may_answer:
        form = Words(
            request.POST or None, label=_("Your answer, with the reason"), help_text=_("Both sides read it."), most=4000
        )
    if request.method == "POST":
        if form is None:
            raise Denied(_("This appeal is answered, or not yours to answer."))
        if form.is_valid():
            try:
                if may_ask:
                    appeals.ask(case, by=request.user, text=form.cleaned_data["text"])
                    messages.success(request, _("HR is asked to look at it again."))
                else:
                    assert found
                    granted = request.POST.get("granted") == "yes"
                    appeals.answer(found, by=request.user, granted=granted, text=form.cleaned_data["text"])
                    messages.success(request, _("The answer is recorded, and both sides are told."))
            except Refused as refused:
                scope.explain(form, refused)
            else:
                return redirect(case)
    refused_decision = case.decisions.filter(revision=case.revision, kind="release", verdict=False).first()
    context = {
        "case": case,
        "appeal": found,
        "refused": refused_decision,
        "form": form,
        "may_ask": may_ask,
        "may_answer": may_answer,
    }
    return render(request, "secondments/appeal.html", context)
