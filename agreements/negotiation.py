"""Sharing the terms, asking for changes, answering with new versions, approving a version."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agreements import clauses, drafting, guards, notices, papers, policies
from agreements.models import Agreement, Approval, ChangeRequest, Version
from agreements.states import EDITABLE, PaperState, RequestState
from people import clock, ledger
from people.models import Person
from people.notify import call_off
from secondments import turns
from secondments.choices import Party
from secondments.guards import Refusal
from secondments.transitions import NotAllowed, Refused


@transaction.atomic
def share(agreement: Agreement, *, by: Person) -> Agreement:
    """HR sends the terms to the host and the secondee to read."""
    agreement = papers.lock(agreement.pk)
    _require_editor(agreement, by)
    assert agreement.current
    questions = drafting.open_questions(agreement, agreement.current)
    if questions:
        raise Refused(
            *(
                Refusal(
                    _("Answer first, in “%(clause)s”: %(label)s.") % {"clause": c.title, "label": p.label},
                    f"clause-{c.key}",
                )
                for c, p in questions
            )
        )
    papers.perform(agreement, "share", by=by, version=agreement.current.number)
    notices.terms_shared(agreement)
    settle(agreement)
    return agreement


@transaction.atomic
def edit_clause(
    agreement: Agreement,
    *,
    by: Person,
    key: str,
    values: dict[str, str],
    wording: list[str],
    note: str,
    seen_version: int,
) -> Version:
    """HR changes one clause, which makes a new version and clears approvals of the older one.

    ``seen_version`` is the version the editor had before them: an older one is refused, nothing is overwritten.
    """
    agreement = papers.lock(agreement.pk)
    _require_editor(agreement, by)
    if agreement.state not in EDITABLE:
        raise Refused(_("The terms can no longer be edited: the paper is out for signature or has ended."))
    current = agreement.current
    assert current
    if current.number != seen_version:
        raise Refused(
            _("Somebody made version %(n)d while you were writing. Yours is kept below; compare and save again.")
            % {"n": current.number}
        )
    clause = clauses.catalogue()[key]
    wordings = dict(current.wordings)
    if wording and wording != list(clause.paragraphs):
        if clause.locked and wording != wordings.get(key):
            raise Refused(
                Refusal(_("This clause is legal wording and locked; only its answers can change."), "wording")
            )
        wordings[key] = wording
    else:
        wordings.pop(key, None)
    stray = clauses.unknown_names(wording, clause)
    if stray:
        raise Refused(
            Refusal(
                _("There is no answer called %(names)s in this clause.") % {"names": ", ".join(sorted(stray))},
                "wording",
            )
        )
    answers = {**current.values, key: {p.name: values[p.name] for p in clause.parameters if p.name in values}}
    approved = list(current.approvals.select_related("person"))
    version = drafting.add_version(agreement, by=by, note=note, values=answers, wordings=wordings)
    if version.content["clauses"] == current.content["clauses"]:
        raise Refused(_("Nothing was changed, so no new version was made."))
    if agreement.state == PaperState.APPROVED:
        papers.perform(agreement, "reopen", by=by, version=version.number)
    facts: dict[str, Any] = {"paper": agreement.reference, "version": version.number, "clause": clause.title}
    case_id = agreement.secondment_id
    if agreement.shared_at is None:
        ledger.record("agreement.prepare", by=by, case_id=case_id, reason=note, **facts)
    else:
        ledger.record("agreement.version", by=by, case_id=case_id, reason=note, **facts)
    if agreement.state != PaperState.DRAFT:
        notices.new_version(agreement, [approval.person for approval in approved])
    settle(agreement)
    return version


@transaction.atomic
def ask_for_change(agreement: Agreement, *, by: Person, key: str, text: str, seen_version: int) -> ChangeRequest:
    """A party asks for a change of one clause; approval waits until HR has answered."""
    agreement = papers.lock(agreement.pk)
    if not policies.may_ask_for_change(agreement, by):
        raise NotAllowed(_("You cannot ask for changes to these terms."))
    if agreement.state not in {PaperState.NEGOTIATION, PaperState.APPROVED}:
        raise Refused(_("The terms are no longer open for changes."))
    assert agreement.current
    if key not in {clause["key"] for clause in agreement.current.content["clauses"]}:
        raise Refused(_("There is no such clause in these terms."))
    if not text.strip():
        raise Refused(Refusal(_("Say what should change."), "text"))
    request = ChangeRequest.objects.create(
        agreement=agreement,
        clause_key=key,
        on_version=seen_version,
        author=by,
        text=text.strip(),
        created_at=clock.now(),
    )
    ledger.record(
        "agreement.change_asked",
        by=by,
        case_id=agreement.secondment_id,
        paper=agreement.reference,
        clause=clauses.catalogue()[key].title,
    )
    notices.change_asked(agreement, request)
    settle(agreement)
    return request


@transaction.atomic
def answer_change(request: ChangeRequest, *, by: Person, accepted: bool, answer: str = "") -> ChangeRequest:
    """HR answers: accepted (having made the new version) or declined with a reason."""
    agreement = papers.lock(request.agreement_id)
    _require_editor(agreement, by)
    request = agreement.change_requests.select_for_update().get(pk=request.pk)
    if request.state != RequestState.OPEN:
        raise Refused(_("This request has been answered already."))
    if not accepted and not answer.strip():
        raise Refused(Refusal(_("Say why the change is declined."), "answer"))
    request.state = RequestState.ACCEPTED if accepted else RequestState.DECLINED
    request.answer = answer.strip()
    request.answered_at, request.answered_by = clock.now(), by
    request.save()
    ledger.record(
        "agreement.change_answered",
        by=by,
        case_id=agreement.secondment_id,
        paper=agreement.reference,
        clause=clauses.catalogue()[request.clause_key].title,
        accepted=accepted,
    )
    notices.change_answered(agreement, request)
    settle(agreement)
    return request


@transaction.atomic
def approve(agreement: Agreement, *, by: Person, content_hash: str) -> Approval:
    """The host's contact approves the version they have read, named by its hash; an older one is refused."""
    agreement = papers.lock(agreement.pk)
    if not policies.may_approve(agreement, by):
        raise NotAllowed(_("The terms are approved by the host's contact."))
    version = agreement.current
    assert version
    if version.content_hash != content_hash:
        raise Refused(
            _("The terms have changed since you read them: version %(n)d is the current one. Read it first.")
            % {"n": version.number}
        )
    if agreement.state != PaperState.NEGOTIATION:
        raise Refused(_("These terms are not waiting for your approval."))
    refusals = guards.ready_for_approval(agreement)
    if refusals:
        raise Refused(*refusals)
    approval = Approval.objects.create(
        version=version, party=Party.HOST, person=by, content_hash=version.content_hash, at=clock.now()
    )
    papers.perform(agreement, "approve", by=by, version=version.number)
    call_off(f"agreement:{agreement.pk}:terms")
    notices.terms_approved(agreement)
    settle(agreement)
    return approval


def settle(agreement: Agreement) -> None:
    """Say in the case whose turn it is with this paper."""
    case = agreement.secondment
    owner, contact = case.owner, case.host_contact
    match agreement.state:
        case PaperState.DRAFT:
            turns.pass_to(case, turns.TERMS, [owner])
        case PaperState.NEGOTIATION if agreement.change_requests.filter(state=RequestState.OPEN).exists():
            turns.pass_to(case, turns.CHANGE, [owner])
        case PaperState.NEGOTIATION:
            turns.pass_to(case, turns.HOST_TERMS, [contact] if contact else [])
        case PaperState.APPROVED if agreement.change_requests.filter(state=RequestState.OPEN).exists():
            turns.pass_to(case, turns.CHANGE, [owner])
        case PaperState.APPROVED:
            turns.pass_to(case, turns.ISSUE, [owner])
        case PaperState.SIGNING:
            slot = agreement.slots.open().select_related("signatory").order_by("turn").first()
            if slot:
                turns.pass_to(case, turns.SIGNATURE, [slot.signatory], slot.due_on)
        case PaperState.DECLINED:
            turns.pass_to(case, turns.DECLINED_PAPER, [owner])


def _require_editor(agreement: Agreement, person: Person) -> None:
    if not policies.may_edit(agreement, person):
        raise NotAllowed(_("Only HR of the seconder prepares the terms."))
