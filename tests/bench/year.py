"""A year of many placements, lived day by day by three schedulers and three senders that are killed on the way.

``python -m tests.bench year`` runs it; ``YEAR_CASES`` says how many placements, ``YEAR_KILLS`` how many kills. The day is
a number in the database that this process counts up; schedulers and senders are processes of their own that do
nothing but sweep. People act meanwhile: some check in, extend, end early, conclude. Redis is emptied twice. In the end an
oracle that knows nothing of the sweeps says which reminders had to be written, and the mail server what arrived.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

DAYS = 365
FIRST = date(2027, 1, 1)
SCHEDULERS = SENDERS = 3
DAY = timedelta(days=1)


def cases() -> int:
    return int(os.environ.get("YEAR_CASES", "10000"))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def figures() -> dict[str, float]:
    """Live the year; how long it took, and what the oracle found wrong."""
    import django.conf

    from tests.bench import world

    world.placements(cases(), FIRST)
    print(f"prepared {cases()} placements", file=sys.stderr)
    django.conf.settings.CELERY_TASK_ALWAYS_ASKED_BY_SWEEP = False
    began = time.monotonic()
    kills = int(os.environ.get("YEAR_KILLS", "100"))
    with _post() as server, tempfile.TemporaryDirectory() as place, Crew(Path(place), server.port) as crew:
        acts = _live(crew, kills)
        _let_out(crew)
        arrived, came_at = server.ids(), server.first_times()
    found = judge(acts, arrived, came_at)
    return {**found, "seconds": time.monotonic() - began, "kills": crew.kills, "mails": sum(arrived.values())}


@contextmanager
def _post() -> Iterator[Any]:
    """A mail server that keeps the Message-ID of each mail and forgets the rest."""
    from tests.people import sink

    def number(letter: bytes) -> dict[str, str]:
        head = letter.partition(b"\r\n\r\n")[0].decode("ascii", "replace").splitlines()
        return dict(line.split(": ", 1) for line in head if line.startswith("Message-ID: "))

    with sink.running() as server:
        server.read = number
        yield server


class Crew:
    """The processes, and the day that they read from a file before each sweep."""

    def __init__(self, place: Path, port: int) -> None:
        self.place, self.port, self.kills = place, port, 0
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Crew:
        self.say(FIRST)
        for name in [f"scheduler{n}" for n in range(SCHEDULERS)] + [f"sender{n}" for n in range(SENDERS)]:
            self.begin(name)
        return self

    def __exit__(self, *ended: object) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()

    def say(self, day: date) -> None:
        after = self.place / "day.new"
        after.write_text(day.isoformat())
        after.replace(self.place / "day")

    def begin(self, name: str) -> None:
        env = {**os.environ, "YEAR_PLACE": str(self.place), "EMAIL_URL": f"smtp://127.0.0.1:{self.port}"}
        env["DJANGO_SETTINGS_MODULE"] = "tests.people.worker_settings"
        log = (self.place / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.year", name], env=env, stdout=log, stderr=log
        )

    def kill(self, chance: Random) -> None:
        """-9 to one of them, at whatever it is doing; another takes its place."""
        name = chance.choice(sorted(self.running))
        self.running[name].send_signal(signal.SIGKILL)
        self.running[name].wait()
        self.kills += 1
        self.begin(name)

    def swept(self, day: date) -> bool:
        """Whether some scheduler has begun and ended a sweep of this day."""
        marks = [path.read_text() for path in self.place.glob("scheduler?.done")]
        return any(mark >= day.isoformat() for mark in marks)

    def wait(self, day: date) -> None:
        for _ in range(60_000):
            if self.swept(day):
                return
            for name, process in list(self.running.items()):
                if process.poll() is not None:  # it fell by itself: its log says why
                    print((self.place / f"{name}.log").read_text()[-2000:], file=sys.stderr)
                    self.begin(name)
            time.sleep(0.01)
        raise RuntimeError(f"nobody swept {day}")


def _live(crew: Crew, kills: int) -> Acts:
    from people import clock

    chance, acts = Random(5), Acts()
    at_moments = Counter(chance.randrange(DAYS) for _ in range(kills))
    wipes = set(chance.sample(range(DAYS), 2))
    for n in range(DAYS):
        day = FIRST + n * DAY
        with clock.at(noon(day)):
            acts.of(day, chance)
        crew.say(day)
        for _ in range(at_moments[n]):
            time.sleep(chance.random() * 0.3)
            crew.kill(chance)
        if n in wipes:
            wipe()
        crew.wait(day)
        if n % 30 == 0:
            print(f"{day}: {crew.kills} kills so far", file=sys.stderr)
    return acts


def wipe() -> None:
    import redis
    from django.conf import settings

    redis.Redis.from_url(settings.CACHES["default"]["LOCATION"]).flushall()


def _let_out(crew: Crew) -> None:
    """Wait until the senders have nothing left."""
    from people.models import Notice

    for _ in range(6000):
        if not Notice.objects.filter(Notice.OPEN).exists():
            return
        time.sleep(0.1)
    raise RuntimeError("mail is left over")


class Acts:
    """What people do meanwhile, and on which day it was: some check in, extend, end early, conclude the review."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.moved: set[int] = set()

    def of(self, day: date, chance: Random) -> None:
        from secondments.actions import checkins, early_end, evaluations, variations
        from secondments.models import CheckIn, Secondment
        from secondments.states import State

        due = CheckIn.objects.filter(CheckIn.PENDING, due_on__range=(day - 3 * DAY, day)).select_related("person")
        answers = {"going": 4, "progress": "x", "support": "", "wants_contact": False, "note_to_hr": ""}
        for checkin in due.order_by("?")[:15]:
            with self._counted("checkin"):
                checkins.complete(checkin, by=checkin.person, answers=answers)
        running = Secondment.objects.filter(state=State.ACTIVE, end_on__gt=day + 40 * DAY).select_related("owner")
        for case in running.order_by("?")[:2]:
            with self._counted("extend"):
                later = {"end_on": str(case.end_on + chance.randint(10, 60) * DAY)}
                variations.apply(case, later, by=case.owner, paper="V")
                self.moved.add(case.pk)
        for case in running.order_by("?")[:1]:
            with self._counted("end"):
                last = early_end.proposed_last_day(case, "host")
                early_end.end_early(case, by=case.owner, last_day=last, asked_by="host", reason="Budget")
                self.moved.add(case.pk)
        over = Secondment.objects.filter(state=State.REVIEW, end_on__lt=day, review_concluded_at=None)
        for case in over.select_related("owner").order_by("end_on")[: max(40, cases() // 100)]:
            with self._counted("conclude"):
                evaluations.conclude(case, by=case.owner, conclusion="Done.", waived_because="Nobody answered.")

    @contextmanager
    def _counted(self, name: str) -> Iterator[None]:
        """A refusal is an answer too: somebody else was quicker."""
        from secondments.transitions import Refused

        try:
            yield
        except Refused:
            self.done[f"{name} refused"] += 1
        else:
            self.done[name] += 1


def judge(acts: Acts, arrived: Counter[str], came_at: dict[str, datetime]) -> dict[str, float]:
    """What had to happen by the dates alone, against what the ledger, the outbox and the mail server know."""
    from people.models import Notice

    wrong = {
        "starts_wrong": _starts(),
        "reviews_wrong": _reviews(acts),
        "reminders_missing": 0,
        "reminders_too_many": 0,
    }
    missing, too_many = _checkins()
    wrong["reminders_missing"], wrong["reminders_too_many"] = missing, too_many
    wrong["milestones_missing"] = _milestones(acts)
    wrong["oracle_blind"] = _is_blind(missing)
    sent = Notice.objects.filter(sent_at__isnull=False).count()
    wrong["mails_lost"] = sum(
        1 for row in Notice.objects.filter(sent_at__isnull=False).iterator() if not arrived[_id(row)]
    )
    # A mail that left before its reason was gone is none: its sender was killed before it could note that it had sent.
    called_off = [row for row in Notice.objects.filter(cancelled_at__isnull=False).iterator() if arrived[_id(row)]]
    late = [row for row in called_off if came_at[_id(row)] > row.cancelled_at]
    for row in late:
        print(f"{row.key}: called off {row.cancelled_at}, came {came_at[_id(row)]}", file=sys.stderr)
    wrong["mails_of_called_off"] = len(late)
    twice = sum(n - 1 for n in arrived.values() if n > 1)
    before = len(called_off) - len(late)
    print(json.dumps({"sent": sent, "twice": twice, "sent_then_called_off": before, **acts.done}), file=sys.stderr)
    return {**wrong, "mails_twice": twice}


def _is_blind(missing: int) -> int:
    """The oracle has to miss a reminder that is taken away; nought where it does."""
    from django.db import transaction

    from people.models import Notice

    with transaction.atomic():
        Notice.objects.filter(key__regex=r"^checkin:[0-9]+:on$", sent_at__isnull=False).order_by("pk")[
            :1
        ].get().delete()
        sees = _checkins()[0] > missing
        transaction.set_rollback(True)
    return int(not sees)


def _id(notice: Any) -> str:
    from people.delivery import message_id

    return message_id(notice)


def _entries(verb: str) -> dict[int, list[date]]:
    from people.models import LedgerEntry

    found: dict[int, list[date]] = {}
    for case, at in LedgerEntry.objects.filter(verb=verb).values_list("case_id", "at"):
        found.setdefault(case, []).append(at.date())
    return found


def _starts() -> int:
    """Each placement whose day came began on it, once; no other did."""
    from secondments.models import Secondment

    began, last = _entries("secondment.start"), FIRST + (DAYS - 1) * DAY
    expected = {pk: [day] if day <= last else [] for pk, day in Secondment.objects.values_list("pk", "start_on")}
    return sum(began.get(pk, []) != days for pk, days in expected.items())


def _reviews(acts: Acts) -> int:
    """Thirty days before an end that nobody moved the review opened, once."""
    from secondments.models import Secondment

    opened, last = _entries("secondment.begin_review"), FIRST + (DAYS - 1) * DAY
    wrong = 0
    for pk, start, end in Secondment.objects.values_list("pk", "start_on", "end_on"):
        opens = max(start, end - 30 * DAY)
        if pk not in acts.moved:
            wrong += opened.get(pk, []) != ([opens] if opens <= last else [])
    return wrong


def _checkins() -> tuple[int, int]:
    """Which rungs had to be told of each check-in, from its days alone; how many are missing, how many too many."""
    from people.models import Notice
    from secondments.models import CheckIn

    written = set(Notice.objects.filter(key__startswith="checkin:").values_list("key", flat=True))
    last = FIRST + (DAYS - 1) * DAY
    missing = too_many = 0
    rows = CheckIn.objects.values_list("pk", "due_on", "completed_at", "cancelled_at", "secondment__start_on")
    for pk, due, completed, cancelled, start in rows.iterator():
        gone = min((stamp.date() for stamp in (completed, cancelled) if stamp), default=last + DAY)
        for rung, days in {"before": -2, "on": 0, "after": 2}.items():
            day = max(due + days * DAY, start)
            is_there = f"checkin:{pk}:{rung}" in written
            missing += day < gone and day <= last and not is_there
            too_many += day > gone and is_there
    return missing, too_many


def _milestones(acts: Acts) -> int:
    """The last day tomorrow, told to HR of each placement whose end nobody moved."""
    from people.models import Notice
    from secondments.models import Secondment

    last = FIRST + (DAYS - 1) * DAY
    told = set(Notice.objects.filter(key__contains=":last_day_tomorrow:").values_list("case_id", flat=True))
    ended = Secondment.objects.filter(end_on__lte=last).exclude(pk__in=acts.moved).values_list("pk", flat=True)
    return len(set(ended) - told)


# The processes.


def sweep_for_ever(name: str) -> None:
    import django

    django.setup()
    from people import clock, delivery, digests
    from secondments import beside_reminders, reminders
    from secondments.actions import calendar

    place, parent = Path(os.environ["YEAR_PLACE"]), os.getppid()
    while os.getppid() == parent:  # not beyond the measurement, however it ended
        if name.startswith("sender"):
            if not delivery.deliver() + digests.deliver():
                time.sleep(0.05)
            continue
        day = date.fromisoformat((place / "day").read_text())
        mark = place / f"{name}.done"
        if mark.exists() and mark.read_text() >= day.isoformat():
            time.sleep(0.02)
            continue
        with clock.at(noon(day)):
            calendar.advance()
            reminders.remind()
            beside_reminders.count_days()
        fresh = place / f"{name}.new"
        fresh.write_text(day.isoformat())
        fresh.replace(mark)


if __name__ == "__main__":
    sweep_for_ever(sys.argv[1])
