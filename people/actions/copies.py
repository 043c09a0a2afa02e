"""Copies of a person's data: asked for, made by a worker, told of by mail, taken away after a week."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from people import clock, ledger, personal_data
from people.models import DataCopy, Organisation, Person
from people.notify import Message, queue
from people.personal_data import Refused, Section
from people.roles import Role

log = logging.getLogger(__name__)

KEPT = timedelta(days=7)
CLAIM = timedelta(minutes=15)  # a worker that died gives a copy back after this
TRIES = 5


@transaction.atomic
def ask(person: Person, *, by: Person, organisation: Organisation | None = None, reason: str = "") -> DataCopy:
    """Ask for a copy: for oneself, or as HR of an employer with a reason. One that is being made is answered with."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if by != person:
        if organisation is None or not by.works_for(organisation.pk, Role.HR):
            raise Refused(_("Only the person and HR of the employer can ask for a copy."))
        if not person.employments.filter(organisation=organisation).exists():
            raise Refused(_("This person never worked for your organisation."))
        if not reason.strip():
            raise Refused(_("Say why you need the copy."))
    waiting = DataCopy.objects.waiting().filter(person=person, asked_by=by).first()
    if waiting:
        return waiting
    copy = DataCopy.objects.create(
        person=person,
        asked_by=by,
        organisation=None if by == person else organisation,
        reason=reason.strip() if by != person else "",
        asked_at=clock.now(),
    )
    ledger.record("data.copy", by=by, reason=copy.reason, person=person.key)
    transaction.on_commit(_ask_worker, robust=True)
    return copy


def make_pending() -> int:
    """Make every copy that waits; returns how many were made."""
    made = 0
    while (copy := claim()) is not None:
        try:
            make(copy)
            made += 1
        except Exception:  # whatever it was, it is kept in the log and tried again, a few times
            log.exception("the copy %s could not be made", copy.key)
            if copy.attempts >= TRIES:
                DataCopy.objects.filter(pk=copy.pk).update(failed_at=timezone.now())
    return made


def claim() -> DataCopy | None:
    """One copy that waits, taken for this worker alone."""
    now = timezone.now()
    with transaction.atomic():
        copy = (
            DataCopy.objects.waiting()
            .select_for_update(skip_locked=True, of=("self",))
            .filter(Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM))
            .select_related("person", "asked_by", "organisation")
            .order_by("asked_at", "pk")
            .first()
        )
        if copy:
            DataCopy.objects.filter(pk=copy.pk).update(claimed_at=now, attempts=F("attempts") + 1)
            copy.attempts += 1
    return copy


def make(copy: DataCopy) -> None:
    """Gather, write both files, and tell who asked; gathered at one moment, so that it agrees with itself."""
    with transaction.atomic():
        found = personal_data.sections(copy.person, copy.asked_by)
        now = clock.now()
        moment = f"{now:%Y-%m-%dT%H:%M:%SZ}"
        context = {"copy": copy, "person": copy.person, "sections": found, "made_at": now, "moment": moment}
        content = json.dumps(as_json(copy, found), ensure_ascii=False, indent=1).encode()
        pdf = personal_data.printer()(render_to_string("pdf/personal_data.html", context), now)
        fields: dict[str, Any] = {"made_at": now, "expires_at": now + KEPT, "json": content, "pdf": pdf}
        if DataCopy.objects.waiting().filter(pk=copy.pk).update(**fields):
            queue(_told(copy))


def as_json(copy: DataCopy, sections: list[Section]) -> dict[str, Any]:
    return {
        "format": "tripartite personal data 1",
        "made_at": clock.now().isoformat(timespec="seconds"),
        "person": copy.person.full_name,
        "made_for": copy.asked_by.full_name,
        "sections": [
            {
                "title": section.title,
                "kept": section.kept,
                "rows": [{fact.name: fact.value for fact in row} for row in section.rows],
            }
            for section in sections
        ],
    }


def sweep() -> int:
    """Take away the copies whose week is over; returns how many."""
    return DataCopy.objects.filter(Q(expires_at__lte=clock.now()) | Q(failed_at__lt=timezone.now() - KEPT)).delete()[0]


def _told(copy: DataCopy) -> Message:
    own = copy.asked_by_id == copy.person_id
    return Message(
        key=f"data-copy:{copy.key}",
        to=copy.asked_by,
        subject=_("Your copy is ready"),
        sentences=[
            _("The copy of your data that you asked for is ready.")
            if own
            else _("The copy of an employee's data that you asked for is ready."),
            _("It can be downloaded for seven days and is erased then."),
        ],
        action_label=_("Download the copy"),
        action_path="/profile/data/" if own else f"/people/{copy.person.key}/data/",
        why=_("You get this because you asked for the copy."),
    )


def _ask_worker() -> None:
    from people.tasks import ask as publish
    from people.tasks import make_data_copies

    publish(make_data_copies)
