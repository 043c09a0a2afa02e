"""How somebody is received at the host: the plan, written by the host and read by the secondee."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest, fetch
from secondments import placement_policies, policies
from secondments.actions import inductions as actions
from secondments.choices import Part
from secondments.forms.abroad import InductionForm, Steps
from secondments.models import Induction, Secondment
from secondments.states import SIGNED
from secondments.transitions import Refused
from secondments.views import scope


def _case(request: PersonRequest, key: str) -> tuple[Secondment, frozenset[Part]]:
    case = scope.case(request, key)
    parts = policies.parts_of(case, request.user)
    if not parts & placement_policies.INDUCTION_READERS:
        scope.offer(case, request.user, placement_policies.INDUCTION_READERS)
        raise Denied(_("The plan of the first days is for the host, the secondee and HR."))
    if case.state not in SIGNED:
        raise Denied(_("The first days are planned once all have signed."))
    return case, parts


def induction(request: PersonRequest, key: str) -> HttpResponse:
    """The buddy, where to be on the first day, and the steps; the secondee and the host tick them."""
    case, parts = _case(request, key)
    writes = placement_policies.may_write_induction(case, parts)
    ticks = writes or Part.SECONDEE in parts
    if request.method == "POST":
        if not ticks:
            raise Denied(_("Steps are ticked by the secondee and the host."))
        given = request.POST.get("step", "")
        step = fetch(case.induction_steps.all(), pk=given if given.isdecimal() else 0)
        try:
            actions.finish(step, by=request.user, undo=request.POST.get("done") == "0")
        except Refused as refused:
            scope.tell(request, refused)
        return redirect("induction", key=case.key)
    context = {
        "case": case,
        "plan": Induction.objects.filter(secondment=case).first(),
        "steps": case.induction_steps.select_related("done_by")[: actions.MOST * 2],
        "writes": writes,
        "ticks": ticks,
    }
    return render(request, "secondments/induction.html", context)


def edit_induction(request: PersonRequest, key: str) -> HttpResponse:
    """The host writes the plan; steps that were done are kept as they are."""
    case, parts = _case(request, key)
    if not placement_policies.may_write_induction(case, parts):
        scope.offer(case, request.user, placement_policies.INDUCTION_WRITERS)
        raise Denied(_("The host plans how somebody is received, until the last day."))
    plan = Induction.objects.filter(secondment=case).first()
    assert case.start_on
    open_steps = list(case.induction_steps.filter(done_at__isnull=True).values("title", "on", "with_whom"))
    initial = open_steps if plan else actions.usual_steps(case.start_on)
    form = InductionForm(request.POST or None, instance=plan or Induction(secondment=case))
    formset = Steps(request.POST or None, initial=initial, prefix="steps")
    if request.method == "POST" and form.is_valid() & formset.is_valid():
        try:
            actions.save(case, by=request.user, steps=formset.rows(), **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The plan is kept; the secondee reads it."))
            return redirect("induction", key=case.key)
    return render(request, "secondments/edit_induction.html", {"case": case, "form": form, "formset": formset})
