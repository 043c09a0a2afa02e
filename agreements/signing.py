"""Issuing a paper for signature, signing it, declining, voiding.

Every act here locks the case, then the paper, then asks; so that of two at once one succeeds and the other is
told what happened. Sequential order is enforced here, not by whom a mail went to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from agreements import codes, disclosure, drafting, evidence, guards, notices, papers, policies
from agreements.models import Agreement, Signature, SignatureOrigin, SignatureSlot
from agreements.negotiation import settle
from agreements.states import OPEN, PaperState
from people import clock, ledger
from people.models import Person
from people.notify import call_off
from secondments.actions.papers import record_signed
from secondments.choices import Party
from secondments.guards import Refusal
from secondments.models import Secondment
from secondments.transitions import NotAllowed, Refused


def order_of(case: Secondment) -> list[Party]:
    """Who signs after whom, by the policy that the case keeps."""
    return [Party(party) for party in case.rules.signing_order.split(",")]


@dataclass(frozen=True)
class Origin:
    """From where somebody acts, as far as the server can see."""

    session: str
    ip: str | None
    user_agent: str


@transaction.atomic
def issue(agreement: Agreement, *, by: Person) -> Agreement:
    """HR issues the approved version: slots are made, and a worker is asked to render the review copy.

    The first signatory is invited when that copy exists (``documents.freeze``).
    """
    agreement = papers.lock(agreement.pk)
    if not policies.may_edit(agreement, by):
        raise NotAllowed(_("Only HR of the seconder issues the agreement."))
    if agreement.state == PaperState.APPROVED:
        refusals = guards.ready_to_issue(agreement)
        if refusals:
            raise Refused(*refusals)
    assert agreement.current
    papers.perform(agreement, "issue", by=by, version=agreement.current.number)
    case = agreement.secondment
    signatories = {
        Party.SECONDEE: case.secondee,
        Party.HOST: case.host_signatory,
        Party.SECONDER: case.seconder_signatory,
    }
    SignatureSlot.objects.bulk_create(
        SignatureSlot(agreement=agreement, party=party, turn=turn, signatory=signatories[party])
        for turn, party in enumerate(order_of(case), start=1)
    )
    evidence.add(
        agreement,
        "issued",
        by=by,
        version=agreement.current.number,
        content_hash=agreement.current.content_hash,
    )
    settle(agreement)
    return agreement


def next_slot(agreement: Agreement) -> SignatureSlot | None:
    """Whose turn it is to sign; None when all have signed or the paper is not out."""
    if agreement.state != PaperState.SIGNING or agreement.review_copy_id is None:
        return None
    return agreement.slots.open().select_related("signatory").order_by("turn").first()


def invite(agreement: Agreement) -> None:
    """Ask the next signatory; inside the caller's lock."""
    slot = next_slot(agreement)
    if slot is None or slot.invited_at is not None:
        return
    case = agreement.secondment
    slot.invited_at = clock.now()
    slot.due_on = clock.today(case.zone) + timedelta(days=case.rules.signing_days)
    slot.save(update_fields=["invited_at", "due_on"])
    evidence.add(agreement, "invited", to=slot.signatory.full_name, party=slot.get_party_display().lower())
    notices.signature_asked(agreement, slot)
    settle(agreement)


@transaction.atomic
def record_opened(agreement: Agreement, *, by: Person) -> None:
    """The signatory whose turn it is has opened the review copy; signing asks for that."""
    agreement = papers.lock(agreement.pk)
    slot = next_slot(agreement)
    if slot is None or slot.opened_at is not None:
        return
    slot.agreement = agreement
    if not policies.may_sign(slot, by):
        return
    slot.opened_at = clock.now()
    slot.save(update_fields=["opened_at"])
    assert agreement.review_copy
    evidence.add(agreement, "opened", by=by, sha256=agreement.review_copy.sha256)


@transaction.atomic
def send_code(agreement: Agreement, *, by: Person, session: str) -> None:
    """Send the signatory whose turn it is a fresh code."""
    agreement = papers.lock(agreement.pk)
    slot = _slot_in_turn(agreement, by)
    codes.send(slot, to=by, session=session)
    evidence.add(agreement, "code sent", by=by, email=by.email)


def sign(
    agreement: Agreement, *, by: Person, signed_name: str, agrees: bool, code: str, sha256: str, origin: Origin
) -> Agreement:
    """Sign the very file whose SHA-256 was shown; a repeated click is answered as before.

    Order: lock, ask whose turn, check consent, name, file and code, write signature and evidence; with the
    last one the paper is complete and the case moves on, all in one transaction. A wrong code is counted
    even though the act is refused, which is why the refusal is raised outside the transaction.
    """
    with transaction.atomic():
        agreement = papers.lock(agreement.pk)
        done = agreement.slots.visible_to(by).filter(signature__email__iexact=by.email).exists()
        if done:
            return agreement
        slot = _slot_in_turn(agreement, by)
        refusals = _faults(agreement, slot, signed_name, agrees, sha256)
        if not refusals:
            outcome = codes.check(slot, code, session=origin.session)
            if outcome == "verified":
                return _write(agreement, slot, by, " ".join(signed_name.split()), origin)
            refusals = [codes.REFUSALS[outcome]]
            if outcome in {"wrong", "locked"}:
                evidence.add(agreement, f"code {'locked' if outcome == 'locked' else 'failed'}", by=by)
    raise Refused(*refusals)


def _faults(agreement: Agreement, slot: SignatureSlot, signed_name: str, agrees: bool, sha256: str) -> list[Refusal]:
    refusals = []
    assert agreement.review_copy
    if agreement.review_copy.sha256 != sha256:
        refusals.append(Refusal(_("This page shows an older file; open the agreement again."), "document"))
    if slot.opened_at is None:
        refusals.append(Refusal(_("Open and read the agreement before you sign it."), "document"))
    if not agrees:
        refusals.append(Refusal(_("Tick that you want to sign electronically."), "agrees"))
    if not signed_name.strip():
        refusals.append(Refusal(_("Type your full name."), "signed_name"))
    return refusals


def _write(agreement: Agreement, slot: SignatureSlot, by: Person, signed_name: str, origin: Origin) -> Agreement:
    assert agreement.current and agreement.review_copy
    in_name_of = slot.signatory.full_name if slot.signatory_id != by.pk else ""
    identity = _("Code sent to %(email)s") % {"email": by.email}
    if in_name_of:
        identity = _("%(identity)s; signs as deputy of %(name)s") % {"identity": identity, "name": in_name_of}
    signature = Signature.objects.create(
        slot=slot,
        agreement=agreement,
        version=agreement.current,
        document=agreement.review_copy,
        content_hash=agreement.current.content_hash,
        document_sha256=agreement.review_copy.sha256,
        signed_name=signed_name,
        email=by.email,
        identity=str(identity)[:200],
        disclosure_version=disclosure.VERSION,
        at=clock.now(),
    )
    SignatureOrigin.objects.create(signature=signature, ip=origin.ip, user_agent=origin.user_agent[:400])
    evidence.add(
        agreement,
        "signed",
        by=by,
        party=slot.get_party_display().lower(),
        email=by.email,
        signed_name=signed_name,
        in_name_of=in_name_of,
        act=disclosure.ACT,
        disclosure=disclosure.VERSION,
        document=agreement.review_copy.sha256,
        content_hash=agreement.current.content_hash,
        ip=evidence.salted(origin.ip or ""),
        user_agent=evidence.salted(origin.user_agent),
    )
    call_off(f"signing:{slot.pk}")
    notices.signed(agreement, slot)
    if agreement.slots.open().exists():
        _record_signature(agreement, slot, by)
        invite(agreement)
        return agreement
    _record_signature(agreement, slot, by)
    evidence.add(agreement, "all signed")
    papers.perform(agreement, "complete", by=by)
    record_signed(agreement.secondment, by=by)
    transaction.on_commit(_ask_for_seal, robust=True)
    return agreement


def _record_signature(agreement: Agreement, slot: SignatureSlot, by: Person) -> None:
    ledger.record(
        "agreement.sign",
        by=by,
        case_id=agreement.secondment_id,
        paper=agreement.reference,
        party=slot.party,
    )


@transaction.atomic
def decline(agreement: Agreement, *, by: Person, reason: str) -> Agreement:
    """The signatory whose turn it is declines; HR then changes the terms on a new paper or withdraws."""
    agreement = papers.lock(agreement.pk)
    slot = _slot_in_turn(agreement, by)
    if not reason.strip():
        raise Refused(Refusal(_("Say why you do not sign."), "reason"))
    evidence.add(agreement, "declined", by=by, party=slot.get_party_display().lower(), reason=reason.strip())
    papers.perform(agreement, "decline", by=by, reason=reason.strip())
    call_off(f"signing:{slot.pk}")
    notices.signature_declined(agreement, by)
    settle(agreement)
    return agreement


@transaction.atomic
def redraft(agreement: Agreement, *, by: Person, reason: str = "") -> Agreement:
    """HR takes the terms up again on a new paper; one that is still out for signature becomes void first."""
    agreement = papers.lock(agreement.pk)
    if not policies.may_edit(agreement, by):
        raise NotAllowed(_("Only HR of the seconder changes the terms."))
    if agreement.state == PaperState.SIGNING:
        if not reason.strip():
            raise Refused(Refusal(_("Give a reason."), "reason"))
        void(agreement, by=by, reason=reason)
    elif agreement.state != PaperState.DECLINED:
        raise Refused(_("A new paper can be made when this one was declined or is out for signature."))
    if agreement.secondment.agreements.live().exists():
        raise Refused(_("There is a newer paper already."))
    return drafting.draft(agreement.secondment, by=by, based_on=agreement.current)


def void(agreement: Agreement, *, by: Person | None, reason: str) -> None:
    """End an open paper; inside the caller's lock. Those who were asked to sign are told by the caller."""
    if agreement.state not in OPEN:
        return
    evidence.add(agreement, "voided", by=by, reason=reason)
    papers.perform(agreement, "void", by=by, reason=reason)
    call_off(f"signing:{pk}" for pk in agreement.slots.values_list("pk", flat=True))
    call_off(f"agreement:{agreement.pk}:terms")


def _slot_in_turn(agreement: Agreement, person: Person) -> SignatureSlot:
    if agreement.state != PaperState.SIGNING:
        raise Refused(
            _("The paper is not out for signature: it is at “%(state)s”.") % {"state": agreement.get_state_display()}
        )
    slot = next_slot(agreement)
    if slot is None:
        raise Refused(_("The agreement is still being prepared; try again in a moment."))
    slot.agreement = agreement
    if not policies.may_sign(slot, person):
        mine = agreement.slots.open().visible_to(person).exclude(pk=slot.pk).exists()
        if mine:
            raise Refused(_("It is not your turn yet: %(name)s signs first.") % {"name": slot.signatory})
        raise NotAllowed(_("Only the named signatory, or their deputy, can sign here, acting as such."))
    return slot


def _ask_for_seal() -> None:
    from agreements.tasks import make_documents
    from people.tasks import ask

    ask(make_documents)
