"""Says where the demo is, whom to sign in as, and where their mail is read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.demo import cast


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:
        lines = [
            "",
            f"  Tripartite is running:  {settings.SITE_URL}/",
            "",
            "  Sign in with a code by e-mail, for instance as",
        ]
        lines += [f"    {email:<44} {title}: {name}, {what}" for title, name, email, what in cast.guides()]
        lines += [
            "",
            f"  Their mail, with the codes:  {settings.SITE_URL}/demo/mail/",
            "  Let time pass:               .venv/bin/python manage.py demo_day +30   (in another terminal)",
            "  Stop:                        Ctrl-C",
            "",
        ]
        self.stdout.write("\n".join(lines))
