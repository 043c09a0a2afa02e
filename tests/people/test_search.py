"""Finding people by name, whatever the accents."""

from __future__ import annotations

import pytest

from people.models import Person
from tests.cast import person

NAMES = ["Łukasz Żółkowski", "Jürgen Groß", "Đorđe O’Brien", "Anna-Maria Sørensen", "Nguyễn Thị Hà"]


@pytest.fixture(autouse=True)
def people(db: None) -> None:
    for n, name in enumerate(NAMES):
        person(name, f"p{n}@example.org")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Zolkowski", ["Łukasz Żółkowski"]),
        ("zol luk", ["Łukasz Żółkowski"]),
        ("ŻÓŁ", ["Łukasz Żółkowski"]),
        ("gross", ["Jürgen Groß"]),
        ("O'Brien", ["Đorđe O’Brien"]),
        ("brien dorde", ["Đorđe O’Brien"]),
        ("maria soren", ["Anna-Maria Sørensen"]),
        ("nguyen thi", ["Nguyễn Thị Hà"]),
        ("p1@example.org", ["Jürgen Groß"]),
        ("owski", []),
        ("' | & !:*", NAMES),
    ],
)
def test_person_is_found_by_beginnings_of_words(typed: str, found: list[str]) -> None:
    assert set(Person.objects.named(typed).values_list("full_name", flat=True)) == set(found)


def test_people_are_sorted_without_regard_to_accents() -> None:
    assert [p.full_name for p in Person.objects.sorted_by_name()] == [
        "Anna-Maria Sørensen", "Đorđe O’Brien", "Jürgen Groß", "Łukasz Żółkowski", "Nguyễn Thị Hà",
    ]  # fmt: skip
