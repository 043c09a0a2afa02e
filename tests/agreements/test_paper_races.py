"""Acts on one paper at the same time: whatever comes first, the paper, its places and its evidence agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from agreements import approving, envelopes, evidence, links, signing
from agreements.models import Agreement, Approval, Signature, SignatureSlot
from people import clock
from people.models import Person
from tests.agreements.acts import edit, fresh
from tests.cast import Cast, code_for, person
from tests.secondments.crowd import at_once, tally

ROUNDS = range(4)


def out(cast: Cast, order: str = "") -> Agreement:
    """Out for signature, with a code for each whose turn it is."""
    with transaction.atomic():
        if order:
            cast.northwind.policies.create(effective_from=clock.today("Europe/London"), signing_order=order)
        paper = cast.issued(cast.agreement_case(is_full_time=False, weekly_hours=1))
        for slot in signing.in_turn(paper):
            signing.record_opened(paper, by=slot.signatory)
            signing.send_code(paper, by=slot.signatory, session="session")
    return fresh(paper)


def sign(paper: Agreement, who: Person, code: str) -> Agreement:
    origin = signing.Origin("session", "192.0.2.7", "tests")
    sha256 = paper.review_copy.sha256
    return signing.sign(paper, by=who, signed_name=who.full_name, agrees=True, code=code, sha256=sha256, origin=origin)


def is_sound(paper: Agreement) -> bool:
    return evidence.broken_at(paper.evidence.order_by("number")) is None


@pytest.mark.parametrize("turn", ROUNDS)
def test_signature_against_another_signatory(real_cast: Cast, turn: int) -> None:
    """Either the one named signs, or another is named; never a signature in a place that is somebody else's."""
    paper = out(real_cast, "host,secondee,seconder")
    other, code = person("Nadia Nowak"), code_for(real_cast.signatory)
    slot = paper.slots.get(party="host")

    def reassign() -> object:
        return envelopes.reassign(paper, by=real_cast.contact, place=slot.pk, to=other, reason="On leave")

    results = at_once([lambda: sign(paper, real_cast.signatory, code), reassign])
    assert sum(not isinstance(result, Exception) for result in results) == 1, results
    slot = SignatureSlot.objects.get(pk=slot.pk)
    assert (slot.signatory == other) == (Signature.objects.count() == 0)
    assert is_sound(paper)


@pytest.mark.parametrize("turn", ROUNDS)
def test_last_signature_against_the_end_of_the_time(real_cast: Cast, turn: int) -> None:
    """The paper is signed by all or lapses; a lapsed one keeps the signatures that it had."""
    paper = out(real_cast)
    for who in (real_cast.secondee, real_cast.signatory):
        paper = fresh(real_cast.sign(paper, who))
    signing.record_opened(paper, by=real_cast.director)
    signing.send_code(paper, by=real_cast.director, session="session")
    code = code_for(real_cast.director)
    Agreement.objects.filter(pk=paper.pk).update(expires_on=clock.today("Europe/London") - timedelta(days=1))
    results = at_once([lambda: sign(paper, real_cast.director, code), envelopes.expire_due])
    assert isinstance(results[0], Exception)  # its time is over, whether the sweep has come or not
    assert (fresh(paper).state, Signature.objects.count(), is_sound(paper)) == ("expired", 2, True)


@pytest.mark.parametrize("turn", ROUNDS)
def test_two_of_a_group_sign_at_once_and_the_third_is_asked_once(real_cast: Cast, turn: int) -> None:
    paper = out(real_cast, "secondee+host,seconder")
    codes = {who: code_for(who) for who in (real_cast.secondee, real_cast.signatory)}
    acts = [lambda who=who: sign(paper, who, codes[who]) for who in codes for _ in range(3)]
    assert tally(at_once(acts)) == {"done": 6}
    assert Signature.objects.count() == 2
    invited = [row for row in paper.evidence.values_list("body", flat=True) if '"event":"invited"' in row]
    assert (len(invited), is_sound(paper)) == (3, True)
    assert links.live(paper.slots.get(party="seconder"), real_cast.director).revoked_at is None


@pytest.mark.parametrize("turn", ROUNDS)
def test_of_two_editors_one_is_told(real_cast: Cast, turn: int) -> None:
    with transaction.atomic():
        paper = real_cast.shared(real_cast.agreement_case())
    number = fresh(paper).current.number

    def write(weeks: str) -> object:
        values = {"notice_weeks_host": weeks}
        return edit(paper, real_cast.hr, key="termination_notice", values=values, seen_version=number)

    results = at_once([lambda weeks=str(weeks): write(weeks) for weeks in (5, 6, 7, 8)])
    assert tally(results) == {"done": 1, "Refused": 3}
    assert fresh(paper).current.number == number + 1


@pytest.mark.parametrize("turn", ROUNDS)
def test_approval_against_an_edit_is_never_of_what_was_not_seen(real_cast: Cast, turn: int) -> None:
    with transaction.atomic():
        paper = real_cast.shared(real_cast.agreement_case())
    seen = fresh(paper).current

    def approve() -> object:
        return approving.approve(paper, by=real_cast.contact, content_hash=seen.content_hash)

    def write() -> object:
        values = {"notice_weeks_host": "7"}
        return edit(paper, real_cast.hr, key="termination_notice", values=values, seen_version=seen.number)

    at_once([approve, write])
    newest = fresh(paper).current
    assert newest.number == seen.number + 1  # the edit is made either way
    assert not Approval.objects.filter(version=newest).exists()
    assert set(Approval.objects.values_list("version", flat=True)) <= {seen.pk}
