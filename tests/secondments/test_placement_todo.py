"""What waits for somebody on their first page while a placement runs and ends."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Membership, Person
from secondments import placement_todo, todo
from secondments.actions import charges, checklists, deputies, expenses, return_plans
from secondments.choices import Part
from secondments.models import Secondment
from tests.cast import Cast, on
from tests.markers import PICTURE

KINDS = {
    "leave",
    "concern",
    "action",
    "wish",
    "end",
    "later",
    "list",
    "access",
    "charge",
    "unpaid",
    "attend",
    "expense",
}
KINDS |= {"paper", "back", "notice", "view", "talked"}


def waits_for(who: Person, day: date) -> dict[str, tuple[int, date | None]]:
    """How much of each kind, and the first day."""
    found: dict[str, tuple[int, date | None]] = {}
    with on(day):
        for kind, _case, _key, _since, due in placement_todo.rows(who):
            count, first = found.get(kind, (0, due))
            found[kind] = count + 1, first
    return found


def sentences(who: Person, day: date) -> list[tuple[str, str]]:
    with on(day):
        return [(row.sentence, row.path) for row in todo.of(who)]


def with_items(cast: Cast) -> Secondment:
    case = cast.agreed()
    assert case.start_on
    case.checklist.all().delete()
    for party, owner in (
        ("secondee", None), ("secondee", None), ("host", None), ("line_manager", None), ("seconder", None),
        ("seconder", cast.contact),
    ):  # fmt: skip
        case.checklist.create(list="outward", title="It", party=party, owner=owner, due_on=case.start_on)
    return case


def test_items_of_checklists_wait_for_who_sees_to_them_from_the_week_before(cast: Cast) -> None:
    case = with_items(cast)
    day = case.start_on
    assert day
    for who, count in ((cast.secondee, 2), (cast.contact, 2), (cast.manager, 1), (cast.hr, 1)):
        assert "list" not in waits_for(who, day - timedelta(days=8)), who
        words = "One thing to do on a checklist" if count == 1 else f"{count} things to do on checklists"
        assert (words, f"{case.get_absolute_url()}#checklists") in sentences(who, day - timedelta(days=7)), who
        assert waits_for(who, day)["list"] == (1, day), who
    assert "list" not in waits_for(cast.viewer, day)
    for item in case.checklist.filter(party="secondee"):
        checklists.tick(item, by=cast.secondee, done=True)
    assert "list" not in waits_for(cast.secondee, day)


def test_statement_waits_for_finance_and_where_there_is_none_for_hr(cast: Cast) -> None:
    case = cast.active()
    assert case.start_on
    terms = {"model": "fixed", "frequency": "month", "currency": "GBP", "fixed": Decimal(900), "payment_days": 30}
    with on(case.start_on):
        charges.set_terms(case, by=cast.hr, fields=terms)
    first = case.charges.earliest("number")
    after = first.last_day + timedelta(days=1)
    assert "charge" not in waits_for(cast.finance, first.last_day)
    assert waits_for(cast.finance, after)["charge"] == (1, None)
    assert ("Statement 1 can be invoiced", f"{case.get_absolute_url()}costs/1/") in sentences(cast.finance, after)
    assert "charge" not in waits_for(cast.hr, after)
    with on(after):
        charges.invoice(first, by=cast.finance, invoice_number="R1", invoiced_on=after, seen=first.amount)
    due = case.charges.get(number=1).due_on
    assert due
    later = due + timedelta(days=1)
    assert "unpaid" not in waits_for(cast.finance, due)
    assert waits_for(cast.finance, later)["unpaid"] == (1, due)
    Membership.objects.filter(person=cast.finance).delete()
    assert waits_for(Person.objects.get(pk=cast.hr.pk), later)["unpaid"] == (1, due)


def test_expense_waits_for_finance_until_somebody_decides(cast: Cast) -> None:
    case = cast.active()
    assert case.start_on
    with on(case.start_on):
        found = expenses.claim(
            case, by=cast.secondee, spent_on=case.start_on, kind="travel", amount=Decimal(12), name="t.png",
            receipt=PICTURE,
        )  # fmt: skip
    assert [(kind, key) for kind, _, key, *_ in placement_todo.rows(cast.finance)] == [("expense", found.key)]
    assert [waits_for(who, case.start_on).get("expense") for who in (cast.hr, cast.secondee)] == [None, None]
    with on(case.start_on):
        expenses.decide(found, by=cast.finance, approved=True)
    assert "expense" not in waits_for(cast.finance, case.start_on)


def test_access_at_the_host_waits_for_its_contact_and_their_deputy_from_the_last_day(cast: Cast) -> None:
    case = cast.active()
    assert case.end_on
    with on(case.end_on):
        found = deputies.name(
            cast.host_hr, by=cast.contact, part=Part.HOST_CONTACT, since=case.end_on,
            until=case.end_on + timedelta(days=9),
        )  # fmt: skip
        deputies.accept(found, by=cast.host_hr)
    for who in (cast.contact, cast.host_hr):
        assert "access" not in waits_for(who, case.end_on - timedelta(days=1))
        assert waits_for(Person.objects.get(pk=who.pk), case.end_on)["access"] == (1, case.end_on)
    assert "access" not in waits_for(cast.hr, case.end_on)
    with on(case.end_on):
        return_plans.end_access(case, by=cast.contact, on=case.end_on)
    assert "access" not in waits_for(cast.contact, case.end_on)


def test_all_kinds_come_in_one_question_with_what_is_due_first_in_front(cast: Cast) -> None:
    case = with_items(cast)
    assert case.start_on
    case.checklist.filter(party="secondee").update(due_on=case.start_on - timedelta(days=3))
    other = cast.agreed(secondee=cast.viewer)
    other.checklist.update(due_on=case.start_on - timedelta(days=9), owner=cast.secondee)
    with on(case.start_on), CaptureQueriesContext(connection) as found:
        rows = placement_todo.rows(Person.objects.get(pk=cast.contact.pk))
    assert len([query for query in found.captured_queries if "UNION ALL" in query["sql"]]) == 1
    assert {row[0] for row in rows} <= KINDS
    days = [row[4] for row in rows if row[4]]
    assert days == sorted(days)
