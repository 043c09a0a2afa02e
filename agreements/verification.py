"""Is a file one of ours? Told by its SHA-256 first, by the seal second; nothing else is said of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from agreements import documents, sealing
from agreements.models import Document
from agreements.states import ENDED, DocumentKind

LIMIT = 5 * 1024 * 1024  # bytes that an upload may have

GENUINE, REVIEW_COPY, VOID, ALTERED, UNKNOWN = "genuine", "review_copy", "ended", "altered", "unknown"
RENEWED = "renewed"  # genuine, and there is a copy with a newer timestamp


@dataclass(frozen=True)
class Verdict:
    """What is said of a file; the paper's number and day only where the file is byte for byte ours."""

    kind: str
    sha256: str
    number: str = ""
    sealed_at: datetime | None = None
    names: tuple[str, ...] = ()


def of_hash(sha256: str) -> Verdict:
    """By the hash alone: for a file that was hashed in the browser. Altered ones are unknown here."""
    found = (
        Document.objects.exclude(kind=DocumentKind.ENCLOSURE)
        .filter(sha256=sha256.lower())
        .select_related("agreement__secondment")
        .only(
            "kind",
            "created_at",
            "agreement__state",
            "agreement__number",
            "agreement__sealed_at",
            "agreement__secondment__reference",
        )
        .first()
    )
    if found is None:
        return Verdict(UNKNOWN, sha256)
    agreement = found.agreement
    number = agreement.reference
    if agreement.state in ENDED:
        return Verdict(VOID, sha256, number)
    if found.kind == DocumentKind.REVIEW_COPY:
        return Verdict(REVIEW_COPY, sha256, number)
    renewed = Document.objects.filter(agreement=found.agreement_id, kind=DocumentKind.RENEWED)
    newer = renewed.filter(created_at__gt=found.created_at).exclude(pk=found.pk).order_by()
    return Verdict(RENEWED if newer.exists() else GENUINE, sha256, number, agreement.sealed_at)


def of_file(content: bytes) -> Verdict:
    """By the bytes: an unknown hash with our seal in the file is an altered copy."""
    verdict = of_hash(hashlib.sha256(content).hexdigest())
    if verdict.kind != UNKNOWN:
        return replace(verdict, names=_names(verdict.sha256))
    if resembles_ours(content):
        return Verdict(ALTERED, verdict.sha256)
    return verdict


def _names(sha256: str) -> tuple[str, ...]:
    """The parties as the paper names them: only for who holds the file, and so can read them there."""
    found = Document.objects.filter(sha256=sha256).select_related("agreement__current").defer("content").first()
    version = found.agreement.current if found else None
    if version is None or not version.terms:
        return ()
    return tuple(party["name"] for party in version.content["parties"])


def resembles_ours(content: bytes) -> bool:
    """Whether a file carries our seal, or what is left of it: the certificate is in it byte for byte."""
    certificate = documents.certificate()
    if sealing.check(content, [certificate]).ours:
        return True
    return sealing.mentions(content, certificate)
