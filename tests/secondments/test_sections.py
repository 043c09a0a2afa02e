"""The sections of a proposal: what is typed wrongly or oddly, what is kept, two who write at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from people import clock
from people.models import Department, Employment, Person
from secondments.actions import proposals
from secondments.models import Secondment
from secondments.transitions import Refused
from tests.cast import Cast, fresh, member, person

SignIn = Callable[[Person], Client]


@pytest.fixture
def draft(cast: Cast) -> Secondment:
    return cast.draft()


def send(client: Client, case: Secondment, section: str, seen: int = 0, **answers: object):
    path = f"{case.get_absolute_url()}edit/{section}/"
    return client.post(path, {"seen": str(seen), "save": "1", **answers})


def errors(answer) -> dict[str, list[str]]:
    return {name: [str(e) for e in found] for name, found in answer.context["form"].errors.items()}


# --- Sections


def test_begin_makes_a_draft_that_is_filled_in_any_order(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    case = Secondment.objects.get(key=client.post("/secondments/new/").url.split("/")[2])
    assert send(client, case, "risks", risks="Flu", conditions="", host_provides="A desk").status_code == 302
    assert send(client, case, "dates", start_on="4 May 2030", end_on="2030-06-01").status_code == 302
    case = fresh(case)
    assert (case.start_on, case.proposal.risks) == (date(2030, 5, 4), "Flu")
    page = client.get(f"{case.get_absolute_url()}edit/").content.decode()
    assert "Say who is to be seconded." in page and "last saved by Hanna Reed" in page


@pytest.mark.parametrize(
    ("section", "answers", "field", "sentence"),
    [
        ("dates", {"start_on": "31 February 2030"}, "start_on", "This is not a day of the calendar"),
        ("dates", {"start_on": "2030-02-29"}, "start_on", "This is not a day of the calendar"),
        ("dates", {"start_on": "2030-05-04", "end_on": "2030-05-03"}, "end_on", "The last day is before the first"),
        ("work", {"weekly_hours": "many"}, "weekly_hours", "This is not a number"),
        ("work", {"weekly_hours": "61"}, "weekly_hours", "less than or equal to 60"),
        ("work", {"counted_in": "total", "working_time": "part"}, "total_hours", "Give the hours in all."),
        ("people", {"secondee": "nobody@example.org"}, "secondee", "Nobody with this e-mail works at Northwind"),
        ("people", {"secondee": "nonsense"}, "secondee", "Enter a valid email address."),
        ("people", {"host_contact_name": "Zoë"}, "host_contact_email", "Give Zoë's e-mail address"),
        ("people", {"host_contact_email": "z@x.example"}, "host_contact_name", "Give their name too."),
        ("funding", {"funding": "shared"}, "host_percent", "Say how many per cent the host bears."),
        ("funding", {"funding": "fixed"}, "fixed_amount", "Say how much the host pays."),
        ("funding", {"currency": "pounds"}, "currency", "A currency has three letters"),
        ("funding", {"currency": "EUR"}, "currency", "The salary is paid in GBP"),
    ],
)
def test_bad_input_is_said_at_its_field_and_kept_as_typed(
    cast: Cast, sign_in: SignIn, draft: Secondment, section: str, answers: dict[str, str], field: str, sentence: str
) -> None:
    usual = {"people": {"kind": "external"}, "work": {"working_time": "full", "counted_in": "week"}}.get(section, {})
    if section == "funding":
        usual = {"cost_items-TOTAL_FORMS": "0", "cost_items-INITIAL_FORMS": "0"}
    client = sign_in(cast.hr)
    answer = send(client, draft, section, **{**usual, **answers})
    assert answer.status_code == 200
    assert sentence in errors(answer)[field][0]
    for typed in answers.values():
        assert typed in answer.content.decode()
    again = client.get(f"{draft.get_absolute_url()}edit/{section}/").content.decode()  # on another device
    if answers.get(field):
        assert answers[field] in again and sentence.replace("'", "&#x27;") in again


@pytest.mark.parametrize("typed", ["46146", "04/05/2026", "4 May 2026", "2026-05-04", "4.5.2026"])
def test_days_are_read_as_people_write_and_paste_them(
    cast: Cast, sign_in: SignIn, draft: Secondment, typed: str
) -> None:
    send(sign_in(cast.hr), draft, "dates", start_on=typed, end_on="")
    assert fresh(draft).start_on == date(2026, 5, 4)


def test_leap_day_and_decimal_comma_and_hours_in_all(cast: Cast, sign_in: SignIn, draft: Secondment) -> None:
    client = sign_in(cast.hr)
    send(client, draft, "dates", start_on="29/02/2028", end_on="01/03/2029")
    work = {"working_time": "part", "counted_in": "total", "weekly_hours": "7,5", "total_hours": "100"}
    send(client, draft, "work", **work, working_days=["0", "3"])
    case = fresh(draft)
    assert (case.start_on, case.weekly_hours, case.total_hours) == (date(2028, 2, 29), Decimal("7.5"), Decimal(100))
    assert (case.is_full_time, case.working_days) == (False, [0, 3])


def test_long_texts_emoji_and_names_from_right_to_left(cast: Cast, sign_in: SignIn, draft: Secondment) -> None:
    client = sign_in(cast.hr)
    text = "Ω 🙂 שלום " + "x" * 2990
    assert send(client, draft, "purpose", purpose=text).status_code == 302
    assert fresh(draft).purpose == text
    people = {"kind": "external", "host_contact_name": "נועה כהן", "host_contact_email": "noa@x.example"}
    assert send(client, draft, "people", **people, host=cast.contoso.pk).status_code == 302
    assert fresh(draft).host_contact.full_name == "נועה כהן"
    assert "at most 6000 characters" in errors(send(client, draft, "purpose", 1, purpose="y" * 6001))["purpose"][0]


def test_host_is_not_the_department_that_the_secondee_comes_from(
    cast: Cast, sign_in: SignIn, draft: Secondment
) -> None:
    Employment.objects.filter(person=cast.secondee).update(
        department=Department.objects.create(organisation=cast.northwind, name="Sales")
    )
    answers = {"kind": "internal", "secondee": cast.secondee.email, "host": "", "host_department": " sales "}
    found = errors(send(sign_in(cast.hr), draft, "people", **answers))
    assert found["host_department"] == ["Ana Duarte works in Sales already; name the department that hosts."]


def test_who_leaves_is_not_lent_beyond_the_last_day(cast: Cast, sign_in: SignIn, draft: Secondment) -> None:
    last = clock.today("Europe/London") + timedelta(days=100)
    Employment.objects.filter(person=cast.secondee).update(until=last)
    days = {"start_on": (last - timedelta(days=9)).isoformat(), "end_on": (last + timedelta(days=1)).isoformat()}
    assert "leaves on" in errors(send(sign_in(cast.hr), draft, "dates", **days))["end_on"][0]


def test_half_an_address_makes_nobody_known_before_the_section_is_sent(
    cast: Cast, sign_in: SignIn, draft: Secondment
) -> None:
    client, before = sign_in(cast.hr), Person.objects.count()
    typed = {"kind": "external", "host_contact_name": "New One", "host_contact_email": "new@half.example"}
    assert send(client, draft, "people", **typed, host=cast.contoso.pk, autosave="1").status_code == 200
    assert (Person.objects.count(), fresh(draft).host_contact) == (before, cast.contact)
    assert "new@half.example" in client.get(f"{draft.get_absolute_url()}edit/people/").content.decode()
    assert "not finished" in client.get(f"{draft.get_absolute_url()}check/").content.decode()
    send(client, draft, "people", 1, **typed, host=cast.contoso.pk)
    assert fresh(draft).host_contact.email == "new@half.example"


def test_two_who_write_at_once_are_told_and_neither_is_overwritten(
    cast: Cast, sign_in: SignIn, draft: Secondment
) -> None:
    other = member(person("Olga Other"), cast.northwind, "hr")
    mine, theirs = sign_in(cast.hr), sign_in(other)
    assert send(theirs, draft, "purpose", 0, purpose="Theirs").status_code == 302
    for autosave in ({"autosave": "1"}, {}):
        answer = send(mine, draft, "purpose", 0, purpose="Mine", **autosave)
        assert "Olga Other saved this section meanwhile" in answer.content.decode()
        assert fresh(draft).purpose == "Theirs"
    page = answer.content.decode()
    assert "Theirs" in page and "Mine" in page
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    assert send(mine, draft, "purpose", int(seen), purpose="Both").status_code == 302
    assert fresh(draft).purpose == "Both"
    assert send(theirs, draft, "risks", 0, risks="Another section").status_code == 302  # which nobody else wrote


def test_only_hr_of_the_seconder_writes_and_only_while_it_is_a_draft(cast: Cast, sign_in: SignIn) -> None:
    case = cast.proposal()
    for who, status in ((cast.hr, 403), (cast.manager, 403), (cast.contact, 403), (cast.stranger_hr, 404)):
        assert send(sign_in(who), case, "purpose", purpose="x").status_code == status
    with pytest.raises(Refused, match="it has moved on"):
        proposals.save_section(case, "purpose", by=cast.hr, seen=0, fields={}, proposal={}, tables={})


def test_one_faulty_row_loses_no_other(cast: Cast, sign_in: SignIn, draft: Secondment) -> None:
    client = sign_in(cast.hr)
    rows = {
        "objectives-TOTAL_FORMS": "2", "objectives-INITIAL_FORMS": "0", "objectives-0-text": "Good",
        "objectives-1-measure": "half typed", "skills-TOTAL_FORMS": "0", "skills-INITIAL_FORMS": "0",
    }  # fmt: skip
    answer = send(client, draft, "objectives", **rows, autosave="1")
    assert "kept as you typed it" in answer.content.decode()
    assert [o.text for o in fresh(draft).objectives.all()] == ["Good"]
    page = client.get(f"{draft.get_absolute_url()}edit/objectives/").content.decode()
    assert "half typed" in page and "Fill this in, or empty the row." in page
    with pytest.raises(Refused, match="not finished"):
        proposals.submit(fresh(draft), by=cast.hr)


@pytest.mark.parametrize(
    ("section", "answers"),
    [
        ("purpose", {"seen": "²", "purpose": "x"}),
        ("purpose", {"seen": "9" * 5000, "purpose": "x"}),
        ("purpose", {"purpose": "a\0b", "page": "\0"}),
        ("dates", {"start_on": "0002-05-04"}),
        ("dates", {"start_on": "nonsense", "end_on": "2020-01-01"}),
        ("dates", {"start_on": "9999-12-31", "end_on": "9999-12-31"}),
        ("people", {"kind": "external", "host_contact_name": "X", "host_contact_email": f"{'x' * 60}@{'y.' * 120}de"}),
        ("funding", {"cost_items-TOTAL_FORMS": "1", "cost_items-INITIAL_FORMS": "0",
                     "cost_items-0-amount": "9999999999", "cost_items-0-basis": "day"}),
        ("funding", {"cost_items-TOTAL_FORMS": "x"}),
        ("objectives", {}),
        ("work", {"working_days": ["0", "9", "x"]}),
    ],
)  # fmt: skip
def test_odd_answers_are_no_faults_of_ours(
    cast: Cast, sign_in: SignIn, draft: Secondment, section: str, answers: dict[str, object]
) -> None:
    before = fresh(draft)
    path = f"{draft.get_absolute_url()}edit/{section}/"
    client = sign_in(cast.hr)
    assert client.post(path, {"seen": "0", "save": "1", **answers}).status_code == 200
    assert client.get(path).status_code == 200
    assert [o.text for o in fresh(draft).objectives.all()] == [o.text for o in before.objectives.all()]
    for source in ("template:\0", "case:nothing", "x" * 99):
        assert client.post("/secondments/new/", {"source": source, "seconder": "\0"}).status_code == 404
