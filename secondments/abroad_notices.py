"""What people are told about papers that end, day counts that come near, and reorganisations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import Person
from people.notify import Message
from secondments.choices import Party
from secondments.models import Certificate, Reorganisation, Secondment
from secondments.notices import hr, message, still_here
from secondments.placement_notices import _unique, each


def certificate_reminder(found: Certificate, rung: int, left: int, to: Person) -> Message:
    """A paper ends in so many days, today, or has ended."""
    case = found.secondment
    assert found.valid_until
    words = {
        "kind": found.get_kind_display(),
        "title": case.title,
        "n": left,
        "day": date_format(found.valid_until, "j F Y"),
    }
    if left > 0:
        subject = ngettext("Ends in %(n)d day: %(kind)s, %(title)s", "Ends in %(n)d days: %(kind)s, %(title)s", left)
        sentence = _("It is valid until %(day)s. Renew it in time, or note the new one.")
    elif left == 0:
        subject, sentence = _("Ends today: %(kind)s, %(title)s"), _("It is valid until today, %(day)s.")
    else:
        subject = _("Has ended: %(kind)s, %(title)s")
        sentence = _("It was valid until %(day)s. Nobody may go on working where it is needed.")
    return message(
        case,
        to,
        f"certificate:{found.pk}:{found.valid_until}:{rung}",
        subject % words,
        sentence % words,
        action=_("Open the papers"),
        path=f"{case.get_absolute_url()}abroad/",
        about=f"certificate:{found.pk}",
    )


def who_minds(case: Secondment, *, ended: bool = False) -> list[Person]:
    """HR and the secondee; the line manager too where somebody may not go on working."""
    return _unique([*hr(case), *still_here(case, [case.secondee, case.line_manager if ended else None])])


def outlasts_papers(case: Secondment, papers: Iterable[Certificate]) -> None:
    """The last day has moved beyond the end of papers that are needed until then; told at once, not when they end."""
    names = ", ".join(str(paper.get_kind_display()) for paper in papers)
    if not names:
        return
    each(
        case,
        who_minds(case),
        f"outlasts-papers:{case.end_on}",
        _("The placement lasts longer than a paper: %(title)s") % {"title": case.title},
        _("These end before the new last day: %(names)s.") % {"names": names},
        _("Renew them in time, and note the new end."),
        path=f"{case.get_absolute_url()}abroad/",
    )


def day_count_reminder(case: Secondment, most: int, windows: Sequence[str], passed_on: date, to: Person) -> Message:
    """Ahead of the day on which thresholds are passed; again only if that day moves."""
    words = {"title": case.title, "n": most, "day": date_format(passed_on, "j F Y")}
    return message(
        case,
        to,
        f"day-count:{'+'.join(sorted(windows))}:{passed_on}",
        _("Days in the country: more than %(n)d from %(day)s, %(title)s") % words,
        _("As planned, more than %(n)d days in the country are counted from %(day)s on. Ask whether tax or social "
          "security change.") % words,
        action=_("See how it is counted"),
        path=f"{case.get_absolute_url()}abroad/",
        about=f"day-count:{case.pk}",
    )  # fmt: skip


def reorganisation_told(found: Reorganisation) -> None:
    """The secondee, and those of the home side; where it is at the host, nobody there needs telling."""
    case = found.secondment
    sentences = [_("Something changes in the organisation that concerns your placement or your return.")]
    if found.consulted_until:
        day = date_format(found.consulted_until, "j F Y")
        sentences.append(_("Your view is asked for until %(day)s.") % {"day": day})
    path = f"{case.get_absolute_url()}reorganisations/"
    subject = _("Organisation changes: %(title)s") % {"title": case.title}
    event = f"reorganisation:{found.pk}:told"
    each(case, still_here(case, [case.secondee]), event, subject, *sentences, path=path)
    others = [*hr(case), *still_here(case, [case.line_manager])]
    where = _("at the host") if found.party == Party.HOST else _("at home")
    each(
        case,
        [who for who in _unique(others, but=found.told_by) if who != case.secondee],
        event,
        subject,
        _("A change of the organisation %(where)s was told to the secondee.") % {"where": where},
        path=path,
    )


def reorganisation_viewed(found: Reorganisation) -> None:
    case = found.secondment
    each(
        case,
        _unique([found.told_by, *hr(case)]),
        f"reorganisation:{found.pk}:viewed",
        _("The secondee's view: %(title)s") % {"title": case.title},
        _("The secondee has said what they think of the change of the organisation."),
        path=f"{case.get_absolute_url()}reorganisations/",
    )


def reorganisation_ended(found: Reorganisation) -> None:
    case = found.secondment
    each(
        case,
        still_here(case, [case.secondee]),
        f"reorganisation:{found.pk}:ended",
        _("What came of it: %(title)s") % {"title": case.title},
        _("The consultation about the change of the organisation is over; the result is on the page."),
        path=f"{case.get_absolute_url()}reorganisations/",
    )
