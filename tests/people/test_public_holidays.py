"""Holidays of countries and regions."""

from datetime import date

from people import public_holidays


def test_regions_of_a_country_have_names() -> None:
    assert public_holidays.regions("GB") == [
        ("ENG", "England"), ("NIR", "Northern Ireland"), ("SCT", "Scotland"), ("WLS", "Wales"),
    ]  # fmt: skip


def test_country_that_the_library_does_not_know_has_no_holidays() -> None:
    assert public_holidays.regions("ZZ") == []
    assert dict(public_holidays.in_year("ZZ", "", 2026)) == {}


def test_unknown_region_counts_as_the_country() -> None:
    assert public_holidays.in_year("PL", "nowhere", 2026) == public_holidays.in_year("PL", "", 2026)


def test_names_are_in_english() -> None:
    assert public_holidays.in_year("PL", "", 2026)[date(2026, 5, 3)] == "National Day of the Third of May"
