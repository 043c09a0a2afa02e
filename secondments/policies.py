"""Who may do and see what in one case: parts of a person, and tests on them.

Each test on an object has its QuerySet where lists need one (``Secondment.objects.visible_to``).
"""

from __future__ import annotations

from collections.abc import Iterable

from people.models import Person
from people.roles import Role
from secondments.choices import ListKind, Part, Party
from secondments.models import CheckIn, ChecklistItem, Decision, Evaluation, Secondment
from secondments.states import BEFORE_START, State


def parts_of(secondment: Secondment, person: Person) -> frozenset[Part]:
    """Everything that somebody is in a case; empty for a stranger."""
    named = {
        Part.SECONDEE: secondment.secondee_id,
        Part.LINE_MANAGER: secondment.line_manager_id,
        Part.HOST_CONTACT: secondment.host_contact_id,
        Part.SIGNATORY_HOST: secondment.host_signatory_id,
        Part.SIGNATORY_SECONDER: secondment.seconder_signatory_id,
    }
    found = {part for part, who in named.items() if who == person.pk}
    members = [
        (Part.HR_SECONDER, secondment.seconder_id, Role.HR),
        (Part.FINANCE_SECONDER, secondment.seconder_id, Role.FINANCE),
        (Part.VIEWER_SECONDER, secondment.seconder_id, Role.VIEWER),
        (Part.HR_HOST, secondment.host_id, Role.HR),
        (Part.FINANCE_HOST, secondment.host_id, Role.FINANCE),
        (Part.VIEWER_HOST, secondment.host_id, Role.VIEWER),
    ]
    found |= {part for part, organisation, role in members if person.works_for(organisation, role)}
    if secondment.submitted_at is None:
        found &= {Part.HR_SECONDER}
    return frozenset(found)


def may_see(secondment: Secondment, person: Person) -> bool:
    """The object's side of ``visible_to``."""
    return bool(parts_of(secondment, person))


def may_edit_proposal(secondment: Secondment, person: Person) -> bool:
    return secondment.state == State.DRAFT and Part.HR_SECONDER in parts_of(secondment, person)


def may_withdraw(secondment: Secondment, person: Person) -> bool:
    """HR of the seconder until the start; the secondee until the agreement is signed by all."""
    parts = parts_of(secondment, person)
    if Part.HR_SECONDER in parts:
        return secondment.state in BEFORE_START
    return Part.SECONDEE in parts and secondment.state in {State.PROPOSAL, State.AGREEMENT}


def may_see_business_case(parts: Iterable[Part]) -> bool:
    return not {Part.FINANCE_SECONDER, Part.FINANCE_HOST}.issuperset(parts)


def may_decide(decision: Decision, person: Person) -> bool:
    return decision.decider_id == person.pk


def may_see_reason(decision: Decision, parts: frozenset[Part], person: Person) -> bool:
    """The reason of a refusal: the secondee's is for HR of the seconder alone; the others' for both HR and secondee."""
    if decision.decider_id == person.pk or Part.HR_SECONDER in parts:
        return True
    if decision.kind == "consent":
        return False
    if decision.kind == "release":
        return Part.SECONDEE in parts
    return bool(parts & {Part.SECONDEE, Part.LINE_MANAGER, Part.HR_HOST})


def may_see_decision(decision: Decision, parts: frozenset[Part]) -> bool:
    """Finance sees no decisions; release and consent are shown to the host as given or not, without reasons."""
    return bool(parts - {Part.FINANCE_SECONDER, Part.FINANCE_HOST})


def may_answer(checkin: CheckIn, person: Person) -> bool:
    return checkin.person_id == person.pk


def may_read_checkin(checkin: CheckIn, parts: frozenset[Part], person: Person) -> bool:
    """Answers: one's own, HR of the seconder all, HR of the host the host's."""
    if checkin.person_id == person.pk or Part.HR_SECONDER in parts:
        return True
    return checkin.party == Party.HOST and Part.HR_HOST in parts


def may_read_note(checkin: CheckIn, parts: frozenset[Part], person: Person) -> bool:
    """The private note is for HR of the seconder and who wrote it, whoever else reads the answers."""
    return checkin.person_id == person.pk or Part.HR_SECONDER in parts


def may_evaluate(evaluation: Evaluation, person: Person) -> bool:
    return evaluation.person_id == person.pk


def may_read_evaluation(evaluation: Evaluation, parts: frozenset[Part], person: Person, *, released: bool) -> bool:
    """One's own; HR of the seconder all; the others' once they are released, which the conclusion does."""
    if evaluation.person_id == person.pk or Part.HR_SECONDER in parts:
        return True
    allowed = {Part.SECONDEE, Part.LINE_MANAGER, Part.HOST_CONTACT, Part.HR_HOST}
    return released and bool(parts & allowed)


def may_see_review(parts: frozenset[Part]) -> bool:
    """The evaluations' states and the conclusion: those who evaluate and HR of both sides."""
    return bool(parts & {Part.HR_SECONDER, Part.SECONDEE, Part.LINE_MANAGER, Part.HOST_CONTACT, Part.HR_HOST})


def may_see_outcome(parts: frozenset[Part]) -> bool:
    """Where the secondee is afterwards is the home side's; the host has its own handback."""
    return bool(parts & {Part.HR_SECONDER, Part.SECONDEE, Part.LINE_MANAGER})


LIST_READERS = {
    ListKind.OUTWARD: {Part.HR_SECONDER, Part.LINE_MANAGER, Part.SECONDEE},
    ListKind.INWARD: {Part.HR_SECONDER, Part.SECONDEE, Part.HOST_CONTACT, Part.HR_HOST},
    ListKind.RETURN: {Part.HR_SECONDER, Part.LINE_MANAGER, Part.SECONDEE, Part.HOST_CONTACT, Part.HR_HOST},
}

PARTS_OF_PARTY = {
    Party.SECONDEE: {Part.SECONDEE},
    Party.LINE_MANAGER: {Part.LINE_MANAGER},
    Party.HOST: {Part.HOST_CONTACT, Part.HR_HOST},
    Party.SECONDER: {Part.HR_SECONDER},
}


def may_see_item(item: ChecklistItem, parts: frozenset[Part]) -> bool:
    """Whole lists to who may read them; of the return list the host sees its own handback."""
    if not parts & LIST_READERS[ListKind(item.list)]:
        return False
    if item.list == ListKind.RETURN and not parts & {Part.HR_SECONDER, Part.LINE_MANAGER, Part.SECONDEE}:
        return item.party == Party.HOST
    return True


def may_tick(item: ChecklistItem, parts: frozenset[Part]) -> bool:
    """Its owner; HR of the seconder for what its side owns (access.md: it only reads the inward list)."""
    if parts & PARTS_OF_PARTY[Party(item.party)]:
        return True
    return Part.HR_SECONDER in parts and item.list != ListKind.INWARD


def lists_run_by(parts: frozenset[Part]) -> list[ListKind]:
    """Lists that somebody adds to and waives on: each side's HR its own; the inward list is the host's."""
    outward = [ListKind.OUTWARD, ListKind.RETURN] if Part.HR_SECONDER in parts else []
    inward = [ListKind.INWARD] if Part.HR_HOST in parts else []
    return [*outward, *inward]


def may_run(secondment: Secondment, person: Person) -> bool:
    """The acts of HR of the seconder: end early, conclude the review, outcome, checklists, evaluations' release."""
    return Part.HR_SECONDER in parts_of(secondment, person)


def may_see_salary(secondment: Secondment, person: Person) -> bool:
    parts = parts_of(secondment, person)
    return bool(parts & {Part.HR_SECONDER, Part.FINANCE_SECONDER}) or secondment.secondee_id == person.pk
