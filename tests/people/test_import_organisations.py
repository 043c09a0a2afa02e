"""Imports of organisations: made and kept by the importing one, and none that keeps itself is touched."""

from __future__ import annotations

from typing import Any

from people.models import Department, Employment, Organisation
from tests.cast import Cast, member, person
from tests.people.files import checked, errors, undone, written
from tests.people.test_imports import tables

HEADER = ["Legal name", "Country", "Kind", "Company number", "Address", "Visiting address", "Time zone", "Departments"]
FIELDS = ("legal_name", "country", "kind", "registered_number", "address", "visiting_address", "time_zone")


def zephyr(**changes: str) -> list[Any]:
    row = {
        "name": "Zephyr AG", "country": "Germany", "kind": "Supplier", "number": "HRB 1", "address": "Weg 1\nBonn",
        "visiting": "", "zone": "Europe/Berlin", "departments": "Sales; Planning;sales",
    } | changes  # fmt: skip
    return list(row.values())


def test_organisations_are_made_with_their_departments(cast: Cast) -> None:
    batch = written(cast.hr, cast.northwind, [HEADER, zephyr()], "organisations")
    assert errors(batch) == {}
    found = Organisation.objects.get(legal_name="Zephyr AG")
    assert [str(getattr(found, name)) for name in FIELDS] == [
        "Zephyr AG", "DE", "supplier", "HRB 1", "Weg 1\nBonn", "", "Europe/Berlin",
    ]  # fmt: skip
    assert found.kept_by == cast.northwind
    assert list(found.departments.values_list("name", flat=True)) == ["Planning", "Sales"]


def test_import_again_changes_only_what_differs(cast: Cast) -> None:
    written(cast.hr, cast.northwind, [HEADER, zephyr()], "organisations")
    batch = checked(cast.hr, cast.northwind, [HEADER, zephyr()], "organisations")
    assert batch.counts["unchanged"] == 1
    before = tables()
    batch = written(
        cast.hr, cast.northwind, [HEADER, zephyr(number="HRB 2", address="", departments="Board")], "organisations"
    )
    assert batch.rows.get().changes == ["registered_number", "departments"]
    assert Organisation.objects.get(legal_name="Zephyr AG").address == "Weg 1\nBonn"
    assert undone(batch, cast.hr).state == "undone"
    assert tables() == before


def test_undoing_takes_new_organisations_out_again(cast: Cast) -> None:
    before = tables()
    batch = written(cast.hr, cast.northwind, [HEADER, zephyr(), zephyr(name="Boreas", number="")], "organisations")
    assert undone(batch, cast.hr).state == "undone"
    assert tables() == before


def test_undoing_is_stopped_by_people_of_a_new_organisation(cast: Cast) -> None:
    batch = written(cast.hr, cast.northwind, [HEADER, zephyr()], "organisations")
    department = Department.objects.get(name="Sales")
    Employment.objects.create(person=person("Zoe Zed"), organisation=department.organisation)
    batch = undone(batch, cast.hr)
    assert batch.state == "written"
    assert [row.stopped for row in batch.rows.all()] == ["An organisation that this import made is used meanwhile."]


def test_organisation_with_hr_of_its_own_is_never_touched(cast: Cast) -> None:
    written(cast.hr, cast.northwind, [HEADER, zephyr()], "organisations")
    member(person("Zoe Zed"), Organisation.objects.get(legal_name="Zephyr AG"), "hr")
    rows = [
        HEADER,
        zephyr(number="HRB 9"),
        zephyr(name=cast.contoso.legal_name, country="PL"),
        zephyr(name="northwind ltd", country="UK"),
    ]
    sentence = "This organisation has HR of its own, who keep its particulars."
    assert errors(checked(cast.hr, cast.northwind, rows, "organisations")) == {
        2: {"legal_name": sentence},
        3: {"legal_name": sentence},
        4: {"legal_name": "This is your own organisation; change it on its page."},
    }


def test_organisation_that_another_keeps_is_unknown(cast: Cast) -> None:
    written(cast.hr, cast.northwind, [HEADER, zephyr()], "organisations")
    fabrikam = Organisation.objects.get(legal_name="Fabrikam Inc")
    batch = written(cast.stranger_hr, fabrikam, [HEADER, zephyr(number="HRB 7")], "organisations")
    assert (batch.counts["new"], errors(batch)) == (1, {})
    assert Organisation.objects.get(kept_by=cast.northwind).registered_number == "HRB 1"


def test_rows_that_cannot_be_are_refused(cast: Cast) -> None:
    written(cast.hr, cast.northwind, [HEADER, zephyr()], "organisations")
    rows = [
        HEADER,
        zephyr(name="Boreas", country="Atlantis", number=""),
        zephyr(name="Boreas", country="", number=""),
        zephyr(name="Notus", kind="Wind", number=""),
        zephyr(name="Eurus", zone="Europe/Nowhere", number=""),
        zephyr(name="Zephyr SE"),
        zephyr(name="Aether", number=""),
        zephyr(name="AETHER", number=""),
    ]
    assert errors(checked(cast.hr, cast.northwind, rows, "organisations")) == {
        2: {"country": "“Atlantis” is not a country; write its two letters, such as GB."},
        3: {"country": "This organisation is new here; say its country."},
        4: {"kind": "“Wind” is not one of the choices."},
        5: {"time_zone": "“Europe/Nowhere” is not a time zone; write for instance Europe/London."},
        6: {"registered_number": "Zephyr AG has this number already; write that name, or change it on its page."},
        8: {"legal_name": "The same organisation as in row 7."},
    }
