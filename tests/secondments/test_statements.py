"""How a statement reads: every amount can be counted again from what the statement itself says."""

from __future__ import annotations

import io
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import openpyxl

from secondments.actions import absences, calendar, charges
from secondments.models import RechargeTerms, Secondment
from tests.agreements.acts import edit
from tests.cast import Cast, on
from tests.secondments.test_charges import FIELDS, SignIn, case, invoice

__all__ = ["case"]  # the fixture


def recounted(book: openpyxl.Workbook, first: date) -> tuple[list[tuple[str, Decimal, Decimal]], Decimal]:
    """Of each component its amount as it is said, and as a spreadsheet counts it; and the months of the period."""
    parts = [row for row in book["How it was counted"].iter_rows(min_row=2, values_only=True) if row[1] is not None]

    def cents(unit: Any, times: Any) -> Decimal:
        return (Decimal(str(unit)) * Decimal(str(times))).quantize(Decimal("0.01"), ROUND_HALF_UP)

    again = [
        (str(name), Decimal(str(said)), cents(unit, until) - cents(unit, before))
        for name, unit, until, before, _sum_until, _sum_before, said in parts
    ]
    days = [row for row in book["Working days"].iter_rows(min_row=2, values_only=True) if isinstance(row[2], int)]
    formulas = {str(row[6]) for row in days}
    assert formulas == {f"=D{n}/C{n}*E{n}*F{n}" for n in range(2, len(days) + 2)}
    months = [
        Decimal(row[3]) / row[2] * Decimal(str(row[4])) * Decimal(str(row[5])) for row in days if row[0].date() >= first
    ]
    return again, sum(months, Decimal(0))


def test_statements_can_be_counted_again_in_a_spreadsheet(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    """Each component from what the file says of it, with a raise in mid-month and a correction of what was invoiced."""
    invoice(case, cast.finance, 1, 2)
    with on(date(2026, 12, 2)):
        terms = RechargeTerms.objects.get(secondment=case)
        given = {name: getattr(terms, name) for name in FIELDS}
        raised = {"uplift_from": date(2026, 10, 12), "uplift_percent": Decimal("3.5")}
        charges.set_terms(case, by=cast.finance, fields=given | raised, reason="The yearly raise")
    finance, contact = sign_in(cast.finance), sign_in(cast.contact)
    for charge in case.charges.all():
        book = openpyxl.load_workbook(io.BytesIO(finance.get(f"{charge.get_absolute_url()}xlsx/").content))
        again, months = recounted(book, charge.first_day)
        assert [(name, said) for name, said, _counted in again] == [(name, counted) for name, _said, counted in again]
        salary = next(row for row in book["How it was counted"].iter_rows(values_only=True) if row[0] == "Salary")
        assert abs(Decimal(str(salary[2])) - Decimal(str(salary[3])) - months) < Decimal("0.0000001")
        off = Decimal(0)
        if "What is corrected" in book.sheetnames:
            rows = [row for row in book["What is corrected"].iter_rows(min_row=2, values_only=True) if row[1]]
            off = sum((Decimal(str(row[6])) for row in rows), Decimal(0))
            assert [row[0] for row in rows] == [1, 2]
        assert off == sum((Decimal(row["amount"]) for row in charge.lines if row["kind"] == "correction"), Decimal(0))
        assert sum((said for _name, said, _counted in again), off) == charge.amount
        told = contact.get(charge.get_absolute_url()).content.decode()
        assert "Salary and on-costs" in told and "How it was counted" in told
        assert "3,416.6" not in told
    assert case.charges.get(number=3).working.keys() == {"parts", "stretches", "corrected"}


def test_signed_agreement_says_how_it_is_counted(cast: Cast) -> None:
    """How often, by when, after how long an illness, and what was decided on VAT stand in the clauses."""
    with on(date(2026, 9, 1)):
        case = cast.agreement_case(
            start_on=date(2026, 9, 15), end_on=date(2027, 3, 20), proposal={"funding": "host_salary", "currency": "EUR"}
        )
        paper = cast.answered(case)
        for key, values in {
            "cost_recharge": {"frequency": "quarterly in arrears", "payment_days": "45"},
            "sickness_absence": {"recharge_weeks": "2"},
        }.items():
            edit(paper, cast.hr, key=key, values=values)
        case = cast.sealed(case)
    with on(date(2026, 9, 15)):
        calendar.advance()
    terms = RechargeTerms.objects.get(secondment=case)
    assert (terms.frequency, terms.payment_days) == ("quarter", 45)
    assert (terms.suspends_absence, terms.sickness_charged_days) == (True, 14)
    assert terms.tax_treatment
    assert case.charges.count() == 3
    with on(date(2026, 11, 30)):
        ill = {"kind": "sickness", "first_day": date(2026, 11, 2), "last_day": date(2026, 11, 20)}
        before = sum(row.amount for row in case.charges.all())
        absences.tell(case, by=cast.secondee, **ill)
        assert sum(row.amount for row in case.charges.all()) < before  # the third week is not charged
