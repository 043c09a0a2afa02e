"""One page for each decider: what they need to know, accept or decline."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people import clock
from people.access import Denied, PersonRequest
from people.forms.base import Reason
from secondments import guards, policies, scopes, substance
from secondments.actions import decisions
from secondments.choices import DecisionKind, Part
from secondments.forms.parts import Acceptance
from secondments.models import Decision, Secondment
from secondments.transitions import Refused
from secondments.views import scope
from secondments.views.proposals import verdicts_of


def asked_of(request: PersonRequest, key: str, kind: str) -> tuple[Secondment, Decision]:
    """The case and the decision of this kind that the reader may give, or a refusal."""
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
    return case, decision


def decide(request: PersonRequest, key: str, kind: str) -> HttpResponse:
    """What the decider needs to know, in their words; accept or decline."""
    case, decision = asked_of(request, key, kind)
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
    context = {
        "case": case,
        "decision": decision,
        "form": form,
        "working_time": substance.working_time(case, clock.today(case.zone)),
        **_needed(request, case, decision),
    }
    return render(request, "secondments/decide.html", context)


LEADS = ("purpose", "objectives", "skills", "start_on", "end_on", "hours", "working_days", "role_title", "location")
FOR_HOST = ("benefit_host", "host_provides", "recharge", "funding", "checks", "conditions")
FOR_MANAGER = (
    "cover",
    "cover_who",
    "cover_ends_with",
    "cover_note",
    "benefit_seconder",
    "benefit_secondee",
    "if_refused",
)
FOR_SECONDEE = ("benefit_secondee", "pay_note", "return_post", "leave_note", "conditions", "checks")


def _needed(request: PersonRequest, case: Secondment, decision: Decision) -> dict[str, Any]:
    """What matters to this decider first, then the rest; what changed; questions, files, exceptions to rules."""
    parts = policies.parts_of(case, request.user)
    is_home = policies.may_see_home_side(parts)
    rows = {row.name: row for row in substance.rows(case) if is_home or row.readers == substance.ALL}
    if not policies.may_see_recharge(parts):
        rows.pop("recharge", None)
    first = {
        DecisionKind.RELEASE: FOR_MANAGER,
        DecisionKind.CONSENT: FOR_SECONDEE,
        DecisionKind.ACCEPTANCE: FOR_HOST,
    }[DecisionKind(decision.kind)]
    told = [*LEADS, *first]
    kept = list(case.submissions.filter(revision__lte=case.revision)[:2])
    hidden = set() if policies.may_see_recharge(parts) else {"recharge"}
    changes = []
    asked_before = case.decisions.filter(revision__lt=case.revision, kind=decision.kind, decider=decision.decider)
    if len(kept) == 2 and asked_before.exists():  # a newcomer learns nothing of those who were asked before
        changes = substance.differences(kept[1].content, kept[0].content, is_home=is_home, hidden=hidden)
    questions = scopes.questions(request.user).filter(secondment=case, kind=decision.kind)
    last = case.estimate
    return {
        "first": [rows[name] for name in first if name in rows],
        "leads": [rows[name] for name in LEADS if name in rows],
        "rest": [row for name, row in rows.items() if name not in told],
        "changes": changes,
        "questions": questions.select_related("asked_by", "answered_by"),
        "files": scopes.attachments(request.user).filter(secondment=case).select_related("secondment").defer("content"),
        "verdicts": verdicts_of(case) if policies.may_see_eligibility(parts) else [],
        "items": case.cost_items.all() if Part.LINE_MANAGER in parts else [],
        "currency": last.currency if last else case.proposal.currency,
        "late": guards.lead_warnings(case) if is_home else [],
    }


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
