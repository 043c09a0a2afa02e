"""Processes that we start and that must not outlive us.

Three nets, each for what the one before lets through: we stop our children in order; the kernel signals them
when we die without a word (``PR_SET_PDEATHSIG``, Linux); the next start looks through ``/proc`` for what is
left. Where there is no ``/proc`` the last two are missing.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from pwd import struct_passwd
from typing import IO

from config.embedded.places import CannotStart

PR_SET_PDEATHSIG = 1
PROC = Path("/proc")
# Whatever the demo starts carries this variable, by which the next start knows what is left of it.
MARK = "TRIPARTITE_STARTED_IN"

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Child:
    """A running process with the signal that ends it and the seconds it may take."""

    name: str
    popen: subprocess.Popen[bytes]
    farewell: signal.Signals
    patience: float = 10

    def stop(self) -> None:
        """Ask, wait, then kill; at last kill whoever is left of its process group."""
        if not self.ended():
            self.popen.send_signal(self.farewell)
            deadline = time.monotonic() + self.patience
            while not self.ended() and time.monotonic() < deadline:
                time.sleep(0.02)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()

    def ended(self) -> bool:
        """True when the process is over; it stays a zombie, so that its number is not given away."""
        if self.popen.returncode is not None:
            return True
        return os.waitid(os.P_PID, self.popen.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str],
    farewell: signal.Signals = signal.SIGTERM,
    orphaned: signal.Signals | None = None,
    patience: float = 10,
    output: IO[bytes] | int | None = None,
    account: struct_passwd | None = None,
    pass_fds: Collection[int] = (),
    in_terminal: bool = False,
) -> Child:
    """Start a child in a session of its own, so that Ctrl-C reaches us alone and we stop it in order.

    ``orphaned`` is what the kernel sends when we die, if that is not ``farewell``. ``output`` None is our own;
    ``in_terminal`` leaves it the keyboard and its Ctrl-C. The caller's thread must live as long as the child
    is wanted: the kernel takes its end for ours.
    """
    popen = subprocess.Popen(
        [str(word) for word in command],
        cwd=cwd,
        env=dict(env),
        stdin=None if in_terminal else subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=not in_terminal,
        preexec_fn=end_with_parent(orphaned or farewell),
        pass_fds=tuple(pass_fds),
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    return Child(name, popen, farewell, patience)


def end_with_parent(number: signal.Signals) -> Callable[[], None]:
    """What a child does between fork and exec: ask the kernel for the signal on the parent's death."""
    parent = os.getpid()

    def ask() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(number))
            if os.getppid() != parent:  # it died before the kernel was asked
                os._exit(1)

    return ask


def end_leftovers(find: Callable[[], list[int]], number: signal.Signals, patience: float = 20) -> None:
    """End the processes that ``find`` finds: ask, wait, kill. CannotStart if one stays all the same."""
    for sent, seconds in ((number, patience), (signal.SIGKILL, 5.0)):
        for pid in find():
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, sent)
        deadline = time.monotonic() + seconds
        while left := find():
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        if not left:
            return
    numbers = " ".join(map(str, left))
    raise CannotStart(f"Processes of an earlier start do not end: kill -9 {numbers}")


def marked(directory: Path) -> list[int]:
    """The processes that a demo in this directory has started, by the variable they carry."""
    wanted = os.fsencode(f"{MARK}={directory.resolve()}")
    return [pid for pid in _pids() if wanted in _read(pid, "environ")]


def with_words(matches: Callable[[list[str]], bool]) -> list[int]:
    """The processes whose command line, as words, ``matches``."""
    read = ((pid, [os.fsdecode(word) for word in _read(pid, "cmdline")]) for pid in _pids())
    return [pid for pid, words in read if words and matches(words)]


def _pids() -> list[int]:
    if not PROC.is_dir():
        return []
    return [int(entry) for entry in os.listdir(PROC) if entry.isdigit() and int(entry) != os.getpid()]


def _read(pid: int, name: str) -> list[bytes]:
    """The words of a file in ``/proc``; none when the process is gone, a zombie, or not ours to read."""
    try:
        return (PROC / str(pid) / name).read_bytes().split(b"\0")
    except OSError:
        return []
