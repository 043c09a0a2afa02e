"""Approving a version by its hash, the legal approver's consent, and what HR takes note of before signing."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from agreements import guards, notices, papers, policies, waiting
from agreements.composing import Matter
from agreements.models import Agreement, Approval, LegalConsent
from agreements.states import EDITABLE, PaperState
from people import clock
from people.models import Person
from people.notify import call_off
from secondments.guards import Refusal
from secondments.transitions import NotAllowed, Refused


@transaction.atomic
def approve(agreement: Agreement, *, by: Person, content_hash: str) -> Approval:
    """A party approves the version that it has read, named by its hash; an older one is refused.

    With the last approval the paper can be issued. The same click twice is answered as before.
    """
    agreement = papers.lock(agreement.pk)
    party = policies.approves_for(agreement, by)
    if party is None or not policies.may_approve(agreement, by):
        raise NotAllowed(_("The terms are approved by the host's contact, the secondee and HR of the seconder."))
    version = agreement.current
    assert version
    if version.content_hash != content_hash:
        raise Refused(
            _("The terms have changed since you read them: version %(n)d is the current one. Read it first.")
            % {"n": version.number}
        )
    given = version.approvals.filter(party=party).first()
    if given is not None:
        return given
    if agreement.state != PaperState.NEGOTIATION:
        raise Refused(_("These terms are not waiting for your approval."))
    refusals = guards.ready_for_approval(agreement)
    if refusals:
        raise Refused(*refusals)
    approval = Approval.objects.create(
        version=version, party=party, person=by, content_hash=version.content_hash, at=clock.now()
    )
    papers.record(agreement, "party_approve", by=by, version=version.number, party=str(party),
    )  # fmt: skip
    call_off(f"agreement:{agreement.pk}:terms:{party}")
    if not waiting.missing_approvals(agreement):
        papers.perform(agreement, "approve", by=by, version=version.number)
    notices.terms_approved(agreement, approval)
    waiting.settle(agreement)
    return approval


@transaction.atomic
def consent_legally(agreement: Agreement, *, by: Person, key: str, wording_hash: str, reason: str) -> LegalConsent:
    """A legal approver agrees to legal wording as it was changed, or to the host's own paper, by its hash."""
    agreement = papers.lock(agreement.pk)
    if not policies.may_consent_legally(agreement, by):
        raise NotAllowed(_("Only a legal approver of the seconder agrees to changes of legal wording."))
    if agreement.state not in EDITABLE:
        raise Refused(_("The terms can no longer be edited: the paper is out for signature or has ended."))
    assert agreement.current
    missing = guards.legal_consents_missing(agreement, Matter.of(agreement.current))
    if (key, wording_hash) not in missing:
        raise Refused(_("The wording has changed meanwhile, or somebody has agreed to it already: look at it again."))
    if by.pk in _changed_by(agreement, key):
        raise Refused(_("You changed or proposed this wording yourself: another legal approver has to agree to it."))
    if not reason.strip():
        raise Refused(Refusal(_("Say why it is acceptable."), "reason"))
    found = LegalConsent.objects.create(
        agreement=agreement, clause_key=key, wording_hash=wording_hash, person=by, reason=reason.strip(), at=clock.now()
    )
    library = Matter.of(agreement.current).by_key
    title = library[key].title if key in library else _("The host's own paper")
    papers.record(agreement, "legal_consent", by=by, reason=reason.strip(),
        clause=title,
    )  # fmt: skip
    waiting.settle(agreement)
    return found


@transaction.atomic
def take_note(agreement: Agreement, *, by: Person, name: str, reason: str) -> Agreement:
    """HR says that the post is at risk and what is done about it, or that it has seen the count of days abroad."""
    agreement = papers.lock(agreement.pk)
    if not policies.may_edit(agreement, by):
        raise NotAllowed(_("Only HR of the seconder takes note of this."))
    if agreement.state not in EDITABLE:
        raise Refused(_("The terms can no longer be edited: the paper is out for signature or has ended."))
    if name not in {guards.AT_RISK, guards.DAY_COUNT}:
        raise Refused(_("There is nothing like that to take note of."))
    if not reason.strip():
        raise Refused(Refusal(_("Say what is done about it."), "reason"))
    agreement.noted = {
        **agreement.noted,
        name: {"reason": reason.strip()[:1000], "by": by.full_name, "at": clock.now().isoformat(timespec="minutes")},
    }
    agreement.save(update_fields=["noted"])
    papers.record(agreement, "note", by=by, reason=reason.strip(),
        what=name,
    )  # fmt: skip
    waiting.settle(agreement)
    return agreement


def _changed_by(agreement: Agreement, key: str) -> set[int]:
    """Who made the version in which the wording that now stands first stood, and who proposed it."""
    assert agreement.current
    current = Matter.of(agreement.current)
    first = None
    for version in agreement.versions.select_related("enclosure").order_by("-number"):
        matter = Matter.of(version)
        if key == guards.ENCLOSURE:
            is_same = matter.enclosure == current.enclosure
        else:
            is_same = matter.wordings.get(key) == current.wordings.get(key)
        if not is_same:
            break
        first = version
    if first is None:
        return set()
    proposed = agreement.change_requests.filter(became=first).values_list("author", flat=True)
    return {pk for pk in (first.created_by_id, *proposed) if pk}


def hashes(agreement: Agreement) -> dict[str, str]:
    """By clause the hash that a legal approver would agree to now."""
    assert agreement.current
    return dict(guards.legal_consents_missing(agreement, Matter.of(agreement.current)))
