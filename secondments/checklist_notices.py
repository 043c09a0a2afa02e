"""What people are told about checklists, and about a start that waits for them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people import clock
from people.models import Membership, Person
from people.notify import Message
from people.roles import Role
from secondments.choices import ListKind, Part, Party
from secondments.models import ChecklistItem, Secondment
from secondments.notices import everybody, hr, message, still_here, with_deputies
from secondments.placement_notices import each
from secondments.states import State

TO_HR = ("hr", "hr_at_host")  # in place of a party: what of all parties was not done, in one mail


def place(item: ChecklistItem, *, escalated: bool) -> str:
    """What is told of in one mail: the items of a party, or all that were not done of a side's lists.

    The way back has places of its own, as its days can move while those of the start stay.
    """
    at_host = item.list == ListKind.INWARD and not item.secondment.is_internal
    who = TO_HR[at_host] if escalated else item.party
    return f"return:{who}" if item.list == ListKind.RETURN else who


def of_return(case: Secondment) -> list[str]:
    """What all mails about the way back are about, for calling them off."""
    return [f"checklist:{case.pk}:return:{who}" for who in (*Party, *TO_HR)]


def who_sees_to(item: ChecklistItem, *, escalated: bool) -> list[Person]:
    """Whom a reminder of an item goes to: who was given it, else the party's own; at last HR of whose list it is."""
    case = item.secondment
    if escalated:
        of_host = item.list == ListKind.INWARD and not case.is_internal
        return (hr_at_host(case) if of_host else []) or hr(case)
    if owner := still_here(case, [item.owner]) or ([item.owner] if item.party == Party.SECONDER and item.owner else []):
        return owner
    if item.party == Party.SECONDER:
        return hr(case)
    if item.party == Party.SECONDEE:
        return still_here(case, [case.secondee])
    part = Part.LINE_MANAGER if item.party == Party.LINE_MANAGER else Part.HOST_CONTACT
    named = case.line_manager if item.party == Party.LINE_MANAGER else case.host_contact
    return [who for person in still_here(case, [named]) for who in with_deputies(case, part, person)]


def hr_at_host(case: Secondment) -> list[Person]:
    members = Membership.objects.current().filter(organisation=case.host_id, role=Role.HR, person__is_active=True)
    return [row.person for row in members.select_related("person")]


def checklist_reminder(
    case: Secondment, party: str, items: Sequence[ChecklistItem], to: Person, *, escalated: bool
) -> Message:
    """One mail for all that has come to a new rung; it counts them, their page names them."""
    first = min(item.due_on for item in items if item.due_on)
    today = clock.today(case.zone)
    is_late = first < today
    words = {"title": case.title, "day": date_format(first, "j F Y"), "n": len(items)}
    told = hashlib.sha256(",".join(f"{item.pk}:{item.reminded}:{item.due_on}" for item in items).encode()).hexdigest()
    if is_late:
        sentence = ngettext(
            "One thing was to be done by %(day)s and is not.",
            "%(n)d things are to be done, the first was due on %(day)s.",
            len(items),
        )
    elif first == today:
        sentence = ngettext(
            "One thing is to be done today, %(day)s.",
            "%(n)d things are to be done, the first today, %(day)s.",
            len(items),
        )
    else:
        sentence = ngettext(
            "One thing is to be done by %(day)s.", "%(n)d things are to be done, the first by %(day)s.", len(items)
        )
    if escalated:
        subject = _("Not done on a checklist: %(title)s")
    else:
        subject = (
            _("Overdue around the start or the return: %(title)s")
            if is_late
            else _("To do around the start or the return: %(title)s")
        )
    more = []
    if case.state == State.AGREED and any(item.blocks_start for item in items):
        more = [_("The placement does not begin before what is marked “before start” is done.")]
    return message(
        case,
        to,
        f"checklist:{told[:20]}",
        subject % words,
        sentence % words,
        *more,
        action=_("Open the checklists"),
        path=f"{case.get_absolute_url()}#checklists",
        about=f"checklist:{case.pk}:{party}",
    )


def item_given(item: ChecklistItem, by: Person) -> None:
    """Whoever sees to something now hears so at once, and by when; reminders follow as its day comes near."""
    case = item.secondment
    if item.owner is None or item.owner == by:
        return
    words = {"who": by, "title": case.title}
    sentences = [_("%(who)s asks you to see to something on a checklist.") % words]
    if item.due_on:
        sentences.append(_("It is to be done by %(day)s.") % {"day": date_format(item.due_on, "j F Y")})
    each(
        case,
        [item.owner],
        f"checklist-given:{item.pk}:{item.owner.pk}:{item.due_on}",
        _("For you to see to: %(title)s") % words,
        *sentences,
        path=f"{case.get_absolute_url()}checklist/{item.pk}/",
        about=f"checklist:{case.pk}:{place(item, escalated=False)}",
    )


def held_back(case: Secondment, missing: Sequence[ChecklistItem]) -> None:
    """The first day has come and the placement has not begun: all who have a part hear it, who is to act hears that.

    HR hears why in a mail of its own; what is missing is named on the page, to those who may read that list.
    """
    knows = {person.pk for person in hr(case)}
    theirs = {person.pk for item in missing for person in who_sees_to(item, escalated=False)}
    assert case.start_on
    for person in everybody(case):
        if person.pk in knows:
            continue
        is_theirs = person.pk in theirs
        each(
            case,
            [person],
            f"held-back:{case.start_on}",
            _("Not started yet: %(title)s") % {"title": case.title},
            _("The first day has come, and something that must be done before the start is not done.")
            if not is_theirs
            else _("The first day has come, and something that you see to must be done before the placement begins."),
            _("You hear as soon as the placement begins; until then the secondee works at home as before."),
            path=f"{case.get_absolute_url()}#checklists" if is_theirs else case.get_absolute_url(),
            urgent=is_theirs,
        )
