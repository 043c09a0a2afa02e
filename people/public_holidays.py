"""Public holidays of a country and its regions, from the library ``holidays``; the only file that imports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType

import holidays

NONE: Mapping[date, str] = MappingProxyType({})


@cache
def _countries() -> dict[str, list[str]]:
    return holidays.list_supported_countries()


def is_known(country: str) -> bool:
    return country in _countries()


@cache
def regions(country: str) -> list[tuple[str, str]]:
    """Codes and names of the regions of a country (ISO, two letters) whose holidays differ; empty when none do."""
    codes = _countries().get(country, [])
    if not codes:
        return []
    names = holidays.country_holidays(country).get_subdivision_aliases()
    named = [(code, ", ".join(names.get(code) or [code])) for code in codes]
    return sorted(named, key=lambda pair: pair[1])


@lru_cache(maxsize=1000)
def in_year(country: str, region: str, year: int) -> Mapping[date, str]:
    """Days and their names, in English where the library has it; none for a country or region it does not know."""
    if not is_known(country):
        return NONE
    known = holidays.country_holidays(country).supported_languages
    language = next((name for name in ("en_GB", "en_US") if name in known), None)
    subdivision = region if region in dict(regions(country)) else None
    found = holidays.country_holidays(country, subdiv=subdivision, years=year, language=language)
    return MappingProxyType(dict(sorted(found.items())))


@dataclass(frozen=True)
class Holidays:
    """The holidays of all years as a container of days; each year is worked out once for each process."""

    country: str
    region: str = ""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in in_year(self.country, self.region, day.year)
