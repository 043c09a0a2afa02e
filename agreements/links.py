"""Links in the mails that ask for a signature: a token of 256 bits of which only the hash is kept.

A link brings its addressee to the page where they sign, and no further: there they sign in, and confirm it is
them. Opening it changes nothing, as mail scanners open links; pressing the button on the page it opens does.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from agreements import evidence, papers
from agreements.models import SignatureSlot, SigningLink
from people.models import Notice, Person


def live(slot: SignatureSlot, person: Person) -> SigningLink:
    """The link of a person to a place; made when there is none. The caller holds the paper's lock."""
    found = slot.links.filter(person=person, revoked_at__isnull=True).first()
    if found is None:
        found = SigningLink(slot=slot, person=person, made_at=timezone.now())
        # The token follows from the row and a secret, so that it need not be kept anywhere, not even in the outbox.
        found.digest = digest(_token(found))
        found.save()
    return found


def revoke(slots: list[SignatureSlot], *, person: Person | None = None) -> int:
    """Links that are over: after a signature, a refusal, another signatory, the end of the paper."""
    rows = SigningLink.objects.filter(slot__in=slots, revoked_at__isnull=True)
    return (rows.filter(person=person) if person else rows).update(revoked_at=timezone.now())


def path(link: SigningLink) -> str:
    return reverse("signing_link", args=[_token(link)])


def path_of_notice(notice: Notice) -> str:
    """For the outbox: the address in a mail that asks its recipient for a signature; empty for any other."""
    _house, _, slot = notice.about.partition(":")
    rows = SigningLink.objects.filter(person=notice.recipient_id, revoked_at__isnull=True, slot=int(slot or 0))
    found = rows.first()
    return path(found) if found else ""


def find(token: str) -> SigningLink | None:
    """The live link of a token; None for unknown, expired and revoked ones alike."""
    found = (
        SigningLink.objects.filter(digest=digest(token), revoked_at__isnull=True)
        .select_related("slot__agreement__secondment", "person")
        .first()
    )
    return found if found and found.slot.agreement.state == "signing" else None


@transaction.atomic
def note_requested(link: SigningLink) -> None:
    """The link was asked for, by its addressee or by a scanner of mail; noted once, and never called a view."""
    agreement = papers.lock(link.slot.agreement_id)
    fresh = SigningLink.objects.select_for_update().get(pk=link.pk)
    if fresh.requested_at is None:
        fresh.requested_at = timezone.now()
        fresh.save(update_fields=["requested_at"])
        evidence.add(agreement, "link requested", to=link.person.full_name)


@transaction.atomic
def note_confirmed(link: SigningLink, *, by: Person) -> None:
    """The addressee came through their link and is signed in."""
    agreement = papers.lock(link.slot.agreement_id)
    evidence.add(agreement, "access confirmed", by=by)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _token(link: SigningLink) -> str:
    made = f"signing-link:{link.slot_id}:{link.person_id}:{link.made_at.isoformat()}"
    return hmac.new(settings.SECRET_KEY.encode(), made.encode(), hashlib.sha256).hexdigest()
