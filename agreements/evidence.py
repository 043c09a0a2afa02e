"""The chain of evidence of a paper: the only writer, and the check that nothing in it was rewritten.

The chain's head goes into the sealed file and into the mails that bring it, so that not even who owns the
database can rewrite the chain unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from agreements.models import Agreement, EvidenceEvent
from people import clock
from people.models import Person

ROOT = "0" * 64


def add(
    agreement: Agreement, event: str, *, by: Person | None = None, after: EvidenceEvent | None = None, **facts: Any
) -> EvidenceEvent:
    """Append an event; the caller holds the paper's lock, so that the chain has no forks.

    ``after`` is the newest event, where the caller wrote it just now; else it is read.
    """
    last = after or agreement.evidence.order_by("-number").first()
    previous = last.hash if last else ROOT
    body = json.dumps(
        {
            "at": clock.now().isoformat(timespec="milliseconds"),
            "event": event,
            "by": by.full_name if by else "",
            "paper": agreement.reference,
            **facts,
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return EvidenceEvent.objects.create(
        agreement=agreement,
        number=last.number + 1 if last else 1,
        previous=previous,
        body=body,
        hash=link(previous, body),
    )


def link(previous: str, body: str) -> str:
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def salted(value: str) -> str:
    """A digest that stands for an address or a browser, and cannot be turned back once those are erased."""
    return hashlib.sha256(f"{settings.SECRET_KEY}\n{value}".encode()).hexdigest()[:32]


def digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def head(agreement: Agreement) -> str:
    last = agreement.evidence.order_by("-number").first()
    return last.hash if last else ROOT


def broken_at(events: Iterable[EvidenceEvent]) -> int | None:
    """The number of the first event that does not follow from the one before; None for a sound chain."""
    previous = ROOT
    for expected, event in enumerate(events, start=1):
        if event.number != expected or event.previous != previous or event.hash != link(previous, event.body):
            return expected
        previous = event.hash
    return None


SENTENCES = {
    "created": "The paper was drafted.",
    "issued": "{by} issued version {version} for signature.",
    "frozen": "The review copy was made; its SHA-256 is {sha256}.",
    "invited": "{to} was asked to sign for the {party}.",
    "delivery failed": "The mail to {to} could not be delivered.",
    "link requested": "The link sent to {to} was requested, by them or by a mail scanner.",
    "access confirmed": "{by} signed in through the link.",
    "opened": "{by} opened the review copy.",
    "opened in person": "{to} was shown the review copy on a device of {device_of}.",
    "code sent": "A code was sent to {email}.",
    "code failed": "{by} entered a wrong code.",
    "code verified": "{by} entered the code that was sent.",
    "code locked": "The code was locked after too many wrong entries.",
    "disclosure accepted": "{by} accepted the disclosure, version {disclosure}.",
    "signed": "{by} signed for the {party}. {identity}.",
    "reminded": "{by} had those reminded whose turn it is.",
    "declined": "{by} declined to sign: {reason}",
    "reassigned": "{by} named {to} to sign for the {party} in place of {before}: {reason}",
    "expiry extended": "{by} extended the time for signing to {until}: {reason}",
    "expired": "The time for signing was over.",
    "voided": "The paper became void: {reason}",
    "superseded": "A later paper takes the place of this one: {reason}",
    "all signed": "All parties have signed.",
    "seal started": "The sealed copy is being made.",
    "sealed": "The sealed copy was made; its SHA-256 is {sha256}.",
    "seal failed": "Making the sealed copy failed and will be tried again.",
    "copy sent": "The sealed copy was sent to {to}.",
    "copy downloaded": "{by} downloaded the sealed copy.",
    "renewed": "The timestamp of the sealed copy was renewed; the SHA-256 is now {sha256}.",
}


def as_rows(events: Iterable[EvidenceEvent]) -> list[dict[str, Any]]:
    """The chain in sentences, for the record of signing and the page: number, time in UTC, text."""
    rows = []
    for event in events:
        body = json.loads(event.body)
        template = SENTENCES.get(body["event"], body["event"])
        rows.append(
            {
                "number": event.number,
                "at": f"{body['at'][:19].replace('T', ' ')} UTC",
                "text": template.format_map(_Facts(body)),
            }
        )
    return rows


class _Facts(dict[str, Any]):
    """What an event says; one written by an older program may lack a word, and is told without it."""

    def __missing__(self, name: str) -> str:
        return "–"


def describe(agreement: Agreement) -> str:
    """Whether the chain is sound, as a sentence for a command or a page."""
    broken = broken_at(agreement.evidence.order_by("number"))
    if broken is None:
        return str(_("The chain of evidence is complete."))
    return str(_("The chain of evidence is broken at event %(n)d.") % {"n": broken})
