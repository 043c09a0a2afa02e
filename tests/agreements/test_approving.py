"""Three parties approve one version by its hash; changed legal wording waits for a legal approver; what HR notes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from agreements import approving, signing
from agreements.models import Agreement, Approval, LegalConsent, Version
from people.access import Denied
from people.access import Refused as PeopleRefused
from people.actions import memberships
from people.models import LedgerEntry, Membership, Notice, Person
from secondments.transitions import NotAllowed
from tests.agreements.acts import LOCKED, approve, consent, edit, fresh, lawyer, outcome, propose, refusals, reword
from tests.cast import Cast, member, person
from tests.cast import fresh as fresh_case


@pytest.fixture
def paper(cast: Cast) -> Agreement:
    """Terms that are with the parties, in version 2."""
    return cast.shared(cast.agreement_case())


def given(agreement: Agreement) -> list[tuple[str, str]]:
    rows = fresh(agreement).current.approvals.order_by("at", "pk")
    return [(row.party, row.person.full_name) for row in rows]


def test_paper_is_approved_with_the_last_of_three(cast: Cast, paper: Agreement) -> None:
    states = []
    for who in (cast.hr, cast.secondee, cast.contact):  # in any order
        approve(paper, who)
        states.append(fresh(paper).state)
    assert states == ["negotiation", "negotiation", "approved"]
    assert given(paper) == [("seconder", "Hanna Reed"), ("secondee", "Ana Duarte"), ("host", "Łukasz Żółkowski")]


def test_approval_names_the_version_by_its_hash(cast: Cast, paper: Agreement) -> None:
    approval = approve(paper, cast.contact)
    assert (approval.version, approval.content_hash) == (paper.current, paper.current.content_hash)


def test_second_click_is_answered_as_the_first(cast: Cast, paper: Agreement) -> None:
    assert approve(paper, cast.contact) == approve(paper, cast.contact)
    assert approve(paper, cast.host_hr) == Approval.objects.get()  # the party has approved already
    assert LedgerEntry.objects.filter(verb="agreement.party_approve").count() == 1


def test_approval_of_an_outdated_version_is_refused(cast: Cast, paper: Agreement) -> None:
    read = paper.current.content_hash
    edit(paper, cast.hr)
    told = "The terms have changed since you read them: version 3 is the current one. Read it first."
    assert refusals(lambda: approving.approve(paper, by=cast.contact, content_hash=read)) == [(told, "")]
    assert (fresh(paper).state, Approval.objects.count()) == ("negotiation", 0)


APPROVAL = """
    INSERT INTO agreements_approval (version_id, party, person_id, content_hash, at)
    VALUES (%s, 'host', %s, %s, now())
"""


def insert(version: Version, somebody: Person, content_hash: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(APPROVAL, [version.pk, somebody.pk, content_hash])


def test_approval_of_an_outdated_version_is_refused_by_the_database(cast: Cast, paper: Agreement) -> None:
    old, new = paper.current, edit(paper, cast.hr)
    for version, content_hash in ((old, old.content_hash), (new, old.content_hash), (old, new.content_hash)):
        with pytest.raises(IntegrityError, match="an approval of an outdated version"):
            insert(version, cast.contact, content_hash)
    insert(new, cast.contact, new.content_hash)
    assert new.approvals.count() == 1


def test_terms_that_are_not_all_approved_are_not_issued(cast: Cast, paper: Agreement) -> None:
    approve(paper, cast.contact)
    approve(paper, cast.secondee)
    told = (
        "This cannot be done now: the paper is at “With the parties for approval”. Somebody may have acted meanwhile."
    )
    assert refusals(lambda: signing.issue(fresh(paper), by=cast.hr)) == [(told, "")]


def test_who_could_speak_for_the_seconder_does_not_approve_for_the_host(cast: Cast, paper: Agreement) -> None:
    """Somebody in HR of both, acting for the host."""
    from secondments import capacities

    both = member(member(person("Bo Both"), cast.northwind, "hr"), cast.contoso, "hr")
    capacities.choose(fresh_case(paper.secondment), both, "hr_host")
    both = Person.objects.get(pk=both.pk)
    assert outcome(lambda: approve(paper, both)) == "denied"
    Membership.objects.filter(person=both, organisation=cast.northwind).delete()
    assert outcome(lambda: approve(paper, Person.objects.get(pk=both.pk))) == "ok"


def test_supervisor_at_the_host_proposes_and_does_not_approve(cast: Cast, paper: Agreement) -> None:
    from people import clock
    from secondments.models import CasePart

    supervisor = person("Sven Visor")
    CasePart.objects.create(secondment=paper.secondment, part="host_supervisor", person=supervisor, since=clock.now())
    assert (outcome(lambda: approve(paper, supervisor)), outcome(lambda: propose(paper, supervisor))) == (
        "denied",
        "ok",
    )


def test_hr_hears_of_each_approval_and_what_comes_next(cast: Cast, paper: Agreement) -> None:
    for who in (cast.contact, cast.secondee, cast.hr):
        approve(paper, who)
    rows = Notice.objects.filter(subject__startswith="Terms approved").order_by("pk")
    assert [(row.recipient, *row.sentences) for row in rows] == [
        (cast.hr, "Łukasz Żółkowski has approved version 2.", "Others still have to."),
        (cast.hr, "Ana Duarte has approved version 2.", "Others still have to."),
    ]


def test_last_approval_by_a_guest_tells_hr_to_issue(cast: Cast, paper: Agreement) -> None:
    for who in (cast.hr, cast.contact, cast.secondee):
        approve(paper, who)
    last = Notice.objects.filter(subject__startswith="Terms approved").latest("pk")
    assert (last.recipient, last.sentences[1], last.action_label) == (
        cast.hr, "All parties have; you can issue it for signature.", "Issue the agreement",
    )  # fmt: skip


def test_request_to_approve_is_called_off_for_who_has(cast: Cast, paper: Agreement) -> None:
    asked = Notice.objects.filter(Notice.OPEN, subject__startswith="Approve the terms")
    approve(paper, cast.contact)
    assert [row.recipient for row in asked] == [cast.secondee]


def test_turn_is_with_those_who_have_not_approved_then_with_hr(cast: Cast, paper: Agreement) -> None:
    def turn() -> tuple[str, list[Person]]:
        case = fresh_case(paper.secondment)
        return case.turn, [row.person for row in case.turn_people.order_by("pk")] if hasattr(
            case, "turn_people"
        ) else []

    assert turn()[0] == "host_terms"
    for who in (cast.contact, cast.secondee, cast.hr):
        approve(paper, who)
    assert turn()[0] == "issue"


# Legal wording.


def hash_of(agreement: Agreement, key: str = LOCKED) -> str:
    return approving.hashes(fresh(agreement))[key]


def agree(agreement: Agreement, by: Person, **changes: Any) -> LegalConsent:
    fields = {"key": LOCKED, "reason": "It says the same."}
    if "wording_hash" not in changes:
        fields["wording_hash"] = hash_of(agreement)
    return approving.consent_legally(agreement, by=by, **{**fields, **changes})


def test_changed_legal_wording_can_be_approved_but_not_issued_without_consent(cast: Cast, paper: Agreement) -> None:
    reword(paper, cast.hr)
    cast.approve(paper.secondment)
    told = [
        (
            "“Employment status and continuity” is legal wording and was changed: a legal approver has to agree.",
            "clause-employment_status",
        )
    ]
    assert refusals(lambda: signing.issue(fresh(paper), by=cast.hr)) == told
    agree(paper, lawyer(cast))
    assert signing.issue(fresh(paper), by=cast.hr).state == "signing"


def test_answer_in_a_legal_clause_is_no_change_of_its_wording(cast: Cast, paper: Agreement) -> None:
    edit(paper, cast.hr, key="confidentiality", values={"survival_years": "7"})
    assert approving.hashes(fresh(paper)) == {}


def test_consent_is_for_legal_approvers_alone(cast: Cast, paper: Agreement) -> None:
    law = lawyer(cast)
    reword(paper, cast.hr)
    people = {**cast.people, "law": law}
    found = {n: outcome(lambda who=who: agree(paper, who)) for n, who in people.items()}
    assert {n: result for n, result in found.items() if result != "denied"} == {"law": "ok"}


def test_who_changed_the_wording_does_not_agree_to_it(cast: Cast, paper: Agreement) -> None:
    one, other = lawyer(cast), lawyer(cast, "Omar Juris")
    reword(paper, one)
    edit(paper, cast.hr)  # a later version of somebody else is not who changed it
    told = "You changed or proposed this wording yourself: another legal approver has to agree to it."
    assert refusals(lambda: agree(paper, one)) == [(told, "")]
    agree(paper, other)
    assert approving.hashes(fresh(paper)) == {}


def test_who_took_over_a_proposed_wording_did_not_write_it_alone_but_made_it_stand(
    cast: Cast, paper: Agreement
) -> None:
    from agreements import proposing

    one, other = lawyer(cast), lawyer(cast, "Omar Juris")
    asked = propose(paper, cast.contact, key=LOCKED, wording=["The Host is no employer."])
    proposing.accept(asked, by=one)
    told = "You changed or proposed this wording yourself: another legal approver has to agree to it."
    assert refusals(lambda: agree(paper, one)) == [(told, "")]
    agree(paper, other)


def test_consent_is_to_one_wording_and_no_other(cast: Cast, paper: Agreement) -> None:
    law = lawyer(cast)
    reword(paper, cast.hr)
    first = hash_of(paper)
    agree(paper, law)
    reword(paper, cast.hr, "The Host is an employer.")
    assert list(approving.hashes(fresh(paper))) == [LOCKED]
    told = "The wording has changed meanwhile, or somebody has agreed to it already: look at it again."
    assert refusals(lambda: agree(paper, law, wording_hash=first)) == [(told, "")]


def test_consent_stays_while_other_things_change_and_counts_again_for_the_same_words(
    cast: Cast, paper: Agreement
) -> None:
    reword(paper, cast.hr)
    agree(paper, lawyer(cast))
    edit(paper, cast.hr)
    assert approving.hashes(fresh(paper)) == {}
    reword(paper, cast.hr, "Otherwise.")
    reword(paper, cast.hr)
    assert approving.hashes(fresh(paper)) == {}


def test_consent_to_one_clause_is_none_to_another_of_the_same_words(cast: Cast, paper: Agreement) -> None:
    law = lawyer(cast)
    reword(paper, cast.hr, "As agreed.")
    reword(paper, cast.hr, "As agreed.", key="confidentiality")
    agree(paper, law)
    assert list(approving.hashes(fresh(paper))) == ["confidentiality"]


def test_consent_says_why(cast: Cast, paper: Agreement) -> None:
    law = lawyer(cast)
    reword(paper, cast.hr)
    assert refusals(lambda: agree(paper, law, reason=" ")) == [("Say why it is acceptable.", "reason")]
    consent(paper, law)
    entry = LedgerEntry.objects.get(verb="agreement.legal_consent")
    assert (entry.actor_name, entry.reason, entry.facts["clause"]) == (
        "Lena Law", "It says the same.", "Employment status and continuity",
    )  # fmt: skip


def test_consent_ends_with_the_negotiation(cast: Cast) -> None:
    law = lawyer(cast)
    paper = cast.issued(cast.agreement_case())
    told = "The terms can no longer be edited: the paper is out for signature or has ended."
    assert refusals(lambda: agree(paper, law, wording_hash="0" * 64)) == [(told, "")]


def test_legal_approver_who_left_hr_is_none(cast: Cast, paper: Agreement) -> None:
    from people import clock

    law = lawyer(cast)
    reword(paper, cast.hr)
    Membership.objects.filter(person=law).update(until=clock.now())
    assert outcome(lambda: agree(paper, Person.objects.get(pk=law.pk))) == "denied"


def test_legal_approvers_are_named_by_hr_among_hr(cast: Cast) -> None:
    new = member(person("Lena Law"), cast.northwind, "hr")
    row = Membership.objects.get(person=new)
    with pytest.raises(Denied):
        memberships.let_approve_legal(row, by=cast.host_hr, may=True)
    with pytest.raises(Denied):
        memberships.let_approve_legal(row, by=cast.finance, may=True)
    memberships.let_approve_legal(row, by=cast.hr, may=True)
    memberships.let_approve_legal(row, by=cast.hr, may=True)  # once more changes nothing
    entries = LedgerEntry.objects.filter(verb="membership.legal")
    assert [(e.actor_name, e.facts["person"], e.facts["may"]) for e in entries] == [("Hanna Reed", "Lena Law", True)]
    with pytest.raises(PeopleRefused, match=r"^Legal approvers are members of HR\.$"):
        memberships.let_approve_legal(Membership.objects.get(person=cast.finance), by=cast.hr, may=True)


# What HR takes note of.


def note(agreement: Agreement, by: Person, **changes: Any) -> Agreement:
    return approving.take_note(agreement, by=by, **{"name": "post_at_risk", "reason": "Merger", **changes})


def test_note_says_who_and_why(cast: Cast, paper: Agreement) -> None:
    note(paper, cast.hr)
    kept = fresh(paper).noted["post_at_risk"]
    assert (sorted(kept), kept["by"], kept["reason"]) == (["at", "by", "reason"], "Hanna Reed", "Merger")


def test_note_is_of_hr_has_a_name_and_a_reason(cast: Cast, paper: Agreement) -> None:
    found = {n: outcome(lambda who=who: note(paper, who)) for n, who in cast.people.items()}
    assert {n for n, result in found.items() if result != "denied"} == {"hr"}
    assert refusals(lambda: note(paper, cast.hr, name="anything")) == [
        ("There is nothing like that to take note of.", "")
    ]
    assert refusals(lambda: note(paper, cast.hr, reason=" ")) == [("Say what is done about it.", "reason")]


def test_note_ends_with_the_negotiation(cast: Cast) -> None:
    paper = cast.issued(cast.agreement_case())
    with pytest.raises(NotAllowed):
        note(paper, cast.contact)
    told = "The terms can no longer be edited: the paper is out for signature or has ended."
    assert refusals(lambda: note(paper, cast.hr)) == [(told, "")]
