"""Changes of the agreement that a party asks for: the policy's word on it, the answer, the variation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from agreements import further
from people import clock
from people.models import LedgerEntry, Notice, Person
from secondments import charging, reminders, scopes, todo
from secondments.actions import variations, wishes
from secondments.models import RechargeTerms, Secondment, Wish
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, on

SignIn = Callable[[Person], Client]
DAY = timedelta(days=1)
END = date(2027, 9, 30)


@pytest.fixture
def case(cast: Cast) -> Secondment:
    return cast.active(start_on=date(2027, 1, 4), end_on=END)


def ask(case: Secondment, by: Person, end_on: date | None = END + 60 * DAY, **more: object) -> Wish:
    return wishes.ask(case, by=by, end_on=end_on, reason="The work takes longer.", **more)


def test_every_party_asks_and_the_others_are_told(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 5, 3)):
        found = [ask(case, who) for who in (cast.secondee, cast.contact, cast.manager)]
        assert [row.party for row in found] == ["secondee", "host", "line_manager"]
        told = Notice.objects.filter(about=f"wish:{found[0].pk}").values_list("recipient__full_name", "subject")
    names = {cast.hr.full_name, cast.contact.full_name, cast.manager.full_name}
    assert {name for name, _ in told} == names
    for stranger in (cast.finance, cast.viewer, cast.signatory, cast.stranger_hr):
        with pytest.raises(NotAllowed):
            ask(case, stranger)


def test_policy_that_allows_it_finds_nothing(case: Secondment) -> None:
    with on(date(2027, 5, 3)):
        assert wishes.findings(case, END + 60 * DAY) == []
        assert wishes.findings(case, END - DAY) == []  # not an extension
        assert wishes.findings(case, None) == []


# On which day it is asked, the new last day, and what the policy says.
AGAINST = [
    (END - 60 * DAY, END + DAY, []),
    (END - 59 * DAY, END + DAY, ["An extension has to be asked for 60 days before the last day, which was 1 August 2027."]),
    (date(2027, 5, 3), END + 366 * DAY, []),
    (date(2027, 5, 3), END + 367 * DAY, ["One extension is at most 366 days; this is 367."]),
]  # fmt: skip


@pytest.mark.parametrize(("day", "end_on", "sentences"), AGAINST)
def test_policy_speaks_in_days(case: Secondment, day: date, end_on: date, sentences: list[str]) -> None:
    with on(day):
        assert wishes.findings(case, end_on) == sentences


def test_extensions_are_counted_and_their_sum_with_them(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 5, 3)):
        for n, days in enumerate((30, 60), start=1):
            variations.apply(case, {"end_on": str(END + days * DAY)}, by=cast.hr, paper=f"V{n}")
            case = fresh(case)
        variations.apply(case, {"role_title": "Lead"}, by=cast.hr, paper="V3")
        case = fresh(case)
        assert wishes.extensions_before(case) == 2
        found = wishes.findings(case, END + 90 * DAY)
    assert found == ["It has been extended 2 times; the policy allows 2."]


def test_longest_placement_and_all_days_with_the_host_speak_too(case: Secondment) -> None:
    case.policy |= {"maximum_days": 300, "extension_maximum_days": 2000, "cumulative_maximum_days": 310}
    case.save()
    with on(date(2027, 5, 3)):
        found = wishes.findings(case, END + 60 * DAY)
    assert found[0] == "A placement is at most 300 days; it would be 330."
    assert found[1].startswith("With this host 0 days before and 330 now make 330, more than the 310 allowed.")
    assert case.end_on == END  # asked about, not changed


def test_asking_needs_a_change_and_a_reason(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 5, 3)):
        with pytest.raises(Refused, match="Say what is to change"):
            ask(case, cast.secondee, end_on=END)
        with pytest.raises(Refused, match="This day has passed"):
            ask(case, cast.secondee, end_on=date(2027, 5, 2))
        with pytest.raises(Refused, match="Give a reason"):
            wishes.ask(case, by=cast.secondee, weekly_hours=Decimal(30), reason=" ")
        for _ in range(5):
            ask(case, cast.secondee)
        with pytest.raises(Refused, match="Several changes wait"):
            ask(case, cast.contact)


def test_hr_answers_once_and_against_the_policy_only_with_a_reason(cast: Cast, case: Secondment) -> None:
    with on(END - 30 * DAY):
        found = ask(fresh(case), cast.contact)
        with pytest.raises(NotAllowed):
            wishes.answer(found, by=cast.manager, granted=True)
        with pytest.raises(Refused, match="although the policy speaks against it"):
            wishes.answer(found, by=cast.hr, granted=True)
        done = wishes.answer(found, by=cast.hr, granted=True, why="The client insists.")
        assert (done.granted, done.answer, len(done.findings)) == (True, "The client insists.", 1)
        with pytest.raises(Refused, match="answered meanwhile"):
            wishes.answer(found, by=cast.hr, granted=False, why="No.")
        assert fresh(case).end_on == END  # nothing changes before all have signed


def test_variation_against_the_policy_needs_the_exception(cast: Cast, case: Secondment) -> None:
    late = {"end_on": str(END + 30 * DAY)}
    with on(END - 30 * DAY):
        with pytest.raises(Refused, match="Say why it is extended although the policy speaks against it"):
            further.vary(case, by=cast.hr, changes=late, reason="More to do")
        further.vary(case, by=cast.hr, changes=late, reason="More to do", exception="Agreed with the board")
    entry = LedgerEntry.objects.get(case_id=case.pk, verb="wish.except")
    assert entry.reason == "Agreed with the board"


def test_whoever_asked_takes_it_back(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 5, 3)):
        found = ask(case, cast.secondee)
        with pytest.raises(NotAllowed):
            wishes.take_back(found, by=cast.contact)
        wishes.take_back(found, by=cast.secondee)
        with pytest.raises(Refused, match="taken back meanwhile"):
            wishes.answer(found, by=cast.hr, granted=True)
    assert not scopes.wishes(cast.contact).exists()
    assert scopes.wishes(cast.secondee).exists()
    assert not Notice.objects.filter(about=f"wish:{found.pk}", cancelled_at__isnull=True).exists()


def test_hr_is_reminded_of_what_nobody_answered_once_a_rung(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 5, 3)):
        found = ask(case, cast.secondee)
    seen = []
    for n in range(14):
        with on(date(2027, 5, 3) + n * DAY):
            reminders.remind()
            reminders.remind()
            new = Notice.objects.filter(key__contains=f"wish:{found.pk}:", key__endswith=f":{cast.hr.pk}")
            seen.append(new.filter(subject__startswith="Not answered").count())
    assert seen == [0] * 7 + [1, 1] + [2] * 5


def test_pages_from_asking_to_the_drafted_variation(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    with on(date(2027, 5, 3)):
        host = sign_in(cast.contact)
        page = host.post(f"/secondments/{case.key}/changes/", {"end_on": "2027-11-30", "reason": ""})
        assert "Error:" in page.content.decode()
        assert "2027-11-30" in page.content.decode()
        host.post(f"/secondments/{case.key}/changes/", {"end_on": "2027-11-30", "reason": "The launch is late."})
        found = case.wishes.get()
        assert "The policy has nothing against it." in host.get(found.get_absolute_url()).content.decode()
        assert host.post(found.get_absolute_url(), {"granted": "yes"}).status_code == 403
        hr = sign_in(cast.hr)
        assert "A change of the agreement is asked for" in hr.get("/").content.decode()
        hr.post(found.get_absolute_url(), {"granted": "yes", "why": ""})
        drafted = hr.get(f"/secondments/{case.key}/papers/vary/?wish={found.key}").content.decode()
        assert 'value="2027-11-30"' in drafted
        assert "The launch is late." in drafted
        assert sign_in(cast.finance).get(found.get_absolute_url()).status_code == 403
        assert sign_in(cast.stranger_hr).get(found.get_absolute_url()).status_code == 404


def test_every_check_is_shown_whether_it_is_met_or_not(case: Secondment) -> None:
    with on(date(2027, 5, 3)):
        checks = wishes.checks(case, END + 367 * DAY)
    said = [(check.is_met, check.sentence) for check in checks]
    assert said[:4] == [
        (True, "Asked for in time: 60 days before the last day is 1 August 2027."),
        (True, "It has been extended 0 times; the policy allows 2."),
        (False, "One extension is at most 366 days; this is 367."),
        (True, f"A placement is at most 1096 days; it would be {(END + 368 * DAY - date(2027, 1, 4)).days}."),
    ]
    assert wishes.checks(case, END - DAY) == []


def test_host_and_secondee_give_notice_and_hr_ends_the_placement_by_it(
    cast: Cast, case: Secondment, sign_in: SignIn
) -> None:
    day = date(2027, 5, 3)
    address = f"/secondments/{case.key}/changes/"
    with on(day):
        for who in (cast.manager, cast.hr):
            assert wishes.notice_until(case, who) is None
            with pytest.raises(NotAllowed):
                wishes.ask(case, by=who, reason="Enough", is_notice=True)
        until = wishes.notice_until(case, cast.contact)
        assert until == date(2027, 5, 31)
        host = sign_in(cast.contact)
        early = host.post(address, {"is_notice": "on", "end_on": "2027-05-30", "reason": "The site closes."})
        assert "Notice that is given today runs until 31 May 2027" in early.content.decode()
        host.post(address, {"is_notice": "on", "reason": "The site closes."})
        found = case.wishes.get()
        assert (found.is_notice, found.party, found.end_on) == (True, "host", until)
        told = Notice.objects.filter(about=f"wish:{found.pk}")
        assert {notice.recipient for notice in told} == {cast.hr, cast.secondee, cast.manager}
        assert all("Notice is given" in notice.subject for notice in told)
        assert "The site closes" not in str([notice.sentences for notice in told])
        assert "Notice was given" in str([row.sentence for row in todo.of(cast.hr)])
        with pytest.raises(Refused, match="not answered"):
            wishes.answer(found, by=cast.hr, granted=True)
    with on(day + 4 * DAY):  # HR sees to it on Friday; the notice runs from Monday
        hr = sign_in(cast.hr)
        page = hr.get(found.get_absolute_url()).content.decode()
        assert "End the placement by this notice" in page and 'name="granted"' not in page
        form = hr.get(f"/secondments/{case.key}/end-early/?notice={found.key}").context["form"]
        given = {name: form.initial[name] for name in ("asked_by", "last_day", "given_on", "reason")}
        assert given == {"asked_by": "host", "last_day": until, "given_on": day, "reason": "The site closes."}
        hr.post(f"/secondments/{case.key}/end-early/", given)
    ended = fresh(case)
    assert (ended.end_on, ended.notice_given_on, ended.early_end_asked_by) == (until, day, "host")
    assert case.wishes.get().granted is True


def test_other_days_of_the_week_are_asked_for_and_go_into_the_variation(cast: Cast, sign_in: SignIn) -> None:
    case = cast.active(
        start_on=date(2027, 1, 4), end_on=END, weekly_hours=Decimal(24), is_full_time=False, working_days=[0, 1, 2]
    )
    with on(date(2027, 5, 3)):
        page = sign_in(cast.secondee).get(f"/secondments/{case.key}/changes/").content.decode()
        assert "Now: Monday, Tuesday, Wednesday" in page
        fields = {"working_days": ["0", "1", "2", "3"], "weekly_hours": "32", "reason": "A day more."}
        sign_in(cast.secondee).post(f"/secondments/{case.key}/changes/", fields)
        found = case.wishes.get()
        assert (found.working_days, found.weekly_hours) == ([0, 1, 2, 3], Decimal(32))
        page = sign_in(cast.hr).get(found.get_absolute_url()).content.decode()
        assert "Monday, Tuesday, Wednesday, Thursday" in page
        wishes.answer(found, by=cast.hr, granted=True)
        form = sign_in(cast.hr).get(f"/secondments/{case.key}/papers/vary/?wish={found.key}").content.decode()
        assert form.count("checked") == 4
        given = {
            "reason": "A day more.",
            "weekly_hours": "32",
            "working_days": ["0", "1", "2", "3"],
            "effective": "2027-06-01",
        }
        sign_in(cast.hr).post(f"/secondments/{case.key}/papers/vary/", given)
    paper = case.agreements.get(kind="variation")
    assert paper.changes == {"weekly_hours": "32", "is_full_time": False, "working_days": [0, 1, 2, 3]}
    text = paper.current.terms
    assert "takes effect on 1 June 2027" in text
    assert "Monday, Tuesday, Wednesday, Thursday" in text


def test_same_days_are_no_change(cast: Cast, case: Secondment) -> None:
    case.working_days = [0, 1]
    case.save()
    with on(date(2027, 5, 3)), pytest.raises(Refused, match="Say what is to change"):
        ask(case, cast.secondee, end_on=None, working_days=[1, 0])


def test_what_it_would_cost_is_said_to_who_reads_costs(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    terms = {"model": "salary", "currency": "EUR", "annual_salary": Decimal(48_000), "on_cost_percent": Decimal(0)}
    RechargeTerms.objects.update_or_create(
        secondment=case,
        defaults={**terms, "set_at": clock.now(), "set_by": cast.hr, "shares": [[str(case.start_on), "1"]]},
    )
    with on(date(2027, 5, 3)):
        found = ask(case, cast.contact, end_on=date(2027, 11, 30))
        said = f"{charging.in_all(case) + 8_000:,.2f} EUR with this change"  # two months more of 4,000
        for who, reads in ((cast.hr, True), (cast.contact, True), (cast.manager, True), (cast.secondee, False)):
            page = sign_in(who).get(found.get_absolute_url()).content.decode()
            assert (who, said in page, "8,000.00 EUR more" in page) == (who, reads, reads)


def test_what_else_is_asked_for_stands_beside_it(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    with on(date(2027, 5, 3)):
        one, other = ask(case, cast.secondee), ask(case, cast.contact, end_on=END + 30 * DAY)
        page = sign_in(cast.hr).get(one.get_absolute_url()).content.decode()
        assert (other.get_absolute_url() in page, "is not answered yet:" in page) == (True, True)
        wishes.answer(other, by=cast.hr, granted=False, why="One is enough.")
        page = sign_in(cast.hr).get(one.get_absolute_url()).content.decode()
    assert "is not answered yet:" not in page


def test_what_is_said_of_days_is_what_a_variation_then_costs(cast: Cast, case: Secondment) -> None:
    """From full-time to three days, with a cost of each day: the forecast is what is counted once it is signed."""
    case.cost_items.create(kind="travel", amount=Decimal(10), basis="day", borne_by="host")
    terms = {"model": "none", "currency": "EUR", "set_at": clock.now(), "set_by": cast.hr}
    RechargeTerms.objects.update_or_create(secondment=case, defaults=terms)
    with on(date(2027, 5, 3)):
        found = ask(fresh(case), cast.secondee, end_on=None, working_days=[0, 1, 2])
        before, said = charging.in_all(fresh(case)), charging.in_all(fresh(case), found)
        variations.apply(fresh(case), {"working_days": [0, 1, 2]}, by=cast.hr, paper="V1")
        assert before > said == charging.in_all(fresh(case))
