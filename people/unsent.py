"""Keeps what somebody sent when it could not be taken: the session had ended, or they must first confirm.

It waits in the session that is not signed in, for the same person and nobody else, and is never sent by itself.
Whose it is, is known by a cookie that follows the person and says nothing to anybody but us; it is not sent from
other sites, so that these cannot leave anything here. No files, passwords or codes are kept.
"""

from __future__ import annotations

import re
import time
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from people.models import Person
from people.vault import fingerprint

KEPT, COOKIE = "unsent", "last-reader"
MOST = 100_000  # bytes of names and values
HOURS = 12
SECRET = re.compile(r"password|passphrase|secret|(^|_)code$|credential|token|csrf", re.IGNORECASE)
NOT_HERE = ("/sign-", "/confirm/", "/security/", "/session/", "/unsent/", "/account/")


def mark(request: HttpRequest, response: HttpResponse, person: Person) -> None:
    """Let this browser be known as the person's, if it is not yet."""
    mine = _mark(person)
    if owner(request) != mine:
        response.set_signed_cookie(
            COOKIE,
            mine,
            salt=COOKIE,
            max_age=2 * HOURS * 3600,
            httponly=True,
            samesite="Strict",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def owner(request: HttpRequest) -> str:
    """Whose browser this last was; empty when unknown or made up."""
    try:
        return str(request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=2 * HOURS * 3600))
    except signing.BadSignature:
        return ""


def keep(request: HttpRequest) -> bool:
    """Keep the fields of this request, in place of what was kept before. Says whether there is anything."""
    whose = owner(request)
    if not whose or request.path.startswith(NOT_HERE) or request.headers.get("Origin", "same") == "null":
        return False
    fields = [(name, value) for name, values in request.POST.lists() if not SECRET.search(name) for value in values]
    if sum(len(name) + len(value.encode()) for name, value in fields) > MOST:
        return False
    request.session[KEPT] = {"path": request.get_full_path(), "fields": fields, "owner": whose, "at": time.time()}
    return True


def kept(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """What was kept for this very person; anybody else's is dropped."""
    found = request.session.get(KEPT)
    if not found:
        return None
    if found["owner"] != _mark(person) or time.time() - found["at"] > HOURS * 3600:
        discard(request)
        return None
    return dict(found)


def discard(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)


def _mark(person: Person) -> str:
    return fingerprint("reader", person.pk)[:40]
