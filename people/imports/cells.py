"""Turns what people write into cells into what our forms read: 04/05/26 → 2026-05-04, 41.000,50 → 41000.50.

What cannot be understood is left as it is, for the form to refuse it with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django_countries import countries

from people.imports.columns import plain
from people.imports.files import Cell, Number
from people.roles import ContractType, OrganisationKind

TEXT_DATES = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%B %d %Y",
    "%b %d %Y",
)
DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y", "%d-%m-%y")
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%m-%d-%y")
DOTTED = ("%d.%m.%Y", "%d.%m.%y")
EARLIEST, LATEST = date(1900, 3, 1), date(2199, 12, 31)  # before March 1900 spreadsheets count days wrongly
CURRENCIES = {"€": "EUR", "£": "GBP", "zł": "PLN", "$": "USD", "¥": "JPY"}
ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")


def text(cell: Cell) -> str:
    """One line of text; a day as ISO."""
    return cell.isoformat() if isinstance(cell, date) else " ".join(str(cell).split())


def lines(cell: Cell) -> str:
    """Text whose line breaks are kept, for addresses."""
    return "\n".join(" ".join(line.split()) for line in str(cell).splitlines() if line.strip())


def day(cell: Cell, *, month_first: bool = False) -> str:
    if isinstance(cell, date):
        return cell.isoformat() if EARLIEST <= cell <= LATEST else text(cell)
    words = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text(cell).replace(",", " ")).strip()
    words = " ".join(words.split())
    if re.search(r"[T ]\d{1,2}:\d{2}", words):
        words = re.split(r"[T ](?=\d{1,2}:\d{2})", words)[0]
    found = _day(words, month_first)
    return found.isoformat() if found else text(cell)


@lru_cache(20_000)
def _day(words: str, month_first: bool) -> date | None:
    for form in (*TEXT_DATES, *DOTTED, *(MONTH_FIRST if month_first else DAY_FIRST)):
        try:
            found = datetime.strptime(words, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return found if EARLIEST <= found <= LATEST else None
    return None


def number(cell: Cell, *, thousands: bool = False) -> str:
    """A decimal number as Python writes it; ``thousands``: one mark before three digits groups them (money)."""
    if isinstance(cell, Number):
        return f"{cell.value:f}"
    words = text(cell)
    bare = re.sub(r"[\s'’  ]", "", words)
    if not re.fullmatch(r"-?[\d.,]*\d[\d.,]*", bare):
        return words
    marks = [mark for mark in bare if mark in ".,"]
    if len(set(marks)) == 2:
        point = marks[-1]
        bare = bare.replace("," if point == "." else ".", "").replace(point, ".")
    elif len(marks) > 1 or (marks and thousands and re.search(r"[.,]\d{3}$", bare)):
        bare = bare.replace(marks[0], "")
    elif marks:
        bare = bare.replace(",", ".")
    return bare


def money(cell: Cell) -> tuple[str, str]:
    """Amount, and the currency if it stands beside it: ``£41,000`` → ``41000``, ``GBP``."""
    if isinstance(cell, Number):
        return number(cell), ""
    words = text(cell)
    for sign, code in CURRENCIES.items():
        if sign in words:
            return number(words.replace(sign, "").strip(), thousands=True), code
    found = re.fullmatch(r"([A-Za-z]{3})\s*([\d.,\s'’]+)|([\d.,\s'’]+)\s*([A-Za-z]{3})", words)
    if found:
        return number(found[2] or found[3], thousands=True), (found[1] or found[4]).upper()
    return number(words, thousands=True), ""


def hours_of(cell: Cell, full_time: Decimal) -> str:
    """Hours a week out of a share of full-time: 0.8, 80 % or 80."""
    bare = number(text(cell).replace("%", "").strip() if not isinstance(cell, Number) else cell)
    try:
        share = Decimal(bare)
    except InvalidOperation:
        return text(cell)
    if ("%" in text(cell) and not isinstance(cell, Number)) or share > Decimal("1.5"):
        share /= 100
    return f"{(share * full_time).quantize(Decimal('0.01')):f}"


@lru_cache(20_000)
def country(words: str) -> str:
    """Two letters out of two or three letters or an English name."""
    bare = words.strip()
    if len(bare) == 3 and bare.isalpha():
        return countries.alpha2(bare.upper()) or bare
    if len(bare) == 2:
        return {"UK": "GB"}.get(bare.upper(), bare.upper())
    usual = {
        "uk": "GB",
        "united kingdom": "GB",
        "great britain": "GB",
        "england": "GB",
        "usa": "US",
        "czech republic": "CZ",
    }
    return usual.get(plain(bare)) or countries.by_name(bare) or bare


def choice(options: type[ContractType] | type[OrganisationKind], more: dict[str, str]) -> Callable[[str], str]:
    """A reader of one of our choices, by value, by label or by a usual word for it."""
    known = {plain(str(label)): value for value, label in options.choices}
    known |= {plain(value): value for value in options.values} | more
    return lambda words: str(known.get(plain(words), words))


contract_type = choice(
    ContractType,
    {"indefinite": "permanent", "unlimited": "permanent", "regular": "permanent", "open ended": "permanent",
     "fixed": "fixed_term", "limited": "fixed_term", "temporary": "fixed_term", "temp": "fixed_term"},
)  # fmt: skip
organisation_kind = choice(
    OrganisationKind,
    {"group": "own_group", "vendor": "supplier", "customer": "client", "public": "public_body", "charity": "non_profit",
     "ngo": "non_profit", "nonprofit": "non_profit", "university": "academic"},
)  # fmt: skip
