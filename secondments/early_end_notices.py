"""What people are told about an end before the notice, changes that somebody asks for, and those that were signed."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people.models import Membership, Person
from people.notify import Message
from people.roles import Role
from secondments.choices import Part
from secondments.models import EarlyEnd, Secondment, Wish
from secondments.notices import everybody, hr, message, still_here, with_deputies
from secondments.placement_notices import _unique, each


def seconds(case: Secondment, but: Person) -> list[Person]:
    """Who could be the second person: all of HR, the line manager and the signatory of the seconder."""
    members = Membership.objects.current().filter(organisation=case.seconder_id, role=Role.HR, person__is_active=True)
    named = still_here(case, [case.line_manager, case.seconder_signatory])
    people = _unique([*named, *(row.person for row in members.select_related("person"))], but=but)
    return [who for who in people if who.pk != case.secondee_id]


def proposed(found: EarlyEnd) -> None:
    case = found.secondment
    each(
        case,
        seconds(case, found.proposed_by),
        f"early-end:{found.pk}:proposed",
        _("A second person is needed: %(title)s") % {"title": case.title},
        _("%(who)s proposes to end the placement before the notice; somebody else has to approve it.")
        % {"who": found.proposed_by},
        path=found.get_absolute_url(),
        about=f"early-end:{found.pk}",
    )


def answered(found: EarlyEnd) -> None:
    """Whoever proposed it; where it is approved all others hear of the end itself."""
    case = found.secondment
    sentence = (
        _("It was approved; the placement ends as you proposed.")
        if found.approved
        else _("It was refused; nothing has changed. Why is on the page.")
    )
    each(
        case,
        [found.proposed_by],
        f"early-end:{found.pk}:answered",
        _("Answered: ending early, %(title)s") % {"title": case.title},
        sentence,
        path=found.get_absolute_url(),
    )


def notice_given(wish: Wish) -> None:
    """All whom it concerns hear it at once; HR sets the new last day."""
    case = wish.secondment
    assert wish.end_on
    words = {"title": case.title, "who": wish.asked_by, "day": date_format(wish.end_on, "j F Y")}
    people = {person.pk: person for person in [*hr(case), *concerned(case)] if person != wish.asked_by}
    each(
        case,
        people.values(),
        f"wish:{wish.pk}:notice",
        _("Notice is given: %(title)s") % words,
        _("%(who)s gives notice; by it the placement ends on %(day)s.") % words,
        _("HR of the employer confirms the last day; until then the placement goes on as before."),
        path=wish.get_absolute_url(),
        about=f"wish:{wish.pk}",
        urgent=True,
    )


def wish_asked(wish: Wish) -> None:
    """HR is asked; the others who would have to agree are told."""
    case = wish.secondment
    words = {"title": case.title, "who": wish.asked_by, "day": date_format(wish.due_on, "j F Y")}
    asked = [who for who in hr(case) if who != wish.asked_by]
    each(
        case,
        asked,
        f"wish:{wish.pk}:asked",
        _("A change is asked for: %(title)s") % words,
        _("%(who)s asks for a change of the agreement. Please answer by %(day)s.") % words,
        path=wish.get_absolute_url(),
        about=f"wish:{wish.pk}",
    )
    others = [who for who in concerned(case) if who not in asked and who != wish.asked_by]
    each(
        case,
        others,
        f"wish:{wish.pk}:told",
        _("A change is asked for: %(title)s") % words,
        _("%(who)s asks for a change of the agreement. HR answers; nothing changes unless all three sign.") % words,
        path=wish.get_absolute_url(),
        about=f"wish:{wish.pk}",
    )


def concerned(case: Secondment) -> list[Person]:
    """The secondee, the host contact and the line manager, with deputies of the two."""
    found = still_here(case, [case.secondee])
    for part, named in ((Part.HOST_CONTACT, case.host_contact), (Part.LINE_MANAGER, case.line_manager)):
        found += [who for person in still_here(case, [named]) for who in with_deputies(case, part, person)]
    return _unique(found)


def wish_answered(wish: Wish) -> None:
    case = wish.secondment
    sentence = (
        _("HR agrees and prepares a variation of the agreement, which all three sign.")
        if wish.granted
        else _("HR does not agree; why is on the page.")
    )
    each(
        case,
        _unique([wish.asked_by, *concerned(case)], but=wish.answered_by),
        f"wish:{wish.pk}:answered",
        _("Answered: the change that was asked for, %(title)s") % {"title": case.title},
        sentence,
        path=wish.get_absolute_url(),
    )


def wish_taken_back(wish: Wish) -> None:
    case = wish.secondment
    each(
        case,
        _unique([*hr(case), *concerned(case)], but=wish.asked_by),
        f"wish:{wish.pk}:taken-back",
        _("No longer asked for: %(title)s") % {"title": case.title},
        _("%(who)s has taken back the change that they had asked for.") % {"who": wish.asked_by},
        path=case.get_absolute_url(),
    )


def varied(case: Secondment, paper: str, *, ends_anew: bool) -> None:
    """Whoever has a part and gets no sealed copy: what was signed changes their placement too."""
    assert case.end_on
    copies = {case.owner_id, case.secondee_id, case.host_contact_id, case.seconder_signatory_id, case.host_signatory_id}
    words = {"title": case.title, "day": date_format(case.end_on, "j F Y")}
    sentence = _("All have signed it. The last day is now %(day)s.") if ends_anew else _("All have signed it.")
    each(
        case,
        [person for person in everybody(case) if person.pk not in copies],
        f"varied:{paper}",
        _("The agreement has changed: %(title)s") % words,
        sentence % words,
        path=case.get_absolute_url(),
    )


def wish_reminder(wish: Wish, rung: str, to: Person) -> Message:
    case = wish.secondment
    return message(
        case,
        to,
        f"wish:{wish.pk}:{rung}:{wish.due_on}",
        _("Not answered yet: a change asked for, %(title)s") % {"title": case.title},
        _("%(who)s asked for a change of the agreement and has no answer.") % {"who": wish.asked_by},
        action=_("Answer"),
        path=wish.get_absolute_url(),
        about=f"wish:{wish.pk}",
    )
