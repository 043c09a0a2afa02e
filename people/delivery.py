"""Sends what the outbox holds.

Order of events for each batch: claim rows with SKIP LOCKED and commit; then, one after the other over one
connection, send it and mark it as accepted, while nobody can call it off. A worker that dies in between leaves claimed
rows, which are claimed again after ``STALE``; the fixed Message-ID lets the receiving side see a repetition for what it
is. None is lost; a duplicate needs a crash between the server's answer and the mark.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone

from people import in_flight
from people.models import Notice

log = logging.getLogger(__name__)

BATCH = 50
STALE = timedelta(minutes=2)  # longer than one mail can take at the connection's time-out
GIVE_UP_AFTER = timedelta(hours=24)
PAUSES = [timedelta(seconds=s) for s in (10, 30, 60, 300, 900, 1800, 3600)]

# Where attachments come from, by the word before the colon: houses above register themselves.
Attachment = tuple[str, bytes, str]
attachment_sources: dict[str, Callable[[str], Attachment]] = {}
# Where a mail links to instead of the page that it is about, by the word before the colon of what it is about:
# for addresses that are not to be kept in the outbox. An empty answer leaves the page's own address.
link_sources: dict[str, Callable[[Notice], str]] = {}
# Told what became of a mail, by the word before the colon of what it is about, in the transaction that notes it:
# True when the server took it, False when it will never get there.
listeners: dict[str, Callable[[Notice, bool], None]] = {}
# Told of every mail about a case that will never get there, likewise.
case_listeners: list[Callable[[Notice], None]] = []


def deliver(limit: int = 1000) -> int:
    """Send what is due, batch by batch; returns how many were sent."""
    sent = 0
    while sent < limit:
        batch = claim()
        if not batch:
            break
        accepted = send_batch(batch)
        sent += accepted
        if accepted < len(batch):
            break  # the server is in trouble: leave the rest to the next sweep
    return sent


def claim() -> list[Notice]:
    """Take up to ``BATCH`` open notices for this worker alone."""
    now = timezone.now()
    with transaction.atomic():
        batch = list(
            Notice.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("recipient")
            .filter(
                Notice.OPEN,
                Q(in_digest=False),
                Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - STALE),
                next_attempt_at__lte=now,
            )
            .order_by("next_attempt_at", "pk")[:BATCH]
        )
        Notice.objects.filter(pk__in=[notice.pk for notice in batch]).update(claimed_at=now, attempts=F("attempts") + 1)
    for notice in batch:
        notice.claimed_at = now
    return batch


def send_batch(batch: list[Notice]) -> int:
    """Send claimed notices over one connection; returns how many the server accepted."""
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        for notice in batch:
            postpone(notice, str(error))
        return 0
    accepted = 0
    try:
        for notice in batch:
            accepted += _send_one(notice, connection)
    finally:
        connection.close()
    return accepted


def _send_one(notice: Notice, connection: object) -> bool:
    if not notice.recipient.is_active:
        Notice.objects.filter(pk=notice.pk).update(cancelled_at=timezone.now(), **forgotten(notice))
        return True
    try:
        message = letter(notice, connection)
        is_settled = _hand_over(notice, message)
    except smtplib.SMTPRecipientsRefused as error:
        code = max((answer[0] for answer in error.recipients.values()), default=500)
        refused(notice, code, str(error))
    except smtplib.SMTPResponseException as error:
        refused(notice, error.smtp_code, str(error))
    except (OSError, smtplib.SMTPException) as error:
        postpone(notice, str(error))
    except Exception as error:  # an attachment that is gone must not stop the others
        log.exception("notice %s cannot be sent", notice.pk)
        postpone(notice, repr(error))
    else:
        if not is_settled:
            mark_sent(notice)
        return True
    return False


@transaction.atomic
def _hand_over(notice: Notice, message: EmailMultiAlternatives) -> bool:
    """Give a mail to the server, unless its reason is gone; whether no more has to be noted.

    Who calls it off meanwhile waits. A listener locks rows of its own, that others hold when they call a notice off:
    what it has to note follows in a transaction of its own.
    """
    mine = Notice.objects.filter(Notice.OPEN, pk=notice.pk, claimed_at=notice.claimed_at)
    if not in_flight.hold([notice.pk]) or not mine.exists():
        return True  # called off since it was claimed, or claimed by another as this batch took so long
    message.send()
    if _listener(notice):
        return False
    mark_sent(notice)
    return True


def letter(notice: Notice, connection: object = None) -> EmailMultiAlternatives:
    """The e-mail for a notice: plain text, its HTML twin, and the attachment if it has one."""
    context = {"notice": notice, "link": link_of(notice), "site": settings.SITE_URL}
    message = EmailMultiAlternatives(
        subject=" ".join(notice.subject.split()),
        body=render_to_string("mail/notice.txt", context),
        to=[notice.address or notice.recipient.email],
        connection=connection,
        headers={"Message-ID": message_id(notice), "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("mail/notice.html", context), "text/html")
    if notice.attachment:
        source, _, name = notice.attachment.partition(":")
        message.attach(*attachment_sources[source](name))
    return message


def link_of(notice: Notice) -> str:
    """Where a mail leads: the page that it is about, or the address that its house gives for it."""
    way = link_sources.get(notice.about.partition(":")[0])
    path = (way(notice) if way and notice.action_path.endswith("/sign/") else "") or notice.action_path
    return f"{settings.SITE_URL}{path}" if path else ""


def message_id(notice: Notice) -> str:
    """The same for each try of the same notice."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<notice-{notice.pk}-{notice.created_at:%Y%m%d%H%M%S%f}@{domain}>"


def mark_sent(notice: Notice) -> None:
    _settle(notice, is_sent=True, sent_at=timezone.now(), error="")


@transaction.atomic
def _settle(notice: Notice, *, is_sent: bool, **fields: object) -> None:
    if listener := _listener(notice):  # first, as others hold what it locks when they call a notice off
        listener(notice, is_sent)
    if notice.case_id and not is_sent:
        for each in case_listeners:
            each(notice)
    Notice.objects.filter(pk=notice.pk).update(**fields, **forgotten(notice))


def _listener(notice: Notice) -> Callable[[Notice, bool], None] | None:
    return listeners.get(notice.about.partition(":")[0])


def forgotten(notice: Notice) -> dict[str, object]:
    """A code is not kept once it has left, or never will."""
    return {"sentences": [], "subject": "A code"} if notice.is_secret else {}


def refused(notice: Notice, code: int, error: str) -> None:
    """The server said no: 5xx for good, 4xx for now."""
    if 500 <= code < 600:
        _settle(notice, is_sent=False, failed_at=timezone.now(), error=error)
    else:
        postpone(notice, error)


def postpone(notice: Notice, error: str) -> None:
    now = timezone.now()
    attempts = notice.attempts + 1
    # What waited for its reader's morning or the end of their quiet hours has its day of tries as well.
    if now - notice.created_at > GIVE_UP_AFTER * (2 if notice.in_digest else 1):
        _settle(notice, is_sent=False, failed_at=now, error=error)
        return
    pause = PAUSES[min(attempts, len(PAUSES)) - 1]
    Notice.objects.filter(pk=notice.pk).update(next_attempt_at=now + pause, claimed_at=None, error=error)
