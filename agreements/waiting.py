"""Whose turn it is with a paper, said in its case."""

from __future__ import annotations

from agreements import policies
from agreements.models import Agreement, SignatureSlot
from agreements.states import Audience, PaperKind, PaperState, ProposalState, ThreadState
from people.models import Person
from secondments import turns
from secondments.choices import Party


def missing_approvals(agreement: Agreement) -> list[Party]:
    """Parties that have not approved the current version, in the order in which they are named."""
    assert agreement.current
    given = {row.party for row in agreement.current.approvals.all()}
    return [party for party in policies.APPROVERS[PaperKind(agreement.kind)] if party not in given]


def unsettled(agreement: Agreement) -> int:
    """Changes that wait for an answer and conversations of all parties that are open."""
    return (
        agreement.change_requests.filter(state=ProposalState.OPEN).count()
        + agreement.threads.filter(state=ThreadState.OPEN, audience=Audience.ALL).count()
    )


def speaker(agreement: Agreement, party: Party) -> Person | None:
    """Who is named when a party is waited for."""
    case = agreement.secondment
    return {Party.HOST: case.host_contact, Party.SECONDEE: case.secondee, Party.SECONDER: case.owner}.get(party)


def settle(agreement: Agreement, asked: list[SignatureSlot] | None = None) -> None:
    """Say in the case whose turn it is; further papers do not hold up a case that goes on without them.

    ``asked`` are the places whose turn it is, where the caller has them.
    """
    if agreement.kind != PaperKind.AGREEMENT:
        return
    case = agreement.secondment
    match agreement.state:
        case PaperState.DRAFT:
            turns.pass_to(case, turns.TERMS, [case.owner])
        case PaperState.NEGOTIATION | PaperState.APPROVED if _waits_for_hr(agreement):
            turns.pass_to(case, turns.CHANGE, [case.owner])
        case PaperState.NEGOTIATION:
            people = [speaker(agreement, party) for party in missing_approvals(agreement)]
            turns.pass_to(case, turns.HOST_TERMS, [person for person in people if person])
        case PaperState.APPROVED:
            turns.pass_to(case, turns.ISSUE, [case.owner])
        case PaperState.SIGNING:
            if now := asked or agreement.slots.whose_turn():
                turns.pass_to(case, turns.SIGNATURE, [slot.signatory for slot in now], now[0].due_on)
        case PaperState.DECLINED | PaperState.EXPIRED:
            turns.pass_to(case, turns.DECLINED_PAPER, [case.owner])


def _waits_for_hr(agreement: Agreement) -> bool:
    """A change proposed by a guest, or something that a guest said last, waits for an answer of HR."""
    asked = agreement.change_requests.filter(state=ProposalState.OPEN).exclude(party=Party.SECONDER)
    if asked.exists():
        return True
    for thread in agreement.threads.filter(state=ThreadState.OPEN, audience=Audience.ALL):
        last = thread.comments.order_by("-at", "-pk").first()
        if last and last.party != Party.SECONDER:
            return True
    return False
