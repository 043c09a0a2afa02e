"""Who may do and see what in one case: parts of a person, and tests on them.

Each test on an object has its QuerySet where lists need one (``Secondment.objects.visible_to``).
"""

from __future__ import annotations

from collections.abc import Iterable

from people.models import Membership, Person
from people.roles import Role
from secondments import capacities
from secondments.choices import DecisionKind, ListKind, Part, Party
from secondments.models import (
    Appeal,
    Attachment,
    CasePart,
    CheckIn,
    ChecklistItem,
    Decision,
    Evaluation,
    Idea,
    Question,
    Secondment,
)
from secondments.states import BEFORE_START, CLOSED, PLACED, State


def parts_of(secondment: Secondment, person: Person) -> frozenset[Part]:
    """The one part in which somebody acts in a case, as a set; empty for a stranger. Rights are never added up."""
    capacity = capacities.acting(secondment, person)
    return frozenset({capacity.part}) if capacity else frozenset()


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


def may_see_people(parts: frozenset[Part]) -> bool:
    """Who has which part: everybody who has one, and HR of both sides."""
    return bool(parts - ONLOOKERS)


def may_see_business_case(parts: Iterable[Part]) -> bool:
    return not {Part.FINANCE_SECONDER, Part.FINANCE_HOST}.issuperset(parts)


ONLOOKERS = frozenset({Part.FINANCE_SECONDER, Part.FINANCE_HOST, Part.VIEWER_SECONDER, Part.VIEWER_HOST})
DECIDES = {
    DecisionKind.RELEASE: frozenset({Part.LINE_MANAGER}),
    DecisionKind.CONSENT: frozenset({Part.SECONDEE}),
    DecisionKind.ACCEPTANCE: frozenset({Part.HOST_CONTACT, Part.HR_HOST}),
}


def may_decide(decision: Decision, person: Person) -> bool:
    """In the part that the decision belongs to; and nobody who is HR of the seconder decides for the host."""
    secondment, parts = decision.secondment, parts_of(decision.secondment, person)
    if decision.kind == DecisionKind.ACCEPTANCE:
        if speaks_for_seconder(secondment, person):
            return False
        if Part.HOST_CONTACT in parts and not host_knows_contact(secondment):
            return False
    return bool(parts & DECIDES[DecisionKind(decision.kind)])


def host_has_hr(secondment: Secondment) -> bool:
    """Whether the host keeps itself here: then only its own people say who speaks and signs for it."""
    members = Membership.objects.current().filter(organisation=secondment.host_id, role=Role.HR)
    return secondment.host_id is not None and members.filter(person__is_active=True).exists()


def host_knows_contact(secondment: Secondment) -> bool:
    """Whether the contact speaks for the host in its own eyes, not only in the seconder's.

    Where the host keeps itself here, its contact works there, or its side has named them; whoever the seconder's
    HR wrote into the proposal otherwise decides and names nothing before the host's HR has confirmed them.
    """
    contact = secondment.host_contact
    if contact is None or secondment.is_internal or not host_has_hr(secondment):
        return True
    if contact.works_for(secondment.host_id, *Role.values):
        return True
    if contact.employments.current().filter(organisation=secondment.host_id).exists():
        return True
    own = Membership.objects.filter(organisation=secondment.seconder_id, role=Role.HR)
    named = CasePart.objects.current().filter(secondment=secondment, part=Part.HOST_CONTACT, person=contact)
    return named.filter(given_by__isnull=False).exclude(given_by__in=own.values("person")).exists()


def speaks_for_seconder(secondment: Secondment, person: Person) -> bool:
    """Whether somebody could act for the seconder, whatever they act as now: then they never act for the host."""
    return Part.HR_SECONDER in capacities.all_parts(secondment, person)


# Why somebody said no: the secondee's reason is for HR of the seconder alone; the others' for both HR and secondee.
REASON_READERS = {
    DecisionKind.CONSENT: frozenset({Part.HR_SECONDER, Part.SECONDEE}),
    DecisionKind.RELEASE: frozenset({Part.HR_SECONDER, Part.LINE_MANAGER, Part.SECONDEE}),
    DecisionKind.ACCEPTANCE: frozenset(
        {Part.HR_SECONDER, Part.SECONDEE, Part.LINE_MANAGER, Part.HOST_CONTACT, Part.HR_HOST}
    ),
}
DECISION_READERS = frozenset(Part) - {Part.FINANCE_SECONDER, Part.FINANCE_HOST}


def may_see_reason(decision: Decision, parts: frozenset[Part]) -> bool:
    return bool(parts & REASON_READERS[DecisionKind(decision.kind)])


def may_see_decision(decision: Decision, parts: frozenset[Part]) -> bool:
    """Finance sees no decisions; release and consent are shown to the host as given or not, without reasons."""
    return bool(parts & DECISION_READERS)


# --- The proposal beside its decisions


def may_attach(secondment: Secondment, person: Person) -> bool:
    """HR of the seconder keeps files with a case until it is closed."""
    return secondment.state not in CLOSED and Part.HR_SECONDER in parts_of(secondment, person)


FILE_READERS = frozenset({Part.SECONDEE, Part.LINE_MANAGER, Part.HOST_CONTACT, Part.HR_HOST})


def may_read_attachment(attachment: Attachment, parts: frozenset[Part]) -> bool:
    """HR of the seconder all that are there; who decides those that are shown to them."""
    if attachment.removed_at is not None:
        return False
    return Part.HR_SECONDER in parts or (attachment.is_shared and bool(parts & FILE_READERS))


HOME_SIDE = frozenset({Part.HR_SECONDER, Part.LINE_MANAGER, Part.SECONDEE})
COVER_READERS = frozenset({Part.HR_SECONDER, Part.LINE_MANAGER})


def may_see_home_side(parts: frozenset[Part]) -> bool:
    """What the host's side does not read: cover, risks, what happens if it is refused."""
    return bool(parts & HOME_SIDE)


def may_see_eligibility(parts: frozenset[Part]) -> bool:
    """Facts and overrides: HR of the seconder and the line manager."""
    return bool(parts & COVER_READERS)


RECHARGE_READERS = frozenset(
    {Part.HR_SECONDER, Part.FINANCE_SECONDER, Part.LINE_MANAGER, Part.HOST_CONTACT, Part.HR_HOST, Part.FINANCE_HOST}
)


def may_see_recharge(parts: frozenset[Part]) -> bool:
    """What the host pays in all; the whole estimate tells a salary (``may_see_salary``)."""
    return bool(parts & RECHARGE_READERS)


def may_read_question(question: Question, parts: frozenset[Part]) -> bool:
    """HR of the seconder; whoever decides what was asked about, since the proposal was last submitted.

    What came before a revision is between HR and those who were in it then.
    """
    if Part.HR_SECONDER in parts:
        return True
    submitted = question.secondment.submitted_at
    is_of_now = submitted is not None and question.asked_at >= submitted
    return is_of_now and bool(parts & DECIDES[DecisionKind(question.kind)])


def may_appeal(secondment: Secondment, person: Person) -> bool:
    """The secondee, once, while the case is declined because the line manager refused to release them."""
    if secondment.state != State.DECLINED or Part.SECONDEE not in parts_of(secondment, person):
        return False
    refused = secondment.decisions.filter(revision=secondment.revision, kind=DecisionKind.RELEASE, verdict=False)
    return refused.exists() and not Appeal.objects.filter(secondment=secondment, asked_by=person).exists()


def may_see_appeal(parts: frozenset[Part]) -> bool:
    """The appeal of the present secondee; what one before them asked is HR's memory."""
    return bool(parts & HOME_SIDE)


def may_view_idea(idea: Idea, person: Person) -> bool:
    """The line manager of whom it is about says what they think, until HR has answered."""
    return idea.answered_at is None and idea.line_manager_id == person.pk and idea.asked_by_id != person.pk


def may_answer_idea(idea: Idea, person: Person) -> bool:
    """HR of the employer, and nobody an idea about themselves."""
    return person.works_for(idea.seconder_id, Role.HR) and idea.secondee_id != person.pk


SPEAKS_FOR = {
    Party.SECONDEE: frozenset({Part.SECONDEE}),
    Party.LINE_MANAGER: frozenset({Part.LINE_MANAGER}),
    Party.HOST: frozenset({Part.HOST_CONTACT, Part.HOST_SUPERVISOR}),
}


def may_answer(checkin: CheckIn, parts: frozenset[Part]) -> bool:
    return bool(parts & SPEAKS_FOR[Party(checkin.party)])


def extra_checkins_of(secondment: Secondment, person: Person) -> list[Party]:
    """Of which parties somebody may ask for another check-in."""
    parts = parts_of(secondment, person)
    if secondment.state not in PLACED:
        return []
    if parts & {Part.HR_SECONDER, Part.LINE_MANAGER}:
        return [Party.SECONDEE, Party.HOST]
    return [party for party in (Party.SECONDEE, Party.HOST) if parts & SPEAKS_FOR[party]]


def may_read_checkin(checkin: CheckIn, parts: frozenset[Part]) -> bool:
    """Answers: those of one's own party, HR of the seconder all, HR of the host the host's."""
    if may_answer(checkin, parts) or Part.HR_SECONDER in parts:
        return True
    return checkin.party == Party.HOST and Part.HR_HOST in parts


def may_read_summary(checkin: CheckIn, parts: frozenset[Part]) -> bool:
    """What HR has told the line manager of a check-in: they, and who reads the answers."""
    return checkin.shared_at is not None and (Part.LINE_MANAGER in parts or may_read_checkin(checkin, parts))


def may_read_note(checkin: CheckIn, parts: frozenset[Part], person: Person) -> bool:
    """The private note is for HR of the seconder and who wrote it, whoever else reads the answers."""
    wrote = checkin.person_id == person.pk and may_answer(checkin, parts)
    return wrote or Part.HR_SECONDER in parts


def may_evaluate(evaluation: Evaluation, parts: frozenset[Part]) -> bool:
    return bool(parts & SPEAKS_FOR[Party(evaluation.party)])


def may_read_evaluation(evaluation: Evaluation, parts: frozenset[Part], *, released: bool) -> bool:
    """That of one's own party; HR of the seconder all; the others' once HR has released them, or has concluded."""
    if may_evaluate(evaluation, parts) or Part.HR_SECONDER in parts:
        return True
    return released and bool(parts & REVIEWERS)


REVIEWERS = frozenset(
    {Part.HR_SECONDER, Part.SECONDEE, Part.LINE_MANAGER, Part.HOST_CONTACT, Part.HOST_SUPERVISOR, Part.HR_HOST}
)


def may_see_review(parts: frozenset[Part]) -> bool:
    """The evaluations' states and the conclusion: those who evaluate and HR of both sides."""
    return bool(parts & REVIEWERS)


def may_see_outcome(parts: frozenset[Part]) -> bool:
    """Where the secondee is afterwards is the home side's; the host has its own handback."""
    return bool(parts & {Part.HR_SECONDER, Part.SECONDEE, Part.LINE_MANAGER})


AT_HOST = frozenset({Part.HOST_CONTACT, Part.HOST_SUPERVISOR, Part.HR_HOST})
LIST_READERS = {
    ListKind.OUTWARD: frozenset({Part.HR_SECONDER, Part.LINE_MANAGER, Part.SECONDEE}),
    ListKind.INWARD: AT_HOST | {Part.HR_SECONDER, Part.SECONDEE},
    ListKind.RETURN: AT_HOST | {Part.HR_SECONDER, Part.LINE_MANAGER, Part.SECONDEE},
}

PARTS_OF_PARTY = {
    Party.SECONDEE: frozenset({Part.SECONDEE}),
    Party.LINE_MANAGER: frozenset({Part.LINE_MANAGER}),
    Party.HOST: AT_HOST,
    Party.SECONDER: frozenset({Part.HR_SECONDER}),
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
    return Part.HR_SECONDER in parts and (item.list != ListKind.INWARD or item.secondment.is_internal)


def lists_run_by(secondment: Secondment, parts: frozenset[Part]) -> list[ListKind]:
    """Lists that somebody adds to and waives on: each side's HR its own; the inward list is the host's."""
    hr = Part.HR_SECONDER in parts
    outward = [ListKind.OUTWARD, ListKind.RETURN] if hr else []
    inward = [ListKind.INWARD] if Part.HR_HOST in parts or (hr and secondment.is_internal) else []
    return [*outward, *inward]


SCHEDULED = AT_HOST | HOME_SIDE  # who has dates of a placement in a calendar


def may_run(secondment: Secondment, person: Person) -> bool:
    """The acts of HR of the seconder: end early, conclude the review, outcome, checklists, evaluations' release."""
    return Part.HR_SECONDER in parts_of(secondment, person)


SALARY_READERS = frozenset({Part.HR_SECONDER, Part.FINANCE_SECONDER, Part.SECONDEE})


def may_see_salary(secondment: Secondment, person: Person) -> bool:
    return bool(parts_of(secondment, person) & SALARY_READERS)
