"""What people are told about the way back: the plan, a post at risk, access at the host, questions months later."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.formats import localize as in_figures
from django.utils.translation import gettext as _

from people.models import Person
from people.notify import Message
from secondments.checklist_notices import hr_at_host
from secondments.choices import Part
from secondments.models import FollowUp, ReturnPlan, Secondment
from secondments.notices import hr, message, still_here, with_deputies
from secondments.placement_notices import _unique, each


def path_of(case: Secondment) -> str:
    return f"{case.get_absolute_url()}return/"


def home(case: Secondment) -> list[Person]:
    return _unique([*hr(case), *still_here(case, [case.line_manager, case.secondee])])


def leave_carried(case: Secondment, plan: ReturnPlan) -> None:
    """HR and the line manager: so many days come home."""
    people = _unique([*hr(case), *still_here(case, [case.line_manager])])
    words = {"who": case.secondee, "n": in_figures(plan.leave_carried)}
    each(
        case,
        people,
        f"leave-carried:{case.end_on}",
        _("Leave carried over: %(who)s") % words,
        _("%(who)s comes back with %(n)s days of annual leave.") % words,
        path=path_of(case),
    )


def meeting_set(case: Secondment, plan: ReturnPlan, by: Person) -> None:
    assert plan.meeting_on
    day = date_format(plan.meeting_on, "j F Y")
    each(
        case,
        [who for who in home(case) if who != by],
        f"return-meeting:{plan.meeting_on}",
        _("Return meeting on %(day)s: %(title)s") % {"day": day, "title": case.title},
        _("You are to talk about the return on %(day)s: the role, when, and how what was learnt is used.")
        % {"day": day},
        path=path_of(case),
    )


def role_confirmed(case: Secondment, plan: ReturnPlan, by: Person) -> None:
    each(
        case,
        [who for who in home(case) if who != by],
        f"return-role:{plan.confirmed_at:%Y%m%d%H%M%S}",
        _("The role to return to is confirmed: %(title)s") % {"title": case.title},
        _("%(who)s has confirmed the role to come back to; it is in the return plan.") % {"who": by},
        path=path_of(case),
    )


def post_at_risk(case: Secondment, plan: ReturnPlan, by: Person) -> None:
    """Early, and to those who can do something about it."""
    each(
        case,
        [who for who in home(case) if who != by],
        f"post-at-risk:{plan.risk_since}",
        _("The post to return to may be at risk: %(title)s") % {"title": case.title},
        _("What is known and what is done about it is in the return plan."),
        path=path_of(case),
    )


def post_safe(case: Secondment, by: Person, since: object) -> None:
    each(
        case,
        [who for who in home(case) if who != by],
        f"post-safe:{since}",
        _("The post to return to is no longer at risk: %(title)s") % {"title": case.title},
        _("The return plan says what it is."),
        path=path_of(case),
    )


def access_event(case: Secondment, rung: str) -> str:
    return f"access:{case.end_on}:{rung}"


def access_reminder(case: Secondment, rung: str) -> list[Message]:
    """On the last day the host's people; two days after, HR of the host, or of the seconder where it has none."""
    assert case.end_on
    words = {"who": case.secondee, "day": date_format(case.end_on, "j F Y")}
    if rung == "on":
        people = [
            who
            for contact in still_here(case, [case.host_contact])
            for who in with_deputies(case, Part.HOST_CONTACT, contact)
        ]
        subject, sentence = _("End the access of %(who)s today"), _("Today, %(day)s, is the last day of %(who)s.")
    else:
        people = hr_at_host(case) or hr(case)
        subject = _("Access not ended: %(who)s")
        sentence = _("The last day of %(who)s was %(day)s, and nobody has said that their access is ended.")
    return [
        message(
            case,
            person,
            access_event(case, rung),
            subject % words,
            sentence % words,
            _("Premises, accounts and equipment: end them, and say so on the page."),
            action=_("Say that it is ended"),
            path=path_of(case),
            about=f"access:{case.pk}",
        )
        for person in _unique(people)
    ]


def who_follows_up(case: Secondment) -> list[Person]:
    return still_here(case, [case.line_manager]) or hr(case)


def follow_up_answered(found: FollowUp, by: Person) -> None:
    """HR hears what came of it; whoever answered knows."""
    case = found.secondment
    words = {"who": case.secondee, "n": found.months, "by": by, "used": str(found.get_skills_used_display()).lower()}
    sentence = (
        _("%(by)s says: %(who)s is still there, and uses what was learnt: %(used)s.")
        if found.still_here
        else _("%(by)s says: %(who)s is no longer there.")
    )
    each(
        case,
        [who for who in hr(case) if who != by],
        f"follow-up:{found.pk}:answered",
        _("Answered, %(n)d months after the return of %(who)s") % words,
        sentence % words,
        path=path_of(case),
    )


def follow_up_reminder(found: FollowUp, rung: str, to: Person) -> Message:
    case = found.secondment
    words = {"who": case.secondee, "n": found.months}
    subject = {
        "on": _("%(n)d months after the return of %(who)s: two questions"),
        "after": _("Not answered yet: %(n)d months after the return of %(who)s"),
        "escalate": _("Nobody has answered: %(n)d months after the return of %(who)s"),
    }[rung]
    return message(
        case,
        to,
        f"follow-up:{found.pk}:{rung}",
        subject % words,
        _("%(who)s came back %(n)d months ago. Do they still work for you, and do they use what they learnt?") % words,
        action=_("Answer two questions"),
        path=f"{case.get_absolute_url()}follow-ups/{found.months}/",
        about=f"follow-up:{found.pk}",
    )
