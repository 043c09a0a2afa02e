"""Confirming that it is you; the session's end; and what you were sending when you were stopped."""

from __future__ import annotations

import math
import time
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from people import attempts, confirming, entry, sessions, unsent
from people.access import PersonRequest, sender
from people.actions import codes
from people.forms.security import ConfirmByCode, ConfirmByFactor, ConfirmByPassword
from people.forms.sign_in import PasskeyForm
from people.models import OneTimeCode

CONFIRM = OneTimeCode.Purpose.CONFIRM


@never_cache
def confirm(request: PersonRequest) -> HttpResponse:
    """A second factor if one is set up; else the password or a code by mail."""
    wanted = entry.local(request, request.POST.get("next") or request.GET.get("next"))
    person = request.user
    has_factor = entry.has_second_factor(person)
    has_password = person.has_usable_password() and not has_factor
    session = request.session.session_key or ""
    words = request.POST if request.method == "POST" else None
    way = request.POST.get("way", "")
    by_factor = ConfirmByFactor(words if way == "factor" else None, request=request) if has_factor else None
    by_passkey = PasskeyForm(words if way == "passkey" else None, user=person) if has_factor else None
    by_password = ConfirmByPassword(words if way == "password" else None, request=request) if has_password else None
    by_code = None if has_factor else ConfirmByCode(words if way == "code" else None, request=request)
    offered = {"factor": by_factor, "passkey": by_passkey, "password": by_password, "code": by_code}
    form = offered.get(way)
    if form is not None and form.is_valid():
        confirming.note(request)
        return redirect(wanted)
    return render(
        request,
        "people/confirm.html",
        {
            "form": form,
            "by_factor": by_factor,
            "by_passkey": by_passkey if has_factor and _has_passkey(request) else None,
            "by_password": by_password,
            "by_code": by_code,
            "is_code_sent": by_code and codes.is_waiting(person, purpose=CONFIRM, session=session),
            "next": wanted,
        },
    )


@require_POST
def confirm_code(request: PersonRequest) -> HttpResponse:
    """Mail a code; not to those who have a second factor, which is what they are asked for."""
    wanted = entry.local(request, request.POST.get("next"))
    if not entry.has_second_factor(request.user):
        if attempts.spend("code_asked", address=request.user.email, sender=sender(request)):
            codes.send(request.user, purpose=CONFIRM, session=request.session.session_key or "")
            messages.success(request, _("A code is on its way to %(email)s.") % {"email": request.user.email})
        else:
            messages.error(request, _("That was asked for too often. Wait for an hour."))
    return redirect(f"{reverse('confirm')}?{urlencode({'next': wanted})}")


def _has_passkey(request: PersonRequest) -> bool:
    return Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN).exists()


def kept(request: PersonRequest) -> HttpResponse:
    """What was being sent, to send or to discard."""
    found = unsent.kept(request, request.user)
    if found is None:
        messages.info(request, _("Nothing waits to be sent."))
        return redirect("home")
    return render(request, "people/unsent.html", {"kept": found})


@require_POST
def discard(request: PersonRequest) -> HttpResponse:
    unsent.discard(request)
    messages.success(request, _("What you had typed is discarded."))
    return redirect("home")


@require_GET
@never_cache
def session_left(request: PersonRequest) -> JsonResponse:
    """How many seconds this session lasts if nothing is done; asking does not make it last longer."""
    return _left(request)


@require_POST
def stay(request: PersonRequest) -> HttpResponse:
    """Stay signed in: any request does, this one does nothing else."""
    request.session[sessions.SEEN] = time.time()
    return _left(request) if request.headers.get("Accept") == "application/json" else redirect("home")


def _left(request: PersonRequest) -> JsonResponse:
    return JsonResponse({"seconds": max(0, math.floor(sessions.ends_at(request) - time.time()))})
