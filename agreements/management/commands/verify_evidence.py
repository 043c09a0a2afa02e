"""Looks whether signed papers are still what was signed: chain of evidence, files, seals, mails. Ends with 1 if not."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agreements import proof
from agreements.models import Agreement


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", nargs="?", default="", help="only this paper, such as S-2026-00042/1")

    def handle(self, *, reference: str, **options: Any) -> None:
        if reference:
            case, _, number = reference.partition("/")
            if not number.isdecimal():
                raise CommandError("A paper is named like S-2026-00042/1.")
            found = Agreement.objects.filter(secondment__reference=case, number=int(number)).first()
            if found is None:
                raise CommandError(f"There is no paper {reference}.")
            sentences = [f"{reference}: {sentence}" for sentence in proof.faults_of(found)]
            count = 1
        else:
            sentences = list(proof.faults())
            count = Agreement.objects.count()
        if sentences:
            raise CommandError("\n".join(sentences), returncode=1)
        self.stdout.write(f"Nothing was changed: {count} papers with their evidence, files and mails.")
