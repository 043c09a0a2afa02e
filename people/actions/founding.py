"""What an administrator does to let an organisation begin: enter it, and name its first HR person."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from people import ledger, notify
from people.actions import memberships
from people.models import Membership, Organisation, Person
from people.roles import Role


@transaction.atomic
def add(*, by: Person, legal_name: str, country: str, time_zone: str, kind: str) -> Organisation:
    """Enter an organisation that keeps itself; nobody belongs to it yet."""
    organisation = Organisation(legal_name=legal_name, country=country, time_zone=time_zone, kind=kind)
    if Organisation.objects.filter(legal_name__iexact=legal_name.strip(), country=country, kept_by=None).exists():
        raise ValidationError({"legal_name": _("An organisation of this name and country is here already.")})
    organisation.full_clean()
    organisation.save()
    ledger.record("organisation.add", by=by, organisation=organisation.legal_name)
    return organisation


@transaction.atomic
def name_first_hr(organisation: Organisation, *, by: Person, full_name: str, email: str) -> Membership:
    """Make somebody HR of an organisation that has none; HR names all others.

    Somebody who is here already under this address keeps their name.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if organisation.memberships.current().filter(role=Role.HR).exists():
        raise ValidationError(_("This organisation has HR, who name their colleagues themselves."))
    person = Person.objects.filter(email__iexact=email.strip()).first()
    if person is None:
        person = Person.objects.create_user(email, full_name=full_name, time_zone=organisation.time_zone)
    elif not person.is_active:
        raise ValidationError(_("The person with this address may not sign in."))
    membership = memberships.give(organisation, person, Role.HR, by=by)
    notify.queue(
        notify.Message(
            key=f"first-hr:{membership.pk}",
            to=person,
            subject=_("You are HR of %(organisation)s in Tripartite") % {"organisation": organisation},
            sentences=[
                _("%(who)s made you HR of %(organisation)s.") % {"who": by.full_name, "organisation": organisation},
                _("Sign in with this address; you can then import your people and name colleagues."),
            ],
            action_label=_("Sign in"),
            action_path="/",
            why=_("You get this because you were given a role."),
        )
    )
    return membership
