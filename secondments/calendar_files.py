"""The key dates of a placement as an iCalendar file; the only file that imports the library ``icalendar``.

Every entry has an identifier of its own that stays, so that a calendar that takes the file again changes what it has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Day:
    """Something on one day, or on days in a row; ``name`` tells it from the others of the case, ``label`` says it."""

    name: str
    label: str
    first: date
    last: date | None = None
    where: str = ""


def write(days: Iterable[Day], *, title: str, case_key: str, site: str, path: str, at: datetime) -> bytes:
    """The file; ``title`` is the case in words, ``site`` the application, ``path`` the page that an entry leads to."""
    found = Calendar()
    found.add("prodid", "-//Tripartite//Placement//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    for day in days:
        event = Event()
        event.add("uid", f"{day.name}.{case_key}@tripartite")
        event.add("dtstamp", at)
        event.add("summary", f"{day.label}: {title}")
        event.add("dtstart", day.first)
        event.add("dtend", (day.last or day.first) + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        event.add("url", f"{site}{path}")
        if day.where:
            event.add("location", day.where)
        found.add_component(event)
    return found.to_ical()
