"""What the host is charged in a case: opened at the start, counted anew, frozen when invoiced, corrected, settled."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from people.models import LedgerEntry, Notice, Person
from secondments import charging, exports, recharge, reminders
from secondments.actions import absences, calendar, charges, expenses, outcomes, variations
from secondments.choices import RechargeModel
from secondments.models import Charge, CostItem, Proposal, RechargeTerms, Secondment
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, member, on, person

SignIn = Callable[[Person], Client]
PICTURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def case(cast: Cast) -> Secondment:
    """Ana earns 41,000 a year; the host pays salary and on-costs, and 140 a month, from 15 September to 20 March."""
    with on(date(2026, 9, 1)):
        case = cast.agreed(start_on=date(2026, 9, 15), end_on=date(2027, 3, 20))
        Proposal.objects.filter(secondment=case).update(funding="host_salary")
        CostItem.objects.create(
            secondment=case, kind="travel", label="Train", amount=140, basis="month", borne_by="host"
        )
    with on(date(2026, 9, 15)):
        calendar.advance()
    return fresh(case)


def rows(case: Secondment) -> list[tuple[str, str, str]]:
    return [(str(c.first_day), str(c.amount), c.state) for c in case.charges.order_by("number")]


def whole(case: Secondment) -> Decimal:
    found = charging.terms_of(fresh(case), RechargeTerms.objects.get(secondment=case))
    return recharge.total(found, recharge.Period(found.start, found.end))


def in_all(case: Secondment) -> Decimal:
    return sum((c.amount for c in case.charges.all()), Decimal(0))


def invoice(case: Secondment, by: Person, *numbers: int, day: date = date(2026, 12, 1)) -> None:
    with on(day):
        for number in numbers:
            charge = case.charges.get(number=number)
            charges.invoice(charge, by=by, invoice_number=f"R{number}", invoiced_on=day, seen=charge.amount)


def test_schedule_opens_with_the_placement(case: Secondment) -> None:
    # 41,000 / 12 = 3,416.67 a month, on-costs 20 %, travel 140: 4,240.00 for a whole month.
    assert [first for first, _amount, _state in rows(case)] == [
        "2026-09-15", "2026-10-01", "2026-11-01", "2026-12-01", "2027-01-01", "2027-02-01", "2027-03-01",
    ]  # fmt: skip
    assert {state for _first, _amount, state in rows(case)} == {"expected"}
    assert Decimal("4239.99") <= case.charges.get(number=2).amount <= Decimal("4240.01")
    assert in_all(case) == whole(case)


def test_nothing_is_charged_where_the_seconder_bears_it_all(cast: Cast) -> None:
    case = cast.active()
    assert (RechargeTerms.objects.get(secondment=case).model, case.charges.count()) == ("none", 0)


def test_invoiced_stays_and_the_next_corrects(cast: Cast, case: Secondment) -> None:
    invoice(case, cast.finance, 1, 2)
    before = rows(case)[:2]
    terms = RechargeTerms.objects.get(secondment=case)
    fields = {name: getattr(terms, name) for name in FIELDS} | {"annual_salary": Decimal(48000)}
    charges.set_terms(case, by=cast.finance, fields=fields)
    third = case.charges.get(number=3)
    assert rows(case)[:2] == before
    assert third.lines[0]["kind"] == "correction" and Decimal(third.lines[0]["amount"]) > 0
    assert in_all(case) == whole(case)


FIELDS = [
    "model", "frequency", "currency", "annual_salary", "on_cost_percent", "percent", "fixed", "cover", "rate",
    "most_hours", "uplift_from", "uplift_percent", "suspends_absence", "sickness_charged_days", "payment_days", "tax_treatment", "tax_reason",
]  # fmt: skip


def test_early_end_counts_to_the_new_last_day_and_gives_back_what_was_too_much(cast: Cast, case: Secondment) -> None:
    with on(date(2026, 11, 20)):
        invoice(case, cast.hr, 1, 2, 3, day=date(2026, 11, 20))
        cast.end_at_once(case, date(2026, 11, 25))
    last = case.charges.latest("number")
    assert (last.number, last.first_day, last.last_day) == (4, date(2026, 11, 25), date(2026, 11, 25))
    assert last.amount < 0
    assert in_all(case) == whole(case)


def test_extension_and_new_hours_count_from_their_day(cast: Cast, case: Secondment) -> None:
    october = case.charges.get(number=2).amount
    with on(date(2026, 12, 1)):
        variations.apply(
            case, {"end_on": "2027-04-30", "weekly_hours": "20.00", "is_full_time": False}, by=cast.hr, paper="V1"
        )
    assert case.charges.get(number=2).amount == october
    december = case.charges.get(first_day=date(2026, 12, 1)).amount
    # Half of salary and on-costs, and the whole of the travel.
    assert abs(december - (Decimal("4100.00") / 2 + 140)) <= Decimal("0.02")
    assert rows(case)[-1][0] == "2027-04-01"
    assert in_all(case) == whole(case)


def test_long_absence_is_not_charged_where_that_is_agreed(cast: Cast, case: Secondment) -> None:
    charged = case.charges.get(first_day=date(2026, 11, 1)).amount
    terms = RechargeTerms.objects.get(secondment=case)
    fields = {name: getattr(terms, name) for name in FIELDS} | {"suspends_absence": True}
    charges.set_terms(case, by=cast.hr, fields=fields)
    with on(date(2026, 12, 10)):
        # Four weeks of it are charged, until 31 October.
        absences.tell(case, by=cast.hr, kind="sickness", first_day=date(2026, 10, 4), last_day=date(2026, 11, 30))
    assert charged > 0
    assert case.charges.get(first_day=date(2026, 10, 1)).amount >= charged - 1
    assert not case.charges.filter(first_day=date(2026, 11, 1)).exists()
    assert in_all(case) == whole(case)


def test_hours_are_charged_up_to_the_cap(cast: Cast, case: Secondment) -> None:
    terms = RechargeTerms.objects.get(secondment=case)
    fields = {name: getattr(terms, name) for name in FIELDS}
    with pytest.raises(Refused) as refused:
        charges.set_terms(case, by=cast.hr, fields=fields | {"model": "hours"})
    assert [row.where for row in refused.value.refusals] == ["rate"]
    charges.set_terms(
        case, by=cast.hr, fields=fields | {"model": "hours", "rate": Decimal(50), "most_hours": Decimal(80)}
    )
    CostItem.objects.all().delete()
    with on(date(2026, 11, 3)):
        charges.enter_hours(case, by=cast.contact, month=date(2026, 10, 9), hours=Decimal(100))
        with pytest.raises(Refused, match="has begun"):
            charges.enter_hours(case, by=cast.contact, month=date(2026, 12, 1), hours=Decimal(1))
        with pytest.raises(NotAllowed):
            charges.enter_hours(case, by=cast.secondee, month=date(2026, 10, 1), hours=Decimal(1))
    assert case.charges.get(first_day=date(2026, 10, 1)).amount == 4000


def test_invoice_and_payment_go_in_order(cast: Cast, case: Secondment) -> None:
    first, second = case.charges.order_by("number")[:2]
    given: dict[str, Any] = {"by": cast.finance, "invoice_number": "R1", "invoiced_on": date(2026, 10, 1)}
    with on(date(2026, 10, 2)):
        with pytest.raises(Refused, match="begin with that"):
            charges.invoice(second, seen=second.amount, **given)
        with pytest.raises(Refused, match="look at the amount again"):
            charges.invoice(first, seen=first.amount + 1, **given)
        with pytest.raises(Refused, match="can be paid"):
            charges.pay(first, by=cast.finance, paid_on=date(2026, 10, 2))
        charges.invoice(first, seen=first.amount, **given)
        with pytest.raises(Refused, match="invoiced already"):
            charges.invoice(first, seen=first.amount, **given)
        for who in (cast.contact, cast.host_hr, cast.manager, cast.secondee):
            with pytest.raises(NotAllowed):
                charges.pay(first, by=who, paid_on=date(2026, 10, 2))
        paid = charges.pay(first, by=cast.finance, paid_on=date(2026, 10, 2))
    assert (paid.due_on, paid.paid_by) == (date(2026, 10, 31), cast.finance)
    with pytest.raises(IntegrityError, match="charge_invoiced_has_its_invoice"), transaction.atomic():
        Charge.objects.filter(pk=second.pk).update(state="invoiced")


def test_finance_is_told_of_what_can_be_invoiced_and_what_is_overdue_once(cast: Cast, case: Secondment) -> None:
    def told(day: date) -> list[str]:
        before = set(Notice.objects.values_list("pk", flat=True))
        with on(day):
            reminders.remind()
            reminders.remind()
        new = Notice.objects.filter(about__startswith="charge:").exclude(pk__in=before)
        assert {row.recipient for row in new} <= {cast.finance}
        return [row.about.split(":", 2)[2] for row in new.order_by("pk")]

    assert [told(date(2026, 9, 30)), told(date(2026, 10, 1)), told(date(2026, 10, 5))] == [[], ["1:ready"], []]
    waiting = Notice.objects.filter(Notice.OPEN, about=f"charge:{case.pk}:1:ready")
    assert waiting.count() == 1
    invoice(case, cast.finance, 1, day=date(2026, 10, 5))
    assert waiting.count() == 0
    assert [told(date(2026, 11, 4)), told(date(2026, 11, 5)), told(date(2026, 11, 6))] == [
        ["2:ready"],
        ["1:overdue"],
        [],
    ]


# --- Expenses


def claim(case: Secondment, by: Person, day: date = date(2026, 10, 7)) -> Any:
    with on(date(2026, 10, 8)):
        return expenses.claim(
            case, by=by, spent_on=day, kind="travel", amount=Decimal("86.40"), name="ticket.png", receipt=PICTURE,
            label="=HYPERLINK(1)",
        )  # fmt: skip


def test_expense_is_passed_on_in_the_statement_of_its_day_and_once(cast: Cast, case: Secondment) -> None:
    before = case.charges.get(number=2).amount
    expense = claim(case, cast.secondee)
    assert expenses.decide(expense, by=cast.finance, approved=True, passed_on=True).passed_on
    assert case.charges.get(number=2).amount == before + Decimal("86.40")
    invoice(case, cast.finance, 1, 2)
    charging.replan(fresh(case))
    assert in_all(case) == whole(case) + Decimal("86.40")


def test_late_expense_goes_into_the_next_open_statement(cast: Cast, case: Secondment) -> None:
    invoice(case, cast.finance, 1, 2)
    expenses.decide(claim(case, cast.secondee), by=cast.hr, approved=True, passed_on=True)
    assert [line["kind"] for line in case.charges.get(number=3).lines][-1] == "expense"


def test_expense_is_decided_at_home_with_a_reason_for_a_refusal(cast: Cast, case: Secondment) -> None:
    for who in (cast.hr, cast.contact, cast.manager):
        with pytest.raises(NotAllowed):
            claim(case, who)
    expense = claim(case, cast.secondee)
    assert [row.recipient for row in Notice.objects.filter(key__contains=f"expense:{expense.pk}")] == [cast.finance]
    for who in (cast.secondee, cast.manager, cast.host_hr):
        with pytest.raises(NotAllowed):
            expenses.decide(expense, by=who, approved=True)
    with pytest.raises(Refused, match="why"):
        expenses.decide(expense, by=cast.hr, approved=False)
    expenses.decide(expense, by=cast.hr, approved=False, reason="No receipt of the hotel.")
    with pytest.raises(Refused, match="answered"):
        expenses.decide(expense, by=cast.finance, approved=True)


def test_receipt_that_is_no_picture_is_refused_at_its_field(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    path = f"{case.get_absolute_url()}expenses/"
    secondee = sign_in(cast.secondee)
    sent: dict[str, Any] = {"spent_on": "2026-10-07", "kind": "travel", "amount": "86.40", "label": "To Leeds"}
    with on(date(2026, 10, 8)):
        bad = secondee.post(path, sent | {"receipt_file": SimpleUploadedFile("t.png", b"MZ")}).content.decode()
        assert "This is not a png file" in bad and 'value="To Leeds"' in bad
        good = secondee.post(path, sent | {"receipt_file": SimpleUploadedFile("t.png", PICTURE)})
    assert (good.status_code, case.expenses.get().amount) == (302, Decimal("86.40"))


# --- Pages and files


def test_host_reads_pay_and_on_costs_in_one(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    path = case.charges.get(number=2).get_absolute_url()
    pages = {role: sign_in(cast.people[role]).get(path).content.decode() for role in ("finance", "contact", "manager")}
    assert "On-costs" in pages["finance"]
    assert "Salary and on-costs" in pages["contact"] and "3,416.6" not in pages["contact"]
    assert "3,416.6" not in pages["manager"]
    for role in ("secondee", "viewer", "signatory"):
        assert sign_in(cast.people[role]).get(path).status_code == 403


def test_statement_as_csv_xlsx_and_pdf_say_the_same(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    expenses.decide(claim(case, cast.secondee), by=cast.hr, approved=True, passed_on=True)
    charge = case.charges.get(number=2)
    finance = sign_in(cast.finance)
    whole = list(csv.reader(io.StringIO(finance.get(f"{charge.get_absolute_url()}csv/").content.decode("utf-8-sig"))))
    table = whole[: whole.index([])]
    book = openpyxl.load_workbook(io.BytesIO(finance.get(f"{charge.get_absolute_url()}xlsx/").content))
    assert book.sheetnames[1:] == [row[0] for row in whole if len(row) == 1] == ["How it was counted", "Working days"]
    sheet = book.active
    assert sheet is not None
    cells = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert [row[0] for row in table] == [row[0] for row in cells]
    amounts = [Decimal(row[1]) for row in table[1:]]
    assert amounts == [Decimal(row[1]) for row in cells[1:]]
    assert (amounts[-1], sum(amounts[:-1])) == (charge.amount, charge.amount)
    pdf = printed(finance.get(f"{charge.get_absolute_url()}statement.pdf").content)
    for words in (f"Statement {case.reference}/{charge.number}", f"Recharged by {case.seconder}", *rows_of(table)):
        assert words in pdf


def rows_of(table: list[list[str]]) -> Iterator[str]:
    """The lines of a statement as they are printed."""
    for label, amount, currency in table[1:]:
        yield f"{'In all' if label == 'Total' else label} {Decimal(amount):,.2f} {currency}"


def printed(content: bytes) -> str:
    made = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(made.stdout.decode().split())


def test_text_never_becomes_a_formula() -> None:
    rows = [("=1+1", Decimal("-2.50")), ("+1", None), ("@x", 3), ("-x", date(2027, 1, 2)), ("\tx", 0)]
    text = exports.as_csv(["a", "b"], rows).decode("utf-8-sig")
    assert [row[0][0] for row in csv.reader(io.StringIO(text))][1:] == ["'"] * 5
    assert "-2.50" in text
    sheet = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(["a", "b"], rows))).active
    assert sheet is not None
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert [cell.data_type for cell in sheet["B"]][1] == "n"


def test_page_of_finance_shows_cases_of_one_organisation_by_what_is_asked(
    cast: Cast, case: Secondment, sign_in: SignIn
) -> None:
    with on(date(2026, 11, 5)):
        invoice(case, cast.finance, 1, day=date(2026, 9, 30) + timedelta(days=1))
        finance = sign_in(cast.finance)

        def numbers(query: str) -> list[int]:
            page = finance.get(f"/finance/?{query}")
            return [row.number for row in page.context["page"]]

        assert numbers("") == [2]
        assert (numbers("show=overdue"), numbers("show=invoiced"), numbers("show=paid")) == ([1], [1], [])
        assert numbers("show=ahead") == [3, 4, 5, 6, 7]
        assert (numbers("show=all&q=R1"), numbers("show=all&q=nobody")) == ([1], [])
        assert finance.get("/finance/?show=nothing").status_code == 404
        text = finance.get("/finance/csv/?show=all").content.decode()
        assert text.count(case.reference) == 7
        assert sign_in(cast.stranger_hr).get("/finance/?show=all").context["page"].paginator.count == 0
        assert sign_in(cast.secondee).get("/finance/").status_code == 403
    host = member(person("Fia Host"), cast.contoso, "finance")
    assert sign_in(host).get("/finance/?show=all").context["page"].paginator.count == 7


def test_terms_are_confirmed_and_each_look_is_recorded(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    path = f"{case.get_absolute_url()}costs/terms/"
    finance = sign_in(cast.finance)
    assert "41000" in finance.get(path).content.decode()
    assert LedgerEntry.objects.filter(verb="salary.read", actor_id=cast.finance.pk).count() == 1
    assert sign_in(cast.contact).get(path).status_code == 403
    wrong = finance.post(path, {"model": "percent", "frequency": "month", "currency": "xx", "payment_days": 30})
    assert "Give the three letters of a currency" in wrong.content.decode()


# --- Completing the case


def test_case_is_not_completed_while_something_is_unpaid_and_nobody_has_taken_it(cast: Cast, case: Secondment) -> None:
    from secondments.actions import calendar, evaluations
    from secondments.transitions import perform

    with on(date(2027, 2, 20)):
        calendar.advance()
        evaluations.conclude(fresh(case), by=cast.hr, conclusion="Good.", waived_because="They are away.")
    with on(date(2027, 3, 21)):
        calendar.advance()
        case.checklist.update(done_at="2027-03-21T10:00Z", done_by=cast.hr)
        outcomes.record(case, by=cast.hr, outcome="same_role")
        with pytest.raises(Refused, match="not all paid"):
            perform(fresh(case), "complete", by=cast.hr)
        with pytest.raises(Refused, match="finance is to know"):
            charges.hand_over(case, by=cast.hr, note=" ")
        charges.hand_over(case, by=cast.hr, note="The last two are disputed.")
        assert perform(fresh(case), "complete", by=cast.hr).state == "completed"


def test_terms_of_each_funding_count_by_its_model() -> None:
    assert set(charging.MODEL_OF.values()) | {RechargeModel.COVER, RechargeModel.HOURS} == set(RechargeModel)


def test_final_statement_lists_each_period_and_the_sums(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    address = f"/secondments/{case.key}/costs/final.pdf"
    with on(date(2026, 11, 20)):
        invoice(case, cast.hr, 1, day=date(2026, 11, 20))
        assert sign_in(cast.finance).get(address).status_code == 403  # it runs
    case = cast.come_home(fresh(case))
    with on(date(2027, 3, 22)):
        answer = sign_in(cast.finance).get(address)
        assert sign_in(cast.secondee).get(address).status_code == 403
        assert address in sign_in(cast.hr).get(f"/secondments/{case.key}/costs/").content.decode()
    text = printed(answer.content)
    assert f"In all {whole(case):,} GBP" in text
    assert text.count("Expected") == case.charges.filter(state="expected").count()


def test_what_nobody_invoices_is_told_of_once_more_after_a_month_to_hr_too(cast: Cast, case: Secondment) -> None:
    def told(day: date) -> set[tuple[str, Person]]:
        before = set(Notice.objects.values_list("pk", flat=True))
        with on(day):
            reminders.remind()
            reminders.remind()
        new = Notice.objects.filter(about__startswith=f"charge:{case.pk}:1:").exclude(pk__in=before)
        return {(row.about.rsplit(":", 1)[1], row.recipient) for row in new}

    assert told(date(2026, 10, 1)) == {("ready", cast.finance)}
    assert told(date(2026, 10, 30)) == set()
    assert told(date(2026, 10, 31)) == {("waiting", cast.finance), ("waiting", cast.hr)}
    assert told(date(2026, 12, 5)) == set()
    # One that is a month old when it is first seen is told of once.
    second = Notice.objects.filter(about__startswith=f"charge:{case.pk}:2:")
    assert {row.about.rsplit(":", 1)[1] for row in second} == {"ready"}
    with on(date(2026, 12, 6)):
        invoice(case, cast.finance, 1, day=date(2026, 12, 6))
    assert not Notice.objects.filter(Notice.OPEN, about=f"charge:{case.pk}:1:waiting").exists()
