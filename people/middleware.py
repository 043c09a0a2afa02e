"""What holds for each request: the reader's time zone, the limits of a session, and the second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from people import entry, sessions, unsent

Get = Callable[[HttpRequest], HttpResponse]
QUIET = "/session/left/"  # asking how long the session lasts does not make it last longer
FREE = {"account_logout", "help", "livez", "readyz", "confirm", "confirm_code", "session_left", "stay_signed_in"}


def reader(get_response: Get) -> Get:
    """Times are shown in the reader's zone; pages for one person, and of signing in, are kept by no cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            response = get_response(request)
            if request.path.startswith(("/sign-in/", "/confirm/")) or request.user.is_authenticated:
                response.headers["Cache-Control"] = "no-store, private"
            return response
        with timezone.override(ZoneInfo(request.user.time_zone)):
            response = get_response(request)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return middleware


def limits(get_response: Get) -> Get:
    """Ends a session that is too old or was idle for too long; what was being sent is kept for its sender.

    Order of events: judge the session, note that it is in use, answer, mark the browser as the reader's. Before
    a view that asks to sign in gets a form from somebody who is not, the form is kept.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if sessions.BEGAN in request.session and time.time() > sessions.ends_at(request):
                sessions.forget(request.session.session_key)
                request.session.flush()
                request.user = AnonymousUser()
            elif request.path != QUIET:
                sessions.seen(request)
                _forget_what_is_sent(request)
                if request.method in ("GET", "HEAD"):
                    request.user.read_once = {}
        response = get_response(request)
        if request.user.is_authenticated:
            unsent.mark(request, response, request.user)
        return response

    def process_view(request: HttpRequest, view: Any, words: Any, named: Any) -> HttpResponse | None:
        if request.user.is_authenticated or request.method != "POST" or not getattr(view, "login_required", True):
            return None
        if not unsent.keep(request):
            return None
        address = f"{reverse('account_request_login_code')}?{urlencode({'next': reverse('unsent')})}"
        return _away(request, address)

    middleware.process_view = process_view  # type: ignore[attr-defined] # Django looks for it there
    return middleware


def second_factor(get_response: Get) -> Get:
    """Who must have a second factor and has none sees nothing else before it is set up."""

    def process_view(request: HttpRequest, view: Any, words: Any, named: Any) -> HttpResponse | None:
        if not request.user.is_authenticated or not request.user.needs_second_factor:
            return None
        name = request.resolver_match.url_name or "" if request.resolver_match else ""
        if name in FREE or name.startswith("security") or entry.has_second_factor(request.user):
            return None
        return _away(request, reverse("security_needed"))

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    middleware.process_view = process_view  # type: ignore[attr-defined] # Django looks for it there
    return middleware


def _forget_what_is_sent(request: HttpRequest) -> None:
    """A form that was kept and is now sent again no longer waits; whatever stops it again keeps it again."""
    waiting = request.session.get(unsent.KEPT)
    if request.method == "POST" and waiting and waiting["path"] == request.get_full_path():
        unsent.discard(request)


def _away(request: HttpRequest, address: str) -> HttpResponse:
    """Elsewhere, the whole page also when htmx asked for a part of it."""
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=200)
        response.headers["HX-Redirect"] = address
    else:
        response = redirect(address)
    patch_vary_headers(response, ["HX-Request"])
    return response
