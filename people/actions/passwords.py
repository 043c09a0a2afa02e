"""A password, for those who want one beside the code by mail."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from people import sessions
from people.models import Person
from people.telling import Origin, tell


@transaction.atomic
def choose(person: Person, password: str, *, by: Person, origin: Origin, session: str | None = None) -> Person:
    """Set or change it. Other sessions end: whoever knew the old one is out."""
    had_one = person.has_usable_password()
    person.set_password(password)
    person.save(update_fields=["password"])
    sessions.end(person, except_key=session)
    what = _("Your password was changed.") if had_one else _("A password was set.")
    tell(person, "sign_in.password", what, by=by, origin=origin)
    return person


@transaction.atomic
def remove(person: Person, *, by: Person, origin: Origin, session: str | None = None) -> Person:
    """From now on codes by mail only."""
    person.set_unusable_password()
    person.save(update_fields=["password"])
    sessions.end(person, except_key=session)
    tell(person, "sign_in.password_removed", _("Your password was removed."), by=by, origin=origin)
    return person
