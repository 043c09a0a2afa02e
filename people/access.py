"""Refusals and scoped fetches that every view uses: a stranger gets 404, an insider without the right 403."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from people import ledger
from people.models import Person, SupportSession

M = TypeVar("M", bound=Model)


class PersonRequest(HttpRequest):
    """A request by somebody who is signed in."""

    user: Person
    htmx: Any
    support: SupportSession | None  # while an administrator sees what ``user`` sees
    subject: Person | None  # whom a page for administrators is about


class Denied(PermissionDenied):
    """An insider lacks the right; the sentence is shown with status 403."""


class Refused(Exception):
    """An act that cannot be done now; the sentence says why, ``where`` is the form field that mends it."""

    def __init__(self, sentence: str, where: str = "") -> None:
        self.sentence, self.where = sentence, where
        super().__init__(sentence)


View = Callable[..., HttpResponse]
Action = TypeVar("Action", bound=Callable[..., Any])
# PostgreSQL's words for "somebody else was quicker": deadlock, serialisation, exclusion, unique.
CHANGED_MEANWHILE = {"40P01", "40001", "23P01", "23505"}


def fetch(scope: QuerySet[M], **lookup: Any) -> M:
    """One row out of what the reader may see, or 404; never fetch a record any other way in a view."""
    try:
        return scope.get(**lookup)
    except scope.model.DoesNotExist:  # type: ignore[attr-defined] # every model has it; TypeVar hides it
        raise Http404 from None


def require_hr(view: View) -> View:
    """For pages that only HR of some organisation has."""

    @wraps(view)
    def inner(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_hr:
            raise Denied("This page is for the HR staff of an organisation.")
        return view(request, *args, **kwargs)

    return cast(View, inner)


def require_administrator(view: View) -> View:
    """The only way to a page for administrators: others are told that it does not exist, and each read is recorded.

    A view that shows one person says whom in ``request.subject``. The entry is written before the answer leaves, so
    that nothing is shown that could not be recorded.
    """

    @wraps(view)
    def inner(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_administrator:
            raise Http404
        request.subject = None
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            path = request.get_full_path()[:2000]
            ledger.record("administrator.read", by=request.user, subject=request.subject, path=path)
        return response

    inner.is_for_administrators = True  # type: ignore[attr-defined] # a mark on the function, read by a test
    return cast(View, inner)


def hides_secrets(request: HttpRequest) -> bool:
    """Whether salaries and private notes are hidden, as support looks at the page."""
    return getattr(request, "support", None) is not None


def sender(request: HttpRequest) -> str:
    """The address that a request comes from, as our own proxies tell it (TRUSTED_PROXY_COUNT)."""
    return str(get_adapter(request).get_client_ip(request))


def atomically(action: Action) -> Action:
    """An action in one transaction; when somebody else was quicker it is refused with a sentence."""

    @wraps(action)
    def inner(*args: Any, **kwargs: Any) -> Any:
        try:
            with transaction.atomic():
                return action(*args, **kwargs)
        except (IntegrityError, OperationalError) as error:
            if getattr(error.__cause__, "pgcode", "") not in CHANGED_MEANWHILE:
                raise
            raise Refused(_("Somebody else has just changed this. Look at it again, then repeat.")) from error

    return cast(Action, inner)


def explain(form: forms.BaseForm, refused: Refused) -> None:
    """Put a refusal at the field it speaks of, or on top of the form."""
    form.add_error(refused.where if refused.where in form.fields else None, refused.sentence)


def tell(request: HttpRequest, refused: Refused) -> None:
    """Say a refusal on the next page, for acts that have no form."""
    messages.error(request, refused.sentence)
