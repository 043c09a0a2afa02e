"""Writing a proposal: begin, edit, check answers, submit."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest, fetch, require_hr
from people.models import Employment, Organisation
from people.roles import Role
from secondments import policies, transitions
from secondments.actions import proposals
from secondments.choices import Part
from secondments.forms.proposal import BaseObjectiveFormSet, ObjectiveFormSet, ProposalForm
from secondments.models import Secondment
from secondments.transitions import Refused
from secondments.views import scope

OFFERED = 500  # colleagues whose names the browser offers while one types


@require_hr
def new(request: PersonRequest) -> HttpResponse:
    """Begin a proposal for an organisation whose HR one is."""
    own = Organisation.objects.filter(pk__in=request.user.organisations_as(Role.HR)).order_by("legal_name")
    key = request.POST.get("seconder") or request.GET.get("seconder")
    seconder = fetch(own, key=key) if key else own[0]
    return _write(request, Secondment(seconder=seconder, owner=request.user), seconder, list(own))


def edit(request: PersonRequest, key: str) -> HttpResponse:
    """Go on with a draft."""
    case = scope.case(request, key)
    if not policies.may_edit_proposal(case, request.user):
        scope.offer(case, request.user, {Part.HR_SECONDER})
        raise Denied(_("The proposal can be edited by HR of the seconder while it is a draft."))
    return _write(request, case, case.seconder, [])


def _write(request: PersonRequest, case: Secondment, seconder: Organisation, own: list[Organisation]) -> HttpResponse:
    form = ProposalForm(request.POST or None, instance=case, seconder=seconder, by=request.user)
    rows = [{"text": o.text, "measure": o.measure} for o in case.objectives.all()] if case.pk else []
    # Compared with what was saved, an objective that did not change would count as left empty.
    initial = rows if request.method == "GET" else None
    objectives = cast(
        BaseObjectiveFormSet, ObjectiveFormSet(request.POST or None, prefix="objectives", initial=initial)
    )
    if request.method == "POST":
        is_valid = form.is_valid() and objectives.is_valid()
        wants_check = "check" in request.POST
        if is_valid and (not wants_check or form.require(objectives)):
            saved = _save(request, case, form, objectives.rows(), seconder)
            if saved:
                if wants_check:
                    return redirect("check_proposal", key=saved.key)
                messages.success(request, _("The draft is saved."))
                return redirect("edit_proposal", key=saved.key)
    colleagues = (
        Employment.objects.current()
        .filter(organisation=seconder, person__is_active=True)
        .order_by("person__full_name", "pk")
        .values_list("person__email", "person__full_name", "job_title")[:OFFERED]
    )
    context = {
        "form": form,
        "objectives": objectives,
        "case": case if case.pk else None,
        "seconder": seconder,
        "own": own,
        "colleagues": colleagues,
    }
    return render(request, "secondments/proposal_form.html", context)


def _save(
    request: PersonRequest, case: Secondment, form: ProposalForm, rows: list[dict[str, str]], seconder: Organisation
) -> Secondment | None:
    fields = form.case_fields()
    try:
        if case.pk is None:
            return proposals.begin(by=request.user, seconder=seconder, fields=fields, objectives=rows)
        seen = form.cleaned_data["seen"]
        return proposals.save_draft(
            case,
            by=request.user,
            fields=fields,
            objectives=rows,
            seen=datetime.fromisoformat(seen) if seen else None,
        )
    except Refused as refused:
        scope.explain(form, refused)
        return None


def check(request: PersonRequest, key: str) -> HttpResponse:
    """Check the answers, then submit the proposal."""
    case = scope.case(request, key)
    if not policies.may_edit_proposal(case, request.user):
        raise Denied(_("The proposal has been submitted already, or is not yours to submit."))
    if request.method == "POST":
        try:
            case = proposals.submit(case, by=request.user)
        except Refused as refused:
            scope.tell(request, refused)
        else:
            messages.success(request, _("The proposal is submitted. The three who decide have been asked by e-mail."))
            return redirect(case)
    offer = next(offer for offer in transitions.available(case, request.user) if offer.name == "submit")
    context = {
        "case": case,
        "objectives": case.objectives.all(),
        "offer": offer,
        "verdicts": proposals.eligibility_of(case),
    }
    return render(request, "secondments/proposal_check.html", context)
