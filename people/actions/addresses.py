"""Changes of an e-mail address, which is what people sign in with."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people import sessions
from people.actions import codes
from people.models import Invitation, Person
from people.notify import call_off_to
from people.telling import Origin, tell


@transaction.atomic
def change(
    person: Person, email: str, *, by: Person, origin: Origin | None = None, except_session: str | None = None
) -> Person:
    """Give a person another address, with all that hangs on the old one.

    Their sessions end (but ``except_session``, in which they proved the new address), codes and open invitations
    are called off, what was to go to the old address alone is not sent. The old and the new address are told,
    the old one only if somebody ever signed in with it: it may be a stranger's. Raises ValidationError with a
    sentence when the address cannot be used.
    """
    found = Person.objects.select_for_update().get(pk=person.pk)
    old, found.email = found.email, email.strip()
    found.full_clean(exclude=["password"])
    if old == found.email:
        return found
    try:
        with transaction.atomic():
            found.save(update_fields=["email"])
    except IntegrityError:  # taken since it was judged
        raise ValidationError({"email": _("Somebody with this e-mail address is already here.")}) from None
    codes.call_off(found)
    sessions.end(found, except_key=except_session)
    invitations = Invitation.objects.filter(person=found, accepted_at__isnull=True, cancelled_at__isnull=True)
    invitations.update(cancelled_at=timezone.now())
    call_off_to(old)
    tell(
        found,
        "sign_in.address",
        _("Your e-mail address was changed from %(old)s to %(new)s.") % {"old": old, "new": found.email}
        if by == found
        else _("%(who)s changed your e-mail address to %(new)s.") % {"who": by.full_name, "new": found.email},
        by=by,
        origin=origin or Origin(None, _("the page of your HR")),
        address=old if found.last_login else "",
    )
    return found
