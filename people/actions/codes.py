"""Codes by mail: to sign in, to confirm that it is you, to prove a new address."""

from __future__ import annotations

from datetime import timedelta
from secrets import randbelow, token_hex

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from people import notify
from people.models import OneTimeCode, Person
from people.vault import fingerprint

LIFETIME = timedelta(minutes=10)
TRIES = 5


def new() -> str:
    """Six digits, as people expect of a code in an e-mail."""
    return f"{randbelow(1_000_000):06d}"


def mail_sign_in(person: Person | None, *, code: str) -> None:
    """Queue a sign-in code; for nobody, do as much and leave nothing, so that both take as long."""
    if person is None:
        notify.pretend()
        return
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


@transaction.atomic
def send(person: Person, *, purpose: str, session: str, address: str = "", may_be_sent: bool = True) -> None:
    """Mail a code that counts in this session alone; an earlier one of the same purpose no longer counts.

    ``may_be_sent=False`` does the same and sends nothing: a new address that is somebody else's already.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    OneTimeCode.objects.filter(person=person, purpose=purpose, used_at__isnull=True).delete()
    code, now = new(), timezone.now()
    OneTimeCode.objects.create(
        person=person,
        purpose=purpose,
        session=session,
        code=_hash(person, purpose, code),
        address=address,
        expires_at=now + LIFETIME,
    )
    if not may_be_sent:
        notify.pretend()
        return
    what = {
        OneTimeCode.Purpose.CONFIRM: _("Your code to confirm that it is you is %(code)s."),
        OneTimeCode.Purpose.ADDRESS: _("Your code to use this address from now on is %(code)s."),
    }[OneTimeCode.Purpose(purpose)]
    notify.queue(
        notify.Message(
            key=f"code:{token_hex(16)}",
            about=f"code:{person.pk}",
            to=person,
            address=address,
            subject=_("%(code)s is your code for Tripartite") % {"code": code},
            sentences=[
                what % {"code": code},
                _("It can be used once, in the next 10 minutes, in the window where you asked for it."),
                _("If you did not ask for it, do not give it to anybody; tell your HR department."),
            ],
            why=_("You get this because somebody who is signed in asked for it."),
            is_secret=True,
        )
    )


def take(person: Person, *, purpose: str, session: str, code: str) -> OneTimeCode | None:
    """Use up the code if it is right; a wrong one costs one of five tries, counted before it is judged."""
    now = timezone.now()
    waiting = OneTimeCode.objects.filter(
        person=person, purpose=purpose, session=session, used_at__isnull=True, expires_at__gt=now, tries__lt=TRIES
    )
    if not waiting.update(tries=F("tries") + 1):
        return None
    right = OneTimeCode.objects.filter(
        person=person, purpose=purpose, session=session, used_at__isnull=True, code=_hash(person, purpose, code)
    )
    found = right.first()
    return found if found and right.filter(pk=found.pk).update(used_at=now) else None


def is_waiting(person: Person, *, purpose: str, session: str) -> OneTimeCode | None:
    """The code that can still be entered in this session, if there is one."""
    found = OneTimeCode.objects.filter(person=person, purpose=purpose, session=session, used_at__isnull=True)
    return found.filter(expires_at__gt=timezone.now(), tries__lt=TRIES).first()


def call_off(person: Person) -> None:
    """No code that was mailed to this person counts any more, and none that waits is sent."""
    OneTimeCode.objects.filter(person=person, used_at__isnull=True).delete()
    notify.call_off([f"sign-in:{person.pk}", f"code:{person.pk}"])


def _hash(person: Person, purpose: str, code: str) -> str:
    return fingerprint("one-time code", person.pk, purpose, "".join(code.split()))
