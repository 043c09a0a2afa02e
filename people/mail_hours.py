"""When mails reach somebody: pure arithmetic of clock times in the reader's zone. No database, no clock.

Reminders wait until the quiet hours are over; whoever wants one mail a day gets it in the morning.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(7)


def after_quiet(now: datetime, zone: str, quiet_from: time, quiet_until: time) -> datetime:
    """``now``, or the end of the quiet hours that ``now`` lies in. They may run over midnight; equal ends are none."""
    local = now.astimezone(ZoneInfo(zone))
    clock = local.time().replace(tzinfo=None)
    if quiet_from <= quiet_until:
        is_quiet = quiet_from <= clock < quiet_until
        ends_tomorrow = False
    else:
        is_quiet = clock >= quiet_from or clock < quiet_until
        ends_tomorrow = clock >= quiet_from
    if not is_quiet:
        return now
    day = local.date() + timedelta(days=1) if ends_tomorrow else local.date()
    return max(now, datetime.combine(day, quiet_until, ZoneInfo(zone)))


def next_morning(now: datetime, zone: str) -> datetime:
    """The next seven o'clock in the reader's zone."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() if local.time().replace(tzinfo=None) < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, ZoneInfo(zone))
