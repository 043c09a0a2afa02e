"""When mails come: quiet hours in the reader's zone, and one mail a day for who wants that."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from people import delivery, digests, mail_hours
from people.models import Notice, Person
from people.notify import Message, call_off, queue, queue_quietly
from tests.cast import person

ZONES = ("Europe/London", "Europe/Warsaw", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "America/St_Johns")
MOMENTS = st.integers(0, 17 * 366 * 24 * 60).map(lambda n: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))


def local(at: datetime, zone: str) -> time:
    return at.astimezone(ZoneInfo(zone)).time()


def inside(clock: time, begins: time, ends: time) -> bool:
    return begins <= clock < ends if begins <= ends else clock >= begins or clock < ends


@given(MOMENTS, st.sampled_from(ZONES), TIMES, TIMES)
def test_nothing_is_sent_in_the_quiet_hours_and_nothing_waits_longer_than_a_day(
    now: datetime, zone: str, begins: time, ends: time
) -> None:
    at = mail_hours.after_quiet(now, zone, begins, ends)
    assert now <= at <= now + timedelta(hours=25)  # a day has 25 hours once a year
    if not inside(local(now, zone), begins, ends):
        assert at == now
    else:
        exists = at.astimezone(UTC).astimezone(ZoneInfo(zone)).time()
        assert exists >= ends or exists == local(at, zone)


@given(MOMENTS, st.sampled_from(ZONES))
def test_morning_is_the_next_seven_o_clock(now: datetime, zone: str) -> None:
    at = mail_hours.next_morning(now, zone)
    assert now < at <= now + timedelta(hours=25)
    assert local(at, zone) == time(7)


@pytest.mark.parametrize(
    ("now", "zone", "at"),
    [
        ("2027-03-10T19:59+00:00", "Europe/London", "2027-03-10T19:59+00:00"),
        ("2027-03-10T20:00+00:00", "Europe/London", "2027-03-11T07:00+00:00"),
        ("2027-03-10T20:00+00:00", "America/New_York", "2027-03-10T20:00+00:00"),
        ("2027-03-11T02:00+00:00", "Europe/Warsaw", "2027-03-11T06:00+00:00"),
        ("2027-03-27T21:00+00:00", "Europe/London", "2027-03-28T06:00+00:00"),  # the clock goes forward in between
    ],
)
def test_house_is_quiet_from_eight_to_seven(now: str, zone: str, at: str) -> None:
    found = mail_hours.after_quiet(datetime.fromisoformat(now), zone, time(20), time(7))
    assert found == datetime.fromisoformat(at)


def message(to: Person, n: int = 1, **more: Any) -> Message:
    words = {
        "subject": f"Subject {n}",
        "sentences": [f"Sentence {n}."],
        "action_label": "Open",
        "action_path": f"/p{n}/",
    }
    return Message(key=f"key:{to.pk}:{n}", about=f"thing:{n}", to=to, **{**words, **more})


@pytest.fixture
def night(settings: Any) -> Iterator[datetime]:
    """Half past eleven in London, in the house's quiet hours."""
    settings.QUIET_HOURS = (time(20), time(7))
    at = datetime(2027, 3, 10, 23, 30, tzinfo=UTC)
    with mock.patch.object(timezone, "now", lambda: at):
        yield at


@pytest.fixture
def reader(db: None) -> Person:
    return person("Rita Reader", time_zone="Europe/London")


def test_reminders_wait_for_the_morning_and_what_people_do_does_not(reader: Person, night: datetime) -> None:
    queue_quietly(message(reader, 1))
    queue(message(reader, 2))
    starts = dict(Notice.objects.values_list("key", "next_attempt_at"))
    assert starts[f"key:{reader.pk}:1"] == night + timedelta(hours=7, minutes=30)
    assert starts[f"key:{reader.pk}:2"] <= datetime.now(UTC)


def test_own_hours_go_before_those_of_the_house(reader: Person, night: datetime) -> None:
    reader.quiet_from, reader.quiet_until = time(23), time(9)
    queue_quietly(message(reader))
    assert Notice.objects.get().next_attempt_at == night + timedelta(hours=9, minutes=30)
    reader.quiet_from, reader.quiet_until = time(1), time(2)
    queue_quietly(message(reader, 2))
    assert Notice.objects.latest("pk").next_attempt_at == night


def test_one_mail_a_day_holds_all_but_what_cannot_wait(reader: Person) -> None:
    reader.digest = True
    reader.save()
    queue(
        message(reader, 1), message(reader, 2), message(reader, 3, is_secret=True), message(reader, 4, is_urgent=True)
    )
    call_off("thing:2")
    queue_quietly(message(reader, 5))
    assert delivery.deliver() == 2
    assert digests.deliver() == 0  # the morning has not come
    Notice.objects.filter(in_digest=True).update(next_attempt_at=timezone.now())
    assert digests.deliver() == 1
    assert digests.deliver() == 0
    assert sorted(m.subject for m in mail.outbox) == ["Subject 3", "Subject 4", "Today: 2 messages about secondments"]
    text = mail.outbox[-1].body
    assert "Sentence 1." in text
    assert "http://testserver/p5/" in text
    assert "Sentence 2." not in text
    assert "you chose so on your profile" in text
    html = mail.outbox[-1].alternatives[0][0]
    assert 'href="http://testserver/p1/"' in html
    assert Notice.objects.filter(in_digest=True, sent_at__isnull=False).count() == 2


class Broken:
    """A server that refuses, or is out of reach."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def send_messages(self, messages: list[Any]) -> int:
        raise self.error


@pytest.mark.parametrize(
    ("error", "left"),
    [
        (OSError("no route"), "open"),
        (smtplib.SMTPRecipientsRefused({"r": (450, b"later")}), "open"),
        (smtplib.SMTPRecipientsRefused({"r": (550, b"nobody")}), "failed"),
    ],
)
def test_one_mail_a_day_is_tried_again_or_given_up_with_all_it_holds(
    reader: Person, error: Exception, left: str
) -> None:
    reader.digest = True
    reader.save()
    queue(message(reader, 1), message(reader, 2))
    Notice.objects.update(next_attempt_at=timezone.now())
    with mock.patch.object(digests, "get_connection", lambda: Broken(error)):
        digests.deliver()
    rows = list(Notice.objects.all())
    assert [row.failed_at is not None for row in rows] == [left == "failed"] * 2
    assert [row.sent_at for row in rows] == [None, None]
    if left == "open":
        assert all(row.claimed_at is None and row.next_attempt_at > timezone.now() for row in rows)
        Notice.objects.update(next_attempt_at=timezone.now())
        assert digests.deliver() == 1


def test_mail_that_cannot_be_written_stops_no_other_reader(reader: Person) -> None:
    other = person("Otto Other", digest=True)
    Person.objects.filter(pk=reader.pk).update(digest=True)
    reader.refresh_from_db()
    queue(message(reader), message(other))
    Notice.objects.update(next_attempt_at=timezone.now())
    written = digests.letter

    def letter(batch: list[Notice], connection: Any = None) -> Any:
        if batch[0].recipient_id == reader.pk:
            raise ValueError("no such word")
        return written(batch, connection)

    with mock.patch.object(digests, "letter", letter):
        digests.deliver()
    assert [m.to for m in mail.outbox] == [[other.email]]
    (row,) = reader.notices.all()
    assert (row.sent_at, row.claimed_at) == (None, None)
    assert "no such word" in row.error


def test_who_left_gets_no_mail_of_the_day(reader: Person) -> None:
    reader.digest = True
    reader.save()
    queue(message(reader))
    Notice.objects.update(next_attempt_at=timezone.now())
    Person.objects.filter(pk=reader.pk).update(is_active=False)
    digests.deliver()
    assert mail.outbox == []
    assert Notice.objects.get().cancelled_at is not None


def test_profile_asks_for_both_ends_of_the_quiet_hours(reader: Person, sign_in: Any) -> None:
    me = sign_in(reader)
    given = {"phone": "", "time_zone": "Europe/London", "quiet_from": "22:00", "quiet_until": "", "digest": "on"}
    assert "Say until when" in me.post("/profile/", given).content.decode()
    me.post("/profile/", given | {"quiet_until": "06:30"})
    reader.refresh_from_db()
    assert (reader.quiet_from, reader.quiet_until, reader.digest) == (time(22), time(6, 30), True)
