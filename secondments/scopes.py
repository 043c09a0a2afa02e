"""For lists: the rows of cases that somebody may read, as QuerySets; each is the pair of a test in policies.py."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F, Q, QuerySet

from people.models import Person
from people.roles import Role
from secondments import capacities, placement_policies, policies
from secondments.choices import DecisionKind, ListKind, Part, Party
from secondments.models import (
    Absence,
    Appeal,
    Attachment,
    CasePart,
    Charge,
    CheckIn,
    ChecklistItem,
    Concern,
    Decision,
    Estimate,
    Evaluation,
    Expense,
    Idea,
    Leave,
    Override,
    Question,
    Reorganisation,
    Secondment,
    Touch,
    Wish,
)


def cases_in(person: Person, parts: Collection[Part]) -> QuerySet[Secondment]:
    """Cases in which somebody acts in one of these parts now."""
    scopes = capacities.cases_as(person)
    found = Q(pk__in=[])
    for part in sorted(parts):
        found |= scopes[part]
    return Secondment.objects.filter(found)


def editable_proposals(person: Person) -> QuerySet[Secondment]:
    """The pair of ``may_edit_proposal``."""
    return cases_in(person, {Part.HR_SECONDER}).filter(state=policies.State.DRAFT)


def parts(person: Person) -> QuerySet[CasePart]:
    """The pair of ``may_see_people``."""
    return CasePart.objects.filter(secondment__in=cases_in(person, frozenset(Part) - policies.ONLOOKERS))


def decisions(person: Person) -> QuerySet[Decision]:
    """The pair of ``may_see_decision``."""
    return Decision.objects.filter(secondment__in=cases_in(person, policies.DECISION_READERS))


def reasons(person: Person) -> QuerySet[Decision]:
    """The pair of ``may_see_reason``: decisions whose reason somebody may read."""
    found = Q(pk__in=[])
    for kind in DecisionKind:
        found |= Q(kind=kind, secondment__in=cases_in(person, policies.REASON_READERS[kind]))
    return Decision.objects.filter(found)


def attachments(person: Person) -> QuerySet[Attachment]:
    """The pair of ``may_read_attachment``."""
    found = Q(secondment__in=cases_in(person, {Part.HR_SECONDER}))
    found |= Q(is_shared=True, secondment__in=cases_in(person, policies.FILE_READERS))
    return Attachment.objects.filter(found, removed_at__isnull=True)


def questions(person: Person) -> QuerySet[Question]:
    """The pair of ``may_read_question``."""
    found = Q(secondment__in=cases_in(person, {Part.HR_SECONDER}))
    for kind in DecisionKind:
        deciding = cases_in(person, policies.DECIDES[kind])
        found |= Q(kind=kind, secondment__in=deciding, asked_at__gte=F("secondment__submitted_at"))
    return Question.objects.filter(found)


def overrides(person: Person) -> QuerySet[Override]:
    """The pair of ``may_see_eligibility``."""
    return Override.objects.filter(secondment__in=cases_in(person, policies.COVER_READERS))


def estimates(person: Person) -> QuerySet[Estimate]:
    """The pair of ``may_see_salary``: whole estimates tell one."""
    return Estimate.objects.filter(secondment__in=salaries(person))


def appeals(person: Person) -> QuerySet[Appeal]:
    """The pair of ``may_see_appeal``."""
    own = Q(secondment__in=cases_in(person, policies.HOME_SIDE), asked_by=F("secondment__secondee"))
    return Appeal.objects.filter(own)


def answerable_ideas(person: Person) -> QuerySet[Idea]:
    """The pair of ``may_answer_idea``."""
    return Idea.objects.filter(seconder__in=person.organisations_as(Role.HR)).exclude(secondee=person)


def checkins(person: Person) -> QuerySet[CheckIn]:
    """The pair of ``may_read_checkin``."""
    found = Q(secondment__in=cases_in(person, {Part.HR_SECONDER}))
    found |= Q(party=Party.SECONDEE, secondment__in=cases_in(person, policies.SPEAKS_FOR[Party.SECONDEE]))
    at_host = policies.SPEAKS_FOR[Party.HOST] | {Part.HR_HOST}
    found |= Q(party=Party.HOST, secondment__in=cases_in(person, at_host))
    return CheckIn.objects.filter(found)


def summaries(person: Person) -> QuerySet[CheckIn]:
    """The pair of ``may_read_summary``."""
    managed = Q(secondment__in=cases_in(person, {Part.LINE_MANAGER}))
    return CheckIn.objects.filter(managed | Q(pk__in=checkins(person)), shared_at__isnull=False)


def private_notes(person: Person) -> QuerySet[CheckIn]:
    """The pair of ``may_read_note``."""
    found = Q(secondment__in=cases_in(person, {Part.HR_SECONDER}))
    for party in (Party.SECONDEE, Party.HOST):
        found |= Q(person=person, party=party, secondment__in=cases_in(person, policies.SPEAKS_FOR[party]))
    return CheckIn.objects.filter(found)


def checklist_items(person: Person) -> QuerySet[ChecklistItem]:
    """The pair of ``may_see_item``."""
    found = Q(pk__in=[])
    for kind in ListKind:
        readers = policies.LIST_READERS[kind]
        if kind == ListKind.RETURN:
            found |= Q(list=kind, party=Party.HOST, secondment__in=cases_in(person, readers & policies.AT_HOST))
            readers = readers - policies.AT_HOST
        found |= Q(list=kind, secondment__in=cases_in(person, readers))
    return ChecklistItem.objects.filter(found)


def evaluations(person: Person) -> QuerySet[Evaluation]:
    """The pair of ``may_read_evaluation``."""
    found = Q(secondment__in=cases_in(person, {Part.HR_SECONDER}))
    for party, speakers in policies.SPEAKS_FOR.items():
        found |= Q(party=party, secondment__in=cases_in(person, speakers))
    released = Q(secondment__review_concluded_at__isnull=False) | Q(secondment__review_released_at__isnull=False)
    found |= released & Q(secondment__in=cases_in(person, policies.REVIEWERS))
    return Evaluation.objects.filter(found)


def concerns(person: Person) -> QuerySet[Concern]:
    """The pair of ``may_read_concern``."""
    found = Q(secondment__in=cases_in(person, {Part.HR_SECONDER}))
    for party, parts in placement_policies.OWN_CONCERNS.items():
        found |= Q(party=party, secondment__in=cases_in(person, parts))
    found |= Q(owner=person, secondment__in=cases_in(person, {Part.LINE_MANAGER}))
    found |= Q(told_at__isnull=False, secondment__in=cases_in(person, {Part.SECONDEE}))
    return Concern.objects.filter(found)


def leaves(person: Person) -> QuerySet[Leave]:
    """The pair of ``may_read_leave``."""
    found = Q(secondment__in=cases_in(person, policies.HOME_SIDE))
    return Leave.objects.filter(found | Leave.STANDS & Q(secondment__in=cases_in(person, policies.AT_HOST)))


def absences(person: Person) -> QuerySet[Absence]:
    """The pair of ``may_see_leave``."""
    return Absence.objects.filter(secondment__in=cases_in(person, placement_policies.LEAVE_READERS))


def touches(person: Person) -> QuerySet[Touch]:
    """The pair of ``may_see_touches``."""
    return Touch.objects.filter(secondment__in=cases_in(person, policies.HOME_SIDE))


def charges(person: Person) -> QuerySet[Charge]:
    """The pair of ``may_see_recharge``, for what the host pays period by period."""
    return Charge.objects.filter(secondment__in=cases_in(person, policies.RECHARGE_READERS))


def expenses(person: Person) -> QuerySet[Expense]:
    """The pair of ``may_read_expense``."""
    found = Q(secondment__in=cases_in(person, placement_policies.EXPENSE_READERS))
    found |= Q(passed_on=True, secondment__in=cases_in(person, {Part.FINANCE_HOST, Part.HR_HOST}))
    return Expense.objects.filter(found)


def reorganisations(person: Person) -> QuerySet[Reorganisation]:
    """The pair of ``may_read_reorganisation``."""
    found = Q(secondment__in=cases_in(person, policies.HOME_SIDE))
    return Reorganisation.objects.filter(found | Q(party=Party.HOST, secondment__in=cases_in(person, policies.AT_HOST)))


def wishes(person: Person) -> QuerySet[Wish]:
    """The pair of ``may_read_wish``."""
    found = Q(taken_back_at__isnull=True, secondment__in=cases_in(person, placement_policies.WISH_READERS))
    found |= Q(secondment__in=cases_in(person, {Part.HR_SECONDER}))
    for part, party in placement_policies.ASKS_CHANGE.items():
        found |= Q(party=party, secondment__in=cases_in(person, {part}))
    return Wish.objects.filter(found)


def salaries(person: Person) -> QuerySet[Secondment]:
    """The pair of ``may_see_salary``."""
    return cases_in(person, policies.SALARY_READERS)
