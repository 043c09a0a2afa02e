"""Six-digit codes by e-mail that confirm a signature: sent, checked, locked."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from secrets import randbelow

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import SignatureSlot, SigningCode
from people import notify
from people.models import Person
from secondments.guards import Refusal
from secondments.transitions import Refused

LIFETIME = timedelta(minutes=10)
ATTEMPTS = 5
PER_HOUR = 5


def send(slot: SignatureSlot, *, to: Person, session: str) -> SigningCode:
    """Send a new code to the signatory or their deputy; it kills an older one and is bound to this session.

    The caller holds the paper's lock. Times are the machine's own: a code expires in real minutes.
    """
    now = timezone.now()
    if slot.codes.filter(sent_at__gt=now - timedelta(hours=1)).count() >= PER_HOUR:
        raise Refused(_("Five codes were sent within the hour; wait a little before you ask for another."))
    slot.codes.filter(used_at__isnull=True, replaced_at__isnull=True).update(replaced_at=now)
    code = f"{randbelow(1_000_000):06d}"
    row = SigningCode.objects.create(
        slot=slot,
        digest=_digest(slot, code),
        session=_session(session),
        sent_at=now,
        expires_at=now + LIFETIME,
    )
    notify.queue(
        notify.Message(
            key=f"signing-code:{row.pk}",
            about=f"signing:{slot.pk}",
            case_id=slot.agreement.secondment_id,
            to=to,
            subject=_("%(code)s is your code to sign %(paper)s") % {"code": code, "paper": slot.agreement.reference},
            sentences=[
                _("Your code to sign the agreement %(paper)s is %(code)s.")
                % {"code": code, "paper": slot.agreement.reference},
                _("It can be used once, in the next 10 minutes, in the window where you asked for it."),
                _("Do not pass it on: whoever has it could sign in your name."),
            ],
            why=_("You get this because you asked for a code on the signing page."),
            is_secret=True,
        )
    )
    return row


def check(slot: SignatureSlot, code: str, *, session: str) -> str:
    """Try a code: returns "verified", "wrong", "locked" or "expired" and counts the attempt.

    A code of another session, an expired, a replaced or a used one is never verified.
    """
    row = slot.codes.select_for_update().filter(used_at__isnull=True, replaced_at__isnull=True).order_by("pk").first()
    if row is None or row.expires_at < timezone.now():
        return "expired"
    if row.attempts >= ATTEMPTS:
        return "locked"
    digits = "".join(character for character in code if character.isdigit())
    fits = hmac.compare_digest(row.digest, _digest(slot, digits)) and hmac.compare_digest(
        row.session, _session(session)
    )
    row.attempts += 1
    if fits:
        row.used_at = timezone.now()
    row.save(update_fields=["attempts", "used_at"])
    if fits:
        return "verified"
    return "locked" if row.attempts >= ATTEMPTS else "wrong"


REFUSALS = {
    "wrong": Refusal(gettext_lazy("This is not the code that we sent; look at the newest mail and try again."), "code"),
    "expired": Refusal(gettext_lazy("This code has expired or was replaced; ask for a new one."), "code"),
    "locked": Refusal(gettext_lazy("Too many wrong entries; ask for a new code."), "code"),
}


def _digest(slot: SignatureSlot, code: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"sign:{slot.pk}:{code}".encode(), hashlib.sha256).hexdigest()


def _session(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
