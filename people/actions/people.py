"""People: entered by hand, renamed, let in and kept out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from people import bonds, ledger, notify, policies
from people.access import Denied, Refused, atomically
from people.actions import employments
from people.keys import new_key
from people.models import Employment, Organisation, Person


@atomically
def add(
    *, by: Person, organisation: Organisation, full_name: str, email: str, since: date, terms: dict[str, Any]
) -> Person:
    """Enter somebody and employ them; somebody whom nobody keeps is found by their address and keeps their name."""
    if not policies.may_edit_organisation(by, organisation):
        raise Denied(_("Only HR of %(organisation)s enters its people.") % {"organisation": organisation})
    person = Person.objects.filter(email__iexact=email.strip()).first()
    if person and (policies.is_kept_elsewhere(by, person) or _is_needed_elsewhere(by, person)):
        raise Refused(_("This person is kept by the HR of another organisation."), "email")
    if person is None:
        person = Person.objects.create_user(email, full_name=full_name, time_zone=organisation.time_zone)
        ledger.record("person.add", by=by, organisation_id=organisation.pk, subject=person, person=person.full_name)
    else:
        words = {"organisation": organisation}
        _tell(person, _("%(organisation)s has entered you as somebody who works there.") % words)
    try:
        employments.begin(person, organisation, by=by, since=since, terms=terms)
    except Refused as refused:
        raise Refused(refused.sentence, "email") from None
    return person


@atomically
def rename(person: Person, *, by: Person, full_name: str) -> Person:
    """Correct a name; of somebody whom another organisation keeps, that one does."""
    person = _locked(person, by)
    before, person.full_name = person.full_name, full_name
    if before == full_name:
        return person
    person.save(update_fields=["full_name"])
    ledger.record("person.rename", by=by, subject=person, before=before, person=full_name)
    _tell(person, _("%(by)s changed your name here to %(name)s.") % {"by": by, "name": full_name})
    return person


@atomically
def deactivate(person: Person, *, by: Person, reason: str) -> Person:
    """Somebody may not sign in any more, from this moment on."""
    person = _locked(person, by)
    if person == by:
        raise Refused(_("Nobody shuts themselves out: ask a colleague."))
    held = Organisation.objects.filter(memberships__in=person.memberships.lasting()).first()
    if held:
        raise Refused(
            _("%(name)s holds a role at %(organisation)s: end it first.") % {"name": person, "organisation": held}
        )
    person.is_active = False
    person.save(update_fields=["is_active"])
    ledger.record("person.deactivate", by=by, reason=reason, subject=person, person=person.full_name)
    return person


@atomically
def reactivate(person: Person, *, by: Person) -> Person:
    """Somebody may sign in again."""
    person = _locked(person, by)
    person.is_active = True
    person.save(update_fields=["is_active"])
    ledger.record("person.reactivate", by=by, subject=person, person=person.full_name)
    return person


@atomically
def read_salary(person: Person, *, by: Person) -> list[Employment]:
    """The terms with their pay, newest first, as far as ``by`` may see them; the look is recorded."""
    found = list(
        Employment.objects.paid_in_sight_of(by)
        .filter(person=person)
        .select_related("organisation")
        .order_by("organisation__legal_name", "organisation", "-since", "-pk")
    )
    if not found:
        raise Denied(_("Salaries are for HR and finance of the employer, and for the person."))
    ledger.record("salary.read", by=by, subject=person, person=person.full_name)
    return found


def _is_needed_elsewhere(by: Person, person: Person) -> bool:
    """Whether somebody whom ``by`` does not keep yet has a part in what others count on."""
    mine = Employment.objects.filter(person=person, organisation__in=by.records_of)
    return not mine.exists() and bool(bonds.elsewhere([person.pk], by.records_of))


def _locked(person: Person, by: Person) -> Person:
    """The row, for this transaction alone, if ``by`` keeps this person and nobody else does."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not policies.may_edit_person(by, person):
        raise Denied(_("%(name)s is kept by the HR of another organisation.") % {"name": person})
    return person


def _tell(person: Person, sentence: str) -> None:
    notify.queue(
        notify.Message(
            key=f"person:{person.pk}:{new_key()}",
            to=person,
            subject=_("Your record at Tripartite has changed"),
            sentences=[sentence],
            action_label=_("Open your profile"),
            action_path=reverse("profile"),
            why=_("You get this because it is about you."),
        )
    )
