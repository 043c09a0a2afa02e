"""Signing and the making of its files, killed with SIGKILL before each thing that they write: nothing half done stays.

A child process does the act and kills itself; the parent looks at what the database kept, and does the act again.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import F

from agreements import documents, evidence, pdf, proof, sealing, signing
from agreements.models import Agreement, Signature
from agreements.states import DocumentKind
from people import clock
from people.models import Notice
from tests.cast import Cast, code_for, fresh

WRITES = ("INSERT", "UPDATE", "DELETE")
MANY = 200  # no act writes as often


def killed_at(step: int, act: Callable[[], object]) -> bool:
    """Do it in a child that dies before its write or commit of this number; False when it came to its end first."""
    child = os.fork()
    if child == 0:
        try:
            _alone(step, act)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the act failed by itself"
    return False


def _alone(step: int, act: Callable[[], object]) -> None:
    connections["default"].connection = None  # the parent's, which must not be closed from here
    connections["default"].connect()
    left = [step]

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        if sql.lstrip().startswith(WRITES):
            count()
        return execute(sql, *arguments)

    commit = connection.commit

    def watched_commit() -> None:
        count()
        commit()
        count()

    connection.commit = watched_commit  # type: ignore[method-assign]
    with connection.execute_wrapper(watch):
        act()
    os._exit(0)


@pytest.fixture
def paper(real_cast: Cast) -> Agreement:
    """Out for signature, with stand-in bytes; the last of the three has a code."""
    with transaction.atomic():
        agreement = real_cast.issued(real_cast.agreement_case())
        for who in (real_cast.secondee, real_cast.signatory):
            agreement = real_cast.sign(newest(agreement), who)
        signing.record_opened(agreement, by=real_cast.director)
        signing.send_code(agreement, by=real_cast.director, session="session")
    return newest(agreement)


def newest(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_related("review_copy").get(pk=agreement.pk)


def state(paper: Agreement) -> tuple[str, int, int, str, int]:
    """All that a signature changes: the paper, the places that are filled, the chain, the case, what people are told."""
    found = newest(paper)
    assert evidence.broken_at(found.evidence.order_by("number")) is None
    case = fresh(found.secondment)
    return (found.state, found.signatures.count(), found.evidence.count(), case.state, Notice.objects.count())


def test_last_signature_killed_at_each_step_is_whole_or_was_not(real_cast: Cast, paper: Agreement) -> None:
    code = code_for(real_cast.director)

    def sign() -> object:
        return signing.sign(
            newest(paper),
            by=real_cast.director,
            signed_name="Dora Rex",
            agrees=True,
            code=code,
            sha256=paper.review_copy.sha256,
            origin=signing.Origin("session", "192.0.2.7", "tests"),
        )

    before = state(paper)
    assert before[:2] == ("signing", 2)
    seen = []
    for step in range(1, MANY):
        done = not killed_at(step, sign)
        seen.append(state(paper))
        if seen[-1] != before:
            break
    else:
        done = False
    after = seen[-1]
    assert len(seen) > 10  # as many steps were tried, and all but the last left everything as it was
    assert after[:2] == ("signed", 3)
    assert after[3] == "agreed"
    assert not done  # it was killed after the commit, and what it had signed stays signed
    sign()  # who signs again, as the answer never came, is told the same and changes nothing
    assert (state(paper), Signature.objects.count()) == (after, 3)


def test_files_killed_at_each_step_are_made_once(real_cast: Cast) -> None:
    """The review copy, and after three signatures the sealed one: each job dies at each step, and another takes it."""
    with transaction.atomic():
        home = {"kind": "internal", "host": real_cast.northwind, "host_department": "Planning"}
        last = real_cast.fields()["start_on"] + timedelta(days=40)
        case = real_cast.agreement_case(**home, end_on=last)  # the short form: rendered at each step anew
        agreement = signing.issue(real_cast.approved(case), by=real_cast.hr)
    render_once(newest(agreement))
    assert until_made(agreement, DocumentKind.REVIEW_COPY) > 5
    for who in (case.secondee, case.host_signatory, case.seconder_signatory):
        real_cast.sign(newest(agreement), who)
    assert until_made(agreement, DocumentKind.SEALED) > 8
    found = newest(agreement)
    assert (found.state, found.sealed_copy_id is not None) == ("signed", True)
    assert list(proof.faults_of(found)) == []
    mails = Notice.objects.filter(key__startswith=f"agreement:{agreement.pk}:sealed:")
    signatories = {slot.signatory_id for slot in found.slots.all()}
    told = sorted(mails.values_list("recipient", flat=True))
    assert told == sorted(signatories | {case.host_contact_id, case.owner_id})
    said = [row for row in found.evidence.values_list("body", flat=True) if '"event":"seal' in row]
    assert len(said) == 2  # started once, sealed once


def render_once(agreement: Agreement) -> None:
    """Load fonts, styles and the seal here, so that no child has to."""
    terms, people = documents.printed_terms(agreement), documents.signatories(agreement)
    sealing.seal(pdf.render_review_copy(terms, people, created=clock.now()), documents.key())


def until_made(agreement: Agreement, kind: DocumentKind) -> int:
    """Let a worker die at its first step, the next one at its second, and so on; how many it took."""
    for step in range(1, MANY):
        killed = killed_at(step, documents.make_pending)
        assert evidence.broken_at(agreement.evidence.order_by("number")) is None
        made = agreement.documents.filter(kind=kind).count()
        assert made <= 1
        if made or not killed:
            assert made
            return step
        # The dead one's claim is given back by time.
        Agreement.objects.filter(pk=agreement.pk).update(job_claimed_at=F("job_claimed_at") - documents.CLAIM * 2)
    raise AssertionError("it was never made")
