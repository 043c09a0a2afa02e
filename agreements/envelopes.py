"""What HR does with a paper that is out for signature: remind, name another signatory, give more time, void, redo.

Times: a paper lapses after its last day in the zone of the seconder; the sweep that says so can be late, signing
cannot (``signing`` asks for the day itself).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from agreements import drafting, evidence, links, notices, papers, policies, signing, waiting
from agreements.models import Agreement, SignatureSlot
from agreements.states import OPEN, PaperKind, PaperState
from people import clock
from people.models import Person
from people.notify import Message, call_off, queue, queue_quietly
from secondments import timetable
from secondments.choices import Party
from secondments.guards import Refusal
from secondments.models.deputy import works_for
from secondments.transitions import NotAllowed, Refused

LONGEST = 180  # days from now to which signing can be extended


@transaction.atomic
def reassign(agreement: Agreement, *, by: Person, place: int, to: Person, reason: str) -> SignatureSlot:
    """Somebody else signs for the host or the seconder; what was sent to the one before leads nowhere.

    The frozen text goes on naming whom it named; the signature block and the record say who signed instead of
    them, and why. The secondee signs for nobody else's part, and nobody else for theirs.
    """
    agreement = papers.lock(agreement.pk)
    slot = agreement.slots.open().select_related("signatory").filter(pk=place).first()
    if slot is None:
        raise Refused(_("This place has been signed already, or is not on this paper."))
    slot.agreement = agreement
    if not policies.may_reassign(slot, by):
        raise NotAllowed(_("Each side says who signs for it; nobody signs in place of the secondee."))
    _require_out(agreement)
    party = Party(slot.party)
    if not reason.strip():
        raise Refused(Refusal(_("Give a reason."), "reason"))
    case = agreement.secondment
    if to == slot.signatory:
        raise Refused(Refusal(_("%(name)s is to sign here already.") % {"name": to}, "email"))
    others = {row.signatory_id for row in agreement.slots.exclude(pk=slot.pk)} | {case.secondee_id}
    if to.pk in others:
        raise Refused(Refusal(_("%(name)s has another place on this paper.") % {"name": to}, "email"))
    if not to.is_active:
        raise Refused(Refusal(_("%(name)s may not sign in here.") % {"name": to}, "email"))
    if not case.is_internal and (case.seconder_id in works_for(to)) != (party == Party.SECONDER):
        raise Refused(Refusal(_("Who signs for one side does not work for the other."), "email"))
    before = slot.signatory
    links.revoke([slot])
    call_off(f"signing:{slot.pk}")
    slot.codes.filter(used_at__isnull=True, replaced_at__isnull=True).update(replaced_at=clock.now())
    was_invited = slot.invited_at is not None
    slot.signatory, slot.opened_at = to, None
    slot.reassigned_at, slot.reassigned_because = clock.now(), reason.strip()
    slot.invited_at = None
    slot.save()
    _give_part(agreement, party, to, by)
    evidence.add(
        agreement, "reassigned", by=by, before=before.full_name, to=to.full_name,
        party=slot.get_party_display().lower(), reason=reason.strip(),
    )  # fmt: skip
    papers.record(agreement, "reassign", by=by, subject=to, reason=reason.strip(),
        before=before.full_name, person=to.full_name,
    )  # fmt: skip
    if was_invited:
        signing.invite(papers.lock(agreement.pk))
    return slot


def _give_part(agreement: Agreement, party: Party, to: Person, by: Person) -> None:
    """The case names the new signatory: their part begins and the other's ends, and the next paper names them."""
    case = agreement.secondment
    if party == Party.HOST:
        case.host_signatory = to
        case.host_signatory_confirmed_at, case.host_signatory_confirmed_by = clock.now(), by
    else:
        case.seconder_signatory = to
    case.named_by = by
    case.save()


@transaction.atomic
def extend(agreement: Agreement, *, by: Person, until: date, reason: str) -> Agreement:
    """Give those who have not signed more time."""
    agreement = papers.lock(agreement.pk)
    _require(agreement, by)
    if not reason.strip():
        raise Refused(Refusal(_("Give a reason."), "reason"))
    today = clock.today(agreement.secondment.zone)
    if agreement.expires_on and until <= agreement.expires_on:
        raise Refused(Refusal(_("Choose a day after the present last one."), "until"))
    if not today < until <= today + timedelta(days=LONGEST):
        raise Refused(Refusal(_("Choose a day within the next %(n)d days.") % {"n": LONGEST}, "until"))
    before = agreement.expires_on
    agreement.expires_on = until
    agreement.save(update_fields=["expires_on"])
    evidence.add(agreement, "expiry extended", by=by, before=str(before), until=str(until), reason=reason.strip())
    papers.record(agreement, "extend_signing", by=by, reason=reason.strip(),
        until=until.isoformat(),
    )  # fmt: skip
    waiting.settle(agreement)
    return agreement


@transaction.atomic
def void_issued(agreement: Agreement, *, by: Person, reason: str) -> Agreement:
    """HR calls a paper off; those who were asked, or have signed, are told."""
    agreement = papers.lock(agreement.pk)
    if not policies.may_edit(agreement, by):
        raise NotAllowed(_("Only HR of the seconder voids a paper."))
    if agreement.state not in OPEN:
        raise Refused(_("This paper has ended already, or all have signed it."))
    if not reason.strip():
        raise Refused(Refusal(_("Give a reason."), "reason"))
    asked = notices.who_was_asked(agreement)
    void(agreement, by=by, reason=reason.strip())
    notices.voided(agreement, asked, by=by)
    return agreement


@transaction.atomic
def redraft(agreement: Agreement, *, by: Person, reason: str = "") -> Agreement:
    """HR takes the terms up again on a new paper; one that is still out for signature is replaced by it."""
    agreement = papers.lock(agreement.pk)
    if not policies.may_edit(agreement, by):
        raise NotAllowed(_("Only HR of the seconder changes the terms."))
    if agreement.state == PaperState.SIGNING:
        if not reason.strip():
            raise Refused(Refusal(_("Give a reason."), "reason"))
        asked = notices.who_was_asked(agreement)
        evidence.add(agreement, "superseded", by=by, reason=reason.strip())
        papers.perform(agreement, "supersede", by=by, reason=reason.strip())
        signing.silence(agreement)
        notices.voided(agreement, asked, by=by)
    elif agreement.state not in {PaperState.DECLINED, PaperState.EXPIRED, PaperState.VOID}:
        raise Refused(_("A new paper can be made when this one was declined, has lapsed or is out for signature."))
    same = agreement.secondment.agreements.filter(kind=agreement.kind, number__gt=agreement.number)
    if same.filter(state__in=[*OPEN, PaperState.SIGNED]).exists():
        raise Refused(_("There is a newer paper already."))
    return drafting.draft(agreement.secondment, by=by, based_on=agreement.current, kind=PaperKind(agreement.kind))


def void(agreement: Agreement, *, by: Person | None, reason: str) -> None:
    """End an open paper; inside the caller's lock. Those who were asked to sign are told by the caller."""
    if agreement.state not in OPEN:
        return
    evidence.add(agreement, "voided", by=by, reason=reason)
    papers.perform(agreement, "void", by=by, reason=reason)
    signing.silence(agreement)
    call_off(f"agreement:{agreement.pk}:terms:{party}" for party in Party)


def expire_due() -> int:
    """Let papers lapse whose last day has passed; each is asked again under its own lock. Returns how many."""
    horizon = clock.now().date() + timedelta(days=1)
    due = Agreement.objects.filter(state=PaperState.SIGNING, expires_on__lt=horizon).order_by("pk")
    ended = 0
    for pk in due.values_list("pk", flat=True):
        with transaction.atomic():
            ended += _expire(pk)
    return ended


def _expire(pk: int) -> int:
    agreement = papers.lock(pk)
    today = clock.today(agreement.secondment.zone)
    if agreement.state != PaperState.SIGNING or not agreement.expires_on or agreement.expires_on >= today:
        return 0
    reason = _("Not signed by all until %(day)s.") % {"day": agreement.expires_on}
    evidence.add(agreement, "expired")
    asked = notices.who_was_asked(agreement)
    papers.perform(agreement, "expire", by=None, reason=reason)
    signing.silence(agreement)
    notices.expired(agreement, asked)
    waiting.settle(agreement)
    return 1


def remind_due() -> int:
    """Remind whoever has not signed, by the ladder of the policy; the last rung tells HR. Returns how many were new."""
    written = 0
    pending = (
        SignatureSlot.objects.open()
        .filter(agreement__state=PaperState.SIGNING, invited_at__isnull=False)
        .order_by("due_on", "pk")
    )
    for pk in pending.values_list("pk", flat=True).iterator(chunk_size=500):
        with transaction.atomic():
            slot = (
                SignatureSlot.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
                .open()
                .filter(pk=pk, agreement__state=PaperState.SIGNING)
                .select_related("signatory", "agreement__secondment__seconder", "agreement__secondment__owner")
                .first()
            )
            if slot:
                written += queue_quietly(*_reminders(slot))
    return written


def _reminders(slot: SignatureSlot) -> Iterator[Message]:
    agreement = slot.agreement
    case = agreement.secondment
    if slot.due_on is None:
        return
    for rung in timetable.rungs_reached(slot.due_on, clock.today(case.zone), case.rules):
        yield from notices.signature_reminders(agreement, slot, rung.name)


@transaction.atomic
def remind_now(agreement: Agreement, *, by: Person) -> int:
    """HR reminds those whose turn it is, at most once a day each."""
    agreement = papers.lock(agreement.pk)
    _require(agreement, by)
    today = clock.today(agreement.secondment.zone)
    written = queue(
        *(
            message
            for slot in signing.in_turn(agreement)
            for message in notices.signature_reminders(agreement, slot, f"asked-{today.isoformat()}")
        )
    )
    if not written:
        raise Refused(_("They have been reminded today already."))
    evidence.add(agreement, "reminded", by=by)
    return written


def _require(agreement: Agreement, by: Person) -> None:
    if not policies.may_edit(agreement, by):
        raise NotAllowed(_("Only HR of the seconder does this with a paper that is out for signature."))
    _require_out(agreement)


def _require_out(agreement: Agreement) -> None:
    if agreement.state != PaperState.SIGNING:
        raise Refused(
            _("The paper is not out for signature: it is at “%(state)s”.") % {"state": agreement.get_state_display()}
        )
