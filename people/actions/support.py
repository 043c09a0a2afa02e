"""Support: an administrator sees what a person sees, and can do nothing in their name."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people import ledger, notify
from people.access import Denied
from people.models import Person, SupportSession
from people.models.support import LONGEST


@transaction.atomic
def begin(person: Person, *, by: Person, reason: str) -> SupportSession:
    """Begin to look, for half an hour at most; the person is told at once, with the reason.

    Order: lock the administrator, end what they have left open, ask, write, tell.
    """
    by = Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not by.is_administrator:
        raise Denied(_("Only an administrator of the installation gives support."))
    now = timezone.now()
    for left in SupportSession.objects.filter(administrator=by, ended_at__isnull=True):
        end(left, at=min(now, left.until))
    if person.is_administrator:
        raise Denied(_("Nobody looks through the eyes of another administrator."))
    if not person.is_active:
        raise ValidationError(_("%(who)s may not sign in, so there is nothing to see."), params={"who": person})
    if not reason.strip():
        raise ValidationError({"reason": _("Give a reason; the person is told it.")})
    session = SupportSession.objects.create(
        administrator=by, person=person, reason=reason.strip(), began_at=now, until=now + LONGEST
    )
    _tell(session)
    ledger.record("support.begin", by=by, subject=person, reason=session.reason, session=session.key)
    return session


@transaction.atomic
def end(session: SupportSession, *, at: datetime | None = None) -> SupportSession:
    """End it, now or at the moment at which its time was over; ending twice changes nothing."""
    session = (
        SupportSession.objects.select_for_update(of=("self",))
        .select_related("administrator", "person")
        .get(pk=session.pk)
    )
    if session.ended_at is None:
        session.ended_at = max(at or timezone.now(), session.began_at)
        session.save(update_fields=["ended_at"])
        ledger.record("support.end", by=session.administrator, subject=session.person, session=session.key)
    return session


def end_overdue() -> int:
    """End those that nobody ended; returns how many."""
    found = list(SupportSession.objects.overdue())
    for session in found:
        end(session, at=session.until)
    return len(found)


def fault(session: SupportSession | None, administrator: Person) -> str:
    """Why a session does not hold (any more), in a sentence; empty when it does."""
    if session is None or session.administrator_id != administrator.pk or session.ended_at:
        return _("The support session has ended.")
    if session.until <= timezone.now():
        return _("The support session has ended: its half hour is over.")
    if not administrator.is_administrator or session.person.is_administrator or not session.person.is_active:
        return _("The support session has ended: it is no longer allowed.")
    return ""


def _tell(session: SupportSession) -> None:
    until = date_format(session.until.astimezone(ZoneInfo(session.person.time_zone)), "j M Y, H:i T")
    notify.queue(
        notify.Message(
            key=f"support:{session.key}",
            to=session.person,
            subject=_("Support is looking at your pages"),
            sentences=[
                _("%(who)s, an administrator of Tripartite, sees your pages as you see them until %(until)s at most.")
                % {"who": session.administrator.full_name, "until": until},
                _("The reason given: %(reason)s") % {"reason": session.reason},
                _("Nothing can be done in your name. Salaries, private notes and codes are hidden."),
                _("Each page that is read is recorded. If you did not ask for help, tell HR of your organisation."),
            ],
            why=_("You get this because somebody looks at your pages."),
        )
    )
