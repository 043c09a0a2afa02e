"""A mail about a case that never arrives: HR hears of it, once for each address, against a real SMTP server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db.models import QuerySet
from pytest_django import Settings

from people import delivery
from people.models import Notice, Person
from tests.cast import Cast
from tests.people.sink import OK, Sink, running


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with running() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 5
        yield sink


def refuse(sink: Sink, *addresses: str) -> None:
    sink.answer = lambda asked: "550 no such mailbox" if asked in addresses else OK


def heard(name: str) -> QuerySet[Notice]:
    return Notice.objects.filter(subject__startswith=f"A mail to {name} came back")


def send_again(who: Person) -> None:
    failed = Notice.objects.filter(recipient=who, failed_at__isnull=False)
    pks = list(failed.values_list("pk", flat=True))
    assert pks
    failed.update(failed_at=None, claimed_at=None)
    delivery.deliver()
    assert Notice.objects.filter(pk__in=pks, failed_at__isnull=False).count() == len(pks)


def test_hr_hears_once_for_an_address(cast: Cast, sink: Sink) -> None:
    refuse(sink, cast.manager.email)
    case = cast.proposal()
    delivery.deliver()
    (told,) = heard(cast.manager.full_name)
    assert (told.recipient, told.case_id, cast.manager.email in told.sentences[0]) == (cast.hr, case.pk, True)
    send_again(cast.manager)
    assert heard(cast.manager.full_name).count() == 1
    Person.objects.filter(pk=cast.manager.pk).update(email="still.wrong@northwind.example")
    refuse(sink, "still.wrong@northwind.example")
    send_again(cast.manager)
    assert sorted("still.wrong" in row.sentences[0] for row in heard(cast.manager.full_name)) == [False, True]


def test_nobody_hears_of_a_mail_to_hr_alone_or_of_one_that_is_only_late(cast: Cast, sink: Sink) -> None:
    refuse(sink, cast.hr.email)
    cast.declined()
    delivery.deliver()
    assert Notice.objects.filter(recipient=cast.hr, failed_at__isnull=False).exists()
    sink.answer = lambda asked: "451 try again later"
    cast.proposal()
    delivery.deliver()
    assert Notice.objects.filter(subject__contains="came back").count() == 0
