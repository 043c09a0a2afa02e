"""Sessions of people: begun, seen, and ended here or from elsewhere, at once.

Three times are kept in the session, as seconds since the epoch: when it began, when it was last seen, and when
the person last confirmed that it is them. The row beside it only serves to list and end it.
"""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from people.models import OneTimeCode, Person, PersonSession
from people.telling import Origin

BEGAN, SEEN, CONFIRMED = "session_began", "session_seen", "session_confirmed"
HALF_A_MINUTE = 30.0


def begin(request: HttpRequest, person: Person) -> None:
    """Mark a session that has just been signed in to."""
    now = time.time()
    request.session[BEGAN] = request.session[SEEN] = request.session[CONFIRMED] = now
    origin = Origin.of(request)
    PersonSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"person": person, "sender": origin.sender, "device": origin.device[:200]},
    )


def seen(request: HttpRequest) -> None:
    """Note that the session is in use; at most every half minute."""
    if BEGAN not in request.session:
        begin(request, request.user)  # type: ignore[arg-type] # only called for who is signed in
    elif time.time() - request.session[SEEN] > HALF_A_MINUTE:
        request.session[SEEN] = time.time()
        PersonSession.objects.filter(session_key=request.session.session_key).update(seen_at=timezone.now())


def ends_at(request: HttpRequest) -> float:
    """When it ends if nothing more is done, in seconds since the epoch."""
    session, now = request.session, time.time()
    idle = session.get(SEEN, now) + 60 * settings.SESSION_IDLE_MINUTES
    return float(min(idle, latest_end(request)))


def latest_end(request: HttpRequest) -> float:
    """When it ends whatever is done."""
    return float(request.session.get(BEGAN, time.time()) + 3600 * settings.SESSION_HOURS)


def end(person: Person, *, except_key: str | None = None, only: int | None = None) -> int:
    """End sessions of a person: all, all but one, or one by its number. Returns how many."""
    found = PersonSession.objects.filter(person=person)
    if only is not None:
        found = found.filter(pk=only)
    if except_key is not None:
        found = found.exclude(session_key=except_key)
    keys = list(found.values_list("session_key", flat=True))
    with transaction.atomic():
        Session.objects.filter(session_key__in=keys).delete()
        OneTimeCode.objects.filter(person=person, session__in=keys, used_at__isnull=True).delete()
        return found.filter(session_key__in=keys).delete()[0]


def renew(request: HttpRequest, person: Person) -> None:
    """Keep this session when the password changed, which gives it a new key."""
    old = request.session.session_key
    update_session_auth_hash(request, person)
    PersonSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def forget(key: str | None) -> None:
    """Take a session that is ending off the list."""
    PersonSession.objects.filter(session_key=key).delete()
    OneTimeCode.objects.filter(session=key, used_at__isnull=True).delete()


def living(person: Person) -> list[PersonSession]:
    """Those that have not ended by themselves, newest first; rows whose session is gone are left out."""
    oldest = timezone.now() - timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    keys = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return list(PersonSession.objects.filter(person=person, seen_at__gt=oldest, session_key__in=keys)[:50])


def sweep() -> int:
    """Remove what ended by itself. Returns how many sessions went."""
    gone = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    keys = Session.objects.values("session_key")
    began = timezone.now() - timedelta(hours=settings.SESSION_HOURS)
    PersonSession.objects.filter(seen_at__lt=began).exclude(session_key__in=keys).delete()
    OneTimeCode.objects.filter(expires_at__lt=began).delete()
    return gone
