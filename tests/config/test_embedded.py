"""The embedded services, for real: processes are started, killed and looked for in ``/proc``."""

from __future__ import annotations

import os
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
import psycopg2
import pytest
import redis

from config import embedded
from config.embedded import checks, children, demo, mail, pair, places, postgres

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def base() -> Iterator[Path]:
    """An empty directory that any account may pass, as a clone usually is."""
    made = Path(tempfile.mkdtemp(prefix="embedded-")).resolve()
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def directory(base: Path) -> Iterator[Path]:
    yield base / "var"
    embedded.erase(base / "var")


def connect(directory: Path) -> psycopg2.extensions.connection:
    """A connection through the address, read as the settings read it."""
    found = environ.Env.db_url_config(embedded.database_url(directory))
    connection = psycopg2.connect(host=found["HOST"], user=found["USER"], dbname=found["NAME"])
    connection.autocommit = True
    return connection


def ask(directory: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(connect(directory)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def queue(directory: Path) -> redis.Redis:
    return redis.Redis.from_url(embedded.redis_url(directory))


def remember(directory: Path) -> None:
    ask(directory, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('kept')")
    queue(directory).set("word", "kept")


def remembered(directory: Path) -> tuple[object, object]:
    return ask(directory, "SELECT word FROM kept")[0][0], queue(directory).get("word")


def belonging(directory: Path) -> list[int]:
    """All processes that name the directory, its cluster, or its place outside."""
    names = (str(directory), str(places.postgres_home(directory)), f"tripartite-{places.digest(directory)}")
    return children.with_words(lambda words: any(name in word for name in names for word in words))


def eventually(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def serve(directory: Path) -> subprocess.Popen[str]:
    """A supervisor in a process of its own, whose services are ready."""
    command = [sys.executable, "-m", "config.embedded", "services", "--directory", str(directory)]
    supervisor = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == f"DATABASE_URL={embedded.database_url(directory)}\n"
    return supervisor


def test_running_gives_a_role_without_superuser_that_may_create_databases(directory: Path) -> None:
    with embedded.running(directory, durable=False) as services:
        assert services.database_url == embedded.database_url(directory)
        assert services.redis_url == embedded.redis_url(directory)
        assert ask(directory, "SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user") == [
            ("tripartite", False, True)
        ]
        assert ask(directory, "SELECT current_database(), inet_server_addr()") == [("tripartite", None)]
        assert queue(directory).ping()
    assert belonging(directory) == []
    assert not places.postgres_socket(directory).exists()
    assert not places.valkey_socket(directory).exists()


@pytest.mark.parametrize("name", ["plain", "with a space, a + and ü", "long" * 40])
def test_running_again_finds_what_was_kept(base: Path, name: str) -> None:
    directory = base / name
    try:
        with embedded.running(directory):
            remember(directory)
        with embedded.running(directory):
            assert remembered(directory) == ("kept", b"kept")
    finally:
        embedded.erase(directory)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's PostgreSQL runs as somebody else")
def test_root_in_a_private_directory_keeps_the_database_outside(base: Path) -> None:
    base.chmod(0o700)
    directory = base / "var"
    with embedded.running(directory, durable=False):
        assert ask(directory, "SELECT 1") == [(1,)]
    assert places.postgres_home(directory).parent == places.LIBRARY
    assert base.stat().st_mode & 0o777 == 0o700
    embedded.erase(directory)
    assert not places.postgres_home(directory).exists()


def test_a_stale_pid_file_that_names_a_living_stranger(directory: Path) -> None:
    with embedded.running(directory):
        remember(directory)
        pidfile = places.postgres_home(directory) / "data" / "postmaster.pid"
        lines = pidfile.read_text().splitlines()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        pidfile.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        with embedded.running(directory):
            assert remembered(directory) == ("kept", b"kept")
        assert stranger.poll() is None
        stranger.kill()


def test_a_killed_supervisor_leaves_no_process_and_loses_nothing(directory: Path) -> None:
    with serve(directory) as supervisor:
        remember(directory)
        supervisor.kill()
    assert eventually(lambda: not belonging(directory))
    with embedded.running(directory):
        assert remembered(directory) == ("kept", b"kept")


def test_starting_at_once_after_everything_was_killed(directory: Path) -> None:
    with serve(directory) as supervisor:
        remember(directory)
        for pid in (supervisor.pid, *belonging(directory)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
    with embedded.running(directory):
        assert remembered(directory) == ("kept", b"kept")


@pytest.mark.parametrize("name", ["postgres", "valkey-server"])
def test_a_service_that_is_killed_is_started_again_with_what_it_kept(directory: Path, name: str) -> None:
    def processes() -> list[int]:
        found = (str(directory), str(places.postgres_home(directory)), str(places.valkey_home(directory)))
        return children.with_words(
            lambda words: Path(words[0]).name == name and any(place in word for place in found for word in words)
        )

    def is_back() -> bool:
        with suppress(psycopg2.OperationalError, redis.RedisError):
            return bool(processes()) and first not in processes() and remembered(directory) == ("kept", b"kept")
        return False

    supervisor = serve(directory)
    try:
        remember(directory)
        time.sleep(1.2)  # Valkey writes to the disk each second
        (first,) = processes()
        os.kill(first, signal.SIGKILL)
        assert eventually(is_back, 30)
        assert supervisor.poll() is None
    finally:
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(30)


def test_orphans_are_ended_by_the_next_start(directory: Path) -> None:
    """As on a system whose kernel does not tell children: the servers outlive the one who started them."""
    with embedded.running(directory):
        remember(directory)
        binaries = postgres._reachable_binaries()
        command = postgres._command(directory, binaries, durable=True)
    account = places.account()
    orphan = subprocess.Popen(
        [str(word) for word in command],
        cwd=places.postgres_home(directory),
        stderr=subprocess.DEVNULL,
        user=account.pw_uid if account else None,
        extra_groups=[] if account else None,
    )
    assert eventually(lambda: postgres.accepts(directory))
    waiting = connect(directory)
    with embedded.running(directory):
        assert orphan.wait(10) == 0
        assert remembered(directory) == ("kept", b"kept")
    waiting.close()


def test_interrupt_stops_both_in_peace(directory: Path) -> None:
    with serve(directory) as supervisor:
        supervisor.send_signal(signal.SIGINT)
        supervisor.send_signal(signal.SIGTERM)  # impatience changes nothing
        assert supervisor.wait(20) == 0
    assert belonging(directory) == []
    assert "database system is shut down" in (directory / "postgres.log").read_text()


def test_a_second_start_in_the_same_directory_is_refused_and_a_command_joins(directory: Path) -> None:
    with embedded.running(directory, durable=False):
        with (
            pytest.raises(embedded.AlreadyRunning, match=f"already running .process {os.getpid()}."),
            embedded.running(directory),
        ):
            pass
        command = [sys.executable, "-m", "config.embedded", "run", "--directory", str(directory), "--"]
        asked = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'])"
        joined = subprocess.run([*command, "python", "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
        assert joined.stdout.split() == [embedded.database_url(directory), embedded.redis_url(directory)]


def test_an_address_that_is_given_is_passed_on_and_nothing_started(directory: Path) -> None:
    with embedded.running(directory, database_url="postgres://db/x", redis_url="redis://cache") as services:
        assert services == pair.Pair("postgres://db/x", "redis://cache", ())
        assert belonging(directory) == []


def test_addresses_are_pure_and_name_the_sockets(tmp_path: Path) -> None:
    directory = tmp_path / "a b" / "var"
    found = environ.Env.db_url_config(embedded.database_url(directory))
    assert (Path(found["HOST"]), found["PORT"]) == (places.postgres_socket(directory).parent, "")
    assert Path(unquote(urlsplit(embedded.redis_url(directory)).path)) == places.valkey_socket(directory)
    assert not directory.exists()


def test_a_taken_port_is_told_with_the_mend() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert checks.port_fault(port) == f"Port {port} is taken; use another one: make demo PORT=9000"
    assert checks.port_fault(port) is None


def test_a_missing_library_is_told_with_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.system_fault() is None
    monkeypatch.setattr(checks, "LIBRARIES", (("libnowhere.so.0", "nowhere"),))
    fault = checks.system_fault()
    assert fault is not None and "libnowhere.so.0" in fault and "install" in fault


def test_the_mail_server_keeps_each_message_as_a_file(base: Path) -> None:
    child, url = demo.start_mail(base, os.environ)
    try:
        with smtplib.SMTP("127.0.0.1", urlsplit(url).port or 0, timeout=10) as connection:
            for number in range(3):
                message = EmailMessage()
                message["Subject"], message["From"], message["To"] = (
                    str(number),
                    "a@example.org",
                    "b@example.org",
                )
                message.set_content("ünïcode")
                connection.send_message(message, to_addrs=["b@example.org", "blind@example.org"])
    finally:
        child.stop()
    written = [path.read_bytes() for path in sorted((base / "mail").glob("*.eml"))]
    assert [text.split(b"Subject: ")[1][:1] for text in written] == [b"0", b"1", b"2"]
    assert all(text.startswith(b"X-RcptTo: b@example.org, blind@example.org\r\n") for text in written)


def test_the_mail_server_drops_the_oldest(tmp_path: Path) -> None:
    keeper = mail.Keeper(tmp_path)
    names = [keeper.next_name() for _ in range(mail.KEPT + 3)]
    assert names == sorted(set(names))
    for name in names:
        (tmp_path / name).touch()
    keeper.drop_oldest()
    assert sorted(os.listdir(tmp_path)) == names[3:]


def test_a_child_that_does_not_listen_is_killed_with_its_own_children(tmp_path: Path) -> None:
    deaf = "trap '' TERM; sleep 60 & echo $! > pid; wait; wait"
    child = children.start("deaf", ["sh", "-c", deaf], cwd=tmp_path, env=os.environ, patience=0.3)
    assert eventually(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip() != "")
    grandchild = int((tmp_path / "pid").read_text())
    child.stop()
    assert child.popen.returncode == -signal.SIGKILL
    assert eventually(lambda: children._read(grandchild, "cmdline")[:1] != [b"sleep"])


def test_what_a_killed_demo_left_is_known_by_its_mark(tmp_path: Path) -> None:
    env = {**os.environ, children.MARK: str(tmp_path)}
    with subprocess.Popen(["sleep", "60"], env=env) as left, subprocess.Popen(["sleep", "60"]) as stranger:
        assert eventually(lambda: children.marked(tmp_path) == [left.pid])
        children.end_leftovers(lambda: children.marked(tmp_path), signal.SIGTERM)
        assert (left.wait(), stranger.poll()) == (-signal.SIGTERM, None)
        stranger.kill()


def test_services_alone_run_until_they_are_asked_to_stop(directory: Path) -> None:
    serving = subprocess.Popen(
        [sys.executable, "-m", "config.embedded", "services", "--directory", str(directory)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert serving.stdout is not None
    assert serving.stdout.readline().startswith("DATABASE_URL=")
    assert eventually(lambda: (1,) in ask(directory, "SELECT 1"))
    serving.send_signal(signal.SIGTERM)
    assert "Traceback" not in serving.communicate(timeout=20)[0]
