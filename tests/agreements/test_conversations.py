"""Comments beside a clause: who reads them, what an open one holds up, resolved, opened again, closed."""

from __future__ import annotations

import pytest

from agreements import conversations, policies, scopes, signing
from agreements.models import Agreement, Comment, Thread
from people.models import LedgerEntry, Notice, Person
from secondments import timeline
from secondments.transitions import NotAllowed
from tests.agreements.acts import FREE, approve, fresh, outcome, refusals
from tests.cast import Cast

OPEN = [("A comment is still open; resolve it first.", "requests")]


@pytest.fixture
def paper(cast: Cast) -> Agreement:
    """Terms that are with the parties."""
    return cast.shared(cast.agreement_case())


def start(agreement: Agreement, by: Person, audience: str = "all", text: str = "Why?") -> Thread:
    return conversations.start(agreement, by=by, key=FREE, text=text, audience=audience)


def settle(thread: Thread, by: Person, state: str = "resolved") -> Thread:
    return conversations.settle(thread, by=by, state=state)


# Who may write for whom, once the terms are shared; nobody else may at all.
AUDIENCES = {
    "hr": ["all", "seconder", "seconder_manager"],
    "secondee": ["all"],
    "contact": ["all", "host"],
    "host_hr": ["all", "host"],
}


def test_audiences_are_those_of_ones_own_side(cast: Cast, paper: Agreement) -> None:
    found = {
        name: [audience for audience in ("all", "seconder", "seconder_manager", "host")
               if outcome(lambda who=who, audience=audience: start(paper, who, audience)) == "ok"]
        for name, who in cast.people.items()
    }  # fmt: skip
    assert {name: row for name, row in found.items() if row} == AUDIENCES
    for name, row in AUDIENCES.items():
        assert [str(a) for a in conversations.audiences(fresh(paper), cast.people[name])] == row


def test_audience_of_the_other_side_is_refused_at_its_field(cast: Cast, paper: Agreement) -> None:
    for audience in ("seconder", "seconder_manager", "nobody", ""):
        assert refusals(lambda a=audience: start(paper, cast.contact, a)) == [("Choose who reads this.", "audience")]
    assert refusals(lambda: start(paper, cast.hr, "host")) == [("Choose who reads this.", "audience")]


# Who reads a conversation, by its audience.
READERS = {
    "all": ["hr", "director", "manager", "secondee", "contact", "signatory", "host_hr"],
    "seconder": ["hr"],
    "seconder_manager": ["hr", "manager"],
    "host": ["contact", "host_hr"],
}


@pytest.mark.parametrize("audience", READERS)
def test_conversation_is_read_by_its_audience(cast: Cast, paper: Agreement, audience: str) -> None:
    thread = start(paper, cast.contact if audience == "host" else cast.hr, audience)
    readers = {name: Person.objects.get(pk=who.pk) for name, who in cast.people.items()}
    by_policy = {name for name, who in readers.items() if policies.may_read_thread(thread, who)}
    by_scope = {name for name, who in readers.items() if thread in scopes.threads(who)}
    assert (by_policy, by_scope) == (set(READERS[audience]), set(READERS[audience]))


def test_note_of_one_side_is_neither_answered_nor_settled_by_the_other(cast: Cast, paper: Agreement) -> None:
    for thread, others in (
        (start(paper, cast.hr, "seconder"), (cast.contact, cast.secondee, cast.host_hr)),
        (start(paper, cast.contact, "host"), (cast.hr, cast.secondee)),
    ):
        for who in others:
            with pytest.raises(NotAllowed, match="not yours to read"):
                conversations.reply(thread, by=who, text="Aha")
            with pytest.raises(NotAllowed, match="not yours to read"):
                settle(thread, who)


def test_line_manager_reads_and_does_not_write(cast: Cast, paper: Agreement) -> None:
    thread = start(paper, cast.hr, "seconder_manager")
    with pytest.raises(NotAllowed, match="You cannot comment on these terms"):
        conversations.reply(thread, by=cast.manager, text="Good")


def test_open_conversation_of_all_keeps_the_terms_from_being_approved(cast: Cast, paper: Agreement) -> None:
    thread = start(paper, cast.secondee)
    for who in (cast.contact, cast.secondee, cast.hr):
        assert refusals(lambda who=who: approve(paper, who)) == OPEN
    settle(thread, cast.secondee)
    cast.approve(paper.secondment)
    assert fresh(paper).state == "approved"


@pytest.mark.parametrize("audience", ["seconder", "seconder_manager", "host"])
def test_note_of_one_side_holds_up_nothing(cast: Cast, paper: Agreement, audience: str) -> None:
    start(paper, cast.contact if audience == "host" else cast.hr, audience)
    cast.approve(paper.secondment)
    assert signing.issue(fresh(paper), by=cast.hr).state == "signing"


def test_conversation_begun_after_the_approvals_keeps_the_paper_from_being_issued(cast: Cast) -> None:
    paper = cast.approved(cast.agreement_case())
    thread = start(paper, cast.contact)
    assert refusals(lambda: signing.issue(fresh(paper), by=cast.hr)) == OPEN
    settle(thread, cast.hr)
    assert signing.issue(fresh(paper), by=cast.hr).state == "signing"


def test_answer_opens_again_what_was_resolved(cast: Cast, paper: Agreement) -> None:
    thread = start(paper, cast.secondee)
    settle(thread, cast.hr)
    conversations.reply(thread, by=cast.secondee, text="One more thing")
    thread.refresh_from_db()
    assert (thread.state, thread.settled_at, thread.settled_by) == ("open", None, None)
    assert refusals(lambda: approve(paper, cast.hr)) == OPEN


def test_closed_conversation_stays_closed(cast: Cast, paper: Agreement) -> None:
    thread = start(paper, cast.secondee)
    settle(thread, cast.hr, "closed")
    assert refusals(lambda: conversations.reply(thread, by=cast.secondee, text="But")) == [
        ("This conversation is closed; start a new one beside the clause.", "")
    ]
    for state in ("resolved", "closed"):
        assert refusals(lambda state=state: settle(thread, cast.hr, state)) == [
            ("This conversation is closed already.", "")
        ]
    approve(paper, cast.contact)


def test_conversation_is_closed_by_hr_or_who_began_it_and_resolved_by_whoever_is_in_it(
    cast: Cast, paper: Agreement
) -> None:
    thread = start(paper, cast.contact)
    found = {
        state: {n for n, who in cast.people.items() if outcome(lambda who=who, s=state: settle(thread, who, s)) == "ok"}
        for state in ("resolved", "closed")
    }
    assert found == {"resolved": {"hr", "secondee", "contact", "host_hr"}, "closed": {"hr", "contact"}}


def test_conversation_is_resolved_or_closed_and_nothing_else(cast: Cast, paper: Agreement) -> None:
    thread = start(paper, cast.contact)
    assert refusals(lambda: settle(thread, cast.hr, "open")) == [("A conversation is resolved or closed.", "")]


def test_comment_has_words_and_a_clause(cast: Cast, paper: Agreement) -> None:
    assert refusals(lambda: start(paper, cast.hr, text=" ")) == [("Write your comment.", "text")]
    assert not Thread.objects.exists()
    assert refusals(lambda: conversations.start(paper, by=cast.hr, key="none", text="Why?")) == [
        ("There is no such clause in these terms.", "")
    ]


def test_before_the_terms_are_shared_hr_writes_for_its_own_side_alone(cast: Cast) -> None:
    draft = cast.paper(cast.agreement_case())
    assert [str(a) for a in conversations.audiences(draft, cast.hr)] == ["seconder", "seconder_manager"]
    assert refusals(lambda: start(draft, cast.hr)) == [("Choose who reads this.", "audience")]
    thread = start(draft, cast.hr, "seconder")
    with pytest.raises(NotAllowed):
        start(draft, cast.contact)
    cast.shared(draft.secondment)
    assert not policies.may_read_thread(Thread.objects.get(pk=thread.pk), cast.contact)


def test_paper_that_is_out_is_not_commented(cast: Cast) -> None:
    paper = cast.issued(cast.agreement_case())
    assert refusals(lambda: start(paper, cast.contact)) == [("The terms are no longer open for comments.", "")]


def test_many_comments_are_enough(cast: Cast, paper: Agreement) -> None:
    thread = start(paper, cast.contact)
    first = thread.comments.get()
    Comment.objects.bulk_create(
        Comment(thread=thread, author=cast.contact, party="host", text="Why?", at=first.at)
        for _ in range(conversations.MANY - 1)
    )
    told = "There are very many comments on this paper already: talk to each other."
    assert refusals(lambda: conversations.reply(thread, by=cast.contact, text="Why?")) == [(told, "")]


# Who is told of a comment of whom, by its audience.
TOLD = [
    ("hr", "all", {"contact", "secondee"}),
    ("contact", "all", {"hr", "secondee"}),
    ("secondee", "all", {"hr", "contact"}),
    ("hr", "seconder", set()),
    ("hr", "seconder_manager", {"manager"}),
    ("host_hr", "host", {"contact"}),
]


@pytest.mark.parametrize(("author", "audience", "told"), TOLD)
def test_audience_is_told_and_nobody_else(
    cast: Cast, paper: Agreement, author: str, audience: str, told: set[str]
) -> None:
    start(paper, cast.people[author], audience, "Nobody else should read this")
    rows = Notice.objects.filter(subject__startswith="A comment on the terms")
    assert {row.recipient_id for row in rows} == {cast.people[name].pk for name in told}
    assert not any("Nobody else" in str(row.sentences) for row in rows)


def test_timeline_tells_of_conversations_of_all_and_not_that_one_side_took_notes(cast: Cast, paper: Agreement) -> None:
    settle(start(paper, cast.secondee), cast.hr)
    settle(start(paper, cast.hr, "seconder"), cast.hr, "closed")
    rows = LedgerEntry.objects.filter(verb__startswith="agreement.comment").order_by("pk")
    told = [timeline.PRESENTERS[row.verb].sentence(row) for row in rows]
    assert told == [
        "Ana Duarte commented on “Role and duties”",
        "Hanna Reed resolved a comment on “Role and duties”",
        "",
        "",
    ]
