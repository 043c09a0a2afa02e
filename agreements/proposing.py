"""Changes that a party proposes for one clause, and the other side's answer: accept, decline, counter."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from agreements import notices, papers, policies, waiting
from agreements.composing import Matter
from agreements.models import Agreement, ChangeRequest, Version
from agreements.negotiation import with_changes
from agreements.revising import revise
from agreements.states import PaperState, ProposalState
from people import clock
from people.models import Person
from secondments.choices import Party
from secondments.guards import Refusal
from secondments.transitions import NotAllowed, Refused

MANY = 40  # open proposals on one paper


@transaction.atomic
def propose(
    agreement: Agreement,
    *,
    by: Person,
    key: str,
    text: str,
    seen_version: int,
    values: Mapping[str, str] | None = None,
    wording: list[str] | None = None,
) -> ChangeRequest:
    """A party asks for a change of one clause, in words or exactly; approval waits until it is answered."""
    agreement = papers.lock(agreement.pk)
    if not policies.may_ask_for_change(agreement, by):
        raise NotAllowed(_("You cannot ask for changes to these terms."))
    party = policies.party_of(agreement, by)
    assert party
    return _write(agreement, by, party, key, text, seen_version, dict(values or {}), list(wording or []), None)


@transaction.atomic
def counter(
    proposal: ChangeRequest,
    *,
    by: Person,
    text: str,
    seen_version: int,
    values: Mapping[str, str] | None = None,
    wording: list[str] | None = None,
) -> ChangeRequest:
    """Answer a proposal with another one, for its author's party to accept, decline or counter again."""
    agreement = papers.lock(proposal.agreement_id)
    proposal = _open(agreement, proposal, by)
    party = policies.party_of(agreement, by)
    assert party
    made = _write(
        agreement, by, party, proposal.clause_key, text, seen_version, dict(values or {}), list(wording or []), proposal
    )
    _answer(proposal, ProposalState.COUNTERED, by, text)
    waiting.settle(agreement)
    return made


@transaction.atomic
def accept(proposal: ChangeRequest, *, by: Person, answer: str = "", version: Version | None = None) -> ChangeRequest:
    """Take a proposal as it is, which makes a version; or, with ``version``, say which one answered its words.

    Refused where the clause was changed after it was proposed: what is accepted is what its author saw.
    """
    agreement = papers.lock(proposal.agreement_id)
    proposal = _open(agreement, proposal, by)
    if version is None:
        if not proposal.is_exact:
            raise Refused(_("This was asked for in words: change the clause, and name the request there."))
        version = _take_over(agreement, proposal, by)
    proposal.became = version
    _answer(proposal, ProposalState.ACCEPTED, by, answer)
    _record(agreement, proposal, by, accepted=True)
    return proposal


@transaction.atomic
def decline(proposal: ChangeRequest, *, by: Person, answer: str) -> ChangeRequest:
    """Say no, and why."""
    agreement = papers.lock(proposal.agreement_id)
    proposal = _open(agreement, proposal, by)
    if not answer.strip():
        raise Refused(Refusal(_("Say why the change is declined."), "reason"))
    _answer(proposal, ProposalState.DECLINED, by, answer)
    _record(agreement, proposal, by, accepted=False)
    return proposal


@transaction.atomic
def withdraw(proposal: ChangeRequest, *, by: Person) -> ChangeRequest:
    """Whoever proposed it, or somebody of their party, takes it back."""
    agreement = papers.lock(proposal.agreement_id)
    proposal = agreement.change_requests.select_for_update().get(pk=proposal.pk)
    if policies.party_of(agreement, by) != proposal.party or not policies.may_comment(agreement, by):
        raise NotAllowed(_("A proposal is taken back by the party that made it."))
    if proposal.state != ProposalState.OPEN:
        raise Refused(_("This request has been answered already."))
    _answer(proposal, ProposalState.WITHDRAWN, by, "")
    papers.record(agreement, "change_withdrawn", by=by, clause=_title(agreement, proposal.clause_key),
    )  # fmt: skip
    waiting.settle(agreement)
    return proposal


def _write(
    agreement: Agreement,
    by: Person,
    party: Party,
    key: str,
    text: str,
    seen_version: int,
    values: dict[str, str],
    wording: list[str],
    answers: ChangeRequest | None,
) -> ChangeRequest:
    if agreement.state not in {PaperState.NEGOTIATION, PaperState.APPROVED}:
        raise Refused(_("The terms are no longer open for changes."))
    assert agreement.current
    matter = Matter.of(agreement.current)
    clause = matter.by_key.get(key)
    if clause is None:
        raise Refused(_("There is no such clause in these terms."))
    if not text.strip():
        raise Refused(Refusal(_("Say what should change."), "text"))
    if not agreement.versions.filter(number=seen_version).exists():
        raise Refused(_("There is no such version of these terms: open them again."))
    if agreement.change_requests.filter(state=ProposalState.OPEN).count() >= MANY:
        raise Refused(_("There are many open requests already: wait until they are answered, or talk to HR."))
    present = matter.values.get(key, {})
    # A field left blank proposes nothing: nobody asks for an answer to be taken away without another.
    values = {
        name: value.strip()
        for name, value in values.items()
        if value.strip() and value.strip() != present.get(name, "").strip()
    }
    if wording == matter.paragraphs(clause):
        wording = []
    if values or wording:
        with_changes(matter, key, values, wording or matter.paragraphs(clause))  # refuses what does not fit
    found = ChangeRequest.objects.create(
        agreement=agreement,
        clause_key=key,
        on_version=seen_version,
        party=party,
        author=by,
        text=text.strip(),
        values=values,
        wording=wording,
        answers=answers,
        created_at=clock.now(),
    )
    papers.record(agreement, "change_asked", by=by, clause=clause.title)
    notices.change_asked(agreement, found)
    waiting.settle(agreement)
    return found


def _take_over(agreement: Agreement, proposal: ChangeRequest, by: Person) -> Version:
    current = agreement.current
    assert current
    if agreement.state not in {PaperState.NEGOTIATION, PaperState.APPROVED}:
        raise Refused(_("The terms are no longer open for changes."))
    seen = agreement.versions.filter(number=proposal.on_version).first()
    if seen is None or _text(seen, proposal.clause_key) != _text(current, proposal.clause_key):
        raise Refused(
            _("The clause has been changed since this was proposed: answer with a proposal of your own, or edit it.")
        )
    matter = Matter.of(current)
    clause = matter.by_key[proposal.clause_key]
    found, clause = with_changes(
        matter, proposal.clause_key, proposal.values, proposal.wording or matter.paragraphs(clause)
    )
    note = _("Proposed by %(who)s: %(why)s") % {"who": proposal.author, "why": proposal.text}
    return revise(agreement, by=by, matter=found, note=note[:500], about=clause.title)


def _text(version: Version, key: str) -> list[str]:
    rows = [row for row in version.content["clauses"] if row["key"] == key]
    return [paragraph["text"] for row in rows for paragraph in row["paragraphs"]]


def _open(agreement: Agreement, proposal: ChangeRequest, by: Person) -> ChangeRequest:
    proposal = agreement.change_requests.select_for_update(of=("self",)).select_related("answers").get(pk=proposal.pk)
    proposal.agreement = agreement
    if not policies.may_answer(proposal, by):
        raise NotAllowed(_("This is for the other side to answer."))
    if proposal.state != ProposalState.OPEN:
        raise Refused(_("This request has been answered already."))
    return proposal


def _answer(proposal: ChangeRequest, state: ProposalState, by: Person, answer: str) -> None:
    proposal.state, proposal.answer = state, answer.strip()
    proposal.answered_at, proposal.answered_by = clock.now(), by
    proposal.save()


def _record(agreement: Agreement, proposal: ChangeRequest, by: Person, *, accepted: bool) -> None:
    papers.record(
        agreement,
        "change_answered",
        by=by,
        clause=_title(agreement, proposal.clause_key),
        accepted=accepted,
    )
    notices.change_answered(agreement, proposal)
    waiting.settle(agreement)


def _title(agreement: Agreement, key: str) -> str:
    assert agreement.current
    return next((row["title"] for row in agreement.current.content["clauses"] if row["key"] == key), key)
