"""Tells people of every change to how they sign in, and writes it to the ledger: what, when, from where roughly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people import ledger, notify
from people.access import sender
from people.models import Person

# In this order: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
BROWSERS = [("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari")]
SYSTEMS = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
]


@dataclass(frozen=True)
class Origin:
    """Where a request comes from: its address and what its browser calls itself, in two words."""

    sender: str | None
    device: str

    @classmethod
    def of(cls, request: HttpRequest) -> Origin:
        known = bool(request.META.get("REMOTE_ADDR") or request.META.get("HTTP_X_FORWARDED_FOR"))
        return cls(sender(request) if known else None, device(request.META.get("HTTP_USER_AGENT", "")))

    def __str__(self) -> str:
        where = self.device or _("an unknown browser")
        return f"{where}, {self.sender}" if self.sender else where


def device(agent: str) -> str:
    """Firefox on Windows; of no use for anything but recognising one's own."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or re.sub(r"[^\w ./()-]", "", agent)[:60]


def tell(
    person: Person, verb: str, what: str, *, by: Person | None, origin: Origin, address: str = "", **facts: Any
) -> None:
    """Write the ledger entry and queue the message; ``address`` is a former one that must hear of it too."""
    ledger.record(verb, by=by, subject=person, person=person.full_name, **facts)
    when = date_format(timezone.localtime(), "j M Y, H:i T")
    for to in dict.fromkeys(["", address]):
        notify.queue(
            notify.Message(
                key=f"{verb}:{person.pk}:{token_hex(8)}",
                about=f"sign-in-change:{person.pk}",
                to=person,
                address=to,
                subject=_("How you sign in to Tripartite has changed"),
                sentences=[
                    what,
                    _("This was on %(when)s, from %(origin)s.") % {"when": when, "origin": origin},
                    _("If it was not you, end all your sessions there, and tell your HR department at once."),
                ],
                action_label=_("How I sign in"),
                action_path="/security/",
                why=_("You get this because every change to how you sign in is told to you."),
            )
        )
