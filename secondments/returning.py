"""What the way back brings with it: leave that goes home, and the two questions some months later."""

from __future__ import annotations

from datetime import date, timedelta

from people import clock
from people.models import Person
from secondments import eligibility, leave_accounts, return_notices
from secondments.choices import Outcome
from secondments.models import FollowUp, ReturnPlan, Secondment

CAME_BACK = frozenset({Outcome.SAME_ROLE, Outcome.OTHER_ROLE, Outcome.PROMOTED, Outcome.OTHER})


def plan_of(case: Secondment, by: Person | None = None) -> ReturnPlan:
    """The plan of a case, made when it is first needed; the case is locked by the caller."""
    who = by or case.owner
    found, _is_new = ReturnPlan.objects.get_or_create(
        secondment=case, defaults={"changed_at": clock.now(), "changed_by": who}
    )
    return found


def protect(case: Secondment, until: date | None) -> None:
    """The post at home is protected until a day that all have signed, once the placement has begun; never for less."""
    if until is None or case.started_at is None:
        return
    plan = plan_of(case)
    if plan.post_protected_until is None or plan.post_protected_until < until:
        plan.post_protected_until = until
        plan.save(update_fields=["post_protected_until"])


def carry_leave(case: Secondment, by: Person | None) -> None:
    """What is left of annual leave on the last day goes home with the secondee, and HR and their manager are told."""
    plan = plan_of(case, by)
    plan.leave_carried = leave_accounts.balance(case).left
    plan.save(update_fields=["leave_carried"])
    return_notices.leave_carried(case, plan)


def plan_follow_ups(case: Secondment, by: Person | None) -> None:
    """Six, twelve and twenty-four months after the return, where somebody came back."""
    if case.outcome not in CAME_BACK:
        return
    assert case.end_on
    back = case.returned_on or case.end_on + timedelta(days=1)
    FollowUp.objects.bulk_create(
        FollowUp(secondment=case, months=months, due_on=eligibility.add_months(back, months))
        for months in FollowUp.MONTHS
    )
