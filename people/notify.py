"""Puts messages into the outbox, in the transaction of what they tell of; sending happens elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from secrets import token_hex
from typing import cast

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from people import in_flight, mail_hours
from people.models import Notice, Person


@dataclass(frozen=True, kw_only=True)
class Message:
    """What to tell one person. Never confidential content: it says that something waits, and links there."""

    key: str
    to: Person
    subject: str
    sentences: Sequence[str]
    action_label: str = ""
    action_path: str = ""
    why: str = ""
    about: str = ""
    case_id: int | None = None
    attachment: str = ""
    is_secret: bool = False
    address: str = ""  # in place of the person's own: a former or a new one
    is_urgent: bool = False  # never waits for the one mail of the day


def queue_quietly(*messages: Message) -> int:
    """As :func:`queue`, for reminders: none of them is sent within its reader's quiet hours."""
    return queue(*messages, quietly=True)


def queue(*messages: Message, quietly: bool = False) -> int:
    """Write messages to the outbox; those whose key is there already are skipped. Returns how many were new.

    Whoever wants one mail a day gets what is not urgent, secret or with a file in that of the next morning.

    After the commit a worker is asked to send. When the broker is out of reach nothing is lost: the
    scheduler's next sweep finds them.
    """
    keys = [message.key for message in messages]
    known = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
    rows = [_row(message, quietly) for message in messages if message.key not in known and message.to.is_active]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        transaction.on_commit(_ask_worker, robust=True)
    return len(rows)


def pretend() -> None:
    """Do all that queueing one message does, and leave nothing: an address that nobody has takes as long."""
    key = f"nobody:{token_hex(16)}"
    with transaction.atomic():
        set(Notice.objects.filter(key__in=[key]).values_list("key", flat=True))
        row = Notice(key=key, recipient_id=0, subject="-", sentences=["-"] * 3, why="-", is_secret=True)
        Notice.objects.bulk_create([row], ignore_conflicts=True)
        transaction.set_rollback(True)
    transaction.on_commit(_ask_worker, robust=True)


def call_off(about: str | Iterable[str]) -> int:
    """Cancel what was not sent yet, because its reason is gone. Returns how many."""
    names = [about] if isinstance(about, str) else list(about)
    return _cancel(Notice.objects.filter(Notice.OPEN, about__in=names))


def call_off_to(address: str) -> int:
    """Cancel what was to go to an address that is given up. Returns how many."""
    return _cancel(Notice.objects.filter(Notice.OPEN, address__iexact=address))


@transaction.atomic
def _cancel(found: QuerySet[Notice]) -> int:
    in_flight.hold_patiently(found.values_list("pk", flat=True))
    found.filter(is_secret=True).update(subject="A code", sentences=[])
    return found.update(cancelled_at=timezone.now())


def _row(message: Message, quietly: bool) -> Notice:
    found = Notice(
        key=message.key,
        about=message.about,
        recipient=message.to,
        address=message.address,
        case_id=message.case_id,
        subject=message.subject[:300],
        sentences=[str(sentence) for sentence in message.sentences],
        action_label=message.action_label,
        action_path=message.action_path,
        why=message.why[:300],
        attachment=message.attachment,
        is_secret=message.is_secret,
    )
    to = message.to
    goes_alone = message.is_secret or message.is_urgent or message.address or message.attachment
    if to.digest and not goes_alone:
        found.in_digest = True
        found.next_attempt_at = mail_hours.next_morning(timezone.now(), to.time_zone)
    elif quietly and (quiet := quiet_hours(to)):
        found.next_attempt_at = mail_hours.after_quiet(timezone.now(), to.time_zone, *quiet)
    return found


def quiet_hours(person: Person) -> tuple[time, time] | None:
    """Their own, or those of the house."""
    if person.quiet_from is not None and person.quiet_until is not None:
        return person.quiet_from, person.quiet_until
    return cast("tuple[time, time] | None", settings.QUIET_HOURS)


def _ask_worker() -> None:
    from people.tasks import ask, deliver_notices

    ask(deliver_notices)
