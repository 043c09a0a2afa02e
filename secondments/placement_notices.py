"""What people are told while a placement runs: concerns, leave, absence, keeping in touch. Never what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people import clock
from people.models import Person
from people.notify import Message, queue
from secondments import timetable
from secondments.choices import Part, Party
from secondments.models import (
    Absence,
    CheckIn,
    Concern,
    ConcernAction,
    Leave,
    Secondment,
)
from secondments.notices import hr, key_of, message, reminder_key, still_here, with_deputies


def _leave_path(case: Secondment) -> str:
    return f"{case.get_absolute_url()}leave/"


def _unique(people: Iterable[Person], but: Person | None = None) -> list[Person]:
    return [who for who in {person.pk: person for person in people}.values() if who != but]


def each(
    case: Secondment,
    people: Iterable[Person],
    event: str,
    subject: str,
    *sentences: str,
    path: str,
    about: str = "",
    urgent: bool = False,
) -> None:
    """The same to each of these people; what is urgent does not wait for anybody's one mail of the day."""
    queue(
        *(message(case, person, event, subject, *sentences, path=path, about=about, urgent=urgent) for person in people)
    )


# --- Concerns


def concern_raised(concern: Concern) -> None:
    """HR at once, and the owner where it is somebody else."""
    case = concern.secondment
    people = _unique([*hr(case), concern.owner], but=concern.raised_by)
    each(
        case,
        people,
        f"concern:{concern.pk}:raised",
        _("A concern was raised: %(title)s") % {"title": case.title},
        _("Something was raised that needs your attention; it is on the page."),
        path=concern.get_absolute_url(),
        urgent=True,
    )


def concern_given(concern: Concern, by: Person) -> None:
    """Whose it is to look into now."""
    case = concern.secondment
    people = _unique([concern.owner], but=by)
    each(
        case,
        people,
        f"concern:{concern.pk}:owner:{concern.owner_id}",
        _("A concern for you to look into: %(title)s") % {"title": case.title},
        _("HR asks you to look into it and to say what is done."),
        path=concern.get_absolute_url(),
    )


def concern_told(concern: Concern) -> None:
    """The secondee learns that HR has written them something."""
    case = concern.secondment
    each(
        case,
        still_here(case, [case.secondee]),
        f"concern:{concern.pk}:told",
        _("HR has written to you: %(title)s") % {"title": case.title},
        _("HR of your employer has something to tell you about your placement; it is on the page."),
        path=concern.get_absolute_url(),
    )


def concern_ended(concern: Concern, by: Person) -> None:
    """Whoever raised it reads what became of it."""
    case = concern.secondment
    each(
        case,
        _unique(still_here(case, [concern.raised_by]), but=by),
        f"concern:{concern.pk}:ended",
        _("What became of your concern: %(title)s") % {"title": case.title},
        _("The seconder has looked into what you raised; the outcome is on the page."),
        path=concern.get_absolute_url(),
    )


def action_given(action: ConcernAction, by: Person) -> None:
    concern = action.concern
    case = concern.secondment
    each(
        case,
        _unique([action.doer], but=by),
        f"concern-action:{action.pk}:given",
        _("Something to do about a concern: %(title)s") % {"title": case.title},
        _("Please do it by %(day)s.") % {"day": date_format(action.due_on, "j F Y")},
        path=concern.get_absolute_url(),
    )


def action_reminder(action: ConcernAction, rung: str, to: Person) -> Message:
    case = action.concern.secondment
    day = date_format(action.due_on, "j F Y")
    subject = {
        "before": _("Due on %(day)s: %(title)s"),
        "on": _("Due today: %(title)s"),
        "after": _("Overdue since %(day)s: %(title)s"),
        "escalate": _("Overdue since %(day)s: %(title)s"),
    }[rung] % {"day": day, "title": case.title}
    return message(
        case,
        to,
        f"concern-action:{action.pk}:{rung}:{action.due_on}",
        subject,
        _("Something that was to be done about a concern is still open."),
        path=action.concern.get_absolute_url(),
        about=f"concern-action:{action.pk}",
    )


# --- Leave


def days_in_words(first: date, last: date) -> dict[str, str]:
    return {"first": date_format(first, "j F Y"), "last": date_format(last, "j F Y")}


def leave_asked(leave: Leave) -> None:
    """The line manager and their deputies; where there is none any more, HR."""
    case = leave.secondment
    words = days_in_words(leave.first_day, leave.last_day) | {"who": case.secondee}
    queue(
        *(
            message(
                case,
                person,
                f"leave:{leave.pk}:asked",
                _("Leave for %(who)s?") % words,
                _("%(who)s asks for leave from %(first)s to %(last)s.") % words,
                _("Please answer by %(day)s.") % {"day": date_format(leave.due_on, "j F Y")},
                action=_("Approve or refuse"),
                path=leave.get_absolute_url(),
                about=f"leave:{leave.pk}",
            )
            for person in approvers(case)
        )
    )


def approvers(case: Secondment) -> list[Person]:
    found = still_here(case, [case.line_manager])
    if not found:
        return hr(case)
    return [who for manager in found for who in with_deputies(case, Part.LINE_MANAGER, manager)]


def leave_reminder(leave: Leave, rung: str, to: Person) -> Message:
    case = leave.secondment
    words = days_in_words(leave.first_day, leave.last_day) | {"who": case.secondee}
    return message(
        case,
        to,
        f"leave:{leave.pk}:{rung}",
        _("Not answered yet: leave for %(who)s") % words,
        _("%(who)s asked for leave from %(first)s to %(last)s and has no answer.") % words,
        action=_("Approve or refuse"),
        path=leave.get_absolute_url(),
        about=f"leave:{leave.pk}",
    )


def leave_decided(leave: Leave) -> None:
    """The secondee hears the answer; the host hears days, and only those that stand."""
    case = leave.secondment
    words = days_in_words(leave.first_day, leave.last_day) | {"who": case.secondee}
    answer = _("Your leave is granted") if leave.granted else _("Your leave is not granted")
    each(
        case,
        still_here(case, [case.secondee]),
        f"leave:{leave.pk}:decided",
        answer,
        _("It is about your leave from %(first)s to %(last)s.") % words,
        path=leave.get_absolute_url(),
    )
    if leave.granted:
        _tell_host(leave, "granted", _("Away from %(first)s: %(who)s"), _("%(who)s is on leave until %(last)s."))


def leave_cancelled(leave: Leave, by: Person, stood: bool) -> None:
    """Those who knew of it."""
    case = leave.secondment
    words = days_in_words(leave.first_day, leave.last_day) | {"who": case.secondee}
    each(
        case,
        _unique([*approvers(case), *still_here(case, [case.secondee])], but=by),
        f"leave:{leave.pk}:cancelled",
        _("Leave called off: %(who)s") % words,
        _("The leave from %(first)s to %(last)s is called off.") % words,
        path=_leave_path(case),
    )
    if stood:
        _tell_host(
            leave, "host-cancelled", _("Not away after all: %(who)s"), _("The leave from %(first)s is called off.")
        )


def leave_shortened(leave: Leave) -> None:
    """The placement ends within the leave."""
    case = leave.secondment
    words = days_in_words(leave.first_day, leave.last_day) | {"who": case.secondee}
    each(
        case,
        _unique([*approvers(case), *still_here(case, [case.secondee])]),
        f"leave:{leave.pk}:until:{leave.last_day}",
        _("Leave shortened: %(who)s") % words,
        _("The placement ends on %(last)s; leave after that day is the home employer's.") % words,
        path=_leave_path(case),
    )


def _tell_host(leave: Leave, event: str, subject: str, sentence: str) -> None:
    case = leave.secondment
    words = days_in_words(leave.first_day, leave.last_day) | {"who": case.secondee}
    hosts = [who for contact in at_host(case) for who in with_deputies(case, Part.HOST_CONTACT, contact)]
    each(
        case,
        hosts,
        f"leave:{leave.pk}:{event}:{leave.last_day}",
        subject % words,
        sentence % words,
        _("There is nothing for you to do."),
        path=_leave_path(case),
    )


def at_host(case: Secondment) -> list[Person]:
    return still_here(case, [case.host_contact])


# --- Absence


def absence_told(absence: Absence, by: Person) -> None:
    """Both sides learn that somebody is away, and nobody why."""
    case = absence.secondment
    words = {"who": case.secondee, "day": date_format(absence.first_day, "j F Y")}
    sentence = _("%(who)s is absent since %(day)s.") % words
    if absence.last_day:  # told when it was over
        sentence = _("%(who)s was absent from %(first)s to %(last)s, and is back.") % (
            words | days_in_words(absence.first_day, absence.last_day)
        )
    each(
        case,
        _concerned(case, by),
        f"absence:{absence.pk}:told",
        (_("Was absent: %(who)s") if absence.last_day else _("Absent: %(who)s")) % words,
        sentence,
        path=_leave_path(case),
        urgent=True,
    )


def absence_ended(absence: Absence, by: Person) -> None:
    case = absence.secondment
    assert absence.last_day
    words = {"who": case.secondee, "day": date_format(absence.last_day, "j F Y")}
    each(
        case,
        _concerned(case, by),
        f"absence:{absence.pk}:ended:{absence.last_day}",
        _("Back at work: %(who)s") % words,
        _("The absence of %(who)s ended; %(day)s was the last day of it.") % words,
        path=_leave_path(case),
    )


def absence_cancelled(absence: Absence, by: Person) -> None:
    case = absence.secondment
    words = {"who": case.secondee, "day": date_format(absence.first_day, "j F Y")}
    each(
        case,
        _concerned(case, by),
        f"absence:{absence.pk}:cancelled",
        _("Not absent: %(who)s") % words,
        _("The absence that was told for %(day)s was a mistake.") % words,
        path=_leave_path(case),
    )


def _concerned(case: Secondment, by: Person) -> list[Person]:
    people = [*hr(case), *still_here(case, [case.line_manager, case.host_contact, case.secondee])]
    return _unique(people, but=by)


# --- Keeping in touch


def touch_event(since: date, period: int) -> str:
    return f"touch:{since}:{period}"


def touch_key(case: Secondment, since: date, period: int, recipient: int | None) -> str:
    """The key under which somebody is told of a silence (see ``notices.message``)."""
    return key_of(case, touch_event(since, period), recipient)


def touch_reminder(case: Secondment, to: Person, since: date, period: int) -> Message:
    """Silence for as long as the policy says; again after as long once more."""
    words = {"who": case.secondee, "day": date_format(since, "j F Y")}
    return message(
        case,
        to,
        touch_event(since, period),
        _("Be in touch with %(who)s") % words,
        _("Nobody at home has noted a contact with %(who)s since %(day)s.") % words,
        _("Call or write to them, and note it on the page."),
        action=_("Note a contact"),
        path=f"{case.get_absolute_url()}in-touch/",
        about=f"touch:{case.pk}",
    )


# --- Check-ins


def checkin_shared(checkin: CheckIn, by: Person) -> None:
    """The line manager, of whom HR thinks that they should know."""
    case = checkin.secondment
    each(
        case,
        still_here(case, [case.line_manager]),
        f"checkin:{checkin.pk}:shared",
        _("How it is going, in short: %(title)s") % {"title": case.title},
        _("%(who)s has written down for you what a check-in said.") % {"who": by},
        path=f"{case.get_absolute_url()}check-ins/{checkin.pk}/",
    )


def checkin_asked(checkin: CheckIn, by: Person) -> None:
    """Whoever is to fill in a check-in that was asked for besides the rhythm.

    Where its day is near, this stands for the reminder that would come with the next sweep: it has its key.
    """
    case = checkin.secondment
    reached = [
        rung.name
        for rung in timetable.rungs_reached(checkin.due_on, clock.today(case.zone), case.rules)
        if rung.name != timetable.ESCALATE
    ]
    words = {"day": date_format(checkin.due_on, "j F Y"), "title": case.title, "who": by}
    asked = still_here(case, [checkin.person])
    if checkin.party == Party.HOST:
        asked = [who for contact in asked for who in with_deputies(case, Part.HOST_CONTACT, contact)]
    for place, person in enumerate(asked):
        if person == by:
            continue
        found = message(
            case,
            person,
            f"checkin:{checkin.pk}:asked",
            _("A check-in is asked of you by %(day)s: %(title)s") % words,
            _("%(who)s asks how the placement is going, besides the usual check-ins.") % words,
            action=_("Check in"),
            path=f"{case.get_absolute_url()}check-ins/{checkin.pk}/",
            about=f"checkin:{checkin.pk}",
        )
        queue(replace(found, key=reminder_key(checkin.pk, reached[0], person.pk, place)) if reached else found)
