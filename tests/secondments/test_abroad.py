"""Papers that end, days spent elsewhere, thresholds that come near; and changes of the organisation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils.html import strip_tags
from hypothesis import given, settings
from hypothesis import strategies as st

from people.models import Notice, Person
from secondments import beside_reminders, eligibility, reminders, scopes, todo
from secondments.actions import abroad, inductions, reorganisations, variations, wishes
from secondments.models import Certificate, Induction, InductionStep, Secondment
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, on

SignIn = Callable[[Person], Client]
DAY = timedelta(days=1)
ENDS = date(2027, 8, 31)


@pytest.fixture
def case(cast: Cast) -> Secondment:
    where = {"work_country": "PL", "permit": "held", "social_security": "home"}
    days = {"start_on": date(2027, 1, 4), "end_on": date(2027, 12, 17)}
    return cast.active(**days, kind="international", proposal=where)


def paper(case: Secondment, by: Person, **changes: Any) -> Certificate:
    return abroad.keep(case, by=by, fields={"kind": "permit", "number": "A-17", "valid_until": ENDS, **changes})


def new(since: set[int], about: str) -> list[str]:
    rows = Notice.objects.filter(about__startswith=about, cancelled_at__isnull=True).exclude(pk__in=since)
    return sorted(f"{row.recipient.full_name}: {row.subject}" for row in rows)


def test_papers_are_noted_by_the_secondee_and_hr(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 2, 1)):
        for who in (cast.secondee, cast.hr):
            assert paper(case, who).added_by == who
        for who in (cast.manager, cast.contact, cast.host_hr, cast.finance, cast.stranger_hr):
            with pytest.raises(NotAllowed):
                paper(case, who)
        with pytest.raises(Refused, match="end before it begins"):
            paper(case, cast.hr, valid_from=ENDS + DAY)


def test_end_of_a_paper_is_reminded_of_by_its_ladder(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 2, 1)):
        found = paper(case, cast.hr)
    told = {}
    for left in range(95, -6, -1):
        with on(ENDS - left * DAY):
            since = set(Notice.objects.values_list("pk", flat=True))
            beside_reminders.remind()
            beside_reminders.remind()
            told[left] = new(since, f"certificate:{found.pk}")
    ladder = {left: subjects for left, subjects in told.items() if subjects}
    assert list(ladder) == [90, 60, 30, 7, 0, -1]
    assert ladder[60] == [
        f"{name}: Ends in 60 days: Work permit, Ana Duarte at Contoso sp. z o.o."
        for name in ("Ana Duarte", "Hanna Reed")
    ]
    assert ladder[-1][0].startswith("Ana Duarte: Has ended: Work permit")


@pytest.mark.parametrize(
    ("renewal", "reminded"),
    [
        ({"valid_from": ENDS + DAY, "valid_until": ENDS + 365 * DAY}, False),
        ({"valid_from": ENDS - 30 * DAY, "valid_until": None}, False),
        ({"valid_from": None, "valid_until": None}, True),  # which stands beside it
        ({"valid_from": ENDS + 2 * DAY, "valid_until": ENDS + 365 * DAY}, True),  # a day without any
        ({"valid_from": ENDS - 300 * DAY, "valid_until": ENDS}, True),
        ({"kind": "other", "valid_from": ENDS, "valid_until": ENDS + 365 * DAY}, True),
        ({"kind": "coverage", "valid_from": ENDS, "valid_until": ENDS + 365 * DAY}, True),
    ],
)
def test_paper_that_is_renewed_without_a_gap_is_reminded_of_no_more(
    cast: Cast, case: Secondment, renewal: dict[str, Any], reminded: bool
) -> None:
    with on(date(2027, 2, 1)):
        found = paper(case, cast.hr)
        paper(case, cast.secondee, number="A-18", **renewal)
    with on(ENDS - 7 * DAY):
        beside_reminders.remind()
    assert Notice.objects.filter(about=f"certificate:{found.pk}").exists() is reminded


def test_paper_that_lasts_as_long_as_the_placement_is_not_reminded_of_until_it_is_extended(
    cast: Cast, case: Secondment
) -> None:
    assert case.start_on and case.end_on
    with on(case.start_on):
        found = paper(case, cast.hr, valid_until=case.end_on)
    for late in (-30, 0, 3):
        with on(case.end_on + timedelta(days=late)):
            reminders.remind()
    assert not Notice.objects.filter(about=f"certificate:{found.pk}").exists()
    Secondment.objects.filter(pk=case.pk).update(end_on=case.end_on + timedelta(days=60))
    with on(case.end_on - timedelta(days=30)):
        reminders.remind()
    assert Notice.objects.filter(about=f"certificate:{found.pk}").count() == 2  # HR and the secondee


def test_after_an_outage_the_latest_rung_alone_is_told(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 2, 1)):
        found = paper(case, cast.hr)
    with on(ENDS - 20 * DAY):
        beside_reminders.remind()
    subjects = Notice.objects.filter(about=f"certificate:{found.pk}", recipient=cast.hr).values_list(
        "subject", flat=True
    )
    assert list(subjects) == ["Ends in 20 days: Work permit, Ana Duarte at Contoso sp. z o.o."]


def test_renewed_paper_is_reminded_of_anew_and_one_put_away_is_not(cast: Cast, case: Secondment) -> None:
    with on(ENDS - 30 * DAY):
        renewed, gone = paper(case, cast.hr), paper(case, cast.hr, kind="visa")
        beside_reminders.remind()
        later = {"kind": "permit", "number": "A-17", "valid_until": ENDS + 60 * DAY}
        abroad.keep(case, by=cast.hr, fields=later, certificate=renewed)
        abroad.put_away(gone, by=cast.secondee)
        left = Notice.objects.filter(about__startswith="certificate:", cancelled_at__isnull=True, sent_at__isnull=True)
        assert not left.exists()
        since = set(Notice.objects.values_list("pk", flat=True))
        beside_reminders.remind()
        assert [row.partition(": ")[2] for row in new(since, "certificate:")] == [
            "Ends in 90 days: Work permit, Ana Duarte at Contoso sp. z o.o."
        ] * 2


def test_presence_counts_days_there_and_days_worked(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 2, 1)):
        abroad.note_trip(case, by=cast.secondee, first_day=date(2027, 1, 16), last_day=date(2027, 1, 19))
        with pytest.raises(Refused, match="noted already"):
            abroad.note_trip(case, by=cast.secondee, first_day=date(2027, 1, 19), last_day=date(2027, 1, 20))
        with pytest.raises(Refused, match="within the placement"):
            abroad.note_trip(case, by=cast.secondee, first_day=date(2027, 1, 3), last_day=date(2027, 1, 5))
        found = abroad.presence(fresh(case))
    assert found.days == 29 - 4  # 4 January to 1 February, without the trip
    assert found.worked == 21 - 1 - 2  # Epiphany is a holiday in Poland; two of the days away were working days


def test_threshold_is_told_once_ahead_and_again_when_its_day_moves(cast: Cast, case: Secondment) -> None:
    passes = date(2027, 1, 4) + 183 * DAY
    told = {}
    for n in (-31, -30, -29, 0, 5):
        with on(passes + n * DAY):
            since = set(Notice.objects.values_list("pk", flat=True))
            beside_reminders.count_days()
            beside_reminders.count_days()
            told[n] = len(new(since, "day-count:"))
    assert told == {
        -31: 0,
        -30: 2,
        -29: 0,
        0: 0,
        5: 0,
    }  # two windows passed on one day, in one mail to HR and the secondee
    with on(passes - 20 * DAY):
        abroad.note_trip(case, by=cast.hr, first_day=passes - 15 * DAY, last_day=passes - 10 * DAY)
        since = set(Notice.objects.values_list("pk", flat=True))
        beside_reminders.count_days()
        assert len(new(since, "day-count:")) == 2


def test_pages_abroad(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    address = f"/secondments/{case.key}/abroad/"
    with on(date(2027, 2, 1)):
        me = sign_in(cast.secondee)
        given = {"do": "keep", "paper-kind": "permit", "paper-number": "A-17", "paper-valid_from": "2027-05-02"}
        wrong = me.post(address, given | {"paper-valid_until": "2027-05-01"}).content.decode()
        assert "It would end before it begins." in wrong
        assert "A-17" in wrong
        me.post(address, given | {"paper-valid_until": "2027-08-31"})
        me.post(address, {"do": "trip", "trip-first_day": "2027-01-16", "trip-last_day": "2027-01-19"})
        page = me.get(address).content.decode()
        assert "25 days so far" in page
        assert "passed on" in page
        found = case.certificates.get()
        me.post(f"{address}{found.key}/", {"kind": "permit", "number": "A-18", "valid_until": "2028-08-31"})
        me.post(address, {"do": "remove_trip", "key": case.trips.get().key})
        assert not case.trips.exists()
        me.post(address, {"do": "put_away", "key": found.key})
        found.refresh_from_db()
        assert (found.number, found.ended_at is not None) == ("A-18", True)
        manager = sign_in(cast.manager)
        assert manager.get(address).status_code == 200
        assert manager.post(address, given).status_code == 403
        assert sign_in(cast.contact).get(address).status_code == 403
        assert sign_in(cast.stranger_hr).get(address).status_code == 404


# Changes of the organisation.


def test_each_side_tells_its_own_changes_and_the_secondee_answers(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 2, 1)):
        home = reorganisations.tell(case, by=cast.hr, what="Planning merges.", consulted_until=date(2027, 3, 1))
        there = reorganisations.tell(case, by=cast.contact, what="The site moves.", touches_post=True)
        assert (home.party, there.party, there.touches_post) == ("seconder", "host", False)
        for who in (cast.secondee, cast.manager, cast.finance, cast.stranger_hr):
            with pytest.raises(NotAllowed):
                reorganisations.tell(case, by=who, what="x")
        assert set(scopes.reorganisations(cast.contact)) == {there}
        told = Notice.objects.filter(key__contains=f"reorganisation:{home.pk}:told", recipient=cast.secondee)
        assert list(told.get().sentences)[1] == "Your view is asked for until 1 March 2027."
        assert not Notice.objects.filter(key__contains=f"reorganisation:{home.pk}", recipient=cast.contact).exists()
        with pytest.raises(NotAllowed):
            reorganisations.give_view(home, by=cast.manager, view="x")
        reorganisations.give_view(home, by=cast.secondee, view="I would rather stay in my team.")
        with pytest.raises(NotAllowed):
            reorganisations.end(home, by=cast.contact, result="x")
        reorganisations.end(home, by=cast.hr, result="The team stays.")
        with pytest.raises(Refused, match="consultation is over"):
            reorganisations.give_view(home, by=cast.secondee, view="y")


def test_consultation_waits_for_the_secondee_and_then_for_who_told_of_it(cast: Cast, case: Secondment) -> None:
    def waits(who: Person) -> list[str]:
        rows = todo.of(Person.objects.get(pk=who.pk))
        return [row.sentence for row in rows if row.path == f"{case.get_absolute_url()}reorganisations/"]

    asked, told = "Say what you think of a change of the organisation", "Say what came of a consultation"
    with on(date(2027, 2, 1)):
        home = reorganisations.tell(case, by=cast.hr, what="Planning merges.", consulted_until=date(2027, 3, 1))
        reorganisations.tell(case, by=cast.contact, what="The site moves.")  # nobody's view is asked for
        assert (waits(cast.secondee), waits(cast.hr), waits(cast.contact)) == ([asked], [], [])
    with on(date(2027, 3, 2)):
        assert (waits(cast.secondee), waits(cast.hr)) == ([], [told])
    with on(date(2027, 2, 2)):
        reorganisations.give_view(home, by=cast.secondee, view="I would rather stay in my team.")
        assert (waits(cast.secondee), waits(cast.hr)) == ([], [told])
        reorganisations.end(home, by=cast.hr, result="The team stays.")
        assert waits(cast.hr) == []


def test_page_of_reorganisations(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    address = f"/secondments/{case.key}/reorganisations/"
    with on(date(2027, 2, 1)):
        hr = sign_in(cast.hr)
        assert "Error:" in hr.post(address, {"do": "tell", "what": ""}).content.decode()
        hr.post(address, {"do": "tell", "what": "Planning merges.", "touches_post": "on"})
        found = case.reorganisations.get()
        me = sign_in(cast.secondee)
        assert "Planning merges." in me.get(address).content.decode()
        me.post(address, {"do": "view", "key": found.key, "reason": "A pity."})
        hr.post(address, {"do": "end", "key": found.key, "reason": "It is done."})
        assert "It is done." in me.get(address).content.decode()
        host = sign_in(cast.contact)
        assert "Planning merges." not in host.get(address).content.decode()
        assert host.post(address, {"do": "end", "key": found.key, "reason": "x"}).status_code == 404


# The first days.


def steps(case: Secondment, *titles: str) -> list[dict[str, Any]]:
    return [{"on": case.start_on + n * DAY, "title": title, "with_whom": ""} for n, title in enumerate(titles)]


def test_host_plans_the_first_days_and_what_is_done_stays(cast: Cast) -> None:
    case = cast.agreed()
    words = {"buddy_name": "Ola Nowak", "buddy_email": "ola@example.org", "arrival": "Nine, reception"}
    with pytest.raises(NotAllowed):
        inductions.save(case, by=cast.hr, steps=[], **words)
    inductions.save(case, by=cast.contact, steps=steps(case, "Keys", "Safety"), **words)
    assert Notice.objects.filter(recipient=cast.secondee, key__contains=":induction:").count() == 1
    keys = InductionStep.objects.get(title="Keys")
    with pytest.raises(NotAllowed):
        inductions.finish(keys, by=cast.manager)
    inductions.finish(keys, by=cast.secondee)
    inductions.save(case, by=cast.contact, steps=steps(case, "Keys", "Team"), **words | {"buddy_name": "Jan"})
    assert {(step.title, step.done_at is not None) for step in case.induction_steps.all()} == {
        ("Keys", True),
        ("Team", False),
    }
    assert Notice.objects.filter(recipient=cast.secondee, key__contains=":induction:").count() == 1
    assert Induction.objects.get(secondment=case).buddy_name == "Jan"
    with pytest.raises(Refused, match="before the first day"):
        early = [{"on": case.start_on - DAY, "title": "x"}]
        inductions.save(case, by=cast.contact, steps=early, **words)


def test_pages_of_the_first_days(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreed()
    address = f"/secondments/{case.key}/induction/"
    host = sign_in(cast.contact)
    form = host.get(f"{address}edit/").content.decode()
    assert "Safety briefing" in form
    given = {"buddy_name": "Ola Nowak", "buddy_email": "no address", "arrival": "Nine", "steps-TOTAL_FORMS": "2",
             "steps-INITIAL_FORMS": "0", "steps-0-title": "Keys", "steps-0-on": ""}  # fmt: skip
    wrong = host.post(f"{address}edit/", given).content.decode()
    assert "Say on which day." in wrong
    assert "Ola Nowak" in wrong
    given |= {"buddy_email": "ola@example.org", "steps-0-on": str(case.start_on)}
    host.post(f"{address}edit/", given)
    me = sign_in(cast.secondee)
    assert "Ola Nowak" in me.get(address).content.decode()
    me.post(address, {"step": case.induction_steps.get().pk, "done": "1"})
    assert case.induction_steps.get().done_by == cast.secondee
    for nonsense in ("", "x", "²", "99999999999999999999"):
        assert me.post(address, {"step": nonsense, "done": "1"}).status_code == 404
    assert me.get(f"{address}edit/").status_code == 403
    assert sign_in(cast.manager).get(address).status_code == 403
    assert sign_in(cast.stranger_hr).get(address).status_code == 404


# Across cases.


def test_people_with_us_and_who_is_away(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    from secondments.actions import absences, leaves

    with on(date(2027, 2, 1)):
        asked = leaves.ask(
            case, by=cast.secondee, kind="annual", first_day=date(2027, 2, 8), last_day=date(2027, 2, 12)
        )
        leaves.ask(case, by=cast.secondee, kind="annual", first_day=date(2027, 2, 15), last_day=date(2027, 2, 16))
        leaves.decide(asked, by=cast.manager, granted=True)
        absences.tell(case, by=cast.secondee, kind="sickness", first_day=date(2027, 2, 1), reason="Influenza.")
        seen = {
            who.full_name: (
                sign_in(who).get("/people-with-us/").content.decode(),
                sign_in(who).get("/away/").content.decode(),
            )
            for who in (cast.contact, cast.host_hr, cast.manager, cast.hr, cast.secondee, cast.stranger_hr)
        }
    for name, (with_us, away) in seen.items():
        at_host, at_home = name in {"Łukasz Żółkowski", "Hugo Host"}, name in {"Tom Berg", "Hanna Reed"}
        assert (case.get_absolute_url() in with_us) is at_host, name
        assert (case.get_absolute_url() in away) is at_home, name
        for page in (with_us, away):
            assert "Influenza" not in page
            assert "15 Feb 2027" not in strip_tags(page)
            words = " ".join(strip_tags(page).split())
            assert ("on leave: 8 Feb 2027 – 12 Feb 2027" in words) is (case.get_absolute_url() in page)
            assert ("absent: 1 Feb 2027 – open" in words) is (case.get_absolute_url() in page)


def test_weeks_of_who_is_away_are_turned_and_what_lies_outside_is_cut(
    cast: Cast, case: Secondment, sign_in: SignIn
) -> None:
    from secondments.actions import leaves

    with on(date(2027, 2, 1)):
        ahead = {"first_day": date(2027, 3, 10), "last_day": date(2027, 3, 24)}
        leaves.decide(leaves.ask(case, by=cast.secondee, kind="annual", **ahead), by=cast.manager, granted=True)
        hr = sign_in(cast.hr)

        def shown(query: str) -> list[tuple[int, int]]:
            ((_case, spans),) = hr.get(f"/away/{query}").context["rows"]
            return [(span.x, span.width) for span in spans]

        assert shown("") == [(37, 5)]  # six weeks end on 14 March
        assert shown("?from=2027-03-15") == [(0, 10)]
        assert shown("?from=2027-04-26") == []
        assert shown("?from=1999-01-01") == shown("?from=nonsense") == shown("?from=2027-02-31") == [(37, 5)]
        page = hr.get("/away/").content.decode()
        assert "?from=2027-03-15" in page and "?from=2026-12-21" in page
        home = sign_in(cast.contact).get("/").content.decode()
        assert "on leave" in home and f"{case.get_absolute_url()}concerns/" in home


def test_paper_that_has_ended_waits_for_hr_and_the_secondee(cast: Cast, case: Secondment) -> None:
    with on(date(2027, 2, 1)):
        found = paper(case, cast.hr)
    path = f"{case.get_absolute_url()}abroad/{found.key}/"

    def waits(who: Person) -> bool:
        return path in [row.path for row in todo.of(Person.objects.get(pk=who.pk))]

    with on(ENDS):
        assert not waits(cast.hr)
    with on(ENDS + DAY):
        assert [waits(who) for who in (cast.hr, cast.secondee, cast.manager, cast.contact)] == [
            True,
            True,
            False,
            False,
        ]
        beside_reminders.remind_of_certificates()
        told = Notice.objects.filter(about=f"certificate:{found.pk}", subject__startswith="Has ended")
        assert {row.recipient for row in told} == {cast.hr, cast.secondee, cast.manager}
        paper(case, cast.hr, valid_from=ENDS + DAY, valid_until=ENDS + 200 * DAY)
        assert not waits(cast.hr)


def test_later_last_day_than_a_paper_is_said_when_it_is_asked_for_and_when_it_holds(
    cast: Cast, case: Secondment, sign_in: SignIn
) -> None:
    end_on = case.end_on + 30 * DAY
    with on(date(2027, 5, 3)):
        paper(case, cast.hr, valid_until=case.end_on)
        wish = wishes.ask(case, by=cast.contact, end_on=end_on, reason="The launch is late.")
        pages = {who: sign_in(who).get(wish.get_absolute_url()).content.decode() for who in (cast.hr, cast.contact)}
        assert ("longer than these papers" in pages[cast.hr], "longer than" in pages[cast.contact]) == (True, False)
        variations.apply(fresh(case), {"end_on": str(end_on)}, by=cast.hr, paper="V1")
        about = Notice.objects.filter(key__contains=":outlasts-papers:")
        assert {row.recipient for row in about} == {cast.hr, cast.secondee}


def test_international_case_begins_with_items_of_its_own(cast: Cast, case: Secondment) -> None:
    titles = set(case.checklist.filter(list="outward").values_list("title", flat=True))
    assert {"Posted-worker declaration made where the law asks for it"} <= titles
    other = cast.active(is_full_time=False, weekly_hours=2, secondee=cast.viewer)
    assert not {title for title in other.checklist.values_list("title", flat=True) if "Posted" in title}


def test_reminders_write_all_of_it_in_one_sweep(cast: Cast, case: Secondment) -> None:
    with on(ENDS - 7 * DAY):
        paper(case, cast.hr)
        since = set(Notice.objects.values_list("pk", flat=True))
        reminders.remind()
        assert len(new(since, "certificate:")) == 2


@settings(max_examples=200, deadline=None)
@given(
    st.dates(date(2024, 1, 1), date(2040, 12, 31)),
    st.integers(-10, 120),
    st.sampled_from(("UTC", "Europe/London", "Europe/Warsaw", "America/New_York", "Pacific/Auckland", "Asia/Kolkata")),
    st.integers(0, 23),
)
def test_rung_of_a_paper_is_what_a_calendar_says(ends: date, left: int, zone: str, hour: int) -> None:
    """The oracle counts days one by one on a calendar of the zone, at any hour of the day there."""
    moment = datetime.combine(ends - left * DAY, time(hour), ZoneInfo(zone)).astimezone(UTC)
    today = moment.astimezone(ZoneInfo(zone)).date()
    days, day = 0, today
    while day < ends:
        day, days = day + DAY, days + 1
    gone = (today - ends).days if today > ends else 0
    expected = -1 if gone else next((rung for rung in (0, 7, 30, 60, 90) if days <= rung), None)
    assert beside_reminders.certificate_rung((ends - today).days) == expected


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2040, 12, 31)), st.sampled_from((6, 12, 24)))
def test_follow_ups_fall_on_the_same_day_of_a_later_month(back: date, months: int) -> None:
    """The oracle walks month by month and looks for the day; leap days and short months end on their last day."""
    year, month = back.year, back.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    first_of_next = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    last = first_of_next - DAY
    expected = date(year, month, back.day) if back.day <= last.day else last
    assert eligibility.add_months(back, months) == expected
