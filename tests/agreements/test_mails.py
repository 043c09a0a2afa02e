"""What became of the mails of a paper, as its evidence tells it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from agreements import envelopes, evidence, file_notices, papers
from agreements.models import Agreement
from people import clock, delivery
from people.models import Notice
from tests.cast import Cast
from tests.people.sink import OK, Sink, running

NEVER = "550 no such mailbox"


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with running() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 5
        yield sink


@pytest.fixture
def paper(cast: Cast) -> Agreement:
    """Out for signature; the secondee's mail has not left yet, all before it has."""
    case = cast.agreement_case()
    delivery.deliver()
    return cast.issued(case)


def told(paper: Agreement, event: str) -> list[str]:
    bodies = [json.loads(row.body) for row in paper.evidence.order_by("number")]
    return [body["to"] for body in bodies if body["event"] == event]


def refuse(sink: Sink, address: str) -> None:
    sink.answer = lambda asked: NEVER if asked == address else OK


def test_mail_that_never_arrives_is_evidence_and_hr_hears(cast: Cast, paper: Agreement, sink: Sink) -> None:
    refuse(sink, cast.secondee.email)
    delivery.deliver()
    assert told(paper, "delivery failed") == ["Ana Duarte"]
    assert evidence.broken_at(paper.evidence.order_by("number")) is None
    assert Notice.objects.get(subject__startswith="A mail to Ana Duarte came back").recipient == cast.hr


def test_mail_that_is_only_late_is_no_evidence(cast: Cast, paper: Agreement, sink: Sink) -> None:
    sink.answer = lambda address: "451 try again later"
    delivery.deliver()
    assert told(paper, "delivery failed") == []


def test_mail_that_failed_after_the_paper_was_over_is_none(cast: Cast, paper: Agreement, sink: Sink) -> None:
    envelopes.void(papers.lock(paper.pk), by=cast.hr, reason="Called off")
    Notice.objects.filter(cancelled_at__isnull=False, about__startswith="signing:").update(cancelled_at=None)
    refuse(sink, cast.secondee.email)
    delivery.deliver()
    assert told(paper, "delivery failed") == []


def test_each_sealed_copy_that_is_sent_is_evidence(cast: Cast, paper: Agreement, sink: Sink) -> None:
    for who in (cast.secondee, cast.signatory, cast.director):
        paper = cast.sign(Agreement.objects.select_related("review_copy").get(pk=paper.pk), who)
    cast.seal(paper)
    copy = Agreement.objects.get(pk=paper.pk).sealed_copy
    assert copy
    file_notices.sealed(paper, copy)
    refuse(sink, cast.signatory.email)
    delivery.deliver()
    # Who signed, and who speaks for a party without signing: the host's contact and HR.
    assert sorted(told(paper, "copy sent")) == ["Ana Duarte", "Dora Rex", "Hanna Reed", cast.contact.full_name]
    assert told(paper, "delivery failed") == ["Marta Kowalska"]
    assert evidence.broken_at(paper.evidence.order_by("number")) is None


def test_who_has_left_the_case_is_sent_no_sealed_copy(cast: Cast, paper: Agreement) -> None:
    for who in (cast.secondee, cast.signatory, cast.director):
        paper = cast.sign(Agreement.objects.select_related("review_copy").get(pk=paper.pk), who)
    cast.seal(paper)
    paper.secondment.parts.filter(part="host_contact").update(until=clock.now())
    copy = Agreement.objects.get(pk=paper.pk).sealed_copy
    assert copy
    file_notices.sealed(paper, copy)
    sent = Notice.objects.filter(about=f"sealed:{paper.pk}").values_list("recipient__full_name", flat=True)
    assert sorted(sent) == ["Ana Duarte", "Dora Rex", "Hanna Reed", "Marta Kowalska"]
