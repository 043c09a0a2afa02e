"""Takes away the second factors of somebody who lost them; they set up new ones at their next sign-in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from people import sessions
from people.models import Person
from people.telling import Origin, tell


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True, help="address of the person; make sure that it is them who asks")

    @transaction.atomic
    def handle(self, *, email: str, **options: Any) -> None:
        person = Person.objects.select_for_update().filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"Nobody has the address {email}.")
        count, _rows = Authenticator.objects.filter(user=person).delete()
        if not count:
            raise CommandError(f"{person.full_name} has no second factor.")
        sessions.end(person)
        sentence = _(
            "Your second factors were taken away by who runs this installation, because somebody asked for it."
        )
        tell(person, "sign_in.factor_reset", sentence, by=None, origin=Origin(None, _("the machine itself")))
        self.stdout.write(f"{person.full_name} signs in without a second factor until they set up a new one.")
