"""How allauth behaves here: nobody signs up by themselves, and its mail leaves through the outbox."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from people import attempts, entry
from people.access import sender
from people.actions import codes
from people.models import Person
from people.vault import lock, unlock


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The address or the password is not right. You can ask for a code instead."),
        "too_many_login_attempts": _("That was tried too often. Ask for a new code, or wait for an hour."),
    }

    def is_open_for_signup(self, request: Any) -> bool:
        """People come by invitation, import or a part in a case."""
        return False

    def generate_login_code(self) -> str:
        return codes.new()

    def is_safe_url(self, url: str) -> bool:
        """Only ever a path of this site, whichever hosts are allowed."""
        return bool(url) and entry.local(self.request, url, "") == url

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the sign-in code; a request never waits for the mail server.

        For an address that nobody has here, allauth comes with another template and no code: then as much is
        done and nothing left. Any other mail that allauth would send is of no use here.
        """
        if not template_prefix.endswith(("login_code", "unknown_account")):
            return
        code = str(context.get("code") or "")
        with transaction.atomic():
            if attempts.spend("code_asked", address=email, sender=sender(self.request)) is None:
                return  # the page says the same in every case
            person = entry.by_code_or_password(email)
            codes.mail_sign_in(person if code else None, code=code)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Judge an address and a password in the same time and words, whoever has the address."""
        email = credentials["email"]
        spent = attempts.spend("password_wrong", address=email, sender=sender(request))
        if spent is None:
            raise self.validation_error("too_many_login_attempts")
        person = entry.by_code_or_password(email)
        nobody = Person()
        nobody.set_unusable_password()
        if not (person or nobody).check_password(credentials["password"]):
            return None
        spent.delete()
        return person

    def pre_login(self, request: HttpRequest, user: Person, **hints: Any) -> HttpResponse | None:
        """The last gate before the session: the address may have changed since the code left."""
        email, by_provider = hints["email"], bool((hints["signal_kwargs"] or {}).get("sociallogin"))
        changed = bool(email) and email.lower() != user.email.lower()
        if not user.is_active or changed or not (by_provider or entry.by_code_or_password(user.email) == user):
            clear_login(request)
            return redirect("account_request_login_code")
        return None

    def send_notification_mail(self, *words: Any, **more: Any) -> None:
        """What changes in how one signs in is told by our own actions."""


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of apps are locked at rest; passkeys belong to the host of the site."""

    def encrypt(self, text: str) -> str:
        return lock(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unlock(encrypted_text)
