"""What the host is charged: the terms, hours worked, invoices and payments."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.models.labels import label
from people.notify import call_off
from secondments import charge_notices, charging, placement_policies, transitions
from secondments.choices import ChargeState, RechargeModel
from secondments.guards import Refusal
from secondments.models import Charge, HoursWorked, RechargeTerms, Secondment
from secondments.transitions import NotAllowed, Refused


def _case(pk: int, by: Person) -> Secondment:
    case = transitions.lock(pk)
    if not placement_policies.may_charge(case, by):
        raise NotAllowed(_("What the host pays is kept by HR and finance of the seconder, once the placement runs."))
    return case


@transaction.atomic
def set_terms(case: Secondment, *, by: Person, fields: dict[str, Any], reason: str = "") -> RechargeTerms:
    """Say how it is counted; what is expected is counted anew, what was invoiced stays.

    The terms are those that all have signed. Who changes them once there are invoices says by which variation, or which
    mistake is put right; the host's contact, the line manager and finance are told what was changed.
    """
    case = _case(case.pk, by)
    wanted = NEEDED.get(RechargeModel(fields["model"]), ())
    missing = [Refusal(_("This is needed to count it so."), name) for name in wanted if fields.get(name) is None]
    if missing:
        raise Refused(*missing)
    found = RechargeTerms.objects.select_for_update().filter(secondment=case).first()
    if found and found.currency != fields["currency"] and case.charges.exclude(state=ChargeState.EXPECTED).exists():
        raise Refused(Refusal(_("There are invoices in %(old)s already.") % {"old": found.currency}, "currency"))
    changed = [name for name in SIGNED_TERMS if found and getattr(found, name) != fields.get(name)]
    is_invoiced = case.charges.exclude(state=ChargeState.EXPECTED).exists()
    if changed and is_invoiced and not reason.strip():
        sentence = _("There are invoices by these terms: say which signed variation changes them, or what was wrong.")
        raise Refused(Refusal(sentence, "reason"))
    if found is None:
        share = [str(case.began_on), str(charging.share_of(case))]
        found = RechargeTerms(secondment=case, shares=[share])
    for name, value in fields.items():
        setattr(found, name, value)
    found.set_at, found.set_by = clock.now(), by
    found.save()
    charging.replan(case)
    names = ", ".join(label(found, name) for name in changed)
    ledger.record("recharge.terms", by=by, case_id=case.pk, reason=reason.strip(), model=str(found.model), fields=names)
    if changed:
        charge_notices.terms_changed(case, found, names, by)
    return found


# What the papers say; a salary that was raised is not among it.
SIGNED_TERMS = (
    "model", "frequency", "currency", "on_cost_percent", "percent", "fixed", "cover", "rate", "most_hours",
    "suspends_absence", "sickness_charged_days", "payment_days",
)  # fmt: skip


NEEDED: dict[RechargeModel, tuple[str, ...]] = {
    RechargeModel.FULL: ("annual_salary",),
    RechargeModel.SALARY: ("annual_salary",),
    RechargeModel.PERCENT: ("annual_salary", "percent"),
    RechargeModel.FIXED: ("fixed",),
    RechargeModel.COVER: ("cover",),
    RechargeModel.HOURS: ("rate",),
}


@transaction.atomic
def enter_hours(case: Secondment, *, by: Person, month: date, hours: Decimal) -> HoursWorked:
    """Hours of a month that has begun; a month that was invoiced is corrected in the next statement."""
    case = transitions.lock(case.pk)
    if not placement_policies.may_enter_hours(case, by):
        raise NotAllowed(_("Hours are entered by the host's contact, and by HR and finance of the seconder."))
    month = month.replace(day=1)
    begins = case.began_on or case.start_on
    assert begins and case.end_on
    if not begins.replace(day=1) <= month <= min(case.end_on, clock.today(case.zone)):
        raise Refused(Refusal(_("Choose a month of the placement that has begun."), "month"))
    found, _is_new = HoursWorked.objects.update_or_create(
        secondment=case, month=month, defaults={"hours": hours, "entered_at": clock.now(), "entered_by": by}
    )
    charging.replan(case)
    ledger.record("recharge.hours", by=by, case_id=case.pk, month=str(month), hours=str(hours))
    return found


def _held(charge: Charge, by: Person) -> Charge:
    case = _case(charge.secondment_id, by)
    found = case.charges.select_for_update().filter(number=charge.number).first()
    if found is None:
        raise Refused(_("It has been counted anew meanwhile; look at it again."))
    found.secondment = case
    return found


@transaction.atomic
def invoice(charge: Charge, *, by: Person, invoice_number: str, invoiced_on: date, seen: Decimal) -> Charge:
    """Say that it was invoiced: from now on its lines stay. ``seen`` is the amount that was on the page."""
    charge = _held(charge, by)
    if charge.state != ChargeState.EXPECTED:
        raise Refused(_("It has been invoiced already."))
    if charge.amount != seen:
        raise Refused(_("It has been counted anew meanwhile; look at the amount again."))
    if not invoice_number.strip():
        raise Refused(Refusal(_("Give the number of the invoice."), "invoice_number"))
    if invoiced_on > clock.today(charge.secondment.zone):
        raise Refused(Refusal(_("This day has not come yet."), "invoiced_on"))
    earlier = charge.secondment.charges.filter(number__lt=charge.number, state=ChargeState.EXPECTED)
    if earlier.exists():
        raise Refused(_("A statement before this one is not invoiced yet: begin with that."))
    terms = RechargeTerms.objects.get(secondment=charge.secondment)
    charge.state, charge.invoice_number, charge.invoiced_on = ChargeState.INVOICED, invoice_number.strip(), invoiced_on
    charge.due_on = invoiced_on + timedelta(days=terms.payment_days)
    charge.invoiced_by = by
    charge.save()
    call_off(f"charge:{charge.secondment_id}:{charge.number}:{told}" for told in ("ready", "waiting"))
    ledger.record("recharge.invoice", by=by, case_id=charge.secondment_id, n=charge.number)
    return charge


@transaction.atomic
def pay(charge: Charge, *, by: Person, paid_on: date) -> Charge:
    charge = _held(charge, by)
    if charge.state != ChargeState.INVOICED:
        raise Refused(_("Only what was invoiced and is not paid yet can be paid."))
    assert charge.invoiced_on
    if not charge.invoiced_on <= paid_on <= clock.today(charge.secondment.zone):
        raise Refused(Refusal(_("Choose a day from the invoice to today."), "paid_on"))
    charge.state, charge.paid_on, charge.paid_by = ChargeState.PAID, paid_on, by
    charge.save()
    call_off(f"charge:{charge.secondment_id}:{charge.number}:overdue")
    ledger.record("recharge.pay", by=by, case_id=charge.secondment_id, n=charge.number)
    return charge


@transaction.atomic
def hand_over(case: Secondment, *, by: Person, note: str) -> RechargeTerms:
    """What is not paid yet is finance's to follow from now on, so that the case can be completed."""
    case = _case(case.pk, by)
    if not note.strip():
        raise Refused(Refusal(_("Write what finance is to know."), "note"))
    found = RechargeTerms.objects.select_for_update().filter(secondment=case).first()
    if found is None:
        raise Refused(_("Nothing is recharged in this case."))
    found.handed_note, found.handed_at, found.handed_by = note.strip(), clock.now(), by
    found.save()
    charge_notices.handed(case, found, by)
    ledger.record("recharge.hand_over", by=by, case_id=case.pk)
    return found


def read_terms(case: Secondment, *, by: Person) -> RechargeTerms | None:
    """The terms with the salary in them; each look is in the ledger."""
    if not placement_policies.may_charge(case, by):
        raise NotAllowed(_("How it is counted tells a salary: it is for HR and finance of the seconder."))
    ledger.record("salary.read", by=by, case_id=case.pk, subject=case.secondee, person=str(case.secondee or ""))
    return RechargeTerms.objects.filter(secondment=case).first()
