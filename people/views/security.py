"""How I sign in: address, password, sessions; the second factor is in the file beside."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from people import attempts, entry, sessions
from people.access import PersonRequest, fetch, sender
from people.actions import addresses, codes, factors, passwords
from people.confirming import confirmed
from people.forms.security import NewAddress, NewAddressCode, PasswordChoice
from people.models import OneTimeCode, Person
from people.telling import Origin, tell


def overview(request: PersonRequest) -> HttpResponse:
    """Everything about how I sign in, on one page."""
    found = Authenticator.objects.filter(user=request.user, type__in=entry.FACTORS).order_by("created_at", "pk")
    return render(
        request,
        "people/security.html",
        {
            "factors": list(found),
            "codes_left": factors.codes_left(request.user),
            "sessions": sessions.living(request.user),
            "this": request.session.session_key,
            "has_password": request.user.has_usable_password(),
        },
    )


def needed(request: PersonRequest) -> HttpResponse:
    """What is to be set up before anything else, and why."""
    if not request.user.needs_second_factor or entry.has_second_factor(request.user):
        return redirect("home")
    return render(request, "people/security_needed.html")


@confirmed
def address(request: PersonRequest) -> HttpResponse:
    """A new address: a code goes to it, whether or not somebody here has it already."""
    form = NewAddress(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if attempts.spend("address_asked", address=request.user.email, sender=sender(request)) is None:
            form.add_error("email", _("That was asked for too often. Wait for an hour."))
        else:
            codes.send(
                request.user,
                purpose=OneTimeCode.Purpose.ADDRESS,
                session=request.session.session_key or "",
                address=email,
                may_be_sent=not Person.objects.filter(email__iexact=email).exists(),
            )
            return redirect("security_address_code")
    return render(request, "people/address.html", {"form": form})


@confirmed
def address_code(request: PersonRequest) -> HttpResponse:
    """The code from the new address, in the session that asked for it."""
    session = request.session.session_key or ""
    waiting = codes.is_waiting(request.user, purpose=OneTimeCode.Purpose.ADDRESS, session=session)
    if waiting is None:
        messages.error(request, _("There is no code to enter: ask for a new one."))
        return redirect("security_address")
    form = NewAddressCode(request.POST or None, request=request)
    if request.method == "POST":
        with transaction.atomic():
            if form.is_valid() and form.found:
                try:
                    addresses.change(
                        request.user,
                        form.found.address,
                        by=request.user,
                        origin=Origin.of(request),
                        except_session=session,
                    )
                except ValidationError:
                    form.add_error("code", _("This address cannot be used. Ask for another."))
                else:
                    messages.success(request, _("Your address is changed. Your other sessions have ended."))
                    return redirect("security")
    return render(request, "people/address_code.html", {"form": form, "address": waiting.address})


@confirmed
@sensitive_post_parameters()
def password(request: PersonRequest) -> HttpResponse:
    """Set or change it; other sessions end."""
    form = PasswordChoice(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            passwords.choose(
                request.user,
                form.cleaned_data["password"],
                by=request.user,
                origin=Origin.of(request),
                session=request.session.session_key,
            )
            sessions.renew(request, request.user)
        messages.success(request, _("Your password is set. Your other sessions have ended."))
        return redirect("security")
    return render(request, "people/password.html", {"form": form, "has_password": request.user.has_usable_password()})


@require_POST
@confirmed
def remove_password(request: PersonRequest) -> HttpResponse:
    with transaction.atomic():
        passwords.remove(request.user, by=request.user, origin=Origin.of(request), session=request.session.session_key)
        sessions.renew(request, request.user)
    messages.success(request, _("Your password is removed: you sign in with codes by mail."))
    return redirect("security")


@require_POST
@confirmed
def end_session(request: PersonRequest, pk: int) -> HttpResponse:
    """End one of my sessions, at once."""
    found = fetch(request.user.sessions.all(), pk=pk)
    with transaction.atomic():
        sessions.end(request.user, only=found.pk)
        tell(
            request.user,
            "sign_in.session_ended",
            _("A session was ended: %(device)s.") % {"device": found.device or _("an unknown browser")},
            by=request.user,
            origin=Origin.of(request),
        )
    if found.session_key == request.session.session_key:
        return redirect("home")
    messages.success(request, _("The session is ended."))
    return redirect("security")


@require_POST
@confirmed
def end_others(request: PersonRequest) -> HttpResponse:
    """End all my sessions but this one."""
    with transaction.atomic():
        count = sessions.end(request.user, except_key=request.session.session_key)
        if count:
            what = ngettext("%(n)d other session was ended.", "%(n)d other sessions were ended.", count) % {"n": count}
            tell(request.user, "sign_in.sessions_ended", what, by=request.user, origin=Origin.of(request))
    messages.success(request, _("All your other sessions are ended."))
    return redirect("security")
