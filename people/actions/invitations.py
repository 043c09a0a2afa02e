"""Asking outside people in: invite, send again, call off, take up."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Invitation, Organisation, Person
from people.notify import Message, call_off, queue

VALID = timedelta(days=30)


@transaction.atomic
def invite(
    person: Person,
    *,
    by: Person,
    organisation: Organisation,
    what: str,
    onward: str = "",
    case_id: int | None = None,
    mail: bool = True,
) -> Invitation | None:
    """Ask somebody who never signed in; None for whoever knows the way already. An open invitation is renewed.

    ``onward`` is the page to which the first page leads. Without ``mail`` another message of the same
    transaction brings the link, so that nobody gets two at once.
    """
    if person.last_login is not None:
        return None
    now = clock.now()
    invitation, is_new = Invitation.objects.select_for_update().get_or_create(
        person=person,
        organisation=organisation,
        accepted_at=None,
        cancelled_at=None,
        defaults={
            "invited_by": by,
            "email": person.email,
            "what": what,
            "onward": onward,
            "case_id": case_id,
            "sent_at": now,
            "expires_at": now + VALID,
        },
    )
    if not is_new:
        invitation.expires_at = now + VALID
        invitation.what, invitation.onward, invitation.case_id = what, onward, case_id
        invitation.save(update_fields=["expires_at", "what", "onward", "case_id"])
    ledger.record("invitation.send", by=by, case_id=case_id, subject=person, person=person.full_name)
    if mail:
        _mail(invitation)
    return invitation


@transaction.atomic
def send_again(invitation: Invitation, *, by: Person) -> Invitation:
    """The mail once more, valid for another month."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    now = clock.now()
    invitation.sent_at, invitation.expires_at = now, now + VALID
    invitation.times_sent += 1
    invitation.save(update_fields=["sent_at", "expires_at", "times_sent"])
    ledger.record(
        "invitation.send",
        by=by,
        case_id=invitation.case_id,
        subject=invitation.person,
        person=invitation.person.full_name,
    )
    _mail(invitation)
    return invitation


@transaction.atomic
def cancel(person: Person, *, by: Person, organisation: Organisation | None = None) -> int:
    """Call off what is open, of one organisation or of all; returns how many. Links sent before lead nowhere."""
    found = Invitation.objects.filter(person=person, accepted_at__isnull=True, cancelled_at__isnull=True)
    if organisation is not None:
        found = found.filter(organisation=organisation)
    keys = list(found.values_list("key", flat=True))
    found.update(cancelled_at=clock.now())
    call_off(f"invitation:{key}" for key in keys)
    if keys:
        ledger.record("invitation.cancel", by=by, subject=person, person=person.full_name)
    return len(keys)


@transaction.atomic
def take_up(invitation: Invitation, *, by: Person) -> Invitation:
    """The invited person has come; from now on they sign in without an invitation."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at is None and invitation.cancelled_at is None and invitation.person_id == by.pk:
        invitation.accepted_at = clock.now()
        invitation.save(update_fields=["accepted_at"])
        ledger.record("invitation.take_up", by=by, case_id=invitation.case_id)
    return invitation


def path(invitation: Invitation) -> str:
    return reverse("invitation", args=[invitation.key])


def _mail(invitation: Invitation) -> None:
    queue(
        Message(
            key=f"invitation:{invitation.key}:{invitation.times_sent}",
            about=f"invitation:{invitation.key}",
            case_id=invitation.case_id,
            to=invitation.person,
            subject=_("%(who)s of %(where)s invites you")
            % {"who": invitation.invited_by, "where": invitation.organisation},
            sentences=[
                invitation.what,
                _("You sign in with a code that we send to this address; there is no password to invent."),
                _("The invitation holds until %(day)s.") % {"day": date_format(invitation.expires_at, "j F Y")},
            ],
            action_label=_("See what it is about"),
            action_path=path(invitation),
            why=_("You get this because %(who)s named you. Questions? Write to %(mail)s.")
            % {"who": invitation.invited_by, "mail": invitation.invited_by.email},
        )
    )
