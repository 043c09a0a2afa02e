"""Signing: in order, with a code, with consent, of the very file that was opened; and not signing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from agreements import codes, envelopes, evidence, signing
from agreements.models import Agreement, Signature, SigningCode
from people import ledger
from people.models import LedgerEntry, Notice, Person
from secondments import transitions
from secondments.models import Secondment
from secondments.transitions import NotAllowed, Refused
from tests.agreements.acts import events
from tests.cast import Cast, code_for

ORIGIN = signing.Origin("session", "192.0.2.7", "tests")


@pytest.fixture
def paper(cast: Cast) -> Agreement:
    """Out for signature; the secondee has it open and a code."""
    agreement = cast.issued(cast.agreement_case())
    signing.record_opened(agreement, by=cast.secondee)
    signing.send_code(agreement, by=cast.secondee, session="session")
    return agreement


def fresh(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_related("review_copy", "secondment").get(pk=agreement.pk)


def sign(agreement: Agreement, by: Person, **changes: Any) -> Agreement:
    fields = {
        "signed_name": "Ana  Duarte ",
        "agrees": True,
        "code": code_for(by) if Notice.objects.filter(recipient=by, is_secret=True).exists() else "",
        "sha256": agreement.review_copy.sha256,
        "origin": ORIGIN,
    }
    return signing.sign(agreement, by=by, **{**fields, **changes})


def refusals(agreement: Agreement, by: Person, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        sign(agreement, by, **changes)
    assert not Signature.objects.exists()
    return [(str(r.sentence), r.where) for r in refused.value.refusals]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_signature_says_what_was_signed_and_how(cast: Cast, paper: Agreement) -> None:
    sign(paper, cast.secondee)
    found = Signature.objects.get()
    assert (found.signed_name, found.email, found.identity) == (
        "Ana Duarte",
        "ana.duarte@example.org",
        "Code sent to ana.duarte@example.org",
    )
    assert (found.content_hash, found.document_sha256) == (paper.current.content_hash, paper.review_copy.sha256)


def test_origin_of_a_signature_lies_beside_it_and_can_be_erased(cast: Cast, paper: Agreement) -> None:
    sign(paper, cast.secondee)
    found = Signature.objects.get()
    assert (found.origin.ip, found.origin.user_agent) == ("192.0.2.7", "tests")
    found.origin.delete()
    assert Signature.objects.get().signed_name == "Ana Duarte"


def test_order_of_signing_is_enforced(cast: Cast, paper: Agreement) -> None:
    turns = [cast.secondee, cast.signatory, cast.director]
    for place, signer in enumerate(turns):
        for later in turns[place + 1 :]:
            with pytest.raises(Refused, match=f"^It is not your turn yet: {signer} signs first"):
                signing.send_code(paper, by=later, session="session")
        cast.sign(fresh(paper), signer)
    assert (fresh(paper).state, fresh(paper).secondment.state) == ("signed", "agreed")


def test_only_the_named_signatory_signs(cast: Cast, paper: Agreement) -> None:
    for name, somebody in cast.people.items():
        if name not in {"secondee", "signatory", "director"}:
            with pytest.raises(NotAllowed, match="Only the named signatory"):
                sign(paper, somebody)


def test_next_signatory_is_invited_when_the_one_before_has_signed(cast: Cast, paper: Agreement) -> None:
    def invited() -> list[str]:
        found = Notice.objects.filter(subject__startswith="Sign: Secondment agreement").order_by("pk")
        return [notice.recipient.full_name for notice in found]

    assert invited() == ["Ana Duarte"]
    sign(paper, cast.secondee)
    assert invited() == ["Ana Duarte", "Marta Kowalska"]


# What is missing, and what the signatory is told.
MISSING = [
    ({"agrees": False}, [("Tick that you want to sign electronically.", "agrees")]),
    ({"signed_name": "  "}, [("Type your full name.", "signed_name")]),
    ({"sha256": "0" * 64}, [("This page shows an older file; open the agreement again.", "document")]),
    ({"code": ""}, [("This is not the code that we sent; look at the newest mail and try again.", "code")]),
    (
        {"agrees": False, "signed_name": ""},
        [("Tick that you want to sign electronically.", "agrees"), ("Type your full name.", "signed_name")],
    ),
]


@pytest.mark.parametrize(("changes", "told"), MISSING)
def test_signature_with_something_missing_is_refused(
    cast: Cast, paper: Agreement, changes: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    assert refusals(paper, cast.secondee, **changes) == told


def test_signature_of_an_unopened_paper_is_refused(cast: Cast) -> None:
    paper = cast.issued(cast.agreement_case())
    signing.send_code(paper, by=cast.secondee, session="session")
    assert refusals(paper, cast.secondee) == [("Open and read the agreement before you sign it.", "document")]


WRONG = [("This is not the code that we sent; look at the newest mail and try again.", "code")]
EXPIRED = [("This code has expired or was replaced; ask for a new one.", "code")]
LOCKED = [("Too many wrong entries; ask for a new code.", "code")]


def test_wrong_code_is_refused_and_counted(cast: Cast, paper: Agreement) -> None:
    assert refusals(paper, cast.secondee, code=wrong(code_for(cast.secondee))) == WRONG
    assert SigningCode.objects.get().attempts == 1
    assert paper.evidence.order_by("-number").first().body.count("code failed") == 1


def test_code_of_another_session_is_refused(cast: Cast, paper: Agreement) -> None:
    assert refusals(paper, cast.secondee, origin=signing.Origin("other", None, "")) == WRONG


def test_expired_code_is_refused(cast: Cast, paper: Agreement) -> None:
    SigningCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refusals(paper, cast.secondee) == EXPIRED


def test_code_lives_ten_minutes(cast: Cast, paper: Agreement) -> None:
    code = SigningCode.objects.get()
    assert code.expires_at - code.sent_at == timedelta(minutes=10)


def test_code_that_was_replaced_is_refused(cast: Cast, paper: Agreement) -> None:
    old = code_for(cast.secondee)
    signing.send_code(paper, by=cast.secondee, session="session")
    if old != code_for(cast.secondee):  # one in a million
        assert refusals(paper, cast.secondee, code=old) == WRONG


def test_code_that_was_used_is_of_no_use(cast: Cast, paper: Agreement) -> None:
    code = code_for(cast.secondee)
    sign(paper, cast.secondee)
    with transaction.atomic():
        assert codes.check(paper.slots.get(turn=1), code, session="session") == "expired"


def test_fifth_wrong_code_locks_even_the_right_one(cast: Cast, paper: Agreement) -> None:
    code = code_for(cast.secondee)
    found = [refusals(paper, cast.secondee, code=wrong(code)) for _ in range(5)]
    assert found == [WRONG] * 4 + [LOCKED]
    assert refusals(paper, cast.secondee, code=code) == LOCKED
    signing.send_code(paper, by=cast.secondee, session="session")
    assert sign(paper, cast.secondee).slots.get(turn=1).signature.signed_name == "Ana Duarte"


def test_sixth_code_within_an_hour_is_refused(cast: Cast, paper: Agreement) -> None:
    for _ in range(4):
        signing.send_code(paper, by=cast.secondee, session="session")
    with pytest.raises(Refused, match="Five codes were sent within the hour"):
        signing.send_code(paper, by=cast.secondee, session="session")


def test_code_is_kept_nowhere_but_in_the_outbox(cast: Cast, paper: Agreement) -> None:
    row = SigningCode.objects.values().get()
    assert code_for(cast.secondee) not in str(row)


def test_second_click_is_answered_as_the_first(cast: Cast, paper: Agreement) -> None:
    sign(paper, cast.secondee)
    assert sign(paper, cast.secondee).state == "signing"
    assert Signature.objects.count() == 1


def test_last_signature_concludes_in_the_name_of_who_signed(cast: Cast) -> None:
    case = cast.agreed(sealed=False)
    entry = LedgerEntry.objects.get(case_id=case.pk, verb="secondment.conclude")
    assert (entry.actor_name, case.state, case.agreement_sealed_at) == ("Dora Rex", "agreed", None)


def open_notices(agreement: Agreement) -> list[str]:
    slots = [f"signing:{pk}" for pk in agreement.slots.values_list("pk", flat=True)]
    return list(Notice.objects.filter(Notice.OPEN, about__in=slots).values_list("key", flat=True))


def test_declined_paper_ends_and_hr_is_told_without_the_reason(cast: Cast, paper: Agreement) -> None:
    signing.decline(paper, by=cast.secondee, reason="My child is ill")
    ended = fresh(paper)
    assert (ended.state, ended.end_reason, ended.secondment.state) == ("declined", "My child is ill", "agreement")
    notice = Notice.objects.get(subject__startswith="Not signed")
    assert (notice.recipient, "child" in str(notice.sentences)) == (cast.hr, False)
    assert open_notices(paper) == []


def test_declining_needs_a_reason_and_ones_turn(cast: Cast, paper: Agreement) -> None:
    with pytest.raises(Refused, match=r"^Say why you do not sign\.$"):
        signing.decline(paper, by=cast.secondee, reason=" ")
    with pytest.raises(Refused, match="not your turn"):
        signing.decline(paper, by=cast.director, reason="No")
    with pytest.raises(NotAllowed):
        signing.decline(paper, by=cast.hr, reason="No")


def test_redraft_takes_up_the_terms_of_a_declined_paper(cast: Cast, paper: Agreement) -> None:
    signing.decline(paper, by=cast.secondee, reason="More leave")
    new = envelopes.redraft(paper, by=cast.hr)
    assert (new.number, new.state, new.current.number) == (2, "draft", 1)
    assert new.current.content["clauses"] == paper.current.content["clauses"]
    with pytest.raises(Refused, match="There is a newer paper already"):
        envelopes.redraft(paper, by=cast.hr)


def test_redraft_of_a_paper_out_for_signature_replaces_it_with_a_reason(cast: Cast, paper: Agreement) -> None:
    with pytest.raises(Refused, match=r"^Give a reason\.$"):
        envelopes.redraft(paper, by=cast.hr)
    envelopes.redraft(paper, by=cast.hr, reason="Wrong date")
    assert (fresh(paper).state, fresh(paper).end_reason, open_notices(paper)) == ("superseded", "Wrong date", [])
    with pytest.raises(Refused, match="not out for signature"):
        sign(paper, cast.secondee)


def test_redraft_is_for_hr_of_the_seconder_alone(cast: Cast, paper: Agreement) -> None:
    with pytest.raises(NotAllowed):
        envelopes.redraft(paper, by=cast.host_hr, reason="No")


def test_withdrawal_voids_the_paper_and_calls_off_codes_and_invitations(cast: Cast, paper: Agreement) -> None:
    transitions.perform(paper.secondment, "withdraw", by=cast.hr, reason="Budget")
    assert (fresh(paper).state, fresh(paper).end_reason, open_notices(paper)) == ("void", "Budget", [])
    assert '"event":"voided"' in paper.evidence.order_by("-number").first().body
    with pytest.raises(Refused, match="not out for signature"):
        sign(paper, cast.secondee)


def test_withdrawal_calls_off_what_asks_to_read_the_terms(cast: Cast) -> None:
    case = cast.agreement_case()
    cast.shared(case)
    transitions.perform(case, "withdraw", by=cast.hr, reason="Budget")
    asked = Notice.objects.filter(Notice.OPEN, subject__contains="the terms")
    assert list(asked.values_list("subject", flat=True)) == []


# Other ways of saying who one is, and drawing.


def test_staff_that_has_confirmed_needs_no_code(cast: Cast, paper: Agreement) -> None:
    confirmed = replace(ORIGIN, confirmed="Second factor confirmed by ana.duarte@example.org at 10:00 UTC")
    sign(paper, cast.secondee, code="", origin=confirmed)
    assert Signature.objects.get().identity == "Second factor confirmed by ana.duarte@example.org at 10:00 UTC"
    assert "code verified" not in events(paper)


def test_what_the_signatory_was_told_is_the_text_in_force(cast: Cast, paper: Agreement) -> None:
    assert refusals(paper, cast.secondee, disclosure_version="2026-11") == [
        ("What you are told before signing has changed: read it again below.", "agrees")
    ]
    sign(paper, cast.secondee)
    assert Signature.objects.get().disclosure_version == "2026-12"


def test_drawing_is_kept_and_its_digest_is_in_the_chain(cast: Cast, paper: Agreement) -> None:
    strokes = [[[1, 2], [3, 4]]]
    sign(paper, cast.secondee, drawn=strokes)
    assert Signature.objects.get().drawing == strokes
    body = paper.evidence.get(body__contains='"event":"signed"').body
    assert f'"drawing":"{evidence.digest("M1 2L3 4")}"' in body


def raw(sql: str, *parameters: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_paper_that_not_all_have_signed_is_not_signed(cast: Cast, paper: Agreement) -> None:
    sign(paper, cast.secondee)
    with pytest.raises(IntegrityError, match="not all have signed this version"):
        raw("UPDATE agreements_agreement SET state = 'signed', signed_at = now() WHERE id = %s", paper.pk)


def test_signed_paper_is_never_changed(cast: Cast) -> None:
    case = cast.agreed()
    for change in ("state = 'void'", "current_id = NULL", "review_copy_id = NULL", "sealed_copy_id = NULL"):
        with pytest.raises(IntegrityError, match="a signed agreement is never changed"):
            raw(f"UPDATE agreements_agreement SET {change} WHERE secondment_id = %s", case.pk)


def move(case: Secondment, state: str, number: int, stamps: str) -> None:
    """Change a state behind the door's back, with all that the secondments house asks for."""
    ledger.record("secondment.test", by=None, case_id=case.pk, number=number)
    sql = f"UPDATE secondments_secondment SET state = '{state}', transition_number = %s, {stamps} WHERE id = %s"
    raw(sql, number, case.pk)


STAMPS = "agreed_at = now(), agreement_signed_at = now()"


def test_case_is_not_concluded_without_a_signed_agreement(cast: Cast, paper: Agreement) -> None:
    with pytest.raises(IntegrityError, match="concluded without a signed agreement"):
        move(paper.secondment, "agreed", 3, STAMPS)


def test_case_does_not_start_without_a_sealed_agreement(cast: Cast) -> None:
    case = cast.agreed(sealed=False)
    with pytest.raises(IntegrityError, match="a placement without a signed and sealed agreement"):
        move(case, "active", 4, "agreement_sealed_at = now(), started_at = now(), began_on = start_on")
