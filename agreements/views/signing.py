"""Signing in the browser, and the PDFs."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from agreements import disclosure, documents, policies, signing
from agreements.forms.terms import SignForm
from agreements.models import Agreement, SignatureSlot
from agreements.models.signature import PARTY_OF_SIGNATORY
from agreements.states import DocumentKind, PaperState
from agreements.views.scope import paper
from people.access import Denied, PersonRequest, sender
from people.forms.base import Reason
from secondments.transitions import Refused
from secondments.views import scope


def _my_slot(request: PersonRequest, agreement: Agreement) -> SignatureSlot:
    """The slot in which the reader signs, acting as its signatory or as their deputy."""
    slots = list(agreement.slots.visible_to(request.user).select_related("signatory"))
    for slot in slots:
        slot.agreement = agreement
        if policies.may_sign(slot, request.user):
            return slot
    for slot in slots:
        scope.offer(agreement.secondment, request.user, {p for p, q in PARTY_OF_SIGNATORY.items() if q == slot.party})
    raise Denied(_("Only the named signatories sign this agreement."))


def sign(request: PersonRequest, key: str) -> HttpResponse:
    """Read the very file, get a code, sign."""
    agreement = paper(request, key)
    slot = _my_slot(request, agreement)
    if hasattr(slot, "signature"):
        return redirect(agreement.get_absolute_url())
    sha256 = agreement.review_copy.sha256 if agreement.review_copy else ""
    form = SignForm(request.POST or None, initial={"sha256": sha256})
    if request.method == "POST" and form.is_valid():
        try:
            signing.sign(agreement, by=request.user, origin=origin(request), **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("You have signed the agreement. Thank you."))
            return redirect(agreement.get_absolute_url())
    turn = signing.next_slot(agreement)
    context = {
        "agreement": agreement,
        "case": agreement.secondment,
        "slot": slot,
        "is_my_turn": turn is not None and turn.pk == slot.pk,
        "turn": turn,
        "form": form,
        "disclosure": disclosure.TEXT,
        "code_sent": request.session.get("code_sent") == slot.pk,
        "is_pending": agreement.state == PaperState.SIGNING and agreement.review_copy_id is None,
    }
    return render(request, "agreements/sign.html", context)


@require_POST
def send_code(request: PersonRequest, key: str) -> HttpResponse:
    """A fresh code by e-mail, bound to this session."""
    agreement = paper(request, key)
    slot = _my_slot(request, agreement)
    try:
        signing.send_code(agreement, by=request.user, session=_session(request))
    except Refused as refused:
        scope.tell(request, refused)
    else:
        request.session["code_sent"] = slot.pk
        messages.success(request, _("A code is on its way to %(email)s.") % {"email": request.user.email})
    return redirect(f"{agreement.get_absolute_url()}sign/#sign")


def decline(request: PersonRequest, key: str) -> HttpResponse:
    """Not sign, and say why."""
    agreement = paper(request, key)
    _my_slot(request, agreement)
    form = Reason(request.POST or None, label=_("Why do you not sign?"), help_text=_("HR of the seconder reads this."))
    if request.method == "POST" and form.is_valid():
        try:
            signing.decline(agreement, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("You have declined to sign; HR has been told."))
            return redirect(agreement.get_absolute_url())
    return render(
        request,
        "agreements/decline_signature.html",
        {"agreement": agreement, "case": agreement.secondment, "form": form},
    )


@require_GET
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type] # its stubs know no addresses with parts
def document(request: PersonRequest, key: str, number: int, kind: str) -> HttpResponse:
    """A PDF of the paper: the review copy, or the sealed agreement. Opening it is noted for who is to sign."""
    agreement = paper(request, key, number)
    if not policies.may_download(agreement, request.user):
        raise Denied(_("The agreement is not part of what you may see in this case."))
    wanted = {"review-copy": DocumentKind.REVIEW_COPY, "sealed": DocumentKind.SEALED}.get(kind)
    found = agreement.documents.filter(kind=wanted).first()
    if found is None:
        raise Http404
    if wanted == DocumentKind.REVIEW_COPY and agreement.state == PaperState.SIGNING:
        signing.record_opened(agreement, by=request.user)
    found.agreement = agreement
    response = HttpResponse(bytes(found.content), content_type="application/pdf")
    name = documents.filename(found)
    disposition = "attachment" if "download" in request.GET else "inline"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}"'
    return response


def origin(request: PersonRequest) -> signing.Origin:
    """From where the request comes, as far as the server can tell."""
    return signing.Origin(
        session=_session(request),
        ip=sender(request),
        user_agent=request.headers.get("User-Agent", ""),
    )


def _session(request: PersonRequest) -> str:
    return request.session.session_key or ""
