"""Who may do what with a paper; rights hang on the part in its case."""

from __future__ import annotations

from agreements.models import Agreement, ChangeRequest, SignatureSlot, Thread
from agreements.models.signature import PARTY_OF_SIGNATORY
from agreements.states import SHARED, Audience, PaperKind, PaperState
from people.models import LedgerEntry, Person
from people.roles import Role
from secondments import capacities
from secondments.choices import Part, Party
from secondments.policies import host_knows_contact, parts_of, speaks_for_seconder

READERS = frozenset(
    {
        Part.HR_SECONDER,
        Part.LINE_MANAGER,
        Part.SECONDEE,
        Part.HOST_CONTACT,
        Part.HOST_SUPERVISOR,
        Part.HR_HOST,
        Part.SIGNATORY_HOST,
        Part.SIGNATORY_SECONDER,
    }
)
# The secondee's own contract is between them and their employer.
CONTRACT_READERS = frozenset({Part.HR_SECONDER, Part.LINE_MANAGER, Part.SECONDEE, Part.SIGNATORY_SECONDER})
# Finance of either side reads what the host pays, and nothing else of the terms.
FINANCE = frozenset({Part.FINANCE_SECONDER, Part.FINANCE_HOST})
READERS_OF = {kind: CONTRACT_READERS if kind == PaperKind.CONTRACT else READERS for kind in PaperKind}
NEGOTIATORS = frozenset({Part.SECONDEE, Part.HOST_CONTACT, Part.HOST_SUPERVISOR, Part.HR_HOST})
COMMENTERS = NEGOTIATORS | {Part.HR_SECONDER}
AUDIENCES = {
    Audience.ALL: READERS,
    Audience.SECONDER: frozenset({Part.HR_SECONDER}),
    Audience.SECONDER_MANAGER: frozenset({Part.HR_SECONDER, Part.LINE_MANAGER}),
    Audience.HOST: frozenset({Part.HOST_CONTACT, Part.HOST_SUPERVISOR, Part.HR_HOST}),
}
# Who has to approve a paper before it is issued.
APPROVERS = {
    PaperKind.AGREEMENT: (Party.HOST, Party.SECONDEE, Party.SECONDER),
    PaperKind.VARIATION: (Party.HOST, Party.SECONDEE, Party.SECONDER),
    PaperKind.CONTRACT: (Party.SECONDEE, Party.SECONDER),
    PaperKind.EARLY_END: (Party.SECONDER,),
}
SPEAKS = {
    Part.HR_SECONDER: Party.SECONDER,
    Part.SECONDEE: Party.SECONDEE,
    Part.HOST_CONTACT: Party.HOST,
    Part.HOST_SUPERVISOR: Party.HOST,
    Part.HR_HOST: Party.HOST,
}


def may_read(agreement: Agreement, person: Person) -> bool:
    """Text, versions and comments; finance reads the cost schedule alone (``may_read_costs``), viewers nothing."""
    parts = parts_of(agreement.secondment, person)
    if agreement.shared_at is None:
        return Part.HR_SECONDER in parts
    return bool(parts & READERS_OF[PaperKind(agreement.kind)])


def may_read_costs(agreement: Agreement, person: Person) -> bool:
    """The cost schedule of a shared agreement: who reads its text, and finance of both sides."""
    if may_read(agreement, person):
        return True
    is_open = agreement.shared_at is not None and agreement.kind == PaperKind.AGREEMENT
    return is_open and bool(parts_of(agreement.secondment, person) & FINANCE)


def may_edit(agreement: Agreement, person: Person) -> bool:
    return Part.HR_SECONDER in parts_of(agreement.secondment, person)


def may_ask_for_change(agreement: Agreement, person: Person) -> bool:
    parts = parts_of(agreement.secondment, person) & READERS_OF[PaperKind(agreement.kind)]
    return agreement.state in SHARED and bool(parts & NEGOTIATORS)


def may_comment(agreement: Agreement, person: Person) -> bool:
    """HR of the seconder from the draft on, the others once they were shown the terms."""
    return may_edit(agreement, person) or may_ask_for_change(agreement, person)


def may_read_thread(thread: Thread, person: Person) -> bool:
    return thread.audience in hears(thread.agreement, person)


def hears(agreement: Agreement, person: Person) -> frozenset[Audience]:
    """Whose conversations beside a paper somebody reads."""
    if not may_read(agreement, person):
        return frozenset()
    parts = parts_of(agreement.secondment, person)
    return frozenset(audience for audience, hearers in AUDIENCES.items() if parts & hearers)


def party_of(agreement: Agreement, person: Person) -> Party | None:
    """For which party somebody speaks in a negotiation."""
    parts = parts_of(agreement.secondment, person)
    return next((SPEAKS[part] for part in parts if part in SPEAKS), None)


def may_answer(proposal: ChangeRequest, person: Person) -> bool:
    """A change is answered by the other side: HR what the guests propose, they what HR proposes to them."""
    agreement = proposal.agreement
    if proposal.party != Party.SECONDER:
        return may_edit(agreement, person)
    asked = proposal.answers.party if proposal.answers else None
    return may_ask_for_change(agreement, person) and party_of(agreement, person) == asked


def approves_for(agreement: Agreement, person: Person) -> Party | None:
    """For which party somebody can approve: the host's contact or HR, the secondee, HR of the seconder.

    Who could speak for the seconder never approves for the host.
    """
    parts = parts_of(agreement.secondment, person)
    party = party_of(agreement, person)
    if party == Party.HOST and (Part.HOST_SUPERVISOR in parts or speaks_for_seconder(agreement.secondment, person)):
        return None
    return party if party in APPROVERS[PaperKind(agreement.kind)] else None


def may_approve(agreement: Agreement, person: Person) -> bool:
    return agreement.state in SHARED and approves_for(agreement, person) is not None


def may_enclose(agreement: Agreement, person: Person) -> bool:
    """The host's own paper is brought by its contact or HR, or by HR of the seconder."""
    if may_edit(agreement, person):
        return True
    speaks = parts_of(agreement.secondment, person) & {Part.HOST_CONTACT, Part.HR_HOST}
    return bool(speaks) and may_ask_for_change(agreement, person)


def may_consent_legally(agreement: Agreement, person: Person) -> bool:
    """A legal approver among HR of the seconder; who changed the wording asks somebody else."""
    if not may_edit(agreement, person):
        return False
    rows = agreement.secondment.seconder.memberships.current()
    return rows.filter(person=person, role=Role.HR, approves_legal=True).exists()


def may_sign(slot: SignatureSlot, person: Person) -> bool:
    """The named signatory, or their deputy, acting as such; nobody signs for both sides of a paper."""
    case = slot.agreement.secondment
    capacity = capacities.acting(case, person)
    if capacity is None or PARTY_OF_SIGNATORY.get(capacity.part) != slot.party:
        return False
    if (capacity.in_name_of or person.pk) != slot.signatory_id:
        return False
    if slot.party == Party.HOST and not case.is_internal and speaks_for_seconder(case, person):
        return False
    return not capacity.in_name_of or not signs_elsewhere(slot, person)


LENDERS = frozenset({Part.HR_SECONDER, Part.HOST_CONTACT, Part.HOST_SUPERVISOR, Part.HR_HOST})


def may_lend_device(slot: SignatureSlot, person: Person) -> bool:
    """Who may have a signatory sign in person on their device: HR and the host's people, never for their own place."""
    agreement = slot.agreement
    parts = parts_of(agreement.secondment, person) & READERS_OF[PaperKind(agreement.kind)]
    return bool(parts & LENDERS) and slot.signatory_id != person.pk


def may_reassign(slot: SignatureSlot, person: Person) -> bool:
    """Each side says who signs for it: HR of the seconder, the host's contact or HR; nobody for the secondee.

    Standing in for somebody is not choosing who signs.
    """
    case = slot.agreement.secondment
    parts = parts_of(case, person)
    capacity = capacities.acting(case, person)
    if capacity is None or capacity.in_name_of:
        return False
    if slot.party == Party.SECONDER:
        return Part.HR_SECONDER in parts
    if slot.party != Party.HOST or (speaks_for_seconder(case, person) and not case.is_internal):
        return False
    return Part.HR_HOST in parts or (Part.HOST_CONTACT in parts and host_knows_contact(case))


def signs_elsewhere(slot: SignatureSlot, person: Person) -> bool:
    """Whether somebody has, or has filled, another place on the same paper."""
    others = slot.agreement.slots.exclude(pk=slot.pk)
    if others.filter(signatory=person).exists() or others.filter(signature__email__iexact=person.email).exists():
        return True
    # Addresses change; the ledger knows who it was.
    signed = LedgerEntry.objects.filter(verb="agreement.sign", actor_id=person.pk, case_id=slot.agreement.secondment_id)
    here = signed.filter(words__facts__paper=slot.agreement.reference)
    return here.exclude(words__facts__party=slot.party).exists()


def may_download(agreement: Agreement, person: Person) -> bool:
    """The PDF: whoever reads the terms, once they are issued."""
    return agreement.state != PaperState.DRAFT and may_read(agreement, person)
