"""Filling in and reading a check-in, asking for another, and how often they come."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people import clock
from people.access import Denied, PersonRequest, fetch, hides_secrets
from secondments import policies
from secondments.actions import checkins as actions
from secondments.choices import Part, Party
from secondments.forms.placement import AttendForm, CheckInForm, ExtraCheckInForm, RhythmForm, SummaryForm
from secondments.models import CheckIn, Secondment
from secondments.transitions import Refused
from secondments.views import scope


def checkin(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """Read it, fill it in, or keep a draft of it."""
    case = scope.case(request, key)
    found = fetch(case.checkins.select_related("person", "asked_by", "attended_by"), pk=pk)
    parts = policies.parts_of(case, request.user)
    found.secondment = case
    if not policies.may_read_checkin(found, parts) and policies.may_read_summary(found, parts):
        return render(request, "secondments/checkin.html", _context(request, case, found, None, None))
    if not policies.may_read_checkin(found, parts):
        scope.offer(case, request.user, policies.SPEAKS_FOR[Party(found.party)])
        raise Denied(_("The answers of a check-in are read by HR and by who gave them."))
    may_answer = policies.may_answer(found, parts) and not found.completed_at and not found.cancelled_at
    form = _form(request, found) if may_answer else None
    attends = found.needs_attention and not found.attended_at and Part.HR_SECONDER in parts and not may_answer
    attention = AttendForm(request.POST or None) if attends else None
    if request.method == "POST" and "summary" in request.POST and Part.HR_SECONDER in parts:
        return _share(request, case, found)
    if request.method == "POST" and attention is not None:
        return _attend(request, case, found, attention)
    if request.method == "POST":
        if form is None:
            raise Denied(_("This check-in has been filled in, or is for somebody else to fill in."))
        if form.is_valid():
            act = actions.keep_draft if "draft" in request.POST else actions.complete
            try:
                act(found, by=request.user, answers=form.cleaned_data, standings=form.standings())
            except Refused as refused:
                scope.explain(form, refused)
            else:
                if act is actions.keep_draft:
                    messages.success(request, _("Kept as a draft: only you see it until you hand it in."))
                    return redirect("checkin", key=case.key, pk=pk)
                messages.success(request, _("Thank you for checking in."))
                return redirect(case)
    return render(request, "secondments/checkin.html", _context(request, case, found, form, attention))


def _context(
    request: PersonRequest,
    case: Secondment,
    found: CheckIn,
    form: CheckInForm | None,
    attention: AttendForm | None,
    sharing: SummaryForm | None = None,
) -> dict[str, Any]:
    parts = policies.parts_of(case, request.user)
    if sharing is None and found.completed_at and not found.shared_at and Part.HR_SECONDER in parts:
        sharing = SummaryForm()
    return {
        "case": case,
        "checkin": found,
        "form": form or (sharing if sharing and sharing.is_bound else attention),
        "sharing": sharing,
        "shows_answers": policies.may_read_checkin(found, parts),
        "answers": form,
        "attention": attention,
        "shows_note": policies.may_read_note(found, parts, request.user) and not hides_secrets(request),
        "standings": found.standings.select_related("objective") if found.completed_at else [],
        "readers": _readers(found),
    }


def _readers(checkin: CheckIn) -> str:
    """Who reads the answers, said before they are written."""
    if checkin.party == Party.HOST:
        return _("HR of the seconder, HR of the host, and who works with you on this read your answers.")
    return _(
        "HR of the seconder reads your answers, nobody else. They may tell your line manager in words of their own, "
        "which you read too."
    )


def _share(request: PersonRequest, case: Secondment, found: CheckIn) -> HttpResponse:
    """HR writes for the line manager what they should know."""
    form = SummaryForm(request.POST)
    if form.is_valid():
        try:
            actions.share(found, by=request.user, summary=form.cleaned_data["summary"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The line manager is told."))
            return redirect("checkin", key=case.key, pk=found.pk)
    return render(request, "secondments/checkin.html", _context(request, case, found, None, None, form))


def _attend(request: PersonRequest, case: Secondment, found: CheckIn, form: AttendForm) -> HttpResponse:
    """HR writes what was done about it."""
    if form.is_valid():
        try:
            actions.attend(found, by=request.user, note=form.cleaned_data["note"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Noted; it is off your list."))
            return redirect(case)
    return render(request, "secondments/checkin.html", _context(request, case, found, None, form))


def _form(request: PersonRequest, found: CheckIn) -> CheckInForm:
    """With the reader's own draft; what another speaker of the same party has begun stays theirs."""
    instance = found
    if found.drafted_by_id and (found.drafted_by_id != request.user.pk or hides_secrets(request)):
        instance = CheckIn(secondment=found.secondment, party=found.party, person=found.person, due_on=found.due_on)
        instance.pk = -1  # no draft of this one
    objectives = found.secondment.objectives.all()
    return CheckInForm(request.POST or None, instance=instance, objectives=objectives, is_draft="draft" in request.POST)


def extra_checkin(request: PersonRequest, key: str) -> HttpResponse:
    """Ask for another check-in."""
    case = scope.case(request, key)
    parties = policies.extra_checkins_of(case, request.user)
    if not parties:
        scope.offer(case, request.user, {Part.HR_SECONDER})
        raise Denied(_("Check-ins are asked for while a placement runs, by its parties and HR of the seconder."))
    form = ExtraCheckInForm(request.POST or None, parties=parties, initial={"due_on": clock.today(case.zone)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_extra(case, by=request.user, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The check-in is planned, and whoever is to fill it in is told."))
            return redirect(f"{case.get_absolute_url()}#checkins")
    return render(request, "secondments/extra_checkin.html", {"case": case, "form": form})


def checkin_rhythm(request: PersonRequest, key: str) -> HttpResponse:
    """HR changes how often check-ins come in this case."""
    case = scope.case(request, key)
    if not policies.may_run(case, request.user):
        scope.offer(case, request.user, {Part.HR_SECONDER})
        raise Denied(_("HR of the seconder says how often there are check-ins."))
    form = RhythmForm(request.POST or None, initial={"every_weeks": case.rules.checkin_every_weeks})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_rhythm(case, by=request.user, every_weeks=form.cleaned_data["every_weeks"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The check-ins ahead are planned anew."))
            return redirect(f"{case.get_absolute_url()}#checkins")
    return render(request, "secondments/checkin_rhythm.html", {"case": case, "form": form})
