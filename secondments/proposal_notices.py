"""What people are told around a proposal: ideas, questions before deciding, appeals."""

from __future__ import annotations

from django.utils.translation import gettext as _

from people.models import Membership, Person
from people.notify import Message, queue
from people.roles import Role
from secondments.models import Appeal, Idea, Question
from secondments.notices import hr, message


def question_asked(question: Question) -> None:
    case = question.secondment
    words = {"name": question.asked_by, "title": case.title}
    queue(
        *(
            message(
                case,
                person,
                f"question:{question.pk}",
                _("A question before deciding: %(title)s") % words,
                _("%(name)s asks you something before they decide.") % words,
                action=_("Read and answer"),
                path=f"{case.get_absolute_url()}proposal/#questions",
            )
            for person in hr(case)
        )
    )


def question_answered(question: Question) -> None:
    case = question.secondment
    queue(
        message(
            case,
            question.asked_by,
            f"question:{question.pk}:answered",
            _("Your question is answered: %(title)s") % {"title": case.title},
            _("HR has answered what you asked before deciding."),
            action=_("Read and decide"),
            path=f"{case.get_absolute_url()}decide/{question.kind}/",
        )
    )


def appeal_asked(appeal: Appeal) -> None:
    case = appeal.secondment
    queue(
        *(
            message(
                case,
                person,
                "appeal",
                _("An appeal against a refused release: %(title)s") % {"title": case.title},
                _("%(name)s asks you to look at the refused release again.") % {"name": appeal.asked_by},
                action=_("Read and answer"),
                path=f"{case.get_absolute_url()}appeal/",
            )
            for person in hr(case)
        )
    )


def appeal_answered(appeal: Appeal) -> None:
    """The secondee and who refused; the words are read in the case."""
    case = appeal.secondment
    sentence = (
        _("HR has granted the release, and the proposal goes on.")
        if appeal.granted
        else _("HR has upheld the refusal; the proposal stays declined.")
    )
    queue(
        *(
            message(
                case,
                person,
                "appeal:answered",
                _("The appeal is answered: %(title)s") % {"title": case.title},
                sentence,
            )
            for person in {appeal.asked_by, appeal.refused_by}
        )
    )


def _of_idea(idea: Idea, to: Person, event: str, subject: str, sentence: str, action: str) -> Message:
    return Message(
        key=f"idea:{idea.key}:{event}:{to.pk}",
        to=to,
        subject=subject,
        sentences=[sentence],
        action_label=action,
        action_path=idea.get_absolute_url(),
        why=_("You get this because you are asked about, or asked for, a secondment."),
    )


def idea_asked(idea: Idea) -> None:
    """HR of the employer, and the line manager of whom it is about."""
    words = {"name": idea.asked_by, "who": idea.secondee or _("somebody")}
    subject = _("%(name)s has an idea for a secondment") % words
    sentence = _("%(name)s would like %(who)s to be seconded. HR can make a proposal of it.") % words
    people = {member.person for member in _hr(idea)}
    if idea.line_manager and idea.line_manager != idea.asked_by:
        people.add(idea.line_manager)
    queue(*(_of_idea(idea, to, "asked", subject, sentence, _("Read it")) for to in people - {idea.asked_by}))


def idea_viewed(idea: Idea) -> None:
    words = {"name": idea.line_manager}
    subject = _("%(name)s has said what they think of an idea") % words
    sentence = _("%(name)s, the line manager, has said what they think of the idea.") % words
    queue(*(_of_idea(idea, member.person, "viewed", subject, sentence, _("Read it")) for member in _hr(idea)))


def idea_answered(idea: Idea) -> None:
    if idea.secondment_id:
        sentence = _("HR is making a proposal of it. You hear again when it is submitted.")
    else:
        sentence = _("HR does not make a proposal of it now; the reason stands beside your idea.")
    queue(_of_idea(idea, idea.asked_by, "answered", _("Your idea for a secondment"), sentence, _("Open")))


def _hr(idea: Idea) -> list[Membership]:
    members = Membership.objects.current().filter(organisation=idea.seconder_id, role=Role.HR, person__is_active=True)
    return list(members.exclude(person=idea.secondee_id).select_related("person"))
