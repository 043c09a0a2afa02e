"""The second factor: a code from an app on the phone or a passkey, and recovery codes for when these are lost."""

from __future__ import annotations

import time
from secrets import choice
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people import entry
from people.models import Person
from people.telling import Origin, tell
from people.vault import fingerprint, lock, unlock

PERIOD = 30  # seconds for which an app shows a code; one before and one after are taken too, for slow clocks
CODES = 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
Type = Authenticator.Type


def app_counter(secret: str, code: str, *, after: int = -1) -> int | None:
    """The period to which a right code of an app belongs, later than ``after``; ``None`` for a wrong one."""
    now = int(time.time()) // PERIOD
    right = None
    for counter in (now - 1, now, now + 1):
        if counter > after and compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            right = counter
    return right


@transaction.atomic
def add_app(person: Person, *, secret: str, code: str, by: Person, origin: Origin) -> list[str] | None:
    """Add or replace the app. Returns new recovery codes, none if there were some; ``None`` for a wrong code."""
    counter = app_counter(secret, code)
    if counter is None:
        return None
    Person.objects.select_for_update().get(pk=person.pk)
    Authenticator.objects.filter(user=person, type=Type.TOTP).delete()
    Authenticator.objects.create(user=person, type=Type.TOTP, data={"secret": lock(secret), "counter": counter})
    tell(person, "sign_in.app_added", _("An app for codes was added as second factor."), by=by, origin=origin)
    return _codes_if_none(person)


@transaction.atomic
def add_passkey(person: Person, *, name: str, credential: dict[str, Any], by: Person, origin: Origin) -> list[str]:
    """Add a passkey that the browser has proved. Returns recovery codes if these are the first."""
    Person.objects.select_for_update().get(pk=person.pk)
    Authenticator.objects.create(user=person, type=Type.WEBAUTHN, data={"name": name, "credential": credential})
    what = _("The passkey “%(name)s” was added.") % {"name": name}
    tell(person, "sign_in.passkey_added", what, by=by, origin=origin)
    return _codes_if_none(person)


@transaction.atomic
def remove(authenticator: Authenticator, *, by: Person, origin: Origin) -> None:
    """Take an app or a passkey away; recovery codes go with the last of them."""
    person = authenticator.user
    name = str(authenticator)
    authenticator.delete()
    if not entry.has_second_factor(person):
        Authenticator.objects.filter(user=person).delete()
    if authenticator.type == Type.TOTP:
        what = _("The app for codes was removed as second factor.")
    else:
        what = _("The passkey “%(name)s” was removed.") % {"name": name}
    tell(person, "sign_in.factor_removed", what, by=by, origin=origin)


@transaction.atomic
def renew_codes(person: Person, *, by: Person, origin: Origin) -> list[str]:
    """Ten new recovery codes; the old ones no longer count. They are shown this once and kept as hashes."""
    Person.objects.select_for_update().get(pk=person.pk)
    found = _new_codes(person)
    tell(person, "sign_in.recovery_codes", _("New recovery codes were made."), by=by, origin=origin)
    return found


@transaction.atomic
def take_code(person: Person, code: str) -> Authenticator | None:
    """The app or the recovery codes to which a right code belongs; each code counts once, whatever the cache knows."""
    kinds = [Type.TOTP, Type.RECOVERY_CODES]
    for found in Authenticator.objects.select_for_update().filter(user=person, type__in=kinds).order_by("-type"):
        if found.type == Type.TOTP:
            counter = _app_counter_of(found, code)
            if counter is None:
                continue
            found.data["counter"] = counter
        else:
            spent = _hash(person, code)
            if spent not in found.data["codes"]:
                continue
            found.data["codes"].remove(spent)
        found.last_used_at = timezone.now()
        found.save(update_fields=["data", "last_used_at"])
        return found
    return None


def _app_counter_of(app: Authenticator, code: str) -> int | None:
    """As :func:`app_counter`; an app locked with a former SECRET_KEY has no right code any more."""
    try:
        secret = unlock(app.data["secret"])
    except ImproperlyConfigured:
        return None
    return app_counter(secret, code, after=app.data.get("counter", -1))


def codes_left(person: Person) -> int:
    found = Authenticator.objects.filter(user=person, type=Type.RECOVERY_CODES).first()
    return len(found.data["codes"]) if found else 0


def _codes_if_none(person: Person) -> list[str]:
    return [] if codes_left(person) else _new_codes(person)


def _new_codes(person: Person) -> list[str]:
    codes = ["-".join("".join(choice(LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(CODES)]
    Authenticator.objects.filter(user=person, type=Type.RECOVERY_CODES).delete()
    data = {"codes": [_hash(person, code) for code in codes]}
    Authenticator.objects.create(user=person, type=Type.RECOVERY_CODES, data=data)
    return codes


def _hash(person: Person, code: str) -> str:
    return fingerprint("recovery code", person.pk, "".join(code.lower().split()).replace("-", ""))
