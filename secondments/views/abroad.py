"""Work abroad: papers with their end, days elsewhere and day counts; changes of the organisation on either side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people import clock
from people.access import Denied, PersonRequest, fetch, hides_secrets
from people.forms.base import Reason
from secondments import placement_policies, policies, scopes
from secondments.actions import abroad as actions
from secondments.actions import reorganisations as changes
from secondments.choices import Kind, Part, Party
from secondments.forms.abroad import CertificateForm, ReorganisationForm, TripForm
from secondments.models import Secondment
from secondments.transitions import Refused
from secondments.views import scope

PAGE = 50


def abroad(request: PersonRequest, key: str) -> HttpResponse:
    """Papers, days spent elsewhere, and what the day counts say; forms to add to the first two."""
    case, writes = _case(request, key)
    act = request.POST.get("do", "")
    paper: Any = CertificateForm(request.POST if act == "keep" else None, prefix="paper") if writes else None
    trip = TripForm(request.POST if act == "trip" else None, prefix="trip") if writes else None
    form: Any = {"keep": paper, "trip": trip}.get(act)
    if request.method == "POST" and act in {"put_away", "remove_trip"} and writes:
        return _take_away(request, case, act)
    if request.method == "POST" and form is None:
        raise Denied(_("Papers and days abroad are noted by the secondee and HR of the seconder."))
    if form is not None and form.is_valid():
        try:
            if act == "keep":
                actions.keep(case, by=request.user, fields=form.cleaned_data)
            else:
                actions.note_trip(case, by=request.user, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Noted."))
            return redirect("abroad", key=case.key)
    context = {
        "case": case,
        "form": form,
        "paper": paper,
        "trip": trip,
        "papers": case.certificates.filter(ended_at__isnull=True)[: actions.MANY],
        "trips": case.trips.all()[: actions.MANY],
        "presence": actions.presence(case) if case.start_on and case.end_on else None,
        "is_international": case.kind == Kind.INTERNATIONAL,
        "today": clock.today(case.zone),
        "shows_words": not hides_secrets(request),
    }
    return render(request, "secondments/abroad.html", context)


def _case(request: PersonRequest, key: str) -> tuple[Secondment, bool]:
    case = scope.case(request, key)
    parts = policies.parts_of(case, request.user)
    if not placement_policies.may_see_abroad(parts):
        scope.offer(case, request.user, placement_policies.ABROAD_READERS)
        raise Denied(_("Papers and days abroad are read by the secondee, their line manager and HR of the seconder."))
    if case.approved_at is None:
        raise Denied(_("Papers and days abroad are noted once the proposal is approved."))
    return case, placement_policies.may_write_abroad(case, parts)


def _take_away(request: PersonRequest, case: Secondment, act: str) -> HttpResponse:
    try:
        if act == "put_away":
            actions.put_away(fetch(case.certificates.all(), key=request.POST.get("key", "")), by=request.user)
        else:
            actions.remove_trip(fetch(case.trips.all(), key=request.POST.get("key", "")), by=request.user)
    except Refused as refused:
        scope.tell(request, refused)
    return redirect("abroad", key=case.key)


def certificate(request: PersonRequest, key: str, certificate_key: str) -> HttpResponse:
    """Correct one paper, or note its new end."""
    case, writes = _case(request, key)
    found = fetch(case.certificates.filter(ended_at__isnull=True), key=certificate_key)
    if not writes:
        raise Denied(_("Papers and days abroad are noted by the secondee and HR of the seconder."))
    form = CertificateForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.keep(case, by=request.user, fields=form.cleaned_data, certificate=found)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Noted."))
            return redirect("abroad", key=case.key)
    return render(request, "secondments/certificate.html", {"case": case, "form": form})


def reorganisations(request: PersonRequest, key: str) -> HttpResponse:
    """Changes of the organisation that were told, what the secondee thinks of them, and what came of it."""
    case = scope.case(request, key)
    parts = policies.parts_of(case, request.user)
    readers = policies.HOME_SIDE | policies.AT_HOST
    if not parts & readers:
        scope.offer(case, request.user, readers)
        raise Denied(_("Changes of the organisation are between the sides and the secondee."))
    party = changes.party_of(case, parts)
    act = request.POST.get("do", "")
    told = (
        ReorganisationForm(request.POST if act == "tell" else None, at_home=party == Party.SECONDER) if party else None
    )
    answer = Reason(request.POST if act in {"view", "end"} else None)
    if request.method == "POST":
        form = {"tell": told, "view": answer, "end": answer}.get(act)
        if form is None:
            raise Denied(_("This is not for you to do, or not now."))
        if form.is_valid():
            try:
                _act(request, case, act, form.cleaned_data)
            except Refused as refused:
                scope.explain(form, refused)
            else:
                messages.success(request, _("Noted; those whom it concerns are told."))
                return redirect("reorganisations", key=case.key)
    rows = scopes.reorganisations(request.user).filter(secondment=case).select_related("told_by", "ended_by")
    page = Paginator(rows.order_by("-told_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "case": case,
        "page": page,
        "told": told,
        "answer": answer if act in {"view", "end"} else Reason(),
        "answered": request.POST.get("key", ""),
        "form": told if act == "tell" else answer if act else None,
        "party": party,
        "is_secondee": Part.SECONDEE in parts,
        "shows_words": not hides_secrets(request),
    }
    return render(request, "secondments/reorganisations.html", context)


def _act(request: PersonRequest, case: Secondment, act: str, given: dict[str, Any]) -> None:
    if act == "tell":
        changes.tell(case, by=request.user, **given)
        return
    rows = scopes.reorganisations(request.user).filter(secondment=case)
    found = fetch(rows, key=request.POST.get("key", ""))
    if act == "view":
        changes.give_view(found, by=request.user, view=given["reason"])
    else:
        changes.end(found, by=request.user, result=given["reason"])
