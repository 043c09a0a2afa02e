"""Erasing a person's data: nothing is left in a dump but the signed set, and it takes two people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction

from people import clock, ledger, personal_data
from people.actions import erasure, holds
from people.models import Employment, Erasure, LedgerEntry, Membership, Notice, Person
from people.personal_data import Refused
from secondments import timeline
from secondments.models import Secondment
from tests import markers
from tests.cast import Cast, fresh, member, person

LATER = datetime(2040, 1, 1, 12, tzinfo=UTC)  # when nothing of the cases of these tests need be kept any more


@pytest.fixture
def second_hr(cast: Cast) -> Person:
    return member(person("Helen Two"), cast.northwind, "hr")


@pytest.fixture
def administrator(db: None) -> Person:
    return person("Ada Min", is_administrator=True)


def leave(who: Person) -> None:
    """The employment ended yesterday."""
    Employment.objects.filter(person=who).update(until=clock.today("UTC") - timedelta(days=1))


def erase(who: Person, asked_by: Person, confirmed_by: Person) -> Erasure:
    with clock.at(LATER):
        erasure.ask(who, by=asked_by)
        return erasure.anonymise(who, by=confirmed_by)


# --- The dump


@pytest.mark.parametrize("role", ["secondee", "manager", "director"])
def test_no_marker_is_left_but_in_the_signed_set(cast: Cast, second_hr: Person, role: str) -> None:
    case = markers.whole_life(cast)
    who = cast.people[role]
    leave(who)
    markers.fill(who, case, cast)
    placed = markers.mark(who)
    before, found_before = markers.signed_set(), markers.sighted(placed)
    assert set().union(*found_before.values()) == set(placed)  # without the erasure all of them are found

    erase(who, cast.hr, second_hr)

    signed = {
        word
        for word in placed
        if any(word in str(rows) or word.encode().hex() in str(rows) for rows in before.values())
    }
    left = markers.sighted(placed)
    assert set(left) <= set(before)
    assert (set().union(*left.values()), markers.signed_set()) == (signed, before)
    assert len(placed) - len(signed) > 25


def test_name_and_address_are_left_in_the_signed_set_alone(cast: Cast, second_hr: Person) -> None:
    """The real words of the walk, which nobody put in by hand."""
    markers.whole_life(cast)
    words = ["Ana Duarte", "ana.duarte@example.org", "192.0.2.7"]
    found_before = markers.sighted(words)
    assert {"people_person", "people_notice", "people_ledgerwords", "agreements_signatureorigin"} <= set(found_before)
    leave(cast.secondee)
    erase(cast.secondee, cast.hr, second_hr)
    found = markers.sighted(words[:2])
    assert set(found) == {"agreements_version", "agreements_signature", "agreements_evidenceevent"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM agreements_version t JOIN agreements_agreement a ON a.id = t.agreement_id "
            "WHERE a.state <> 'signed' UNION ALL SELECT t::text FROM agreements_evidenceevent t "
            "JOIN agreements_agreement a ON a.id = t.agreement_id WHERE a.state <> 'signed'"
        )
        unsigned = " ".join(row for (row,) in cursor.fetchall())
    assert (unsigned != "", "Ana Duarte" in unsigned) == (True, False)


def test_twin_keeps_every_marker(cast: Cast, second_hr: Person) -> None:
    """Somebody with a case of their own at the same two organisations loses nothing."""
    twin = person("Ana Twin")
    Employment.objects.create(person=twin, organisation=cast.northwind)
    case = markers.whole_life(cast, is_full_time=False, weekly_hours=10)
    twins = markers.whole_life(
        cast, secondee=twin, line_manager=person("Mona Boss"), is_full_time=False, weekly_hours=9
    )
    assert case.pk != twins.pk
    own = markers.mark(twin)
    mine = {word for word, where in own.items() if not where.startswith(("people_notice", "people_ledger"))}
    leave(cast.secondee)
    erase(cast.secondee, cast.hr, second_hr)
    assert set().union(*markers.sighted(mine).values()) == mine


def test_sessions_end(cast: Cast, second_hr: Person, sign_in) -> None:
    sign_in(cast.secondee)
    sign_in(cast.manager)
    leave(cast.secondee)
    erase(cast.secondee, cast.hr, second_hr)
    assert [found.get_decoded()[SESSION_KEY] for found in Session.objects.all()] == [str(cast.manager.pk)]


def test_erased_person_has_an_unusable_account(cast: Cast, second_hr: Person) -> None:
    leave(cast.secondee)
    erase(cast.secondee, cast.hr, second_hr)
    found = Person.objects.get(pk=cast.secondee.pk)
    assert (found.full_name, found.email, found.phone, found.is_active, found.has_usable_password()) == (
        "Erased person", f"erased-{found.key}@erased.invalid", "", False, False,
    )  # fmt: skip
    employment = found.employments.get()
    assert (employment.annual_salary, employment.employee_number, employment.line_manager) == (None, "", None)


def test_pages_of_an_erased_case_still_open(cast: Cast, second_hr: Person, sign_in) -> None:
    case = markers.whole_life(cast)
    leave(cast.secondee)
    erase(cast.secondee, cast.hr, second_hr)
    client = sign_in(cast.hr)
    for path in ("", "agreement/", "conclude/"):
        answer = client.get(f"{case.get_absolute_url()}{path}")
        assert (path, answer.status_code, "Ana Duarte" in answer.content.decode()) in [
            (path, 200, False),
            ("agreement/", 200, True),  # the signed terms name their parties
        ]
    assert client.get(f"/people/{cast.secondee.key}/").status_code == 200
    sentences = {line.sentence for line in timeline.of(fresh(case), cast.hr)}
    assert "The words of this entry were erased" in sentences


def test_erased_paper_says_so_and_its_case_still_opens(cast: Cast, second_hr: Person, sign_in) -> None:
    from secondments import transitions

    case = cast.agreement_case()
    cast.issued(case)
    transitions.perform(fresh(case), "withdraw", by=cast.hr, reason="Called off")
    leave(cast.secondee)
    erase(cast.secondee, cast.hr, second_hr)
    client = sign_in(cast.hr)
    found = {path: client.get(f"{case.get_absolute_url()}{path}") for path in ("", "agreement/", "agreement/panel/")}
    assert [answer.status_code for answer in found.values()] == [200, 403, 200]
    assert "its words have been erased" in found["agreement/"].content.decode()


# --- Refusals


def refused(who: Person, by: Person) -> list[str]:
    with pytest.raises(Refused) as caught:
        erasure.ask(who, by=by)
    return list(caught.value.sentences)


def test_refused_while_employed_and_in_a_role(cast: Cast) -> None:
    assert refused(cast.finance, cast.hr) == ["Only HR of the last employer or the administrator can do this."]
    Employment.objects.create(person=cast.finance, organisation=cast.northwind)
    assert refused(cast.finance, cast.hr) == [
        "The employment has not ended. Enter its last day first.",
        "There is still a role for an organisation. End it first.",
    ]


def test_refused_while_a_case_is_open(cast: Cast) -> None:
    case = cast.active()
    leave(cast.secondee)
    assert refused(cast.secondee, cast.hr) == [f"The secondment {case.reference} is not closed yet."]


@pytest.mark.parametrize(("years", "until"), [(6, 2032), (2, 2028)])
def test_refused_until_the_years_of_the_case_are_over(cast: Cast, second_hr: Person, years: int, until: int) -> None:
    with clock.at(datetime(2026, 2, 1, 12, tzinfo=UTC)):
        case = cast.withdrawn()
        leave(cast.secondee)
        Secondment.objects.filter(pk=case.pk).update(policy=case.policy | {"retention_years": years})
    with clock.at(datetime(until, 2, 1, 12, tzinfo=UTC)):
        assert refused(cast.secondee, cast.hr) == [f"The secondment {case.reference} is kept until 1 February {until}."]
    with clock.at(datetime(until, 2, 2, 12, tzinfo=UTC)):
        erasure.ask(cast.secondee, by=cast.hr)
        assert erasure.anonymise(cast.secondee, by=second_hr).done_at


@pytest.mark.parametrize("on_case", [False, True])
def test_refused_under_a_legal_hold(cast: Cast, second_hr: Person, on_case: bool) -> None:
    case = cast.withdrawn()
    leave(cast.secondee)
    what = {"case_id": case.pk} if on_case else {"person": cast.secondee}
    with clock.at(LATER):
        hold = holds.place(cast.northwind, by=cast.hr, reason="a claim at court", **what)
        sentence = "A legal hold says that nothing may be erased. Whoever placed it can lift it."
        assert refused(cast.secondee, cast.hr) == [sentence]
        holds.lift(hold, by=second_hr)
        erasure.ask(cast.secondee, by=cast.hr)


def test_hold_placed_between_asking_and_confirming_refuses(cast: Cast, second_hr: Person) -> None:
    leave(cast.secondee)
    erasure.ask(cast.secondee, by=cast.hr)
    holds.place(cast.northwind, by=cast.hr, reason="a claim", person=cast.secondee)
    with pytest.raises(Refused, match="legal hold"):
        erasure.anonymise(cast.secondee, by=second_hr)
    assert Person.objects.get(pk=cast.secondee.pk).full_name == "Ana Duarte"


def test_colleague_who_acted_in_a_case_stays_as_long_as_it(cast: Cast) -> None:
    """Who did something in a running case is in its story, with or without a part in it."""
    case, helper = cast.proposal(), person("Hal Per")
    Employment.objects.create(person=helper, organisation=cast.northwind)
    leave(helper)
    assert list(personal_data.refusals(helper)) == []
    ledger.record("checklist.tick", by=helper, case_id=case.pk, title="Tell payroll")
    assert refused(helper, cast.hr) == [f"The secondment {case.reference} is not closed yet."]


# --- Two people


def test_nobody_confirms_what_they_asked_for(cast: Cast) -> None:
    leave(cast.secondee)
    with pytest.raises(Refused, match="Nobody has asked"):
        erasure.anonymise(cast.secondee, by=cast.hr)
    erasure.ask(cast.secondee, by=cast.hr)
    with pytest.raises(Refused, match="You asked for this yourself"):
        erasure.anonymise(cast.secondee, by=cast.hr)


def test_database_wants_two_people(cast: Cast) -> None:
    leave(cast.secondee)
    found = erasure.ask(cast.secondee, by=cast.hr)
    with pytest.raises(IntegrityError, match="erasure_done_by_two_people"), transaction.atomic():
        Erasure.objects.filter(pk=found.pk).update(done_at=clock.now(), confirmed_by=cast.hr)


def test_administrator_confirms_where_hr_is_alone(cast: Cast, administrator: Person) -> None:
    leave(cast.secondee)
    erasure.ask(cast.secondee, by=cast.hr)
    told = Notice.objects.filter(key__startswith="erasure:").values_list("recipient__full_name", flat=True)
    assert list(told) == ["Ada Min"]
    assert erasure.anonymise(cast.secondee, by=administrator).confirmed_by == administrator


def test_last_of_several_employers_does_not_erase_alone(cast: Cast, second_hr: Person, administrator: Person) -> None:
    day = clock.today("UTC")
    leave(cast.secondee)
    Employment.objects.create(
        person=cast.secondee,
        organisation=cast.contoso,
        since=day - timedelta(days=900),
        until=day - timedelta(days=800),
    )
    erasure.ask(cast.secondee, by=cast.hr)
    assert [notice.recipient for notice in Notice.objects.filter(key__startswith="erasure:")] == [administrator]
    with pytest.raises(Refused, match="Others have employed this person too"):
        erasure.anonymise(cast.secondee, by=second_hr)
    assert erasure.anonymise(cast.secondee, by=administrator).done_at


@pytest.mark.parametrize("role", ["finance", "viewer", "host_hr", "stranger_hr", "stranger", "secondee"])
def test_others_cannot_ask_or_confirm(cast: Cast, second_hr: Person, role: str) -> None:
    leave(cast.secondee)
    sentence = "Only HR of the last employer or the administrator can do this."
    assert refused(cast.secondee, cast.people[role]) == [sentence]
    erasure.ask(cast.secondee, by=cast.hr)
    with pytest.raises(Refused, match="Only HR of the last employer"):
        erasure.anonymise(cast.secondee, by=cast.people[role])


def test_message_to_the_second_person_names_nobody(cast: Cast, second_hr: Person) -> None:
    leave(cast.secondee)
    erasure.ask(cast.secondee, by=cast.hr)
    notice = Notice.objects.get(key__startswith="erasure:")
    assert (notice.recipient, "Ana" in f"{notice.subject} {notice.sentences}") == (second_hr, False)


def test_called_off_needs_asking_anew(cast: Cast, second_hr: Person) -> None:
    leave(cast.secondee)
    found = erasure.ask(cast.secondee, by=cast.hr)
    erasure.call_off(found, by=second_hr)
    with pytest.raises(Refused, match="Nobody has asked"):
        erasure.anonymise(cast.secondee, by=second_hr)


def test_erased_twice_is_refused(cast: Cast, second_hr: Person) -> None:
    leave(cast.secondee)
    erase(cast.secondee, cast.hr, second_hr)
    assert refused(cast.secondee, cast.hr) == ["This person's data have been erased already."]


# --- What is due


def test_due_are_those_who_left_and_whose_years_are_over(cast: Cast) -> None:
    cast.withdrawn()
    assert (erasure.find_due(), Erasure.objects.count()) == (0, 0)
    leave(cast.secondee)
    assert (erasure.find_due(), Erasure.objects.count()) == (0, 0)
    with clock.at(LATER):
        assert (erasure.find_due(), erasure.find_due()) == (1, 0)
        assert Erasure.objects.get().person == cast.secondee
        holds.place(cast.northwind, by=cast.hr, reason="a claim", person=cast.secondee)
        assert (erasure.find_due(), Erasure.objects.count()) == (0, 0)
    assert Person.objects.get(pk=cast.secondee.pk).full_name == "Ana Duarte"


# --- What the database lets through


def test_signed_paper_cannot_be_erased(cast: Cast) -> None:
    case = markers.whole_life(cast)
    signed = case.agreements.get(state="signed")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT erase_paper(%s, %s)", [signed.pk, cast.secondee.pk])


def test_declined_paper_of_an_open_case_cannot_be_erased(cast: Cast) -> None:
    from agreements import signing

    case = cast.agreement_case()
    paper = signing.decline(cast.issued(case), by=cast.secondee, reason="no")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT erase_paper(%s, %s)", [paper.pk, cast.secondee.pk])


@pytest.mark.parametrize("change", ["hash = ''", "verb = ''", "actor_id = NULL"])
def test_ledger_loses_words_and_takes_no_others(cast: Cast, change: str) -> None:
    cast.withdrawn()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE people_ledgerentry SET {change}")


def test_ledger_keeps_that_something_was_done(cast: Cast, second_hr: Person) -> None:
    case = cast.withdrawn()
    before = list(LedgerEntry.objects.filter(case_id=case.pk).values_list("pk", "at", "verb", "actor_id", "number"))
    leave(cast.secondee)
    erase(cast.secondee, cast.hr, second_hr)
    entries = LedgerEntry.objects.filter(case_id=case.pk)
    assert list(entries.values_list("pk", "at", "verb", "actor_id", "number")) == before
    assert {(entry.reason, str(entry.facts)) for entry in entries} == {("", "{}")}


def test_houses_are_asked_from_the_top_down() -> None:
    assert list(personal_data._houses) == ["people", "secondments", "agreements", "config"]


def test_membership_ended_is_no_obstacle(cast: Cast, second_hr: Person) -> None:
    Employment.objects.create(person=cast.finance, organisation=cast.northwind)
    leave(cast.finance)
    Membership.objects.filter(person=cast.finance).update(until=clock.now())
    erase(cast.finance, cast.hr, second_hr)
