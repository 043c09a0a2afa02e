"""How much annual leave there is in a placement, and what is left of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from secondments import leave_days
from secondments.choices import LeaveKind
from secondments.models import Leave, LeaveAccount, Secondment


@dataclass(frozen=True)
class Balance:
    """Days of annual leave in a placement. What is left when it ends is carried over to the home post."""

    yearly: Decimal
    given: Decimal
    brought_in: Decimal
    taken: Decimal
    asked: Decimal

    @property
    def left(self) -> Decimal:
        return self.given + self.brought_in - self.taken


def balance(case: Secondment) -> Balance:
    """What the placement gives, what was brought in, what stands and what is asked for; two queries."""
    assert case.start_on and case.end_on
    account = LeaveAccount.objects.filter(secondment=case).first()
    yearly = account.yearly_days if account else Decimal(case.rules.annual_leave_days)
    usual = frozenset(case.host.working_days) if case.host else frozenset(range(leave_days.FULL_WEEK))
    worked = case.pattern(usual)
    before = [(until, len(week)) for until, week in worked.before]
    rows = list(case.leaves.filter(kind=LeaveKind.ANNUAL, cancelled_at__isnull=True))
    return Balance(
        yearly=yearly,
        given=leave_days.entitlement(yearly, case.start_on, case.end_on, len(worked.week), before),
        brought_in=account.brought_in if account else Decimal(0),
        taken=sum((row.days for row in rows if row.granted), Decimal(0)),
        asked=sum((row.days for row in rows if row.granted is None), Decimal(0)),
    )


def beyond(balance: Balance, leave: Leave) -> Decimal:
    """By how many days leave that is asked for goes beyond what is left; 0 where it does not."""
    return max(leave.days - balance.left, Decimal(0)) if leave.kind == LeaveKind.ANNUAL else Decimal(0)
