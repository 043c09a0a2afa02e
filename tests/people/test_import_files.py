"""Files as people really have them: encodings, separators, workbooks, and what is no spreadsheet at all."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.imports import batches, cells, columns, files, previews
from people.imports.files import Number, Unreadable
from tests.people.files import as_csv, as_xlsx, repacked

ROWS = [
    ["E-mail", "Name", "Job title"],
    ["żółw@example.org", "Łukasz Żółkowski", "Chief, of planning"],
    ["b@example.org", "Bo", "Cook"],
]
LATIN = [
    ["E-mail", "Name", "Job title"],
    ["a@example.org", "Zoë Müller", "Café “manager” – €"],
    ["b@example.org", "Bo", "Cook"],
]


def texts(content: bytes, sheet: str = "") -> list[list[str]]:
    return [[previews.shown(cell) for cell in row] for _number, row in files.rows(content, sheet)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_in_any_encoding_and_separator(encoding: str, separator: str) -> None:
    assert texts(as_csv(ROWS, encoding, separator)) == ROWS


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_of_old_windows(separator: str) -> None:
    assert texts(as_csv(LATIN, "cp1252", separator)) == LATIN


def test_csv_with_blank_lines_trailing_columns_and_line_breaks_in_cells() -> None:
    content = b'E-mail,Name,Job title,,,\r\n\r\n,,,,,\r\na@x.example,"Ada\r\nLowe",Cook,,,\r\n\r\n'
    assert list(files.rows(content)) == [
        (1, ["E-mail", "Name", "Job title"]),
        (4, ["a@x.example", "Ada\r\nLowe", "Cook"]),
    ]


def test_csv_whose_first_line_names_its_separator() -> None:
    assert list(files.rows(b"sep=;\r\nE-mail;Name\r\na@x.example;Lowe, Ada\r\n")) == [
        (2, ["E-mail", "Name"]),
        (3, ["a@x.example", "Lowe, Ada"]),
    ]


def test_semicolons_win_where_cells_hold_commas() -> None:
    content = b"E-mail;Name;Hours\na@x.example;Lowe, Ada;37,5\nb@x.example;Berg, Tom;37,5\n"
    assert texts(content)[1] == ["a@x.example", "Lowe, Ada", "37,5"]


def test_workbook_cells_are_read_as_they_are_shown() -> None:
    def shape(sheet: Any) -> None:
        sheet["C2"].number_format = "00000"
        sheet["D2"].number_format = "0%"

    rows = [["a", "b", "c", "d", "e", "f"], [date(2024, 2, 29), datetime(2020, 5, 4), 104, 0.8, 37.5, True]]  # noqa: DTZ001 - sheets have no zones
    (_number, found) = list(files.rows(as_xlsx(rows, shape)))[1]
    assert [str(cell) for cell in found] == ["2024-02-29", "2020-05-04", "00104", "80%", "37.5", "yes"]


def test_workbook_of_1904_has_the_same_days() -> None:
    def shape(sheet: Any) -> None:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        sheet.parent.epoch = CALENDAR_MAC_1904

    assert texts(as_xlsx([["Start"], [date(2024, 2, 29)]], shape))[1] == ["2024-02-29"]


def test_day_before_march_1900_is_no_day() -> None:
    assert texts(as_xlsx([["Start"], [60]], lambda s: setattr(s["A2"], "number_format", "yyyy-mm-dd")))[1] == [
        "1900-02-28"
    ]
    assert cells.day("29/02/1900") == "29/02/1900"


def test_formulas_count_as_what_they_gave() -> None:
    plain = as_xlsx([["E-mail", "Name"], ["a@x.example", "PLACE"]])
    sheet = zipfile.ZipFile(io.BytesIO(plain)).read("xl/worksheets/sheet1.xml")
    start = sheet.index(b'<c r="B2"')
    end = sheet.index(b"</c>", start) + 4
    cell = b'<c r="B2" t="str"><f>CONCATENATE("Ada"," Lowe")</f><v>Ada Lowe</v></c>'
    content = repacked(plain, {"xl/worksheets/sheet1.xml": sheet[:start] + cell + sheet[end:]})
    assert texts(content)[1] == ["a@x.example", "Ada Lowe"]


def test_text_that_looks_like_a_formula_stays_text() -> None:
    assert texts(as_csv([["E-mail", "Name"], ["a@x.example", '=HYPERLINK("http://evil.example","x")']]))[1][
        1
    ].startswith("=HYP")


def test_emoji_and_right_to_left_names_stay_as_they_are() -> None:
    names = [["Name", "Job"], ["🦊 Fox 👩‍💻", "a"], ["محمد علي", "b"], ["שרה כהן", "c"]]
    for content in (as_csv(names), as_xlsx(names)):
        assert texts(content) == names


def test_hidden_rows_are_read_and_counted() -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[2].hidden = True

    content = as_xlsx(ROWS, hide, sheets=("Notes",))
    assert (files.shape(content), len(texts(content))) == (files.Shape(["Sheet", "Notes"], 1), 3)


def test_another_sheet_can_be_chosen() -> None:
    content = as_xlsx([["x"]], lambda s: s.parent.create_sheet("People").append(["E-mail"]))
    assert texts(content, "People") == [["E-mail"]]


def bomb() -> bytes:
    return repacked(as_xlsx(ROWS), {"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * (90 << 20)})


def encrypted_zip() -> bytes:
    content = bytearray(as_xlsx(ROWS))
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
BROKEN = "The workbook is broken: it cannot be read."
WRONG = {
    "empty": (lambda: b"  \n", "The file is empty."),
    "pdf": (lambda: b"%PDF-1.7\n%\xe2\xe3", "This is a PDF, whatever its name says"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n123", "This is a picture, whatever its name says"),
    "old excel": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, "The file is encrypted, or of an old Excel"),
    "web page": (lambda: b"<html><table><tr><td>a", "This is a web page or XML"),
    "macros": (lambda: repacked(as_xlsx(ROWS), {"xl/vbaProject.bin": b"x"}), "The workbook holds macros"),
    "bomb": (bomb, "The workbook unpacks to far more"),
    "styles bomb": (lambda: repacked(as_xlsx(ROWS), {"xl/styles.xml": b" " * (5 << 20)}), "The workbook unpacks to far more"),
    "encrypted": (encrypted_zip, "The file is encrypted"),
    "entities": (lambda: repacked(as_xlsx(ROWS), {"xl/worksheets/sheet1.xml": DOCTYPE}), BROKEN),
    "half": (lambda: as_xlsx(ROWS)[:2000], BROKEN),
    "broken part": (lambda: repacked(as_xlsx(ROWS), {"xl/workbook.xml": b"<oops"}), BROKEN),
    "other zip": (lambda: repacked(as_xlsx([]), {"a": b""}).replace(b"xl/workbook.xml", b"xl/wrongbook.xm"), "This is not an Excel workbook"),
    "binary": (lambda: b"a,b\n\x00\x01\x02,\x00\n", "not text in a known encoding"),
    "no encoding": (lambda: b"name\n\xff\x81\x8d\n", "not text in a known encoding"),
    "long cell": (lambda: b'a,b\n"' + b"x\n" * 5000 + b",y\n", "a quotation mark may not be closed"),
    "huge cell": (lambda: b'a,b\n"' + b"x\n" * 200_000 + b",y\n", "a quotation mark may not be closed"),
    "too wide": (lambda: b"x," * 300 + b"y\n", "more than 200 columns"),
    "too long": (lambda: b"e-mail\n" + b"a@x.example\n" * 10_001, "more than 10000 rows; split it"),
    "too large": (lambda: b"e-mail\n" + b"a" * (10 << 20), "larger than 10 MB"),
    "no rows": (lambda: b"e-mail,name\n\n", "no rows below its header"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_taken_is_refused_with_a_sentence(name: str) -> None:
    make, sentence = WRONG[name]
    with pytest.raises(Unreadable) as refused:
        previews.preview(make(), "people")
    assert sentence in str(refused.value)


def test_ten_thousand_rows_of_a_workbook_are_read_in_little_memory() -> None:
    content = as_xlsx([["E-mail", "Name"], *([f"p{n}@x.example", f"Person {n}"] for n in range(10_000))])
    tracemalloc.start()
    try:
        assert previews.preview(content, "people")["rows"] == 10_000
        assert tracemalloc.get_traced_memory()[1] < 60 << 20
    finally:
        tracemalloc.stop()


def test_header_is_found_below_a_title_and_a_blank_line() -> None:
    content = as_csv([["Staff list 2026"], [], *ROWS])
    found = previews.preview(content, "people")
    assert (found["header_row"], found["headers"], found["rows"]) == (3, ROWS[0], 2)


def test_two_header_rows_with_merged_groups_are_told_apart() -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("A1:B1")
        sheet.merge_cells("C1:D1")

    rows = [
        ["Person", None, "Manager", None, "Start"],
        ["Name", "E-mail", "Name", "E-mail", None],
        ["Ada", "a@x", "Bo", "b@x", "2020-01-01"],
    ]
    found = previews.preview(as_xlsx(rows, merge), "people")
    assert found["headers"] == ["Person Name", "Person E-mail", "Manager Name", "Manager E-mail", "Start"]
    guessed = columns.guess("people", found["headers"])
    assert {name: found["headers"][at] for name, at in guessed.items()} == {
        "line_manager": "Manager E-mail", "started_on": "Start", "email": "Person E-mail", "full_name": "Person Name",
    }  # fmt: skip


def test_usual_headers_are_guessed() -> None:
    headers = [
        "Surname",
        "First name",
        "E-mail address",
        "Mgr e-mail",
        "FTE",
        "Shoe size",
        "Payroll No.",
        "Dept.",
        "Start Date",
    ]
    assert columns.guess("people", headers) == {
        "last_name": 0, "first_name": 1, "email": 2, "line_manager": 3, "fte": 4, "employee_number": 6, "department": 7,
        "started_on": 8,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("dates", "order"),
    [(["13/02/2026"], "day"), (["02/13/2026"], "month"), (["01/02/2026"], "ask"), (["13/02/2026", "02/13/2026"], "ask"),
     (["2026-02-01"], ""), (["01.02.2026"], "")],
)  # fmt: skip
def test_order_of_days_and_months_is_seen_or_asked(dates: list[str], order: str) -> None:
    content = as_csv([["E-mail", "Start"], *(["a@x.example", day] for day in dates)])
    assert previews.preview(content, "people")["order"] == order


@pytest.mark.parametrize(
    ("text", "iso"),
    [("04/05/2026", "2026-05-04"), ("4.5.2026", "2026-05-04"), ("4 May 2026", "2026-05-04"), ("May 4, 2026", "2026-05-04"),
     ("2026-05-04 00:00:00", "2026-05-04"), ("4th May 2026", "2026-05-04"), ("31/02/2026", "31/02/2026"), ("soon", "soon")],
)  # fmt: skip
def test_days_are_understood(text: str, iso: str) -> None:
    assert cells.day(text) == iso


def test_month_first_where_the_file_is_so() -> None:
    assert cells.day("04/05/2026", month_first=True) == "2026-04-05"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("37,5", "37.5"),
        ("37.5", "37.5"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("41 000", "41000"),
        ("many", "many"),
    ],
)
def test_numbers_are_understood(text: str, number: str) -> None:
    assert cells.number(text) == number


@pytest.mark.parametrize(
    ("text", "found"),
    [("£41,000", ("41000", "GBP")), ("41.000 €", ("41000", "EUR")), ("PLN 120 000,50", ("120000.50", "PLN")),
     ("41000", ("41000", "")), ("41.000,00", ("41000.00", "")), ("a lot", ("a lot", ""))],
)  # fmt: skip
def test_money_is_understood(text: str, found: tuple[str, str]) -> None:
    assert cells.money(text) == found


@pytest.mark.parametrize("text", ["0.8", "0,8", "80%", "80 %", "80"])
def test_share_of_full_time_becomes_hours(text: str) -> None:
    from decimal import Decimal

    assert cells.hours_of(text, Decimal("37.5")) == "30.00"
    assert cells.hours_of(Number(Decimal("0.8"), "80%"), Decimal("37.5")) == "30.00"


@given(st.dates(min_value=date(1900, 3, 1), max_value=date(2199, 12, 31)))
def test_any_day_is_understood_as_it_is_written(day: date) -> None:
    for text, month_first in ((f"{day:%d/%m/%Y}", False), (f"{day:%m/%d/%Y}", True), (f"{day.day} {day:%B %Y}", False)):
        assert cells.day(text, month_first=month_first) == day.isoformat()


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\xff\xfe", b"e-mail,name\n"):
        try:
            previews.preview(start + content, "people")
        except Unreadable as refused:
            assert str(refused).endswith(".") or str(refused).endswith("”.")


def test_signature_is_the_same_for_the_same_headers() -> None:
    assert columns.signature("people", ["E-mail", "Name"]) == columns.signature("people", ["e mail ", "NAME"])
    assert columns.signature("people", ["Name", "E-mail"]) != columns.signature("people", ["E-mail", "Name"])
    assert batches.__doc__
