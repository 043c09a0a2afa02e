"""The first person of an installation."""

import pytest
from django.core.management import CommandError, call_command

from people.models import LedgerEntry, Membership, Person

GIVEN = {
    "organisation": "Example Ltd",
    "country": "gb",
    "time_zone": "Europe/London",
    "name": "Hanna Reed",
    "email": "hr@example.org",
}


def test_first_hr_may_begin_at_once(db: None) -> None:
    call_command("first_hr", **GIVEN)
    person = Person.objects.get(email="hr@example.org")
    assert person.is_hr
    assert LedgerEntry.objects.get(verb="people.first_hr").subject_id == person.pk
    assert Membership.objects.get(person=person).organisation.legal_name == "Example Ltd"


def test_first_hr_with_an_impossible_answer_is_told_which(db: None) -> None:
    with pytest.raises(CommandError, match="time_zone"):
        call_command("first_hr", **{**GIVEN, "time_zone": "Mars/Olympus"})
    assert not Person.objects.exists()
