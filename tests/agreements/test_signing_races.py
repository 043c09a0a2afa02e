"""Signing at once, and signing against withdrawing."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.models import QuerySet

from agreements import codes, signing
from agreements.models import Agreement, Signature, SigningCode
from secondments import transitions
from tests.cast import Cast, code_for
from tests.secondments.crowd import at_once, tally

CLICKS = 8


@pytest.fixture
def paper(real_cast: Cast) -> Agreement:
    with transaction.atomic():
        agreement = real_cast.issued(real_cast.agreement_case())
        signing.record_opened(agreement, by=real_cast.secondee)
        signing.send_code(agreement, by=real_cast.secondee, session="session")
    return agreement


def sign(agreement: Agreement, cast: Cast, code: str) -> Agreement:
    return signing.sign(
        agreement,
        by=cast.secondee,
        signed_name="Ana Duarte",
        agrees=True,
        code=code,
        sha256=agreement.review_copy.sha256,
        origin=signing.Origin("session", "192.0.2.7", "tests"),
    )


def events(agreement: Agreement, name: str) -> int:
    return sum(f'"event":"{name}"' in body for body in agreement.evidence.values_list("body", flat=True))


def test_signatory_who_clicks_many_times_signs_once(real_cast: Cast, paper: Agreement) -> None:
    code = code_for(real_cast.secondee)
    assert tally(at_once([lambda: sign(paper, real_cast, code)] * CLICKS)) == {"done": CLICKS}
    assert (Signature.objects.count(), events(paper, "signed"), events(paper, "invited")) == (1, 1, 2)


def test_wrong_codes_at_once_are_all_counted(real_cast: Cast, paper: Agreement) -> None:
    wrong = f"{(int(code_for(real_cast.secondee)) + 1) % 1_000_000:06d}"
    assert tally(at_once([lambda: sign(paper, real_cast, wrong)] * CLICKS)) == {"Refused": CLICKS}
    assert SigningCode.objects.get().attempts == codes.ATTEMPTS


def test_naive_check_does_not_count_all(real_cast: Cast, paper: Agreement) -> None:
    """The control: reading a code and writing its attempts without a lock loses some of them."""

    def attempt() -> None:
        row = SigningCode.objects.get()
        codes._digest(row.slot, "000000")
        row.attempts += 1
        QuerySet(SigningCode).filter(pk=row.pk).update(attempts=row.attempts)

    at_once([attempt] * CLICKS)
    assert SigningCode.objects.get().attempts < CLICKS


def test_signature_against_withdrawal(real_cast: Cast, paper: Agreement) -> None:
    code = code_for(real_cast.secondee)

    def withdraw() -> object:
        return transitions.perform(paper.secondment, "withdraw", by=real_cast.hr, reason="Budget")

    results = at_once([withdraw, *[lambda: sign(paper, real_cast, code)] * (CLICKS - 1)])
    assert set(tally(results)) <= {"done", "Refused"}
    assert (tally(results[:1]), Agreement.objects.get().state) == ({"done": 1}, "void")
    assert events(paper, "signed") == Signature.objects.count() <= 1


def test_seal_of_evidence_does_not_fork_when_many_write(real_cast: Cast, paper: Agreement) -> None:
    wrong = f"{(int(code_for(real_cast.secondee)) + 1) % 1_000_000:06d}"
    at_once([lambda: sign(paper, real_cast, wrong)] * CLICKS)
    numbers = list(paper.evidence.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
