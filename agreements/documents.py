"""Making the PDFs, in a worker: the review copy when a paper is issued, the sealed copy when all have signed.

A paper with work to do is claimed with SKIP LOCKED, so that two workers never make the same file, and a
worker that dies gives its claim back by time. Failures are tried again with growing pauses. Nothing shown to
a signatory is ever rendered again: the bytes and their SHA-256 are kept.
"""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements import disclosure, drawing, evidence, file_notices, papers, pdf, sealing
from agreements.models import Agreement, Document, SignatureSlot
from agreements.signing import invite
from agreements.states import DocumentKind, PaperKind, PaperState
from people import clock, delivery
from people.models import Notice, Person
from secondments.actions.papers import record_sealed

log = logging.getLogger(__name__)

CLAIM = timedelta(minutes=3)
LATE = timedelta(minutes=15)  # after the last signature a sealed copy is missed
PAUSES = [timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 3600)]
PENDING = Q(state=PaperState.SIGNING, review_copy__isnull=True) | Q(state=PaperState.SIGNED, sealed_copy__isnull=True)


def make_pending() -> int:
    """Make every document that is waiting; returns how many were made."""
    made = 0
    while (agreement := claim()) is not None:
        try:
            if agreement.state == PaperState.SIGNING:
                freeze(agreement)
            else:
                seal(agreement)
            made += 1
        except Exception as error:  # whatever it was, it is kept, shown to HR and tried again
            log.exception("the document of %s could not be made", agreement.reference)
            _postpone(agreement, error)
    return made


def claim() -> Agreement | None:
    """One paper whose document is to be made, taken for this worker alone."""
    now = timezone.now()
    with transaction.atomic():
        agreement = (
            Agreement.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(PENDING, Q(job_claimed_at__isnull=True) | Q(job_claimed_at__lt=now - CLAIM))
            .filter(Q(job_next_at__isnull=True) | Q(job_next_at__lte=max(now, clock.now())))
            .select_related(
                "current",
                "review_copy",
                "secondment",
                "secondment__secondee",
                "secondment__seconder",
                "secondment__host",
            )
            .order_by("job_next_at", "pk")
            .first()
        )
        if agreement:
            Agreement.objects.filter(pk=agreement.pk).update(job_claimed_at=now, job_attempts=F("job_attempts") + 1)
    return agreement


def freeze(agreement: Agreement) -> Document:
    """Render the review copy, keep it, and invite those who sign first."""
    content = pdf.render_review_copy(
        printed_terms(agreement), signatories(agreement), created=clock.now(), attachments=enclosed(agreement)
    )
    with transaction.atomic():
        agreement = papers.lock(agreement.pk)
        if agreement.state != PaperState.SIGNING or agreement.review_copy_id:
            raise RuntimeError("the paper has moved on meanwhile")
        document = keep(agreement, DocumentKind.REVIEW_COPY, content)
        _finish_job(agreement, review_copy=document)
        evidence.add(agreement, "frozen", sha256=document.sha256)
        invite(agreement)
    return document


def enclosed(agreement: Agreement) -> dict[str, bytes]:
    """The host's own paper, where there is one, as the file that it is."""
    version = agreement.current
    if version is None or version.enclosure_id is None:
        return {}
    document = Document.objects.get(pk=version.enclosure_id)
    return {"terms-of-the-host.pdf": bytes(document.content)}


def seal(agreement: Agreement) -> Document:
    """Render the final paper with its record of signing, seal it, verify the seal, keep it and send it."""
    assert agreement.review_copy and agreement.current
    _note_start(agreement)
    trail = list(agreement.evidence.order_by("number"))
    attachments = {
        **enclosed(agreement),
        "review-copy.pdf": bytes(agreement.review_copy.content),
        "terms.json": agreement.current.terms.encode(),
        "audit-trail.json": json.dumps(
            [{"number": e.number, "previous": e.previous, "body": e.body, "hash": e.hash} for e in trail],
            ensure_ascii=False,
            indent=1,
        ).encode(),
    }
    final = pdf.render_final(
        printed_terms(agreement),
        signatories(agreement),
        record_of_signing(agreement, trail),
        created=clock.now(),
        attachments=attachments,
    )
    # Verifies its own seal, or raises; without the timestamp that the settings ask for there is no file.
    sealed = sealing.seal(final, key(), sealing.configured_timestamps())
    with transaction.atomic():
        agreement = papers.lock(agreement.pk)
        if agreement.state != PaperState.SIGNED or agreement.sealed_copy_id:
            raise RuntimeError("the paper has moved on meanwhile")
        document = keep(agreement, DocumentKind.SEALED, sealed)
        _finish_job(agreement, sealed_copy=document, sealed_at=clock.now())
        evidence.add(agreement, "sealed", sha256=document.sha256)
        if agreement.kind == PaperKind.AGREEMENT:
            record_sealed(agreement.secondment)
        file_notices.sealed(agreement, document)
    return document


def _note_start(agreement: Agreement) -> None:
    """The first try is an event of its own, so that the chain shows how long the seal took."""
    with transaction.atomic():
        fresh = papers.lock(agreement.pk)
        noted = fresh.evidence.filter(body__contains='"event":"seal started"')
        if fresh.state == PaperState.SIGNED and not fresh.sealed_copy_id and not noted.exists():
            evidence.add(fresh, "seal started")


def tell_late() -> int:
    """HR of a case hears, once, of a sealed copy that is still missing a while after the last signature."""
    late = Agreement.objects.filter(
        state=PaperState.SIGNED, sealed_copy__isnull=True, signed_at__lt=clock.now() - LATE
    ).select_related("secondment__seconder", "secondment__owner", "secondment__secondee", "secondment__host")
    told = 0
    for agreement in late.order_by("pk"):
        key = f"agreement:{agreement.pk}:seal-late:"
        if not Notice.objects.filter(key__startswith=key).exists():
            file_notices.seal_late(agreement)
            told += 1
    return told


def newest_seal(agreement: Agreement) -> Document | None:
    """The sealed copy to hand out: the one with the newest timestamp."""
    kinds = [DocumentKind.SEALED, DocumentKind.RENEWED]
    return agreement.documents.filter(kind__in=kinds).order_by("-created_at", "-pk").first()


@transaction.atomic
def note_download(agreement: Agreement, *, by: Person) -> None:
    """Who has fetched the sealed copy: noted once for each person."""
    agreement = papers.lock(agreement.pk)
    if not agreement.evidence.filter(body__contains=f'"download_by":{by.pk},').exists():
        evidence.add(agreement, "copy downloaded", by=by, download_by=by.pk)


def renew_due() -> int:
    """Give sealed copies a newer timestamp before the last one loses its worth; the earlier copies stay as they are."""
    timestamps = sealing.configured_timestamps()
    if timestamps is None:
        return 0
    renewed = 0
    signed = Agreement.objects.filter(state=PaperState.SIGNED, sealed_copy__isnull=False).order_by("pk")
    for pk in signed.values_list("pk", flat=True).iterator(chunk_size=200):
        try:
            renewed += _renew(pk, timestamps)
        except sealing.SealingError:
            log.exception("the timestamp of paper %s could not be renewed", pk)
    return renewed


def _renew(pk: int, timestamps: sealing.Timestamps) -> int:
    found = newest_seal(Agreement.objects.get(pk=pk))
    if found is None or not sealing.needs_renewal(bytes(found.content), timezone.now()):
        return 0
    content = sealing.renew(bytes(found.content), timestamps)
    with transaction.atomic():
        agreement = papers.lock(pk)
        if newest_seal(agreement) != found:
            return 0
        document = keep(agreement, DocumentKind.RENEWED, content)
        evidence.add(agreement, "renewed", sha256=document.sha256)
    return 1


def keep(agreement: Agreement, kind: DocumentKind, content: bytes) -> Document:
    return Document.objects.create(
        agreement=agreement,
        kind=kind,
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        size=len(content),
        created_at=clock.now(),
    )


def key() -> sealing.Key:
    """The seal's key: from the settings, or in development one that is generated once."""
    return sealing.configured_key()


def certificate() -> bytes:
    """The seal's certificate as PEM: from a file of its own where the web process must not read the key."""
    return sealing.configured_certificate()


def printed_terms(agreement: Agreement) -> dict[str, Any]:
    """The frozen terms with their hash, which is printed on each page."""
    assert agreement.current
    content = json.loads(agreement.current.terms)
    content["document"]["hash"] = agreement.current.content_hash
    return content


def signatories(agreement: Agreement) -> list[dict[str, str]]:
    """Signature blocks in the order of signing, filled in where somebody has signed."""
    case = agreement.secondment
    organisation = {"secondee": "", "host": case.where, "seconder": case.seconder.legal_name}
    names = frozen_names(agreement)
    rows = []
    for slot in agreement.slots.select_related("signatory", "signature").order_by("turn", "pk"):
        signature = getattr(slot, "signature", None)
        rows.append(
            {
                "capacity": slot.party,
                "label": slot.get_party_display(),
                "name": names[slot.party],
                "title": "",
                "organisation": organisation[slot.party],
                "signed_name": signature.signed_name if signature else "",
                "drawing": drawing.path(signature.drawing) if signature else "",
                "instead": _instead(slot, names[slot.party]),
                "signed_at": _utc(signature.at) if signature else "",
                "code_checked": signature.identity if signature else "",
            }
        )
    return rows


def _instead(slot: SignatureSlot, named: str) -> str:
    """Who was named to sign in place of whom the text names, and why."""
    if slot.reassigned_at is None or slot.signatory.full_name == named:
        return ""
    return _("%(name)s signs in place of %(named)s: %(reason)s") % {
        "name": slot.signatory.full_name,
        "named": named,
        "reason": slot.reassigned_because,
    }


def frozen_names(agreement: Agreement) -> dict[str, str]:
    """Who signs for each party as the terms name them, whatever people are called by now."""
    assert agreement.current
    return {
        party["capacity"]: party["represented_by"] or party["name"] for party in agreement.current.content["parties"]
    }


def record_of_signing(agreement: Agreement, trail: list[Any]) -> dict[str, Any]:
    """What the certificate page says."""
    assert agreement.review_copy and agreement.current
    signatures = agreement.signatures.select_related("slot", "slot__signatory").order_by("at")
    return {
        "agreement_number": agreement.reference,
        "content_hash": agreement.current.content_hash,
        "review_copy_hash": agreement.review_copy.sha256,
        "chain_head": trail[-1].hash,
        "disclosure": {"version": disclosure.VERSION, "text": disclosure.TEXT},
        "signatures": [
            {
                "label": s.slot.get_party_display(),
                "name": frozen_names(agreement)[s.slot.party],
                "email": s.email,
                "signed_name": s.signed_name,
                "signed_at": _utc(s.at),
                "identity": s.identity,
                # Kept beside the chain, where they can be erased; the sealed file is for good.
                "ip": "",
                "user_agent": "",
            }
            for s in signatures
        ],
        "events": evidence.as_rows(trail),
        "verify_url": f"{settings.SITE_URL}/verify/",
        "fingerprint": sealing.pem_fingerprint(certificate()),
        "expires_on": agreement.expires_on.isoformat() if agreement.expires_on else "",
        "seal_note": str(
            _("Sealed electronically by the installation that keeps this agreement; the seal shows any later change.")
        ),
    }


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%d %B %Y, %H:%M} UTC".lstrip("0")


def _finish_job(agreement: Agreement, **fields: Any) -> None:
    Agreement.objects.filter(pk=agreement.pk).update(job_claimed_at=None, job_next_at=None, job_error="", **fields)
    agreement.refresh_from_db(fields=["review_copy", "sealed_copy", "sealed_at", "job_next_at", "job_claimed_at"])


def _postpone(agreement: Agreement, error: Exception) -> None:
    with transaction.atomic():
        fresh = papers.lock(agreement.pk)
        pause = PAUSES[min(fresh.job_attempts, len(PAUSES)) - 1]
        Agreement.objects.filter(pk=fresh.pk).update(
            job_claimed_at=None, job_next_at=timezone.now() + pause, job_error=f"{type(error).__name__}: {error}"[:2000]
        )
        if fresh.state == PaperState.SIGNED and not fresh.sealed_copy_id and fresh.job_attempts <= 1:
            evidence.add(fresh, "seal failed")


def offer_attachments() -> None:
    """Let the outbox attach a document by its SHA-256."""
    delivery.attachment_sources["document"] = _attachment


def _attachment(sha256: str) -> delivery.Attachment:
    document = Document.objects.select_related("agreement__secondment").get(sha256=sha256)
    return filename(document), bytes(document.content), "application/pdf"


def filename(document: Document) -> str:
    return f"{document.agreement.reference.replace('/', '-')}-{document.kind.replace('_', '-')}.pdf"
