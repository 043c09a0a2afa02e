"""A year of one placement, day by day with all who have a part; and its mail read as one pile."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from agreements import further
from people.models import Person
from secondments.models import Charge, Concern, Leave, Wish
from tests.agreements.test_further import ready, sign_all
from tests.cast import Cast, fresh, on
from tests.journeys.year import DAY, Year


def amounts(year: Year) -> list[tuple[date, date, Decimal]]:
    rows = Charge.objects.filter(secondment=year.case).order_by("number")
    return [(row.first_day, row.last_day, row.amount) for row in rows]


def month(number: int, day: int = 1) -> date:
    return date(2027, number, day)


def keep_in_touch(year: Year, *days: date) -> None:
    for day in days:
        year.at(day, lambda day=day: year.send(year.cast.manager, "in-touch/", on=day, channel="call", note="Well"))


def check_in(year: Year, first: date, last: date, *people: Person, but: tuple[date, date] | None = None) -> None:
    for n in range((last - first).days + 1):
        day = first + n * DAY
        if but is None or not but[0] <= day <= but[1]:
            for who in people:
                year.at(day, lambda day=day, who=who: year.check_in(day, who))


def grant_leave(year: Year) -> None:
    found = Leave.objects.get(secondment=year.case, granted=None)
    year.send(year.cast.manager, f"leave/{found.key}/", do="grant")


def be_back(year: Year, who: Person, last_day: date) -> None:
    year.send(who, f"absence/{fresh(year.case).absences.get().key}/", do="end", last_day=last_day)


def on_concern(year: Year, who: Person, **answers: object) -> None:
    year.send(who, f"concerns/{Concern.objects.get(secondment=year.case).key}/", **answers)


def extend(year: Year, until: date) -> None:
    """HR grants what the host asked for two days ago; the variation is signed two days later."""
    cast, wish = year.cast, Wish.objects.get(secondment=year.case)
    year.send(cast.hr, f"changes/{wish.key}/", granted="yes", why="")
    with on(month(7, 2)):
        reason = "The autumn plan takes longer."
        sign_all(cast, ready(cast, further.vary(fresh(year.case), by=cast.hr, changes={"end_on": str(until)}, reason=reason)))  # fmt: skip


def invoice(year: Year, day: date) -> None:
    for row in Charge.objects.filter(secondment=year.case, state="expected", last_day__lt=day):
        number, seen = f"INV-{row.number}", str(row.amount)
        year.send(year.cast.finance, f"costs/{row.number}/", do="invoice", invoice_number=number, invoiced_on=day, seen=seen)  # fmt: skip


def pay(year: Year, day: date) -> None:
    for row in Charge.objects.filter(secondment=year.case, state="invoiced"):
        year.send(year.cast.finance, f"costs/{row.number}/", do="pay", paid_on=day)


def test_year_with_extension_illness_concern_and_early_end(cast: Cast) -> None:
    hr, ana, tom, lukasz, frank = cast.hr, cast.secondee, cast.manager, cast.contact, cast.finance
    year = Year(cast, cast.agreed(start_on=month(2), end_on=month(10, 29)))
    send, at = year.send, year.at
    at(month(1, 25), lambda: year.tick("outward", "inward", but=lukasz))
    at(month(1, 29), lambda: year.tick("inward"))
    at(month(2, 2), lambda: send(frank, "costs/terms/", model="percent", frequency="month", currency="GBP", annual_salary="41000",
                                 on_cost_percent="20", percent="100", payment_days="30", tax_treatment="", tax_reason=""))  # fmt: skip
    keep_in_touch(year, *(month(n, 20) for n in (2, 3, 4, 7, 8, 9, 10)))
    check_in(year, month(2), month(11, 4), lukasz)
    check_in(
        year, month(2), month(11, 4), ana, but=(month(6), month(8, 25))
    )  # she forgets one, another falls into July
    at(month(7, 9), lambda: year.check_in(month(7, 5), ana))
    at(month(6, 14), lambda: year.check_in(month(6, 7), ana))
    at(
        month(4, 6),
        lambda: send(ana, "leave/ask/", kind="annual", first_day=month(5, 17), last_day=month(5, 21), note=""),
    )
    at(month(4, 8), lambda: grant_leave(year))
    at(month(6, 28), lambda: send(lukasz, "changes/", end_on=date(2028, 1, 28), reason="The autumn plan takes longer.",
                                  weekly_hours="", role_title="", location="", other=""))  # fmt: skip
    at(month(6, 30), lambda: extend(year, date(2028, 1, 28)))
    at(month(8, 2), lambda: send(ana, "absence/", kind="sickness", first_day=month(8, 2), expected_until=month(8, 13),
                                 last_day="", reason="Back surgery"))  # fmt: skip
    at(month(8, 23), lambda: be_back(year, ana, month(8, 22)))
    at(
        month(9, 6),
        lambda: send(ana, "concerns/new/", kind="conduct", happened_on=month(9, 3), what="Shouted at", wish="Stop"),
    )
    at(month(9, 7), lambda: on_concern(year, hr, do="give", give__owner=str(tom.pk)))
    at(month(9, 7), lambda: on_concern(year, hr, do="act", act__text="Speak with them", act__doer=str(tom.pk),
                                       act__due_on=month(9, 13)))  # fmt: skip
    at(month(9, 16), lambda: on_concern(year, tom, do="finish", action=str(Concern.objects.get().actions.get().pk)))
    at(month(9, 20), lambda: on_concern(year, hr, do="close", close__end="settled", close__note="Spoken with"))
    at(
        month(10, 4),
        lambda: send(hr, "end-early/", asked_by="host", last_day=month(11, 5), reason="The budget is cut."),
    )
    at(month(10, 12), lambda: year.look_back("secondee"))
    at(month(10, 15), lambda: year.look_back("host"))
    at(month(10, 25), lambda: year.look_back("line_manager"))
    at(month(10, 28), lambda: send(hr, "conclude/", conclusion="Good for both.", waived_because=""))
    for n in range(3, 12):
        at(month(n, 5), lambda n=n: invoice(year, month(n, 5)))
        if n != 9:
            at(month(n, 28), lambda n=n: pay(year, month(n, 28)))
    at(month(11, 9), lambda: year.tick("return"))
    at(month(11, 10), lambda: send(lukasz, "return/", act="access", on=month(11, 5)))
    at(month(11, 12), lambda: send(hr, "outcome/", outcome="same_role", returned_on=month(11, 8), outcome_note=""))
    at(month(12, 6), lambda: invoice(year, month(12, 6)))
    at(month(12, 10), lambda: pay(year, month(12, 10)))
    at(month(12, 13), lambda: send(hr, "do/complete/", reason=""))
    year.live(month(1, 11), date(2027, 12, 15))
    year.live(date(2028, 5, 6), date(2028, 5, 16))

    case = fresh(year.case)
    assert (case.state, case.end_on, case.agreed_end_on) == ("completed", month(11, 5), month(10, 29))
    assert year.said_twice() == []
    parts = {hr, ana, tom, lukasz, frank, cast.signatory, cast.director, cast.host_hr}
    assert {row.to for row in year.pile} == {person.full_name for person in parts}
    assert not [row for row in year.pile if "urgery" in row.sentences or "Shouted" in row.sentences]

    assert year.days("Started") == {
        who.full_name: [month(2)] for who in (hr, ana, tom, lukasz, cast.signatory, cast.director)
    }
    assert year.told("Check-in overdue", ana) == [month(6, 9), month(7, 7)]
    assert year.told("Overdue check-in", hr) == [month(6, 12)]
    assert not [row for row in year.pile if row.to == ana.full_name and month(8, 2) <= row.day <= month(8, 22)]  # ill
    assert year.told("Be in touch", tom) == [month(6, 1), month(7, 13)]
    assert year.told("The agreement has changed", tom) == [month(6, 30)]
    assert year.days("Absent") == {who.full_name: [month(8, 2)] for who in (hr, tom, lukasz)}
    assert year.days("Back at work") == {who.full_name: [month(8, 23)] for who in (hr, tom, lukasz)}
    assert year.days("concern") == {
        hr.full_name: [month(9, 6)], tom.full_name: [month(9, 7)] * 2, ana.full_name: [month(9, 20)],
    }  # fmt: skip
    everybody = (hr, ana, tom, lukasz, cast.signatory, cast.director)
    assert year.days("Ending early") == {who.full_name: [month(10, 4)] for who in everybody}
    counted = {row.subject.split(":")[0] for row in year.pile if row.subject.startswith("Ends in")}
    assert counted == {"Ends in 30 days", "Ends in 15 days"}  # of the last day that held; nothing of October or January
    assert year.days("End the access") == {lukasz.full_name: [month(11, 5)]}
    assert year.days("Access not ended") == {cast.host_hr.full_name: [month(11, 7)]}
    assert year.days("months after the return") == {
        tom.full_name: [date(2028, 5, 8), date(2028, 5, 10)], hr.full_name: [date(2028, 5, 13)],
    }  # fmt: skip
    firsts = [month(n) for n in range(3, 12)]
    assert year.days("To be invoiced") == {frank.full_name: [*firsts, month(11, 6)]}
    assert year.days("Not paid yet") == {frank.full_name: [month(10, 6)]}

    # The spreadsheet: a twelfth of the salary and a fifth on top for each month; five of November's 22 days at work.
    whole = [(month(n), month(n + 1) - timedelta(days=1), Decimal("4100.00")) for n in range(2, 11)]
    assert amounts(year) == [*whole, (month(11), month(11, 5), Decimal("931.82"))]


def test_year_abroad_and_part_time_with_a_long_illness(cast: Cast) -> None:
    hr, ana, tom, lukasz, frank = cast.hr, cast.secondee, cast.manager, cast.contact, cast.finance
    where = {"work_country": "PL", "permit": "held", "social_security": "home"}
    year = Year(cast, cast.agreed(
        start_on=month(1, 11), end_on=month(12, 17), kind="international", is_full_time=False,
        weekly_hours=Decimal(24), proposal=where,
    ))  # fmt: skip
    send, at = year.send, year.at
    at(date(2026, 12, 29), lambda: year.tick("outward", "inward"))
    at(month(1, 12), lambda: send(
        frank, "costs/terms/", model="percent", frequency="quarter", currency="EUR", annual_salary="48000",
        on_cost_percent="21.5", percent="60", payment_days="30", suspends_absence="on", uplift_from=month(7, 15),
        uplift_percent="3.5", tax_treatment="", tax_reason="",
    ))  # fmt: skip
    permit = {"do": "keep", "paper__kind": "permit", "paper__issued_by": "Office"}
    at(
        month(2, 1),
        lambda: send(
            ana, "abroad/", **permit, paper__number="A-17", paper__valid_from=month(1), paper__valid_until=month(8, 31)
        ),
    )
    at(
        month(4, 20),
        lambda: send(
            ana, "abroad/", do="trip", trip__first_day=month(4, 12), trip__last_day=month(4, 16), trip__note="Home"
        ),
    )
    at(
        month(5, 3),
        lambda: send(
            ana,
            "absence/",
            kind="sickness",
            first_day=month(5, 3),
            expected_until=month(5, 28),
            last_day="",
            reason="Back surgery",
        ),
    )
    at(month(6, 14), lambda: be_back(year, lukasz, month(6, 13)))
    at(month(6, 15), lambda: on_concern(year, hr, do="close", close__end="settled", close__note=""))
    at(
        month(8, 23),
        lambda: send(
            ana,
            "abroad/",
            **permit,
            paper__number="A-18",
            paper__valid_from=month(9),
            paper__valid_until=date(2028, 8, 31),
        ),
    )
    keep_in_touch(year, *(month(n) for n in range(2, 13)))
    check_in(year, month(1, 11), month(12, 16), lukasz)
    check_in(year, month(1, 11), month(12, 16), ana, but=(month(5, 3), month(6, 14)))
    at(month(11, 22), lambda: year.look_back("secondee"))
    at(month(12, 13), lambda: year.look_back("host"))
    year.live(date(2026, 12, 29), month(12, 24))

    assert fresh(year.case).state == "review"  # the line manager has not looked back
    assert year.said_twice() == []
    assert not [row for row in year.pile if "urgery" in row.sentences]
    away = [row.subject for row in year.pile if row.to == ana.full_name and month(5, 3) <= row.day <= month(6, 13)]
    assert away == ["Ends in 90 days: Work permit, Ana Duarte at Contoso sp. z o.o."]  # which does not wait
    assert year.days("A concern was raised") == {hr.full_name: [month(5, 30)]}  # the 28th day away
    # One check-in is left of the two that fell into the illness, and its ladder begins on the first day back.
    assert year.told("Check-in", ana)[4:6] == [month(6, 14), month(6, 16)]
    assert year.told("Overdue check-in", hr) == [month(6, 19)]
    both = {who.full_name: [month(6, 18)] for who in (hr, ana)}
    assert year.days("Days in the country") == both  # two thresholds on one day, one mail
    ladder = [month(8, 31) - timedelta(days=left) for left in (90, 60, 30)]
    assert year.days("Work permit") == {who.full_name: ladder for who in (hr, ana)}  # and no more once it is renewed
    assert year.days("ook back") == {
        ana.full_name: [month(11, 17)],
        lukasz.full_name: [month(11, 17)],
        tom.full_name: [month(11, 17), month(12, 15), month(12, 17), month(12, 19)],
        hr.full_name: [month(12, 22)],
    }

    # The spreadsheet: 48,000 × 60 % × 24 of 40 hours, a twelfth each month: 1,440; and 21.5 % on top of each sum.
    # January 15 of 20 days (New Year's Day); June 13 of 22, as she had been ill for four weeks on 31 May; July 10 of 22 at 1,440 and
    # 12 at 1,490.40; December 13 of 21.
    bases = (Decimal("3960.00"), Decimal("3730.91"), Decimal("4448.29"), Decimal("3903.43"))
    on_top = (Decimal("851.40"), Decimal("802.15"), Decimal("956.38"), Decimal("839.24"))
    assert [amount for *_, amount in amounts(year)] == [sum(pair) for pair in zip(bases, on_top, strict=True)]
