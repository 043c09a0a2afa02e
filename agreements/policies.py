"""Who may do what with a paper; rights hang on the part in its case."""

from __future__ import annotations

from agreements.models import Agreement, SignatureSlot
from agreements.models.signature import PARTY_OF_SIGNATORY
from agreements.states import SHARED, PaperState
from people.models import LedgerEntry, Person
from secondments import capacities
from secondments.choices import Part, Party
from secondments.policies import parts_of, speaks_for_seconder

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
NEGOTIATORS = frozenset({Part.SECONDEE, Part.HOST_CONTACT, Part.HR_HOST})


def may_read(agreement: Agreement, person: Person) -> bool:
    """Text, versions and comments; finance and viewers have their own pages later."""
    parts = parts_of(agreement.secondment, person)
    if agreement.shared_at is None:
        return Part.HR_SECONDER in parts
    return bool(parts & READERS)


def may_edit(agreement: Agreement, person: Person) -> bool:
    return Part.HR_SECONDER in parts_of(agreement.secondment, person)


def may_ask_for_change(agreement: Agreement, person: Person) -> bool:
    return agreement.state in SHARED and bool(parts_of(agreement.secondment, person) & NEGOTIATORS)


def may_approve(agreement: Agreement, person: Person) -> bool:
    """The terms are approved for the host by its contact or its HR; nobody approves their own draft."""
    speaks_for_host = parts_of(agreement.secondment, person) & {Part.HOST_CONTACT, Part.HR_HOST}
    return agreement.state in SHARED and bool(speaks_for_host) and not speaks_for_seconder(agreement.secondment, person)


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
