"""Changes that a party proposes for one clause: in words or exactly, accepted, declined, countered, taken back."""

from __future__ import annotations

from typing import Any

import pytest

from agreements import negotiation, proposing, signing
from agreements.models import Agreement, ChangeRequest
from people.models import LedgerEntry, Notice, Person
from secondments.transitions import NotAllowed
from tests.agreements.acts import FREE, approve, clause, edit, fresh, outcome, propose, refusals, seen
from tests.cast import Cast, member, person

WEEKS = {"key": "termination_notice", "values": {"notice_weeks_host": "8"}}
WORDS = ["The Secondee plans as {{ role_title }}."]


@pytest.fixture
def paper(cast: Cast) -> Agreement:
    """Terms that are with the parties, in version 2."""
    return cast.shared(cast.agreement_case())


def state(request: ChangeRequest) -> str:
    return ChangeRequest.objects.get(pk=request.pk).state


def counter(request: ChangeRequest, by: Person, **changes: Any) -> ChangeRequest:
    fields = {"text": "Six, then", "seen_version": seen(request.agreement), "values": {"notice_weeks_host": "6"}}
    return proposing.counter(request, by=by, **{**fields, **changes})


def weeks(agreement: Agreement) -> str:
    return fresh(agreement).current.values["termination_notice"]["notice_weeks_host"]


def test_exact_values_are_taken_over_as_they_are(cast: Cast, paper: Agreement) -> None:
    asked = propose(paper, cast.contact, **WEEKS, text="We plan in quarters")
    assert (asked.values, asked.wording, asked.is_exact) == ({"notice_weeks_host": "8"}, [], True)
    answered = proposing.accept(asked, by=cast.hr)
    version = fresh(paper).current
    assert (answered.became, version.number, version.note) == (
        version, 3, "Proposed by Łukasz Żółkowski: We plan in quarters",
    )  # fmt: skip
    assert "by the Host with 8 weeks’ notice" in clause(version, "termination_notice")[0]


def test_exact_wording_is_taken_over_as_it_is(cast: Cast, paper: Agreement) -> None:
    asked = propose(paper, cast.secondee, wording=WORDS)
    proposing.accept(asked, by=cast.hr)
    assert clause(fresh(paper).current, FREE) == ["The Secondee plans as Planning lead."]


def test_proposal_keeps_only_what_differs(cast: Cast, paper: Agreement) -> None:
    present = paper.current.values["termination_notice"]
    asked = propose(
        paper, cast.contact, key="termination_notice", values={**present, "notice_weeks_host": " 8 "},
        wording=[p for row in paper.current.clauses if row["key"] == "termination_notice" for p in row["paragraphs"]],
    )  # fmt: skip
    assert (asked.values, asked.wording) == ({"notice_weeks_host": "8"}, [])


def test_words_alone_are_answered_by_the_version_that_hr_makes(cast: Cast, paper: Agreement) -> None:
    asked = propose(paper, cast.secondee)
    told = "This was asked for in words: change the clause, and name the request there."
    assert refusals(lambda: proposing.accept(asked, by=cast.hr)) == [(told, "")]
    version = edit(paper, cast.hr)
    assert proposing.accept(asked, by=cast.hr, version=version).became == version
    assert seen(paper) == version.number  # no further one


def test_accept_is_refused_when_the_clause_was_changed_meanwhile(cast: Cast, paper: Agreement) -> None:
    asked = propose(paper, cast.contact, **WEEKS)
    edit(paper, cast.hr, key="termination_notice", values={"notice_weeks_host": "5"})
    told = "The clause has been changed since this was proposed: answer with a proposal of your own, or edit it."
    assert refusals(lambda: proposing.accept(asked, by=cast.hr)) == [(told, "")]
    assert (state(asked), weeks(paper), seen(paper)) == ("open", "5", 3)


def test_accept_holds_when_another_clause_was_changed_meanwhile(cast: Cast, paper: Agreement) -> None:
    asked = propose(paper, cast.contact, **WEEKS)
    edit(paper, cast.hr)
    proposing.accept(asked, by=cast.hr)
    assert (state(asked), weeks(paper), seen(paper)) == ("accepted", "8", 4)
    assert fresh(paper).current.values[FREE]["duties"] == "Something new after version 2."  # stays


def test_accept_of_one_leaves_another_of_the_same_clause_out_of_date(cast: Cast, paper: Agreement) -> None:
    first, second = propose(paper, cast.contact, **WEEKS), propose(paper, cast.secondee, **WEEKS)
    proposing.accept(first, by=cast.hr)
    assert outcome(lambda: proposing.accept(second, by=cast.hr)) == "refused"


def test_proposal_that_was_written_before_a_newer_version_is_bound_to_what_its_author_saw(
    cast: Cast, paper: Agreement
) -> None:
    edit(paper, cast.hr, key="termination_notice", values={"notice_weeks_host": "5"})
    asked = propose(paper, cast.contact, **WEEKS, seen_version=2)
    assert outcome(lambda: proposing.accept(asked, by=cast.hr)) == "refused"


def test_version_that_was_never_there_is_not_one_that_was_seen(cast: Cast, paper: Agreement) -> None:
    assert outcome(lambda: propose(paper, cast.contact, **WEEKS, seen_version=99)) == "refused"
    assert not paper.change_requests.exists()


def test_counter_chain(cast: Cast, paper: Agreement) -> None:
    """Host asks for 8, HR offers 6, the host says 7, HR accepts: each answers the one before."""
    first = propose(paper, cast.contact, **WEEKS)
    second = counter(first, cast.hr)
    third = counter(second, cast.contact, text="Seven", values={"notice_weeks_host": "7"})
    assert [(row.party, row.answers, state(row)) for row in (first, second, third)] == [
        ("host", None, "countered"),
        ("seconder", first, "countered"),
        ("host", second, "open"),
    ]
    assert ChangeRequest.objects.get(pk=first.pk).answer == "Six, then"
    proposing.accept(third, by=cast.hr)
    assert (state(third), weeks(paper)) == ("accepted", "7")


def test_counter_is_accepted_by_the_party_that_asked_and_by_nobody_else(cast: Cast, paper: Agreement) -> None:
    second = counter(propose(paper, cast.contact, **WEEKS), cast.hr)
    found = {n: outcome(lambda who=who: proposing.accept(second, by=who)) for n, who in cast.people.items()}
    assert {n: result for n, result in found.items() if result != "denied"} == {"contact": "ok", "host_hr": "ok"}
    proposing.accept(second, by=cast.contact)
    version = fresh(paper).current
    assert (version.created_by, weeks(paper)) == (cast.contact, "6")


def test_counter_to_the_secondee_is_not_the_hosts_to_accept(cast: Cast, paper: Agreement) -> None:
    second = counter(propose(paper, cast.secondee, **WEEKS), cast.hr)
    found = {n: outcome(lambda who=who: proposing.accept(second, by=who)) for n, who in cast.people.items()}
    assert {n: result for n, result in found.items() if result != "denied"} == {"secondee": "ok"}


def test_proposal_of_a_guest_is_answered_by_hr_of_the_seconder_alone(cast: Cast, paper: Agreement) -> None:
    asked = propose(paper, cast.contact, **WEEKS)
    acts = {
        "accept": lambda who: proposing.accept(asked, by=who),
        "decline": lambda who: proposing.decline(asked, by=who, answer="No"),
        "counter": lambda who: counter(asked, who),
    }
    for act in acts.values():
        found = {n: outcome(lambda who=who, act=act: act(who)) for n, who in cast.people.items()}
        assert {n: result for n, result in found.items() if result != "denied"} == {"hr": "ok"}


def test_decline_says_why_and_changes_nothing(cast: Cast, paper: Agreement) -> None:
    asked = propose(paper, cast.contact, **WEEKS)
    assert refusals(lambda: proposing.decline(asked, by=cast.hr, answer=" ")) == [
        ("Say why the change is declined.", "reason")
    ]
    answered = proposing.decline(asked, by=cast.hr, answer="Too long")
    assert (answered.state, answered.answer, answered.answered_by, seen(paper)) == (
        "declined", "Too long", cast.hr, 2,
    )  # fmt: skip


def test_withdraw_is_of_the_party_that_asked(cast: Cast, paper: Agreement) -> None:
    asked = propose(paper, cast.contact, **WEEKS)
    found = {n: outcome(lambda who=who: proposing.withdraw(asked, by=who)) for n, who in cast.people.items()}
    assert {n: result for n, result in found.items() if result != "denied"} == {"contact": "ok", "host_hr": "ok"}


@pytest.mark.parametrize("end", ["accept", "decline", "counter", "withdraw"])
def test_proposal_is_answered_once(cast: Cast, paper: Agreement, end: str) -> None:
    asked = propose(paper, cast.contact, **WEEKS)
    acts = {
        "accept": lambda: proposing.accept(asked, by=cast.hr),
        "decline": lambda: proposing.decline(asked, by=cast.hr, answer="No"),
        "counter": lambda: counter(asked, cast.hr),
        "withdraw": lambda: proposing.withdraw(asked, by=cast.contact),
    }
    acts[end]()
    told = [("This request has been answered already.", "")]
    assert {name: refusals(act) for name, act in acts.items()} == dict.fromkeys(acts, told)


# What does not fit its question, and at which field it is said.
INVALID: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    (
        {"key": "termination_notice", "values": {"notice_weeks_host": "99"}},
        [("Notice by the Host: a number from 1 to 26.", "answer_notice_weeks_host")],
    ),
    (
        {"key": "cost_recharge", "values": {"model": "for nothing"}},
        [("Model of recharge: choose one of the list.", "answer_model")],
    ),
    ({"wording": ["{{ salary }}"]}, [("There is no answer called salary in this clause.", "wording")]),
    ({"text": " "}, [("Say what should change.", "text")]),
    ({"key": "none"}, [("There is no such clause in these terms.", "")]),
]


@pytest.mark.parametrize(("changes", "told"), INVALID)
def test_proposal_that_does_not_fit_is_refused_at_its_field(
    cast: Cast, paper: Agreement, changes: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    assert refusals(lambda: propose(paper, cast.contact, **changes)) == told
    assert not ChangeRequest.objects.exists()


def test_fact_of_the_case_is_not_proposed(cast: Cast, paper: Agreement) -> None:
    """Who lends whom and until when is not in the clauses: values for such a parameter change nothing."""
    asked = propose(paper, cast.contact, values={"role_title": "Director"})
    assert outcome(lambda: proposing.accept(asked, by=cast.hr)) == "refused"
    assert "Director" not in fresh(paper).current.terms


def test_open_proposal_keeps_the_terms_from_being_approved_by_anybody(cast: Cast, paper: Agreement) -> None:
    asked = propose(paper, cast.secondee)
    told = [("A request for a change is still open; it has to be answered first.", "requests")]
    for who in (cast.contact, cast.secondee, cast.hr):
        assert refusals(lambda who=who: approve(paper, who)) == told
    proposing.decline(asked, by=cast.hr, answer="Not possible")
    cast.approve(paper.secondment)
    assert fresh(paper).state == "approved"


def test_proposal_after_the_approvals_keeps_the_paper_from_being_issued(cast: Cast) -> None:
    paper = cast.approved(cast.agreement_case())
    asked = propose(paper, cast.secondee)
    told = [("A request for a change is still open; it has to be answered first.", "requests")]
    assert refusals(lambda: signing.issue(fresh(paper), by=cast.hr)) == told
    proposing.withdraw(asked, by=cast.secondee)
    assert signing.issue(fresh(paper), by=cast.hr).state == "signing"


def test_acceptance_clears_the_approvals_that_were_given(cast: Cast) -> None:
    paper = cast.approved(cast.agreement_case())
    proposing.accept(propose(paper, cast.contact, **WEEKS), by=cast.hr)
    assert (fresh(paper).state, fresh(paper).current.approvals.count()) == ("negotiation", 0)


def test_many_open_proposals_are_enough(cast: Cast, paper: Agreement) -> None:
    first = propose(paper, cast.contact)
    rows = [
        ChangeRequest(
            agreement=paper, clause_key=FREE, on_version=2, party="host", author=cast.contact, text="More",
            created_at=first.created_at,
        )
        for _ in range(proposing.MANY - 1)
    ]  # fmt: skip
    ChangeRequest.objects.bulk_create(rows)
    told = "There are many open requests already: wait until they are answered, or talk to HR."
    assert refusals(lambda: propose(paper, cast.contact)) == [(told, "")]


def test_other_side_is_told_of_a_proposal_and_its_author_of_the_answer(cast: Cast, paper: Agreement) -> None:
    first = propose(paper, cast.contact, **WEEKS)
    second = counter(first, cast.hr)
    proposing.accept(second, by=cast.contact)
    rows = Notice.objects.filter(key__contains=":change-").order_by("pk")
    assert [(row.key.split(":")[2], row.recipient.full_name) for row in rows] == [
        ("change-asked", "Hanna Reed"),
        ("change-asked", "Łukasz Żółkowski"),
        ("change-answered", "Hanna Reed"),
    ]


def test_who_answers_their_own_partys_counter_is_not_told_of_themselves(cast: Cast, paper: Agreement) -> None:
    other = member(person("Rhea Reed"), cast.northwind, "hr")
    propose(paper, cast.contact, **WEEKS)
    rows = Notice.objects.filter(key__contains=":change-asked")
    assert {row.recipient.full_name for row in rows} <= {"Hanna Reed", other.full_name}


def test_ledger_of_proposals(cast: Cast, paper: Agreement) -> None:
    proposing.accept(counter(propose(paper, cast.contact, **WEEKS), cast.hr), by=cast.contact)
    proposing.withdraw(propose(paper, cast.secondee), by=cast.secondee)
    rows = LedgerEntry.objects.filter(verb__startswith="agreement.change_").order_by("pk")
    assert [(row.verb.removeprefix("agreement."), row.actor_name, row.facts["clause"]) for row in rows] == [
        ("change_asked", "Łukasz Żółkowski", "Early ending by notice"),
        ("change_asked", "Hanna Reed", "Early ending by notice"),
        ("change_answered", "Łukasz Żółkowski", "Early ending by notice"),
        ("change_asked", "Ana Duarte", "Role and duties"),
        ("change_withdrawn", "Ana Duarte", "Role and duties"),
    ]


def test_turn_is_with_hr_while_a_guest_waits_for_an_answer(cast: Cast, paper: Agreement) -> None:
    def turn() -> str:
        paper.secondment.refresh_from_db()
        return paper.secondment.turn

    asked = propose(paper, cast.contact, **WEEKS)
    assert turn() == "change"
    second = counter(asked, cast.hr)
    assert turn() == "host_terms"
    proposing.accept(second, by=cast.contact)
    assert turn() == "host_terms"


def test_terms_that_were_not_shared_are_not_proposed_about(cast: Cast) -> None:
    draft = cast.paper(cast.agreement_case())
    with pytest.raises(NotAllowed):
        propose(draft, cast.contact)
    negotiation.share(cast.answered(draft.secondment), by=cast.hr)
    assert propose(draft, cast.contact).state == "open"
