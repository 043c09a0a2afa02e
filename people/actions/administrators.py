"""Who runs the installation: named and ended on the machine itself, by ``manage.py administrator``, never on a page."""

from __future__ import annotations

from secrets import token_hex

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from people import ledger, notify
from people.models import Person


@transaction.atomic
def appoint(person: Person, *, by: Person | None = None) -> Person:
    """Make somebody an administrator; all administrators are told."""
    person = _change(person, to=True)
    ledger.record("administrator.appoint", by=by, subject=person)
    _tell(person, _("%(who)s is now an administrator of Tripartite") % {"who": person.full_name})
    return person


@transaction.atomic
def end(person: Person, *, by: Person | None = None) -> Person:
    """From now on somebody is no administrator any more; they and all others are told."""
    person = _change(person, to=False)
    ledger.record("administrator.end", by=by, subject=person)
    _tell(person, _("%(who)s is no longer an administrator of Tripartite") % {"who": person.full_name})
    return person


def _change(person: Person, *, to: bool) -> Person:
    found = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if found.is_administrator == to:
        raise ValidationError(
            _("%(who)s is an administrator already.") if to else _("%(who)s is no administrator."),
            params={"who": found.full_name},
        )
    if to and not found.is_active:
        raise ValidationError(_("%(who)s may not sign in."), params={"who": found.full_name})
    found.is_administrator = to
    found.save(update_fields=["is_administrator"])
    return found


def _tell(person: Person, subject: str) -> None:
    others = Person.objects.filter(is_administrator=True, is_active=True).exclude(pk=person.pk)
    notify.queue(
        *[
            notify.Message(
                key=f"administrator:{person.pk}:{token_hex(8)}",
                to=to,
                subject=subject,
                sentences=[
                    _("%(subject)s. This was done on the machine that it runs on.") % {"subject": subject},
                    _("Administrators keep organisations and see who looked at what; they see no case and no salary."),
                    _("If this is a surprise to you, ask whoever runs the machine."),
                ],
                why=_("You get this because you are or were an administrator."),
            )
            for to in (person, *others)
        ]
    )
