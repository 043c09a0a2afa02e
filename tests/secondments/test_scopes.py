"""Each right is a pair, a test on one object and a QuerySet; over a full cast and many cases the two agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet

from people import clock
from people.models import Membership, Person
from secondments import capacities, placement_policies, policies, scopes
from secondments.actions import (
    absences,
    case_parts,
    charges,
    checkins,
    concerns,
    deputies,
    evaluations,
    expenses,
    leaves,
    reorganisations,
    touches,
    wishes,
)
from secondments.choices import Part
from secondments.models import (
    Absence,
    CasePart,
    Charge,
    CheckIn,
    ChecklistItem,
    Concern,
    Decision,
    Evaluation,
    Expense,
    Leave,
    Reorganisation,
    Secondment,
    Touch,
    Wish,
)
from tests.cast import Cast, fresh, member, on, person

Judge = Callable[[Any, Person], bool]


def of_case(test: Callable[[Any, frozenset[Part]], bool]) -> Judge:
    return lambda row, who: test(row, policies.parts_of(fresh(row.secondment), who))


PAIRS: dict[str, tuple[type, Judge, Callable[[Person], QuerySet]]] = {
    "case": (Secondment, lambda c, who: policies.may_see(fresh(c), who), Secondment.objects.visible_to),
    "edit": (Secondment, lambda c, who: policies.may_edit_proposal(fresh(c), who), scopes.editable_proposals),
    "salary": (Secondment, lambda c, who: policies.may_see_salary(fresh(c), who), scopes.salaries),
    "part": (CasePart, of_case(lambda row, parts: policies.may_see_people(parts)), scopes.parts),
    "decision": (Decision, of_case(policies.may_see_decision), scopes.decisions),
    "reason": (Decision, of_case(policies.may_see_reason), scopes.reasons),
    "checkin": (CheckIn, of_case(policies.may_read_checkin), scopes.checkins),
    "note": (
        CheckIn,
        lambda row, who: policies.may_read_note(row, policies.parts_of(fresh(row.secondment), who), who),
        scopes.private_notes,
    ),
    "summary": (CheckIn, of_case(policies.may_read_summary), scopes.summaries),
    "item": (ChecklistItem, of_case(policies.may_see_item), scopes.checklist_items),
    "concern": (
        Concern,
        lambda row, who: placement_policies.may_read_concern(row, policies.parts_of(fresh(row.secondment), who), who),
        scopes.concerns,
    ),
    "leave": (Leave, of_case(placement_policies.may_read_leave), scopes.leaves),
    "absence": (Absence, of_case(lambda row, parts: placement_policies.may_see_leave(parts)), scopes.absences),
    "touch": (Touch, of_case(lambda row, parts: placement_policies.may_see_touches(parts)), scopes.touches),
    "wish": (Wish, of_case(placement_policies.may_read_wish), scopes.wishes),
    "reorganisation": (
        Reorganisation,
        of_case(lambda row, parts: placement_policies.may_read_reorganisation(row.party, parts)),
        scopes.reorganisations,
    ),
    "charge": (Charge, of_case(lambda row, parts: policies.may_see_recharge(parts)), scopes.charges),
    "expense": (Expense, of_case(placement_policies.may_read_expense), scopes.expenses),
    "evaluation": (
        Evaluation,
        of_case(
            lambda row, parts: policies.may_read_evaluation(
                row, parts, released=row.secondment.review_concluded_at is not None
            )
        ),
        scopes.evaluations,
    ),
}


pytestmark = pytest.mark.django_db  # each test in a savepoint inside the transaction of the world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[list[Person]]:
    """One for all of them; nothing of it is left."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(Cast.assemble())
        transaction.set_rollback(True)


def build(cast: Cast) -> list[Person]:
    """Cases in many states, and people in every part, in two, in none, as deputies, and with ended parts."""
    small = {"is_full_time": False, "weekly_hours": 2}
    cast.draft(**small)
    cast.declined(**small)
    cast.agreement_case(**small)
    internal = cast.proposal(kind="internal", host=cast.northwind, host_department="Sales", **small)
    active, review = cast.active(**small), cast.in_review(**small)
    cast.returning(**small)
    with on(active.start_on + timedelta(days=14)):
        for party, who in (("secondee", cast.secondee), ("host", cast.contact)):
            row = active.checkins.filter(party=party).order_by("due_on").first()
            answers = {"going": 2, "progress": "p", "support": "s", "wants_contact": False, "note_to_hr": "n"}
            checkins.share(checkins.complete(row, by=who, answers=answers), by=cast.hr, summary="It goes slowly.")
    _away(cast, active)
    done = review.evaluations.get(party="line_manager")
    answers = {"what_worked": "much", "skills": "planning", "would_repeat": True}
    results = {o.pk: ("met", "seen") for o in review.objectives.all()}
    evaluations.complete(done, by=cast.manager, answers=answers, results=results)
    people = dict(cast.people)
    people["supervisor"] = person("Sven Olsen")
    case_parts.name(active, Part.HOST_SUPERVISOR, people["supervisor"], by=cast.contact)
    people["host_finance"] = member(person("Fia Host"), cast.contoso, "finance")
    people["host_viewer"] = member(person("Vio Host"), cast.contoso, "viewer")
    people["hr_of_both"] = member(member(person("Bo Both"), cast.northwind, "hr"), cast.contoso, "hr")
    people["hr_and_finance"] = member(member(person("Hi Fi"), cast.northwind, "hr"), cast.northwind, "finance")
    people["former_hr"] = member(person("Was Here"), cast.northwind, "hr")
    Membership.objects.filter(person=people["former_hr"]).update(until=clock.now())
    people["deputy"] = person("Dep Uty")
    today = clock.today("UTC")
    row = deputies.name(
        people["deputy"], by=cast.contact, part=Part.HOST_CONTACT, since=today, until=today + timedelta(days=9)
    )
    deputies.accept(row, by=people["deputy"])
    member(cast.manager, cast.northwind, "hr")
    capacities.choose(fresh(active), again(cast.manager), "line_manager")
    capacities.choose(fresh(internal), again(people["hr_and_finance"]), "finance_seconder")
    successor = people["successor"] = person("Suc Cessor")
    case_parts.name(review, Part.HOST_CONTACT, successor, by=cast.host_hr)
    member(cast.secondee, cast.contoso, "hr")
    return list(people.values())


def _away(cast: Cast, case: Secondment) -> None:
    """Concerns of each side, disclosed or given to the line manager; leave in every state; an absence; a contact."""
    with on(case.start_on + timedelta(days=14)):
        for who in (cast.contact, cast.secondee, cast.hr):
            concerns.report(case, by=who, kind="other", what="Something.")
        told, given = (concerns.report(case, by=cast.contact, kind="other", what="Something.") for _ in range(2))
        concerns.disclose(told, by=cast.hr, text="Somebody said something.")
        concerns.give(given, by=cast.hr, owner=cast.manager)
        first = case.start_on + timedelta(days=28 - case.start_on.weekday())
        for n, answer in enumerate((None, True, False, True)):
            day = first + timedelta(weeks=n)
            row = leaves.ask(case, by=cast.secondee, kind="unpaid", first_day=day, last_day=day + timedelta(days=4))
            if answer is not None:
                leaves.decide(row, by=cast.manager, granted=answer, reason="It is so.")
        leaves.cancel(row, by=cast.secondee)
        absences.tell(case, by=cast.secondee, kind="other", first_day=case.start_on)
        touches.note(case, by=cast.manager, on=case.start_on, channel="call")
        for who in (cast.contact, cast.secondee, cast.hr, cast.manager):
            for _ in range(2):
                asked = wishes.ask(case, by=who, location="Gdynia", reason="It moves.")
            wishes.take_back(asked, by=who)
            if who in (cast.contact, cast.hr):
                reorganisations.tell(case, by=who, what="Two teams merge.")
        terms = {"model": "fixed", "frequency": "month", "currency": "GBP", "fixed": Decimal(900), "payment_days": 30}
        charges.set_terms(case, by=cast.hr, fields=terms)
        for answer in ({"approved": True, "passed_on": True}, {"approved": True}, {"approved": False, "reason": "No."}):
            row = expenses.claim(
                case, by=cast.secondee, spent_on=case.start_on, kind="meals", amount=Decimal(9), name="b.png",
                receipt=b"\x89PNG\r\n\x1a\n",
            )  # fmt: skip
            expenses.decide(row, by=cast.finance, **answer)


def again(who: Person) -> Person:
    return Person.objects.get(pk=who.pk)


def disagreements(people: Iterable[Person], name: str) -> tuple[list[tuple[str, Any, bool]], int, int]:
    model, judge, scope = PAIRS[name]
    rows = two_of_each(model.objects.all())
    wrong, yes, no = [], 0, 0
    for who in map(again, people):
        listed = set(scope(who).values_list("pk", flat=True))
        judged = again(who)  # once for all rows, as in a request
        for row in rows:
            one = judge(row, judged)
            yes, no = yes + one, no + (not one)
            if one != (row.pk in listed):
                wrong.append((who.full_name, row, one))
    return wrong, yes, no


def two_of_each(rows: Iterable[Any]) -> list[Any]:
    """Of rows that differ in nothing that a right looks at, two."""
    kept: dict[tuple[object, ...], list[Any]] = defaultdict(list)
    for row in rows:
        alike = [
            getattr(row, name, None)
            for name in (
                "secondment_id",
                "kind",
                "party",
                "part",
                "list",
                "until",
                "told_at",
                "owner_id",
                "granted",
                "approved",
                "passed_on",
                "cancelled_at",
                "taken_back_at",
            )
        ]
        same = kept[type(row), getattr(row, "completed_at", None) is None, *alike]
        if len(same) < 2 or isinstance(row, Secondment):
            same.append(row)
    return [row for same in kept.values() for row in same]


@pytest.mark.parametrize("name", PAIRS)
def test_object_test_and_queryset_agree(world: list[Person], name: str) -> None:
    wrong, yes, no = disagreements(world, name)
    assert wrong == []
    assert yes > 0 and no > 0  # the comparison is not blind


def test_comparison_sees_a_queryset_that_is_too_wide(world: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    model, judge, _scope = PAIRS["reason"]
    monkeypatch.setitem(PAIRS, "reason", (model, judge, scopes.decisions))
    assert disagreements(world, "reason")[0] != []
