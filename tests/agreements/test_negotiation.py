"""Terms between HR and the parties: who may do what, versions, answers, clauses added and left out, schedules, files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from agreements import approving, clauses, conversations, drafting, editions, negotiation, proposing, signing
from agreements.clauses import Clause
from agreements.models import Agreement, Document
from people.models import LedgerEntry, Notice
from secondments.transitions import NotAllowed
from tests.agreements.acts import (
    FREE,
    LOCKED,
    approve,
    clause,
    edit,
    fresh,
    lawyer,
    outcome,
    propose,
    refusals,
    reword,
    seen,
)
from tests.cast import Cast, answer_to


@pytest.fixture
def paper(cast: Cast) -> Agreement:
    """Terms that are with the parties, in version 2."""
    return cast.shared(cast.agreement_case())


@pytest.fixture
def draft(cast: Cast) -> Agreement:
    return cast.paper(cast.agreement_case())


# From access.md: HR of the seconder writes, the secondee and the host propose; each of the three approves for itself.
RIGHTS = """
          hr      manager  secondee  contact  signatory  director  host_hr  finance  viewer   stranger  stranger_hr
edit      ok      denied   denied    denied   denied     denied    denied   denied   denied   denied    denied
propose   denied  denied   ok        ok       denied     denied    ok       denied   denied   denied    denied
approve   ok      denied   ok        ok       denied     denied    ok       denied   denied   denied    denied
"""
HEAD, *ROWS = (line.split() for line in RIGHTS.strip().splitlines())
ACTS = {"edit": edit, "propose": propose, "approve": approve}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_rights_with_shared_terms(cast: Cast, paper: Agreement, row: list[str]) -> None:
    name, *cells = row
    assert [outcome(lambda who=who: ACTS[name](paper, cast.people[who])) for who in HEAD] == cells


def test_terms_are_sent_to_the_parties_by_hr_alone(cast: Cast) -> None:
    draft = cast.answered(cast.agreement_case())
    found = {n: outcome(lambda who=who: negotiation.share(draft, by=who)) for n, who in cast.people.items()}
    assert {name: result for name, result in found.items() if result != "denied"} == {"hr": "ok"}


def test_terms_that_are_not_shared_are_read_by_hr_alone(cast: Cast, draft: Agreement) -> None:
    found = {n: outcome(lambda who=who: approve(draft, who)) for n, who in cast.people.items()}
    assert {name: result for name, result in found.items() if result != "denied"} == {}


# The open questions of an external secondment whose host has no address on record and whose costs are not settled.
OPEN = [
    ("parties", "host_address", "host"),
    ("cost_recharge", "model", "seconder"),
    ("cost_recharge", "purchase_order", "host"),
    ("vat_treatment", "treatment", "seconder"),
    ("vat_treatment", "reason", "seconder"),
    ("vat_treatment", "decided_by", "seconder"),
    ("insurance_indemnity", "seconder_limit", "seconder"),
    ("insurance_indemnity", "host_limit", "host"),
]


def open_now(agreement: Agreement) -> list[tuple[str, str, str]]:
    agreement = fresh(agreement)
    rows = drafting.open_questions(agreement, agreement.current)
    return [(clause.key, parameter.name, drafting.asked_of(parameter)) for clause, parameter in rows]


def answers(agreement: Agreement, *parties: str) -> dict[str, dict[str, str]]:
    """Something that fits each open question that is asked of these parties."""
    agreement = fresh(agreement)
    found: dict[str, dict[str, str]] = {}
    for asked, parameter in drafting.open_questions(agreement, agreement.current):
        if drafting.asked_of(parameter) in parties:
            found.setdefault(asked.key, {})[parameter.name] = answer_to(parameter, agreement.secondment)
    return found


def answer(agreement: Agreement, by: Any, given: dict[str, dict[str, str]]) -> Any:
    return negotiation.answer(agreement, by=by, answers=given, seen_version=seen(agreement))


def test_questions_for_the_seconder_keep_the_terms_from_being_shared(cast: Cast, draft: Agreement) -> None:
    assert open_now(draft) == OPEN
    assert refusals(lambda: negotiation.share(draft, by=cast.hr)) == [
        ("Answer first, in “Costs, recharge and invoicing”: Model of recharge.", "questions"),
        ("Answer first, in “VAT or GST basis”: VAT or GST treatment.", "questions"),
        ("Answer first, in “VAT or GST basis”: Reason for the treatment.", "questions"),
        ("Answer first, in “VAT or GST basis”: Decided by.", "questions"),
        ("Answer first, in “Liability, indemnity and insurance”: Cover of the Seconder, any one claim.", "questions"),
    ]


def test_questions_for_the_host_go_with_the_terms_and_keep_them_from_being_approved(
    cast: Cast, draft: Agreement
) -> None:
    answer(draft, cast.hr, answers(draft, "seconder"))
    negotiation.share(draft, by=cast.hr)
    told = [
        ("Open question in “Parties”: Address of the Host.", "questions"),
        ("Open question in “Costs, recharge and invoicing”: Purchase order or reference.", "questions"),
        ("Open question in “Liability, indemnity and insurance”: Cover of the Host, any one claim.", "questions"),
    ]
    for who in (cast.contact, cast.secondee, cast.hr):
        assert refusals(lambda who=who: approve(draft, who)) == told
    version = answer(draft, cast.contact, answers(draft, "host"))
    assert (version.number, version.created_by, version.note, open_now(draft)) == (
        3,
        cast.contact,
        "Answered: Parties, Costs, recharge and invoicing, Liability, indemnity and insurance",
        [],
    )
    approve(draft, cast.contact)


def test_question_is_answered_by_whom_it_is_asked_or_by_hr(cast: Cast, draft: Agreement) -> None:
    answer(draft, cast.hr, answers(draft, "seconder"))
    negotiation.share(draft, by=cast.hr)
    given = answers(draft, "host")
    found = {n: outcome(lambda who=who: answer(draft, who, given)) for n, who in cast.people.items()}
    assert {n: result for n, result in found.items() if result != "denied"} == {
        "hr": "ok", "contact": "ok", "host_hr": "ok",
    }  # fmt: skip


def test_answer_that_was_given_is_not_answered_again(cast: Cast, paper: Agreement) -> None:
    """What stands changes by a proposal that the other side sees, not by an answer."""
    again = {"parties": {"host_address": "Elsewhere"}, FREE: {"duties": "Less"}}
    assert refusals(lambda: answer(paper, cast.contact, again)) == [("No answer was given.", "")]
    assert seen(paper) == 2


def test_answer_to_what_is_no_question_is_refused(cast: Cast, draft: Agreement) -> None:
    for given in ({}, {"none": {"x": "y"}}, {"parties": {"host_address": "  "}}, {"parties": {"host_name": "Evil"}}):
        assert refusals(lambda given=given: answer(draft, cast.hr, given)) == [("No answer was given.", "")]


def test_address_that_was_answered_stands_among_the_parties(cast: Cast, draft: Agreement) -> None:
    version = answer(draft, cast.hr, {"parties": {"host_address": "ul. Długa 1, Kraków"}})
    host = version.content["parties"][1]
    assert (host["name"], host["address"]) == ("Contoso sp. z o.o.", "ul. Długa 1, Kraków")


# A clause, a parameter of it, what somebody typed, and the sentence; none where it fits.
TYPED = [
    ("termination_notice", "notice_weeks_host", "0", "Notice by the Host: a number from 1 to 26."),
    ("termination_notice", "notice_weeks_host", "27", "Notice by the Host: a number from 1 to 26."),
    ("termination_notice", "notice_weeks_host", "-4", "Notice by the Host: a number from 1 to 26."),
    ("termination_notice", "notice_weeks_host", "four", "Notice by the Host: a number from 1 to 26."),
    ("termination_notice", "notice_weeks_host", "4.5", "Notice by the Host: a number from 1 to 26."),
    ("termination_notice", "notice_weeks_host", "²", "Notice by the Host: a number from 1 to 26."),
    ("termination_notice", "notice_weeks_host", "1", ""),
    ("termination_notice", "notice_weeks_host", " 26 ", ""),
    ("termination_notice", "notice_weeks_host", "", ""),
    ("cost_recharge", "model", "whatever you like", "Model of recharge: choose one of the list."),
    ("cost_recharge", "model", "a share of the costs", ""),
    (
        "return_reintegration",
        "protected_until",
        "next May",
        "Return protected until: a day, such as 2027-03-31.",
    ),
    (
        "return_reintegration",
        "protected_until",
        "2027-02-30",
        "Return protected until: a day, such as 2027-03-31.",
    ),
    ("return_reintegration", "protected_until", "2028-02-29", ""),
]


@pytest.mark.parametrize(("key", "name", "value", "sentence"), TYPED)
def test_answer_fits_its_question(cast: Cast, paper: Agreement, key: str, name: str, value: str, sentence: str) -> None:
    def act() -> object:
        return edit(paper, cast.hr, key=key, values={name: value})

    if sentence:
        assert refusals(act) == [(sentence, f"answer_{name}")]
    else:
        assert act().values[key].get(name, "").strip() == value.strip()


def test_edit_clears_the_approval(cast: Cast, paper: Agreement) -> None:
    approve(paper, cast.contact)
    version = edit(paper, cast.hr)
    assert (fresh(paper).state, version.number, version.approvals.count()) == ("negotiation", 3, 0)
    told = {n.recipient: n.sentences[0] for n in Notice.objects.filter(subject__startswith="Version 3")}
    assert told == {
        cast.contact: "The terms have changed, so your earlier approval no longer counts.",
        cast.secondee: "There is a new version of the terms.",
    }


def test_edit_of_terms_that_all_have_approved_takes_them_back(cast: Cast) -> None:
    paper = cast.approved(cast.agreement_case())
    edit(paper, cast.hr)
    assert fresh(paper).state == "negotiation"
    told = (
        "This cannot be done now: the paper is at “With the parties for approval”. Somebody may have acted meanwhile."
    )
    assert refusals(lambda: signing.issue(fresh(paper), by=cast.hr)) == [(told, "")]


def test_approval_of_another_version_does_not_carry_over_to_equal_terms(cast: Cast) -> None:
    paper = cast.approved(cast.agreement_case())
    before = paper.current
    edit(paper, cast.hr)
    after = edit(paper, cast.hr, values=before.values[FREE])
    assert (clause(after, FREE), after.approvals.count(), fresh(paper).state) == (
        clause(before, FREE), 0, "negotiation",
    )  # fmt: skip


def test_ledger_of_a_negotiation(cast: Cast, paper: Agreement) -> None:
    approve(paper, cast.contact)
    edit(paper, cast.hr)
    cast.approve(paper.secondment)
    edit(paper, cast.hr)
    found = LedgerEntry.objects.filter(case_id=paper.secondment_id, verb__startswith="agreement.").order_by("pk")
    rows = [(entry.verb.removeprefix("agreement."), entry.actor_name, entry.facts.get("version")) for entry in found]
    assert rows == [
        ("draft", "the calendar", None),
        ("prepare", "Hanna Reed", 2),
        ("share", "Hanna Reed", 2),
        ("party_approve", "Łukasz Żółkowski", 2),
        ("version", "Hanna Reed", 3),
        ("party_approve", "Łukasz Żółkowski", 3),
        ("party_approve", "Ana Duarte", 3),
        ("party_approve", "Hanna Reed", 3),
        ("approve", "Hanna Reed", 3),
        ("reopen", "Hanna Reed", 4),
        ("version", "Hanna Reed", 4),
    ]


def test_wording_of_a_legal_clause_may_be_changed_and_waits_for_consent(cast: Cast, paper: Agreement) -> None:
    """Whose consent, and that it is there before anybody signs, is in test_approving.py."""
    version = reword(paper, cast.hr, "The Host is no employer.")
    assert clause(version, LOCKED) == ["The Host is no employer."]
    assert LOCKED in version.wordings


def test_wording_that_is_the_librarys_again_is_no_change_of_wording(cast: Cast, paper: Agreement) -> None:
    reword(paper, cast.hr)
    original = list(clauses.catalogue()[LOCKED].paragraphs)
    version = edit(paper, cast.hr, key=LOCKED, values={}, wording=original)
    assert version.wordings == {}


def test_wording_of_a_free_clause_makes_a_version(cast: Cast, paper: Agreement) -> None:
    version = edit(paper, cast.hr, wording=["The Secondee works as {{ role_title }}."])
    (row,) = [row for row in version.content["clauses"] if row["key"] == FREE]
    assert (row["number"], row["paragraphs"]) == (
        5,
        [{"number": "5.1", "text": "The Secondee works as Planning lead."}],
    )


def test_wording_with_an_unknown_name_is_refused(cast: Cast, paper: Agreement) -> None:
    assert refusals(lambda: edit(paper, cast.hr, wording=["They get {{ salary }}."])) == [
        ("There is no answer called salary in this clause.", "wording")
    ]


def test_fact_of_the_case_cannot_be_written_over(cast: Cast, paper: Agreement) -> None:
    version = edit(paper, cast.hr, values={"role_title": "Director", "duties": "Everything."})
    text = "\n".join(clause(version, FREE))
    assert ("Planning lead" in text, "Director" in text, "Everything" in text) == (True, False, True)


def test_edit_that_changes_nothing_makes_no_version(cast: Cast, paper: Agreement) -> None:
    told = [("Nothing was changed, so no new version was made.", "")]
    assert refusals(lambda: edit(paper, cast.hr, values=paper.current.values.get(FREE, {}))) == told
    assert (seen(paper), paper.versions.count()) == (2, 2)


def test_edit_says_why(cast: Cast, paper: Agreement) -> None:
    assert refusals(lambda: edit(paper, cast.hr, note=" ")) == [("Say why it changes.", "note")]


def test_edit_of_no_clause_is_refused(cast: Cast, paper: Agreement) -> None:
    assert refusals(lambda: edit(paper, cast.hr, key="none")) == [("There is no such clause in these terms.", "")]


def test_edit_of_an_older_version_is_refused(cast: Cast, paper: Agreement) -> None:
    edit(paper, cast.hr)
    sentence = "Somebody made version 3 while you were writing. Yours is kept below; compare and save again."
    assert refusals(lambda: edit(paper, cast.hr, seen_version=2)) == [(sentence, "")]


@pytest.mark.parametrize("act", [edit, propose, approve])
def test_paper_that_is_out_for_signature_is_not_negotiated(cast: Cast, act: Callable[..., Any]) -> None:
    paper = cast.issued(cast.agreement_case())
    before = fresh(paper).current.approvals.count()
    who = {edit: cast.hr, propose: cast.secondee, approve: cast.contact}[act]
    # The same click on "approve" once more is answered as before, which changes nothing.
    assert outcome(lambda: act(paper, who)) == ("ok" if act is approve else "refused")
    assert (seen(paper), fresh(paper).current.approvals.count()) == (2, before)


def test_hash_stands_for_the_terms_as_they_are_kept(paper: Agreement) -> None:
    assert paper.current.content_hash == hashlib.sha256(paper.current.terms.encode()).hexdigest()


def test_version_keeps_the_definitions_that_it_is_made_of(paper: Agreement) -> None:
    keys = [row["key"] for row in paper.current.content["clauses"]]
    assert [data["key"] for data in paper.current.clauses] == keys
    assert [Clause.from_data(data) for data in paper.current.clauses] == [clauses.catalogue()[key] for key in keys]
    assert "[open question" not in paper.current.terms


# Adding and leaving out.


def add(agreement: Agreement, by: Any, **changes: Any) -> Any:
    fields = {
        "title": "Parking",
        "paragraphs": ["There is a place."],
        "note": "Asked for",
        "seen_version": seen(agreement),
    }
    return negotiation.add_clause(agreement, by=by, **{**fields, **changes})


def keys(agreement: Agreement) -> list[str]:
    return [row["key"] for row in fresh(agreement).current.content["clauses"]]


def numbers(agreement: Agreement) -> list[int]:
    return [row["number"] for row in fresh(agreement).current.content["clauses"]]


def test_clause_for_one_paper_stands_before_the_signatures(cast: Cast, paper: Agreement) -> None:
    before = keys(paper)
    add(paper, cast.hr)
    place = before.index("signatures")
    assert keys(paper) == [*before[:place], "free_1001", *before[place:]]
    assert numbers(paper) == list(range(1, len(before) + 2))
    add(paper, cast.hr, title="Canteen")
    assert keys(paper)[place : place + 3] == ["free_1001", "free_1002", "signatures"]


def test_clause_for_one_paper_has_a_title_a_text_and_no_blanks(cast: Cast, paper: Agreement) -> None:
    told = [("A clause has a title and at least one paragraph.", "title")]
    assert refusals(lambda: add(paper, cast.hr, title=" ")) == told
    assert refusals(lambda: add(paper, cast.hr, paragraphs=[])) == told
    assert refusals(lambda: add(paper, cast.hr, paragraphs=["{{ salary }}"])) == [
        ("A clause of this paper alone has no answers in double braces.", "wording")
    ]


def take(agreement: Agreement, by: Any, key: str) -> Any:
    found = editions.of(agreement.secondment.seconder)[key]
    return negotiation.take_in(agreement, by=by, clause=found, note="Needed", seen_version=seen(agreement))


def leave(agreement: Agreement, by: Any, key: str) -> Any:
    return negotiation.leave_out(agreement, by=by, key=key, note="Not needed", seen_version=seen(agreement))


def test_clause_of_the_library_is_taken_in_at_its_place_and_left_out_again(cast: Cast, paper: Agreement) -> None:
    before = keys(paper)
    take(paper, cast.hr, "training_registration")
    place = before.index("discipline")
    assert keys(paper) == [*before[:place], "training_registration", *before[place:]]
    assert refusals(lambda: take(paper, cast.hr, "training_registration")) == [
        ("This clause is in the paper already.", "")
    ]
    leave(paper, cast.hr, "training_registration")
    assert keys(paper) == before


def test_required_clause_stays(cast: Cast, paper: Agreement) -> None:
    assert refusals(lambda: leave(paper, cast.hr, "termination_notice")) == [
        ("“Early ending by notice” is required in this kind of agreement and stays.", "")
    ]
    assert refusals(lambda: leave(paper, cast.hr, "none")) == [("There is no such clause in these terms.", "")]


@pytest.mark.parametrize("said", ["comment", "request"])
def test_clause_beside_which_something_is_open_does_not_go(cast: Cast, paper: Agreement, said: str) -> None:
    """What is open would be lost from sight, and keep the paper from being approved for good."""
    take(paper, cast.hr, "backfill")
    if said == "comment":
        thread = conversations.start(fresh(paper), by=cast.contact, key="backfill", text="Who covers?")
    else:
        asked = propose(fresh(paper), cast.contact, key="backfill", text="Somebody else covers.")
    told = [("Something is still open beside a clause that would go: answer or resolve it first.", "")]
    assert refusals(lambda: leave(paper, cast.hr, "backfill")) == told
    assert refusals(lambda: enclose(paper, cast.contact)) == told
    if said == "comment":
        conversations.settle(thread, by=cast.hr, state="resolved")
    else:
        proposing.decline(asked, by=cast.hr, answer="No")
    leave(paper, cast.hr, "backfill")
    assert "backfill" not in keys(paper)


@pytest.mark.parametrize(
    "act", [add, lambda p, who: take(p, who, "backfill"), lambda p, who: leave(p, who, "backfill")]
)
def test_clauses_are_added_and_left_out_by_hr_alone(cast: Cast, paper: Agreement, act: Callable[..., Any]) -> None:
    found = {n: outcome(lambda who=who: act(paper, who)) for n, who in cast.people.items()}
    assert {n for n, result in found.items() if result != "denied"} == {"hr"}


def test_schedules_added_by_hand_follow_the_others_and_are_lettered(cast: Cast, paper: Agreement) -> None:
    table = {"title": "Tools", "columns": ["What", "Owner"], "rows": [["Laptop", "Host"]]}
    prose = {"title": "House rules", "paragraphs": ["Be kind."]}
    version = negotiation.set_schedules(
        paper, by=cast.hr, schedules=[table, prose], note="Asked for", seen_version=seen(paper)
    )
    assert [(row["letter"], row["title"]) for row in version.content["schedules"]] == [
        ("A", "Objectives"), ("B", "Contacts"), ("C", "Tools"), ("D", "House rules"),
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        negotiation.set_schedules(paper, by=cast.contact, schedules=[], note="No", seen_version=seen(paper))


# The host's own paper.

PDF = b"%PDF-1.7 our own terms"


def enclose(agreement: Agreement, by: Any, **changes: Any) -> Any:
    fields = {"name": "terms.pdf", "content": PDF, "note": "Ours", "seen_version": seen(agreement)}
    return negotiation.enclose(agreement, by=by, **{**fields, **changes})


def test_own_paper_of_the_host_takes_the_place_of_the_clauses(cast: Cast, paper: Agreement) -> None:
    version = enclose(paper, cast.contact)
    file = Document.objects.get(kind="enclosure")
    assert (bytes(file.content), file.name, file.sha256) == (PDF, "terms.pdf", hashlib.sha256(PDF).hexdigest())
    assert (keys(paper), version.content["document"]["enclosure"], fresh(paper).pack) == (
        ["parties", "own_paper", "signatures"],
        {"name": "terms.pdf", "sha256": file.sha256},
        "own_paper",
    )
    assert f"The SHA-256 of the file is {file.sha256}" in clause(version, "own_paper")[0]


def test_own_paper_is_brought_by_the_host_or_hr(cast: Cast, paper: Agreement) -> None:
    found = {n: outcome(lambda who=who: enclose(paper, who)) for n, who in cast.people.items()}
    assert {n: result for n, result in found.items() if result != "denied"} == {
        "hr": "ok", "contact": "ok", "host_hr": "ok",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"MZ", "The paper has to be a PDF."),
        (b"", "The paper has to be a PDF."),
        (b"%PDF-1.7 /Encrypt 3 0 R", "The file is protected by a password; bring one that anybody can open."),
        (b"%PDF-" + b"x" * negotiation.LARGEST_PAPER, "The file is larger than 5 MB."),
    ],
    ids=["no pdf", "empty", "locked", "large"],
)
def test_file_that_cannot_be_the_paper_is_refused(cast: Cast, paper: Agreement, content: bytes, sentence: str) -> None:
    assert refusals(lambda: enclose(paper, cast.contact, content=content)) == [(sentence, "file")]
    assert not Document.objects.filter(kind="enclosure").exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/terms.pdf", "terms.pdf"),
        ("C:\\Users\\terms.pdf", "terms.pdf"),
        ("fdp.\u202esmret.pdf", "fdp.smret.pdf"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("", "paper.pdf"),
        ("/", "paper.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_name_of_a_file_is_a_plain_word(cast: Cast, paper: Agreement, name: str, kept: str) -> None:
    enclose(paper, cast.contact, name=name)
    assert Document.objects.get(kind="enclosure").name == kept


def test_same_file_brought_again_changes_nothing(cast: Cast, paper: Agreement) -> None:
    enclose(paper, cast.contact)
    assert refusals(lambda: enclose(paper, cast.hr)) == [("Nothing was changed, so no new version was made.", "")]
    assert Document.objects.filter(kind="enclosure").count() == 1


def test_own_paper_needs_a_legal_approver_and_no_answers(cast: Cast, paper: Agreement) -> None:
    enclose(paper, cast.contact)
    cast.approve(paper.secondment)
    told = [("A legal approver has to agree to the host's own paper.", "legal")]
    assert refusals(lambda: signing.issue(fresh(paper), by=cast.hr)) == told
    file = Document.objects.get(kind="enclosure")
    approving.consent_legally(paper, by=lawyer(cast), key="enclosure", wording_hash=file.sha256, reason="Read it")
    assert signing.issue(fresh(paper), by=cast.hr).state == "signing"


def test_another_file_needs_another_consent(cast: Cast, paper: Agreement) -> None:
    law = lawyer(cast)
    enclose(paper, cast.contact)
    approving.consent_legally(
        paper, by=law, key="enclosure", wording_hash=hashlib.sha256(PDF).hexdigest(), reason="Read it"
    )
    enclose(paper, cast.contact, content=PDF + b" and more", name="other.pdf")
    cast.approve(paper.secondment)
    assert refusals(lambda: signing.issue(fresh(paper), by=cast.hr)) == [
        ("A legal approver has to agree to the host's own paper.", "legal")
    ]
