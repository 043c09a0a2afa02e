"""Refusals and scoped fetches that every view uses: a stranger gets 404, an insider without the right 403."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from people.models import Person

M = TypeVar("M", bound=Model)


class PersonRequest(HttpRequest):
    """A request by somebody who is signed in."""

    user: Person
    htmx: Any


class Denied(PermissionDenied):
    """An insider lacks the right; the sentence is shown with status 403."""


View = Callable[..., HttpResponse]


def fetch(scope: QuerySet[M], **lookup: Any) -> M:
    """One row out of what the reader may see, or 404; never fetch a record any other way in a view."""
    try:
        return scope.get(**lookup)
    except scope.model.DoesNotExist:  # type: ignore[attr-defined]
        raise Http404 from None


def require_hr(view: View) -> View:
    """For pages that only HR of some organisation has."""

    @wraps(view)
    def inner(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_hr:
            raise Denied("This page is for the HR staff of an organisation.")
        return view(request, *args, **kwargs)

    return cast(View, inner)


def sender(request: HttpRequest) -> str:
    """The address that a request comes from, as our own proxies tell it (TRUSTED_PROXY_COUNT)."""
    return str(get_adapter(request).get_client_ip(request))
