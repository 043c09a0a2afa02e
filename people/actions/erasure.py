"""Erasing a person's data: found due or asked for by one, confirmed by another, done once and for good.

Names, addresses, answers, notes and reasons go; that something was done stays, and so do agreements that all
have signed. What each column becomes is in the register (``people.privacy``).
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from people import clock, ledger, personal_data
from people.models import Employment, Erasure, Membership, Organisation, Person
from people.notify import Message, queue
from people.personal_data import Refused
from people.roles import Grounds, Role

log = logging.getLogger(__name__)


def last_employer(person: Person) -> Organisation | None:
    """Whose HR answers for somebody: the employer of the latest terms of employment."""
    latest = person.employments.select_related("organisation").order_by(
        F("until").desc(nulls_first=True), F("since").desc(nulls_last=True), "-pk"
    )
    found = latest.first()
    return found.organisation if found else None


def may_erase(person: Person, by: Person) -> bool:
    """HR of the last employer, and whoever runs this installation; nobody their own."""
    if by == person:
        return False
    employer = last_employer(person)
    return by.is_administrator or (employer is not None and by.works_for(employer.pk, Role.HR))


def may_confirm(erasure: Erasure, by: Person) -> bool:
    """Where several have employed somebody, not the last of them alone: an administrator is one of the two."""
    if by.is_administrator or (erasure.asked_by and erasure.asked_by.is_administrator):
        return True
    return erasure.person.employments.values("organisation").distinct().count() < 2


@transaction.atomic
def ask(person: Person, *, by: Person, reason: str = Grounds.RETENTION) -> Erasure:
    """Ask for a person's data to be erased; somebody else confirms. ``reason`` is one of ``Grounds``."""
    person = _lock(person)
    _require(person, by)
    erasure, _is_new = Erasure.objects.get_or_create(
        person=person, done_at=None, defaults={"found_at": clock.now(), "organisation": last_employer(person)}
    )
    if erasure.asked_by_id:
        return erasure
    erasure.asked_by, erasure.asked_at, erasure.grounds = by, clock.now(), Grounds(reason)
    erasure.save()
    ledger.record("erasure.ask", by=by, erasure=erasure.key, grounds=erasure.grounds)
    queue(*(_asked(erasure, to) for to in _who_confirm(erasure) if to != by))
    return erasure


@transaction.atomic
def call_off(erasure: Erasure, *, by: Person) -> None:
    """Take back that an erasure was asked for; it stays on the list while it is due."""
    person = _lock(erasure.person)
    if not may_erase(person, by):
        raise Refused(_("Only HR of the last employer or the administrator can do this."))
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if erasure.done_at or not erasure.asked_at:
        raise Refused(_("There is nothing to call off: it was done or called off meanwhile."))
    ledger.record("erasure.call_off", by=by, erasure=erasure.key)
    erasure.asked_by = erasure.asked_at = None
    erasure.save()


@transaction.atomic
def anonymise(person: Person, *, by: Person, reason: str = "") -> Erasure:
    """Erase what somebody else has asked to be erased. Raises ``Refused`` with sentences when it cannot be.

    Order: lock the person, ask right, second person and refusals anew, write the ledger, erase by the register.
    ``reason``, one of ``Grounds``, corrects what was asked with.
    """
    person = _lock(person)
    _require(person, by)
    erasure = Erasure.objects.asked().select_for_update().filter(person=person).first()
    if erasure is None:
        raise Refused(_("Nobody has asked for this yet. One of you asks, another confirms."))
    if not may_confirm(erasure, by):
        raise Refused(_("Others have employed this person too: an administrator confirms it."))
    if erasure.asked_by_id == by.pk:
        raise Refused(_("You asked for this yourself. Somebody else of HR, or the administrator, confirms it."))
    erasure.grounds = Grounds(reason) if reason else erasure.grounds
    erasure.confirmed_by, erasure.done_at = by, clock.now()
    ledger.record("erasure.do", by=by, erasure=erasure.key, grounds=erasure.grounds)
    personal_data.erase(person, by=by)
    erasure.save()
    # For operators who restore an older backup: whom to erase anew. The key is no name.
    transaction.on_commit(lambda: log.info("the data of person %s are erased", person.key))
    return erasure


def _lock(person: Person) -> Person:
    return Person.objects.select_for_update().get(pk=person.pk)


def _require(person: Person, by: Person) -> None:
    if not may_erase(person, by):
        raise Refused(_("Only HR of the last employer or the administrator can do this."))
    if Erasure.objects.filter(person=person, done_at__isnull=False).exists():
        raise Refused(_("This person's data have been erased already."))
    found = personal_data.refusals(person)
    if found:
        raise Refused(*found)


def _who_confirm(erasure: Erasure) -> list[Person]:
    """HR of the last employer; the administrators where there is no second one, or others employed them too."""
    hr = Membership.objects.current().filter(organisation=erasure.organisation_id, role=Role.HR)
    found = list(Person.objects.filter(pk__in=hr.values("person"), is_active=True).exclude(pk=erasure.asked_by_id))
    found = [person for person in found if may_confirm(erasure, person)]
    return found or list(Person.objects.filter(is_administrator=True, is_active=True))


def _asked(erasure: Erasure, to: Person) -> Message:
    return Message(
        key=f"erasure:{erasure.key}:{erasure.asked_at:%Y%m%d%H%M%S}:{to.pk}",
        to=to,
        subject=_("An erasure waits for a second person"),
        sentences=[
            _("A former colleague's data are to be erased. It takes two people: look, and confirm or call it off.")
        ],
        action_label=_("Look at it"),
        action_path=f"/people/{erasure.person.key}/data/",
        why=_("You get this because you look after the data of former employees."),
    )


# --- What is due


def find_due() -> int:
    """Write the list of who is due, and strike off who no longer is; erases nothing. Returns how many are new."""
    new = 0
    for erasure in Erasure.objects.open().filter(asked_at__isnull=True).select_related("person").iterator():
        if personal_data.refusals(erasure.person):
            Erasure.objects.filter(pk=erasure.pk, asked_at__isnull=True).delete()
    for person in _left().iterator(chunk_size=500):
        if not personal_data.refusals(person):
            _row, is_new = Erasure.objects.get_or_create(
                person=person, done_at=None, defaults={"found_at": clock.now(), "organisation": last_employer(person)}
            )
            new += is_new
    return new


def _left() -> QuerySet[Person]:
    """People who once worked somewhere and do no longer, of whom nobody knows yet that they are due."""
    return (
        Person.objects.filter(pk__in=Employment.objects.values("person"))
        .exclude(pk__in=Employment.objects.current().values("person"))
        .exclude(pk__in=Membership.objects.current().values("person"))
        .exclude(pk__in=Erasure.objects.values("person"))
        .order_by("pk")
    )
