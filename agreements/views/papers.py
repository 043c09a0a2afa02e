"""All papers of a case: which are in force, which replaced which; and the making of further ones."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agreements import composing, further, policies, printing, scopes, varying
from agreements.forms.signing import VariationForm
from agreements.states import PaperKind, PaperState, PrintKind
from people.access import Denied, PersonRequest
from secondments.actions import variations, wishes
from secondments.choices import Part
from secondments.models import Secondment
from secondments.policies import parts_of
from secondments.transitions import Refused
from secondments.views import scope


def package(request: PersonRequest, key: str) -> HttpResponse:
    """The papers that the reader may see, newest first, with what each is worth now."""
    case = scope.case(request, key)
    rows = list(
        scopes.readable(request.user)
        .filter(secondment=case)
        .select_related("current", "sealed_copy")
        .defer("sealed_copy__content")
        .order_by("-number")
    )
    for row in rows:
        row.secondment = case
    is_hr = Part.HR_SECONDER in parts_of(case, request.user)
    parts = parts_of(case, request.user)
    if not rows and not parts & policies.READERS and parts & policies.FINANCE:
        return _costs(request, case)
    if not rows and not parts & policies.READERS:
        raise Denied(_("The agreement is not part of what you may see in this case."))
    signed = any(row.state == PaperState.SIGNED and row.kind == PaperKind.AGREEMENT for row in rows)
    context = {
        "case": case,
        "papers": [(row, further.worth(row, rows)) for row in rows],
        "is_hr": is_hr,
        "may_vary": is_hr and signed and case.state in variations.OPEN_TO_VARIATION,
        "may_write_letter": is_hr and case.ended_early_at is not None and further.letter_is_missing(rows),
        "is_varied": any(row.state == PaperState.SIGNED and row.kind == PaperKind.VARIATION for row in rows),
        "signed": signed,
    }
    return render(request, "agreements/papers.html", context)


def _costs(request: PersonRequest, case: Secondment) -> HttpResponse:
    """For finance: what the host pays by the newest agreement that the parties were shown."""
    found = scopes.with_costs(request.user).filter(secondment=case).select_related("current").order_by("-number")
    agreement = found.first()
    terms = agreement.current.content if agreement and agreement.current and not agreement.is_erased else None
    costs = composing.costs_in(terms) if terms else None
    context = {"case": case, "agreement": agreement if terms else None, "costs": costs}
    return render(request, "agreements/costs.html", context)


def vary(request: PersonRequest, key: str) -> HttpResponse:
    """HR opens a variation: why, and what of the case changes; the clauses are changed on the paper itself."""
    case = scope.case(request, key)
    if Part.HR_SECONDER not in parts_of(case, request.user):
        scope.offer(case, request.user, {Part.HR_SECONDER})
        raise Denied(_("Only HR of the seconder prepares the terms."))
    wish = case.wishes.filter(key=request.GET.get("wish", ""), granted=True).first()
    start = wishes.changes_of(wish) | {"reason": wish.reason, "exception": wish.answer} if wish else None
    form = VariationForm(request.POST or None, case=case, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = further.vary(
                case,
                by=request.user,
                changes=form.changes(),
                reason=given["reason"],
                effective=given["effective"],
                exception=given["exception"],
            )
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The variation is drafted; it says only what changes."))
            return redirect(made.get_absolute_url())
    return render(request, "agreements/vary.html", {"case": case, "form": form, "wish": wish})


@require_POST
def letter(request: PersonRequest, key: str) -> HttpResponse:
    """HR drafts the letter of an early end."""
    case = scope.case(request, key)
    try:
        made = further.write_letter(case, by=request.user)
    except Refused as refused:
        scope.tell(request, refused)
        return redirect("papers", key)
    return redirect(made.get_absolute_url())


@require_POST
def consolidated(request: PersonRequest, key: str) -> HttpResponse:
    """Ask for the agreement with all its variations as one text."""
    case = scope.case(request, key)
    try:
        paper = varying.in_force(case)
        made = printing.ask(paper, by=request.user, kind=PrintKind.CONSOLIDATED)
    except Refused as refused:
        scope.tell(request, refused)
        return redirect("papers", key)
    return redirect("printout", key, paper.address, made.key)
