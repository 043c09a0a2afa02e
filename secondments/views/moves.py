"""Transitions that are pressed as a button: withdraw, revise, open the review, begin the return, complete."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.access import Denied, PersonRequest
from people.forms.base import Reason
from secondments import transitions
from secondments.transitions import Refused
from secondments.views import scope

PRESSED = {
    "withdraw": gettext_lazy(
        "The secondment is called off. Papers that are still open become void, and everybody is told."
    ),
    "revise": gettext_lazy(
        "The proposal becomes a draft again. Decisions already given no longer count, and those who gave them are told."
    ),
    "start": gettext_lazy("The placement starts now. Check-ins are scheduled."),
    "begin_review": gettext_lazy("The three evaluations are asked for now. The placement runs on until its last day."),
    "begin_return": gettext_lazy(
        "The way back begins: check-ins end, and leave that is left goes home with the secondee."
    ),
    "complete": gettext_lazy("The case is closed. It can still be read."),
}


def move(request: PersonRequest, key: str, name: str) -> HttpResponse:
    """Check what will happen, give a reason where one is needed, press one button named after the act."""
    case = scope.case(request, key)
    if name not in PRESSED:
        raise Http404
    offer = next((offer for offer in transitions.available(case, request.user) if offer.name == name), None)
    if offer is None:
        raise Denied(_("You cannot do this in this case now. Its page shows what can be done."))
    form = Reason(request.POST if request.method == "POST" else None, label=_("Reason"), required=offer.needs_reason)
    if request.method == "POST" and (not offer.needs_reason or form.is_valid()):
        reason = form.cleaned_data["reason"] if offer.needs_reason else ""
        try:
            transitions.perform(case, name, by=request.user, reason=reason)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Done: %(label)s.") % {"label": offer.label.lower()})
            return redirect(case)
    return render(request, "secondments/move.html", {"case": case, "offer": offer, "form": form, "what": PRESSED[name]})
