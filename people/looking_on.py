"""Lets support see the pages of another person and do nothing there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people import ledger
from people.access import PersonRequest
from people.actions import support
from people.models import SupportSession

SESSION_KEY = "support"  # in the administrator's own session
READ_ONLY = "25006"  # PostgreSQL's word for a write in a read-only transaction


class Borrowed(SessionBase):
    """What the pages of the other person are given for a session: empty, and thrown away."""

    def load(self) -> dict[str, Any]:
        return {}

    def save(self, must_create: bool = False) -> None:
        pass

    def exists(self, session_key: str) -> bool:
        return False

    def create(self) -> None:
        pass

    def delete(self, session_key: str | None = None) -> None:
        pass


class Support:
    """While a support session holds, pages are those of the other person, and nothing is written.

    For each request: does the session still hold, else it ends and the request is not carried out; is it a page
    that support may see (``SUPPORT_SHOWS``), and only read; then the read is recorded, and the page is made in a
    transaction in which the database refuses every write, with a session that is thrown away.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PersonRequest) -> HttpResponse:
        request.support = None
        key = request.session.get(SESSION_KEY)
        if key is None or not request.user.is_authenticated:
            return self.get_response(request)
        found = SupportSession.objects.filter(key=key).select_related("administrator", "person").first()
        if sentence := support.fault(found, request.user):
            return self.over(request, found, sentence)
        assert found
        request.support = found
        if request.path_info == reverse("end_support"):
            return self.get_response(request)  # as the administrator: it is their own act
        request.user = found.person
        found.person.read_once = {}
        try:
            request.resolver_match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return refuse(request, _("You are looking on: nothing can be done in the name of somebody else."))
        return self.show(request, found, request.resolver_match.view_name)

    def over(self, request: PersonRequest, session: SupportSession | None, sentence: str) -> HttpResponse:
        """Back to the administrator's own pages, whatever was asked for."""
        if session and session.administrator_id == request.user.pk:
            support.end(session, at=min(timezone.now(), session.until))
        del request.session[SESSION_KEY]
        back = session.get_absolute_url() if session and request.user.is_administrator else reverse("home")
        if request.headers.get("HX-Request"):  # a fragment cannot show it: the whole page goes back
            return HttpResponse(sentence, status=403, headers={"HX-Redirect": back})
        return redirect(back)

    def show(self, request: PersonRequest, session: SupportSession, name: str) -> HttpResponse:
        if name not in settings.SUPPORT_SHOWS:
            return refuse(request, _("This page is not shown to support: it is for the person alone."))
        path = request.get_full_path()[:2000]
        ledger.record("support.read", by=session.administrator, subject=session.person, path=path)
        own, request.session = request.session, Borrowed()
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION READ ONLY")
                response = self.get_response(request)
                transaction.set_rollback(True)
        finally:
            request.session = own
        if getattr(request, "wanted_to_write", False):
            return refuse(request, _("This page is not shown to support: opening it is an act of the person."))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page that writes as it is opened; its transaction is broken, so the sentence is said outside of it."""
        if getattr(request, "support", None) and getattr(exception.__cause__, "pgcode", None) == READ_ONLY:
            request.wanted_to_write = True  # type: ignore[attr-defined] # a mark of ours on the request
            return HttpResponse(status=403)
        return None


def refuse(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "403.html", {"sentence": sentence}, status=403)
