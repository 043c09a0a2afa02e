"""What libraries keep about a person: where somebody is signed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.translation import gettext as _

from people import personal_data
from people.models import Person
from people.personal_data import Fact, Section
from people.privacy import REGISTER


def sessions_of(person: Person) -> Iterator[Session]:
    """Sessions say whose they are only once they are unpacked, so all are looked at."""
    for found in Session.objects.order_by("pk").iterator(chunk_size=500):
        if found.get_decoded().get(SESSION_KEY) == str(person.pk):
            yield found


def sections(person: Person, reader: Person) -> Iterable[Section]:
    if person != reader:
        return
    rows = [
        [
            Fact(
                "expire_date",
                _("Signed in until"),
                personal_data.in_words(found.expire_date),
                personal_data.in_json(found.expire_date),
            )
        ]
        for found in sessions_of(person)
    ]
    table = REGISTER["sessions.Session"]
    yield Section(str(table.title), str(table.kept), rows)


def erase(person: Person) -> None:
    """Sign the person out everywhere."""
    Session.objects.filter(pk__in=[found.pk for found in sessions_of(person)]).delete()


HOUSE = personal_data.House("config", 3, sections, erase=erase)
