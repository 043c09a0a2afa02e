"""One page for each decider: what they need to know, accept or decline."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest
from people.forms.base import Reason
from secondments.actions import decisions
from secondments.choices import DecisionKind
from secondments.transitions import Refused
from secondments.views import scope


def decide(request: PersonRequest, key: str, kind: str) -> HttpResponse:
    case = scope.case(request, key)
    if kind not in DecisionKind.values:
        raise Http404
    decision = case.decisions.filter(revision=case.revision, kind=kind).select_related("decider").first()
    if decision is None:
        raise Http404
    if decision.decider_id != request.user.pk:
        raise Denied(_("This decision is for %(name)s to give.") % {"name": decision.decider})
    form = Reason(request.POST or None, label=_("Reason"), required=False, help_text=_reason_help(kind))
    if request.method == "POST" and form.is_valid():
        verdict = request.POST.get("verdict") == "yes"
        try:
            case = decisions.decide(decision, by=request.user, verdict=verdict, reason=form.cleaned_data["reason"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Thank you, your decision is recorded."))
            return redirect(case)
    context = {"case": case, "decision": decision, "form": form, "objectives": case.objectives.all()}
    return render(request, "secondments/decide.html", context)


def _reason_help(kind: str) -> str:
    if kind == DecisionKind.CONSENT:
        return _("Needed only if you decline. Only HR of your employer reads it.")
    if kind == DecisionKind.RELEASE:
        return _("Needed only if you refuse. The secondee and HR read it.")
    return _("Needed only if you decline. HR of both sides, the line manager and the secondee read it.")
