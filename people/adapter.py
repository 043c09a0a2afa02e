"""How allauth behaves here: nobody signs up by themselves, and its mail leaves through the outbox."""

from __future__ import annotations

from datetime import timedelta
from secrets import randbelow, token_hex
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.utils import timezone
from django.utils.translation import gettext as _

from people import notify
from people.models import Notice, Person

CODES_AN_HOUR = 10


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: Any) -> bool:
        """People come by invitation, import or a part in a case."""
        return False

    def generate_login_code(self) -> str:
        """Six digits, as people expect of a code in an e-mail."""
        return f"{randbelow(1_000_000):06d}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the sign-in code; a request never waits for the mail server.

        Any other mail that allauth would send is of no use here, as accounts are made by invitation.
        """
        person = Person.objects.filter(email__iexact=email, is_active=True).first()
        code = context.get("code")
        if person is None or not code or _asked_often(person):
            return  # the page says the same in every case
        notify.queue(
            notify.Message(
                key=f"sign-in:{token_hex(16)}",
                about=f"sign-in:{person.pk}",
                to=person,
                subject=_("%(code)s is your code to sign in to Tripartite") % {"code": code},
                sentences=[
                    _("Your code to sign in is %(code)s.") % {"code": code},
                    _("It can be used once, in the next 10 minutes, in the window where you asked for it."),
                    _("If you did not ask for it, you need do nothing."),
                ],
                why=_("You get this because somebody entered your address to sign in."),
                is_secret=True,
            )
        )


def _asked_often(person: Person) -> bool:
    """Counted in the database, so that it holds when the cache was wiped: guessing codes stays hopeless."""
    hour_ago = timezone.now() - timedelta(hours=1)
    return Notice.objects.filter(about=f"sign-in:{person.pk}", created_at__gt=hour_ago).count() >= CODES_AN_HOUR
