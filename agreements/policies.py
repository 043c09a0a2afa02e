"""Who may do what with a paper; rights hang on the part in its case."""

from __future__ import annotations

from agreements.models import Agreement
from agreements.states import SHARED, PaperState
from people.models import Person
from secondments.choices import Part
from secondments.policies import parts_of

READERS = frozenset(
    {
        Part.HR_SECONDER,
        Part.LINE_MANAGER,
        Part.SECONDEE,
        Part.HOST_CONTACT,
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
    parts = parts_of(agreement.secondment, person)
    speaks_for_host = Part.HOST_CONTACT in parts or Part.HR_HOST in parts
    return agreement.state in SHARED and speaks_for_host and Part.HR_SECONDER not in parts


def may_download(agreement: Agreement, person: Person) -> bool:
    """The PDF: whoever reads the terms, once they are issued."""
    return agreement.state != PaperState.DRAFT and may_read(agreement, person)
