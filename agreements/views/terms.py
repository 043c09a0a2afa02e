"""Reading, editing and negotiating the terms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agreements import clauses, diff, drafting, guards, negotiation, policies, scopes, signing
from agreements.forms.terms import ChangeForm, ClauseForm
from agreements.models import Agreement, SignatureSlot, Version
from agreements.states import EDITABLE, ISSUED, PaperState, RequestState
from agreements.views.scope import paper
from people.access import Denied, PersonRequest, fetch
from people.forms.base import Reason
from people.models import Person
from secondments.choices import Part
from secondments.transitions import Refused
from secondments.views import scope


def terms(request: PersonRequest, key: str) -> HttpResponse:
    """The terms clause by clause, what is asked about them, and what can be done now."""
    agreement = paper(request, key)
    return render(request, "agreements/terms.html", terms_context(request, agreement))


def terms_context(request: PersonRequest, agreement: Agreement) -> dict[str, Any]:
    person, version = request.user, agreement.current
    assert version
    requests = list(agreement.change_requests.select_related("author", "answered_by"))
    versions = list(_versions(request, agreement).select_related("created_by").defer("terms", "values", "wordings"))
    may_edit = policies.may_edit(agreement, person)
    may_approve = policies.may_approve(agreement, person) and agreement.state == PaperState.NEGOTIATION
    library = clauses.catalogue()
    rows = [
        {
            **clause,
            "summary": library[clause["key"]].summary,
            "locked": library[clause["key"]].locked,
            "is_editable": library[clause["key"]].is_editable,
            "requests": [r for r in requests if r.clause_key == clause["key"]],
        }
        for clause in version.content["clauses"]
    ]
    slots = list(agreement.slots.select_related("signatory", "signature")) if agreement.issued_at else []
    return {
        "agreement": agreement,
        "case": agreement.secondment,
        "version": version,
        "terms": version.content,
        "rows": rows,
        "requests": requests,
        "open_requests": [r for r in requests if r.state == RequestState.OPEN],
        "versions": versions,
        "approvals": list(version.approvals.select_related("person")),
        "may_edit": may_edit,
        "edits": may_edit and agreement.state in EDITABLE,
        "asks": policies.may_ask_for_change(agreement, person)
        and agreement.state in {PaperState.NEGOTIATION, PaperState.APPROVED},
        "may_approve": may_approve,
        "approval_refusals": guards.ready_for_approval(agreement) if may_approve else [],
        "questions": drafting.open_questions(agreement, version) if may_edit and agreement.state in EDITABLE else [],
        "issue_refusals": guards.ready_to_issue(agreement)
        if may_edit and agreement.state == PaperState.APPROVED
        else [],
        "slots": [(slot, getattr(slot, "signature", None)) for slot in slots],
        "my_slot": next((s for s in slots if _waits_for(s, agreement, person)), None),
        "is_issued": agreement.state in ISSUED,
        "is_pending": _is_pending(agreement),
        "older": [p for p in agreement.secondment.agreements.all() if p.pk != agreement.pk],
    }


def _versions(request: PersonRequest, agreement: Agreement) -> QuerySet[Version]:
    return scopes.versions(request.user).filter(agreement=agreement)


def _waits_for(slot: SignatureSlot, agreement: Agreement, person: Person) -> bool:
    """Whether the reader, as what they are here, is to sign in this place."""
    slot.agreement = agreement
    return not hasattr(slot, "signature") and policies.may_sign(slot, person)


def _is_pending(agreement: Agreement) -> bool:
    """A worker is making a document of this paper."""
    if agreement.state == PaperState.SIGNING:
        return agreement.review_copy_id is None
    return agreement.state == PaperState.SIGNED and agreement.sealed_copy_id is None


def progress(request: PersonRequest, key: str) -> HttpResponse:
    """The fragment that the page asks for while a worker makes a document; on its end the page is redrawn."""
    agreement = paper(request, key)
    if _is_pending(agreement):
        return render(request, "agreements/_progress.html", {"agreement": agreement, "case": agreement.secondment})
    response = HttpResponse(status=204)
    response.headers["HX-Refresh"] = "true"
    return response


def panel(request: PersonRequest, key: str) -> HttpResponse:
    """What the page of the case shows of its agreement."""
    case = scope.case(request, key)
    agreement = case.agreements.select_related("current").order_by("-number").first()
    if agreement is not None:
        agreement.secondment = case
        if agreement.is_erased or not policies.may_read(agreement, request.user):
            agreement = None
    context: dict[str, Any] = {"case": case, "agreement": agreement}
    if agreement is not None:
        context |= terms_context(request, agreement)
    return render(request, "agreements/_panel.html", context)


def version(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """One version as it was."""
    agreement = paper(request, key)
    found = fetch(_versions(request, agreement).select_related("created_by"), number=number)
    return render(
        request,
        "agreements/version.html",
        {"agreement": agreement, "case": agreement.secondment, "version": found, "terms": found.content},
    )


def compare(request: PersonRequest, key: str, older: int, newer: int) -> HttpResponse:
    """Two versions word by word; clauses that did not change are only named."""
    agreement = paper(request, key)
    first = fetch(_versions(request, agreement), number=older)
    second = fetch(_versions(request, agreement), number=newer)
    found = diff.compare(first.content, second.content)
    context = {
        "agreement": agreement,
        "case": agreement.secondment,
        "older": first,
        "newer": second,
        "changed": [clause for clause in found if clause.is_changed],
        "same": [clause for clause in found if not clause.is_changed],
    }
    return render(request, "agreements/compare.html", context)


def edit_clause(request: PersonRequest, key: str, clause_key: str) -> HttpResponse:
    """HR changes one clause: its answers, its wording where it is not locked."""
    agreement = paper(request, key)
    if not policies.may_edit(agreement, request.user):
        scope.offer(agreement.secondment, request.user, {Part.HR_SECONDER})
        raise Denied(_("Only HR of the seconder edits the terms. You can ask for a change beside the clause."))
    if agreement.state not in EDITABLE:
        raise Denied(_("The terms can no longer be edited: the paper is out for signature or has ended."))
    clause = clauses.catalogue().get(clause_key)
    current = agreement.current
    assert current
    if clause is None or clause_key not in {c["key"] for c in current.content["clauses"]}:
        raise Http404
    form = ClauseForm(
        request.POST or None,
        clause=clause,
        values=current.values.get(clause_key, {}),
        wording=current.wordings.get(clause_key, list(clause.paragraphs)),
        initial={"seen_version": current.number},
    )
    asked = list(agreement.change_requests.filter(clause_key=clause_key, state=RequestState.OPEN))
    if request.method == "POST" and form.is_valid():
        try:
            made = _save_clause(agreement, form, request, asked)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Version %(n)d of the terms is made.") % {"n": made})
            return redirect(f"{agreement.get_absolute_url()}#clause-{clause_key}")
    context = {"agreement": agreement, "case": agreement.secondment, "clause": clause, "form": form, "asked": asked}
    return render(request, "agreements/edit_clause.html", context)


def _save_clause(agreement: Agreement, form: ClauseForm, request: PersonRequest, asked: list[Any]) -> int:
    found = form.cleaned_data
    made = negotiation.edit_clause(
        agreement,
        by=request.user,
        key=form.clause.key,
        values=form.answers(),
        wording=form.paragraphs(),
        note=found["note"],
        seen_version=found["seen_version"],
    )
    for change in asked:
        if str(change.pk) in request.POST.getlist("accepts"):
            negotiation.answer_change(change, by=request.user, accepted=True, answer=found["note"])
    return made.number


def ask_for_change(request: PersonRequest, key: str, clause_key: str) -> HttpResponse:
    """The host or the secondee asks for a change of one clause."""
    agreement = paper(request, key)
    if not policies.may_ask_for_change(agreement, request.user):
        scope.offer(agreement.secondment, request.user, policies.NEGOTIATORS)
        raise Denied(_("You cannot ask for changes to these terms."))
    current = agreement.current
    assert current
    clause = next((c for c in current.content["clauses"] if c["key"] == clause_key), None)
    if clause is None:
        raise Http404
    form = ChangeForm(request.POST or None, initial={"seen_version": current.number})
    if request.method == "POST" and form.is_valid():
        try:
            negotiation.ask_for_change(agreement, by=request.user, key=clause_key, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Your request is with HR; you are told by e-mail when it is answered."))
            return redirect(f"{agreement.get_absolute_url()}#clause-{clause_key}")
    context = {"agreement": agreement, "case": agreement.secondment, "clause": clause, "form": form}
    return render(request, "agreements/ask_for_change.html", context)


def decline_change(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """HR declines a request, with a reason."""
    agreement = paper(request, key)
    if not policies.may_edit(agreement, request.user):
        scope.offer(agreement.secondment, request.user, {Part.HR_SECONDER})
        raise Denied(_("Only HR of the seconder answers requests."))
    change = fetch(agreement.change_requests.select_related("author"), pk=pk)
    form = Reason(request.POST or None, label=_("Why is it declined?"))
    if request.method == "POST" and form.is_valid():
        try:
            negotiation.answer_change(change, by=request.user, accepted=False, answer=form.cleaned_data["reason"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            return redirect(agreement.get_absolute_url())
    context = {"agreement": agreement, "case": agreement.secondment, "change": change, "form": form}
    return render(request, "agreements/decline_change.html", context)


@require_POST
def share(request: PersonRequest, key: str) -> HttpResponse:
    agreement = paper(request, key)
    try:
        negotiation.share(agreement, by=request.user)
    except Refused as refused:
        scope.tell(request, refused)
    else:
        messages.success(request, _("The terms are with the host and the secondee."))
    return redirect(agreement.get_absolute_url())


@require_POST
def approve(request: PersonRequest, key: str) -> HttpResponse:
    """Approve the version that was on the page, named by its hash."""
    agreement = paper(request, key)
    try:
        negotiation.approve(agreement, by=request.user, content_hash=request.POST.get("content_hash", ""))
    except Refused as refused:
        scope.tell(request, refused)
    else:
        messages.success(request, _("You have approved the terms. HR now issues the agreement for signature."))
    return redirect(agreement.get_absolute_url())


@require_POST
def issue(request: PersonRequest, key: str) -> HttpResponse:
    agreement = paper(request, key)
    try:
        signing.issue(agreement, by=request.user)
    except Refused as refused:
        scope.tell(request, refused)
    else:
        messages.success(
            request, _("The agreement is issued. The first signatory is invited as soon as the PDF is made.")
        )
    return redirect(agreement.get_absolute_url())


def redraft(request: PersonRequest, key: str) -> HttpResponse:
    """Take the terms up again on a new paper; the present one becomes void if it is still out."""
    agreement = paper(request, key)
    if not policies.may_edit(agreement, request.user):
        scope.offer(agreement.secondment, request.user, {Part.HR_SECONDER})
        raise Denied(_("Only HR of the seconder changes the terms."))
    form = Reason(request.POST or None, label=_("Reason"), required=agreement.state == PaperState.SIGNING)
    if request.method == "POST" and form.is_valid():
        try:
            signing.redraft(agreement, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("A new paper is drafted from the same terms."))
            return redirect(agreement.get_absolute_url())
    context = {"agreement": agreement, "case": agreement.secondment, "form": form}
    return render(request, "agreements/redraft.html", context)
