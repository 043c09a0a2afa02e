"""Looks whether the ledger is still what was written; says the first broken place of each kind, and ends with 1."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from people import proof


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor",
            metavar="NUMBER:DIGEST",
            default="",
            help="an anchor out of the log: it must be there, else the end was cut off together with it",
        )

    def handle(self, *, anchor: str, **options: Any) -> None:
        sentences = [
            fault.sentence + (f" ({fault.count} such places in all.)" if fault.count > 1 else "")
            for fault in proof.faults()
        ]
        if anchor:
            number, _, digest = anchor.partition(":")
            if not number.isdecimal() or not proof.has_anchor(int(number), digest.strip()):
                sentences.append(f"The anchor {number} that was noted outside is not in the ledger.")
        if sentences:
            raise CommandError("\n".join(sentences), returncode=1)
        entries, chains = proof.size()
        self.stdout.write(f"The ledger is whole: {entries} entries in {chains} chains.")
