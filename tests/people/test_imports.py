"""Imports of people, from dry run to undoing: what becomes of each row, and that it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone

from people import clock
from people.imports import batches, runs
from people.models import (
    Department,
    Employment,
    ImportBatch,
    ImportMapping,
    ImportRow,
    LedgerEntry,
    Membership,
    Organisation,
    Person,
)
from tests.cast import Cast, member, person
from tests.people.files import HEADER, as_csv, checked, errors, fates, fresh, undone, uploaded, written

TODAY = clock.today("UTC")


@pytest.fixture(autouse=True)
def _day_stays() -> Iterator[None]:
    """It is TODAY in all of these tests, also when midnight passes while they run."""
    with clock.at(datetime.combine(TODAY, time(12), UTC)):
        yield


def new(email: str, name: str = "New Person", **fields: Any) -> list[Any]:
    """A row below HEADER."""
    keys = ("organisation", "country", "number", "title", "manager")
    return [email, name, *(fields.get(key, "") for key in keys)]


def known(cast: Cast, **fields: Any) -> list[Any]:
    """The secondee's row, as she is here."""
    return new(cast.secondee.email, cast.secondee.full_name, **{"title": "Analyst", **fields})


def present(who: Person) -> Employment:
    return Employment.objects.current().get(person=who)


def tables() -> dict[str, list[dict[str, Any]]]:
    """Everything that an import may write, row for row."""
    models: list[type[Model]] = [Person, Employment, Organisation, Department, Membership]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_dry_run_writes_nothing(cast: Cast) -> None:
    before = tables()
    batch = checked(cast.hr, cast.northwind, [HEADER, new("a@n.example", title="Clerk"), known(cast, title="Boss")])
    assert (batch.state, batch.counts) == ("checked", {"new": 1, "changed": 1, "unchanged": 0, "refused": 0})
    assert tables() == before


def test_people_are_written_with_their_terms(cast: Cast) -> None:
    header = [
        "E-mail address", "First name", "Surname", "Payroll no", "Position", "Dept", "Mgr e-mail", "Hire date", "FTE",
        "Salary", "Currency", "Effective date",
    ]  # fmt: skip
    row = ["ada@n.example", "Ada", "Lowe", "007", "Clerk", "Sales", cast.manager.email, "4 May 2020", "0.8",
           "£41,000", "", "2024-02-29"]  # fmt: skip
    batch = written(cast.hr, cast.northwind, [header, row], full_time_hours="37.5")
    assert (batch.state, errors(batch)) == ("written", {})
    found = present(Person.objects.get(email="ada@n.example"))
    assert (
        found.person.full_name, found.employee_number, found.job_title, found.department and found.department.name,
        found.line_manager, found.started_on, found.weekly_hours, found.annual_salary, found.salary_currency,
        found.since, found.organisation, found.person.time_zone,
    ) == (
        "Ada Lowe", "007", "Clerk", "Sales", cast.manager, date(2020, 5, 4), Decimal("30.00"), Decimal("41000"), "GBP",
        date(2024, 2, 29), cast.northwind, "Europe/London",
    )  # fmt: skip


def test_import_again_changes_nothing(cast: Cast) -> None:
    rows = [HEADER, new("b@n.example", manager="a@n.example", number="2"), new("a@n.example", "Ada", number="1")]
    assert written(cast.hr, cast.northwind, rows).counts["new"] == 2
    again = checked(cast.hr, cast.northwind, rows)
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}
    with pytest.raises(batches.NotNow, match="No row of this file would change anything"):
        batches.write(again, by=cast.hr, whole_file=True)


def test_changed_job_begins_new_terms_today(cast: Cast) -> None:
    batch = written(cast.hr, cast.northwind, [HEADER, known(cast, title="Lead")])
    old, now = Employment.objects.filter(person=cast.secondee).order_by("pk")
    assert (old.job_title, old.since, old.until) == ("Analyst", None, TODAY - timedelta(days=1))
    assert (now.job_title, now.since, now.until) == ("Lead", TODAY, None)
    assert (now.employee_number, now.annual_salary, now.line_manager) == (
        old.employee_number, Decimal("41000"), cast.manager,
    )  # fmt: skip
    assert batch.rows.get().changes == ["job_title"]


def test_changed_job_is_corrected_in_place_when_asked(cast: Cast) -> None:
    written(cast.hr, cast.northwind, [HEADER, known(cast, title="Lead")], terms="correct")
    found = Employment.objects.get(person=cast.secondee)
    assert (found.job_title, found.since, found.until) == ("Lead", None, None)


def test_change_holds_from_the_day_given(cast: Cast) -> None:
    rows = [[*HEADER, "valid from"], [*known(cast, title="Lead"), "2031-01-01"]]
    written(cast.hr, cast.northwind, rows)
    old, later = Employment.objects.filter(person=cast.secondee).order_by("pk")
    assert (old.until, later.since) == (date(2030, 12, 31), date(2031, 1, 1))
    batch = checked(cast.hr, cast.northwind, [HEADER, known(cast, title="Chief")])
    assert errors(batch) == {
        2: {"valid_from": "Other terms begin on 1 January 2031 already; change them on this person's page."}
    }


def test_change_before_the_present_terms_is_refused(cast: Cast) -> None:
    Employment.objects.filter(person=cast.secondee).update(since=date(2025, 3, 1))
    rows = [[*HEADER, "valid from"], [*known(cast, title="Lead"), "2025-02-28"]]
    assert errors(checked(cast.hr, cast.northwind, rows)) == {
        2: {"valid_from": "The present terms hold from 1 March 2025; a change cannot begin before."}
    }


def test_somebody_who_left_can_begin_again(cast: Cast) -> None:
    Employment.objects.filter(person=cast.secondee).update(until=TODAY - timedelta(days=10))
    written(cast.hr, cast.northwind, [HEADER, known(cast, title="Lead")])
    assert [e.since for e in Employment.objects.filter(person=cast.secondee).order_by("pk")] == [None, TODAY]


def test_line_managers_are_found_in_any_order_by_mail_and_number(cast: Cast) -> None:
    rows = [
        HEADER,
        new("c@n.example", "Cy", manager="N-b"),
        new("b@n.example", "Bo", number="N-b", manager="A@N.example"),
        new("a@n.example", "Al", manager=f"N-{cast.director.pk}"),
    ]
    assert errors(written(cast.hr, cast.northwind, rows)) == {}
    led = dict(
        Employment.objects.filter(person__email__endswith="@n.example").values_list(
            "person__full_name", "line_manager__full_name"
        )
    )
    assert led == {"Cy": "Bo", "Bo": "Al", "Al": "Dora Rex"}


def test_circle_of_line_managers_is_refused(cast: Cast) -> None:
    circle = "These line managers form a circle: nobody is their own superior."
    rows = [
        HEADER,
        new("a@n.example", "Al", manager="b@n.example"),
        new("b@n.example", "Bo", manager="a@n.example"),
        new("c@n.example", "Cy", manager="c@n.example"),
        new("d@n.example", "Di", manager="a@n.example"),
    ]
    assert errors(checked(cast.hr, cast.northwind, rows)) == {
        2: {"line_manager": circle},
        3: {"line_manager": circle},
        4: {"line_manager": "Nobody is their own line manager."},
        5: {"line_manager": "The line manager's own row, 2, is refused."},
    }


def test_row_is_refused_with_its_line_manager_further_down(cast: Cast) -> None:
    rows = [HEADER, new("b@n.example", manager="a@n.example"), new("a@n.example", manager="a@n.example")]
    assert errors(checked(cast.hr, cast.northwind, rows)) == {
        2: {"line_manager": "The line manager's own row, 3, is refused."},
        3: {"line_manager": "Nobody is their own line manager."},
    }


def test_circle_through_somebody_already_here_is_refused(cast: Cast) -> None:
    row = new(cast.manager.email, cast.manager.full_name, title="Head of Planning", manager=cast.secondee.email)
    assert list(errors(checked(cast.hr, cast.northwind, [HEADER, row]))) == [2]


def test_manager_of_nobody_knows_where_is_refused(cast: Cast) -> None:
    sentence = "Nobody with this e-mail or employee number is in the file or works there."
    rows = [HEADER, new("a@n.example", manager=cast.contact.email), new("b@n.example", manager="X-1")]
    assert errors(checked(cast.hr, cast.northwind, rows)) == {n: {"line_manager": sentence} for n in (2, 3)}


def test_two_rows_of_one_person_are_refused(cast: Cast) -> None:
    rows = [HEADER, new("a@n.example", number="1"), new("A@n.example"), new("b@n.example", number="1")]
    assert errors(checked(cast.hr, cast.northwind, rows)) == {
        3: {"email": "The same e-mail as in row 2."},
        4: {"employee_number": "The same employee number as in row 2."},
    }


def test_employee_number_of_somebody_else_is_refused(cast: Cast) -> None:
    number = f"N-{cast.manager.pk}"
    rows = [HEADER, known(cast, number=number), new("other@n.example", number=number)]
    sentence = "Somebody else has this employee number."
    assert errors(checked(cast.hr, cast.northwind, rows)) == {n: {"employee_number": sentence} for n in (2, 3)}


def test_new_address_is_taken_for_who_never_signed_in(cast: Cast) -> None:
    row = new("ana@new.example", "Ana Duarte", number=f"N-{cast.secondee.pk}", title="Analyst")
    batch = written(cast.hr, cast.northwind, [HEADER, row])
    assert batch.rows.get().changes == ["email"]
    assert Person.objects.get(pk=cast.secondee.pk).email == "ana@new.example"


@pytest.mark.parametrize("reason", ["signed in", "part in a case", "membership", "employed elsewhere"])
def test_new_address_is_refused_for_who_uses_theirs(cast: Cast, reason: str) -> None:
    if reason == "signed in":
        Person.objects.filter(pk=cast.secondee.pk).update(last_login=timezone.now())
    elif reason == "part in a case":
        cast.draft()
    elif reason == "membership":
        member(cast.secondee, cast.northwind, "viewer")
    else:
        Employment.objects.create(person=cast.secondee, organisation=cast.contoso)
    row = new("evil@x.example", "Ana Duarte", number=f"N-{cast.secondee.pk}", title="Analyst")
    batch = checked(cast.hr, cast.northwind, [HEADER, row])
    assert errors(batch) == {
        2: {"email": "This employee number is of somebody with another e-mail, which only they can change."}
    }


def test_name_is_corrected_by_the_only_employer_alone(cast: Cast) -> None:
    written(cast.hr, cast.northwind, [HEADER, new(cast.secondee.email, "Ana Duarte-Reis", title="Analyst")])
    assert Person.objects.get(pk=cast.secondee.pk).full_name == "Ana Duarte-Reis"
    cast.contact.employments.all().delete()
    written(cast.hr, cast.northwind, [HEADER, new(cast.contact.email, "Evil Name", title="Guest")])
    assert Person.objects.get(pk=cast.contact.pk).full_name == "Łukasz Żółkowski"


def test_person_kept_elsewhere_is_refused_without_a_word_of_where(cast: Cast) -> None:
    for who in (cast.host_hr, cast.stranger_hr):
        batch = checked(cast.hr, cast.northwind, [HEADER, new(who.email, who.full_name)])
        assert errors(batch) == {2: {"email": "This person is kept by the HR of another organisation."}}


def test_unknown_organisation_is_kept_by_the_importing_one(cast: Cast) -> None:
    rows = [
        HEADER,
        new("a@z.example", organisation="Zephyr AG", country="Germany"),
        new("b@z.example", organisation="ZEPHYR ag", country="DE"),
    ]
    written(cast.hr, cast.northwind, rows)
    zephyr = Organisation.objects.get(legal_name="Zephyr AG")
    assert (zephyr.country, zephyr.kept_by, zephyr.employments.count()) == ("DE", cast.northwind, 2)
    member(person("Zoe Zed"), zephyr, "hr")
    batch = checked(cast.hr, cast.northwind, [HEADER, new("c@z.example", organisation="Zephyr AG")])
    assert errors(batch) != {}


def test_right_over_each_row_is_asked_again_when_writing(cast: Cast) -> None:
    written(cast.hr, cast.northwind, [HEADER, new("a@z.example", organisation="Zephyr AG", country="DE")])
    rows = [HEADER, new("b@z.example", organisation="Zephyr AG"), new("n@n.example")]
    batch = checked(cast.hr, cast.northwind, rows)
    member(person("Zoe Zed"), Organisation.objects.get(legal_name="Zephyr AG"), "hr")
    batches.write(batch, by=cast.hr, whole_file=True)
    runs.run_waiting()
    assert (fresh(batch).state, fates(batch)) == ("checked", ["refused", "new"])
    assert not Person.objects.filter(email="n@n.example").exists()
    batches.write(batch, by=cast.hr, whole_file=False)
    runs.run_waiting()
    assert fresh(batch).state == "written"
    assert [Person.objects.filter(email=e).count() for e in ("b@z.example", "n@n.example")] == [0, 1]


def test_right_of_who_asked_is_asked_again_when_writing(cast: Cast) -> None:
    batch = checked(cast.hr, cast.northwind, [HEADER, new("n@n.example")])
    batches.write(batch, by=cast.hr, whole_file=True)
    Membership.objects.filter(person=cast.hr).update(until=clock.now())
    runs.run_waiting()
    assert (fresh(batch).state, Person.objects.filter(email="n@n.example").count()) == ("checked", 0)
    assert "is not HR of this organisation any more" in fresh(batch).error


def test_good_rows_are_written_without_the_others(cast: Cast) -> None:
    batch = written(cast.hr, cast.northwind, [HEADER, new("good@n.example"), new("nobody")])
    assert (batch.state, batch.counts["new"], batch.counts["refused"]) == ("written", 1, 1)
    assert Person.objects.filter(email="good@n.example").count() == 1


def test_file_with_a_bad_row_is_not_written_as_a_whole(cast: Cast) -> None:
    batch = checked(cast.hr, cast.northwind, [HEADER, new("good@n.example"), new("nobody")])
    with pytest.raises(batches.NotNow, match="Not every row is good"):
        batches.write(batch, by=cast.hr, whole_file=True)


def test_each_import_and_undoing_has_one_entry_in_the_ledger(cast: Cast) -> None:
    batch = undone(written(cast.hr, cast.northwind, [HEADER, new("a@n.example"), new("b@n.example")]), cast.hr)
    found = LedgerEntry.objects.filter(verb__startswith="people.").order_by("pk")
    assert [(entry.verb, entry.actor_id, entry.facts["new"]) for entry in found] == [
        ("people.import", cast.hr.pk, 2),
        ("people.undo_import", cast.hr.pk, 2),
    ]
    assert batch.state == "undone"


def test_undoing_restores_the_tables_exactly(cast: Cast) -> None:
    before = tables()
    rows = [
        [*HEADER, "department", "weekly hours"],
        [*new("a@n.example", number="9", manager="b@n.example"), "Sales", "20"],
        [*new("b@n.example", manager=cast.manager.email), "Sales", ""],
        [*new("c@z.example", organisation="Zephyr AG", country="DE"), "Board", ""],
        [*known(cast, title="Lead", manager="a@n.example"), "Sales", "30"],
        [*new(cast.manager.email, "Thomas Berg", title="Head of Planning", number="X-1"), "", ""],
        [*new("dora@new.example", "Dora Rex", title="Director", number=f"N-{cast.director.pk}"), "", ""],
    ]  # fmt: skip
    batch = written(cast.hr, cast.northwind, rows)
    assert batch.counts == {"new": 3, "changed": 3, "unchanged": 0, "refused": 0}, errors(batch)
    assert tables() != before
    assert undone(batch, cast.hr).state == "undone"
    assert tables() == before


@pytest.mark.parametrize("use", ["sign in", "membership", "case", "renamed", "terms", "more terms", "manager"])
def test_undoing_is_stopped_by_use(cast: Cast, use: str) -> None:
    batch = written(cast.hr, cast.northwind, [HEADER, new("a@n.example", "Ada"), known(cast, title="Lead")])
    ada = Person.objects.get(email="a@n.example")
    if use == "sign in":
        Person.objects.filter(pk=ada.pk).update(last_login=timezone.now())
    elif use == "membership":
        member(ada, cast.northwind, "viewer")
    elif use == "case":
        cast.draft(line_manager=ada)
    elif use == "renamed":
        Person.objects.filter(pk=ada.pk).update(full_name="Adele")
    elif use == "terms":
        Employment.objects.filter(person=ada).update(job_title="Boss")
    elif use == "more terms":
        Employment.objects.filter(person=ada).update(until=TODAY)
        Employment.objects.create(person=ada, organisation=cast.northwind, since=TODAY + timedelta(days=1))
    else:
        Employment.objects.filter(person=cast.director).update(line_manager=ada)
    before = tables()
    batch = undone(batch, cast.hr)
    assert (batch.state, batch.error) == ("written", "It cannot be undone: what it wrote is used. The rows say how.")
    stopped = set(batch.rows.exclude(stopped="").values_list("number", flat=True))
    assert stopped == ({2, 3} if use == "case" else {2})
    assert tables() == before


def test_undoing_twice_is_refused(cast: Cast) -> None:
    batch = undone(written(cast.hr, cast.northwind, [HEADER, new("a@n.example")]), cast.hr)
    with pytest.raises(batches.NotNow):
        batches.undo(batch, by=cast.hr)


def test_columns_are_remembered_for_files_with_the_same_headers(cast: Cast) -> None:
    header = ["Contact", "Whole thing", "What they do"]
    batch = uploaded(cast.hr, cast.northwind, as_csv([header, ["a@n.example", "Ada", "Clerk"]]))
    assert batches.remembered(batch) == ({}, {})
    mapping = {"email": 0, "full_name": 1, "job_title": 2}
    batches.check(batch, by=cast.hr, mapping=mapping, options={"terms": "correct"})
    runs.run_waiting()
    again = uploaded(cast.hr, cast.northwind, as_csv([[h.upper() for h in header], ["b@n.example", "Bo", "Cook"]]))
    assert batches.remembered(again) == (mapping, {"terms": "correct"})
    elsewhere = uploaded(
        cast.stranger_hr, Organisation.objects.get(legal_name="Fabrikam Inc"), as_csv([header, ["x", "y", "z"]])
    )
    assert batches.remembered(elsewhere) == ({}, {})
    assert ImportMapping.objects.count() == 1


def test_file_and_rows_are_erased_thirty_days_after_the_end(cast: Cast) -> None:
    batch = written(cast.hr, cast.northwind, [HEADER, new("a@n.example")])
    begun = uploaded(cast.hr, cast.northwind, as_csv([HEADER, new("b@n.example")]))
    assert batches.erase_outlived() == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert (batches.erase_outlived(), batches.erase_outlived()) == (2, 0)
    assert [bytes(b.content or b"") for b in ImportBatch.objects.all()] == [b"", b""]
    assert (ImportRow.objects.count(), fresh(batch).counts["new"], fresh(begun).state) == (0, 1, "mapping")
    with pytest.raises(batches.NotNow, match="erased after 30 days"):
        batches.undo(batch, by=cast.hr)
