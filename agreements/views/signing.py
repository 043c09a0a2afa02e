"""Signing in the browser: the link of a mail, reading, a code or a second factor, the act; and the PDFs."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from agreements import disclosure, documents, links, policies, signing
from agreements.forms.signing import SignForm
from agreements.models import Agreement, SignatureSlot, SigningLink
from agreements.models.signature import PARTY_OF_SIGNATORY
from agreements.states import DocumentKind, PaperState
from agreements.views.scope import paper
from people import confirming, entry
from people.access import Denied, PersonRequest, fetch, sender
from people.forms.base import Reason
from secondments.transitions import Refused
from secondments.views import scope

CONFIRMED_MINUTES = 10  # how fresh a second factor has to be to stand for a code


@login_not_required
@never_cache
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail. Asked for, it shows the same page to everybody; pressed, it leads to where one signs.

    There one signs in as the addressee; a token that is unknown, over or revoked gets one and the same answer.
    """
    found = links.find(token)
    if request.method == "POST":
        if found is None:
            response = render(request, "agreements/link_over.html")  # no error: those are logged with their path
        else:
            request.session["signing_link"] = found.pk
            response = redirect(f"{found.slot.agreement.get_absolute_url()}sign/")
    else:
        if found is not None:
            links.note_requested(found)
        response = render(request, "agreements/link.html")
    # Never the token; but not "no-referrer", with which browsers send a form from nowhere, and that is refused.
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


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


def _came_by_link(request: PersonRequest, slot: SignatureSlot) -> None:
    """Who came by the link of their mail and has signed in: noted once."""
    pk = request.session.pop("signing_link", None)
    if pk:
        found = SigningLink.objects.filter(pk=pk, slot=slot, person=request.user).select_related("slot").first()
        if found:
            links.note_confirmed(found, by=request.user)


def _confirmed(request: PersonRequest) -> str:
    """How somebody with a second factor has just confirmed that it is them; empty for who signs with a code."""
    if not (entry.has_second_factor(request.user) and confirming.recently(request, CONFIRMED_MINUTES)):
        return ""
    return _("Second factor confirmed by %(email)s at %(time)s UTC") % {
        "email": request.user.email,
        "time": f"{timezone.now():%H:%M}",
    }


def sign(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """Read the very file, confirm that it is you, sign."""
    agreement = paper(request, key, number)
    slot = _my_slot(request, agreement)
    if hasattr(slot, "signature"):
        return redirect(agreement.get_absolute_url())
    _came_by_link(request, slot)
    is_staff = entry.has_second_factor(request.user)
    confirmed = _confirmed(request)
    form = _sign_form(request, agreement, needs_code=not is_staff)
    if request.method == "POST" and form.is_valid():
        if is_staff and not confirmed:
            form.add_error(None, _("Confirm once more that it is you (below), then sign."))
        else:
            try:
                signing.sign(agreement, by=request.user, origin=origin(request, confirmed=confirmed), **form.act())
            except Refused as refused:
                scope.explain(form, refused)
            else:
                messages.success(request, _("You have signed. Thank you."))
                return redirect(agreement.get_absolute_url())
    turns = signing.in_turn(agreement)
    context = _sign_context(request, agreement, slot, form) | {
        "is_my_turn": slot.pk in {turn.pk for turn in turns},
        "turn_names": ", ".join(str(turn.signatory) for turn in turns),
        "is_staff": is_staff,
        "is_confirmed": bool(confirmed),
    }
    return render(request, "agreements/sign.html", context)


def _sign_form(request: PersonRequest, agreement: Agreement, *, needs_code: bool) -> SignForm:
    sha256 = agreement.review_copy.sha256 if agreement.review_copy else ""
    initial = {"sha256": sha256, "disclosure_version": disclosure.VERSION}
    return SignForm(request.POST or None, initial=initial, needs_code=needs_code)


def _sign_context(
    request: PersonRequest, agreement: Agreement, slot: SignatureSlot, form: SignForm
) -> dict[str, object]:
    return {
        "agreement": agreement,
        "case": agreement.secondment,
        "slot": slot,
        "form": form,
        "disclosure": disclosure.TEXT,
        "disclosure_version": disclosure.VERSION,
        "code_sent": request.session.get("code_sent") == slot.pk,
        "is_pending": agreement.state == PaperState.SIGNING and agreement.review_copy_id is None,
    }


@require_POST
def send_code(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """A fresh code by e-mail, bound to this session."""
    agreement = paper(request, key, number)
    slot = _my_slot(request, agreement)
    try:
        signing.send_code(agreement, by=request.user, session=_session(request))
    except Refused as refused:
        scope.tell(request, refused)
    else:
        request.session["code_sent"] = slot.pk
        messages.success(request, _("A code is on its way to %(email)s.") % {"email": request.user.email})
    return redirect(f"{agreement.get_absolute_url()}sign/#sign")


def in_person(request: PersonRequest, key: str, number: int, place: int) -> HttpResponse:
    """The signatory signs on the device of somebody else, who is signed in; the code goes to the signatory alone."""
    agreement = paper(request, key, number)
    slot = _place(request, agreement, place)
    if hasattr(slot, "signature"):
        return redirect(agreement.get_absolute_url())
    form = _sign_form(request, agreement, needs_code=True)
    if request.method == "POST" and form.is_valid():
        act = origin(request, device_of=request.user)
        try:
            signing.sign(agreement, by=request.user, origin=act, place=slot.pk, **form.act())
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("%(who)s has signed. Thank you.") % {"who": slot.signatory})
            return redirect(agreement.get_absolute_url())
    turns = signing.in_turn(agreement)
    context = _sign_context(request, agreement, slot, form) | {
        "is_my_turn": slot.pk in {turn.pk for turn in turns},
        "turn_names": ", ".join(str(turn.signatory) for turn in turns),
    }
    return render(request, "agreements/sign_in_person.html", context)


@require_POST
def in_person_code(request: PersonRequest, key: str, number: int, place: int) -> HttpResponse:
    """A code for who signs in person, to their own address."""
    agreement = paper(request, key, number)
    slot = _place(request, agreement, place)
    try:
        signing.send_code(agreement, by=request.user, session=_session(request), place=slot.pk)
    except Refused as refused:
        scope.tell(request, refused)
    else:
        request.session["code_sent"] = slot.pk
        messages.success(request, _("A code is on its way to %(who)s.") % {"who": slot.signatory})
    return redirect("sign_in_person", key, number, place)


def _place(request: PersonRequest, agreement: Agreement, place: int) -> SignatureSlot:
    slot = fetch(agreement.slots.select_related("signatory"), pk=place)
    slot.agreement = agreement
    if not policies.may_lend_device(slot, request.user):
        scope.offer(agreement.secondment, request.user, policies.LENDERS)
        raise Denied(_("Signing in person is for a signatory whose turn it is, on a device of HR or of the host."))
    return slot


def decline(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """Not sign, and say why."""
    agreement = paper(request, key, number)
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
    if wanted == DocumentKind.SEALED:
        found = documents.newest_seal(agreement) or found
        if request.support is None:
            documents.note_download(agreement, by=request.user)
    elif agreement.state == PaperState.SIGNING:
        place = request.GET.get("place", "")
        known = int(place) if place.isdecimal() and len(place) < 19 else None
        signing.record_opened(agreement, by=request.user, place=known)
    found.agreement = agreement
    response = HttpResponse(bytes(found.content), content_type="application/pdf")
    name = documents.filename(found)
    disposition = "attachment" if "download" in request.GET else "inline"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}"'
    return response


def origin(request: PersonRequest, *, confirmed: str = "", device_of: object = None) -> signing.Origin:
    """From where the request comes, as far as the server can tell."""
    return signing.Origin(
        session=_session(request),
        ip=sender(request),
        user_agent=request.headers.get("User-Agent", ""),
        confirmed=confirmed,
        device_of=device_of,  # type: ignore[arg-type] # a person, or nobody
    )


def _session(request: PersonRequest) -> str:
    return request.session.session_key or ""
