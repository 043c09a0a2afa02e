"""What tests of papers do again and again: act on the newest row of a paper, and read what was refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from agreements import approving, negotiation, proposing
from agreements.composing import Matter
from agreements.models import Agreement, Approval, ChangeRequest, Version
from people.models import Membership, Notice, Person
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, member, person

FREE, LOCKED = "role_duties", "employment_status"
SMALL = {"is_full_time": False, "weekly_hours": 2}  # so that somebody can have several cases at once


def fresh(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_related("current", "review_copy", "secondment").get(pk=agreement.pk)


def seen(agreement: Agreement) -> int:
    """The number of the current version."""
    return fresh(agreement).current.number


def edit(agreement: Agreement, by: Person, **changes: Any) -> Version:
    """Change the duties, or what is said."""
    number = seen(agreement)
    fields = {
        "key": FREE,
        "values": {"duties": f"Something new after version {number}."},
        "wording": [],
        "note": "As discussed",
        "seen_version": number,
    }
    return negotiation.edit_clause(agreement, by=by, **{**fields, **changes})


def reword(agreement: Agreement, by: Person, text: str = "The Host is no employer.", key: str = LOCKED) -> Version:
    return edit(agreement, by, key=key, values={}, wording=[text])


def approve(agreement: Agreement, by: Person) -> Approval:
    return approving.approve(agreement, by=by, content_hash=fresh(agreement).current.content_hash)


def propose(agreement: Agreement, by: Person, **changes: Any) -> ChangeRequest:
    fields = {"key": FREE, "text": "More leave", "seen_version": seen(agreement)}
    return proposing.propose(agreement, by=by, **{**fields, **changes})


def consent(agreement: Agreement, by: Person, key: str = LOCKED) -> None:
    """A legal approver's yes to the wording as it now stands."""
    found = approving.hashes(fresh(agreement))[key]
    approving.consent_legally(agreement, by=by, key=key, wording_hash=found, reason="It says the same.")


def lawyer(cast: Cast, name: str = "Lena Law") -> Person:
    """Somebody more in HR of the seconder, who is a legal approver."""
    found = member(person(name), cast.northwind, "hr")
    Membership.objects.filter(person=found).update(approves_legal=True)
    return Person.objects.get(pk=found.pk)


def clause(version: Version, key: str) -> list[str]:
    """The paragraphs of a clause as they are read."""
    rows = [row for row in version.content["clauses"] if row["key"] == key]
    return [paragraph["text"] for row in rows for paragraph in row["paragraphs"]]


def wording(version: Version, key: str) -> list[str]:
    """The paragraphs of a clause with their blanks."""
    matter = Matter.of(version)
    return matter.paragraphs(matter.by_key[key])


def refusals(act: Callable[[], object]) -> list[tuple[str, str]]:
    """What somebody is told, and where it is mended."""
    with pytest.raises(Refused) as refused:
        act()
    return [(str(row.sentence), row.where) for row in refused.value.refusals]


class Undo(Exception):
    pass


def outcome(act: Callable[[], object]) -> str:
    """Whether an act is done (and undone), refused, or denied to this person."""
    try:
        with transaction.atomic():
            act()
            raise Undo
    except Undo:
        return "ok"
    except NotAllowed:
        return "denied"
    except Refused:
        return "refused"


def events(agreement: Agreement) -> list[str]:
    """The chain of evidence, in its order."""
    return [json.loads(row.body)["event"] for row in agreement.evidence.order_by("number")]


def open_notices(agreement: Agreement) -> list[Person]:
    """Whom a paper asks for a signature now, or reminds."""
    about = [f"signing:{pk}" for pk in agreement.slots.values_list("pk", flat=True)]
    return [row.recipient for row in Notice.objects.filter(Notice.OPEN, about__in=about).order_by("pk")]
