"""Makes a person an administrator of the installation, or ends that; they and the other administrators are told."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from people.actions import administrators
from people.models import Person


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True, help="address of the person")
        parser.add_argument("--name", default="", help="full name, for somebody who is not here yet")
        parser.add_argument("--end", action="store_true", help="they are no administrator any more")

    @transaction.atomic
    def handle(self, *, email: str, name: str, end: bool, **options: Any) -> None:
        person = Person.objects.filter(email__iexact=email.strip()).first()
        if person is None and (end or not name.strip()):
            raise CommandError(f"Nobody has the address {email}; give --name too to make them.")
        try:
            if person is None:
                person = Person(email=email.strip(), full_name=name.strip())
                person.set_unusable_password()
                person.full_clean()
                person.save()
            administrators.end(person) if end else administrators.appoint(person)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{person} is {'no longer' if end else 'now'} an administrator of this installation.")
