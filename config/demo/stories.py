"""Cases of the demo, each told through the real actions with the clock held at the day they happened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from agreements import approving, documents, drafting, guards, negotiation, proposing, signing
from agreements.clauses import Parameter
from agreements.models import Agreement
from agreements.models.signature import PARTY_OF_SIGNATORY
from config.demo import away, beside, business, conditions, names, reviews
from config.demo.plans import CastPlan
from people import clock
from people.models import Notice, Organisation, Person
from secondments import capacities, transitions
from secondments.actions import checkins, checklists, decisions, early_end, evaluations, outcomes, proposals
from secondments.choices import Party
from secondments.models import Secondment

PART_THAT_SIGNS = {party: part for part, party in PARTY_OF_SIGNATORY.items()}


class Teller:
    """Tells one story up to its plan's end."""

    def __init__(self, plan: CastPlan) -> None:
        self.plan = plan
        self.chance = Random(plan.seed)
        self.zone = ZoneInfo(plan.seconder.organisation.time_zone)
        self.today = clock.today(plan.seconder.organisation.time_zone)
        self.start = self.today + timedelta(days=plan.starts_in)
        self.end = self.start + timedelta(days=plan.length - 1)

    def at(self, day: date, hour: int = 10) -> AbstractContextManager[None]:
        """An office hour of a day, but never later than now."""
        moment = datetime.combine(day, time(hour, self.chance.randrange(60)), self.zone)
        return clock.at(min(moment, datetime.now(self.zone) - timedelta(minutes=5)))

    def begin(self) -> Secondment:
        """The draft; made first for all cases, so that references count up in the same order everywhere."""
        plan, chance = self.plan, self.chance
        began = min(self.start - timedelta(days=52), self.today - timedelta(days=chance.randint(2, 12)))
        self.began = began
        is_internal = plan.host is plan.seconder
        organisation: Organisation = plan.host.organisation
        abroad = organisation.country != plan.seconder.organisation.country
        with self.at(began, 9):
            case = proposals.begin(
                by=plan.hr,
                seconder=plan.seconder.organisation,
                fields={
                    "secondee": plan.secondee,
                    "line_manager": plan.manager,
                    "seconder_signatory": plan.director,
                    "kind": "internal" if is_internal else "international" if abroad else "external",
                    "host": organisation,
                    "host_department": chance.choice(plan.host.departments).name,
                    "host_contact": plan.contact,
                    "host_signatory": plan.signatory,
                    "role_title": chance.choice(names.ROLES),
                    "location": organisation.address.rpartition(", ")[2],
                    "start_on": self.start,
                    "end_on": self.end,
                    "weekly_hours": Decimal("37.5" if plan.seconder.organisation.country == "GB" else "40"),
                    "is_full_time": True,
                    "purpose": chance.choice(names.PURPOSES),
                },
                objectives=[
                    {"text": t, "measure": m, "owner": "secondee", "weight": 50}
                    for t, m in chance.sample(names.OBJECTIVES, 2)
                ],
                **self._business(abroad=abroad and not is_internal),
            )
        plan.key = case.pk
        return case

    def _business(self, *, abroad: bool) -> dict[str, Any]:
        """What the proposal says beyond the particulars; a chance of its own, so that the stories stay as they were."""
        chance, host = Random(self.plan.seed * 7 + 1), self.plan.host.organisation
        cover, who = chance.choice(business.COVERS)
        proposal: dict[str, Any] = {
            "category": chance.choice(["inter_organisation", "client_supplier", "public_sector"]),
            "work_type": chance.choice(["initiative", "task", "review", "post"]),
            "why_secondment": chance.choice(business.WHYS),
            "cover": cover,
            "cover_who": who,
            "funding": chance.choice(["host", "host_salary", "seconder", "shared"]),
            "host_percent": Decimal(60),
            "host_provides": "A supervisor, a place to work, equipment, and access from the first day.",
        }
        proposal |= {f"benefit_{party}": chance.choice(gains) for party, gains in business.GAINS.items()}
        if abroad:
            proposal |= {"work_country": str(host.country), "permit": "not_needed", "social_security": "home"}
        costs = [
            {"kind": k, "label": label, "amount": Decimal(amount), "basis": basis, "borne_by": borne_by}
            for k, label, amount, basis, borne_by in chance.sample(business.COSTS, 2)
        ]
        skills = [{"name": n, "now": now, "hoped": hoped} for n, now, hoped in chance.sample(business.SKILLS, 2)]
        return {"proposal": proposal, "tables": {"cost_items": costs, "skills": skills}}

    def tell(self) -> None:
        """From the draft to the state that the plan names."""
        self.began = min(self.start - timedelta(days=52), self.today - timedelta(days=2))
        chapters: dict[str, list[Callable[[], None]]] = {
            "draft": [],
            "proposal": [self.submit, self.some_decisions],
            "declined": [self.submit, self.refusal],
            "agreement": [self.submit, self.approval, self.paper],
            "withdrawn": [self.submit, self.withdrawal],
        }
        signed = [self.submit, self.approval, self.whole_paper]
        chapters["agreed"] = [*signed, lambda: conditions.before_start(self)]
        chapters["active"] = [*signed, self.placement]
        chapters["review"] = [*chapters["active"], self.review]
        chapters["return"] = [*chapters["review"], self.homecoming]
        chapters["completed"] = [*chapters["return"], self.completion]
        for chapter in chapters[self.plan.state]:
            chapter()

    @property
    def case(self) -> Secondment:
        return Secondment.objects.with_case_data().get(pk=self.plan.key)

    def day(self, days: int) -> date:
        return self.began + timedelta(days=days)

    def submit(self) -> None:
        with self.at(self.day(1)):
            proposals.submit(self.case, by=self.plan.hr)

    def _decide(self, kind: str, day: int, verdict: bool = True, reason: str = "") -> None:
        decision = self.case.decisions.select_related("decider").get(kind=kind)
        with self.at(self.day(day), 14):
            decisions.decide(decision, by=decision.decider, verdict=verdict, reason=reason)

    def some_decisions(self) -> None:
        given = {"untouched": [], "one": ["consent"], "two": ["release", "consent"]}[self.plan.step]
        for kind in given:
            self._decide(kind, 2)

    def approval(self) -> None:
        for day, kind in enumerate(("consent", "release", "acceptance"), start=2):
            self._decide(kind, day)

    def refusal(self) -> None:
        reasons = {
            "release": "The post cannot be covered before the audit in spring.",
            "consent": "I would rather stay close to home this year.",
            "acceptance": "Our project was postponed, so there is no desk and no task.",
        }
        self._decide(self.plan.step, 2, verdict=False, reason=reasons[self.plan.step])

    def withdrawal(self) -> None:
        if self.plan.step == "agreement":
            self.approval()
        with self.at(self.day(9)):
            transitions.perform(
                self.case, "withdraw", by=self.plan.hr, reason="The project at the host was called off."
            )

    def _paper(self) -> Agreement:
        return (
            Agreement.objects.select_related("current", "review_copy").filter(secondment=self.plan.key).latest("number")
        )

    def _version(self) -> int:
        current = self._paper().current
        assert current
        return current.number

    def paper(self) -> None:
        """As far as the plan's step says."""
        step = self.plan.step
        if step == "draft":
            return
        self._answer_questions()
        with self.at(self.day(6)):
            negotiation.share(self._paper(), by=self.plan.hr)
        if step == "shared":
            return
        self._negotiate(answered=step != "asked")
        if step == "asked":
            return
        self._approve()
        if step == "approved":
            return
        self._issue()
        signers = {"half signed": 1, "two signed": 2}.get(step, 0)
        for number, who in enumerate((self.plan.secondee, self.plan.signatory)[:signers]):
            self._sign(who, 13 + number)
        if step == "declined":
            with self.at(self.day(13)):
                signing.record_opened(self._paper(), by=self.plan.secondee)
                signing.decline(
                    self._paper(), by=self.plan.secondee, reason="The place of work is not the one we talked about."
                )

    def whole_paper(self) -> None:
        self._answer_questions()
        with self.at(self.day(6)):
            negotiation.share(self._paper(), by=self.plan.hr)
        if self.chance.random() < 0.5:
            self._negotiate(answered=True)
        self._approve()
        self._issue()
        for number, who in enumerate((self.plan.secondee, self.plan.signatory, self.plan.director)):
            self._sign(who, 13 + number * 2)
        with self.at(self.day(17), 16):
            documents.seal(self._paper())

    def _negotiate(self, *, answered: bool) -> None:
        with self.at(self.day(8)):
            request = proposing.propose(
                self._paper(),
                by=self.plan.contact,
                key="place_of_work",
                text="Could it be three days of remote work? Our site is short of desks this season.",
                seen_version=self._version(),
            )
        if not answered:
            return
        with self.at(self.day(9)):
            made = negotiation.edit_clause(
                self._paper(),
                by=self.plan.hr,
                key="place_of_work",
                values={"remote_days": "3"},
                wording=[],
                note="Three days of remote work, as the host asked",
                seen_version=self._version(),
            )
            proposing.accept(request, by=self.plan.hr, version=made)

    def _approve(self, parties: int = 3) -> None:
        """The host first, then the secondee, then HR."""
        for hour, who in enumerate((self.plan.contact, self.plan.secondee, self.plan.hr)[:parties], start=10):
            paper = self._paper()
            assert paper.current
            with self.at(self.day(10), hour):
                approving.approve(paper, by=who, content_hash=paper.current.content_hash)

    def _answer_questions(self) -> None:
        """What only people know: HR answers its own questions and, in the demo, those of the others."""
        paper = self._paper()
        assert paper.current
        rows = drafting.open_questions(paper, paper.current)
        answers: dict[str, dict[str, str]] = {}
        for clause, parameter in rows:
            given = business.ANSWERS.get((clause.key, parameter.name)) or self._guess(parameter)
            answers.setdefault(clause.key, {})[parameter.name] = given
        with self.at(self.day(5), 15):
            if answers:
                negotiation.answer(paper, by=self.plan.hr, answers=answers, seen_version=paper.current.number)
            paper = self._paper()
            if self.case.kind == "international":
                approving.take_note(
                    paper, by=self.plan.hr, name=guards.DAY_COUNT,
                    reason="Payroll counts the days each month and warns ahead of the limit.",
                )  # fmt: skip

    def _guess(self, parameter: Parameter) -> str:
        if parameter.type == "date" or parameter.name.endswith("_expiry"):
            return (self.end + timedelta(days=60)).isoformat()
        if parameter.type == "choice":
            return parameter.choices[0]
        if parameter.type == "number":
            return str(max(parameter.minimum or 0, min(parameter.maximum or 120, 120)))
        return "to be confirmed in the kick-off"

    def _issue(self) -> None:
        with self.at(self.day(11)):
            signing.issue(self._paper(), by=self.plan.hr)
            documents.freeze(self._paper())

    def _sign(self, who: Person, day: int) -> None:
        """In the capacity of the signatory; who has another one in the case takes that up again."""
        with self.at(self.day(day), 15):
            paper = self._paper()
            slot = signing.next_slot(paper)
            assert slot
            usual = capacities.acting(self.case, who)
            capacities.choose(self.case, who, PART_THAT_SIGNS[Party(slot.party)])
            signing.record_opened(paper, by=who)
            signing.send_code(paper, by=who, session="demo")
            code = Notice.objects.filter(recipient=who, is_secret=True).latest("pk").subject[:6]
            assert paper.review_copy
            signing.sign(
                paper,
                by=who,
                signed_name=who.full_name,
                agrees=True,
                code=code,
                sha256=paper.review_copy.sha256,
                origin=signing.Origin("demo", "192.0.2.10", "Demo browser"),
            )
            assert usual
            capacities.choose(self.case, who, usual.key)

    def placement(self) -> None:
        """The calendar starts it; check-ins are filled in, but for those that the demo wants open."""
        with self.at(self.start, 6):
            transitions.perform(self.case, "start", by=None)
        last = min(self.today, self.end)
        due = list(self.case.checkins.filter(due_on__lte=last).select_related("person").order_by("due_on"))
        kept_open = {"overdue": 2, "due": 0}.get(self.plan.step, 0)
        filled_in = due[: len(due) - kept_open]
        for checkin in filled_in:
            with self.at(checkin.due_on + timedelta(days=self.chance.choice((0, 0, 1)))):
                answers = self._answers()
                if self.plan.step == "low" and checkin == filled_in[-1]:  # it waits for HR
                    answers |= {"going": 2, "wants_contact": True, "support": "I would like to talk about the hours."}
                checkins.complete(checkin, by=checkin.person, answers=answers, standings=away.standings(self))
        for item in self.case.checklist.select_related("secondment"):
            who = {"secondee": self.plan.secondee, "line_manager": self.plan.manager, "host": self.plan.contact}
            if item.due_on and item.due_on < self.today:
                with self.at(item.due_on):
                    checklists.tick(item, by=who.get(item.party, self.plan.hr), done=True)
        away.live(self)
        away.extra_checkin(self)
        away.charge(self)
        beside.live(self)

    def _answers(self) -> dict[str, object]:
        return {
            "going": self.chance.choice((3, 4, 4, 5)),
            "progress": self.chance.choice(names.PROGRESS),
            "support": self.chance.choice(("", "", "A second screen would help.", "More time with the data team.")),
            "wants_contact": False,
            "note_to_hr": "",
        }

    def review(self) -> None:
        if self.plan.step == "early":
            with self.at(self.today - timedelta(days=4)):
                early_end.end_early(
                    self.case,
                    by=self.plan.hr,
                    last_day=self.today + timedelta(days=24),
                    asked_by="host",
                    reason="The host's project ends earlier than planned.",
                )
            return
        with self.at(self.end - timedelta(days=30), 6):
            transitions.perform(self.case, "begin_review", by=None)
        waits = {"": 0, "some": 2, "all": 3, "concluded": 3}.get(self.plan.step, 3)
        count = 3 if self.plan.state != "review" else waits
        for evaluation in list(self.case.evaluations.select_related("person"))[:count]:
            with self.at(self.end - timedelta(days=20 - self.chance.randrange(6)), 11):
                reviews.look_back(self, evaluation)
        if self.plan.state != "review" or self.plan.step == "concluded":
            with self.at(self.end - timedelta(days=8)):
                evaluations.conclude(
                    self.case, by=self.plan.hr, conclusion="Both sides gained; the objectives were met in substance."
                )

    def homecoming(self) -> None:
        with self.at(self.end + timedelta(days=1), 6):
            transitions.perform(self.case, "begin_return", by=None)
        beside.end_access(self)
        if self.plan.step == "outcome":
            self._outcome(self.end + timedelta(days=2))

    def _outcome(self, day: date) -> None:
        with self.at(day):
            outcomes.record(
                self.case,
                by=self.plan.hr,
                outcome=self.chance.choice(("same_role", "same_role", "promoted", "other_role")),
                returned_on=self.end + timedelta(days=1),
            )

    def completion(self) -> None:
        who = {"secondee": self.plan.secondee, "line_manager": self.plan.manager, "host": self.plan.contact}
        for item in self.case.checklist.filter(list="return"):
            with self.at(self.end + timedelta(days=self.chance.randint(1, 9))):
                checklists.tick(item, by=who.get(item.party, self.plan.hr), done=True)
        self._outcome(self.end + timedelta(days=10))
        with self.at(self.end + timedelta(days=12)):
            away.settle(self)
            transitions.perform(self.case, "complete", by=self.plan.hr)
        beside.follow_up(self)
