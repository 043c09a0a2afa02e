"""Looks whether papers are still what was signed: the chain of evidence, the files and the mails say the same.

The chain's head at the time of sealing is printed in the sealed file and was mailed to all who signed. So even
who owns the database cannot rewrite the chain unseen: the file is sealed, and the mails are in other hands.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator

from agreements import composing, evidence, sealing
from agreements.models import Agreement, Document, EvidenceEvent
from agreements.states import DocumentKind, PaperState
from people.models import Notice

HEAD = re.compile(r"\b[0-9a-f]{64}\b")
SEALS = (DocumentKind.SEALED, DocumentKind.RENEWED)


def faults() -> Iterator[str]:
    """A sentence for each place that is not as it was written; papers whose words were erased are passed over."""
    for agreement in Agreement.objects.select_related("current", "secondment").order_by("pk").iterator(chunk_size=100):
        if not agreement.is_erased:
            yield from (f"{agreement.reference}: {sentence}" for sentence in faults_of(agreement))


def faults_of(agreement: Agreement) -> Iterator[str]:
    """What is wrong with one paper."""
    events = list(agreement.evidence.order_by("number"))
    broken = evidence.broken_at(events)
    if broken is not None:
        yield f"the chain of evidence is broken at event {broken}."
    for version in agreement.versions.exclude(terms="").order_by("number"):
        if composing.digest(version.terms) != version.content_hash:
            yield f"the terms of version {version.number} are not those of their hash."
    documents = list(agreement.documents.order_by("created_at", "pk"))
    for document in documents:
        if hashlib.sha256(bytes(document.content)).hexdigest() != document.sha256:
            yield f"the file “{document.get_kind_display()}” is not the one that was kept."
    yield from _said(agreement, events, documents)
    for document in documents:
        if document.kind in SEALS:
            yield from _sealed(agreement, events, document)
    yield from _signed(agreement)
    yield from _mailed(agreement, events)


def _said(agreement: Agreement, events: list[EvidenceEvent], documents: list[Document]) -> Iterator[str]:
    """The chain names the hash of each file; a file that was swapped together with its hash is found here."""
    said = {body["event"]: body["sha256"] for body in (json.loads(event.body) for event in events) if "sha256" in body}
    for kind, event in ((DocumentKind.REVIEW_COPY, "frozen"), (DocumentKind.SEALED, "sealed")):
        kept = {document.sha256 for document in documents if document.kind == kind}
        if kept and said.get(event) not in kept:
            yield f"the chain of evidence names another file as “{kind.label}”."
    if agreement.state == PaperState.SIGNED and not any(d.kind == DocumentKind.REVIEW_COPY for d in documents):
        yield "the review copy that was signed is missing."


def _sealed(agreement: Agreement, events: list[EvidenceEvent], document: Document) -> Iterator[str]:
    """The seal holds, and the audit trail in the sealed file is the beginning of the chain."""
    content = bytes(document.content)
    status = sealing.check(content, [sealing.configured_certificate()], sealing.configured_authorities())
    if not status.intact:
        yield f"the seal does not hold: {status.reason}"
        return
    try:
        trail = json.loads(sealing.extract_attachments(content)["audit-trail.json"])
    except (KeyError, ValueError):
        yield "the sealed file has no audit trail."
        return
    kept = [(event.number, event.hash) for event in events[: len(trail)]]
    if kept != [(row["number"], row["hash"]) for row in trail]:
        yield "the chain of evidence is not the one in the sealed file."


def _signed(agreement: Agreement) -> Iterator[str]:
    """Each signature is of the version and the file that the paper has."""
    for signature in agreement.signatures.select_related("version", "document").defer("document__content"):
        if (signature.content_hash, signature.document_sha256) != (
            signature.version.content_hash,
            signature.document.sha256,
        ):
            yield f"the signature of {signature.signed_name} is not of the terms and the file that are kept."


def _mailed(agreement: Agreement, events: list[EvidenceEvent]) -> Iterator[str]:
    """The head of the chain that was mailed with the sealed copy is a link of the chain."""
    known = {event.hash for event in events}
    for notice in Notice.objects.filter(key__startswith=f"agreement:{agreement.pk}:sealed:", sent_at__isnull=False):
        heads = HEAD.findall(" ".join(notice.sentences))
        if any(head not in known for head in heads):
            yield f"the evidence that was mailed on {notice.sent_at:%Y-%m-%d} is not in the chain."
