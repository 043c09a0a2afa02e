"""Terms between HR and the parties: who may do what, versions, requests, approvals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from agreements import clauses, negotiation, signing
from agreements.models import Agreement, Version
from people.models import LedgerEntry, Notice, Person
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast

LOCKED, FREE = "employment_status", "role_duties"


@pytest.fixture
def paper(cast: Cast) -> Agreement:
    """Terms that are with the parties."""
    return cast.shared(cast.agreement_case())


@pytest.fixture
def draft(cast: Cast) -> Agreement:
    return cast.paper(cast.agreement_case())


def fresh(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_related("current", "secondment").get(pk=agreement.pk)


def edit(agreement: Agreement, by: Person, **changes: Any) -> Version:
    agreement = fresh(agreement)
    fields = {
        "key": FREE,
        "values": {"duties": f"Something new after version {agreement.current.number}."},
        "wording": [],
        "note": "As discussed",
        "seen_version": agreement.current.number,
    }
    return negotiation.edit_clause(agreement, by=by, **{**fields, **changes})


def approve(agreement: Agreement, by: Person) -> Any:
    agreement = fresh(agreement)
    return negotiation.approve(agreement, by=by, content_hash=agreement.current.content_hash)


def ask(agreement: Agreement, by: Person, text: str = "More leave") -> Any:
    return negotiation.ask_for_change(agreement, by=by, key=FREE, text=text, seen_version=1)


class Undo(Exception):
    pass


def outcome(act: Callable[[], object]) -> str:
    try:
        with transaction.atomic():
            act()
            raise Undo
    except Undo:
        return "ok"
    except NotAllowed:
        return "denied"
    except Refused:
        return "refused"


# From access.md: HR of the seconder writes, the secondee and the host propose, the host approves.
RIGHTS = """
          hr      manager  secondee  contact  signatory  director  host_hr  finance  viewer   stranger
edit      ok      denied   denied    denied   denied     denied    denied   denied   denied   denied
ask       denied  denied   ok        ok       denied     denied    ok       denied   denied   denied
approve   denied  denied   denied    ok       denied     denied    ok       denied   denied   denied
"""
HEAD, *ROWS = (line.split() for line in RIGHTS.strip().splitlines())
ACTS = {"edit": edit, "ask": ask, "approve": approve}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_rights_with_shared_terms(cast: Cast, paper: Agreement, row: list[str]) -> None:
    name, *cells = row
    assert [outcome(lambda who=who: ACTS[name](paper, cast.people[who])) for who in HEAD] == cells


def test_terms_are_sent_to_the_parties_by_hr_alone(cast: Cast, draft: Agreement) -> None:
    found = {n: outcome(lambda who=who: negotiation.share(draft, by=who)) for n, who in cast.people.items()}
    assert {name for name, result in found.items() if result != "denied"} == {"hr"}
    assert found["hr"] == "ok"


def test_terms_that_are_not_shared_cannot_be_approved(cast: Cast, draft: Agreement) -> None:
    assert outcome(lambda: approve(draft, cast.contact)) == "denied"


def test_open_question_keeps_the_terms_from_being_shared(cast: Cast, draft: Agreement) -> None:
    edit(draft, cast.hr, values={"duties": " "})
    with pytest.raises(Refused) as refused:
        negotiation.share(draft, by=cast.hr)
    assert [(r.sentence, r.where) for r in refused.value.refusals] == [
        ("Answer first, in “Role and duties”: Main duties.", "clause-role_duties")
    ]


def test_open_question_keeps_shared_terms_from_being_approved(cast: Cast, paper: Agreement) -> None:
    edit(paper, cast.hr, values={})
    with pytest.raises(Refused, match=r"^Open question in “Role and duties”: Main duties\.$"):
        approve(paper, cast.contact)


def test_approval_of_an_outdated_version_is_refused(cast: Cast, paper: Agreement) -> None:
    read = paper.current.content_hash
    edit(paper, cast.hr)
    with pytest.raises(Refused, match="version 2 is the current one"):
        negotiation.approve(paper, by=cast.contact, content_hash=read)
    assert fresh(paper).state == "negotiation"


APPROVAL = """
    INSERT INTO agreements_approval (version_id, party, person_id, content_hash, at)
    VALUES (%s, 'host', %s, %s, now())
"""


def insert(version: Version, person: Person, content_hash: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(APPROVAL, [version.pk, person.pk, content_hash])


def test_approval_of_an_outdated_version_is_refused_by_the_database(cast: Cast, paper: Agreement) -> None:
    old, new = paper.current, edit(paper, cast.hr)
    for version, content_hash in ((old, old.content_hash), (new, old.content_hash), (old, new.content_hash)):
        with pytest.raises(IntegrityError, match="an approval of an outdated version"):
            insert(version, cast.contact, content_hash)
    insert(new, cast.contact, new.content_hash)
    assert new.approvals.count() == 1


def test_edit_clears_the_approval(cast: Cast, paper: Agreement) -> None:
    approve(paper, cast.contact)
    version = edit(paper, cast.hr)
    assert (fresh(paper).state, version.number, version.approvals.count()) == ("negotiation", 2, 0)
    with pytest.raises(Refused):
        signing.issue(fresh(paper), by=cast.hr)
    notice = Notice.objects.get(recipient=cast.contact, subject__startswith="Version 2")
    assert notice.sentences[0] == "The terms have changed, so your earlier approval no longer counts."


def test_approval_of_another_version_does_not_carry_over_to_equal_terms(cast: Cast, paper: Agreement) -> None:
    approve(paper, cast.contact)
    before = paper.current.values[FREE]
    edit(paper, cast.hr)
    edit(paper, cast.hr, values=before)
    with pytest.raises(Refused):
        signing.issue(fresh(paper), by=cast.hr)


def test_ledger_of_a_negotiation(cast: Cast, paper: Agreement) -> None:
    approve(paper, cast.contact)
    request = ask(paper, cast.secondee)
    edit(paper, cast.hr)
    negotiation.answer_change(request, by=cast.hr, accepted=True)
    approve(paper, cast.contact)
    found = LedgerEntry.objects.filter(case_id=paper.secondment_id, verb__startswith="agreement.").order_by("pk")
    assert [
        (entry.verb.removeprefix("agreement."), entry.actor_name, entry.facts.get("version")) for entry in found
    ] == [
        ("draft", "the calendar", None),
        ("share", "Hanna Reed", 1),
        ("approve", "Łukasz Żółkowski", 1),
        ("change_asked", "Ana Duarte", None),
        ("reopen", "Hanna Reed", 2),
        ("version", "Hanna Reed", 2),
        ("change_answered", "Hanna Reed", None),
        ("approve", "Łukasz Żółkowski", 2),
    ]


def test_open_request_keeps_the_terms_from_being_approved(cast: Cast, paper: Agreement) -> None:
    request = ask(paper, cast.secondee)
    with pytest.raises(Refused, match="A request for a change is still open"):
        approve(paper, cast.contact)
    negotiation.answer_change(request, by=cast.hr, accepted=False, answer="Not possible")
    approve(paper, cast.contact)
    assert fresh(paper).state == "approved"


def test_open_request_keeps_approved_terms_from_being_issued(cast: Cast, paper: Agreement) -> None:
    approve(paper, cast.contact)
    ask(paper, cast.secondee)
    with pytest.raises(Refused, match="A request for a change is still open"):
        signing.issue(fresh(paper), by=cast.hr)


def test_request_without_words_or_for_no_clause_is_refused(cast: Cast, paper: Agreement) -> None:
    with pytest.raises(Refused, match=r"^Say what should change\.$"):
        ask(paper, cast.secondee, " ")
    with pytest.raises(Refused, match=r"^There is no such clause in these terms\.$"):
        negotiation.ask_for_change(paper, by=cast.secondee, key="none", text="More", seen_version=1)


def test_request_is_answered_once_and_declined_with_a_reason(cast: Cast, paper: Agreement) -> None:
    request = ask(paper, cast.secondee)
    with pytest.raises(Refused, match=r"^Say why the change is declined\.$"):
        negotiation.answer_change(request, by=cast.hr, accepted=False)
    negotiation.answer_change(request, by=cast.hr, accepted=True)
    with pytest.raises(Refused, match="answered already"):
        negotiation.answer_change(request, by=cast.hr, accepted=True)


def test_request_is_answered_by_hr_of_the_seconder_alone(cast: Cast, paper: Agreement) -> None:
    request = ask(paper, cast.secondee)
    answers = {
        name: outcome(lambda who=who: negotiation.answer_change(request, by=who, accepted=True))
        for name, who in cast.people.items()
    }
    assert {name for name, result in answers.items() if result != "denied"} == {"hr"}


def test_wording_of_a_locked_clause_is_refused(cast: Cast, paper: Agreement) -> None:
    with pytest.raises(Refused, match="legal wording and locked"):
        edit(paper, cast.hr, key=LOCKED, values={}, wording=["The Host is the employer."])


def test_wording_of_a_free_clause_makes_a_version(cast: Cast, paper: Agreement) -> None:
    version = edit(paper, cast.hr, wording=["The Secondee works as {{ role_title }}."])
    (clause,) = [clause for clause in version.content["clauses"] if clause["key"] == FREE]
    assert clause["paragraphs"] == [{"number": "4.1", "text": "The Secondee works as Planning lead."}]


def test_wording_with_an_unknown_name_is_refused(cast: Cast, paper: Agreement) -> None:
    with pytest.raises(Refused, match="There is no answer called salary in this clause"):
        edit(paper, cast.hr, wording=["They get {{ salary }}."])


def test_fact_of_the_case_cannot_be_written_over(cast: Cast, paper: Agreement) -> None:
    version = edit(paper, cast.hr, values={"role_title": "Director", "duties": "Everything."})
    assert "as Planning lead." in version.content["clauses"][3]["paragraphs"][0]["text"]


def test_edit_that_changes_nothing_makes_no_version(cast: Cast, paper: Agreement) -> None:
    with pytest.raises(Refused, match="Nothing was changed"):
        edit(paper, cast.hr, values=paper.current.values[FREE])
    assert paper.versions.count() == 1


def test_edit_of_an_older_version_is_refused(cast: Cast, paper: Agreement) -> None:
    edit(paper, cast.hr)
    with pytest.raises(Refused, match="Somebody made version 2 while you were writing"):
        edit(paper, cast.hr, seen_version=1)


@pytest.mark.parametrize("act", [edit, ask, approve])
def test_paper_that_is_out_for_signature_is_not_negotiated(cast: Cast, act: Callable[..., Any]) -> None:
    paper = cast.issued(cast.agreement_case())
    who = {edit: cast.hr, ask: cast.secondee, approve: cast.contact}[act]
    assert outcome(lambda: act(paper, who)) == "refused"


def test_hash_stands_for_the_terms_as_they_are_kept(paper: Agreement) -> None:
    import hashlib

    assert paper.current.content_hash == hashlib.sha256(paper.current.terms.encode()).hexdigest()


def test_terms_hold_every_clause_of_the_pack_and_no_open_question(paper: Agreement) -> None:
    assert [c["key"] for c in paper.current.content["clauses"]] == [c.key for c in clauses.pack("internal_short")]
    assert "[open question" not in paper.current.terms
