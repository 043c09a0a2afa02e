"""What became of the mails about signing and of those with the sealed copy: it belongs to the evidence of the paper."""

from __future__ import annotations

from agreements import evidence, papers
from agreements.models import Agreement, SignatureSlot
from agreements.states import PaperState
from people.models import Notice


def note_signing(notice: Notice, is_sent: bool) -> None:
    """A mail that asks for a signature, reminds of one or brings a code (``signing:<place>``) came back for good."""
    slot = SignatureSlot.objects.filter(pk=_number(notice)).first()
    if slot is not None and not is_sent:
        _note_failure(slot.agreement_id, notice)


def note_sealed(notice: Notice, is_sent: bool) -> None:
    """The sealed copy (``sealed:<paper>``) was taken by the mail server of its recipient, or came back for good."""
    if not is_sent:
        _note_failure(_number(notice), notice)
    elif Agreement.objects.filter(pk=_number(notice)).exists():
        agreement = papers.lock(_number(notice))
        evidence.add(agreement, "copy sent", to=notice.recipient.full_name)


def _note_failure(pk: int, notice: Notice) -> None:
    agreement = papers.lock(pk)
    if agreement.state in {PaperState.SIGNING, PaperState.SIGNED}:
        evidence.add(agreement, "delivery failed", to=notice.recipient.full_name)


def _number(notice: Notice) -> int:
    return int(notice.about.partition(":")[2])
