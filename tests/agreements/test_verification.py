"""Whether a file is one of ours, and what is said of it."""

from __future__ import annotations

import hashlib
import ssl
from datetime import timedelta

import pytest

from agreements import documents, envelopes, negotiation, signing, verification
from agreements.models import Agreement, Document
from agreements.states import DocumentKind
from agreements.verification import Verdict
from people import clock
from secondments import transitions
from tests.cast import Cast, on

UNKNOWN = "f" * 64
NAMES = ("Northwind Ltd", "Contoso sp. z o.o.", "Ana Duarte")


@pytest.fixture
def sealed(cast: Cast) -> Document:
    return cast.agreed().agreements.get().sealed_copy


def test_sealed_copy_is_genuine(sealed: Document) -> None:
    agreement = sealed.agreement
    assert verification.of_file(bytes(sealed.content)) == Verdict(
        "genuine", sealed.sha256, agreement.reference, agreement.sealed_at, NAMES
    )


def test_hash_alone_tells_no_names(sealed: Document) -> None:
    """Whoever holds the file reads them there; who only knows its hash is not told."""
    agreement = sealed.agreement
    assert verification.of_hash(sealed.sha256) == Verdict(
        "genuine", sealed.sha256, agreement.reference, agreement.sealed_at
    )


def test_copy_with_a_newer_timestamp_is_genuine_and_the_older_one_says_so(sealed: Document) -> None:
    with clock.at(clock.now() + timedelta(days=1)):
        newer = documents.keep(sealed.agreement, DocumentKind.RENEWED, b"with a newer timestamp")
    found = {document: verification.of_hash(document.sha256).kind for document in (sealed, newer)}
    assert found == {sealed: "renewed", newer: "genuine"}


def test_paper_that_the_host_brought_is_unknown(cast: Cast) -> None:
    """It is theirs: that somebody brought it here is nobody's business."""
    paper = cast.shared(cast.agreement_case())
    content = b"%PDF-1.7 our own terms"
    negotiation.enclose(
        paper, by=cast.contact, name="terms.pdf", content=content, note="Ours", seen_version=paper.current.number
    )
    assert verification.of_file(content) == Verdict("unknown", hashlib.sha256(content).hexdigest())


def test_hash_in_capitals_is_known(sealed: Document) -> None:
    assert verification.of_hash(sealed.sha256.upper()).kind == "genuine"


def test_review_copy_is_no_agreement(sealed: Document) -> None:
    copy = sealed.agreement.review_copy
    assert verification.of_file(bytes(copy.content)) == Verdict(
        "review_copy", copy.sha256, sealed.agreement.reference, None, NAMES
    )


def issued(cast: Cast) -> Agreement:
    return cast.issued(cast.agreement_case())


def test_copy_of_a_declined_paper_has_ended(cast: Cast) -> None:
    paper = issued(cast)
    signing.decline(paper, by=cast.secondee, reason="No")
    assert verification.of_hash(paper.review_copy.sha256) == Verdict("ended", paper.review_copy.sha256, paper.reference)


def test_copy_of_a_void_paper_has_ended(cast: Cast) -> None:
    paper = issued(cast)
    transitions.perform(paper.secondment, "withdraw", by=cast.hr, reason="No")
    assert verification.of_hash(paper.review_copy.sha256).kind == "ended"


def test_copy_of_a_paper_that_was_replaced_has_ended(cast: Cast) -> None:
    paper = issued(cast)
    envelopes.redraft(paper, by=cast.hr, reason="Another day")
    assert verification.of_hash(paper.review_copy.sha256).kind == "ended"


def test_copy_of_a_paper_that_lapsed_has_ended(cast: Cast) -> None:
    paper = issued(cast)
    with on(paper.expires_on + timedelta(days=1)):
        assert envelopes.expire_due() == 1
    assert verification.of_hash(paper.review_copy.sha256).kind == "ended"


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"x" * 100_000])
def test_file_of_somebody_else_is_unknown(content: bytes) -> None:
    assert verification.of_file(content) == Verdict("unknown", hashlib.sha256(content).hexdigest())


@pytest.mark.django_db
def test_unknown_hash_says_nothing() -> None:
    assert verification.of_hash(UNKNOWN) == Verdict("unknown", UNKNOWN)


@pytest.mark.django_db
def test_file_with_our_certificate_and_other_bytes_is_altered() -> None:
    certificate = ssl.PEM_cert_to_DER_cert(documents.certificate().decode()).hex().encode()
    verdict = verification.of_file(b"%PDF-1.7\n<" + certificate + b">\nchanged")
    assert (verdict.kind, verdict.number, verdict.sealed_at) == ("altered", "", None)
