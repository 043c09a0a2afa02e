"""Middleware that belongs to no house: a log line and headers for every answer, and the methods that are allowed."""

from __future__ import annotations

import time
from collections.abc import Callable
from secrets import token_hex

import structlog
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed

from config import logs

log = structlog.stdlib.get_logger("config.request")

Get = Callable[[HttpRequest], HttpResponse]
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
EVERYWHERE = {
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "X-Frame-Options": "DENY",
}


def headers(get_response: Get) -> Get:
    """Also on what never reaches a view: static files, redirects, refused methods."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in EVERYWHERE.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def methods(get_response: Get) -> Get:
    """TRACE and friends would otherwise reach the views."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return get_response(request)

    return middleware


def without_nul(get_response: Get) -> Get:
    """No address and no question holds a NUL, which PostgreSQL refuses: there is nothing at such an address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
        return get_response(request)

    return middleware


QUIET = ("/livez", "/readyz", "/static/")  # asked for every few seconds, or by every page
SECRET = {"token", "secret", "code", "uidb36"}  # parts of addresses that are not written down


def line(get_response: Get) -> Get:
    """One line for each request: its id, what was asked for and by whom, what came of it and how long it took.

    The person is named by their key; of the address neither the query nor what is secret in it is written. All
    other lines of the request carry its id, which the answer tells too (``X-Request-ID``).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        request_id = token_hex(8)
        logs.begin(request=request_id)
        response = get_response(request)
        response.headers["X-Request-ID"] = request_id
        if not request.path_info.startswith(QUIET):
            log.info(
                "request",
                method=request.method,
                path=shown_path(request),
                status=response.status_code,
                person=shown_person(request),
                milliseconds=round((time.perf_counter() - began) * 1000),
            )
        return response

    return middleware


def shown_path(request: HttpRequest) -> str:
    """The path, with a dash for what is secret in it; of an address that nobody knows, only that."""
    match = request.resolver_match
    if match is None:
        return "unknown"
    path = request.path_info
    for name, value in match.kwargs.items():
        if name in SECRET:
            path = path.replace(str(value), "-")
    return path


def shown_person(request: HttpRequest) -> str:
    """The key of who asked; of support, the administrator's and then whose pages they see."""
    user = getattr(request, "user", None)
    support = getattr(request, "support", None)
    keys = [support.administrator.key, support.person.key] if support else [getattr(user, "key", "")]
    return " as ".join(keys)
