"""Ways to get more out of a paper than one's part gives; each stays shut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agreements import (
    approving,
    clauses,
    conversations,
    drafting,
    drawing,
    envelopes,
    links,
    negotiation,
    papers,
    proposing,
    signing,
)
from agreements.models import Agreement, Signature, SignatureSlot
from agreements.states import Audience
from people.models import Employment, Membership, Notice, Person
from secondments.models import Secondment
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, code_for, member, on, person
from tests.house.addresses import now, shared_half

SignIn = Callable[[Person], Client]
LAW = clauses.catalogue()["confidentiality"]
EVIL = "<script>alert(1)</script><b onclick=x>"


@pytest.fixture
def paper(cast: Cast) -> Agreement:
    """Out for signature; it is the secondee's turn."""
    return cast.issued(cast.agreement_case())


def place(paper: Agreement, party: str) -> SignatureSlot:
    return paper.slots.select_related("signatory").get(party=party)


def events(paper: Agreement, name: str) -> int:
    return paper.evidence.filter(body__contains=f'"{name}"').count()


def again(who: Person) -> Person:
    """As the next request finds them."""
    return Person.objects.get(pk=who.pk)


# --- The link in the mail that asks for a signature


def test_forwarded_link_leads_to_signing_in_as_its_addressee(cast: Cast, paper: Agreement, sign_in: SignIn) -> None:
    slot = place(paper, "secondee")
    path = links.path(links.live(slot, cast.secondee))
    for client, statuses in ((Client(), {302}), (sign_in(cast.stranger), {404}), (sign_in(cast.contact), {403})):
        answer = client.post(path)
        assert (answer.status_code, answer.url) == (302, f"{paper.get_absolute_url()}sign/")
        assert client.get(answer.url).status_code in statuses
    slot.refresh_from_db()
    assert (slot.opened_at, events(paper, "access confirmed"), events(paper, "opened")) == (None, 0, 0)


def test_scanner_of_mail_that_opens_the_link_twice_is_no_reader(cast: Cast, paper: Agreement) -> None:
    slot = place(paper, "secondee")
    path = links.path(links.live(slot, cast.secondee))
    for send in (Client().get, Client().get, Client().head):
        assert send(path).status_code == 200
    slot.refresh_from_db()
    assert (slot.opened_at, events(paper, "link requested"), events(paper, "opened")) == (None, 1, 0)
    assert not Notice.objects.filter(recipient=cast.secondee, is_secret=True).exists()


def test_link_is_over_when_somebody_else_is_to_sign(cast: Cast, paper: Agreement, sign_in: SignIn) -> None:
    slot = place(paper, "host")
    path = links.path(links.live(slot, cast.signatory))
    envelopes.reassign(paper, by=cast.contact, place=slot.pk, to=person("Nova Sign"), reason="Ill.")
    assert "does not work any more" in Client().post(path).content.decode()
    assert sign_in(cast.signatory).get(f"{paper.get_absolute_url()}sign/").status_code in {403, 404}


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "²", "-1", "x"])
def test_place_that_cannot_be_is_no_fault_of_ours(cast: Cast, paper: Agreement, sign_in: SignIn, number: str) -> None:
    client = sign_in(cast.contact)
    client.raise_request_exception = False
    assert client.get(f"{paper.get_absolute_url()}review-copy.pdf", {"place": number}).status_code == 200
    assert events(paper, "opened in person") == 0


# --- Acting for another side


@pytest.mark.parametrize("role", ["host_hr", "contact", "hr", "manager"])
def test_nobody_signs_in_the_place_of_another(cast: Cast, paper: Agreement, role: str) -> None:
    who = again(cast.people[role])
    for act in (
        lambda: signing.send_code(paper, by=who, session="session"),
        lambda: cast.sign(paper, who),
        lambda: signing.decline(paper, by=who, reason="No."),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not Signature.objects.exists()


def test_hr_of_the_host_does_nothing_that_is_hrs_of_the_seconder(cast: Cast, paper: Agreement) -> None:
    slot, who = place(paper, "seconder"), again(cast.host_hr)
    until = paper.expires_on + timedelta(days=1)
    for act in (
        lambda: envelopes.reassign(paper, by=who, place=slot.pk, to=person("Nova Sign"), reason="Ours."),
        lambda: envelopes.extend(paper, by=who, until=until, reason="Ours."),
        lambda: envelopes.void_issued(paper, by=who, reason="Ours."),
        lambda: envelopes.redraft(paper, by=who, reason="Ours."),
        lambda: envelopes.remind_now(paper, by=who),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_nobody_lends_their_device_to_themselves(cast: Cast, sign_in: SignIn) -> None:
    paper = cast.issued(cast.agreement_case(host_signatory=cast.host_hr))
    cast.sign(paper, cast.secondee)
    slot, who = place(paper, "host"), again(cast.host_hr)
    with pytest.raises(NotAllowed):
        signing.send_code(paper, by=who, session="session", place=slot.pk)
    signing.record_opened(paper, by=who, place=slot.pk)
    assert events(paper, "opened in person") == 0
    assert sign_in(cast.host_hr).get(f"{paper.get_absolute_url()}places/{slot.pk}/in-person/").status_code == 403


def test_code_of_who_signs_in_person_goes_to_them_alone(cast: Cast, paper: Agreement) -> None:
    slot = place(paper, "secondee")
    signing.send_code(paper, by=cast.hr, session="session", place=slot.pk)
    assert code_for(cast.secondee).isdecimal()
    assert not Notice.objects.filter(recipient=cast.hr, is_secret=True).exists()


def test_place_of_one_side_is_not_given_to_the_other(cast: Cast, paper: Agreement) -> None:
    hosts = person("Hosts Own")
    Employment.objects.create(person=hosts, organisation=cast.contoso)
    for party, to in (("host", cast.manager), ("seconder", hosts), ("host", cast.secondee), ("secondee", hosts)):
        with pytest.raises(Refused):
            own = {"host": cast.contact}.get(party, cast.hr)
            envelopes.reassign(paper, by=again(own), place=place(paper, party).pk, to=again(to), reason="Ill.")
    assert not paper.slots.filter(reassigned_at__isnull=False).exists()


def test_nobody_signs_after_the_last_day(cast: Cast, paper: Agreement) -> None:
    signing.record_opened(paper, by=cast.secondee)
    signing.send_code(paper, by=cast.secondee, session="session")
    with on(paper.expires_on + timedelta(days=2)), pytest.raises(Refused, match="The time for signing is over"):
        cast.sign(paper, cast.secondee)
    assert not Signature.objects.exists()


# --- Terms


def test_approval_of_an_older_version_is_refused(cast: Cast) -> None:
    case = cast.agreement_case()
    seen = cast.shared(case).current
    negotiation.edit_clause(
        cast.paper(case), by=cast.hr, key="place_of_work", values={"remote_days": "4"}, wording=[], note="Asked for.",
        seen_version=seen.number,
    )  # fmt: skip
    with pytest.raises(Refused, match="have changed since you read them"):
        approving.approve(cast.paper(case), by=cast.contact, content_hash=seen.content_hash)


def test_question_asked_of_one_party_is_not_answered_by_another(cast: Cast) -> None:
    case = cast.agreement_case()
    paper = shared_half(cast, cast.paper(case))
    rows = drafting.open_questions(paper, paper.current)
    clause, parameter = next(row for row in rows if drafting.asked_of(row[1]) == "host")
    given: dict[str, Any] = {"answers": {clause.key: {parameter.name: "1"}}, "seen_version": paper.current.number}
    with pytest.raises(NotAllowed, match="asked of somebody else"):
        negotiation.answer(paper, by=cast.secondee, **given)
    for who in (cast.manager, cast.signatory, cast.finance, cast.viewer):
        with pytest.raises(NotAllowed):
            negotiation.answer(paper, by=again(who), **given)
    assert now(cast, case) == paper.current.number


def proposed(cast: Cast, case: Secondment) -> Any:
    """The host proposes another wording of legal text."""
    paper = cast.shared(case)
    wording = [*LAW.paragraphs, "The Host may publish what it likes."]
    return proposing.propose(
        paper, by=cast.contact, key=LAW.key, text="Please.", seen_version=now(cast, case), wording=wording
    )


def test_legal_wording_that_a_guest_proposed_needs_a_legal_approver(cast: Cast) -> None:
    case = cast.agreement_case()
    proposing.accept(proposed(cast, case), by=cast.hr)
    paper = cast.approve(case)
    with pytest.raises(Refused, match="a legal approver has to agree"):
        signing.issue(paper, by=cast.hr)
    given = {"key": LAW.key, "wording_hash": approving.hashes(paper)[LAW.key], "reason": "Fine."}
    Membership.objects.filter(person=cast.host_hr).update(approves_legal=True)
    for who in (cast.hr, cast.host_hr, cast.contact):
        with pytest.raises(NotAllowed):
            approving.consent_legally(paper, by=again(who), **given)
    lawyer = member(person("Lara Law"), cast.northwind, "hr")
    Membership.objects.filter(person=lawyer).update(approves_legal=True)
    approving.consent_legally(paper, by=again(lawyer), **given)
    assert signing.issue(cast.paper(case), by=cast.hr).state == "signing"


def test_who_worded_a_counter_proposal_does_not_consent_to_it_themselves(cast: Cast) -> None:
    case = cast.agreement_case()
    Membership.objects.filter(person=cast.hr).update(approves_legal=True)
    asked = proposed(cast, case)
    wording = [*LAW.paragraphs, "The Host may publish what the Seconder read."]
    mine = proposing.counter(asked, by=cast.hr, text="Rather so.", seen_version=now(cast, case), wording=wording)
    proposing.accept(mine, by=cast.contact)
    paper = cast.paper(case)
    with pytest.raises(Refused, match="another legal approver"):
        approving.consent_legally(
            paper, by=again(cast.hr), key=LAW.key, wording_hash=approving.hashes(paper)[LAW.key], reason="Mine."
        )


def test_nobody_answers_their_own_proposal_or_one_of_their_side(cast: Cast) -> None:
    case = cast.agreement_case()
    asked = proposed(cast, case)
    for who in (cast.contact, cast.host_hr, cast.secondee, cast.manager):
        for act in (
            lambda by: proposing.accept(asked, by=by),
            lambda by: proposing.decline(asked, by=by, answer="No."),
            lambda by: proposing.counter(asked, by=by, text="So.", seen_version=now(cast, case)),
        ):
            with pytest.raises(NotAllowed):
                act(again(who))
    with pytest.raises(NotAllowed):
        proposing.withdraw(asked, by=cast.secondee)


@pytest.mark.parametrize("seen", ["99999", "-1", "32768", "99999999999999999999"])
def test_number_of_a_version_that_cannot_be_is_no_fault_of_ours(cast: Cast, sign_in: SignIn, seen: str) -> None:
    case = cast.agreement_case()
    paper, client = cast.shared(case), sign_in(cast.contact)
    client.raise_request_exception = False
    for path in ("clauses/place_of_work/ask/", "questions/"):
        answer = client.post(f"{paper.get_absolute_url()}{path}", {"text": "More.", "seen_version": seen})
        assert (path, answer.status_code) == (path, 200)


# --- Notes of one side


@pytest.mark.parametrize(
    ("audience", "by", "readers"),
    [
        (Audience.SECONDER, "hr", {"hr"}),
        (Audience.SECONDER_MANAGER, "hr", {"hr", "manager"}),
        (Audience.HOST, "contact", {"contact", "host_hr"}),
    ],
)
def test_note_of_one_side_is_not_read_or_heard_of_by_another(
    cast: Cast, sign_in: SignIn, audience: Audience, by: str, readers: set[str]
) -> None:
    paper = cast.shared(cast.agreement_case())
    before = {row.pk for row in Notice.objects.all()}
    thread = conversations.start(paper, by=cast.people[by], key="place_of_work", text="OUR-LIMIT", audience=audience)
    told = set(Notice.objects.exclude(pk__in=before).values_list("recipient", flat=True))
    assert told <= {cast.people[role].pk for role in readers}
    path = f"{paper.get_absolute_url()}comments/{thread.pk}/"
    for role, who in cast.people.items():
        client = sign_in(who)
        assert (role, "OUR-LIMIT" in client.get(paper.get_absolute_url()).content.decode()) == (role, role in readers)
        if role not in readers:
            assert (role, client.get(path).status_code in {403, 404}) == (role, True)
            assert (role, client.post(f"{path}settle/", {"state": "closed"}).status_code in {403, 404}) == (role, True)
            with pytest.raises(NotAllowed):
                conversations.reply(thread, by=again(who), text="I read you.")


def test_nobody_writes_for_an_audience_of_another_side(cast: Cast) -> None:
    paper = cast.shared(cast.agreement_case())
    for role, audience in (("contact", Audience.SECONDER), ("secondee", Audience.HOST), ("hr", Audience.HOST)):
        with pytest.raises(Refused, match="Choose who reads this"):
            conversations.start(paper, by=cast.people[role], key="place_of_work", text="Hm.", audience=audience)


def test_paper_that_was_void_before_anybody_saw_it_takes_no_proposals(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreement_case()
    paper = cast.paper(case)
    envelopes.void_issued(paper, by=cast.hr, reason="Not now.")
    assert sign_in(cast.contact).get(paper.get_absolute_url()).status_code == 403
    with pytest.raises((NotAllowed, Refused)):
        proposing.propose(papers.lock(paper.pk), by=cast.contact, key="place_of_work", text="More.", seen_version=1)
    with pytest.raises((NotAllowed, Refused)):
        conversations.start(papers.lock(paper.pk), by=cast.contact, key="place_of_work", text="More.")


# --- What is typed stays text


def test_markup_in_clause_schedule_and_comment_is_text(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreement_case()
    cast.answered(case)
    negotiation.add_clause(
        cast.paper(case), by=cast.hr, title=EVIL, paragraphs=[EVIL], note=EVIL, seen_version=now(cast, case)
    )
    table = [{"title": EVIL, "columns": [EVIL, "b"], "rows": [[EVIL, "d"]]}, {"title": "c", "paragraphs": [EVIL]}]
    negotiation.set_schedules(cast.paper(case), by=cast.hr, schedules=table, note=EVIL, seen_version=now(cast, case))
    paper = cast.shared(case)
    last = now(cast, case)
    thread = conversations.start(paper, by=cast.contact, key="place_of_work", text=EVIL)
    asked = proposing.propose(
        paper, by=cast.contact, key="place_of_work", text=EVIL, seen_version=last, values={"travel_area": EVIL}
    )
    client = sign_in(cast.hr)
    for path in (
        "", "preview/", "clauses/", "schedules/1/", "schedules/2/", f"versions/{last}/",
        f"compare/{last - 2}/{last}/", f"comments/{thread.pk}/", f"requests/{asked.pk}/counter/",
        f"requests/{asked.pk}/decline/", "clauses/free_1001/edit/",
    ):  # fmt: skip
        page = client.get(f"{paper.get_absolute_url()}{path}").content.decode()
        assert (path, "alert(1)" in page, "<script>alert" in page, "<b onclick" in page) == (path, True, False, False)
    typed = {"wording": EVIL, "seen_version": last, "note": "x"}
    shown = client.post(f"{paper.get_absolute_url()}clauses/free_1001/preview/", typed).content.decode()
    assert ("alert(1)" in shown, "<script>" in shown) == (True, False)


@pytest.mark.parametrize(
    "drawn",
    ["[[[1,\"2\"],[3,4]]]", "[[[NaN,1],[2,3]]]", "[[[Infinity,1],[2,3]]]", "[[[1e999,1],[2,3]]]", "[[[true,1],[2,3]]]",
     "[[[1,2,3]]]", "[[[-1,2],[3,4]]]", "[[[601,2],[3,4]]]", "{\"d\": \"M0 0\"}", "\"M0 0\"", "[[\"M0 0\"]]", "[[null]]",
     "[" * 100_000, "[[[" + "9" * 5000 + ",1],[2,3]]]", "<path d='M0 0'/>"],
)  # fmt: skip
def test_drawing_is_numbers_or_nothing(drawn: str) -> None:
    with pytest.raises(drawing.Unreadable):
        drawing.read(drawn)
