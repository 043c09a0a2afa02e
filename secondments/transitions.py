"""The one door through which a secondment changes its state.

Order of events in :func:`perform`: lock the row, ask whether the state allows it, ask the policy, ask the
guards, let the transition method stamp its row, save, write the ledger, make what the new state needs, settle
whose turn it is, queue the notices, tell listeners; all in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _
from django_fsm import ConcurrentTransition, Transition

from people import clock, ledger
from people.access import CHANGED_MEANWHILE
from people.models import Person
from secondments import effects, notices, policies, signals, turns
from secondments.choices import Part
from secondments.guards import Guard, Refusal
from secondments.models import Secondment
from secondments.states import State


class Refused(Exception):
    """An act that cannot be done now; carries the sentences that say why and where to mend it."""

    def __init__(self, *refusals: Refusal | str) -> None:
        self.refusals = [Refusal(r) if isinstance(r, str) else r for r in refusals]
        super().__init__(" ".join(str(r.sentence) for r in self.refusals))


class NotAllowed(Refused):
    """The state allows it, but not to this person."""


def declared(name: str, state: str) -> Transition | None:
    """The transition of this name out of this state, as lifecycle.py declares it."""
    for found in Secondment._meta.get_field("state").get_all_transitions(Secondment):
        if found.name == name and found.source == state:
            return found
    return None


def perform(
    secondment: Secondment,
    name: str,
    *,
    by: Person | None,
    reason: str = "",
    automatically: bool = False,
    **facts: Any,
) -> Secondment:
    """Change the state, or raise ``Refused`` with the sentences that say why not.

    ``by=None`` is the calendar. ``automatically`` is for acts that complete a transition, such as the third
    decision: the policy has been asked for the act, and is not asked again. Returns the fresh row.
    """
    try:
        with transaction.atomic():
            return _perform(secondment.pk, name, by, reason.strip(), automatically or by is None, facts)
    except ConcurrentTransition:
        raise Refused(_("Somebody else changed this case at the same moment; look at it again.")) from None
    except (IntegrityError, OperationalError) as error:
        if getattr(error.__cause__, "pgcode", None) in CHANGED_MEANWHILE:
            raise Refused(_("Something else changed at the same moment; look at the case again.")) from error
        raise


def _perform(
    pk: int, name: str, by: Person | None, reason: str, automatically: bool, facts: dict[str, Any]
) -> Secondment:
    secondment = lock(pk)
    found = declared(name, secondment.state)
    if found is None:
        raise Refused(_out_of_place(secondment))
    if automatically and (not found.custom["automatic"] or (by is None and found.custom["by_person"])):
        raise NotAllowed(_("This is for a person to decide, not for the calendar."))
    if not automatically and not _permitted(secondment, found, by):
        raise NotAllowed(_("You cannot do this in this case."))
    if found.custom["needs_reason"] and not reason:
        raise Refused(Refusal(_("Give a reason."), "reason"))
    refusals = _explain(secondment, found)
    if refusals:
        raise Refused(*refusals)

    before = secondment.state
    now = clock.now()
    getattr(secondment, name)(by=by, at=now)
    secondment.transition_number += 1
    secondment.changed_at = now
    secondment.save()
    if name == "start" and secondment.began_on != secondment.start_on:
        assert secondment.began_on and secondment.start_on
        facts["late"] = (secondment.began_on - secondment.start_on).days
    ledger.record(
        f"secondment.{name}",
        by=by,
        case_id=secondment.pk,
        number=secondment.transition_number,
        reason=reason,
        before=before,
        after=secondment.state,
        **facts,
    )
    effects.follow(secondment, name, by)
    turns.settle(secondment)
    notices.transitioned(secondment, name, by=by, reason=reason)
    signals.transitioned.send(sender=Secondment, secondment=secondment, name=name, by=by, reason=reason)
    return secondment


def lock(pk: int) -> Secondment:
    """The row, held until the transaction ends; every act on a case begins with it.

    Only the row itself: joined rows would be read as they were before the wait for the lock. The secondee's
    row is held too, always after the case, as overlapping placements of one person meet in the exclusion
    constraint.
    """
    secondment = Secondment.objects.select_for_update().get(pk=pk)
    if secondment.secondee_id and secondment.state == State.DRAFT:
        Person.objects.select_for_update(no_key=True).get(pk=secondment.secondee_id)
    return secondment


@dataclass(frozen=True)
class Offer:
    """A transition as a button: what it is called, and why it cannot be pressed now, if it cannot."""

    name: str
    label: str
    needs_reason: bool
    refusals: list[Refusal]

    @property
    def is_open(self) -> bool:
        return not self.refusals


def available(secondment: Secondment, person: Person) -> list[Offer]:
    """The transitions that a person may press in this state, each with what is missing."""
    found = Secondment._meta.get_field("state").get_all_transitions(Secondment)
    return [
        Offer(t.name, str(t.custom["label"]), t.custom["needs_reason"], _explain(secondment, t))
        for t in found
        if t.source == secondment.state and _permitted(secondment, t, person)
    ]


def _permitted(secondment: Secondment, found: Transition, person: Person | None) -> bool:
    if person is None:
        return False
    if found.name == "withdraw":
        return policies.may_withdraw(secondment, person)
    if found.name in {"decline", "reopen"}:
        return False  # only by giving a decision, or granting an appeal, which calls the door itself
    return bool(found.custom["who"] & policies.parts_of(secondment, person))


def _explain(secondment: Secondment, found: Transition) -> list[Refusal]:
    guards = cast("list[Guard]", found.conditions)
    return [refusal for guard in guards for refusal in guard.explain(secondment)]


def _out_of_place(secondment: Secondment) -> str:
    return _("This cannot be done now: the case is at “%(state)s”. Somebody may have acted meanwhile.") % {
        "state": secondment.get_state_display()
    }


def parts_that_may(name: str) -> frozenset[Part]:
    """Who is declared for a transition, for the published matrix."""
    for found in Secondment._meta.get_field("state").get_all_transitions(Secondment):
        if found.name == name:
            return found.custom["who"]
    raise LookupError(name)
