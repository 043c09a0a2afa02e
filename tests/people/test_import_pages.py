"""The pages of the import, step by step; what they show, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.imports import runs
from people.models import Employment, ImportBatch, Organisation, Person
from tests.cast import Cast, member
from tests.people.files import HEADER, as_csv, as_xlsx, checked, errors, uploaded, written
from tests.people.test_imports import known, new

SignIn = Callable[[Person], Client]
SALARIES = [
    ["email", "full name", "salary", "currency", "job title"],
    ["pay@n.example", "Pay Roll", "98765", "GBP", "Clerk"],
]


def upload(client: Client, content: bytes, **more: str):
    file = SimpleUploadedFile("staff.csv", content, content_type="text/csv")
    return client.post("/people/import/", {"file": file, "kind": "people", **more}, follow=True)


def said(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_import_from_upload_to_undoing_through_pages(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    page = upload(client, as_csv([HEADER, new("a@n.example", "Ada Lowe", title="Clerk"), known(cast, title="Lead")]))
    batch = ImportBatch.objects.get()
    path = f"/people/import/{batch.key}/"
    assert page.redirect_chain == [(f"{path}columns/", 302)]
    answers = {"email": "0", "full_name": "1", "employee_number": "4", "job_title": "5", "terms": "correct"}
    assert client.post(f"{path}columns/", answers).url == path
    assert "being checked" in said(client, path)
    assert "being checked" in said(client, f"{path}progress/")
    runs.run_waiting()
    assert client.get(f"{path}progress/").headers["HX-Refresh"] == "true"
    page = said(client, path)
    assert "Every row is good" in page
    assert "changes job title" in page
    assert client.post(f"{path}write/").url == path
    runs.run_waiting()
    assert "2 rows were written" in said(client, path)
    assert Person.objects.filter(email="a@n.example").exists()
    assert "the file as a whole, or nothing of it" in said(client, f"{path}undo/")
    client.post(f"{path}undo/")
    runs.run_waiting()
    assert "all is as it was before" in said(client, path)
    assert not Person.objects.filter(email="a@n.example").exists()
    assert "staff.csv" in said(client, "/people/import/")


def test_file_that_cannot_be_read_is_told_at_its_field(cast: Cast, sign_in: SignIn) -> None:
    page = upload(sign_in(cast.hr), b"%PDF-1.4").content.decode()
    assert 'id="field-file"' in page
    assert "This is a PDF, whatever its name says; choose a CSV or XLSX file." in page
    assert ImportBatch.objects.count() == 0


def test_hr_of_two_organisations_chooses_for_which(cast: Cast, sign_in: SignIn) -> None:
    fabrikam = Organisation.objects.get(legal_name="Fabrikam Inc")
    member(cast.hr, fabrikam, "hr")
    client = sign_in(cast.hr)
    assert "This field is required." in upload(client, as_csv([HEADER, new("a@n.example")])).content.decode()
    upload(client, as_csv([HEADER, new("a@n.example")]), organisation=fabrikam.key)
    assert ImportBatch.objects.get().organisation == fabrikam
    forged = upload(client, as_csv([HEADER, new("a@n.example")]), organisation=cast.contoso.key)
    assert "Select a valid choice" in forged.content.decode()


def test_columns_that_are_missing_or_chosen_twice_are_told(cast: Cast, sign_in: SignIn) -> None:
    batch = uploaded(cast.hr, cast.northwind, as_csv([HEADER, new("a@n.example")]))
    client = sign_in(cast.hr)
    path = f"/people/import/{batch.key}/columns/"
    page = client.post(path, {"email": "", "job_title": "5", "grade": "5", "terms": "change"}).content.decode()
    for sentence in (
        "Choose the column of the name, or those of first and last name.",
        "This column is chosen for “Job title” already.",
        "This field is required.",
    ):
        assert sentence in page
    assert ImportBatch.objects.get().state == "mapping"


def test_columns_that_are_not_imported_are_named(cast: Cast, sign_in: SignIn) -> None:
    batch = uploaded(
        cast.hr, cast.northwind, as_csv([["email", "full name", "Shoe size"], ["a@n.example", "Ada", "42"]])
    )
    assert "<strong>Not imported:</strong> Shoe size" in said(sign_in(cast.hr), f"/people/import/{batch.key}/columns/")


def test_order_of_dates_is_asked_when_the_file_does_not_show_it(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    rows = [["email", "full name", "start date"], ["a@n.example", "Ada", "04/05/2020"]]
    batch = uploaded(cast.hr, cast.northwind, as_csv(rows))
    path = f"/people/import/{batch.key}/columns/"
    answers = {"email": "0", "full_name": "1", "started_on": "2", "terms": "change"}
    assert "Dates such as 04/05/2026 are written" in client.post(path, answers).content.decode()
    client.post(path, {**answers, "date_order": "month"})
    runs.run_waiting()
    assert batch.rows.get().values["started_on"] == "2020-04-05"


def test_another_sheet_and_row_of_headers_can_be_chosen(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)

    def second(sheet) -> None:
        other = sheet.parent.create_sheet("Staff")
        for row in (["Our people"], ["E-mail", "Name"], ["a@n.example", "Ada"]):
            other.append(row)

    batch = uploaded(cast.hr, cast.northwind, as_xlsx([["Note"], ["Read me"]], second))
    path = f"/people/import/{batch.key}/"
    client.post(f"{path}sheet/", {"sheet": "Staff", "header_row": ""})
    found = ImportBatch.objects.get()
    assert (found.preview["sheet"], found.preview["header_row"], found.preview["headers"]) == (
        "Staff",
        2,
        ["E-mail", "Name"],
    )
    page = client.post(f"{path}sheet/", {"sheet": "Staff", "header_row": "99"}).content.decode()
    assert "There is no header in row 99; choose one of the first rows." in page


def test_salary_is_never_shown(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    bad = ["bad@n.example", "Bad Roll", "98765,4,3,2", "GBP", "Clerk"]
    raise_ = [cast.secondee.email, "Ana Duarte", "98765", "GBP", "Analyst"]
    batch = checked(cast.hr, cast.northwind, [*SALARIES, bad, raise_, ["x", "Y", "lots 98765", "GBP", ""]])
    path = f"/people/import/{batch.key}/"
    pages = [said(client, f"{path}columns/"), said(client, path), said(client, "/people/import/")]
    pages.append(b"".join(client.get(f"{path}errors.csv").streaming_content).decode())
    assert ["98765" in page for page in pages] == [False] * 4
    assert "changes annual salary" in pages[1]
    client.post(f"{path}write/", {"good_rows": "1"})
    runs.run_waiting()
    assert Employment.objects.get(person__email="pay@n.example").annual_salary == Decimal("98765")
    assert "98765" not in said(client, path)


def test_rows_are_filtered_by_fate_and_paginated(cast: Cast, sign_in: SignIn) -> None:
    rows = [HEADER, *(new(f"p{n}@n.example", f"Person {n}") for n in range(60)), new("nobody", "Nobody Here")]
    batch = checked(cast.hr, cast.northwind, rows)
    client = sign_in(cast.hr)
    path = f"/people/import/{batch.key}/"
    assert ("Person 49" in said(client, path), "Person 50" in said(client, path)) == (True, False)
    refused = said(client, f"{path}?fate=refused")
    assert ("Nobody Here" in refused, "Person 1" in refused) == (True, False)
    assert "This is not an e-mail address." in refused


def test_errors_are_downloaded_without_formulas(cast: Cast, sign_in: SignIn) -> None:
    batch = checked(cast.hr, cast.northwind, [["email", "full name", "=1+1"], ["=cmd|x", "=HYPERLINK(1)", "x"]])
    content = b"".join(sign_in(cast.hr).get(f"/people/import/{batch.key}/errors.csv").streaming_content)
    assert content.decode("utf-8-sig").splitlines() == [
        "Row,Column in your file,What it holds,Who,What is wrong",
        "2,email,E-mail,'=cmd|x,This is not an e-mail address.",
    ]


@pytest.mark.parametrize("example", ["people.csv", "people.xlsx", "organisations.csv", "organisations.xlsx"])
def test_example_is_good(cast: Cast, sign_in: SignIn, example: str) -> None:
    Organisation.objects.filter(pk=cast.contoso.pk).update(legal_name="Somebody else")
    Person.objects.filter(pk=cast.manager.pk).update(email="tom.berg@northwind.example")
    content = sign_in(cast.hr).get(f"/people/import/example/{example}").content
    batch = checked(cast.hr, cast.northwind, content, example.partition(".")[0])
    assert (batch.counts["new"], batch.counts["refused"]) == (2, 0), errors(batch)


@pytest.mark.parametrize("role", ["finance", "viewer", "secondee", "host_hr", "stranger_hr", "stranger"])
def test_import_is_unknown_to_others(cast: Cast, sign_in: SignIn, role: str) -> None:
    batch = written(cast.hr, cast.northwind, [HEADER, new("a@n.example")])
    client = sign_in(cast.people[role])
    path = f"/people/import/{batch.key}/"
    for end in ("", "columns/", "progress/", "errors.csv", "undo/"):
        assert client.get(path + end).status_code == 404
    for end in ("columns/", "sheet/", "write/", "undo/"):
        assert client.post(path + end).status_code == 404
    assert batch.key not in client.get("/people/import/").content.decode()


def test_queries_of_the_pages_do_not_grow(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    counts = []
    for size in (1, 30):
        rows = [new(f"q{size}-{n}@n.example") for n in range(size)]
        batch = checked(cast.hr, cast.northwind, [HEADER, *rows])
        for path in (f"/people/import/{batch.key}/", f"/people/import/{batch.key}/columns/", "/people/import/"):
            with CaptureQueriesContext(connection) as found:
                said(client, path)
            counts.append(len(found))
    assert counts == [6, 4, 6] * 2


def test_organisations_page_and_people_page_lead_to_the_import(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hr)
    for path in ("/people/", "/organisations/"):
        assert 'href="/people/import/"' in said(client, path)
