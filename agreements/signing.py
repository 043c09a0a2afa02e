"""Issuing a paper for signature, whose turn it is, signing it, declining.

Every act here locks the case, then the paper, then asks; so that of two at once one succeeds and the other is
told what happened. The order is enforced here, not by whom a mail went to: places of one turn are asked together,
those of the next when all of them have signed. What HR does with a paper that is out is in ``envelopes``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from agreements import (
    codes,
    disclosure,
    drawing,
    evidence,
    guards,
    links,
    notices,
    papers,
    policies,
    signed_terms,
    waiting,
)
from agreements.models import Agreement, EvidenceEvent, Signature, SignatureOrigin, SignatureSlot
from agreements.states import PaperKind, PaperState
from people import clock
from people.models import Person
from people.notify import call_off
from secondments import charging, returning, turns
from secondments.actions import variations
from secondments.actions.papers import record_signed
from secondments.choices import Party
from secondments.guards import Refusal
from secondments.models import Secondment
from secondments.transitions import NotAllowed, Refused


def order_of(case: Secondment) -> list[list[Party]]:
    """Who signs after whom, by the policy that the case keeps; those of one group are asked together."""
    return [[Party(party) for party in group.split("+")] for group in case.rules.signing_order.split(",")]


@dataclass(frozen=True)
class Origin:
    """From where somebody acts, as far as the server can see.

    ``confirmed`` says how somebody on our staff has just confirmed that it is them, in place of a code;
    ``device_of`` names whose device it is, where a signatory signs in person on that of somebody else.
    """

    session: str
    ip: str | None
    user_agent: str
    confirmed: str = ""
    device_of: Person | None = None


@transaction.atomic
def issue(agreement: Agreement, *, by: Person) -> Agreement:
    """HR issues the approved version: slots are made, and a worker is asked to render the review copy.

    Those of the first turn are invited when that copy exists (``documents.freeze``).
    """
    agreement = papers.lock(agreement.pk)
    if not policies.may_edit(agreement, by):
        raise NotAllowed(_("Only HR of the seconder issues the agreement."))
    if agreement.state == PaperState.APPROVED:
        refusals = guards.ready_to_issue(agreement)
        if refusals:
            raise Refused(*refusals)
    assert agreement.current
    case = agreement.secondment
    expires_on = clock.today(case.zone) + timedelta(days=case.rules.signing_expiry_days)
    papers.perform(agreement, "issue", by=by, version=agreement.current.number, expires_on=expires_on)
    people = guards.signatories(agreement)
    groups = [[party for party in group if party in people] for group in order_of(case)]
    SignatureSlot.objects.bulk_create(
        SignatureSlot(agreement=agreement, party=party, turn=turn, signatory=people[party])
        for turn, group in enumerate((group for group in groups if group), start=1)
        for party in group
    )
    evidence.add(
        agreement,
        "issued",
        by=by,
        version=agreement.current.number,
        content_hash=agreement.current.content_hash,
        expires_on=expires_on.isoformat(),
    )
    waiting.settle(agreement)
    return agreement


def in_turn(agreement: Agreement) -> list[SignatureSlot]:
    """The open places whose turn it is; none when all have signed or the paper is not out."""
    if agreement.state != PaperState.SIGNING or agreement.review_copy_id is None:
        return []
    found = agreement.slots.whose_turn()
    for slot in found:
        slot.agreement = agreement
    return found


def next_slot(agreement: Agreement) -> SignatureSlot | None:
    """The first of those whose turn it is."""
    return next(iter(in_turn(agreement)), None)


def invite(agreement: Agreement, places: list[SignatureSlot] | None = None) -> None:
    """Ask those whose turn it is and who were not asked yet; inside the caller's lock, who may know the places."""
    case = agreement.secondment
    places = places or in_turn(agreement)
    for slot in places:
        if slot.invited_at is None:
            slot.invited_at = clock.now()
            slot.due_on = clock.today(case.zone) + timedelta(days=case.rules.signing_days)
            if agreement.expires_on:
                slot.due_on = min(slot.due_on, agreement.expires_on)
            slot.save(update_fields=["invited_at", "due_on"])
            evidence.add(agreement, "invited", to=slot.signatory.full_name, party=slot.get_party_display().lower())
            ask(agreement, slot)
    waiting.settle(agreement, places)


def ask(agreement: Agreement, slot: SignatureSlot) -> None:
    """Send the mail that asks for a signature, with a link of its own for each who can give it."""
    for person in notices.who_signs(agreement, slot):
        links.live(slot, person)
    notices.signature_asked(agreement, slot)


@transaction.atomic
def record_opened(agreement: Agreement, *, by: Person, place: int | None = None) -> None:
    """The signatory whose turn it is has opened the review copy, on their own device or in person on another's."""
    agreement = papers.lock(agreement.pk)
    for slot in in_turn(agreement):
        if slot.opened_at is not None:
            continue
        here = place == slot.pk and policies.may_lend_device(slot, by)
        if not here and not policies.may_sign(slot, by):
            continue
        slot.opened_at = clock.now()
        slot.save(update_fields=["opened_at"])
        assert agreement.review_copy
        if here:
            evidence.add(
                agreement, "opened in person", to=slot.signatory.full_name, device_of=by.full_name,
                sha256=agreement.review_copy.sha256,
            )  # fmt: skip
        else:
            evidence.add(agreement, "opened", by=by, sha256=agreement.review_copy.sha256)
        return


@transaction.atomic
def send_code(agreement: Agreement, *, by: Person, session: str, place: int | None = None) -> None:
    """Send a signatory whose turn it is a fresh code; it goes to them also where they use somebody else's device."""
    agreement = papers.lock(agreement.pk)
    slot = slot_in_person(agreement, by, place) if place else slot_in_turn(agreement, by)
    to = slot.signatory if place else by
    codes.send(slot, to=to, session=session)
    evidence.add(agreement, "code sent", by=by, email=to.email)


def sign(
    agreement: Agreement,
    *,
    by: Person,
    signed_name: str,
    agrees: bool,
    code: str,
    sha256: str,
    origin: Origin,
    drawn: drawing.Strokes | None = None,
    place: int | None = None,
    disclosure_version: str = disclosure.VERSION,
) -> Agreement:
    """Sign the very file whose SHA-256 was shown; a repeated click is answered as before.

    Order: lock, ask whose turn, check consent, name, file and code (or that staff has just confirmed), write
    signature and evidence; with the last one the paper is complete and the case moves on, all in one transaction.
    A wrong code is counted even though the act is refused, which is why the refusal is raised outside the
    transaction. With ``place`` the named signatory signs in person on the device of ``by``.
    """
    with transaction.atomic():
        agreement = papers.lock(agreement.pk)
        if place:
            if agreement.slots.filter(pk=place, signature__isnull=False).exists():
                return agreement
            slot = slot_in_person(agreement, by, place)
            signer = slot.signatory
        else:
            if agreement.slots.visible_to(by).filter(signature__email__iexact=by.email).exists():
                return agreement
            slot, signer = slot_in_turn(agreement, by), by
        refusals = _faults(agreement, slot, signed_name, agrees, sha256, disclosure_version)
        if not refusals:
            if origin.confirmed and not place:
                return _write(agreement, slot, signer, signed_name, origin, drawn or [], origin.confirmed, None)
            outcome = codes.check(slot, code, session=origin.session)
            if outcome == "verified":
                verified = evidence.add(agreement, "code verified", by=signer)
                identity = _("Code sent to %(email)s") % {"email": signer.email}
                return _write(agreement, slot, signer, signed_name, origin, drawn or [], identity, verified)
            refusals = [codes.REFUSALS[outcome]]
            if outcome in {"wrong", "locked"}:
                evidence.add(agreement, f"code {'locked' if outcome == 'locked' else 'failed'}", by=signer)
    raise Refused(*refusals)


def _faults(
    agreement: Agreement, slot: SignatureSlot, signed_name: str, agrees: bool, sha256: str, told: str
) -> list[Refusal]:
    refusals = []
    assert agreement.review_copy
    if agreement.review_copy.sha256 != sha256:
        refusals.append(Refusal(_("This page shows an older file; open the agreement again."), "document"))
    if told != disclosure.VERSION:
        refusals.append(Refusal(_("What you are told before signing has changed: read it again below."), "agrees"))
    if slot.opened_at is None:
        refusals.append(Refusal(_("Open and read the agreement before you sign it."), "document"))
    if not agrees:
        refusals.append(Refusal(_("Tick that you want to sign electronically."), "agrees"))
    if not signed_name.strip():
        refusals.append(Refusal(_("Type your full name."), "signed_name"))
    return refusals


def _write(
    agreement: Agreement,
    slot: SignatureSlot,
    signer: Person,
    signed_name: str,
    origin: Origin,
    drawn: drawing.Strokes,
    identity: str,
    verified: EvidenceEvent | None,
) -> Agreement:
    assert agreement.current and agreement.review_copy
    signed_name = " ".join(signed_name.split())
    in_name_of = slot.signatory.full_name if slot.signatory_id != signer.pk else ""
    if in_name_of:
        identity = _("%(identity)s; signs as deputy of %(name)s") % {"identity": identity, "name": in_name_of}
    if origin.device_of:
        identity = _("%(identity)s; in person on a device of %(name)s") % {
            "identity": identity,
            "name": origin.device_of.full_name,
        }
    told = disclosure.digest()
    accepted = evidence.add(
        agreement, "disclosure accepted", by=signer, after=verified, disclosure=disclosure.VERSION, text=told
    )
    signature = Signature.objects.create(
        slot=slot,
        agreement=agreement,
        version=agreement.current,
        document=agreement.review_copy,
        content_hash=agreement.current.content_hash,
        document_sha256=agreement.review_copy.sha256,
        signed_name=signed_name,
        email=signer.email,
        identity=str(identity)[:200],
        disclosure_version=disclosure.VERSION,
        drawing=drawn,
        at=clock.now(),
    )
    SignatureOrigin.objects.create(signature=signature, ip=origin.ip, user_agent=origin.user_agent[:400])
    signed = evidence.add(
        agreement,
        "signed",
        by=signer,
        after=accepted,
        party=slot.get_party_display().lower(),
        email=signer.email,
        signed_name=signed_name,
        in_name_of=in_name_of,
        identity=str(identity)[:200],
        drawing=evidence.digest(drawing.path(drawn)) if drawn else "",
        act=disclosure.ACT,
        disclosure=disclosure.VERSION,
        document=agreement.review_copy.sha256,
        content_hash=agreement.current.content_hash,
        ip=evidence.salted(origin.ip or ""),
        user_agent=evidence.salted(origin.user_agent),
    )
    links.revoke([slot])
    call_off(f"signing:{slot.pk}")
    notices.signed(agreement, slot)
    papers.record(agreement, "sign", by=signer, party=slot.party)
    if open_places := in_turn(agreement):
        invite(agreement, open_places)
        return agreement
    evidence.add(agreement, "all signed", after=signed)
    papers.perform(agreement, "complete", by=signer)
    if agreement.kind in {PaperKind.AGREEMENT, PaperKind.CONTRACT}:
        conclude_if_all_signed(agreement, by=signer)
    elif agreement.kind == PaperKind.VARIATION:
        day = signed_terms.effective_on(agreement)
        variations.apply(agreement.secondment, agreement.changes, by=signer, paper=agreement.reference, effective=day)
        charging.as_signed(agreement.secondment, signed_terms.of_recharge(agreement))
        returning.protect(agreement.secondment, signed_terms.protected_until(agreement))
    transaction.on_commit(_ask_for_seal, robust=True)
    return agreement


def conclude_if_all_signed(agreement: Agreement, *, by: Person) -> None:
    """With the last of the papers that the case needs before it starts, the case moves on."""
    case = agreement.secondment
    needed = {PaperKind.AGREEMENT, PaperKind.CONTRACT} if case.rules.two_papers else {PaperKind.AGREEMENT}
    signed = set(case.agreements.filter(state=PaperState.SIGNED).values_list("kind", flat=True))
    if needed <= signed:
        record_signed(case, by=by)
    else:  # the other paper is HR's to bring along
        turns.pass_to(case, turns.TERMS, [case.owner])


@transaction.atomic
def decline(agreement: Agreement, *, by: Person, reason: str) -> Agreement:
    """A signatory whose turn it is declines; HR then changes the terms on a new paper or withdraws."""
    agreement = papers.lock(agreement.pk)
    slot = slot_in_turn(agreement, by)
    if not reason.strip():
        raise Refused(Refusal(_("Say why you do not sign."), "reason"))
    evidence.add(agreement, "declined", by=by, party=slot.get_party_display().lower(), reason=reason.strip())
    papers.perform(agreement, "decline", by=by, reason=reason.strip())
    silence(agreement)
    notices.signature_declined(agreement, by)
    waiting.settle(agreement)
    return agreement


def silence(agreement: Agreement) -> None:
    """Nobody is asked for a signature on this paper any more, and no link to it works."""
    slots = list(agreement.slots.all())
    links.revoke(slots)
    call_off(f"signing:{slot.pk}" for slot in slots)


def slot_in_turn(agreement: Agreement, person: Person) -> SignatureSlot:
    """The open place in which somebody signs now; refused when it is not theirs, or not their turn."""
    slots = _require_out(agreement)
    for slot in slots:
        if policies.may_sign(slot, person):
            return slot
    waits = agreement.slots.open().visible_to(person).exclude(pk__in=[slot.pk for slot in slots]).exists()
    if waits:
        names = ", ".join(str(slot.signatory) for slot in slots)
        raise Refused(_("It is not your turn yet: %(name)s signs first.") % {"name": names})
    raise NotAllowed(_("Only the named signatory, or their deputy, can sign here, acting as such."))


def slot_in_person(agreement: Agreement, holder: Person, place: int) -> SignatureSlot:
    """The place whose signatory signs in person on somebody's device, in its turn."""
    for slot in _require_out(agreement):
        if slot.pk == place and policies.may_lend_device(slot, holder):
            return slot
    raise NotAllowed(_("Signing in person is for a signatory whose turn it is, on a device of HR or of the host."))


def _require_out(agreement: Agreement) -> list[SignatureSlot]:
    if agreement.state != PaperState.SIGNING:
        raise Refused(
            _("The paper is not out for signature: it is at “%(state)s”.") % {"state": agreement.get_state_display()}
        )
    slots = in_turn(agreement)
    if not slots:
        raise Refused(_("The agreement is still being prepared; try again in a moment."))
    if agreement.expires_on and agreement.expires_on < clock.today(agreement.secondment.zone):
        raise Refused(_("The time for signing is over; HR of the seconder can extend it or issue the paper again."))
    return slots


def _ask_for_seal() -> None:
    from agreements.tasks import make_documents
    from people.tasks import ask as ask_worker

    ask_worker(make_documents)
