"""One mail a day for who wants that: all that came in since the last one.

Order of events for each reader: claim their rows with SKIP LOCKED and commit, send one mail, settle each row. As
with single mails none is lost, and a duplicate needs a crash between the server's answer and the mark; it carries
the same Message-ID.
"""

from __future__ import annotations

import logging
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import ngettext

from people import delivery, in_flight
from people.models import Notice

log = logging.getLogger(__name__)

MOST = 200  # messages in one mail; what is more comes in the next


def deliver(limit: int = 500) -> int:
    """Send what is due, reader by reader; returns how many mails were sent."""
    sent = 0
    now = timezone.now()
    due = Notice.objects.filter(Notice.OPEN, in_digest=True, next_attempt_at__lte=now)
    readers = due.order_by("recipient").values_list("recipient", flat=True).distinct()[:limit]
    for reader in list(readers):
        batch = _claim(reader)
        if batch and not _send(batch):
            break  # the server is in trouble: leave the rest to the next sweep
        sent += bool(batch)
    return sent


def _claim(reader: int) -> list[Notice]:
    """All that waits for one reader, taken for this worker alone; nothing where another has it."""
    now = timezone.now()
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - delivery.STALE)
    with transaction.atomic():
        batch = list(
            Notice.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("recipient")
            .filter(Notice.OPEN, free, in_digest=True, recipient=reader, next_attempt_at__lte=now)
            .order_by("pk")[:MOST]
        )
        for notice in batch:
            notice.claimed_at, notice.attempts = now, notice.attempts + 1
        Notice.objects.bulk_update(batch, ["claimed_at", "attempts"])
    return batch


def _send(batch: list[Notice]) -> bool:
    """Whether the mail left, or will never be needed."""
    pks = [notice.pk for notice in batch]
    if not batch[0].recipient.is_active:
        Notice.objects.filter(pk__in=pks).update(cancelled_at=timezone.now())
        return True
    still = set(Notice.objects.filter(Notice.OPEN, pk__in=pks).values_list("pk", flat=True))
    batch = [notice for notice in batch if notice.pk in still]  # what was called off meanwhile did not fail
    if not batch:
        return True
    try:
        connection = get_connection()
        connection.open()
        try:
            batch = _hand_over(batch, connection)
        finally:
            connection.close()
    except smtplib.SMTPRecipientsRefused as error:
        code = max((answer[0] for answer in error.recipients.values()), default=500)
        for notice in batch:
            delivery.refused(notice, code, str(error))
        return 500 <= code < 600
    except (OSError, smtplib.SMTPException) as error:
        for notice in batch:
            delivery.postpone(notice, str(error))
        return False
    except Exception as error:  # what cannot be written for one reader must not stop the others
        log.exception("the mail of the day for %s cannot be sent", batch[0].recipient_id)
        for notice in batch:
            delivery.postpone(notice, repr(error))
        return True
    for notice in batch:
        delivery.mark_sent(notice)
    return True


@transaction.atomic
def _hand_over(batch: list[Notice], connection: Any) -> list[Notice]:
    """Give the mail to the server, without what was called off meanwhile; what it held.

    Who calls one of them off waits until the mail has left.
    """
    held = in_flight.hold(notice.pk for notice in batch)
    still = set(Notice.objects.filter(Notice.OPEN, pk__in=held).values_list("pk", flat=True))
    left = [notice for notice in batch if notice.pk in still]
    if left:
        letter(left, connection).send()
    return left


def letter(batch: list[Notice], connection: Any = None) -> EmailMultiAlternatives:
    """The mail for a reader's messages: plain text and its HTML twin, each message with its own link."""
    first = batch[0]
    rows = [(notice, delivery.link_of(notice)) for notice in batch]
    context = {"rows": rows, "site": settings.SITE_URL}
    count = len(rows)
    message = EmailMultiAlternatives(
        subject=ngettext("Today: %(n)d message about secondments", "Today: %(n)d messages about secondments", count)
        % {"n": count},
        body=render_to_string("mail/digest.txt", context),
        to=[first.recipient.email],
        connection=connection,
        headers={"Message-ID": delivery.message_id(first), "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("mail/digest.html", context), "text/html")
    return message
