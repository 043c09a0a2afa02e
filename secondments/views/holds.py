"""Legal holds on a case: HR of the seconder places and lifts them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest, fetch
from people.actions import holds
from people.forms.personal_data import HoldForm
from people.models import LegalHold
from people.personal_data import Refused
from secondments import policies
from secondments.views import scope


def hold(request: PersonRequest, key: str) -> HttpResponse:
    """Those that hold now and held once; place one, or lift the one that is named."""
    case = scope.case(request, key)
    if not policies.may_run(case, request.user):
        raise Denied(_("This is for HR of the seconder."))
    found = LegalHold.objects.visible_to(request.user).filter(case_id=case.pk, organisation=case.seconder)
    form = HoldForm(request.POST if request.POST.get("do") == "place" else None)
    try:
        if request.method == "POST" and "lift" in request.POST:
            holds.lift(fetch(found, key=request.POST["lift"]), by=request.user)
            messages.success(request, _("The legal hold is lifted."))
            return redirect("case_hold", key=case.key)
        if request.method == "POST" and form.is_valid():
            holds.place(case.seconder, by=request.user, case_id=case.pk, reason=form.cleaned_data["reason"])
            messages.success(request, _("The legal hold is placed: nothing is erased until it is lifted."))
            return redirect("case_hold", key=case.key)
    except Refused as refused:
        for sentence in refused.sentences:
            messages.error(request, sentence)
    rows = found.select_related("placed_by", "lifted_by")
    return render(request, "secondments/hold.html", {"case": case, "form": form, "holds": rows})
