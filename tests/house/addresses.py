"""All addresses by name, and how to fill them in: with anything, or with what exists in a world."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from allauth.mfa.models import Authenticator
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import get_converters

from agreements import (
    clauses,
    composing,
    conversations,
    drafting,
    links,
    negotiation,
    papers,
    printing,
    proposing,
    signing,
)
from agreements.models import Agreement, Printout
from agreements.states import PrintKind
from people import clock
from people.actions import copies, holds, invitations, support
from people.imports import batches
from people.models import (
    ClosingDay,
    Department,
    Employment,
    ImportKind,
    Membership,
    Person,
    PersonSession,
    Policy,
    Signatory,
)
from secondments.actions import (
    abroad,
    absences,
    attachments,
    case_parts,
    charges,
    checklists,
    concerns,
    copying,
    decisions,
    deputies,
    early_end,
    expenses,
    ideas,
    leaves,
    proposals,
    questions,
    touches,
    wishes,
)
from secondments.choices import Part
from secondments.models import Secondment
from tests.cast import Cast, answer_to, member, on, person
from tests.snapshots import walk

DUMMIES = {
    "kind": "release",
    "name": "withdraw",
    "party": "host",
    "part": "host_supervisor",
    "clause_key": "place_of_work",
    "example": "people.csv",
    "older": "1",
    "newer": "1",
    "number": 0,  # the newest agreement
    "version": "1",
    "place": "0",
    "printout": "aaaaaaaaaaaa",
    "token": "a" * 64,
    "pk": "1",
    "hold": "aaaaaaaaaaaa",
    "invitation_key": "aaaaaaaaaaaa",
    "provider_id": "aaaaaaaaaaaa",
    "section": "purpose",
    "rule": "minimum_service_months",
    "file_key": "aaaaaaaaaaaa",
    "concern_key": "aaaaaaaaaaaa",
    "leave_key": "aaaaaaaaaaaa",
    "expense_key": "aaaaaaaaaaaa",
    "absence_key": "aaaaaaaaaaaa",
    "end_key": "aaaaaaaaaaaa",
    "wish_key": "aaaaaaaaaaaa",
    "certificate_key": "aaaaaaaaaaaa",
    "months": "6",
}


def patterns(found: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Name and route of every address."""
    for entry in (found or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield entry.name or "", route


ROUTES = dict(patterns())


def filled(name: str, values: dict[str, Any]) -> str:
    """The address with these values in its places; every place must have one."""

    def value(place: re.Match[str]) -> str:
        kind, given = place[1] or "str", values[place[2]]
        return str(get_converters()[kind].to_url(int(given) if kind == "paper" else given))

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", value, ROUTES[name])


def address(name: str, key: str = "aaaaaaaaaaaa") -> str:
    """An address of this name with a key, and anything in its other places."""
    kind = {"agreement_pdf": "sealed", "data_copy": "pdf"}.get(name, "release")
    return filled(name, {**DUMMIES, "kind": kind, "key": key})


@dataclass
class World:
    """A cast in which something exists for every address; ``values`` says what, by the address's name."""

    cast: Cast
    people: dict[str, Person]
    values: dict[str, dict[str, Any]]

    def path(self, name: str) -> str:
        return filled(name, {**DUMMIES, **self.values.get(name, {})})


SMALL = {"is_full_time": False, "weekly_hours": 1}


@walk
def build(cast: Cast) -> World:
    """Cases in every state that an address needs, and rows of every kind below people and organisations."""
    people = dict(cast.people)
    people["supervisor"] = person("Sven Olsen")
    people["deputy"] = person("Dep Uty")
    people["host_finance"] = member(person("Fia Host"), cast.contoso, "finance")
    people["administrator"] = person("Adam Min", is_administrator=True)
    Authenticator.objects.create(user=people["administrator"], type=Authenticator.Type.TOTP, data={"secret": "none"})
    values = _below_cases(cast, people) | _below_people(cast, people)
    return World(cast, {name: Person.objects.get(pk=who.pk) for name, who in people.items()}, values)


def _below_cases(cast: Cast, people: dict[str, Person]) -> dict[str, dict[str, Any]]:
    draft, proposal = cast.draft(**SMALL), cast.draft(**SMALL)
    file = attachments.add(proposal, by=cast.hr, name="plan.png", content=b"\x89PNG\r\n\x1a\n", is_shared=True)
    proposal = proposals.submit(proposal, by=cast.hr)
    terms, out, asked, own = (cast.agreement_case(**SMALL) for _ in range(4))
    papers_of_terms = _negotiated(cast, terms)
    shared_half(cast, cast.paper(asked))
    _brought(cast, own)
    issued = cast.issued(out)
    active, review, back = cast.active(**SMALL), cast.in_review(**SMALL), cast.returning(**SMALL)
    closed = cast.completed(**SMALL)
    for case in (proposal, terms, out, asked, own, active, review, back):
        case_parts.name(case, Part.HOST_SUPERVISOR, people["supervisor"], by=cast.contact)
    today = clock.today("UTC")
    deputy = deputies.name(
        people["deputy"], by=cast.contact, part=Part.HOST_CONTACT, since=today, until=today + timedelta(days=30)
    )
    deputies.accept(deputy, by=people["deputy"])
    item = active.checklist.filter(list="outward").first()
    refused = cast.proposal(**SMALL)
    decisions.decide(refused.decisions.get(kind="release"), by=cast.manager, verdict=False, reason="No cover.")
    question = questions.ask(proposal.decisions.get(kind="acceptance"), by=cast.contact, text="Who pays for travel?")
    with on(active.start_on):
        away = _while_away(cast, active)
    template = copying.make_template(proposal, by=cast.hr, name="Planner")
    wish = ideas.ask(
        by=cast.secondee,
        asked_as=Part.SECONDEE,
        seconder=cast.northwind,
        secondee=cast.secondee,
        fields={"why": "To learn."},
    )
    where: dict[Secondment, list[str]] = {
        draft: ["edit_proposal", "edit_section", "proposal_side", "check_proposal", "override_rule"],
        proposal: ["decide", "move", "send_invitation", "ask_question", "answer_question", "attachments", "attachment",
                   "remove_attachment", "proposal", "estimate", "make_template"],
        refused: ["appeal"],
        terms: ["edit_clause", "preview_clause", "ask_for_change", "accept_change", "counter_change", "decline_change",
                "withdraw_change", "comment", "reply", "settle_comment", "share_terms", "approve_terms",
                "issue_agreement", "paper_clauses", "add_clause", "take_clause", "leave_clause", "edit_schedule",
                "enclose", "legal_consent", "take_note"],
        asked: ["open_questions"],
        own: ["enclosure"],
        active: ["vary", "consolidated", "early_end_letter",
                 "secondment", "calendar_file", "placement", "checkin", "tick", "waive", "checklist_item", "evidence_file", "add_checklist_item", "end_early",
                 "extra_checkin", "checkin_rhythm", "concerns", "raise_concern", "concern", "leaves", "ask_leave", "leave_account", "leave",
                 "tell_absence", "absence", "absence_reason", "touches",
                 "costs", "recharge_terms", "hours", "charge", "charge_file", "statement_pdf", "expenses", "expense",
                 "receipt", "early_end", "wishes", "wish", "abroad", "certificate", "reorganisations", "induction",
                 "edit_induction", "return_plan", "return_risk",
                 "case_people", "name_part", "end_part", "readdress", "choose_capacity"],
        review: ["evaluate", "conclude", "review", "release_evaluations", "review_file"],
        back: ["outcome"],
        closed: ["case_hold", "follow_up", "final_statement"],
    }  # fmt: skip
    by_name = {name: case for case, names in where.items() for name in names}
    found = {
        name: {"key": by_name.get(name, out).key} for name, route in ROUTES.items() if route.startswith("secondments/<")
    }
    found["checkin"]["pk"] = active.checkins.filter(party="secondee").first().pk
    found["tick"]["pk"] = found["waive"]["pk"] = found["checklist_item"]["pk"] = item.pk
    shown = checklists.show(item, by=cast.hr, name="plan.png", content=b"\x89PNG\r\n\x1a\n")
    found["evidence_file"] |= {"pk": item.pk, "file_key": shown.key}
    found["end_part"]["pk"] = found["readdress"]["pk"] = active.parts.current().get(part="host_supervisor").pk
    found["send_invitation"]["invitation_key"] = cast.contact.invitations.get().key
    for name, values in papers_of_terms.items():
        found[name] |= values
    for name, values in _out_for_signature(cast, issued).items():
        found[name] = found.get(name, {}) | values
    for name, values in away.items():
        found[name] |= values
    found["take_note"]["name"] = "post_at_risk"
    found["agreement_pdf"]["kind"] = "review-copy"
    found["answer_question"]["pk"] = question.pk
    found["attachment"]["file_key"] = found["remove_attachment"]["file_key"] = file.key
    found["remove_template"] = {"key": template.key}
    found["idea"] = found["take_up_idea"] = {"key": wish.key}
    found["new_idea"] = {"part": "secondee"}
    found["invitation"] = {"key": cast.contact.invitations.get().key}
    found["deputy"] = found["answer_deputy"] = {"key": deputy.key}
    return found


def _while_away(cast: Cast, case: Secondment) -> dict[str, dict[str, Any]]:
    """A concern of the secondee's, leave that was granted, and an absence that lasts."""
    day = case.start_on
    concern = concerns.report(case, by=cast.secondee, kind="safety", what="An open pit.")
    leave = leaves.ask(
        case, by=cast.secondee, kind="annual", first_day=day + timedelta(days=30), last_day=day + timedelta(days=40)
    )
    leaves.decide(leave, by=cast.manager, granted=True)
    absence = absences.tell(case, by=cast.secondee, kind="sickness", first_day=day, reason="A cold.")
    touches.note(case, by=cast.manager, on=day, channel="call")
    terms = {"model": "fixed", "frequency": "month", "currency": "GBP", "fixed": Decimal(900), "payment_days": 30}
    charges.set_terms(case, by=cast.hr, fields=terms)
    spent = expenses.claim(
        case, by=cast.secondee, spent_on=day, kind="meals", amount=Decimal(9), name="b.png",
        receipt=b"\x89PNG\r\n\x1a\n",
    )  # fmt: skip
    last = day + timedelta(days=3)
    end = early_end.propose(case, by=cast.hr, last_day=last, asked_by="host", reason="The site closes.")
    wish = wishes.ask(case, by=cast.secondee, location="Gdynia", reason="The office moves.")
    paper = abroad.keep(case, by=cast.secondee, fields={"kind": "visa", "valid_until": day + timedelta(days=300)})
    return {
        "early_end": {"end_key": end.key},
        "wish": {"wish_key": wish.key},
        "certificate": {"certificate_key": paper.key},
        **{name: {"number": 1, "kind": "csv"} for name in ("charge", "charge_file", "statement_pdf")},
        **{name: {"expense_key": spent.key} for name in ("expense", "receipt")},
        "concern": {"concern_key": concern.key},
        "leave": {"leave_key": leave.key},
        **{name: {"absence_key": absence.key} for name in ("absence", "absence_reason")},
    }


def _negotiated(cast: Cast, case: Secondment) -> dict[str, dict[str, Any]]:
    """Terms that are argued about: a clause of their own, legal wording changed by somebody else of HR, comments."""
    lawyer = member(person("Lara Law"), cast.northwind, "hr")
    Membership.objects.filter(person=cast.hr).update(approves_legal=True)
    cast.answered(case)
    negotiation.add_clause(
        cast.paper(case), by=cast.hr, title="Parking", paragraphs=["There is a place to park."], note="Asked for.",
        seen_version=now(cast, case),
    )  # fmt: skip
    law = clauses.catalogue()["confidentiality"]
    negotiation.edit_clause(
        cast.paper(case), by=lawyer, key=law.key, values={}, wording=[*law.paragraphs, "This stays so."], note="Asked.",
        seen_version=now(cast, case),
    )  # fmt: skip
    paper = negotiation.share(cast.paper(case), by=cast.hr)
    wished = {"by": cast.contact, "key": "place_of_work", "text": "Two remote days.", "seen_version": now(cast, case)}
    words, exact = proposing.propose(paper, **wished), proposing.propose(paper, **wished, values={"remote_days": "2"})
    thread = conversations.start(paper, by=cast.contact, key="place_of_work", text="Is there parking?")
    library = composing.Matter.of(cast.paper(case).current).by_key
    return {
        "decline_change": {"pk": words.pk},
        **{key: {"pk": exact.pk} for key in ("accept_change", "counter_change", "withdraw_change")},
        **{key: {"pk": thread.pk} for key in ("reply", "settle_comment")},
        "leave_clause": {"clause_key": next(key for key in library if key.startswith("free_"))},
        "take_clause": {"clause_key": next(key for key in clauses.catalogue() if key not in library)},
        "legal_consent": {"clause_key": law.key},
    }


def now(cast: Cast, case: Secondment) -> int:
    """The number of the version that is on the page."""
    current = cast.paper(case).current
    assert current
    return current.number


def shared_half(cast: Cast, paper: Agreement) -> Agreement:
    """Shared with questions that only the others can answer."""
    assert paper.current
    given: dict[str, dict[str, str]] = {}
    for clause, parameter in drafting.open_questions(paper, paper.current):
        if drafting.asked_of(parameter) == "seconder":
            given.setdefault(clause.key, {})[parameter.name] = answer_to(parameter, paper.secondment)
    if given:
        negotiation.answer(paper, by=cast.hr, answers=given, seen_version=paper.current.number)
    return negotiation.share(papers.lock(paper.pk), by=cast.hr)


PAPER = b"%PDF-1.7 the host's own paper"


def _brought(cast: Cast, case: Secondment) -> Agreement:
    """The host's own paper in place of the clauses."""
    negotiation.enclose(
        cast.paper(case), by=cast.hr, name="terms.pdf", content=PAPER, note="Theirs.", seen_version=now(cast, case)
    )
    return shared_half(cast, cast.paper(case))


def _out_for_signature(cast: Cast, paper: Agreement) -> dict[str, dict[str, Any]]:
    """Places of the paper, the link in a mail, and a comparison that HR had printed."""
    host = paper.slots.get(party="host")
    first = signing.in_turn(papers.lock(paper.pk))[0]
    version = paper.current
    assert version
    both = {"older": version.number, "newer": version.number}
    printed = printing.ask(paper, by=cast.hr, kind=PrintKind.COMPARISON, older=version, newer=version)
    Printout.objects.filter(pk=printed.pk).update(made_at=clock.now(), content=b"%PDF-1.7")
    return {
        "terms_version": {"version": version.number},
        **dict.fromkeys(("compare_versions", "print_comparison"), both),
        "reassign": {"place": host.pk},
        **{key: {"place": first.pk} for key in ("sign_in_person", "in_person_code")},
        **{key: {"printout": printed.key} for key in ("printout", "printout_file")},
        "signing_link": {"token": links.path(links.live(first, first.signatory)).strip("/").rpartition("/")[2]},
    }


def _below_people(cast: Cast, people: dict[str, Person]) -> dict[str, dict[str, Any]]:
    today = clock.today("UTC")
    gone = person("Gone Away")
    terms = {"organisation": cast.northwind, "job_title": "Clerk", "annual_salary": 30000, "salary_currency": "GBP"}
    Employment.objects.create(person=gone, since=today - timedelta(days=900), until=today - timedelta(days=9), **terms)
    ahead = Employment.objects.create(person=person("Com Ing"), since=today + timedelta(days=9), **terms)
    empty = Department.objects.create(organisation=cast.northwind, name="Empty")
    signs = Signatory.objects.create(organisation=cast.northwind, person=cast.director, since=today)
    shut = ClosingDay.objects.create(organisation=cast.northwind, day=today + timedelta(days=40), name="Stocktaking")
    rules = Policy.objects.create(organisation=cast.northwind, effective_from=today + timedelta(days=30))
    batch = batches.begin(
        by=cast.hr,
        organisation=cast.northwind,
        kind=ImportKind.PEOPLE,
        file_name="people.csv",
        content=b"name,email\nA,a@x.example\n",
    )
    copy = copies.ask(cast.secondee, by=cast.secondee)
    hold = holds.place(cast.northwind, person=gone, by=cast.hr, reason="a court case")
    session = PersonSession.objects.create(person=cast.hr, session_key="x" * 32)
    invitations.invite(people["deputy"], by=cast.hr, organisation=cast.northwind, what="A part")
    support.begin(cast.secondee, by=people["administrator"], reason="They asked for help.")
    ours = {"key": cast.northwind.key}
    found = {name: ours for name, route in ROUTES.items() if route.startswith("organisations/<")}
    found |= {name: {"key": cast.secondee.key} for name, route in ROUTES.items() if route.startswith("people/<")}
    found |= {name: {"key": batch.key} for name, route in ROUTES.items() if route.startswith("people/import/")}
    present = cast.secondee.employments.get()
    for name in ("correct_employment", "change_employment", "end_employment"):
        found[name] = {"key": cast.secondee.key, "pk": present.pk}
    found["call_off_employment"] = {"key": ahead.person.key, "pk": ahead.pk}
    for name in ("rename_department", "remove_department"):
        found[name] = {**ours, "pk": empty.pk}
    found["finance_file"] = {"kind": "csv"}
    found["usual_list"] = {**ours, "kind": "outward"}
    found["end_signatory"] = {**ours, "pk": signs.pk}
    found["remove_closing_day"] = {**ours, "pk": shut.pk}
    found["end_membership"] = {**ours, "pk": Membership.objects.get(person=cast.finance).pk}
    found["legal_membership"] = {**ours, "pk": Membership.objects.get(person=cast.hr).pk}
    for name in ("edit_policy", "remove_policy"):
        found[name] = {**ours, "pk": rules.pk}
    found["lift_hold"] = {"key": gone.key, "hold": hold.key}
    for name in ("person_data", "confirm_erasure", "call_off_erasure"):
        found[name] = {"key": gone.key}
    found["data_copy"] = {"key": copy.key, "kind": "pdf"}
    found["openid_connect_login"] = {"key": "aaaaaaaaaaaa"}
    found["security_remove_factor"] = {"pk": Authenticator.objects.get(user=people["administrator"]).pk}
    found["security_end_session"] = {"pk": session.pk}
    found["administration_first_hr"] = ours
    found["administration_person"] = found["begin_support"] = {"key": cast.secondee.key}
    return found
