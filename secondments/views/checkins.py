"""Filling in and reading a check-in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest, fetch, hides_secrets
from secondments import policies
from secondments.actions import checkins
from secondments.choices import Party
from secondments.forms.placement import CheckInForm
from secondments.transitions import Refused
from secondments.views import scope


def checkin(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    case = scope.case(request, key)
    found = fetch(case.checkins.select_related("person"), pk=pk)
    parts = policies.parts_of(case, request.user)
    if not policies.may_read_checkin(found, parts):
        scope.offer(case, request.user, policies.SPEAKS_FOR[Party(found.party)])
        raise Denied(_("The answers of a check-in are read by HR and by who gave them."))
    may_answer = policies.may_answer(found, parts) and not found.completed_at and not found.cancelled_at
    form = CheckInForm(request.POST or None, instance=found) if may_answer else None
    if request.method == "POST":
        if form is None:
            raise Denied(_("This check-in has been filled in, or is for somebody else to fill in."))
        if form.is_valid():
            try:
                checkins.complete(found, by=request.user, answers=form.cleaned_data)
            except Refused as refused:
                scope.explain(form, refused)
            else:
                messages.success(request, _("Thank you for checking in."))
                return redirect(case)
    shows_note = policies.may_read_note(found, parts, request.user) and not hides_secrets(request)
    context = {"case": case, "checkin": found, "form": form, "shows_note": shows_note}
    return render(request, "secondments/checkin.html", context)
