"""A mail server that delivers nothing and keeps every message as a file, so that demo mail can be read."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 2000


class Keeper:
    """Writes each message to ``<directory>/<time>.eml``, whole or not at all, and drops the oldest."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.last = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        receivers = ", ".join(envelope.rcpt_tos)
        name = self.next_name()
        half = self.directory / f".{name}"
        # The envelope's receivers are not in the message itself when they are blind copies.
        half.write_bytes(f"X-RcptTo: {receivers}\r\n".encode() + content)
        half.rename(self.directory / name)
        self.drop_oldest()
        return "250 Kept"

    def next_name(self) -> str:
        """A name that sorts by time, also among messages of one microsecond."""
        self.last = max(self.last + 1, time.time_ns() // 1000)
        seconds, micros = divmod(self.last, 1_000_000)
        return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%dT%H%M%S}.{micros:06d}Z.eml"

    def drop_oldest(self) -> None:
        names = sorted(name for name in os.listdir(self.directory) if name.endswith(".eml") and name[0] != ".")
        for name in names[:-KEPT]:
            (self.directory / name).unlink(missing_ok=True)


def keep(listening: socket.socket, directory: Path) -> None:
    """Receive on the socket until SIGTERM or SIGINT."""
    asyncio.run(_keep(listening, directory))


async def _keep(listening: socket.socket, directory: Path) -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    keeper = Keeper(directory)
    server = await loop.create_server(
        lambda: SMTP(keeper, enable_SMTPUTF8=True, hostname="localhost", loop=loop), sock=listening
    )
    await told.wait()
    server.close()
