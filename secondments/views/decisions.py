"""One page for each decider: what they need to know, accept or decline."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest
from people.forms.base import Reason
from secondments import policies
from secondments.actions import decisions
from secondments.choices import DecisionKind
from secondments.forms.parts import Acceptance
from secondments.models import Decision
from secondments.transitions import Refused
from secondments.views import scope


def decide(request: PersonRequest, key: str, kind: str) -> HttpResponse:
    case = scope.case(request, key)
    if kind not in DecisionKind.values:
        raise Http404
    decision = case.decisions.filter(revision=case.revision, kind=kind).select_related("decider").first()
    if decision is None:
        raise Http404
    decision.secondment = case
    if not policies.may_decide(decision, request.user):
        scope.offer(case, request.user, policies.DECIDES[DecisionKind(kind)])
        if kind == DecisionKind.ACCEPTANCE and not policies.host_knows_contact(case):
            raise Denied(
                _("%(host)s has its own HR here, which confirms first who speaks for it. It has been told.")
                % {"host": case.host}
            )
        raise Denied(_("This decision is for %(name)s to give.") % {"name": decision.decider})
    form = _form(request, decision)
    if request.method == "POST" and form.is_valid():
        verdict = request.POST.get("verdict") == "yes"
        try:
            with transaction.atomic():
                signatory = (
                    form.signatory(case.host.time_zone if case.host else case.zone)
                    if verdict and isinstance(form, Acceptance)
                    else None
                )
                case = decisions.decide(
                    decision,
                    by=request.user,
                    verdict=verdict,
                    reason=form.cleaned_data["reason"],
                    signatory=signatory,
                )
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Thank you, your decision is recorded."))
            return redirect(case)
    context = {"case": case, "decision": decision, "form": form, "objectives": case.objectives.all()}
    return render(request, "secondments/decide.html", context)


def _form(request: PersonRequest, decision: Decision) -> Reason:
    """The reason; the host says as well who signs for it."""
    words: dict[str, Any] = {"label": _("Reason"), "required": False, "help_text": _reason_help(decision.kind)}
    if decision.kind != DecisionKind.ACCEPTANCE:
        return Reason(request.POST or None, **words)
    suggested = decision.secondment.host_signatory
    initial = {"signatory_name": suggested.full_name, "signatory_email": suggested.email} if suggested else {}
    return Acceptance(request.POST or None, initial=initial, **words)


def _reason_help(kind: str) -> str:
    if kind == DecisionKind.CONSENT:
        return _("Needed only if you decline. Only HR of your employer reads it.")
    if kind == DecisionKind.RELEASE:
        return _("Needed only if you refuse. The secondee and HR read it.")
    return _("Needed only if you decline. HR of both sides, the line manager and the secondee read it.")
