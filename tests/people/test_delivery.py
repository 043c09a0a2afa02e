"""The outbox, against a real SMTP server that accepts, refuses, is slow or is not there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from pytest_django import Settings

from people import delivery, in_flight
from people.models import Notice, Person
from people.notify import Message, call_off, queue
from tests.people.sink import OK, Sink, free_port, running, wait_until
from tests.secondments.crowd import at_once

LATER = "451 try again later"
NEVER = "550 no such mailbox"


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with running() as sink:
        reach(settings, sink.port)
        yield sink


def reach(settings: Settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5


@pytest.fixture
def ana(db: None) -> Person:
    return Person.objects.create_user("ana@example.org", full_name="Ana Duarte")


def message(to: Person, key: str = "one", **fields: Any) -> Message:
    return Message(**{"key": key, "to": to, "subject": "Look", "sentences": ["It waits."], **fields})


def told(to: Person, key: str = "one", **fields: Any) -> Notice:
    queue(message(to, key, **fields))
    return Notice.objects.get(key=key)


def fresh(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


def make_due() -> None:
    """As if the pauses were over."""
    Notice.objects.filter(Notice.OPEN).update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def make_stale(notices: QuerySet[Notice] | None = None) -> None:
    """As if whoever claimed these had been silent for longer than a claim lasts."""
    claimed = timezone.now() - delivery.STALE - timedelta(seconds=1)
    found = Notice.objects.all() if notices is None else notices
    found.filter(Notice.OPEN, claimed_at__isnull=False).update(claimed_at=claimed)


def test_message_of_a_known_key_is_written_once(ana: Person) -> None:
    assert [queue(message(ana)), queue(message(ana, subject="Again")), queue(message(ana, "two"))] == [1, 0, 1]
    assert list(Notice.objects.values_list("key", "subject")) == [("one", "Look"), ("two", "Look")]


def test_message_twice_in_one_call_is_written_once(ana: Person) -> None:
    queue(message(ana), message(ana))
    assert Notice.objects.count() == 1


def test_message_to_somebody_who_left_is_not_written(ana: Person) -> None:
    ana.is_active = False
    assert queue(message(ana)) == 0


def test_message_of_a_rolled_back_transaction_vanishes(ana: Person) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        queue(message(ana))
        raise RuntimeError
    assert Notice.objects.count() == 0


def test_letter_as_it_arrives(ana: Person, sink: Sink) -> None:
    notice = told(ana, action_label="Open the case", action_path="/cases/x/", why="You have a part.")
    assert delivery.deliver() == 1
    (letter,) = sink.letters
    assert (letter["To"], letter["Subject"], letter["Auto-Submitted"]) == ("ana@example.org", "Look", "auto-generated")
    assert letter["Message-ID"] == delivery.message_id(notice)
    text, html = letter.iter_parts()
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    assert "http://testserver/cases/x/" in text.get_content()
    assert (fresh(notice).sent_at is not None, fresh(notice).attempts) == (True, 1)


def test_line_feed_in_a_subject_cannot_add_a_header(ana: Person, sink: Sink) -> None:
    told(ana, subject="Look\r\nBcc: eve@example.org")
    delivery.deliver()
    assert [(letter["Subject"], letter["Bcc"]) for letter in sink.letters] == [("Look Bcc: eve@example.org", None)]


def test_message_that_was_called_off_is_not_sent(ana: Person, sink: Sink) -> None:
    off, stays = told(ana, "off", about="a"), told(ana, "stays", about="b")
    assert call_off("a") == 1
    assert delivery.deliver() == 1
    assert (fresh(off).sent_at, fresh(stays).cancelled_at) == (None, None)
    assert sink.ids() == {delivery.message_id(stays): 1}


def test_message_that_is_called_off_after_the_claim_is_not_sent(ana: Person, sink: Sink) -> None:
    told(ana, about="a")
    batch = delivery.claim()
    call_off("a")
    delivery.send_batch(batch)
    assert sink.letters == []


def test_message_that_was_sent_cannot_be_called_off(ana: Person, sink: Sink) -> None:
    notice = told(ana, about="a")
    delivery.deliver()
    assert (call_off("a"), fresh(notice).cancelled_at) == (0, None)


# Seconds, one after the other, and then the last again.
PAUSES = [10, 30, 60, 300, 900, 1800, 3600, 3600, 3600]


def pauses(notice: Notice) -> list[int]:
    found = []
    for _ in PAUSES:
        make_due()
        before = timezone.now()
        assert delivery.deliver() == 0
        notice = fresh(notice)
        found.append(round((notice.next_attempt_at - before).total_seconds()))
        assert (notice.claimed_at, notice.failed_at) == (None, None)
    return found


def test_refusal_for_now_is_tried_again_with_growing_pauses(ana: Person, sink: Sink) -> None:
    sink.answer = lambda address: LATER
    assert pauses(told(ana)) == PAUSES


def test_server_that_is_not_there_is_tried_again_with_growing_pauses(ana: Person, settings: Settings) -> None:
    reach(settings, free_port())
    assert pauses(told(ana)) == PAUSES


def test_message_within_its_pause_is_left_alone(ana: Person, sink: Sink) -> None:
    sink.answer = lambda address: LATER
    notice = told(ana)
    delivery.deliver()
    sink.answer = lambda address: OK
    assert (delivery.deliver(), fresh(notice).attempts) == (0, 1)


def test_second_try_has_the_same_message_id(ana: Person, sink: Sink) -> None:
    notice = told(ana)
    (claimed,) = delivery.claim()
    assert delivery.send_batch([claimed]) == 1
    Notice.objects.filter(pk=notice.pk).update(sent_at=None)  # as if the worker had died before it wrote this
    make_stale()
    delivery.deliver()
    assert sink.ids() == {delivery.message_id(notice): 2}


def test_refusal_after_a_day_is_final(ana: Person, sink: Sink) -> None:
    sink.answer = lambda address: LATER
    notice = told(ana)
    Notice.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    delivery.deliver()
    assert fresh(notice).failed_at is not None


def test_refusal_for_good_is_not_tried_again(ana: Person, sink: Sink) -> None:
    sink.answer = lambda address: NEVER
    notice = told(ana)
    delivery.deliver()
    sink.answer = lambda address: OK
    make_due()
    assert delivery.deliver() == 0
    assert (fresh(notice).failed_at is not None, "no such mailbox" in fresh(notice).error) == (True, True)


def test_refused_address_does_not_hold_up_the_others(ana: Person, sink: Sink) -> None:
    gone = Person.objects.create_user("gone@example.org", full_name="Gone")
    told(gone)
    told(ana, "two")
    sink.answer = lambda address: NEVER if address == "gone@example.org" else OK
    delivery.deliver()
    assert sink.recipients() == ["ana@example.org"]


def test_missing_attachment_does_not_hold_up_the_others(ana: Person, sink: Sink) -> None:
    broken, sound = told(ana, "broken", attachment="document:none"), told(ana, "sound")
    delivery.deliver()
    assert sink.ids() == {delivery.message_id(sound): 1}
    assert (fresh(broken).sent_at, fresh(broken).failed_at, fresh(broken).claimed_at) == (None, None, None)


def test_secret_is_not_kept_once_it_has_left(ana: Person, sink: Sink) -> None:
    notice = told(ana, subject="123456 is your code", sentences=["It is 123456."], is_secret=True)
    delivery.deliver()
    assert sink.letters[0]["Subject"] == "123456 is your code"
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_notice::text FROM people_notice WHERE id = %s", [notice.pk])
        assert "123456" not in cursor.fetchone()[0]


def test_secret_is_not_kept_once_it_was_called_off(ana: Person) -> None:
    notice = told(ana, about="a", subject="123456 is your code", sentences=["It is 123456."], is_secret=True)
    call_off("a")
    assert "123456" not in fresh(notice).subject + str(fresh(notice).sentences)


def test_secret_is_not_kept_once_it_was_refused_for_good(ana: Person, sink: Sink) -> None:
    sink.answer = lambda address: NEVER
    notice = told(ana, subject="123456 is your code", sentences=["It is 123456."], is_secret=True)
    delivery.deliver()
    assert "123456" not in fresh(notice).subject + str(fresh(notice).sentences)


def test_claim_is_left_alone_until_it_is_stale(ana: Person) -> None:
    told(ana)
    assert [len(delivery.claim()), len(delivery.claim())] == [1, 0]
    make_stale()
    assert len(delivery.claim()) == 1


@pytest.fixture
def two_hundred(transactional_db: None) -> list[Notice]:
    everybody = [Person(email=f"p{n}@example.org", full_name=f"Person {n}") for n in range(200)]
    queue(*(message(person, f"key {person.email}") for person in Person.objects.bulk_create(everybody)))
    return list(Notice.objects.all())


def test_two_senders_at_once_send_each_once(two_hundred: list[Notice], sink: Sink) -> None:
    assert sum(at_once([delivery.deliver] * 2)) == 200
    assert sink.ids() == {delivery.message_id(notice): 1 for notice in two_hundred}


def test_naive_claim_sends_twice(two_hundred: list[Notice], sink: Sink) -> None:
    """The control: senders that read what is open without claiming it."""

    def deliver() -> None:
        for notice in Notice.objects.filter(Notice.OPEN).select_related("recipient")[:50]:
            delivery.letter(notice).send()
            Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now())

    at_once([deliver] * 2)
    assert max(sink.ids().values()) == 2


def test_slow_server_makes_nobody_send_what_another_is_sending(two_hundred: list[Notice], sink: Sink) -> None:
    """The later ones of a batch wait for longer than a claim lasts: a second sender takes them, the first goes on."""
    Notice.objects.filter(pk__gte=two_hundred[60].pk).delete()
    sink.delay = 0.05
    first = Thread(target=lambda: at_once([delivery.deliver]))
    first.start()
    assert wait_until(lambda: len(sink.letters) >= 5)
    make_stale(Notice.objects.filter(pk__gte=two_hundred[20].pk))
    at_once([delivery.deliver])
    first.join()
    assert sink.ids() == {delivery.message_id(notice): 1 for notice in two_hundred[:60]}


def test_message_is_never_called_off_while_it_is_being_sent(two_hundred: list[Notice], sink: Sink) -> None:
    off = _called_off_while_the_first_is_sent(two_hundred, sink)
    assert (len(sink.letters), off < 1) == (1, True), "who calls off waits for that one, and not for long"
    assert _arrived_and_called_off(sink) == []


def test_naive_call_off_has_a_mail_arrive_after_it(
    two_hundred: list[Notice], sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: nobody waits for anybody."""
    monkeypatch.setattr(in_flight, "hold_patiently", lambda pks: None)
    _called_off_while_the_first_is_sent(two_hundred, sink)
    assert len(_arrived_and_called_off(sink)) == 1


def test_slow_server_holds_up_nobody_who_calls_off(two_hundred: list[Notice], sink: Sink) -> None:
    """Half a second is all that somebody's request waits; that mail alone may arrive after all."""
    off = _called_off_while_the_first_is_sent(two_hundred, sink, delay=1.5)
    assert 0.4 < off < 1.2
    assert len(_arrived_and_called_off(sink)) == 1


def test_mail_that_is_being_called_off_is_left_to_the_next_sweep(
    ana: Person, sink: Sink, transactional_db: None
) -> None:
    told(ana, about="a")
    batch = delivery.claim()
    with transaction.atomic():
        call_off("a")
        assert at_once([lambda: delivery.send_batch(batch)]) == [1]  # did not wait, and did not send
        transaction.set_rollback(True)
    assert sink.letters == []
    make_stale()
    assert (delivery.deliver(), len(sink.letters)) == (1, 1)


def _called_off_while_the_first_is_sent(notices: list[Notice], sink: Sink, *, delay: float = 0.2) -> float:
    """The seconds that calling all off took, begun as the server had the first."""
    Notice.objects.filter(pk__gte=notices[5].pk).delete()
    Notice.objects.update(about="a")
    sink.delay = delay
    sender = Thread(target=lambda: at_once([delivery.deliver]))
    sender.start()
    assert wait_until(lambda: sink.begun > 0)
    began = time.monotonic()
    call_off("a")
    took = time.monotonic() - began
    sender.join()
    return took


def _arrived_and_called_off(sink: Sink) -> list[str]:
    """The keys of what arrived after it was called off."""
    came = sink.first_times()
    found = Notice.objects.filter(cancelled_at__isnull=False)
    return [row.key for row in found if came.get(delivery.message_id(row), row.cancelled_at) > row.cancelled_at]
