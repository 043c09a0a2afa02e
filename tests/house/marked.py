"""A world in which every confidential field holds a word of its own, and who may read which of them.

Words are written through the real actions where there is one, so that they could leak into notices, mails and the
ledger as well; the others are put into their columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from allauth.mfa.models import Authenticator

from agreements import (
    approving,
    clauses,
    conversations,
    drafting,
    editions,
    envelopes,
    further,
    guards,
    negotiation,
    papers,
    printing,
    proposing,
    signing,
)
from agreements.models import Agreement, SigningCode
from agreements.states import Audience, PaperKind, PrintKind
from people import clock
from people.actions import copies, holds, invitations, support
from people.actions import people as directory
from people.imports import batches
from people.models import (
    DataCopy,
    Employment,
    Fate,
    ImportBatch,
    ImportKind,
    ImportRow,
    Invitation,
    OneTimeCode,
    Organisation,
    Person,
    PersonSession,
    Policy,
    SignInProvider,
)
from secondments import transitions
from secondments.actions import (
    abroad,
    absences,
    appeals,
    attachments,
    calendar,
    case_parts,
    charges,
    checkins,
    checklists,
    concerns,
    decisions,
    deputies,
    early_end,
    evaluations,
    expenses,
    ideas,
    inductions,
    leaves,
    outcomes,
    proposals,
    questions,
    reorganisations,
    return_plans,
    touches,
    wishes,
)
from secondments.choices import Part
from secondments.models import Override, Secondment
from tests.cast import Cast, fresh, member, on, person
from tests.house import addresses

HOME = {"hr", "secondee", "manager", "standing"}
HOST = {"contact", "deputy", "supervisor", "host_hr", "supervising"}
SIGN = {"director", "signatory"}
VIEW = {"viewer", "host_viewer", "viewing"}
ALL = HOME | HOST | SIGN | VIEW
PAYERS = {"contact", "deputy", "host_hr", "host_finance", "paying"}
OWN_LISTS = {"hr", "secondee"}

# Who may read what of a case, by access.md. Two people have two parts each and act in one or the other: somebody of
# the host's finance who is a supervisor ("paying", "supervising"), and a viewer who is the line manager's deputy.
CASE: dict[str, set[str]] = {
    "purpose": ALL,
    "objective": ALL,
    "measure": ALL,
    "draftpurpose": {"hr"},
    "whysecondment": ALL,
    "conditions": ALL,
    "skillname": ALL,
    "ifrefused": HOME,
    "risks": HOME,
    "covernote": HOME,
    "costlabel": {"hr", "finance", "manager", "standing"},
    "exception": {"hr", "manager", "standing"},
    "hostquestion": {"hr", "contact", "deputy", "host_hr"},
    "hostanswer": {"hr", "contact", "deputy", "host_hr"},
    "sharedfile": HOME | {"contact", "deputy", "host_hr"},
    "hrfile": {"hr"},
    "appealtext": HOME,
    "appealanswer": HOME,
    "ideawhy": {"hr", "secondee", "manager"},
    "ideaview": {"hr", "secondee", "manager"},
    "ideaanswer": {"hr", "secondee", "manager"},
    "releasereason": HOME,
    "consentreason": {"hr", "secondee"},
    "acceptancereason": HOME | HOST - {"supervisor", "supervising"},
    "withdrawreason": {"hr"},
    "refusedtosign": {"hr", "secondee"},  # who wrote it
    "internalnote": {"hr"},
    "sharednote": HOME | HOST | SIGN,
    "unsharednote": {"hr"},
    "changeasked": HOME | HOST | SIGN,
    "changeanswer": HOME | HOST | SIGN,
    "counterasked": HOME | HOST | SIGN,
    "counterwording": HOME | HOST | SIGN,
    "countervalue": HOME | HOST | SIGN,
    "commentall": HOME | HOST | SIGN,
    "commentseconder": {"hr"},
    "commentmanager": {"hr", "manager", "standing"},
    "commenthost": HOST,
    "freeclause": HOME | HOST | SIGN,
    "freeschedule": HOME | HOST | SIGN,
    "enclosurename": HOME | HOST | SIGN,
    "legalreason": {"hr"},
    "notedrisk": {"hr"},
    "reassignreason": {"hr"},
    "variationreason": HOME | HOST | SIGN,
    "contractwording": HOME | {"director"},
    "contractcomment": HOME | {"director"},
    "expensepassed": {"hr", "finance", "manager", "standing", "secondee"} | PAYERS,
    "expenseown": {"hr", "finance", "manager", "standing", "secondee"},
    "expenserefused": {"hr", "finance", "manager", "standing", "secondee"},
    "receiptname": {"hr", "finance", "manager", "standing", "secondee"},
    "taxreason": {"hr", "finance", "manager", "standing"} | PAYERS,
    "handednote": {"hr", "finance"},
    "concernhost": {"hr", "manager"} | HOST,
    "concernhostwish": {"hr", "manager"} | HOST,
    "concerntold": {"hr", "manager", "secondee"},
    "concernhostend": {"hr", "manager"} | HOST,
    "concernaction": {"hr", "manager"},
    "concernsecondee": {"hr", "secondee"},
    "concernsecondeeend": {"hr", "secondee"},
    "leavenote": HOME,
    "leaverefused": HOME,
    "absencereason": {"hr", "secondee"},
    "touchnote": HOME,
    "wishother": HOME | HOST,
    "wishreason": HOME | HOST,
    "wishanswer": HOME | HOST,
    "proposedend": {"hr", "manager", "standing", "director"},
    "refusedend": {"hr", "manager", "standing", "director"},
    "papernumber": HOME,
    "paperissuer": {"hr", "secondee"},
    "tripnote": HOME,
    "reorganisedhome": HOME,
    "reorganisedhost": HOME | HOST,
    "reorganisedview": HOME,
    "reorganisedresult": HOME,
    "arrival": {"hr", "secondee"} | HOST,
    "buddy": {"hr", "secondee"} | HOST,
    "stepwith": {"hr", "secondee"} | HOST,
    "returnrole": HOME,
    "returnmeeting": HOME,
    "returnwish": HOME,
    "returnrisk": HOME,
    "returnriskdone": HOME,
    "handback": HOME | HOST,
    "progresssecondee": {"hr", "secondee"},
    "supportsecondee": {"hr", "secondee"},
    "practisedsecondee": {"hr", "secondee"},
    "standingsecondee": {"hr", "secondee"},
    "practisedhost": {"hr"} | HOST,
    "standinghost": {"hr"} | HOST,
    "checkinasked": {"hr"} | HOST,
    "notesecondee": {"hr", "secondee"},
    "attendedsecondee": {"hr", "secondee"},
    "attendedhost": {"hr", "contact"},
    "summarysecondee": HOME,
    "summaryhost": {"hr", "manager", "standing"} | HOST,
    "progresshost": {"hr"} | HOST,
    "supporthost": {"hr"} | HOST,
    "notehost": {"hr", "contact"},
    "earlyend": {"hr", "secondee"},  # the secondee in the copy of their data
    "worksecondee": {"hr", "secondee"},
    "evidencesecondee": {"hr", "secondee"},
    "workhost": {"hr"} | HOST - {"host_hr"},
    "evidencehost": {"hr"} | HOST - {"host_hr"},
    "workmanager": {"hr", "manager", "standing"},
    "skillssecondee": {"hr", "secondee"},
    "skillshost": {"hr"} | HOST - {"host_hr"},
    "skillsmanager": {"hr", "manager", "standing"},
    "evidencemanager": {"hr", "manager", "standing"},
    "releasedsecondee": HOME | HOST,
    "releasedmanager": HOME | HOST,
    "skillsreleasedsecondee": HOME | HOST,
    "skillsreleasedmanager": HOME | HOST,
    "evidencereleasedmanager": HOME | HOST,
    "evidencereleasedsecondee": HOME | HOST,
    "evaluationdraft": set(),  # its writer in the copy of their data, which is asked for and made later
    "conclusion": HOME | HOST,
    "notwaited": HOME | HOST,
    "outcomenote": {"hr", "secondee"},  # likewise
    "evidencefile": HOME,
    "waivedoutward": HOME,
    "waivedinward": {"hr", "secondee"} | HOST,
    "waivedreturn": HOME | HOST,
    "casehold": {"hr"},
    "whyended": {"hr"},
}
# … and of people and organisations, where no part in a case counts.
BOOKS = {"hr", "finance"}
STAFF = BOOKS | {"viewer", "viewing", "standing"}
HOUSE: dict[str, set[str]] = {
    "ownclause": STAFF,
    "ownclausenote": STAFF,
    "newstext": STAFF | {"manager", "secondee"},
    "hostclause": {"host_hr", "host_finance", "host_viewer", "paying", "supervising"},
    "salary": BOOKS | {"secondee"},
    "currency": BOOKS | {"secondee"},
    "grade": STAFF | {"secondee"},
    "number": STAFF | {"secondee"},
    "formergrade": STAFF,
    "phone": STAFF | {"manager", "secondee"},
    "importfile": {"hr"},
    "importrow": {"hr"},
    "invitationtext": {"deputy"},
    "personhold": {"hr"},
    "supportreason": {"administrator", "hr", "secondee"},
    "policynote": STAFF,
    "shutout": set(),
    "unlistedhost": {"administrator", "stranger_hr"},
    "copyreason": {"hr", "secondee"},
    "providersecret": set(),
    "passwordhash": set(),
    "recoverycodes": set(),
    "appsecret": set(),
    "otherssession": set(),
    "onetimecode": set(),
    "codesession": set(),
    "signingcode": set(),
}
SEEN = CASE | HOUSE
KEPT_FROM_SUPPORT_AWAY = {"concernsecondee", "concernsecondeeend", "concerntold", "absencereason"}
KEPT_FROM_SUPPORT_AWAY |= {"leavenote", "leaverefused", "touchnote", "expensepassed", "expenseown", "expenserefused"}
KEPT_FROM_SUPPORT_AWAY |= {
    "receiptname",
    "wishother",
    "wishreason",
    "wishanswer",
    "papernumber",
    "paperissuer",
    "tripnote",
}
KEPT_FROM_SUPPORT_AWAY |= {"reorganisedhome", "reorganisedhost", "reorganisedview", "reorganisedresult", "arrival"}
KEPT_FROM_SUPPORT_AWAY |= {"buddy", "stepwith", "returnrole", "returnmeeting", "returnwish", "returnrisk"}
KEPT_FROM_SUPPORT_AWAY |= {"returnriskdone", "handback"}
# Support sees the secondee's pages without pay and private notes, and never the copy of their data.
KEPT_FROM_SUPPORT = {"appealtext", "appealanswer", "ideawhy", "ideaview", "ideaanswer"}
KEPT_FROM_SUPPORT |= KEPT_FROM_SUPPORT_AWAY | {
    "salary",
    "currency",
    "notesecondee",
    "attendedsecondee",
    "earlyend",
    "outcomenote",
    "copyreason",
    "refusedtosign",
}


def share_of(role: str) -> set[str]:
    """What a role may see, and is to come across."""
    if role == "support":
        return share_of("secondee") - KEPT_FROM_SUPPORT
    return {name for name, roles in SEEN.items() if role in roles}


SPELLINGS = {"48123": "salary", "48,123": "salary", "xts": "currency"}
FOUND = re.compile(r"\b(?:zq([a-z]+)zq|(48123|48,123|xts))\b")


def word(name: str) -> str:
    """The word that stands in a field; none is part of another, nor of anything else."""
    return f"zq{name}zq"


def words_in(text: str) -> set[str]:
    """Which fields' words stand in a text."""
    return {name or SPELLINGS[spelling] for name, spelling in FOUND.findall(text.casefold())}


@dataclass
class Marked:
    """The world, its people by role, and the cases that hold words."""

    world: addresses.World
    people: dict[str, Person]
    cases: list[Secondment]


SMALL = addresses.SMALL
PICTURE = b"\x89PNG\r\n\x1a\n"


def build() -> Marked:
    cast = Cast.assemble()
    world = addresses.build(cast)
    people = dict(world.people)
    people["host_viewer"] = member(person("Hester View"), cast.contoso, "viewer")
    people["paying"] = people["supervising"] = member(person("Dou Ble"), cast.contoso, "finance")
    people["viewing"] = people["standing"] = member(person("Sta Nding"), cast.northwind, "viewer")
    _deputy(cast, people["standing"])
    holds.place(cast.northwind, person=cast.secondee, by=cast.hr, reason=word("personhold"))
    cases = [_refused(cast), _written(cast, people), _appealed(cast)]
    _idea(cast)
    cases += [walk(cast, people) for walk in (_argued, _withdrawn, _own_papers, _reassigned, _ended_early, _completed)]
    cast.draft(**SMALL, purpose=word("draftpurpose"))
    _people(cast, people)
    _secrets(cast, people)
    _imports(world)
    _libraries(cast)
    for copy in (copies.ask(cast.secondee, by=cast.secondee), _asked_by_hr(cast)):
        copies.make(copy)
        world.values["data_copy"] = {"key": copy.key, "kind": "pdf"}
    return Marked(world, {role: Person.objects.get(pk=who.pk) for role, who in people.items()}, cases)


def _deputy(cast: Cast, who: Person) -> None:
    today = clock.today("UTC")
    last = today + timedelta(days=30)
    row = deputies.name(who, by=cast.manager, part=Part.LINE_MANAGER, since=today, until=last)
    deputies.accept(row, by=who)


def _supervised(cast: Cast, people: dict[str, Person], case: Secondment) -> Secondment:
    """With both supervisors; a third has been and gone, for a reason."""
    for who in (people["supervisor"], people["supervising"], cast.stranger):
        case_parts.name(case, Part.HOST_SUPERVISOR, who, by=cast.contact)
    row = case.parts.get(person=cast.stranger)
    case_parts.end(row, by=cast.contact, reason=word("whyended"))
    return fresh(case)


def _refused(cast: Cast) -> Secondment:
    """Released and accepted with a reason each, then declined by the secondee with another."""
    case = cast.proposal(**SMALL)
    for kind, verdict in (("release", True), ("acceptance", True), ("consent", False)):
        decision = case.decisions.get(kind=kind)
        case = decisions.decide(decision, by=decision.decider, verdict=verdict, reason=word(f"{kind}reason"))
    return fresh(case)


def _written(cast: Cast, people: dict[str, Person]) -> Secondment:
    """A proposal with words in every section, files, an exception to a rule, and a question of the host's."""
    said = {
        name.replace("_", ""): name for name in ("why_secondment", "conditions", "if_refused", "risks", "cover_note")
    }
    cost = {"kind": "travel", "label": word("costlabel"), "amount": "10", "basis": "month", "borne_by": "agreed"}
    case = proposals.begin(
        by=cast.hr,
        seconder=cast.northwind,
        fields=cast.fields(**SMALL),
        objectives=cast.OBJECTIVES,
        proposal={column: word(name) for name, column in said.items()} | {"funding": "host"},
        tables={"skills": [{"name": word("skillname"), "now": 1, "hoped": 3}], "cost_items": [cost]},
    )
    Override.objects.create(
        secondment=case, rule="minimum_service_months", reason=word("exception"), by=cast.hr, at=clock.now()
    )
    for name, is_shared in (("sharedfile", True), ("hrfile", False)):
        attachments.add(case, by=cast.hr, name=f"{word(name)}.png", content=PICTURE, is_shared=is_shared)
    case = proposals.submit(case, by=cast.hr)
    asked = questions.ask(case.decisions.get(kind="acceptance"), by=cast.contact, text=word("hostquestion"))
    questions.answer(asked, by=cast.hr, text=word("hostanswer"))
    for decision in case.decisions.all():
        case = decisions.decide(decision, by=decision.decider, verdict=True)
    return _supervised(cast, people, case)


def _appealed(cast: Cast) -> Secondment:
    """A refused release that HR was asked to look at again, and upheld."""
    case = cast.proposal(**SMALL)
    case = decisions.decide(case.decisions.get(kind="release"), by=cast.manager, verdict=False, reason="No cover.")
    appeal = appeals.ask(case, by=cast.secondee, text=word("appealtext"))
    return fresh(appeals.answer(appeal, by=cast.hr, granted=False, text=word("appealanswer")))


def _idea(cast: Cast) -> None:
    fields = {"why": word("ideawhy"), "where": "Abroad"}
    idea = ideas.ask(
        by=cast.secondee, asked_as=Part.SECONDEE, seconder=cast.northwind, secondee=cast.secondee, fields=fields
    )
    ideas.say_view(idea, by=cast.manager, view="for", text=word("ideaview"))
    ideas.decline(idea, by=cast.hr, answer=word("ideaanswer"))


def _argued(cast: Cast, people: dict[str, Person]) -> Secondment:
    """A paper that was not signed, and a second one that is argued about."""
    case = _supervised(cast, people, cast.agreement_case(**SMALL))
    _edit(cast, case, "internalnote", "1")
    agreement = cast.issued(case)
    signing.record_opened(agreement, by=case.secondee)
    signing.decline(agreement, by=case.secondee, reason=word("refusedtosign"))
    envelopes.redraft(papers.lock(agreement.pk), by=cast.hr)
    agreement = cast.shared(case)
    assert agreement.current
    asked = proposing.propose(
        agreement, by=cast.contact, key="place_of_work", text=word("changeasked"), seen_version=agreement.current.number
    )
    proposing.decline(asked, by=cast.hr, answer=word("changeanswer"))
    _edit(cast, case, "sharednote", "3")
    _prepared_further(cast, case)
    _talked(cast, case)
    return fresh(case)


def _prepared_further(cast: Cast, case: Secondment) -> None:
    """A clause and a schedule of this paper alone, legal wording changed and agreed to, and a post at risk."""
    seen = addresses.now(cast, case)
    free = {"title": "Parking", "paragraphs": [word("freeclause")], "note": "Asked for."}
    negotiation.add_clause(cast.paper(case), by=cast.hr, seen_version=seen, **free)
    schedules = [{"title": "Tools", "paragraphs": [word("freeschedule")]}]
    negotiation.set_schedules(
        cast.paper(case), by=cast.hr, schedules=schedules, note="Asked for.", seen_version=seen + 1
    )
    law = clauses.catalogue()["confidentiality"]
    negotiation.edit_clause(
        cast.paper(case), by=Person.objects.get(full_name="Lara Law"), key=law.key, values={},
        wording=[*law.paragraphs, "This stays so."], note="Asked for.", seen_version=seen + 2,
    )  # fmt: skip
    paper = cast.paper(case)
    approving.consent_legally(
        paper, by=cast.hr, key=law.key, wording_hash=approving.hashes(paper)[law.key], reason=word("legalreason")
    )
    approving.take_note(paper, by=cast.hr, name=guards.AT_RISK, reason=word("notedrisk"))
    versions = {name: paper.versions.get(number=n) for name, n in (("older", seen), ("newer", seen + 2))}
    printing.ask(paper, by=cast.hr, kind=PrintKind.COMPARISON, **versions)
    printing.make_pending()


def _talked(cast: Cast, case: Secondment) -> None:
    """A proposal answered with another one; a comment for each audience."""
    paper, seen = cast.paper(case), addresses.now(cast, case)
    asked = proposing.propose(paper, by=cast.contact, key="place_of_work", text="More.", seen_version=seen)
    text = clauses.catalogue()["place_of_work"].paragraphs
    proposing.counter(
        asked, by=cast.hr, text=word("counterasked"), seen_version=seen, wording=[*text, word("counterwording")],
        values={"travel_area": word("countervalue")},
    )  # fmt: skip
    for by, audience, name in (
        (cast.contact, Audience.ALL, "all"),
        (cast.hr, Audience.SECONDER, "seconder"),
        (cast.hr, Audience.SECONDER_MANAGER, "manager"),
        (cast.contact, Audience.HOST, "host"),
    ):
        conversations.start(paper, by=by, key="place_of_work", text=word(f"comment{name}"), audience=audience)


def _own_papers(cast: Cast, people: dict[str, Person]) -> Secondment:
    """The host's own paper, and the contract that is between the secondee and their employer."""
    case = _supervised(cast, people, cast.agreement_case(**SMALL))
    negotiation.enclose(
        cast.paper(case), by=cast.hr, name=f"{word('enclosurename')}.pdf", content=addresses.PAPER, note="Theirs.",
        seen_version=1,
    )  # fmt: skip
    addresses.shared_half(cast, cast.paper(case))
    contract = drafting.draft(case, by=None, kind=PaperKind.CONTRACT)
    addresses.shared_half(cast, contract)
    contract = papers.lock(contract.pk)
    assert contract.current
    text = clauses.catalogue()["role_duties"].paragraphs
    negotiation.edit_clause(
        contract, by=cast.hr, key="role_duties", values={}, wording=[*text, word("contractwording")], note="Asked for.",
        seen_version=contract.current.number,
    )  # fmt: skip
    conversations.start(papers.lock(contract.pk), by=cast.hr, key="role_duties", text=word("contractcomment"))
    return fresh(case)


def _reassigned(cast: Cast, people: dict[str, Person]) -> Secondment:
    """A paper that is out for signature, by somebody else than it names."""
    case = _supervised(cast, people, cast.agreement_case(**SMALL))
    paper = cast.issued(case)
    place = paper.slots.get(party="host").pk
    envelopes.reassign(paper, by=cast.contact, place=place, to=person("Nova Sign"), reason=word("reassignreason"))
    return fresh(case)


def _varied(cast: Cast, case: Secondment) -> None:
    """A variation that all have seen and nobody has signed before the end."""
    reason = word("variationreason")
    paper = further.vary(fresh(case), by=cast.hr, changes={"location": "Gdynia"}, reason=reason)
    addresses.shared_half(cast, paper)


def _withdrawn(cast: Cast, people: dict[str, Person]) -> Secondment:
    """Terms that nobody but HR was ever shown, and the end of it."""
    case = _supervised(cast, people, cast.agreement_case(**SMALL))
    _edit(cast, case, "unsharednote", "4")
    return transitions.perform(fresh(case), "withdraw", by=cast.hr, reason=word("withdrawreason"))


def _edit(cast: Cast, case: Secondment, note: str, days: str) -> None:
    agreement = cast.paper(case)
    assert agreement.current
    negotiation.edit_clause(
        agreement, by=cast.hr, key="place_of_work", values={"remote_days": days}, wording=[],
        note=word(note), seen_version=agreement.current.number,
    )  # fmt: skip


def _ended_early(cast: Cast, people: dict[str, Person]) -> Secondment:
    """Running and checked in upon, then ended early; everybody has looked back, and HR has not concluded."""
    case = _supervised(cast, people, cast.active(**SMALL))
    with on(case.start_on + timedelta(days=20)):
        for party in ("secondee", "host"):
            checkin = case.checkins.filter(party=party).order_by("due_on").first()
            answers = {name: word(f"{name}{party}") for name in ("progress", "support")}
            answers["skills"] = word(f"practised{party}")
            noted = {objective.pk: ("behind", word(f"standing{party}")) for objective in case.objectives.all()}
            answers |= {"going": 2, "wants_contact": True, "note_to_hr": word(f"note{party}")}
            checkin = checkins.complete(checkin, by=checkin.person, answers=answers, standings=noted)
            checkins.attend(checkin, by=cast.hr, note=word(f"attended{party}"))
            checkins.share(checkin, by=cast.hr, summary=word(f"summary{party}"))
        _while_away(cast, case)
        due = clock.today("UTC")
        checkins.ask_extra(case, by=cast.hr, parties=["host"], due_on=due, because=word("checkinasked"))
        case = early_end.end_early(
            case, by=cast.hr, last_day=case.start_on + timedelta(days=50), asked_by="host", reason=word("earlyend")
        )
        _look_back(case, "work", "evidence", "skills")
    return fresh(case)


def _while_away(cast: Cast, case: Secondment) -> None:
    """Concerns of both sides to their end, leave with a note and a refusal, an absence, a contact, news from home."""
    today = clock.today("UTC")
    theirs = concerns.report(
        case, by=cast.contact, kind="conduct", what=word("concernhost"), wish=word("concernhostwish")
    )
    action = concerns.act(theirs, by=cast.hr, text=word("concernaction"), doer=cast.hr, due_on=today)
    concerns.disclose(theirs, by=cast.hr, text=word("concerntold"))
    concerns.give(theirs, by=cast.hr, owner=cast.manager)
    concerns.finish(action, by=cast.hr)
    concerns.close(theirs, by=cast.hr, end="settled", note=word("concernhostend"))
    own = concerns.report(case, by=cast.secondee, kind="safety", what=word("concernsecondee"))
    concerns.close(own, by=cast.hr, end="measures", note=word("concernsecondeeend"))
    days = {"first_day": today, "last_day": today + timedelta(days=9)}
    asked = leaves.ask(case, by=cast.secondee, kind="annual", note=word("leavenote"), **days)
    leaves.decide(asked, by=cast.manager, granted=False, reason=word("leaverefused"))
    absences.tell(case, by=cast.secondee, kind="sickness", first_day=today, reason=word("absencereason"))
    touches.note(case, by=cast.manager, on=today, channel="call", note=word("touchnote"))
    _charged(cast, case)
    _beside(cast, case)
    later = {"link": "", "is_vacancy": True, "shown_until": today + timedelta(days=900)}
    touches.publish(cast.northwind, by=cast.hr, title="Move", text=word("newstext"), **later)


def _beside(cast: Cast, case: Secondment) -> None:
    """A change that is refused, an end that is refused, papers, a trip, reorganisations, first days, the way back."""
    today = clock.today("UTC")
    asked = wishes.ask(case, by=cast.contact, other=word("wishother"), reason=word("wishreason"))
    wishes.answer(asked, by=cast.hr, granted=False, why=word("wishanswer"))
    soon = {"last_day": today + timedelta(days=2), "asked_by": "host", "reason": word("proposedend")}
    refused = early_end.propose(case, by=cast.hr, **soon)
    early_end.answer(refused, by=cast.director, approved=False, why=word("refusedend"))
    paper = {"kind": "visa", "number": word("papernumber"), "issued_by": word("paperissuer"), "valid_until": today}
    abroad.keep(case, by=cast.secondee, fields=paper)
    abroad.note_trip(case, by=cast.secondee, first_day=today, last_day=today, note=word("tripnote"))
    home = reorganisations.tell(case, by=cast.hr, what=word("reorganisedhome"))
    reorganisations.give_view(home, by=cast.secondee, view=word("reorganisedview"))
    reorganisations.end(home, by=cast.hr, result=word("reorganisedresult"))
    reorganisations.tell(case, by=cast.contact, what=word("reorganisedhost"))
    steps = [{"on": today, "title": "Keys", "with_whom": word("stepwith")}]
    first = {"buddy_name": word("buddy"), "buddy_email": "", "arrival": word("arrival"), "steps": steps}
    inductions.save(case, by=cast.contact, **first)
    plan = {"role_kind": "same", "role": word("returnrole"), "meeting_notes": word("returnmeeting")}
    return_plans.save(case, by=cast.manager, fields=plan)
    return_plans.save(case, by=cast.secondee, fields={"wishes": word("returnwish")})
    return_plans.save(case, by=cast.contact, fields={"handback": word("handback")})
    return_plans.flag(case, by=cast.manager, why=word("returnrisk"), done=word("returnriskdone"))


def _charged(cast: Cast, case: Secondment) -> None:
    """Terms with a salary and a decision on tax, expenses of each kind, and what is unpaid handed over."""
    terms = {
        "model": "salary", "frequency": "quarter", "currency": "GBP", "annual_salary": Decimal(48123),
        "on_cost_percent": Decimal(10), "payment_days": 30, "tax_treatment": "none", "tax_reason": word("taxreason"),
    }  # fmt: skip
    charges.set_terms(case, by=cast.hr, fields=terms)
    for label, answer in (("passed", {"passed_on": True}), ("own", {}), ("own", {"reason": word("expenserefused")})):
        spent = expenses.claim(
            case, by=cast.secondee, spent_on=clock.today("UTC"), kind="travel", amount=Decimal(7), receipt=PICTURE,
            name=f"{word('receiptname')}.png" if label == "own" else "b.png", label=word(f"expense{label}"),
        )  # fmt: skip
        expenses.decide(spent, by=cast.finance, approved="reason" not in answer, **answer)
    charges.hand_over(case, by=cast.hr, note=word("handednote"))


def _look_back(case: Secondment, work: str, evidence: str, skills: str, but: str = "") -> None:
    for evaluation in case.evaluations.exclude(party=but):
        party = evaluation.party.removeprefix("line_")
        evaluations.complete(
            evaluation,
            by=evaluation.person,
            answers={"what_worked": word(work + party), "skills": word(skills + party), "would_repeat": True},
            results={found.pk: ("met", word(evidence + party)) for found in case.objectives.all()},
        )


def _completed(cast: Cast, people: dict[str, Person]) -> Secondment:
    """A case to its end, with words wherever the way leads past."""
    objectives = ({"text": word("objective"), "measure": word("measure")},)
    fields = cast.fields(**SMALL, purpose=word("purpose"))
    case = proposals.begin(by=cast.hr, seconder=cast.northwind, fields=fields, objectives=objectives)
    case = proposals.submit(case, by=cast.hr)
    for decision in case.decisions.all():
        case = decisions.decide(decision, by=decision.decider, verdict=True)
    case = _supervised(cast, people, case)
    agreement = cast.issued(case)
    for who in (case.secondee, case.host_signatory, case.seconder_signatory):
        agreement = cast.sign(Agreement.objects.select_related("review_copy").get(pk=agreement.pk), who)
    cast.seal(agreement)
    case = fresh(case)
    for kind, by in (("outward", cast.hr), ("inward", cast.host_hr)):
        checklists.waive(case.checklist.filter(list=kind).first(), by=by, reason=word(f"waived{kind}"))
    shown = case.checklist.filter(list="outward").first()
    checklists.show(shown, by=cast.hr, name=f"{word('evidencefile')}.png", content=PICTURE)
    with on(case.start_on):
        calendar.advance()
        _varied(cast, case)
    with on(case.end_on - timedelta(days=30)):
        calendar.advance()
    with on(case.end_on - timedelta(days=20)):
        _look_back(fresh(case), "released", "evidencereleased", "skillsreleased", but="host")
        begun = {"what_worked": word("evaluationdraft")}
        evaluations.keep_draft(case.evaluations.get(party="host"), by=cast.contact, values=begun)
        evaluations.conclude(fresh(case), by=cast.hr, conclusion=word("conclusion"), waived_because=word("notwaited"))
    with on(case.end_on + timedelta(days=1)):
        calendar.advance()
    with on(case.end_on + timedelta(days=2)):
        for item in case.checklist.filter(list="return"):
            checklists.waive(item, by=cast.hr, reason=word("waivedreturn"))
        outcomes.record(case, by=cast.hr, outcome="same_role", note=word("outcomenote"))
        transitions.perform(case, "complete", by=cast.hr)
    holds.place(cast.northwind, case_id=case.pk, by=cast.hr, reason=word("casehold"))
    return fresh(case)


def _people(cast: Cast, people: dict[str, Person]) -> None:
    """Employment, telephone, invitation, support, rules, and somebody shut out."""
    Employment.objects.filter(person=cast.secondee).update(
        annual_salary=Decimal("48123"), salary_currency="XTS", grade=word("grade"), employee_number=word("number")
    )
    Employment.objects.filter(person__full_name="Gone Away").update(grade=word("formergrade"))
    Person.objects.filter(pk=cast.secondee.pk).update(phone=word("phone"))
    Invitation.objects.filter(person=people["deputy"]).delete()
    invitations.invite(people["deputy"], by=cast.hr, organisation=cast.northwind, what=word("invitationtext"))
    support.begin(cast.secondee, by=people["administrator"], reason=word("supportreason"))
    Policy.objects.filter(organisation=cast.northwind).update(note=word("policynote"))
    Organisation.objects.filter(legal_name="Fabrikam Inc").update(legal_name=word("unlistedhost"))
    shut = Person.objects.get(full_name="Com Ing")
    directory.deactivate(shut, by=cast.hr, reason=word("shutout"))


def _asked_by_hr(cast: Cast) -> DataCopy:
    return copies.ask(cast.secondee, by=cast.hr, organisation=cast.northwind, reason=word("copyreason"))


def _secrets(cast: Cast, people: dict[str, Person]) -> None:
    """What nobody is ever shown, in every row where it could be."""
    Person.objects.update(password=word("passwordhash"))
    for who in Person.objects.all():
        for kind, data in (
            (Authenticator.Type.TOTP, {"secret": word("appsecret")}),
            (Authenticator.Type.RECOVERY_CODES, {"codes": [word("recoverycodes")]}),
        ):
            Authenticator.objects.update_or_create(user=who, type=kind, defaults={"data": data})
        later = clock.now() + timedelta(days=1)
        OneTimeCode.objects.create(
            person=who, purpose="confirm", session=word("codesession"), code=word("onetimecode"), expires_at=later
        )
        PersonSession.objects.create(person=who, session_key=f"{word('othersession')}-{who.pk}")
    provider = SignInProvider(organisation=cast.northwind, issuer="https://id.example", client_id="us")
    provider.locked_secret = word("providersecret")
    provider.save()
    SigningCode.objects.update(digest=word("signingcode"))


def _libraries(cast: Cast) -> None:
    """Clauses that two organisations made their own; no paper was made of them."""
    for organisation, by, name in ((cast.northwind, cast.hr, "ownclause"), (cast.contoso, cast.host_hr, "hostclause")):
        data = {
            "key": "parking", "number": 100, "title": "Parking", "basis": "", "summary": "Where cars stand.",
            "locked": False, "needed": {}, "in_short": False, "when": "", "parameters": [],
            "paragraphs": [word(name)],
        }  # fmt: skip
        editions.save(organisation, data, by=by, note=word("ownclausenote") if name == "ownclause" else "New.")


def _imports(world: addresses.World) -> None:
    """A file, its preview and a refused row."""
    found = ImportBatch.objects.get(key=world.values["import_batch"]["key"])
    content = f"name,email,{word('importfile')}\nA,a@x.example,{word('importfile')}\n".encode()
    world.values["import_columns"] = {
        "key": batches.begin(
            by=world.cast.hr, organisation=world.cast.northwind, kind=ImportKind.PEOPLE, file_name="x.csv",
            content=content,
        ).key
    }  # fmt: skip
    ImportRow.objects.create(
        batch=found, number=2, fate=Fate.REFUSED, values={"full_name": word("importrow")}, errors={"email": "No."}
    )
    ImportBatch.objects.filter(pk=found.pk).update(state="checked", counts={"refused": 1}, checked_at=clock.now())
