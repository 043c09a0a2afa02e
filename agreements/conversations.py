"""Comments beside a clause: conversations of all parties, or notes of one side among itself."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agreements import notices, papers, policies, waiting
from agreements.models import Agreement, Comment, Thread
from agreements.states import EDITABLE, Audience, ThreadState
from people import clock
from people.models import Person
from secondments.choices import Party
from secondments.guards import Refusal
from secondments.transitions import NotAllowed, Refused

MANY = 200  # comments on one paper
OWN = {
    Party.SECONDER: frozenset({Audience.ALL, Audience.SECONDER, Audience.SECONDER_MANAGER}),
    Party.HOST: frozenset({Audience.ALL, Audience.HOST}),
    Party.SECONDEE: frozenset({Audience.ALL}),
}


def audiences(agreement: Agreement, person: Person) -> list[Audience]:
    """For whom somebody may write; before the terms are shared only HR of the seconder is there to read."""
    party = policies.party_of(agreement, person)
    if party is None:
        return []
    found = [audience for audience in Audience if audience in OWN[party]]
    return [a for a in found if a != Audience.ALL] if agreement.shared_at is None else found


@transaction.atomic
def start(agreement: Agreement, *, by: Person, key: str, text: str, audience: str = Audience.ALL) -> Thread:
    """Begin a conversation beside a clause; the other side is told unless it is a note of one side."""
    agreement = papers.lock(agreement.pk)
    _require(agreement, by)
    assert agreement.current
    if key not in {row["key"] for row in agreement.current.content["clauses"]}:
        raise Refused(_("There is no such clause in these terms."))
    if audience not in audiences(agreement, by):
        raise Refused(Refusal(_("Choose who reads this."), "audience"))
    party = policies.party_of(agreement, by)
    assert party
    thread = Thread.objects.create(
        agreement=agreement, clause_key=key, audience=audience, party=party, started_by=by, started_at=clock.now()
    )
    _say(thread, by, party, text)
    return thread


@transaction.atomic
def reply(thread: Thread, *, by: Person, text: str) -> Comment:
    """Go on with a conversation; one that was resolved is open again, a closed one stays closed."""
    agreement = papers.lock(thread.agreement_id)
    thread = _mine(agreement, thread, by)
    _require(agreement, by)
    if thread.state == ThreadState.CLOSED:
        raise Refused(_("This conversation is closed; start a new one beside the clause."))
    party = policies.party_of(agreement, by)
    assert party
    if thread.state == ThreadState.RESOLVED:
        thread.state, thread.settled_at, thread.settled_by = ThreadState.OPEN, None, None
        thread.save()
    return _say(thread, by, party, text)


@transaction.atomic
def settle(thread: Thread, *, by: Person, state: str) -> Thread:
    """A conversation is resolved (whoever is in it may open it again), or closed for good by HR or who began it."""
    agreement = papers.lock(thread.agreement_id)
    thread = _mine(agreement, thread, by)
    if not policies.may_comment(agreement, by):
        raise NotAllowed(_("You cannot comment on these terms."))
    if state not in {ThreadState.RESOLVED, ThreadState.CLOSED}:
        raise Refused(_("A conversation is resolved or closed."))
    if thread.state == ThreadState.CLOSED:
        raise Refused(_("This conversation is closed already."))
    if state == ThreadState.CLOSED and thread.started_by_id != by.pk and not policies.may_edit(agreement, by):
        raise NotAllowed(_("A conversation is closed by HR of the seconder, or by who began it."))
    thread.state, thread.settled_at, thread.settled_by = state, clock.now(), by
    thread.save()
    _record(thread, by)
    waiting.settle(agreement)
    return thread


def _say(thread: Thread, by: Person, party: Party, text: str) -> Comment:
    if not text.strip():
        raise Refused(Refusal(_("Write your comment."), "text"))
    if Comment.objects.filter(thread__agreement=thread.agreement_id).count() >= MANY:
        raise Refused(_("There are very many comments on this paper already: talk to each other."))
    found = Comment.objects.create(thread=thread, author=by, party=party, text=text.strip(), at=clock.now())
    _record(thread, by)
    notices.commented(thread, found)
    waiting.settle(thread.agreement)
    return found


def _record(thread: Thread, by: Person) -> None:
    agreement = thread.agreement
    assert agreement.current
    rows = agreement.current.content["clauses"]
    title = next((row["title"] for row in rows if row["key"] == thread.clause_key), thread.clause_key)
    facts: dict[str, Any] = {"by": by, "clause": title, "audience": str(thread.audience), "state": str(thread.state)}
    if thread.settled_at:
        papers.record(agreement, "comment_settled", **facts)
    else:
        papers.record(agreement, "comment", **facts)


def _mine(agreement: Agreement, thread: Thread, person: Person) -> Thread:
    found = agreement.threads.select_for_update().get(pk=thread.pk)
    found.agreement = agreement
    if not policies.may_read_thread(found, person):
        raise NotAllowed(_("This conversation is not yours to read."))
    return found


def _require(agreement: Agreement, person: Person) -> None:
    if not policies.may_comment(agreement, person):
        raise NotAllowed(_("You cannot comment on these terms."))
    if agreement.state not in EDITABLE:
        raise Refused(_("The terms are no longer open for comments."))
