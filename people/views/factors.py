"""The second factor: an app for codes, passkeys, recovery codes."""

from __future__ import annotations

import base64
import json

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import entry
from people.access import Denied, PersonRequest, fetch
from people.actions import factors
from people.confirming import confirmed
from people.forms.security import AppCode, NewPasskey
from people.telling import Origin

SECRET = "new_app"  # noqa: S105 - the name under which the session keeps it between showing and proving


@confirmed
def app(request: PersonRequest) -> HttpResponse:
    """Show the secret as a picture and as letters; the app's first code proves it."""
    secret = request.session.get(SECRET) or generate_totp_secret()
    request.session[SECRET] = secret
    form = AppCode(request.POST or None, request=request, secret=secret)
    if request.method == "POST" and form.is_valid():
        made = factors.add_app(
            request.user,
            secret=secret,
            code=form.cleaned_data["code"],
            by=request.user,
            origin=Origin.of(request),
        )
        if made is not None:
            del request.session[SECRET]
            return _done(request, made, _("The app is your second factor now."))
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    context = {
        "form": form,
        "letters": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "picture": f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}",
    }
    return render(request, "people/app.html", context)


@confirmed
def passkey(request: PersonRequest) -> HttpResponse:
    """Let the browser make a passkey for this site."""
    form = NewPasskey(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        made = factors.add_passkey(
            request.user,
            name=form.cleaned_data["name"],
            credential=form.cleaned_data["credential"],
            by=request.user,
            origin=Origin.of(request),
        )
        return _done(request, made, _("The passkey is added."))
    options = json.dumps(webauthn.begin_registration(request.user, False))
    return render(request, "people/passkey.html", {"form": form, "options": options})


@confirmed
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask once, then take an app or a passkey away."""
    found = fetch(Authenticator.objects.filter(user=request.user, type__in=entry.FACTORS), pk=pk)
    others = Authenticator.objects.filter(user=request.user, type__in=entry.FACTORS).exclude(pk=pk)
    is_needed = request.user.needs_second_factor and not others.exists()
    if request.method == "POST":
        if is_needed:
            raise Denied(_("You must have a second factor: add another before you remove this one."))
        factors.remove(found, by=request.user, origin=Origin.of(request))
        messages.success(request, _("It is removed."))
        return redirect("security")
    return render(request, "people/factor_remove.html", {"factor": found, "is_needed": is_needed})


@require_POST
@confirmed
def renew_codes(request: PersonRequest) -> HttpResponse:
    if not entry.has_second_factor(request.user):
        raise Denied(_("Recovery codes stand in for a second factor: add one first."))
    made = factors.renew_codes(request.user, by=request.user, origin=Origin.of(request))
    return _done(request, made, _("The old recovery codes no longer count."))


def _done(request: PersonRequest, made: list[str], sentence: str) -> HttpResponse:
    """Recovery codes are shown in this one answer and never again."""
    messages.success(request, sentence)
    if not made:
        return redirect("security")
    return render(request, "people/recovery_codes.html", {"codes": made})
