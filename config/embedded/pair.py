"""The pair that everything needs: PostgreSQL and Valkey of one directory, one holder at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from config.embedded import children, places, postgres, valkey
from config.embedded.places import AlreadyRunning, CannotStart

CLAIM = "running.lock"


class Service:
    """PostgreSQL or Valkey of a directory, running; started again in its place when it has ended by itself."""

    def __init__(self, start: Callable[[], AbstractContextManager[children.Child]]) -> None:
        self._start, self._life = start, ExitStack()
        self._child = self._life.enter_context(start())
        self.name = self._child.name

    def ended(self) -> bool:
        return self._child.ended()

    def restart(self) -> None:
        """What it had kept is there again. Raises CannotStart."""
        self._life.close()
        self._child = self._life.enter_context(self._start())

    def stop(self) -> None:
        self._life.close()


@dataclass(frozen=True)
class Pair:
    """The two addresses, and the services behind them that we started (none for an address given to us)."""

    database_url: str
    redis_url: str
    services: tuple[Service, ...] = ()


@contextmanager
def running(
    directory: Path, *, durable: bool = True, database_url: str | None = None, redis_url: str | None = None
) -> Iterator[Pair]:
    """Both services of the directory, ready for work; stopped at the end, Valkey first.

    An address that is given is passed on, and its service is not started. ``durable=False`` is for tests: a
    crash may lose everything. Raises AlreadyRunning when another process holds the directory, CannotStart
    with a sentence for anything else. Call it in a thread that lives on: see ``children.start``.
    """
    with claimed(directory), started(directory, durable, database_url, redis_url) as pair:
        yield pair


@contextmanager
def claimed(directory: Path) -> Iterator[None]:
    """Hold the directory; the kernel lets go when we die, however we die. Raises AlreadyRunning."""
    directory = directory.resolve()
    places.make_passable(directory)
    with _open_claim(directory / CLAIM) as claim:
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"The services of {directory} are already running (process {claim.read().strip() or 'unknown'}); "
                "stop them with Ctrl-C in their terminal, or choose another place: --directory OTHER"
            ) from None
        claim.truncate(0)
        claim.write(f"{os.getpid()}\n")
        claim.flush()
        yield


@contextmanager
def started(directory: Path, durable: bool, database_url: str | None, redis_url: str | None) -> Iterator[Pair]:
    """As ``running``, for a caller that holds the directory."""
    directory = directory.resolve()
    ours: list[Service] = []
    with ExitStack() as stack:
        if not database_url:
            ours.append(Service(partial(postgres.running, directory, durable=durable)))
            stack.callback(ours[-1].stop)
        if not redis_url:
            ours.append(Service(partial(valkey.running, directory, durable=durable)))
            stack.callback(ours[-1].stop)
        yield Pair(
            database_url or places.database_url(directory),
            redis_url or places.redis_url(directory),
            tuple(ours),
        )


def erase(directory: Path, *, whole: bool = False) -> None:
    """Remove what both services keep, wherever it lies, or the ``whole`` directory. Raises AlreadyRunning."""
    with claimed(directory):
        postgres.clear_leftovers(directory)
        valkey.clear_leftovers(directory)
        sockets = (places.postgres_socket(directory).parent, places.valkey_socket(directory).parent)
        for kept in (*sockets, places.postgres_home(directory), places.valkey_home(directory)):
            shutil.rmtree(kept, ignore_errors=True)
        if whole:
            shutil.rmtree(directory, ignore_errors=True)


def was_started(directory: Path) -> bool:
    """True when services were ever started here."""
    return (directory / CLAIM).exists()


def _open_claim(path: Path) -> IO[str]:
    """The file that is locked, made when missing, and never emptied by opening it."""
    try:
        return open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644), "r+")
    except PermissionError:
        raise CannotStart(
            f"{path.parent} belongs to another account; start as that account, or remove it: rm -r '{path.parent}'"
        ) from None
