"""What time it is, for everything that the product promises by date.

Ordinarily the machine's clock. In the demo ``manage.py demo_day`` moves it by whole days, kept in the database
so that web, worker and scheduler move together; history is written with :func:`at`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

_fixed: ContextVar[datetime | None] = ContextVar("fixed", default=None)
_SHIFT_LIFETIME = 1.0  # seconds for which a process believes the shift it has read
_shift: tuple[float, timedelta] = (0.0, timedelta())


def now() -> datetime:
    """The present moment, aware, in UTC."""
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    return timezone.now() + (_demo_shift() if settings.DEMO else timedelta())


def today(zone: str) -> date:
    """The present day in an organisation's or a reader's zone, an IANA name such as ``Europe/Warsaw``."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at a moment, for writing demo history and for tests."""
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)


def forget_shift() -> None:
    """Read the shift anew next time, for who has just moved it."""
    global _shift
    _shift = (0.0, timedelta())


def _demo_shift() -> timedelta:
    global _shift
    read_at, shift = _shift
    if read_at and time.monotonic() - read_at < _SHIFT_LIFETIME:
        return shift
    from people.models import DemoClock

    days = DemoClock.objects.values_list("days", flat=True).first() or 0
    _shift = (time.monotonic(), timedelta(days=days))
    return _shift[1]
