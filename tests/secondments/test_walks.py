"""Random walks through the life of a case: whatever is pressed in whichever order, the promises hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agreements import documents, negotiation, papers, signing
from agreements.models import Agreement
from agreements.states import OPEN as OPEN_PAPERS
from people import clock
from people.models import LedgerEntry
from secondments import transitions
from secondments.actions import calendar, checklists, decisions, early_end, evaluations, outcomes, proposals
from secondments.choices import Party
from secondments.models import Secondment
from secondments.states import CLOSED, OPEN, SIGNED, STARTED, State
from secondments.transitions import Refused
from tests.cast import Cast, fresh, on

NAMES = sorted({t.name for t in Secondment._meta.get_field("state").get_all_transitions(Secondment)})
PARTS = ["hr", "manager", "secondee", "contact", "signatory", "director", "host_hr", "finance", "stranger"]

# The published life: what may follow what.
FOLLOWS = {
    "draft": {"proposal", "withdrawn"},
    "proposal": {"draft", "declined", "agreement", "withdrawn"},
    "agreement": {"agreed", "withdrawn"},
    "agreed": {"active", "withdrawn"},
    "active": {"review"},
    "review": {"return"},
    "return": {"completed"},
    "declined": {"draft"},
    "completed": set(),
    "withdrawn": set(),
}
VISITED: set[str] = set()


class Life(RuleBasedStateMachine):
    """One case, and a day that only goes forward."""

    @initialize()
    def begin(self) -> None:
        self.cast = Cast.assemble()
        self.case = self.cast.draft()
        self.day: date = clock.today("Europe/London")

    def attempt(self, act, *arguments, **named) -> None:
        """Do it, or be told why not; any other exception fails the walk."""
        try:
            with on(self.day):
                act(*arguments, **named)
        except Refused:
            pass
        self.case = fresh(self.case)
        VISITED.add(str(self.case.state))

    def paper(self) -> Agreement | None:
        return self.case.agreements.order_by("-number").select_related("current", "review_copy").first()

    @rule(name=st.sampled_from(NAMES), part=st.sampled_from(["hr"] * 9 + PARTS))
    def press(self, name: str, part: str) -> None:
        self.attempt(transitions.perform, self.case, name, by=self.cast.people[part], reason="Because")

    @rule()
    def submit(self) -> None:
        if self.case.state == State.DRAFT:
            changes = {"start_on": self.day + timedelta(days=14), "end_on": self.day + timedelta(days=100)}
            fields = self.cast.fields(**changes)
            self.attempt(
                proposals.save_draft, self.case, by=self.cast.hr, fields=fields, objectives=self.cast.OBJECTIVES
            )
        self.attempt(proposals.submit, self.case, by=self.cast.hr)

    @rule(place=st.integers(0, 2), verdict=st.sampled_from([True] * 9 + [False]))
    def decide(self, place: int, verdict: bool) -> None:
        for decision in self.case.decisions.filter(verdict=None)[place : place + 1]:
            self.attempt(decisions.decide, decision, by=decision.decider, verdict=verdict, reason="So it is")

    @precondition(lambda self: self.case.state == State.PROPOSAL)
    @rule()
    def decide_all(self) -> None:
        for decision in self.case.decisions.filter(revision=self.case.revision):
            self.attempt(decisions.decide, decision, by=decision.decider, verdict=True)

    @precondition(lambda self: self.case.state == State.AGREEMENT)
    @rule()
    def go_on_with_the_paper(self) -> None:
        paper = self.paper()
        step = {
            "draft": lambda: negotiation.share(paper, by=self.cast.hr),
            "negotiation": lambda: negotiation.approve(
                paper, by=self.cast.contact, content_hash=paper.current.content_hash
            ),
            "approved": lambda: self.issue(paper),
            "signing": lambda: self.sign(paper),
            "declined": lambda: signing.redraft(paper, by=self.cast.hr),
        }[paper.state]
        self.attempt(step)

    def issue(self, paper: Agreement) -> None:
        paper = signing.issue(paper, by=self.cast.hr)
        content = f"review copy of {paper.pk} {self.day}".encode()
        document = documents.keep(paper, "review_copy", content)
        Agreement.objects.filter(pk=paper.pk).update(review_copy=document)
        signing.invite(papers.lock(paper.pk))

    def sign(self, paper: Agreement) -> None:
        signer = signing.next_slot(paper).signatory
        paper = self.cast.sign(paper, signer)
        if paper.state == "signed":
            self.cast.seal(paper)

    @rule(part=st.sampled_from(PARTS))
    def decline_to_sign(self, part: str) -> None:
        paper = self.paper()
        if paper:
            self.attempt(signing.decline, paper, by=self.cast.people[part], reason="No")

    @rule(days=st.sampled_from([1, 15, 40, 120]))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)
        self.attempt(calendar.advance)

    @rule(left=st.integers(0, 60))
    def end_early(self, left: int) -> None:
        last = self.day + timedelta(days=left)
        self.attempt(
            early_end.end_early, self.case, by=self.cast.hr, last_day=last, asked_by=Party.HOST, reason="Budget"
        )

    @rule(steps=st.integers(1, 12))
    def go_on(self, steps: int) -> None:
        """What comes next by itself, so that walks get far."""
        for _ in range(steps):
            self.next_step()

    def next_step(self) -> None:
        match self.case.state:
            case State.DRAFT | State.DECLINED:
                self.attempt(transitions.perform, self.case, "revise", by=self.cast.hr, reason="Again")
                self.submit()
            case State.PROPOSAL:
                self.decide_all()
            case State.AGREEMENT:
                self.go_on_with_the_paper()
            case State.AGREED | State.ACTIVE:
                self.time_passes(40)
            case State.REVIEW:
                self.conclude()
                self.time_passes(120)
            case State.RETURN:
                self.complete()

    @precondition(lambda self: self.case.state == State.REVIEW)
    @rule()
    def conclude(self) -> None:
        self.attempt(evaluations.conclude, self.case, by=self.cast.hr, conclusion="Done", waived_because="Nobody wrote")

    @precondition(lambda self: self.case.state == State.RETURN)
    @rule()
    def complete(self) -> None:
        for item in self.case.checklist.filter(done_at=None):
            self.attempt(checklists.waive, item, by=self.cast.hr, reason="Not needed")
        self.attempt(outcomes.record, self.case, by=self.cast.hr, outcome="same_role")
        self.attempt(transitions.perform, self.case, "complete", by=self.cast.hr)

    @invariant()
    def ledger_tells_the_whole_way(self) -> None:
        found = LedgerEntry.objects.filter(case_id=self.case.pk, number__isnull=False).order_by("number")
        way = [(entry.number, entry.facts["before"], entry.facts["after"]) for entry in found]
        assert [number for number, _, _ in way] == list(range(1, self.case.transition_number + 1))
        states = ["draft", *(after for _, _, after in way)]
        assert states[-1] == self.case.state
        assert all(before == states[i] and after in FOLLOWS[before] for i, (_, before, after) in enumerate(way))

    @invariant()
    def database_agrees(self) -> None:
        """What it would look at when the transaction ends."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    @invariant()
    def paper_fits_the_case(self) -> None:
        papers_found = list(self.case.agreements.values_list("state", "sealed_copy"))
        states = [state for state, _ in papers_found]
        assert states.count("signed") <= 1
        assert sum(state in OPEN_PAPERS for state in states) <= (self.case.state == State.AGREEMENT)
        if self.case.state in SIGNED:
            assert "signed" in states
        if self.case.state in STARTED:
            assert any(state == "signed" and sealed for state, sealed in papers_found)

    @invariant()
    def closed_case_waits_for_nobody(self) -> None:
        if self.case.state in CLOSED:
            assert self.case.turn == ""


class Undone(Life):
    """Each walk in a savepoint, as all share a test's transaction."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)


@pytest.mark.django_db
def test_walks_keep_the_promises_and_reach_every_state() -> None:
    few = settings(
        max_examples=8,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Undone, settings=few)
    # Walks that all end early would prove little: some come to the end, some stop on the way.
    assert {*OPEN, State.COMPLETED} - VISITED == set()
