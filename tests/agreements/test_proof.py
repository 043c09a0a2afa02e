"""`verify_evidence` over chain, files, seals and mails: a sound paper, and whoever owns the database rewriting it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from agreements import documents, evidence, proof, signing
from agreements.models import Agreement, Document, EvidenceEvent, Version
from people.delivery import deliver
from people.models import Notice
from tests.cast import Cast

TABLES = ("agreements_evidenceevent", "agreements_document", "agreements_version", "agreements_signature")


@pytest.fixture
def sealed(cast: Cast) -> Agreement:
    """A paper signed by all three, really rendered and sealed, whose mails were sent."""
    case = cast.agreement_case(kind="internal", host=cast.northwind, host_department="Planning")
    signing.issue(cast.approved(case), by=cast.hr)
    documents.make_pending()
    for who in (case.secondee, case.host_signatory, case.seconder_signatory):
        cast.sign(cast.paper(case), who)
    assert documents.make_pending() == 1
    deliver()
    return Agreement.objects.select_related("sealed_copy", "secondment", "current").get(secondment=case)


class Undo(Exception):
    pass


@contextmanager
def owner() -> Iterator[None]:
    """Whoever owns the tables can switch their triggers off; what is done so is undone at the end."""
    with pytest.raises(Undo), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what this transaction still owes is asked now
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        raise Undo


def rewrite_chain(paper: Agreement) -> None:
    """Another name in the event of the first signature, and every hash after it made anew."""
    previous = evidence.ROOT
    for event in paper.evidence.order_by("number"):
        body = event.body
        if json.loads(body)["event"] == "signed":
            body = body.replace("signed_name", "signed_name_", 1)
        fresh = evidence.link(previous, body)
        EvidenceEvent.objects.filter(pk=event.pk).update(body=body, previous=f"x{event.pk}", hash=fresh)
        EvidenceEvent.objects.filter(pk=event.pk).update(previous=previous)
        previous = fresh


def cut_chain(paper: Agreement) -> None:
    EvidenceEvent.objects.filter(agreement=paper, number=3).delete()


def swap_file(paper: Agreement) -> None:
    """Other bytes under the kept hash."""
    Document.objects.filter(pk=paper.sealed_copy_id).update(content=b"%PDF-1.7 another")


def swap_file_and_hash(paper: Agreement) -> None:
    content = bytes(paper.sealed_copy.content).replace(b"Secondment", b"Detachment", 1) + b"\n"
    Document.objects.filter(pk=paper.sealed_copy_id).update(
        content=content, size=len(content), sha256=hashlib.sha256(content).hexdigest()
    )


def change_terms(paper: Agreement) -> None:
    terms = paper.current.terms.replace("weeks", "days")
    Version.objects.filter(pk=paper.current_id).update(terms=terms)


def change_mailed(paper: Agreement) -> None:
    """The chain and the file agree, and the mail that went out says something else."""
    notice = Notice.objects.filter(key__startswith=f"agreement:{paper.pk}:sealed:").first()
    assert notice and notice.sent_at
    words = [re.sub("[0-9a-f]{64}", "0" * 64, sentence) for sentence in notice.sentences]
    assert words != notice.sentences
    Notice.objects.filter(pk=notice.pk).update(sentences=words)


TAMPERED: list[tuple[Callable[[Agreement], None], list[str]]] = [
    (rewrite_chain, ["the chain of evidence is not the one in the sealed file.", "the evidence that was mailed"]),
    (cut_chain, ["the chain of evidence is broken at event 3.", "the chain of evidence is not the one"]),
    (swap_file, ["the file “Sealed agreement” is not the one that was kept.", "the seal does not hold"]),
    (swap_file_and_hash, ["the chain of evidence names another file", "the seal does not hold"]),
    (change_terms, ["the terms of version", ]),
    (change_mailed, ["the evidence that was mailed"]),
]  # fmt: skip


def test_a_sound_paper_and_every_way_to_rewrite_it(cast: Cast, sealed: Agreement) -> None:
    """One paper for all ways, as a real one takes seconds to make; each is undone before the next."""
    said = StringIO()
    call_command("verify_evidence", stdout=said)
    assert said.getvalue() == "Nothing was changed: 1 papers with their evidence, files and mails.\n"
    for tamper, expected in TAMPERED:
        with owner():
            tamper(sealed)
            found = list(proof.faults_of(Agreement.objects.get(pk=sealed.pk)))
            assert len(found) >= len(expected), (tamper.__name__, found)
            for words in expected:
                assert any(words in sentence for sentence in found), (tamper.__name__, words, found)
            with pytest.raises(CommandError) as refused:
                call_command("verify_evidence", sealed.reference, stdout=StringIO())
            assert refused.value.returncode == 1
    assert list(proof.faults()) == []


def test_a_paper_that_is_not_there_is_said_so(db: None) -> None:
    for words in ("S-2026-00001/1", "S-2026-00001"):
        with pytest.raises(CommandError):
            call_command("verify_evidence", words)
