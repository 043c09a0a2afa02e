"""Terms of recharge that change, and what they say of an absence that lasts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from people.models import Notice
from secondments.actions import absences, calendar, charges
from secondments.models import RechargeTerms, Secondment
from secondments.transitions import Refused
from tests.cast import Cast, on
from tests.secondments.test_charges import FIELDS, SignIn, case, in_all, invoice, whole

__all__ = ["case"]  # the fixture


def test_terms_by_which_invoices_were_written_change_for_a_reason_that_all_who_pay_hear(
    cast: Cast, case: Secondment, sign_in: SignIn
) -> None:
    terms = RechargeTerms.objects.get(secondment=case)
    fields = {name: getattr(terms, name) for name in FIELDS} | {"model": "percent", "percent": Decimal(80)}
    about = Notice.objects.filter(key__contains=":charge-terms:")
    charges.set_terms(case, by=cast.hr, fields=fields)  # nothing was invoiced yet; they hear of it all the same
    assert {row.recipient for row in about} == {cast.contact, cast.manager, cast.finance}
    invoice(case, cast.hr, 1)
    with pytest.raises(Refused) as refused:
        charges.set_terms(case, by=cast.hr, fields=fields | {"percent": Decimal(90)})
    assert [row.where for row in refused.value.refusals] == ["reason"]
    assert RechargeTerms.objects.get(secondment=case).percent == 80
    with on(date(2026, 12, 2)):
        charges.set_terms(case, by=cast.hr, fields=fields | {"percent": Decimal(90)}, reason="Variation 2")
    assert about.all().count() == 6
    with on(date(2026, 12, 2)):
        page = sign_in(cast.contact).get(case.get_absolute_url()).content.decode()
    assert "said how what the host pays is counted: " in page and "Variation 2" in page
    charges.set_terms(case, by=cast.hr, fields=fields | {"percent": Decimal(90), "annual_salary": Decimal(42000)})
    assert about.all().count() == 6  # a salary that was raised changes no terms


def test_long_absence_that_lasts_is_not_charged_until_somebody_says_that_it_is_over(
    cast: Cast, case: Secondment
) -> None:
    terms = RechargeTerms.objects.get(secondment=case)
    fields = {name: getattr(terms, name) for name in FIELDS} | {"suspends_absence": True}
    charges.set_terms(case, by=cast.hr, fields=fields)
    before = {row.first_day: row.amount for row in case.charges.all()}
    with on(date(2026, 10, 5)):
        found = absences.tell(case, by=cast.hr, kind="sickness", first_day=date(2026, 10, 4))
    with on(date(2026, 11, 2)):
        calendar.advance()  # raises it, and counts anew
    for today in (date(2026, 11, 3), date(2027, 1, 11)):  # no day on which more is charged than was
        with on(today):
            calendar.advance()
        months = {row.first_day for row in case.charges.exclude(amount=0)}
        assert months == {date(2026, 9, 15), date(2026, 10, 1)}, today
    with on(date(2027, 1, 12)):
        absences.end(found, by=cast.hr, last_day=date(2027, 1, 11))
    after = {row.first_day: row.amount for row in case.charges.exclude(amount=0)}
    assert {day for day in before if day not in after} == {date(2026, 11, 1), date(2026, 12, 1)}
    assert in_all(case) == whole(case)
