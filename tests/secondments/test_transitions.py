"""The published matrix: what the door gives for every state, transition and part, once everything else is in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from people import clock
from people.models import LedgerEntry, Person
from secondments import transitions
from secondments.actions import checklists, decisions, evaluations, outcomes
from secondments.models import Secondment
from secondments.states import State
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, on

# ok: done. refused: the state has no such transition. denied: it has, but not for this part. A transition that
# completes an act (decline, approve, conclude) is nobody's button. The calendar is nobody, ``by=None``.
MATRIX = """
state     transition   hr      manager secondee contact signatory director host_hr finance viewer  stranger calendar
draft     submit       ok      denied  denied   denied  denied    denied   denied  denied  denied  denied   denied
draft     revise       refused refused refused  refused refused   refused  refused refused refused refused  refused
draft     decline      refused refused refused  refused refused   refused  refused refused refused refused  refused
draft     reopen       refused refused refused  refused refused   refused  refused refused refused refused  refused
draft     approve      refused refused refused  refused refused   refused  refused refused refused refused  refused
draft     conclude     refused refused refused  refused refused   refused  refused refused refused refused  refused
draft     start        refused refused refused  refused refused   refused  refused refused refused refused  refused
draft     begin_review refused refused refused  refused refused   refused  refused refused refused refused  refused
draft     extend       refused refused refused  refused refused   refused  refused refused refused refused  refused
draft     begin_return refused refused refused  refused refused   refused  refused refused refused refused  refused
draft     complete     refused refused refused  refused refused   refused  refused refused refused refused  refused
draft     withdraw     ok      denied  denied   denied  denied    denied   denied  denied  denied  denied   denied
proposal  submit       refused refused refused  refused refused   refused  refused refused refused refused  refused
proposal  revise       ok      denied  denied   denied  denied    denied   denied  denied  denied  denied   denied
proposal  decline      denied  denied  denied   denied  denied    denied   denied  denied  denied  denied   denied
proposal  reopen       refused refused refused  refused refused   refused  refused refused refused refused  refused
proposal  approve      denied  denied  denied   denied  denied    denied   denied  denied  denied  denied   ok
proposal  conclude     refused refused refused  refused refused   refused  refused refused refused refused  refused
proposal  start        refused refused refused  refused refused   refused  refused refused refused refused  refused
proposal  begin_review refused refused refused  refused refused   refused  refused refused refused refused  refused
proposal  extend       refused refused refused  refused refused   refused  refused refused refused refused  refused
proposal  begin_return refused refused refused  refused refused   refused  refused refused refused refused  refused
proposal  complete     refused refused refused  refused refused   refused  refused refused refused refused  refused
proposal  withdraw     ok      denied  ok       denied  denied    denied   denied  denied  denied  denied   denied
agreement submit       refused refused refused  refused refused   refused  refused refused refused refused  refused
agreement revise       refused refused refused  refused refused   refused  refused refused refused refused  refused
agreement decline      refused refused refused  refused refused   refused  refused refused refused refused  refused
agreement reopen       refused refused refused  refused refused   refused  refused refused refused refused  refused
agreement approve      refused refused refused  refused refused   refused  refused refused refused refused  refused
agreement conclude     denied  denied  denied   denied  denied    denied   denied  denied  denied  denied   ok
agreement start        refused refused refused  refused refused   refused  refused refused refused refused  refused
agreement begin_review refused refused refused  refused refused   refused  refused refused refused refused  refused
agreement extend       refused refused refused  refused refused   refused  refused refused refused refused  refused
agreement begin_return refused refused refused  refused refused   refused  refused refused refused refused  refused
agreement complete     refused refused refused  refused refused   refused  refused refused refused refused  refused
agreement withdraw     ok      denied  ok       denied  denied    denied   denied  denied  denied  denied   denied
agreed    submit       refused refused refused  refused refused   refused  refused refused refused refused  refused
agreed    revise       refused refused refused  refused refused   refused  refused refused refused refused  refused
agreed    decline      refused refused refused  refused refused   refused  refused refused refused refused  refused
agreed    reopen       refused refused refused  refused refused   refused  refused refused refused refused  refused
agreed    approve      refused refused refused  refused refused   refused  refused refused refused refused  refused
agreed    conclude     refused refused refused  refused refused   refused  refused refused refused refused  refused
agreed    start        ok      denied  denied   denied  denied    denied   denied  denied  denied  denied   ok
agreed    begin_review refused refused refused  refused refused   refused  refused refused refused refused  refused
agreed    extend       refused refused refused  refused refused   refused  refused refused refused refused  refused
agreed    begin_return refused refused refused  refused refused   refused  refused refused refused refused  refused
agreed    complete     refused refused refused  refused refused   refused  refused refused refused refused  refused
agreed    withdraw     ok      denied  denied   denied  denied    denied   denied  denied  denied  denied   denied
active    submit       refused refused refused  refused refused   refused  refused refused refused refused  refused
active    revise       refused refused refused  refused refused   refused  refused refused refused refused  refused
active    decline      refused refused refused  refused refused   refused  refused refused refused refused  refused
active    reopen       refused refused refused  refused refused   refused  refused refused refused refused  refused
active    approve      refused refused refused  refused refused   refused  refused refused refused refused  refused
active    conclude     refused refused refused  refused refused   refused  refused refused refused refused  refused
active    start        refused refused refused  refused refused   refused  refused refused refused refused  refused
active    begin_review ok      denied  denied   denied  denied    denied   denied  denied  denied  denied   ok
active    extend       refused refused refused  refused refused   refused  refused refused refused refused  refused
active    begin_return refused refused refused  refused refused   refused  refused refused refused refused  refused
active    complete     refused refused refused  refused refused   refused  refused refused refused refused  refused
active    withdraw     refused refused refused  refused refused   refused  refused refused refused refused  refused
review    submit       refused refused refused  refused refused   refused  refused refused refused refused  refused
review    revise       refused refused refused  refused refused   refused  refused refused refused refused  refused
review    decline      refused refused refused  refused refused   refused  refused refused refused refused  refused
review    reopen       refused refused refused  refused refused   refused  refused refused refused refused  refused
review    approve      refused refused refused  refused refused   refused  refused refused refused refused  refused
review    conclude     refused refused refused  refused refused   refused  refused refused refused refused  refused
review    start        refused refused refused  refused refused   refused  refused refused refused refused  refused
review    begin_review refused refused refused  refused refused   refused  refused refused refused refused  refused
review    extend       denied  denied  denied   denied  denied    denied   denied  denied  denied  denied   denied
review    begin_return ok      denied  denied   denied  denied    denied   denied  denied  denied  denied   ok
review    complete     refused refused refused  refused refused   refused  refused refused refused refused  refused
review    withdraw     refused refused refused  refused refused   refused  refused refused refused refused  refused
return    submit       refused refused refused  refused refused   refused  refused refused refused refused  refused
return    revise       refused refused refused  refused refused   refused  refused refused refused refused  refused
return    decline      refused refused refused  refused refused   refused  refused refused refused refused  refused
return    reopen       refused refused refused  refused refused   refused  refused refused refused refused  refused
return    approve      refused refused refused  refused refused   refused  refused refused refused refused  refused
return    conclude     refused refused refused  refused refused   refused  refused refused refused refused  refused
return    start        refused refused refused  refused refused   refused  refused refused refused refused  refused
return    begin_review refused refused refused  refused refused   refused  refused refused refused refused  refused
return    extend       refused refused refused  refused refused   refused  refused refused refused refused  refused
return    begin_return refused refused refused  refused refused   refused  refused refused refused refused  refused
return    complete     ok      denied  denied   denied  denied    denied   denied  denied  denied  denied   denied
return    withdraw     refused refused refused  refused refused   refused  refused refused refused refused  refused
completed submit       refused refused refused  refused refused   refused  refused refused refused refused  refused
completed revise       refused refused refused  refused refused   refused  refused refused refused refused  refused
completed decline      refused refused refused  refused refused   refused  refused refused refused refused  refused
completed reopen       refused refused refused  refused refused   refused  refused refused refused refused  refused
completed approve      refused refused refused  refused refused   refused  refused refused refused refused  refused
completed conclude     refused refused refused  refused refused   refused  refused refused refused refused  refused
completed start        refused refused refused  refused refused   refused  refused refused refused refused  refused
completed begin_review refused refused refused  refused refused   refused  refused refused refused refused  refused
completed extend       refused refused refused  refused refused   refused  refused refused refused refused  refused
completed begin_return refused refused refused  refused refused   refused  refused refused refused refused  refused
completed complete     refused refused refused  refused refused   refused  refused refused refused refused  refused
completed withdraw     refused refused refused  refused refused   refused  refused refused refused refused  refused
declined  submit       refused refused refused  refused refused   refused  refused refused refused refused  refused
declined  revise       ok      denied  denied   denied  denied    denied   denied  denied  denied  denied   denied
declined  decline      refused refused refused  refused refused   refused  refused refused refused refused  refused
declined  reopen       denied  denied  denied   denied  denied    denied   denied  denied  denied  denied   denied
declined  approve      refused refused refused  refused refused   refused  refused refused refused refused  refused
declined  conclude     refused refused refused  refused refused   refused  refused refused refused refused  refused
declined  start        refused refused refused  refused refused   refused  refused refused refused refused  refused
declined  begin_review refused refused refused  refused refused   refused  refused refused refused refused  refused
declined  extend       refused refused refused  refused refused   refused  refused refused refused refused  refused
declined  begin_return refused refused refused  refused refused   refused  refused refused refused refused  refused
declined  complete     refused refused refused  refused refused   refused  refused refused refused refused  refused
declined  withdraw     refused refused refused  refused refused   refused  refused refused refused refused  refused
withdrawn submit       refused refused refused  refused refused   refused  refused refused refused refused  refused
withdrawn revise       refused refused refused  refused refused   refused  refused refused refused refused  refused
withdrawn decline      refused refused refused  refused refused   refused  refused refused refused refused  refused
withdrawn reopen       refused refused refused  refused refused   refused  refused refused refused refused  refused
withdrawn approve      refused refused refused  refused refused   refused  refused refused refused refused  refused
withdrawn conclude     refused refused refused  refused refused   refused  refused refused refused refused  refused
withdrawn start        refused refused refused  refused refused   refused  refused refused refused refused  refused
withdrawn begin_review refused refused refused  refused refused   refused  refused refused refused refused  refused
withdrawn extend       refused refused refused  refused refused   refused  refused refused refused refused  refused
withdrawn begin_return refused refused refused  refused refused   refused  refused refused refused refused  refused
withdrawn complete     refused refused refused  refused refused   refused  refused refused refused refused  refused
withdrawn withdraw     refused refused refused  refused refused   refused  refused refused refused refused  refused
"""
HEAD, *ROWS = (line.split() for line in MATRIX.strip().splitlines())
PARTS = HEAD[2:]
REASON = "because of a test"


class Undo(Exception):
    """Takes back what a transition did, so that one case serves a whole table."""


def outcome(case: Secondment, name: str, by: Person | None) -> str:
    try:
        with transaction.atomic():
            transitions.perform(case, name, by=by, reason=REASON)
            raise Undo
    except Undo:
        return "ok"
    except NotAllowed:
        return "denied"
    except Refused:
        return "refused"


def ripe(cast: Cast, state: str) -> tuple[Secondment, datetime]:
    """A case in a state with all guards met, and the moment at which the calendar would move it."""
    case = cast.in_state(state)
    moment = timezone.now()
    if state == State.PROPOSAL:
        for decision in case.decisions.all():
            decision.verdict, decision.decided_at, decision.decided_by = True, moment, decision.decider
            decision.save()
        case.host_signatory_confirmed_at, case.host_signatory_confirmed_by = moment, cast.contact
        case.save()
    elif state == State.AGREEMENT:
        Secondment.objects.filter(pk=case.pk).update(agreement_signed_at=moment)
    elif state == State.AGREED:
        moment = at_noon(case.start_on)
    elif state == State.REVIEW:
        evaluations.conclude(case, by=cast.hr, conclusion="Well done.", waived_because="Nobody answered.")
        moment = at_noon(case.end_on + timedelta(days=1))
    elif state == State.RETURN:
        moment = at_noon(case.end_on + timedelta(days=2))
        for item in case.checklist.filter(list="return"):
            checklists.waive(item, by=cast.hr, reason="Not needed.")
        outcomes.record(case, by=cast.hr, outcome="same_role")
    return fresh(case), moment


def at_noon(day: datetime) -> datetime:
    with on(day):
        return clock.now()


def who(cast: Cast) -> list[Person | None]:
    return [cast.people.get(part) for part in PARTS]


def rows_of(state: str) -> dict[str, list[str]]:
    return {name: cells for found, name, *cells in ROWS if found == state}


def test_matrix_names_every_state_and_transition_once() -> None:
    declared = {t.name for t in Secondment._meta.get_field("state").get_all_transitions(Secondment)}
    assert sorted(row[:2] for row in ROWS) == sorted([state, name] for state in State for name in declared)


def offered(case: Secondment, person: Person) -> list[str]:
    return sorted(offer.name for offer in transitions.available(case, person) if offer.is_open)


@pytest.mark.parametrize("state", list(State))
def test_door_and_buttons_are_as_the_matrix_says(cast: Cast, state: str) -> None:
    case, moment = ripe(cast, state)
    rows = rows_of(state)
    with clock.at(moment):
        assert {name: [outcome(case, name, by) for by in who(cast)] for name in rows} == rows
        buttons = [offered(case, person) for person in who(cast) if person]
    assert buttons == [sorted(n for n, cells in rows.items() if cells[i] == "ok") for i in range(len(buttons))]


def refusals_of(case: Secondment, name: str, by: Person | None) -> list[str]:
    with pytest.raises(Refused) as refused:
        transitions.perform(case, name, by=by, reason=REASON)
    return [str(refusal.sentence) for refusal in refused.value.refusals]


@pytest.mark.parametrize("state", [State.AGREED, State.REVIEW, State.RETURN])
def test_grey_button_says_what_the_door_says(cast: Cast, state: str) -> None:
    case = cast.in_state(state)
    offers = [offer for offer in transitions.available(case, cast.hr) if not offer.is_open]
    assert [o.name for o in offers] == [{"agreed": "start", "review": "begin_return", "return": "complete"}[state]]
    for offer in offers:
        assert [str(r.sentence) for r in offer.refusals] == refusals_of(case, offer.name, cast.hr)


@pytest.mark.parametrize(
    ("state", "name"), [("proposal", "revise"), ("proposal", "withdraw"), ("declined", "revise"), ("draft", "withdraw")]
)
def test_transition_that_needs_a_reason_is_refused_without(cast: Cast, state: str, name: str) -> None:
    with pytest.raises(Refused, match=r"^Give a reason\.$"):
        transitions.perform(cast.in_state(state), name, by=cast.hr, reason="  ")


def test_refused_transition_leaves_no_trace(cast: Cast) -> None:
    case = cast.agreed()
    before = Secondment.objects.filter(pk=case.pk).values().get(), LedgerEntry.objects.count()
    refusals_of(case, "start", cast.hr)
    assert (Secondment.objects.filter(pk=case.pk).values().get(), LedgerEntry.objects.count()) == before


def changes(case: Secondment) -> Iterator[tuple[object, ...]]:
    for entry in LedgerEntry.objects.filter(case_id=case.pk, number__isnull=False).order_by("number"):
        yield entry.number, entry.verb, entry.actor_name, entry.reason, entry.facts["before"], entry.facts["after"]


def test_ledger_of_a_whole_life(cast: Cast) -> None:
    assert list(changes(cast.completed())) == [
        (1, "secondment.submit", "Hanna Reed", "", "draft", "proposal"),
        (2, "secondment.approve", "Tom Berg", "", "proposal", "agreement"),
        (3, "secondment.conclude", "Dora Rex", "", "agreement", "agreed"),
        (4, "secondment.start", "the calendar", "", "agreed", "active"),
        (5, "secondment.begin_review", "the calendar", "", "active", "review"),
        (6, "secondment.begin_return", "the calendar", "", "review", "return"),
        (7, "secondment.complete", "Hanna Reed", "", "return", "completed"),
    ]


def test_ledger_of_a_case_that_was_declined_revised_and_withdrawn(cast: Cast) -> None:
    case = cast.declined()
    transitions.perform(case, "revise", by=cast.hr, reason="Shorter")
    transitions.perform(case, "withdraw", by=cast.hr, reason="Budget cut")
    assert list(changes(case)) == [
        (1, "secondment.submit", "Hanna Reed", "", "draft", "proposal"),
        (2, "secondment.decline", "Tom Berg", "See the decision.", "proposal", "declined"),
        (3, "secondment.revise", "Hanna Reed", "Shorter", "declined", "draft"),
        (4, "secondment.withdraw", "Hanna Reed", "Budget cut", "draft", "withdrawn"),
    ]


def test_decision_on_an_older_revision_is_refused(cast: Cast) -> None:
    case = cast.proposal()
    old = case.decisions.get(kind="release")
    transitions.perform(case, "revise", by=cast.hr, reason="Shorter")
    transitions.perform(case, "submit", by=cast.hr)
    with pytest.raises(Refused, match="no longer open"):
        decisions.decide(old, by=cast.manager, verdict=True)
    assert fresh(case).decisions.filter(verdict__isnull=False).count() == 0


@pytest.mark.parametrize("kind", ["release", "consent", "acceptance"])
def test_decision_is_for_its_decider_alone(cast: Cast, kind: str) -> None:
    decision = cast.proposal().decisions.get(kind=kind)
    may = [decision.decider, cast.host_hr] if kind == "acceptance" else [decision.decider]
    for somebody in cast.people.values():
        if somebody not in may:
            with pytest.raises(NotAllowed):
                decisions.decide(decision, by=somebody, verdict=True)


def test_withdrawal_by_the_secondee_ends_once_all_have_signed(cast: Cast) -> None:
    case = cast.agreed()
    with pytest.raises(NotAllowed):
        transitions.perform(case, "withdraw", by=cast.secondee, reason=REASON)


def test_decisions_follow_one_another_where_the_policy_says_so(cast: Cast) -> None:
    cast.northwind.policies.create(effective_from=clock.today("UTC"), decisions_in_sequence=True)
    case = cast.proposal()
    asked = []
    for who in (cast.manager, cast.secondee, cast.contact):
        waiting = case.decisions.get(verdict__isnull=True)
        asked.append((waiting.kind, waiting.decider))
        case = decisions.decide(waiting, by=who, verdict=True)
    assert asked == [("release", cast.manager), ("consent", cast.secondee), ("acceptance", cast.contact)]
    assert case.state == "agreement"
