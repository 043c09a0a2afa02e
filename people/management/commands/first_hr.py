"""Makes an organisation and its first HR person in a new installation; HR imports everybody else."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from people import clock, ledger
from people.models import Membership, Organisation, Person
from people.roles import Role


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", required=True, help="legal name")
        parser.add_argument("--country", required=True, help="two letters, such as GB")
        parser.add_argument("--time-zone", required=True, help="such as Europe/London")
        parser.add_argument("--name", required=True, help="full name of the HR person")
        parser.add_argument("--email", required=True, help="address to which sign-in codes are sent")

    @transaction.atomic
    def handle(self, **given: Any) -> None:
        organisation = Organisation(
            legal_name=given["organisation"], country=given["country"].upper(), time_zone=given["time_zone"]
        )
        person = Person(full_name=given["name"], email=given["email"], time_zone=given["time_zone"])
        person.set_unusable_password()
        try:
            organisation.full_clean()
            person.full_clean()
        except ValidationError as error:
            raise CommandError(
                "; ".join(f"{field}: {' '.join(faults)}" for field, faults in error.message_dict.items())
            ) from None
        organisation.save()
        person.save()
        Membership.objects.create(person=person, organisation=organisation, role=Role.HR, since=clock.now())
        ledger.record("people.first_hr", by=None, subject=person, organisation=organisation.legal_name)
        self.stdout.write(f"{person} is HR of {organisation} and can sign in with {person.email}.")
