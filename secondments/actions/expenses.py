"""Expenses: claimed by the secondee with a receipt, approved at the seconder, passed on to the host where agreed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from secondments import charge_notices, charging, placement_policies, policies, transitions
from secondments.actions import attachments
from secondments.guards import Refusal
from secondments.models import Expense, RechargeTerms, Secondment
from secondments.transitions import NotAllowed, Refused

MANY = 300  # of one case


@transaction.atomic
def claim(
    case: Secondment, *, by: Person, spent_on: date, kind: str, amount: Decimal, name: str, receipt: bytes,
    label: str = "",
) -> Expense:  # fmt: skip
    """The secondee claims what they spent, with the receipt; HR and finance are told."""
    case = transitions.lock(case.pk)
    if not placement_policies.may_claim(case, by):
        raise NotAllowed(_("Expenses are claimed by the secondee, from the first day until the case is closed."))
    begins = case.began_on or case.start_on
    if begins is None or not begins <= spent_on <= clock.today(case.zone):
        raise Refused(Refusal(_("Choose a day of the placement that is not ahead."), "spent_on"))
    if case.expenses.count() >= MANY:
        raise Refused(_("There are many expenses in this case already: talk to HR."))
    kept_name, content_type = attachments.checked(name, receipt)
    found = Expense.objects.create(
        secondment=case,
        spent_on=spent_on,
        kind=kind,
        label=label.strip(),
        amount=amount,
        receipt_name=kept_name,
        receipt_type=content_type,
        receipt=receipt,
        claimed_at=clock.now(),
        claimed_by=by,
    )
    ledger.record("expense.claim", by=by, case_id=case.pk, day=str(spent_on))
    charge_notices.expense_claimed(found)
    return found


@transaction.atomic
def decide(expense: Expense, *, by: Person, approved: bool, passed_on: bool = False, reason: str = "") -> Expense:
    """Approve or refuse; what the host pays goes into its next statement. The secondee is told."""
    case = transitions.lock(expense.secondment_id)
    expense = case.expenses.select_for_update().get(pk=expense.pk)
    expense.secondment = case
    if not policies.parts_of(case, by) & placement_policies.EXPENSE_DECIDERS:
        raise NotAllowed(_("Expenses are approved by HR and finance of the seconder."))
    if expense.approved is not None:
        raise Refused(_("This has been answered meanwhile."))
    if not approved and not reason.strip():
        raise Refused(Refusal(_("Say why it is refused."), "reason"))
    if passed_on and not RechargeTerms.objects.filter(secondment=case).exists():
        raise Refused(Refusal(_("Say first how what the host pays is counted."), "passed_on"))
    expense.approved, expense.passed_on, expense.reason = approved, approved and passed_on, reason.strip()
    expense.decided_at, expense.decided_by = clock.now(), by
    expense.save()
    if expense.passed_on:
        charging.replan(case)
    ledger.record(
        "expense.approve" if approved else "expense.refuse", by=by, case_id=case.pk, day=str(expense.spent_on)
    )
    charge_notices.expense_decided(expense)
    return expense
