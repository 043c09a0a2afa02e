"""The review and the return: evaluate, conclude, record the outcome; and ending early, which leads there."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest, fetch
from secondments import policies
from secondments.actions import early_end, evaluations, outcomes
from secondments.choices import Part, Party
from secondments.forms.closing import ConclusionForm, EvaluationForm, OutcomeForm
from secondments.forms.placement import EarlyEndForm
from secondments.models import Secondment
from secondments.states import PLACED, State
from secondments.transitions import Refused
from secondments.views import scope


def _as_hr(request: PersonRequest, key: str) -> Secondment:
    case = scope.case(request, key)
    if not policies.may_run(case, request.user):
        scope.offer(case, request.user, {Part.HR_SECONDER})
        raise Denied(_("This is for HR of the seconder."))
    return case


def evaluate(request: PersonRequest, key: str, party: str) -> HttpResponse:
    """Look back: each objective, what worked, skills gained."""
    case = scope.case(request, key)
    found = fetch(case.evaluations.select_related("person"), party=party)
    parts = policies.parts_of(case, request.user)
    released = case.review_concluded_at is not None
    if not policies.may_read_evaluation(found, parts, released=released):
        scope.offer(case, request.user, policies.SPEAKS_FOR[Party(found.party)])
        raise Denied(_("This evaluation is not yours to read before HR has concluded the review."))
    is_open = policies.may_evaluate(found, parts) and found.completed_at is None and not released
    form = EvaluationForm(request.POST or None, instance=found, objectives=case.objectives.all()) if is_open else None
    if request.method == "POST":
        if form is None:
            raise Denied(_("This evaluation has been handed in, or is for somebody else to write."))
        if form.is_valid():
            try:
                evaluations.complete(found, by=request.user, answers=form.cleaned_data, results=form.results())
            except Refused as refused:
                scope.explain(form, refused)
            else:
                messages.success(request, _("Thank you for looking back."))
                return redirect(case)
    results = found.results.select_related("objective")
    return render(
        request, "secondments/evaluate.html", {"case": case, "evaluation": found, "form": form, "results": results}
    )


def conclude(request: PersonRequest, key: str) -> HttpResponse:
    """HR reads the evaluations side by side and concludes."""
    case = _as_hr(request, key)
    form = ConclusionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            case = evaluations.conclude(case, by=request.user, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The review is concluded, and the evaluations are released to the three."))
            return redirect(case)
    found = list(case.evaluations.select_related("person").prefetch_related("results__objective"))
    return render(request, "secondments/conclude.html", {"case": case, "evaluations": found, "form": form})


def end_early(request: PersonRequest, key: str) -> HttpResponse:
    """Set a new, earlier last day; the page shows how the notice counts."""
    case = _as_hr(request, key)
    if case.state not in PLACED:
        raise Denied(_("Only a placement that is running can be ended early."))
    proposals = [
        (party.label, early_end.notice_weeks(case, party), early_end.proposed_last_day(case, party))
        for party in (Party.SECONDER, Party.HOST, Party.SECONDEE)
    ]
    first: date = proposals[0][2]
    form = EarlyEndForm(request.POST or None, initial={"asked_by": Party.SECONDER, "last_day": first})
    if request.method == "POST" and form.is_valid():
        try:
            case = early_end.end_early(case, by=request.user, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The placement ends early; the review is open and everybody has been told."))
            return redirect(case)
    return render(request, "secondments/end_early.html", {"case": case, "form": form, "proposals": proposals})


def outcome(request: PersonRequest, key: str) -> HttpResponse:
    """Where the secondee is now."""
    case = _as_hr(request, key)
    if case.state != State.RETURN:
        raise Denied(_("The outcome is recorded during the return."))
    form = OutcomeForm(request.POST or None, instance=case)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            outcomes.record(
                case,
                by=request.user,
                outcome=found["outcome"],
                note=found["outcome_note"],
                returned_on=found["returned_on"],
            )
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The outcome is recorded."))
            return redirect(f"{case.get_absolute_url()}#return")
    return render(request, "secondments/outcome.html", {"case": case, "form": form})
