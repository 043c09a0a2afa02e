"""Writes a sealed demo agreement to a file, for looking at with other tools."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from agreements.models import Document
from agreements.states import DocumentKind
from config.demo import plans, stories, world
from people.models import Organisation


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *, path: Path, **options: Any) -> None:
        """The newest sealed agreement of the demo; in an empty database one is made and not kept."""
        if not settings.DEMO:
            raise CommandError("Samples come from a demo only; DEMO is off.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self._kept() or self._made())
        self.stdout.write(f"Wrote {path} ({path.stat().st_size} bytes).")

    def _kept(self) -> bytes:
        found = Document.objects.filter(kind=DocumentKind.SEALED).order_by("-pk").first()
        return bytes(found.content) if found else b""

    @transaction.atomic
    def _made(self) -> bytes:
        if Organisation.objects.exists():
            raise CommandError("There is data here but no sealed agreement yet.")
        chance = Random(1)
        houses = world.build(chance)
        teller = stories.Teller(plans.casting(plans.Plan("agreed", starts_in=20), chance, houses, 1))
        teller.begin()
        teller.tell()
        content = self._kept()
        transaction.set_rollback(True)
        return content
