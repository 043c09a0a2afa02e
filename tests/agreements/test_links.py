"""The link in the mail that asks for a signature: what opening it does, and when it leads nowhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from agreements import envelopes, links, signing
from agreements.models import Agreement, SigningLink
from people import delivery
from people.models import Notice, Person
from secondments import transitions
from tests import markers
from tests.agreements.acts import events, fresh
from tests.cast import Cast, person

SignIn = Callable[[Person], Client]


@pytest.fixture
def paper(cast: Cast) -> Agreement:
    """Out for signature: the secondee has a link."""
    return cast.issued(cast.agreement_case())


def link(who: Person) -> SigningLink:
    return SigningLink.objects.filter(person=who).latest("pk")


def token(who: Person) -> str:
    return links.path(link(who)).strip("/").split("/")[1]


def rows() -> dict[str, str]:
    """The whole database as text."""
    return markers.dump()


def test_link_is_of_256_bits_of_which_only_the_hash_is_kept(cast: Cast, paper: Agreement) -> None:
    found = token(cast.secondee)
    assert (len(bytes.fromhex(found)), link(cast.secondee).digest) == (32, hashlib.sha256(found.encode()).hexdigest())
    delivery.deliver()
    assert found in mail.outbox[-1].body + "".join(message.body for message in mail.outbox)
    assert [name for name, text in rows().items() if found in text] == []


def test_links_differ_by_place_person_and_time(cast: Cast, paper: Agreement) -> None:
    first = link(cast.secondee)
    seen = {links.path(first)}
    for name, value in (("slot_id", first.slot_id + 1), ("person_id", cast.hr.pk), ("made_at", first.slot.due_on)):
        other = SigningLink(slot_id=first.slot_id, person_id=first.person_id, made_at=first.made_at)
        setattr(other, name, value)
        seen.add(links.path(other))
    assert len(seen) == 4


def changes(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_opening_a_link_notes_it_once_and_changes_nothing_else(cast: Cast, paper: Agreement) -> None:
    path = links.path(link(cast.secondee))
    before = rows()
    first = Client().get(path)
    middle = rows()
    assert changes(before, middle) == {"agreements_signinglink", "agreements_evidenceevent"}
    assert (first.status_code, events(paper)[-1], link(cast.secondee).revoked_at) == (200, "link requested", None)
    assert link(cast.secondee).requested_at
    for _ in range(2):
        Client().get(path)
        Client().head(path)
    assert changes(middle, rows()) == set()


def test_a_look_at_a_link_is_never_called_a_view(cast: Cast, paper: Agreement) -> None:
    from agreements import evidence

    Client().get(links.path(link(cast.secondee)))
    (row,) = evidence.as_rows([paper.evidence.order_by("-number").first()])
    assert row["text"] == "The link sent to Ana Duarte was requested, by them or by a mail scanner."
    assert fresh(paper).slots.get(party="secondee").opened_at is None


def test_pressing_on_leads_to_the_page_without_the_token(cast: Cast, paper: Agreement) -> None:
    client = Client()
    path = links.path(link(cast.secondee))
    answer = client.post(path)
    assert (answer.status_code, answer.url) == (302, f"{paper.get_absolute_url()}sign/")
    page = client.get(answer.url)
    assert page.status_code == 302  # to sign in: the link says which page, never who one is
    assert token(cast.secondee) not in page.url
    assert link(cast.secondee).revoked_at is None


def test_who_comes_by_their_link_and_signs_in_is_noted_once(cast: Cast, paper: Agreement, sign_in: SignIn) -> None:
    client = sign_in(cast.secondee)
    client.post(links.path(link(cast.secondee)))
    for _ in range(2):
        assert client.get(f"{paper.get_absolute_url()}sign/").status_code == 200
    assert events(paper).count("access confirmed") == 1


def test_forwarded_link_gives_nothing(cast: Cast, paper: Agreement, sign_in: SignIn) -> None:
    path = links.path(link(cast.secondee))
    for who, status in ((cast.stranger, 404), (cast.hr, 403), (cast.signatory, 200)):
        client = sign_in(who)
        client.post(path)
        assert client.get(f"{paper.get_absolute_url()}sign/").status_code == status, who
    assert "access confirmed" not in events(paper)


def test_link_page_sends_no_address_on_and_is_kept_nowhere(cast: Cast, paper: Agreement) -> None:
    for answer in (Client().get(links.path(link(cast.secondee))), Client().post("/sign/unknown/")):
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["X-Robots-Tag"] == "noindex"


# What ends a link.


def signed(cast: Cast, paper: Agreement) -> None:
    cast.sign(paper, cast.secondee)


def declined(cast: Cast, paper: Agreement) -> None:
    signing.decline(paper, by=cast.secondee, reason="No")


def voided(cast: Cast, paper: Agreement) -> None:
    envelopes.void_issued(paper, by=cast.hr, reason="Wrong day")


def replaced(cast: Cast, paper: Agreement) -> None:
    envelopes.redraft(paper, by=cast.hr, reason="Wrong day")


def lapsed(cast: Cast, paper: Agreement) -> None:
    from datetime import timedelta

    from tests.cast import on

    with on(paper.expires_on + timedelta(days=1)):
        envelopes.expire_due()


def withdrawn(cast: Cast, paper: Agreement) -> None:
    transitions.perform(paper.secondment, "withdraw", by=cast.hr, reason="Budget")


ENDS = [signed, declined, voided, replaced, lapsed, withdrawn]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_link_is_over(cast: Cast, paper: Agreement, end: Callable[..., None]) -> None:
    found = token(cast.secondee)
    assert links.find(found) == link(cast.secondee)
    end(cast, paper)
    assert links.find(found) is None
    assert not SigningLink.objects.filter(person=cast.secondee, revoked_at=None).exists()


def test_link_of_a_former_signatory_is_over_and_their_successor_has_one(cast: Cast, paper: Agreement) -> None:
    cast.sign(paper, cast.secondee)
    old, other = token(cast.signatory), person("Nadia Nowak")
    slot = paper.slots.get(party="host")
    envelopes.reassign(paper, by=cast.contact, place=slot.pk, to=other, reason="Away")
    assert (links.find(old), links.find(token(other))) == (None, link(other))


def page(client: Client, path: str, method: str) -> tuple[int, str, dict[str, Any]]:
    answer = getattr(client, method)(path)
    content = answer.content.decode()
    kept = {name: value for name, value in answer.headers.items() if name != "Content-Security-Policy"}
    return answer.status_code, content, kept


@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_over_and_revoked_links_get_one_answer(cast: Cast, paper: Agreement, method: str) -> None:
    import re

    def answer(found: str) -> tuple[int, str]:
        status, content, _headers = page(Client(), f"/sign/{found}/", method)
        return status, re.sub(r'(nonce|value)="[^"]*"|"X-CSRFToken": "[^"]*"', "", content).replace(found, "TOKEN")

    live = answer(token(cast.secondee))
    old = token(cast.secondee)
    cast.sign(fresh(paper), cast.secondee)  # revoked
    revoked = answer(old)
    host = token(cast.signatory)
    lapsed(cast, paper)  # over
    over = answer(host)
    unknown, junk = answer("0" * 64), answer("no-token")
    assert revoked == over == unknown == junk
    assert (live == unknown) == (method == "get")  # even a live one shows the same page until it is pressed
    assert unknown[0] == 200


# Where the link is, and where it is not.


def notice(who: Person) -> Notice:
    return Notice.objects.get(recipient=who, subject__startswith="Sign: ")


def test_mail_carries_the_link_and_the_notice_in_the_app_does_not(
    cast: Cast, paper: Agreement, sign_in: SignIn
) -> None:
    found = token(cast.secondee)
    asked = notice(cast.secondee)
    assert asked.action_path == f"{paper.get_absolute_url()}sign/"
    assert found not in str(vars(asked))
    delivery.deliver()
    (message,) = [m for m in mail.outbox if m.subject.startswith("Sign: ")]
    assert message.to == [cast.secondee.email]
    html = message.alternatives[0][0]
    assert (f"/sign/{found}/" in message.body, f"/sign/{found}/" in html) == (True, True)
    assert f"{paper.get_absolute_url()}sign/" not in message.body
    assert found not in sign_in(cast.secondee).get("/profile/", follow=True).content.decode()
    assert [name for name, text in rows().items() if found in text] == []


def test_reminder_carries_the_same_link(cast: Cast, paper: Agreement) -> None:
    found = token(cast.secondee)
    envelopes.remind_now(paper, by=cast.hr)
    delivery.deliver()
    (message,) = [m for m in mail.outbox if m.subject.startswith("Please sign")]
    assert f"/sign/{found}/" in message.body
    assert SigningLink.objects.count() == 1


def test_mail_about_signing_to_hr_carries_no_link(cast: Cast, paper: Agreement) -> None:
    """HR's mails link to the page, and nothing of theirs opens the secondee's place."""
    found = token(cast.secondee)
    cast.sign(paper, cast.secondee)
    delivery.deliver()
    told = [m for m in mail.outbox if m.to == [cast.hr.email]]
    assert told
    assert not any("/sign/" in m.body or found in m.body for m in told)


def test_mail_that_is_sent_late_links_to_the_page(cast: Cast, paper: Agreement) -> None:
    """A link that is over meanwhile is not sent, and the page says what became of the paper."""
    found = token(cast.secondee)
    asked = notice(cast.secondee)
    links.revoke(list(paper.slots.all()))
    letter = delivery.letter(asked)
    assert (found in letter.body, f"{paper.get_absolute_url()}sign/" in letter.body) == (False, True)


def test_code_is_mailed_without_a_link(cast: Cast, paper: Agreement) -> None:
    signing.send_code(paper, by=cast.secondee, session="session")
    delivery.deliver()
    (message,) = [m for m in mail.outbox if "is your code" in m.subject]
    assert "/sign/" not in message.body
