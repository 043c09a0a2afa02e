"""How somebody is received at the host: a buddy, where to be on the first day, and steps of the first weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.notify import queue
from secondments import notices, placement_policies, policies, transitions
from secondments.choices import Part
from secondments.guards import Refusal
from secondments.models import Induction, InductionStep, Secondment
from secondments.transitions import NotAllowed, Refused

MOST = 60  # steps of one plan


@transaction.atomic
def save(
    case: Secondment, *, by: Person, buddy_name: str, buddy_email: str, arrival: str, steps: Sequence[dict[str, Any]]
) -> Induction:
    """Write the plan; steps that were done stay done. The secondee is told once, when there is a plan to read."""
    case = transitions.lock(case.pk)
    if not placement_policies.may_write_induction(case, policies.parts_of(case, by)):
        raise NotAllowed(_("The host plans how somebody is received, until the last day."))
    if len(steps) > MOST:
        raise Refused(_("A plan holds at most %(n)d steps.") % {"n": MOST})
    assert case.start_on
    if any(step["on"] < case.start_on for step in steps):
        raise Refused(Refusal(_("A step lies before the first day of the placement."), ""))
    found, is_new = Induction.objects.update_or_create(
        secondment=case,
        defaults={
            "buddy_name": buddy_name.strip(),
            "buddy_email": buddy_email,
            "arrival": arrival.strip(),
            "changed_at": clock.now(),
            "changed_by": by,
        },
    )
    done = case.induction_steps.filter(done_at__isnull=False)
    kept = {(step.on, step.title) for step in done}
    case.induction_steps.filter(done_at__isnull=True).delete()
    InductionStep.objects.bulk_create(
        InductionStep(secondment=case, on=step["on"], title=step["title"], with_whom=step.get("with_whom", ""))
        for step in steps
        if (step["on"], step["title"]) not in kept
    )
    ledger.record("induction.plan", by=by, case_id=case.pk, steps=len(steps))
    if is_new:
        queue(
            *(
                notices.message(
                    case,
                    person,
                    "induction",
                    _("Your first days: %(title)s") % {"title": case.title},
                    _("The host has planned how you are received: where to be, whom to ask, what comes when."),
                    action=_("Open the plan"),
                    path=f"{case.get_absolute_url()}induction/",
                )
                for person in notices.still_here(case, [case.secondee])
            )
        )
    return found


@transaction.atomic
def finish(step: InductionStep, *, by: Person, undo: bool = False) -> InductionStep:
    """The secondee or the host says that a step was done, or was not after all."""
    case = transitions.lock(step.secondment_id)
    step = case.induction_steps.select_for_update().get(pk=step.pk)
    parts = policies.parts_of(case, by)
    if Part.SECONDEE not in parts and not placement_policies.may_write_induction(case, parts):
        raise NotAllowed(_("Steps are ticked by the secondee and the host."))
    if (step.done_at is None) == undo:
        return step
    step.done_at, step.done_by = (None, None) if undo else (clock.now(), by)
    step.save()
    ledger.record("induction.undo" if undo else "induction.finish", by=by, case_id=case.pk, title=step.title)
    return step


def usual_steps(first: date) -> list[dict[str, Any]]:
    """What a plan begins with, on the first day."""
    titles = (_("Welcome, keys and accounts"), _("Safety briefing"), _("Meet the team and the supervisor"))
    return [{"on": first, "title": title, "with_whom": ""} for title in titles]
