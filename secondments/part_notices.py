"""What people are told about parts and deputies: who has one now, whose ends, who is asked to stand in."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people import clock
from people.models import Membership, Person
from people.notify import Message, queue
from people.roles import Role
from secondments.choices import Part
from secondments.models import Deputy, Secondment
from secondments.notices import message


def part_given(secondment: Secondment, part: Part, person: Person, path: str = "") -> None:
    """Somebody has a part in a case now; ``path`` is where somebody who was never here begins."""
    queue(
        message(
            secondment,
            person,
            f"part:{part}:{clock.now().timestamp():.0f}",
            _("Your part in a secondment: %(title)s") % {"title": secondment.title},
            _("You are %(part)s in this secondment now.") % {"part": str(part.label).lower()},
            _("You sign in with a code that we send to this address; there is no password to invent."),
            path=path,
        )
    )


def contact_to_confirm(secondment: Secondment) -> None:
    """HR of the host is told whom the seconder names as its contact, and that they decide nothing yet."""
    hr = Membership.objects.current().filter(organisation=secondment.host_id, role=Role.HR, person__is_active=True)
    words = {"name": secondment.host_contact, "seconder": secondment.seconder, "host": secondment.host}
    queue(
        *(
            message(
                secondment,
                member.person,
                f"confirm_contact:{secondment.revision}",
                _("Does %(name)s speak for you? A secondment is proposed by %(seconder)s") % words,
                _("%(seconder)s names %(name)s as contact of %(host)s, whom your records do not know.") % words,
                _("Confirm them, name somebody else, or decide yourself; until then they decide nothing."),
                action=_("Say who speaks for you"),
                path=f"{secondment.get_absolute_url()}people/",
            )
            for member in hr.select_related("person")
        )
    )


def part_ended(secondment: Secondment, part: Part, person: Person, until: datetime) -> None:
    """Somebody's part ends; the mail links nowhere, as there is nothing left to open."""
    queue(
        Message(
            key=f"part:{secondment.pk}:{person.pk}:{part}:ended:{until.timestamp():.0f}",
            about=f"part:{secondment.pk}:ended",
            case_id=secondment.pk,
            to=person,
            subject=_("Your part in a secondment ends: %(title)s") % {"title": secondment.title},
            sentences=[
                _("You were %(part)s in the secondment %(ref)s. This ends on %(day)s.")
                % {
                    "part": str(part.label).lower(),
                    "ref": secondment.reference,
                    "day": date_format(until.astimezone(ZoneInfo(secondment.zone)), "j F Y, H:i"),
                },
                _("Questions? Ask %(owner)s, %(mail)s.") % {"owner": secondment.owner, "mail": secondment.owner.email},
            ],
        )
    )


def _of_deputy(row: Deputy, to: Person, event: str, subject: str, *sentences: str, action: str = "") -> Message:
    return Message(
        key=f"deputy:{row.key}:{event}",
        about=f"deputy:{row.key}" if event == "asked" else "",
        to=to,
        subject=subject,
        sentences=sentences,
        action_label=action,
        action_path=row.get_absolute_url() if action else "",
        why=_("You get this because %(name)s asked for a deputy.") % {"name": row.principal},
    )


def _days(row: Deputy) -> dict[str, str]:
    return {
        "name": row.principal.full_name,
        "deputy": row.deputy.full_name,
        "part": str(Part(row.part).label).lower(),
        "since": date_format(row.since, "j F Y"),
        "until": date_format(row.until, "j F Y"),
    }


def deputy_asked(row: Deputy) -> None:
    text = _("%(name)s asks you to act in their name as %(part)s, from %(since)s to %(until)s.") % _days(row)
    ask = _("Nothing holds before you accept; you can decline, and end it at any time.")
    subject = _("%(name)s asks you to be their deputy") % _days(row)
    queue(_of_deputy(row, row.deputy, "asked", subject, text, ask, action=_("Accept or decline")))


def deputy_answered(row: Deputy, *, accepted: bool) -> None:
    subject = (_("%(deputy)s is your deputy") if accepted else _("%(deputy)s is not your deputy")) % _days(row)
    text = (
        _("%(deputy)s acts in your name as %(part)s, from %(since)s to %(until)s.")
        if accepted
        else _("%(deputy)s does not act in your name as %(part)s, or does so no longer.")
    )
    queue(_of_deputy(row, row.principal, f"answered:{accepted}", subject, text % _days(row), action=_("Open")))


def deputy_ended(row: Deputy) -> None:
    subject = _("You are no longer deputy of %(name)s") % _days(row)
    text = _("%(name)s has ended it; you no longer act in their name as %(part)s.") % _days(row)
    queue(_of_deputy(row, row.deputy, "ended", subject, text))
