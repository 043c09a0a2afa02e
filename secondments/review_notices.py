"""What people are told about the review: that they are asked to look back, that all have, that they can read it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people.models import Person
from people.notify import Message, call_off, queue
from secondments.models import Evaluation, Secondment
from secondments.notices import hr, message, still_here


def evaluation_asked(evaluation: Evaluation) -> None:
    secondment = evaluation.secondment
    queue(
        Message(
            key=f"evaluation:{evaluation.pk}:asked",
            about=f"evaluation:{evaluation.pk}",
            case_id=secondment.pk,
            to=evaluation.person,
            subject=_("Please look back: %(title)s") % {"title": secondment.title},
            sentences=[
                _("The secondment is nearing its end, and your view of it is asked."),
                _("Please answer by %(day)s.") % {"day": date_format(evaluation.due_on, "j F Y")},
            ],
            action_label=_("Evaluate the secondment"),
            action_path=f"{secondment.get_absolute_url()}evaluations/{evaluation.party}/",
            why=_("You get this because you have a part in the secondment %(ref)s.") % {"ref": secondment.reference},
        )
    )


def reminder_event(evaluation: Evaluation, rung: str) -> str:
    return f"evaluation:{evaluation.pk}:{evaluation.due_on}:{rung}"


def evaluation_reminder(evaluation: Evaluation, rung: str, to: Person) -> Message:
    """One rung of the ladder before and after the day by which somebody is to look back; the last goes to HR."""
    case = evaluation.secondment
    words = {"title": case.title, "day": date_format(evaluation.due_on, "j F Y"), "who": evaluation.person}
    path = f"{case.get_absolute_url()}evaluations/{evaluation.party}/"
    subject, sentence, action = {
        "before": (_("Please look back by %(day)s: %(title)s"), _("Your view is still missing."), ""),
        "on": (_("Please look back today: %(title)s"), _("Your view is still missing."), ""),
        "after": (
            _("Not in yet, your look back: %(title)s"),
            _("It was asked for by %(day)s, and the review waits for it."),
            "",
        ),
        "escalate": (
            _("Not in yet: the look back of %(who)s"),
            _("It was asked for by %(day)s. The review can be concluded without it, with a reason."),
            _("Conclude the review"),
        ),
    }[rung]
    return message(
        case,
        to,
        reminder_event(evaluation, rung),
        subject % words,
        sentence % words,
        action=action or _("Evaluate the secondment"),
        path=f"{case.get_absolute_url()}conclude/" if action else path,
        about=f"evaluation:{evaluation.pk}:reminder",
    )


def call_off_reminders(evaluations: Iterable[Evaluation]) -> None:
    """Those that were not sent yet: it was handed in, its day has moved, or nobody waits for it any more."""
    call_off([f"evaluation:{evaluation.pk}:reminder" for evaluation in evaluations])


def evaluations_in(secondment: Secondment) -> None:
    """HR learns that all three have looked back, and that it can conclude."""
    queue(
        *(
            message(
                secondment,
                person,
                f"evaluations-in:{secondment.review_began_at:%Y-%m-%d}",
                _("All have looked back: %(title)s") % {"title": secondment.title},
                _("The three evaluations are in; the review can be concluded."),
                action=_("Conclude the review"),
                path=f"{secondment.get_absolute_url()}conclude/",
            )
            for person in hr(secondment)
        )
    )


def evaluations_released(secondment: Secondment, conclusion: bool = False) -> None:
    """The three hear that they can read each other's view, or the conclusion with it."""
    if conclusion:
        event, sentence = "review-concluded", _("HR has concluded the review; you can read it with the evaluations.")
    else:
        event, sentence = "review-released", _("HR has released the evaluations that are in; you can read them.")
    people = still_here(secondment, [secondment.secondee, secondment.host_contact, secondment.line_manager])
    queue(
        *(
            message(
                secondment,
                person,
                event,
                _("To read: how the secondment was seen, %(title)s") % {"title": secondment.title},
                sentence,
                action=_("Read the review"),
                path=f"{secondment.get_absolute_url()}review/",
            )
            for person in people
        )
    )
