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

from agreements import (
    approving,
    documents,
    drafting,
    envelopes,
    evidence,
    further,
    negotiation,
    papers,
    signing,
    waiting,
)
from agreements.models import Agreement, SignatureSlot, SigningLink
from agreements.states import OPEN as OPEN_PAPERS
from agreements.states import PaperKind
from people import clock
from people.models import LedgerEntry, Notice
from secondments import transitions
from secondments.actions import calendar, checklists, decisions, early_end, evaluations, outcomes, proposals
from secondments.actions.papers import record_sealed
from secondments.choices import Party
from secondments.models import Secondment
from secondments.states import CLOSED, OPEN, SIGNED, STARTED, State
from secondments.transitions import Refused
from tests.cast import Cast, answer_to, fresh, on

NAMES = sorted({t.name for t in Secondment._meta.get_field("state").get_all_transitions(Secondment)})
PARTS = ["hr", "manager", "secondee", "contact", "signatory", "director", "host_hr", "finance", "stranger"]

# The published life: what may follow what.
FOLLOWS = {
    "draft": {"proposal", "withdrawn"},
    "proposal": {"draft", "declined", "agreement", "withdrawn"},
    "agreement": {"agreed", "withdrawn"},
    "agreed": {"active", "withdrawn"},
    "active": {"review"},
    "review": {"return", "active"},
    "return": {"completed"},
    "declined": {"draft"},
    "completed": set(),
    "withdrawn": set(),
}
VISITED: set[str] = set()
SIGNED_KINDS: set[str] = set()


class Life(RuleBasedStateMachine):
    """One case, and a day that only goes forward."""

    @initialize()
    def begin(self) -> None:
        self.day: date = clock.today("Europe/London")
        with on(self.day - timedelta(days=1)):  # walks act at noon, whatever time it is now
            self.cast = Cast.assemble()
            self.case = self.cast.draft()

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
        papers_found = self.case.agreements.filter(kind=PaperKind.AGREEMENT)
        return papers_found.order_by("-number").select_related("current", "review_copy").first()

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
        self.step(self.paper())

    @rule()
    def go_on_with_a_further_paper(self) -> None:
        for paper in self.case.agreements.filter(state__in=OPEN_PAPERS).exclude(kind=PaperKind.AGREEMENT):
            self.step(Agreement.objects.select_related("current", "review_copy").get(pk=paper.pk))

    def step(self, paper: Agreement) -> None:
        """What comes next with a paper by itself."""
        paper.secondment = self.case
        acts = {
            "draft": lambda: self.share(paper),
            "negotiation": lambda: self.approve(paper),
            "approved": lambda: self.issue(paper),
            "signing": lambda: self.sign(paper),
            "declined": lambda: envelopes.redraft(paper, by=self.cast.hr),
            "expired": lambda: envelopes.redraft(paper, by=self.cast.hr),
            "void": lambda: envelopes.redraft(paper, by=self.cast.hr),
            "signed": lambda: None,
            "superseded": lambda: None,
        }
        self.attempt(acts[paper.state])

    def share(self, paper: Agreement) -> None:
        answers: dict[str, dict[str, str]] = {}
        for clause, parameter in drafting.open_questions(paper, paper.current):
            answers.setdefault(clause.key, {})[parameter.name] = answer_to(parameter, self.case)
        if answers:
            negotiation.answer(paper, by=self.cast.hr, answers=answers, seen_version=paper.current.number)
        negotiation.share(paper, by=self.cast.hr)

    def approve(self, paper: Agreement) -> None:
        """The next party that has not; the post is at risk where it is protected for less long than the case lasts."""
        if "post_at_risk" not in paper.noted:
            approving.take_note(paper, by=self.cast.hr, name="post_at_risk", reason="A merger")
        speakers = {"host": self.cast.contact, "secondee": self.cast.secondee, "seconder": self.cast.hr}
        party = waiting.missing_approvals(paper)[0]
        approving.approve(paper, by=speakers[party], content_hash=paper.current.content_hash)

    @rule(days=st.sampled_from([-20, 30, 60]))
    def vary(self, days: int) -> None:
        """Another last day; asked for more often than it is possible."""
        if self.case.end_on:
            changes = {"end_on": (self.case.end_on + timedelta(days=days)).isoformat()}
            self.attempt(further.vary, self.case, by=self.cast.hr, changes=changes, reason="Asked for")

    @rule()
    def call_off_a_paper(self) -> None:
        paper = self.paper()
        if paper:
            self.attempt(envelopes.void_issued, paper, by=self.cast.hr, reason="Wrong day")

    @rule(more=st.integers(1, 40))
    def give_more_time(self, more: int) -> None:
        paper = self.paper()
        if paper:
            until = self.day + timedelta(days=more)
            self.attempt(envelopes.extend, paper, by=self.cast.hr, until=until, reason="Holidays")

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
            SIGNED_KINDS.add(str(paper.kind))
            self.seal(paper)

    def seal(self, paper: Agreement) -> None:
        document = documents.keep(paper, "sealed", f"sealed {paper.pk} {self.day}".encode())
        Agreement.objects.filter(pk=paper.pk).update(sealed_copy=document, sealed_at=clock.now())
        if paper.kind == PaperKind.AGREEMENT:
            record_sealed(paper.secondment)

    @rule(part=st.sampled_from(PARTS))
    def decline_to_sign(self, part: str) -> None:
        paper = self.paper()
        if paper:
            self.attempt(signing.decline, paper, by=self.cast.people[part], reason="No")

    @rule(days=st.sampled_from([1, 15, 40, 120]))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)
        self.attempt(calendar.advance)
        self.attempt(envelopes.expire_due)
        self.attempt(envelopes.remind_due)

    @rule(left=st.integers(0, 60))
    def end_early(self, left: int) -> None:
        last = self.day + timedelta(days=left)
        self.attempt(
            early_end.end_early, self.case, by=self.cast.hr, last_day=last, asked_by=Party.HOST, reason="Budget"
        )

    @rule(steps=st.integers(1, 20), is_extended=st.booleans())
    def go_on(self, steps: int, is_extended: bool) -> None:
        """What comes next by itself, so that walks get far; some placements are extended on their way."""
        for _ in range(steps):
            variations = self.case.agreements.filter(kind=PaperKind.VARIATION)
            if is_extended and self.case.state in {State.ACTIVE, State.REVIEW} and not variations.exists():
                self.vary(60)
            self.next_step()

    def next_step(self) -> None:
        if self.case.agreements.filter(state__in=OPEN_PAPERS).exclude(kind=PaperKind.AGREEMENT).exists():
            self.go_on_with_a_further_paper()
            if self.case.state != State.REVIEW:
                return
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
        papers_found = list(self.case.agreements.filter(kind=PaperKind.AGREEMENT).values_list("state", "sealed_copy"))
        states = [state for state, _ in papers_found]
        assert states.count("signed") <= 1
        assert sum(state in OPEN_PAPERS for state in states) <= (self.case.state == State.AGREEMENT)
        variations = list(self.case.agreements.filter(kind="variation").values_list("state", flat=True))
        assert sum(state in OPEN_PAPERS for state in variations) <= (self.case.state in {"agreed", "active", "review"})
        if self.case.state in SIGNED:
            assert "signed" in states
        if self.case.state in STARTED:
            assert any(state == "signed" and sealed for state, sealed in papers_found)

    @invariant()
    def nobody_is_asked_to_sign_what_is_not_out(self) -> None:
        slots = SignatureSlot.objects.filter(agreement__secondment=self.case)
        ended = slots.exclude(agreement__state="signing").values_list("pk", flat=True)
        done = slots.filter(signature__isnull=False).values_list("pk", flat=True)
        over = {*ended, *done}
        assert not SigningLink.objects.filter(slot__in=over, revoked_at=None).exists()
        assert not Notice.objects.filter(Notice.OPEN, about__in=[f"signing:{pk}" for pk in over], is_secret=False)

    @invariant()
    def chains_of_evidence_are_sound(self) -> None:
        for paper in self.case.agreements.all():
            assert evidence.broken_at(paper.evidence.order_by("number")) is None

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
    assert {"agreement", "variation"} - SIGNED_KINDS == set()
