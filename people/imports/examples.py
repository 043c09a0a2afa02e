"""Files to start from: the headers that we know and two rows, as CSV and as a workbook; and errors as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

PEOPLE = [
    ["E-mail", "First name", "Last name", "Organisation", "Country", "Employee number", "Job title", "Grade",
     "Department", "Line manager e-mail", "Started on", "Contract", "Contract ends on", "Hours per week",
     "Annual salary", "Currency", "Work location", "Time zone", "Terms hold from"],
    ["ana.duarte@northwind.example", "Ana", "Duarte", "", "", "N-0104", "Analyst", "B2", "Planning",
     "tom.berg@northwind.example", "2021-03-01", "Permanent", "", "37.5", "41000", "GBP", "Leeds", "Europe/London", ""],
    ["lukasz.zolkowski@contoso.example", "Łukasz", "Żółkowski", "Contoso sp. z o.o.", "PL", "", "Head of Operations",
     "", "", "", "", "", "", "", "", "", "Kraków", "Europe/Warsaw", ""],
]  # fmt: skip
ORGANISATIONS = [
    ["Legal name", "Country", "Kind", "Registered number", "Registered address", "Visiting address", "Time zone",
     "Departments"],
    ["Contoso sp. z o.o.", "PL", "Client", "KRS 0000000000", "ul. Przykładowa 1, Kraków", "", "Europe/Warsaw",
     "Operations; Sales"],
    ["Fabrikam Inc", "US", "Supplier", "", "1 Example Road, Springfield", "", "America/New_York", ""],
]  # fmt: skip
EXAMPLES = {"people": PEOPLE, "organisations": ORGANISATIONS}
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(RISKY) else text


def as_csv(rows: Iterable[Iterable[object]]) -> bytes:
    """CSV as Excel opens it by double click: UTF-8 with its mark."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_workbook(rows: Iterable[Iterable[str]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet 1")
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
