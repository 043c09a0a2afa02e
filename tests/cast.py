"""A small cast of people, and a way to bring a case to any state through the real actions.

Northwind (seconder, Leeds) lends Ana Duarte to Contoso (host, Kraków). Everybody else is somebody in their
case, at one of the two, or a stranger.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import transaction

from agreements import approving, documents, drafting, guards, negotiation, papers, signing
from agreements.clauses import Parameter
from agreements.models import Agreement
from agreements.states import DocumentKind
from people import clock
from people.models import Employment, Membership, Notice, Organisation, Person
from secondments import transitions
from secondments.actions import calendar, checklists, decisions, early_end, evaluations, outcomes, proposals
from secondments.actions.papers import record_sealed
from secondments.models import Secondment
from secondments.states import State
from tests.snapshots import walk

_numbers = count(1)


def person(name: str, email: str = "", **fields: Any) -> Person:
    """Somebody new; the address follows from the name."""
    address = email or f"{name.lower().replace(' ', '.')}@example.org"
    return Person.objects.create_user(address, full_name=name, **fields)


def member(who: Person, organisation: Organisation, role: str) -> Person:
    Membership.objects.create(
        person=who, organisation=organisation, role=role, since=clock.now() - timedelta(days=1000)
    )
    return who


@dataclass
class Cast:
    """Everybody, by their part."""

    northwind: Organisation
    contoso: Organisation
    hr: Person
    finance: Person
    viewer: Person
    director: Person
    manager: Person
    secondee: Person
    contact: Person
    signatory: Person
    host_hr: Person
    stranger: Person
    stranger_hr: Person
    people: dict[str, Person] = field(default_factory=dict)

    @classmethod
    @walk
    def assemble(cls) -> Cast:
        northwind = Organisation.objects.create(
            legal_name="Northwind Ltd",
            country="GB",
            time_zone="Europe/London",
            address="1 Mill Lane, Leeds",
            is_listed=True,
        )
        contoso = Organisation.objects.create(
            legal_name="Contoso sp. z o.o.", country="PL", time_zone="Europe/Warsaw", is_listed=True
        )
        fabrikam = Organisation.objects.create(legal_name="Fabrikam Inc", country="US", time_zone="America/New_York")
        cast = cls(
            northwind=northwind,
            contoso=contoso,
            hr=member(person("Hanna Reed"), northwind, "hr"),
            finance=member(person("Frank Ince"), northwind, "finance"),
            viewer=member(person("Vera Iwu"), northwind, "viewer"),
            director=person("Dora Rex"),
            manager=person("Tom Berg"),
            secondee=person("Ana Duarte"),
            contact=person("Łukasz Żółkowski", "lukasz.zolkowski@example.org"),
            signatory=person("Marta Kowalska"),
            host_hr=member(person("Hugo Host"), contoso, "hr"),
            stranger=person("Stan Ranger"),
            stranger_hr=member(person("Sofia Harper"), fabrikam, "hr"),
        )
        for who, title in (
            (cast.secondee, "Analyst"),
            (cast.manager, "Head of Planning"),
            (cast.director, "Director"),
            (cast.hr, "HR partner"),
        ):
            Employment.objects.create(
                person=who,
                organisation=northwind,
                job_title=title,
                employee_number=f"N-{who.pk}",
                line_manager=cast.manager if who == cast.secondee else None,
                annual_salary=Decimal("41000"),
                salary_currency="GBP",
            )
        Employment.objects.create(person=cast.contact, organisation=contoso, job_title="Head of Operations")
        cast.people = {name: value for name, value in vars(cast).items() if isinstance(value, Person)}
        return cast

    def fields(self, **changes: Any) -> dict[str, Any]:
        """What a complete proposal says."""
        today = clock.today("Europe/London")
        return {
            "secondee": self.secondee,
            "line_manager": self.manager,
            "seconder_signatory": self.director,
            "kind": "external",
            "host": self.contoso,
            "host_department": "",
            "host_contact": self.contact,
            "host_signatory": self.signatory,
            "role_title": "Planning lead",
            "location": "Kraków",
            "start_on": today + timedelta(days=14),
            "end_on": today + timedelta(days=200),
            "weekly_hours": Decimal("40"),
            "is_full_time": True,
            "purpose": "Learn how Contoso plans.",
            **changes,
        }

    OBJECTIVES = ({"text": "Plan the autumn", "measure": "plan adopted"}, {"text": "Train two colleagues"})

    @walk
    def draft(self, *, proposal: dict[str, Any] | None = None, **changes: Any) -> Secondment:
        return proposals.begin(
            by=self.hr,
            seconder=self.northwind,
            fields=self.fields(**changes),
            objectives=self.OBJECTIVES,
            proposal=proposal or {},
        )

    @walk
    def proposal(self, **changes: Any) -> Secondment:
        return proposals.submit(self.draft(**changes), by=self.hr)

    @walk
    def agreement_case(self, **changes: Any) -> Secondment:
        case = self.proposal(**changes)
        for decision in case.decisions.all():
            case = decisions.decide(decision, by=decision.decider, verdict=True)
        return case

    def paper(self, case: Secondment) -> Agreement:
        found = Agreement.objects.select_related("current", "review_copy")
        return found.get(secondment=case, state__in=_LIVE, kind="agreement")

    @walk
    def answered(self, case: Secondment) -> Agreement:
        """The draft with every open question answered by HR, and what has to be known before signing noted."""
        paper = self.paper(case)
        assert paper.current
        answers: dict[str, dict[str, str]] = {}
        for clause, parameter in drafting.open_questions(paper, paper.current):
            answers.setdefault(clause.key, {})[parameter.name] = answer_to(parameter, case)
        if answers:
            negotiation.answer(paper, by=self.hr, answers=answers, seen_version=paper.current.number)
        if case.kind == "international":
            approving.take_note(self.paper(case), by=self.hr, name=guards.DAY_COUNT, reason="Payroll counts the days.")
        return self.paper(case)

    @walk
    def shared(self, case: Secondment) -> Agreement:
        """With the parties; a paper that they have already stays as it is."""
        paper = self.paper(case)
        return negotiation.share(self.answered(case), by=self.hr) if paper.state == "draft" else paper

    @walk
    def approved(self, case: Secondment) -> Agreement:
        self.shared(case)
        return self.approve(case)

    @walk
    def approve(self, case: Secondment) -> Agreement:
        """The current version approved by all three; HR may be somebody else than the one who began."""
        for who in (case.host_contact, case.secondee, self.hr):
            paper = self.paper(case)
            assert paper.current
            approving.approve(paper, by=who, content_hash=paper.current.content_hash)
        return self.paper(case)

    @walk
    @transaction.atomic
    def issued(self, case: Secondment) -> Agreement:
        """Out for signature, with stand-in bytes for the review copy (rendering has tests of its own)."""
        agreement = signing.issue(self.approved(case), by=self.hr)
        agreement = papers.lock(agreement.pk)
        document = documents.keep(agreement, DocumentKind.REVIEW_COPY, f"review copy {next(_numbers)}".encode())
        Agreement.objects.filter(pk=agreement.pk).update(review_copy=document)
        agreement = papers.lock(agreement.pk)
        signing.invite(agreement)
        return self.paper(case)

    @walk
    def sign(self, agreement: Agreement, who: Person, session: str = "session") -> Agreement:
        """One signature, with the code out of the outbox."""
        signing.record_opened(agreement, by=who)
        signing.send_code(agreement, by=who, session=session)
        assert agreement.review_copy
        return signing.sign(
            agreement,
            by=who,
            signed_name=who.full_name,
            agrees=True,
            code=code_for(who),
            sha256=agreement.review_copy.sha256,
            origin=signing.Origin(session, "192.0.2.7", "tests"),
        )

    @walk
    def agreed(self, *, sealed: bool = True, **changes: Any) -> Secondment:
        return self.sealed(self.agreement_case(**changes), sealed=sealed)

    @walk
    def sealed(self, case: Secondment, *, sealed: bool = True) -> Secondment:
        """Signed by all three, as far as its paper is not yet, and sealed."""
        agreement = self.issued(case)
        for who in (case.secondee, case.host_signatory, case.seconder_signatory):
            agreement = self.sign(Agreement.objects.select_related("review_copy").get(pk=agreement.pk), who)
        if sealed:
            self.seal(agreement)
        return fresh(case)

    @walk
    def seal(self, agreement: Agreement) -> None:
        """A stand-in for the sealed bytes."""
        document = documents.keep(agreement, DocumentKind.SEALED, f"sealed {next(_numbers)}".encode())
        Agreement.objects.filter(pk=agreement.pk).update(sealed_copy=document, sealed_at=clock.now())
        record_sealed(agreement.secondment)

    @walk
    def active(self, **changes: Any) -> Secondment:
        case = self.agreed(**changes)
        with on(case.start_on):
            calendar.advance()
        return fresh(case)

    @walk
    def in_review(self, **changes: Any) -> Secondment:
        case = self.active(**changes)
        with on(case.end_on - timedelta(days=30)):
            calendar.advance()
        return fresh(case)

    @walk
    def evaluated(self, **changes: Any) -> Secondment:
        case = self.in_review(**changes)
        with on(case.end_on - timedelta(days=20)):
            for evaluation in case.evaluations.all():
                evaluations.complete(
                    evaluation,
                    by=evaluation.person,
                    answers={"what_worked": "much", "skills": "planning", "would_repeat": True},
                    results={o.pk: ("met", "seen") for o in case.objectives.all()},
                )
        return fresh(case)

    @walk
    def returning(self, **changes: Any) -> Secondment:
        case = self.evaluated(**changes)
        with on(case.end_on - timedelta(days=10)):
            evaluations.conclude(case, by=self.hr, conclusion="Well done.")
        with on(case.end_on + timedelta(days=1)):
            calendar.advance()
        return fresh(case)

    @walk
    def completed(self, **changes: Any) -> Secondment:
        case = self.returning(**changes)
        with on(case.end_on + timedelta(days=2)):
            for item in case.checklist.filter(list="return"):
                checklists.waive(item, by=self.hr, reason="not needed")
            outcomes.record(case, by=self.hr, outcome="same_role")
            return transitions.perform(case, "complete", by=self.hr)

    @walk
    def declined(self, **changes: Any) -> Secondment:
        case = self.proposal(**changes)
        decision = case.decisions.get(kind="release")
        return decisions.decide(decision, by=self.manager, verdict=False, reason="Too busy")

    @walk
    def withdrawn(self, **changes: Any) -> Secondment:
        return transitions.perform(self.proposal(**changes), "withdraw", by=self.hr, reason="Called off")

    def come_home(self, case: Secondment) -> Secondment:
        """From a running placement through a review that nobody took part in to the return."""
        assert case.end_on
        with on(case.end_on - timedelta(days=30)):
            calendar.advance()
        with on(case.end_on + timedelta(days=1)):
            evaluations.conclude(fresh(case), by=self.hr, conclusion="Done.", waived_because="Nobody answered.")
        return fresh(case)

    def end_at_once(
        self, case: Secondment, last_day: date, *, asked_by: str = "host", reason: str = "Budget"
    ) -> Secondment:
        """HR proposes an end before the notice, the line manager approves it."""
        found = early_end.propose(case, by=self.hr, last_day=last_day, asked_by=asked_by, reason=reason)
        early_end.answer(found, by=self.manager, approved=True)
        return fresh(case)

    def in_state(self, state: str, **changes: Any) -> Secondment:
        """A case that went all the way to a state."""
        ways = {
            State.DRAFT: self.draft,
            State.PROPOSAL: self.proposal,
            State.AGREEMENT: self.agreement_case,
            State.AGREED: self.agreed,
            State.ACTIVE: self.active,
            State.REVIEW: self.in_review,
            State.RETURN: self.returning,
            State.COMPLETED: self.completed,
            State.DECLINED: self.declined,
            State.WITHDRAWN: self.withdrawn,
        }
        case = ways[State(state)](**changes)
        assert case.state == state
        return fresh(case)


_LIVE = ["draft", "negotiation", "approved", "signing", "signed"]


def answer_to(parameter: Parameter, case: Secondment) -> str:
    """Something that fits an open question; a recharge is none unless a test says otherwise."""
    if parameter.type == "choice":
        return parameter.choices[0]
    if parameter.type == "date" or parameter.name.endswith("_expiry"):
        return (case.end_on + timedelta(days=30)).isoformat()
    if parameter.type in {"number", "percent"}:
        return str(parameter.minimum or 1)
    return "As agreed"


def fresh(case: Secondment) -> Secondment:
    return Secondment.objects.with_organisations().get(pk=case.pk).know_people()


def on(day: date):
    """Noon in UTC of a day, as the time it is."""
    from datetime import UTC, datetime, time

    return clock.at(datetime.combine(day, time(12), UTC))


def code_for(who: Person) -> str:
    """The newest code that was sent to somebody."""
    notice = Notice.objects.filter(recipient=who, is_secret=True).latest("pk")
    return notice.subject[:6]
