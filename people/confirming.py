"""Asks people to confirm that it is them before what matters most: ``@confirmed`` on a view, after signing in.

Signing in counts. What was being sent is kept (:mod:`people.unsent`) and can be sent after the confirmation.
"""

from __future__ import annotations

import time
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from people import unsent
from people.access import PersonRequest, View
from people.sessions import CONFIRMED

MINUTES = 15


def recently(request: HttpRequest, minutes: int = MINUTES) -> bool:
    """Whether the reader confirmed, or signed in, within so many minutes."""
    at = request.session.get(CONFIRMED)
    return at is not None and 0 <= time.time() - at < 60 * minutes


def note(request: HttpRequest) -> None:
    """The reader has just confirmed that it is them."""
    request.session[CONFIRMED] = time.time()


def confirmed(view: View) -> View:
    """Ask first, unless it was done recently; then back to the page, or to what was being sent."""

    @wraps(view)
    def inner(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if recently(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path()
        if request.method == "POST":
            back = reverse("unsent") if unsent.keep(request) else _page_of(request)
        return redirect(f"{reverse('confirm')}?{urlencode({'next': back})}")

    return cast(View, inner)


def _page_of(request: HttpRequest) -> str:
    """Where a form that could not be kept stands."""
    return "/security/" if request.path.startswith("/security/") else request.path
