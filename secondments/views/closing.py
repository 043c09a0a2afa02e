"""The review and the return: evaluate, conclude, record the outcome; and ending early, which leads there."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from people import clock
from people.access import Denied, PersonRequest, fetch, hides_secrets
from secondments import policies, review_tables
from secondments.actions import early_end, evaluations, outcomes
from secondments.choices import Part, Party
from secondments.forms.closing import ConclusionForm, EvaluationForm, OutcomeForm
from secondments.forms.placement import EarlyEndForm
from secondments.models import Evaluation, Secondment, Wish
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
    concluded = case.review_concluded_at is not None
    if not policies.may_read_evaluation(found, parts, released=case.is_released):
        scope.offer(case, request.user, policies.SPEAKS_FOR[Party(found.party)])
        raise Denied(_("This evaluation is not yours to read before HR has concluded the review."))
    is_open = policies.may_evaluate(found, parts) and found.completed_at is None and not concluded
    form = _evaluation_form(request, found, case) if is_open else None
    if request.method == "POST":
        if form is None:
            raise Denied(_("This evaluation has been handed in, or is for somebody else to write."))
        if "draft" in request.POST:
            try:
                evaluations.keep_draft(found, by=request.user, values=form.typed())
            except Refused as refused:
                scope.tell(request, refused)
                return redirect(case)
            messages.success(request, _("Kept as a draft: only you see it until you hand it in."))
            return redirect("evaluate", key=case.key, party=party)
        if form.is_valid():
            try:
                evaluations.complete(
                    found, by=request.user, answers=form.cleaned_data, results=form.results(), skills=form.levels()
                )
            except Refused as refused:
                scope.explain(form, refused)
            else:
                messages.success(request, _("Thank you for looking back."))
                return redirect(case)
    return render(request, "secondments/evaluate.html", {"case": case, "evaluation": found, "form": form})


def _evaluation_form(request: PersonRequest, evaluation: Evaluation, case: Secondment) -> EvaluationForm:
    """With the reader's own draft; what another speaker of the same party has begun stays theirs."""
    is_own = evaluation.drafted_by_id == request.user.pk and not hides_secrets(request)
    return EvaluationForm(
        request.POST or None,
        instance=evaluation,
        initial=evaluation.draft if is_own else None,
        objectives=case.objectives.all(),
        skills=case.skills.all(),
    )


@require_GET
def review(request: PersonRequest, key: str) -> HttpResponse:
    """The evaluations side by side, as far as the reader may read them, and the conclusion."""
    case, evaluations = review_of(request, key)
    table = review_tables.of(case, evaluations)
    readable = [row for row in evaluations if row.completed_at]
    context = {
        "case": case,
        "table": table,
        "evaluations": readable,
        "missing": case.evaluations.filter(completed_at__isnull=True).select_related("person"),
        "releases": policies.may_run(case, request.user) and case.state == State.REVIEW and not case.is_released,
        "concludes": policies.may_run(case, request.user)
        and case.state == State.REVIEW
        and not case.review_concluded_at,
        "prints": bool(readable) and (case.is_released or policies.may_run(case, request.user)),
    }
    return render(request, "secondments/review.html", context)


def review_of(request: PersonRequest, key: str) -> tuple[Secondment, list[Evaluation]]:
    """The case and those of its evaluations that the reader may read, or a refusal."""
    case = scope.case(request, key)
    parts = policies.parts_of(case, request.user)
    if not policies.may_see_review(parts):
        scope.offer(case, request.user, policies.REVIEWERS)
        raise Denied(_("The review is read by those who evaluate, and HR of both sides."))
    found = case.evaluations.select_related("person").prefetch_related("results", "skill_results")
    return case, [e for e in found if policies.may_read_evaluation(e, parts, released=case.is_released)]


@require_POST
def release(request: PersonRequest, key: str) -> HttpResponse:
    """HR lets the three read each other's evaluations before the conclusion."""
    case = _as_hr(request, key)
    try:
        evaluations.release(case, by=request.user)
    except Refused as refused:
        scope.tell(request, refused)
    else:
        messages.success(request, _("The three can read each other's evaluations now."))
    return redirect("review", key=case.key)


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
    found = list(case.evaluations.select_related("person").prefetch_related("results", "skill_results"))
    missing = [evaluation for evaluation in found if not evaluation.completed_at]
    context = {"case": case, "evaluations": found, "form": form, "table": review_tables.of(case, found)}
    return render(request, "secondments/conclude.html", context | {"missing": missing})


def end_early(request: PersonRequest, key: str) -> HttpResponse:
    """Set a new, earlier last day; the page shows how the notice counts."""
    case = _as_hr(request, key)
    if case.state not in PLACED:
        raise Denied(_("Only a placement that is running can be ended early."))
    concerns = case.concerns.filter(ended_at__isnull=True)
    notice = case.wishes.filter(Wish.PENDING, is_notice=True, key=request.GET.get("notice", "")).first()
    received = _received(request, case)
    if notice and request.method == "GET":
        received = notice.asked_at.astimezone(ZoneInfo(case.zone)).date()
    ways = early_end.notices_of(case, received)
    counts = "count" in request.POST  # nothing is done but shown: what was typed stays, and the days are counted anew
    initial = {"asked_by": Party.SECONDER, "last_day": ways[0].last_day, **(request.POST.dict() if counts else {})}
    if notice:
        reason = notice.reason
        initial |= {"asked_by": notice.party, "last_day": notice.end_on, "given_on": received, "reason": reason}
    form = EarlyEndForm(None if counts else request.POST or None, initial=initial, concerns=concerns)
    if request.method == "POST" and not counts and form.is_valid():
        given = form.cleaned_data
        at_once = given.pop("at_once")
        concern = given.pop("concern")
        try:
            if at_once:
                proposed = early_end.propose(case, by=request.user, concern=concern, **given)
                messages.success(request, _("Proposed; somebody else at the seconder is asked to approve it."))
                return redirect(proposed)
            case = early_end.end_early(case, by=request.user, **given)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The placement ends early; the review is open and everybody has been told."))
            return redirect(case)
    waiting = case.early_ends.filter(approved__isnull=True).first()
    context = {"case": case, "form": form, "ways": ways, "waiting": waiting, "received": received}
    return render(request, "secondments/end_early.html", context)


def _received(request: PersonRequest, case: Secondment) -> date | None:
    """The day on which notice was received, where it was typed and has passed."""
    try:
        found = parse_date(request.POST.get("given_on", ""))
    except ValueError:
        return None
    return found if found and found < clock.today(case.zone) else None


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
