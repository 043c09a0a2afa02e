"""Is a file one of ours? Told by its SHA-256 first, by the seal second; nothing else is said of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from agreements import documents, sealing
from agreements.models import Document
from agreements.states import DocumentKind, PaperState

LIMIT = 5 * 1024 * 1024  # bytes that an upload may have

GENUINE, REVIEW_COPY, ENDED, ALTERED, UNKNOWN = "genuine", "review_copy", "ended", "altered", "unknown"


@dataclass(frozen=True)
class Verdict:
    """What is said of a file; the paper's number and day only where the file is byte for byte ours."""

    kind: str
    sha256: str
    number: str = ""
    sealed_at: datetime | None = None


def of_hash(sha256: str) -> Verdict:
    """By the hash alone: for a file that was hashed in the browser. Altered ones are unknown here."""
    found = (
        Document.objects.filter(sha256=sha256.lower()).select_related("agreement__secondment").defer("content").first()
    )
    if found is None:
        return Verdict(UNKNOWN, sha256)
    agreement = found.agreement
    number = agreement.reference
    if agreement.state in {PaperState.VOID, PaperState.DECLINED}:
        return Verdict(ENDED, sha256, number)
    if found.kind == DocumentKind.REVIEW_COPY:
        return Verdict(REVIEW_COPY, sha256, number)
    return Verdict(GENUINE, sha256, number, agreement.sealed_at)


def of_file(content: bytes) -> Verdict:
    """By the bytes: an unknown hash with our seal in the file is an altered copy."""
    verdict = of_hash(hashlib.sha256(content).hexdigest())
    if verdict.kind != UNKNOWN:
        return verdict
    if resembles_ours(content):
        return Verdict(ALTERED, verdict.sha256)
    return verdict


def resembles_ours(content: bytes) -> bool:
    """Whether a file carries our seal, or what is left of it: the certificate is in it byte for byte."""
    certificate = documents.certificate()
    if sealing.check(content, [certificate]).ours:
        return True
    return sealing.mentions(content, certificate)
