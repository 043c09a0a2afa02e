"""Pages of no house: health, errors, outage."""

from __future__ import annotations

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache

from config import heartbeat
from people import unsent
from people.models import Notice

OLDEST_NOTICE = 300.0  # seconds that a notice may wait before the installation counts as not ready


@login_not_required
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Every part that the product needs, by name; 503 when one is missing."""
    parts = {"database": _database(), "migrations": _migrations(), "broker": _broker()}
    parts |= {part: sign_of_life(part) for part in heartbeat.PARTS}
    parts["notices"] = _notices()
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)


def _database() -> str:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery(), current_setting('transaction_read_only')")
            recovering, read_only = cursor.fetchone()
    except DatabaseError:
        return "does not answer"
    return "not writable" if recovering or read_only == "on" else "ok"


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unknown: the database does not answer"
    return f"{len(missing)} not applied" if missing else "ok"


def _broker() -> str:
    from django.conf import settings
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        Redis.from_url(str(settings.CACHES["default"]["LOCATION"]), socket_timeout=1, socket_connect_timeout=1).ping()
    except (RedisError, OSError):
        return "does not answer"
    return "ok"


def sign_of_life(part: str) -> str:
    try:
        age = heartbeat.age(part)
    except Exception:  # the cache is the broker's twin; it is named above
        return "unknown: the broker does not answer"
    if age is None:
        return "no sign of life"
    return "ok" if age < heartbeat.STALE_AFTER else f"no sign of life for {age:.0f} s"


def _notices() -> str:
    try:
        oldest = (
            Notice.objects.filter(Notice.OPEN, next_attempt_at__lte=timezone.now())
            .order_by("next_attempt_at")
            .values_list("next_attempt_at", flat=True)
            .first()
        )
    except DatabaseError:
        return "unknown: the database does not answer"
    waiting = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    return "ok" if waiting < OLDEST_NOTICE else f"the oldest has waited {waiting:.0f} s"


def outage() -> HttpResponse:
    """The database is away: say so without asking it for anything."""
    response = HttpResponse(render_to_string("outage.html"), status=503)
    response.headers["Retry-After"] = "10"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page from before signing in again in another tab: what it sent waits to be looked at and sent."""
    if request.user.is_authenticated and unsent.keep(request):
        found = unsent.kept(request, request.user)
        if found:
            return render(request, "people/unsent.html", {"kept": found}, status=403)
    return render(request, "csrf_failure.html", status=403)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """An insider lacks the right: the sentence says why.

    Somebody who has the right in another of their capacities is offered to change to it.
    """
    context = {
        "sentence": str(exception or ""),
        "other": getattr(exception, "capacity", None),
        "case": getattr(exception, "case", None),
    }
    return render(request, "403.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same answer for what does not exist and for what the reader is a stranger to."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours; a database that does not answer is an outage, wherever in the request it showed."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return outage()
    return HttpResponse(render_to_string("500.html"), status=500)
