"""A real SMTP server in this process that keeps what it accepts and can be told to refuse, or to be slow."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"
Answer = Callable[[str], str]


class Sink:
    """``answer`` is asked with the address of each recipient, and says 250, 4xx or 5xx; ``read`` makes a letter."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.came_at: list[datetime] = []  # of each letter
        self.answer: Answer = lambda address: OK
        self.read: Callable[[bytes], Any] = partial(message_from_bytes, policy=policy.default)
        self.delay = 0.0  # seconds for each letter
        self.begun = 0  # letters that it was handed, kept or not yet
        self.port = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answer(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        import asyncio

        self.begun += 1
        await asyncio.sleep(self.delay)
        assert isinstance(envelope.content, bytes)
        self.letters.append(self.read(envelope.content))
        self.came_at.append(datetime.now(UTC))
        return OK

    def ids(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(letter["Message-ID"]) for letter in self.letters)

    def first_times(self) -> dict[str, datetime]:
        """When each Message-ID arrived first."""
        pairs = zip(self.letters, self.came_at, strict=True)
        return {str(letter["Message-ID"]): at for letter, at in reversed(list(pairs))}

    def recipients(self) -> list[str]:
        return sorted(str(letter["To"]) for letter in self.letters)


@contextmanager
def running() -> Iterator[Sink]:
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    sink.port = controller.port
    try:
        yield sink
    finally:
        controller.stop()


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> bool:
    """Look every few milliseconds; whether it came to hold in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return holds()
