"""What HR does with a paper that is out: another signatory, more time, remind, void, redo; lapsing; groups at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agreements import documents, envelopes, evidence, links, signing
from agreements.models import Agreement, SignatureSlot, SigningCode, SigningLink
from people import clock
from people.models import LedgerEntry, Notice, Person
from secondments.models import CasePart
from tests.agreements.acts import events, fresh, open_notices, outcome, refusals
from tests.cast import Cast, member, on, person
from tests.cast import fresh as fresh_case


@pytest.fixture
def paper(cast: Cast) -> Agreement:
    """Out for signature: it is the secondee's turn, then the host's, then the seconder's."""
    return cast.issued(cast.agreement_case())


@pytest.fixture
def together(cast: Cast) -> Agreement:
    """Out for signature to secondee and host at once, and to the seconder after both."""
    cast.northwind.policies.create(effective_from=clock.today("Europe/London"), signing_order="secondee+host,seconder")
    return cast.issued(cast.agreement_case())


def place(agreement: Agreement, party: str) -> SignatureSlot:
    return agreement.slots.get(party=party)


def reassign(agreement: Agreement, by: Person, party: str, to: Person, reason: str = "On leave") -> SignatureSlot:
    return envelopes.reassign(agreement, by=by, place=place(agreement, party).pk, to=to, reason=reason)


def last_body(agreement: Agreement) -> dict[str, Any]:
    return json.loads(agreement.evidence.order_by("-number").first().body)


# Another signatory.


def test_form_that_is_refused_makes_nobody(cast: Cast, paper: Agreement, sign_in: Callable[[Person], Client]) -> None:
    """An address that nobody has yet becomes a person with the reassignment, and not with a form that has a fault."""
    address = f"{paper.get_absolute_url()}places/{place(paper, 'host').pk}/reassign/"
    given = {"name": "Nadia Nowak", "email": "nadia@example.org", "reason": ""}
    assert sign_in(cast.contact).post(address, given).status_code == 200
    assert sign_in(cast.hr).post(address, given | {"reason": "On leave"}).status_code == 403
    cast.sign(paper, cast.secondee)
    cast.sign(fresh(paper), cast.signatory)
    assert sign_in(cast.contact).post(address, given | {"reason": "On leave"}).status_code == 200
    assert not Person.objects.filter(email="nadia@example.org").exists()


def test_another_signatory_of_the_host_signs_in_their_place(cast: Cast, paper: Agreement) -> None:
    cast.sign(paper, cast.secondee)
    other = person("Nadia Nowak")
    slot = reassign(paper, cast.contact, "host", other)
    assert (slot.signatory, slot.reassigned_because) == (other, "On leave")
    assert outcome(lambda: signing.send_code(paper, by=cast.signatory, session="s")) == "denied"
    cast.sign(fresh(paper), other)
    cast.sign(fresh(paper), cast.director)
    done = fresh(paper)
    assert (done.state, place(paper, "host").signature.signed_name) == ("signed", "Nadia Nowak")


def test_frozen_text_names_whom_it_named_and_the_block_says_who_signs_instead(cast: Cast, paper: Agreement) -> None:
    before = (paper.current.terms, paper.review_copy.sha256)
    reassign(paper, cast.contact, "host", person("Nadia Nowak"))
    now = fresh(paper)
    assert (now.current.terms, now.review_copy.sha256) == before
    rows = {row["label"]: row for row in documents.signatories(now)}
    host = next(row for row in rows.values() if row["name"] == "Marta Kowalska")
    assert host["instead"] == "Nadia Nowak signs in place of Marta Kowalska: On leave"
    assert [row["instead"] for row in rows.values() if row is not host] == ["", ""]


def test_reassignment_is_evidence_and_in_the_ledger(cast: Cast, paper: Agreement) -> None:
    reassign(paper, cast.contact, "host", person("Nadia Nowak"))
    row = evidence.as_rows([paper.evidence.order_by("-number").first()])[0]
    assert row["text"] == "Łukasz Żółkowski named Nadia Nowak to sign for the host in place of Marta Kowalska: On leave"
    entry = LedgerEntry.objects.get(verb="agreement.reassign")
    assert (entry.actor_name, entry.reason, entry.facts["before"], entry.facts["person"]) == (
        "Łukasz Żółkowski", "On leave", "Marta Kowalska", "Nadia Nowak",
    )  # fmt: skip


def test_part_of_the_former_signatory_ends_and_that_of_the_new_one_begins(cast: Cast, paper: Agreement) -> None:
    other = person("Nadia Nowak")
    reassign(paper, cast.contact, "host", other)
    case = fresh_case(paper.secondment)
    now = CasePart.objects.current().filter(secondment=case, part="signatory_host")
    assert ([row.person for row in now], case.host_signatory) == ([other], other)
    assert outcome(lambda: signing.decline(paper, by=cast.signatory, reason="No")) == "denied"


def test_former_signatory_can_no_longer_read_the_paper(cast: Cast, paper: Agreement) -> None:
    from agreements import policies

    reassign(paper, cast.contact, "host", person("Nadia Nowak"))
    now = fresh(paper)
    who = {name: Person.objects.get(pk=cast.people[name].pk) for name in ("signatory", "contact")}
    assert {name: policies.may_read(now, found) for name, found in who.items()} == {"signatory": False, "contact": True}


def test_link_and_code_of_the_former_signatory_lead_nowhere(cast: Cast, paper: Agreement) -> None:
    cast.sign(paper, cast.secondee)
    signing.send_code(paper, by=cast.signatory, session="s")
    link = SigningLink.objects.get(person=cast.signatory)
    path = links.path(link)
    other = person("Nadia Nowak")
    reassign(paper, cast.contact, "host", other)
    link.refresh_from_db()
    assert link.revoked_at
    assert links.find(path.split("/")[2]) is None
    assert not SigningCode.objects.filter(slot__party="host", used_at=None, replaced_at=None).exists()
    assert open_notices(fresh(paper)) == [other]
    assert SigningLink.objects.get(revoked_at=None).person == other


def test_who_takes_a_place_that_was_opened_reads_it_themselves(cast: Cast, paper: Agreement) -> None:
    cast.sign(paper, cast.secondee)
    signing.record_opened(paper, by=cast.signatory)
    assert place(paper, "host").opened_at
    assert reassign(paper, cast.contact, "host", person("Nadia Nowak")).opened_at is None


def test_who_takes_a_place_whose_turn_has_not_come_is_not_asked_yet(cast: Cast, paper: Agreement) -> None:
    other = member(person("Norah North"), cast.northwind, "hr")
    reassign(paper, cast.hr, "seconder", other)
    assert (open_notices(fresh(paper)), place(paper, "seconder").invited_at) == ([cast.secondee], None)


def reassigned(agreement: Agreement, cast: Cast, party: str, to: Person) -> list[tuple[str, str]]:
    own = {"host": cast.contact, "seconder": cast.hr, "secondee": cast.hr}[party]
    return refusals(lambda: reassign(agreement, own, party, to))


def test_who_may_not_sign_in_place_of_whom(cast: Cast, paper: Agreement) -> None:
    away = person("Inga Inactive", is_active=False)
    assert reassigned(paper, cast, "secondee", person("Nadia Nowak")) == [
        ("Each side says who signs for it; nobody signs in place of the secondee.", "")
    ]
    assert reassigned(paper, cast, "host", cast.signatory) == [("Marta Kowalska is to sign here already.", "email")]
    assert reassigned(paper, cast, "host", cast.secondee) == [("Ana Duarte has another place on this paper.", "email")]
    assert reassigned(paper, cast, "host", cast.director) == [("Dora Rex has another place on this paper.", "email")]
    assert reassigned(paper, cast, "host", away) == [("Inga Inactive may not sign in here.", "email")]
    other_side = [("Who signs for one side does not work for the other.", "email")]
    assert reassigned(paper, cast, "host", cast.manager) == other_side
    assert reassigned(paper, cast, "seconder", cast.contact) == other_side
    assert reassigned(paper, cast, "seconder", cast.stranger) == other_side
    assert reassign(paper, cast.hr, "seconder", cast.manager).signatory == cast.manager


def test_place_that_is_signed_is_nobody_elses(cast: Cast, paper: Agreement) -> None:
    cast.sign(paper, cast.secondee)
    cast.sign(fresh(paper), cast.signatory)
    told = [("This place has been signed already, or is not on this paper.", "")]
    assert reassigned(paper, cast, "host", person("Nadia Nowak")) == told
    assert refusals(lambda: envelopes.reassign(paper, by=cast.hr, place=0, to=person("Nils Nowak"), reason="x")) == told


def test_each_side_says_who_signs_for_it(cast: Cast, paper: Agreement) -> None:
    other = person("Nadia Nowak")
    found = {n: outcome(lambda who=who: reassign(paper, who, "host", other)) for n, who in cast.people.items()}
    assert {n: result for n, result in found.items() if result != "denied"} == {"contact": "ok", "host_hr": "ok"}


def test_reassignment_gives_a_reason(cast: Cast, paper: Agreement) -> None:
    assert refusals(lambda: reassign(paper, cast.contact, "host", person("Nadia Nowak"), " ")) == [
        ("Give a reason.", "reason")
    ]


# What HR of the seconder alone does, and only while the paper is out.


def acts(agreement: Agreement) -> dict[str, Any]:
    day = clock.today("Europe/London") + timedelta(days=60)
    other = Person.objects.get(full_name="Tom Berg")
    return {
        "reassign": lambda who: reassign(agreement, who, "seconder", other),
        "extend": lambda who: envelopes.extend(agreement, by=who, until=day, reason="Holidays"),
        "void": lambda who: envelopes.void_issued(agreement, by=who, reason="Wrong day"),
        "remind": lambda who: envelopes.remind_now(agreement, by=who),
        "redraft": lambda who: envelopes.redraft(agreement, by=who, reason="Wrong day"),
    }


def test_paper_that_is_out_is_run_by_hr_of_the_seconder(cast: Cast, paper: Agreement) -> None:
    for name, act in acts(paper).items():
        found = {n: outcome(lambda who=who, act=act: act(who)) for n, who in cast.people.items()}
        assert {n: result for n, result in found.items() if result != "denied"} == {"hr": "ok"}, name


def test_paper_that_is_not_out_is_not_run(cast: Cast, paper: Agreement) -> None:
    signing.decline(paper, by=cast.secondee, reason="No")
    told = [("The paper is not out for signature: it is at “A signature was declined”.", "")]
    found = {name: refusals(lambda act=act: act(cast.hr)) for name, act in acts(paper).items() if name != "redraft"}
    assert found == {
        "reassign": told,
        "extend": told,
        "void": [("This paper has ended already, or all have signed it.", "")],
        "remind": told,
    }


# More time.


def test_more_time_is_given_with_a_reason(cast: Cast, paper: Agreement) -> None:
    until = paper.expires_on + timedelta(days=1)
    envelopes.extend(paper, by=cast.hr, until=until, reason=" Holidays ")
    assert fresh(paper).expires_on == until
    body = last_body(paper)
    assert (body["event"], body["before"], body["until"], body["reason"]) == (
        "expiry extended", str(until - timedelta(days=1)), str(until), "Holidays",
    )  # fmt: skip
    entry = LedgerEntry.objects.get(verb="agreement.extend_signing")
    assert (entry.reason, entry.facts["until"]) == ("Holidays", str(until))


def test_more_time_is_more_and_not_for_ever(cast: Cast, paper: Agreement) -> None:
    def extended(until: Any, reason: str = "Holidays") -> list[tuple[str, str]]:
        return refusals(lambda: envelopes.extend(paper, by=cast.hr, until=until, reason=reason))

    today = clock.today("Europe/London")
    after = [("Choose a day after the present last one.", "until")]
    assert extended(paper.expires_on) == after
    assert extended(today) == after
    assert extended(today + timedelta(days=181)) == [("Choose a day within the next 180 days.", "until")]
    assert extended(paper.expires_on + timedelta(days=1), " ") == [("Give a reason.", "reason")]
    envelopes.extend(paper, by=cast.hr, until=today + timedelta(days=180), reason="Holidays")


# Lapsing.


def test_time_for_signing_is_that_of_the_policy(cast: Cast) -> None:
    today = clock.today("Europe/London")
    cast.northwind.policies.create(effective_from=today, signing_expiry_days=10)
    assert cast.issued(cast.agreement_case()).expires_on == today + timedelta(days=10)


def test_paper_lapses_after_its_last_day_and_not_on_it(cast: Cast, paper: Agreement) -> None:
    with on(paper.expires_on):
        assert envelopes.expire_due() == 0
    with on(paper.expires_on + timedelta(days=1)):
        assert (envelopes.expire_due(), envelopes.expire_due()) == (1, 0)
    done = fresh(paper)
    assert (done.state, done.end_reason, open_notices(paper)) == (
        "expired", f"Not signed by all until {paper.expires_on}.", [],
    )  # fmt: skip
    assert events(paper)[-1] == "expired"
    assert not SigningLink.objects.filter(revoked_at=None).exists()
    told = Notice.objects.filter(subject__startswith="Not signed in time")
    assert {row.recipient for row in told} == {cast.hr, cast.secondee}
    assert fresh_case(paper.secondment).turn == "declined_paper"


def test_last_day_is_one_of_the_seconders_zone(cast: Cast) -> None:
    from datetime import UTC, datetime, time

    type(cast.northwind).objects.filter(pk=cast.northwind.pk).update(time_zone="America/Los_Angeles")
    paper = cast.issued(cast.agreement_case())
    after = paper.expires_on + timedelta(days=1)
    with clock.at(datetime.combine(after, time(7, 59), UTC)):  # still the day before in Los Angeles
        assert envelopes.expire_due() == 0
    with clock.at(datetime.combine(after, time(8, 1), UTC)):
        assert envelopes.expire_due() == 1


def test_signing_after_the_last_day_is_refused_before_the_sweep_comes(cast: Cast, paper: Agreement) -> None:
    told = "The time for signing is over; HR of the seconder can extend it or issue the paper again."
    with on(paper.expires_on):
        signing.send_code(paper, by=cast.secondee, session="session")
    with on(paper.expires_on + timedelta(days=1)):
        for act in (
            lambda: signing.send_code(paper, by=cast.secondee, session="session"),
            lambda: cast.sign(paper, cast.secondee),
            lambda: signing.decline(paper, by=cast.secondee, reason="No"),
        ):
            assert refusals(act) == [(told, "")]
        envelopes.extend(paper, by=cast.hr, until=paper.expires_on + timedelta(days=9), reason="Holidays")
        assert cast.sign(fresh(paper), cast.secondee).state == "signing"


def test_paper_with_more_time_does_not_lapse_at_its_first_last_day(cast: Cast, paper: Agreement) -> None:
    first = paper.expires_on
    envelopes.extend(paper, by=cast.hr, until=first + timedelta(days=5), reason="Holidays")
    with on(first + timedelta(days=1)):
        assert envelopes.expire_due() == 0


def test_signed_paper_does_not_lapse(cast: Cast) -> None:
    case = cast.agreed()
    with on(case.agreements.get().expires_on + timedelta(days=1)):
        assert envelopes.expire_due() == 0


# Void, redo.


def test_void_paper_is_not_signed_and_who_was_asked_is_told(cast: Cast, paper: Agreement) -> None:
    cast.sign(paper, cast.secondee)
    envelopes.void_issued(paper, by=cast.hr, reason=" Wrong day ")
    done = fresh(paper)
    assert (done.state, done.end_reason, open_notices(paper)) == ("void", "Wrong day", [])
    assert events(paper)[-1] == "voided"
    told = Notice.objects.filter(subject__startswith="No longer out for signature")
    assert {row.recipient for row in told} == {cast.secondee, cast.signatory}
    assert not any("Wrong day" in str(row.sentences) for row in told)
    assert outcome(lambda: cast.sign(paper, cast.signatory)) == "refused"


def test_void_gives_a_reason(cast: Cast, paper: Agreement) -> None:
    assert refusals(lambda: envelopes.void_issued(paper, by=cast.hr, reason=" ")) == [("Give a reason.", "reason")]


@pytest.mark.parametrize("state", ["draft", "negotiation", "approved"])
def test_paper_that_was_not_issued_can_be_called_off_too(cast: Cast, state: str) -> None:
    case = cast.agreement_case()
    paper = {"draft": cast.paper, "negotiation": cast.shared, "approved": cast.approved}[state](case)
    envelopes.void_issued(paper, by=cast.hr, reason="Begun anew")
    assert fresh(paper).state == "void"
    assert not Notice.objects.filter(Notice.OPEN, subject__startswith="Approve the terms").exists()
    assert envelopes.redraft(paper, by=cast.hr).number == 2


def test_signed_paper_is_not_called_off(cast: Cast) -> None:
    paper = cast.agreed().agreements.get()
    told = [("This paper has ended already, or all have signed it.", "")]
    assert refusals(lambda: envelopes.void_issued(paper, by=cast.hr, reason="Too late")) == told
    assert refusals(lambda: envelopes.redraft(paper, by=cast.hr, reason="Too late")) == [
        ("A new paper can be made when this one was declined, has lapsed or is out for signature.", "")
    ]


def test_paper_that_is_replaced_while_it_is_out_is_superseded(cast: Cast, paper: Agreement) -> None:
    cast.sign(paper, cast.secondee)
    new = envelopes.redraft(paper, by=cast.hr, reason="Another day")
    old = fresh(paper)
    assert (old.state, old.end_reason, new.number, new.state) == ("superseded", "Another day", 2, "draft")
    assert (events(paper)[-1], events(new), open_notices(paper)) == ("superseded", ["created"], [])
    told = Notice.objects.filter(subject__startswith="No longer out for signature")
    assert {row.recipient for row in told} == {cast.secondee, cast.signatory}
    assert outcome(lambda: cast.sign(paper, cast.signatory)) == "refused"
    assert outcome(lambda: envelopes.redraft(paper, by=cast.hr, reason="Again")) == "refused"


# Reminding.


def test_ladder_of_reminders_is_climbed_once(cast: Cast, paper: Agreement) -> None:
    due = place(paper, "secondee").due_on
    found = []
    for days in range(-7, 10):
        with on(due + timedelta(days=days)):
            new = envelopes.remind_due()
            assert envelopes.remind_due() == 0  # not twice
            found += [(days, new)] if new else []
    assert found == [(-2, 1), (0, 1), (2, 1), (5, 1)]
    assert [
        (row.recipient, row.subject.split(":")[0])
        for row in Notice.objects.filter(key__contains=":sign-").order_by("pk")
    ] == [
        (cast.secondee, "Please sign"),
        (cast.secondee, "Please sign"),
        (cast.secondee, "Please sign"),
        (cast.hr, "Not signed yet"),
    ]


def test_reminders_missed_in_an_outage_are_not_caught_up_on(cast: Cast, paper: Agreement) -> None:
    with on(place(paper, "secondee").due_on + timedelta(days=6)):
        assert envelopes.remind_due() == 2  # the latest to the secondee, and HR's


def test_nobody_is_reminded_whose_turn_it_is_not_or_who_has_signed(cast: Cast, paper: Agreement) -> None:
    due = place(paper, "secondee").due_on
    cast.sign(paper, cast.secondee)
    with on(due):
        envelopes.remind_due()
    assert [row.recipient for row in Notice.objects.filter(key__contains=":sign-reminder")] == [cast.signatory]


def test_nobody_is_reminded_of_an_ended_paper(cast: Cast, paper: Agreement) -> None:
    due = place(paper, "secondee").due_on
    envelopes.void_issued(paper, by=cast.hr, reason="No")
    with on(due):
        assert envelopes.remind_due() == 0


def test_new_signatory_is_reminded_by_a_ladder_of_their_own(cast: Cast, paper: Agreement) -> None:
    cast.sign(paper, cast.secondee)
    due = place(paper, "host").due_on
    with on(due):
        assert envelopes.remind_due() == 1
        other = person("Nadia Nowak")
        reassign(paper, cast.contact, "host", other)
        assert envelopes.remind_due() == 0
        again = place(paper, "host").due_on
        assert again == due + timedelta(days=7)
    with on(again):
        assert envelopes.remind_due() == 1
    assert Notice.objects.filter(key__contains=":sign-reminder").latest("pk").recipient == other


def test_hr_reminds_once_a_day(cast: Cast, paper: Agreement) -> None:
    told = [("They have been reminded today already.", "")]
    assert envelopes.remind_now(paper, by=cast.hr) == 1
    assert refusals(lambda: envelopes.remind_now(paper, by=cast.hr)) == told
    with on(clock.today("Europe/London") + timedelta(days=1)):
        assert envelopes.remind_now(paper, by=cast.hr) == 1
    assert events(paper).count("reminded") == 2


# Groups.


def test_two_of_a_group_are_asked_together_and_the_third_after_both(cast: Cast, together: Agreement) -> None:
    assert set(open_notices(together)) == {cast.secondee, cast.signatory}
    assert [(row.party, row.turn) for row in together.slots.order_by("turn", "party")] == [
        ("host", 1), ("secondee", 1), ("seconder", 2),
    ]  # fmt: skip
    told = "It is not your turn yet: Ana Duarte, Marta Kowalska signs first."
    assert refusals(lambda: cast.sign(together, cast.director)) == [(told, "")]
    cast.sign(together, cast.signatory)  # in any order
    assert (open_notices(together), place(together, "seconder").invited_at) == ([cast.secondee], None)
    assert outcome(lambda: cast.sign(fresh(together), cast.director)) == "refused"
    cast.sign(fresh(together), cast.secondee)
    assert open_notices(together) == [cast.director]
    assert cast.sign(fresh(together), cast.director).state == "signed"


def test_turn_names_all_of_a_group(cast: Cast, together: Agreement) -> None:
    assert fresh_case(together.secondment).turn_names == "Ana Duarte, Marta Kowalska"


def test_one_of_a_group_declines_for_all(cast: Cast, together: Agreement) -> None:
    signing.decline(together, by=cast.signatory, reason="No")
    assert (fresh(together).state, open_notices(together)) == ("declined", [])
