"""A real worker that is killed with work in its hands: at worst mail is late."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from people import delivery
from people.models import Notice, Person
from people.notify import Message, queue
from people.tasks import deliver_notices
from tests.people.sink import Sink, running, wait_until
from tests.people.test_delivery import make_due, make_stale

ROOT = Path(__file__).parents[2]
PROCESSES = 2
KILLS = 2


def environment(sink: Sink) -> dict[str, str]:
    """Where the worker finds this test's database (pytest-django's own), broker and mail server."""
    database = connection.settings_dict
    address = f"{database['USER']}{':' + database['PASSWORD'] if database['PASSWORD'] else ''}"
    place = quote(database["HOST"]) + (f":{database['PORT']}" if database["PORT"] else "")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.people.worker_settings",
        "DATABASE_URL": f"postgres://{address}@/{place}/{database['NAME']}"
        if database["HOST"].startswith("/")
        else f"postgres://{address}@{place}/{database['NAME']}",
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
    }


@contextmanager
def worker(sink: Sink, log: Path) -> Iterator[subprocess.Popen]:
    """A worker with two processes in a group of its own; whatever is left of it ends with the block."""
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--loglevel=WARNING", "-E"]
    options = [f"--concurrency={PROCESSES}", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=environment(sink), stdout=output, stderr=output, start_new_session=True
        )
        try:
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen) -> None:
    """-9 to the worker and its children, so that nobody can tidy up."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def sweep() -> None:
    """What the scheduler does every ten seconds."""
    for _ in range(PROCESSES):
        deliver_notices.delay()


@pytest.fixture
def reminders(transactional_db: None) -> list[Notice]:
    everybody = Person.objects.bulk_create(
        Person(email=f"p{n}@example.org", full_name=f"Person {n}") for n in range(200)
    )
    messages = [Message(key=f"due:{p.pk}", to=p, subject="Check-in due today", sentences=["It is."]) for p in everybody]
    queue(*messages)
    return list(Notice.objects.order_by("pk"))


def test_reminders_arrive_although_the_worker_is_killed_twice(reminders: list[Notice], tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with running() as sink:
        sink.delay = 0.02
        for number in range(1, KILLS + 1):
            with worker(sink, log) as process:
                sweep()
                assert wait_until(lambda n=number: len(sink.letters) >= 40 * n, 30), log.read_text()
                kill(process)
            assert Notice.objects.filter(Notice.OPEN).count() > 0
            make_stale()  # two minutes later
            make_due()
        sink.delay = 0
        with worker(sink, log):
            sweep()
            arrived = wait_until(lambda: not Notice.objects.filter(Notice.OPEN).exists(), 30)
        assert arrived, log.read_text()
        assert set(sink.ids()) == {delivery.message_id(notice) for notice in reminders}
        assert sum(sink.ids().values()) - len(reminders) <= KILLS * PROCESSES
