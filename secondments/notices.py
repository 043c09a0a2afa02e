"""What people are told about a case: who, in which words. Queued in the transaction, sent after it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people.models import Membership, Person
from people.notify import Message, call_off, queue
from people.roles import Role
from secondments.capacities import deputies_of
from secondments.choices import DecisionKind, Part
from secondments.models import CasePart, CheckIn, Decision, Secondment


def everybody(secondment: Secondment) -> list[Person]:
    """The people of a case who have a part in it now, each once, and HR of the seconder."""
    rows = CasePart.objects.current().filter(secondment=secondment).select_related("person")
    found = [*hr(secondment), *(row.person for row in rows)]
    return list({person.pk: person for person in found}.values())


def hr(secondment: Secondment) -> list[Person]:
    """Who hears for HR of the seconder: the owner while they are in HR, else all who are."""
    members = Membership.objects.current().filter(organisation=secondment.seconder_id, role=Role.HR)
    found = [row.person for row in members.filter(person__is_active=True).select_related("person")]
    return [person for person in found if person.pk == secondment.owner_id] or found


def still_here(secondment: Secondment, people: Iterable[Person | None]) -> list[Person]:
    """Those who have a part in the case now, each once; who lost theirs hears nothing more."""
    ids = set(CasePart.objects.current().filter(secondment=secondment).values_list("person", flat=True))
    return list({person.pk: person for person in people if person and person.pk in ids}.values())


def with_deputies(secondment: Secondment, part: Part, person: Person) -> list[Person]:
    return [person, *deputies_of(person, part, secondment)]


def key_of(secondment: Secondment, event: str, to: int | None) -> str:
    """By which :func:`message` knows what was told before."""
    return f"case:{secondment.pk}:{event}:{to}"


def message(
    secondment: Secondment,
    to: Person,
    event: str,
    subject: str,
    *sentences: str,
    action: str = "",
    path: str = "",
    about: str = "",
    urgent: bool = False,
) -> Message:
    return Message(
        is_urgent=urgent,
        key=key_of(secondment, event, to.pk),
        about=about or f"case:{secondment.pk}:{event}",
        case_id=secondment.pk,
        to=to,
        subject=subject,
        sentences=sentences,
        action_label=action or _("Open the case"),
        action_path=path or secondment.get_absolute_url(),
        why=_("You get this because you have a part in the secondment %(ref)s. Questions? Ask %(owner)s, %(mail)s.")
        % {"ref": secondment.reference, "owner": secondment.owner, "mail": secondment.owner.email},
    )


def not_delivered(secondment: Secondment, to: Person, address: str) -> None:
    """HR hears, once for each address, that a mail came back for good; somebody is waited for who knows of nothing."""
    queue(
        *(
            message(
                secondment,
                person,
                f"not-delivered:{to.pk}:{hashlib.sha256(address.lower().encode()).hexdigest()[:12]}",
                _("A mail to %(name)s came back: %(title)s") % {"name": to.full_name, "title": secondment.title},
                _("The mail about this secondment to %(mail)s could not be delivered, and will not be sent again.")
                % {"mail": address},
                _("Ask for the right address; where a signature is waited for, somebody else can be named to sign."),
            )
            for person in hr(secondment)
            if person != to
        )
    )


def transitioned(secondment: Secondment, name: str, *, by: Person | None, reason: str) -> None:
    """Tell those concerned of a change of state; what asks somebody to act has functions of its own below."""
    number = secondment.transition_number
    title = secondment.title
    texts: dict[str, tuple[str, str]] = {
        "decline": (_("Declined: %(title)s"), _("One of the three declined, so the secondment does not go ahead.")),
        "revise": (
            _("Back to the drawing board: %(title)s"),
            _("HR is revising the proposal. Decisions already given no longer count."),
        ),
        "reopen": (
            _("Taken up again: %(title)s"),
            _("The proposal is open again. Decisions that were given still count."),
        ),
        "approve": (_("Approved: %(title)s"), _("All three have agreed. The agreement is being prepared.")),
        "start": (_("Started: %(title)s"), _("The placement has begun today.")),
        "begin_return": (_("Coming back: %(title)s"), _("The last day has passed and the return begins.")),
        "complete": (_("Completed: %(title)s"), _("The secondment is complete. Thank you for your part in it.")),
        "withdraw": (
            _("Withdrawn: %(title)s"),
            _("The secondment was called off. Papers that were still open are void."),
        ),
    }
    if name not in texts or (name == "withdraw" and secondment.submitted_at is None):
        return
    subject, sentence = texts[name]
    queue(
        *(
            message(secondment, person, f"{name}:{number}", subject % {"title": title}, sentence)
            for person in everybody(secondment)
            if person != by
        )
    )


ASKED = {
    DecisionKind.RELEASE: (
        "Release {who} for a secondment?",
        "Your decision as line manager is asked: {who} would be away from {start} to {end}.",
    ),
    DecisionKind.CONSENT: (
        "Would you like to be seconded to {where}?",
        "A secondment is proposed to you from {start} to {end}. You are free to decline.",
    ),
    DecisionKind.ACCEPTANCE: (
        "Would {where} like to host {who}?",
        "{seconder} proposes to lend you {who} from {start} to {end}.",
    ),
}


def decision_asked(decision: Decision, path: str = "", *, again: bool = False) -> None:
    """Ask the decider and their deputies; ``path`` is where somebody who was never here begins.

    ``again``: the decision was called off and is asked for once more.
    """
    secondment = decision.secondment
    assert secondment.start_on and secondment.end_on
    words = {
        "who": secondment.secondee,
        "where": secondment.where,
        "seconder": secondment.seconder,
        "start": date_format(secondment.start_on, "j F Y"),
        "end": date_format(secondment.end_on, "j F Y"),
    }
    subject, sentence = ASKED[DecisionKind(decision.kind)]
    part = {
        DecisionKind.RELEASE: Part.LINE_MANAGER,
        DecisionKind.CONSENT: Part.SECONDEE,
        DecisionKind.ACCEPTANCE: Part.HOST_CONTACT,
    }[DecisionKind(decision.kind)]
    queue(
        *(
            Message(
                key=f"decision:{decision.pk}:asked:{person.pk}{f':{decision.due_on}' if again else ''}",
                about=f"decision:{decision.pk}",
                case_id=secondment.pk,
                to=person,
                subject=_(subject).format(**words),
                sentences=[
                    _(sentence).format(**words),
                    _("Please answer by %(day)s.") % {"day": date_format(decision.due_on, "j F Y")},
                    _("You sign in with a code that we send to this address; there is no password to invent."),
                ],
                action_label=_("Read and decide"),
                action_path=path
                if path and person == decision.decider
                else f"{secondment.get_absolute_url()}decide/{decision.kind}/",
                why=_("You get this because %(owner)s named you in a secondment. Questions? Write to %(mail)s.")
                % {"owner": secondment.owner, "mail": secondment.owner.email},
            )
            for person in with_deputies(secondment, part, decision.decider)
        )
    )


def decisions_called_off(decisions: Iterable[Decision]) -> None:
    call_off([f"decision:{decision.pk}" for decision in decisions])


def declined_privately(secondment: Secondment, decision: Decision) -> None:
    """HR learns who declined; why is read on the page, not in a mail."""
    queue(
        *(
            message(
                secondment,
                person,
                f"declined-by:{decision.pk}",
                _("%(who)s declined: %(title)s") % {"who": decision.decider, "title": secondment.title},
                _("%(who)s declined; the reason is on the page of the case.") % {"who": decision.decider},
            )
            for person in hr(secondment)
        )
    )


def decision_reminder(decision: Decision, rung: str, to: Person) -> Message:
    """One rung of the ladder for a decision; the last goes to HR."""
    secondment = decision.secondment
    words = {"day": date_format(decision.due_on, "j F Y"), "title": secondment.title, "who": decision.decider}
    path, action = f"{secondment.get_absolute_url()}decide/{decision.kind}/", _("Read and decide")
    if rung == "escalate":
        subject, sentence = _("Overdue decision: %(who)s"), _("%(who)s was to decide by %(day)s and has not yet.")
        path, action = secondment.get_absolute_url(), _("Open the case")
    else:
        subject = {
            "before": _("Your decision is due on %(day)s: %(title)s"),
            "on": _("Your decision is due today: %(title)s"),
            "after": _("Your decision is overdue since %(day)s: %(title)s"),
        }[rung]
        sentence = _("Your answer is still missing: yes or no. You can ask HR something before you decide.")
    return Message(
        key=f"decision:{decision.pk}:{rung}:{decision.due_on}:{to.pk}",
        about=f"decision:{decision.pk}",
        case_id=secondment.pk,
        to=to,
        subject=subject % words,
        sentences=[sentence % words],
        action_label=action,
        action_path=path,
        why=_("You get this because you have a part in the secondment %(ref)s.") % {"ref": secondment.reference},
    )


def reminder_key(checkin: int, rung: str, who: int, place: int) -> str:
    """By which a reminder of a check-in is known; copies go to others besides the first."""
    return f"checkin:{checkin}:{rung}" + (f":{who}" if place else "")


def checkin_reminder(checkin: CheckIn, rung: str, to: Person, key: str) -> Message:
    """One rung of the ladder for a check-in; the last goes to HR."""
    secondment = checkin.secondment
    path = f"{secondment.get_absolute_url()}check-ins/{checkin.pk}/"
    due = date_format(checkin.due_on, "j F Y")
    if rung == "escalate":
        subject = _("Overdue check-in: %(who)s") % {"who": checkin.person}
        sentence = _("%(who)s was to check in by %(day)s and has not yet.") % {"who": checkin.person, "day": due}
        action, path = _("Open the case"), secondment.get_absolute_url()
    else:
        subject = {
            "before": _("Check-in due on %(day)s: %(title)s"),
            "on": _("Check-in due today: %(title)s"),
            "after": _("Check-in overdue since %(day)s: %(title)s"),
        }[rung] % {"day": due, "title": secondment.title}
        sentence = _("Please tell us in five minutes how the placement is going.")
        action = _("Check in")
    return Message(
        key=key,
        about=f"checkin:{checkin.pk}",
        case_id=secondment.pk,
        to=to,
        subject=subject,
        sentences=[sentence],
        action_label=action,
        action_path=path,
        why=_("You get this because you have a part in the secondment %(ref)s.") % {"ref": secondment.reference},
    )


def checkin_needs_attention(checkin: CheckIn) -> None:
    """A low answer, or a wish to be contacted, reaches HR at once; the mail does not say what was written."""
    secondment = checkin.secondment
    queue(
        *(
            message(
                secondment,
                person,
                f"checkin-attention:{checkin.pk}",
                _("Please look at a check-in: %(title)s") % {"title": secondment.title},
                _("%(who)s has checked in and would welcome your attention.") % {"who": checkin.person},
                _("It stays on your list until you have written what was done."),
                action=_("Read the check-in"),
                path=f"{secondment.get_absolute_url()}check-ins/{checkin.pk}/",
                urgent=True,
            )
            for person in hr(secondment)
        )
    )


def ended_early(secondment: Secondment) -> None:
    assert secondment.end_on
    queue(
        *(
            message(
                secondment,
                person,
                f"ended-early:{secondment.end_on}",
                _("Ending early: %(title)s") % {"title": secondment.title},
                _("The new last day is %(day)s. The review and the return follow as usual.")
                % {"day": date_format(secondment.end_on, "j F Y")},
            )
            for person in everybody(secondment)
        )
    )


MILESTONE_READERS = {
    "return_role": ("line_manager",),
    "end_in_45": ("line_manager", "host_contact"),
    "end_in_30": ("line_manager", "host_contact"),
    "end_in_15": ("line_manager", "host_contact", "secondee"),
    "last_day_tomorrow": ("line_manager", "host_contact", "secondee"),
}  # besides HR, who hears of each


def milestone_event(secondment: Secondment, name: str) -> str:
    """The key holds the last day, so that a moved end is reminded of anew."""
    return f"milestone:{secondment.end_on}:{name}"


def milestone(secondment: Secondment, name: str, left: int, to: Person) -> Message:
    """A reminder ahead of the end."""
    assert secondment.end_on
    day = date_format(secondment.end_on, "j F Y")
    subject, sentence = {
        "extension_deadline": (
            _("Extend or not? %(title)s"),
            _("The secondment ends on %(day)s; an extension has to be asked for by now."),
        ),
        "return_role": (
            _("Which role to return to? %(title)s"),
            _("The secondment ends on %(day)s; the role to return to should be confirmed now."),
        ),
        "end_in_45": (_("Ends in %(left)d days: %(title)s"), _("The last day is %(day)s.")),
        "end_in_30": (
            _("Ends in %(left)d days: %(title)s"),
            _("The last day is %(day)s; it is time for the return meeting."),
        ),
        "end_in_15": (_("Ends in %(left)d days: %(title)s"), _("The last day is %(day)s.")),
        "last_day_tomorrow": (_("Last day tomorrow: %(title)s"), _("The last day is %(day)s.")),
        "return_not_closed": (
            _("Return not closed: %(title)s"),
            _("The last day was %(day)s; the case still waits to be completed."),
        ),
    }[name]
    action, page = {
        "extension_deadline": (_("Open what was asked for"), "changes/"),
        "return_role": (_("Open the return plan"), "return/"),
        "end_in_30": (_("Open the return plan"), "return/"),
    }.get(name, ("", ""))
    return message(
        secondment,
        to,
        milestone_event(secondment, name),
        subject % {"title": secondment.title, "left": left},
        sentence % {"day": day},
        action=action,
        path=f"{secondment.get_absolute_url()}{page}" if page else "",
    )


def start_refused(secondment: Secondment, why: str) -> None:
    """The start day came and a condition is missing: HR is told once."""
    queue(
        *(
            message(
                secondment,
                person,
                f"start-refused:{secondment.start_on}",
                _("Could not start: %(title)s") % {"title": secondment.title},
                _("The first day has come, but: %(why)s") % {"why": why},
            )
            for person in hr(secondment)
        )
    )
