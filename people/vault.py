"""Secrets at rest: locked with a key that follows from SECRET_KEY, so that a dump alone opens nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def _key(purpose: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"people.vault.{purpose}".encode(), hashlib.sha256)


def lock(words: str) -> str:
    return Fernet(base64.urlsafe_b64encode(_key("lock"))).encrypt(words.encode()).decode()


def unlock(locked: str) -> str:
    """The words again; a changed SECRET_KEY cannot open what the old one locked."""
    try:
        return Fernet(base64.urlsafe_b64encode(_key("lock"))).decrypt(locked.encode()).decode()
    except InvalidToken:
        raise ImproperlyConfigured("A stored secret was locked with another SECRET_KEY; enter it again.") from None


def fingerprint(purpose: str, *words: object) -> str:
    """A keyed hash of 64 hexadecimal digits, for what is compared and never shown."""
    text = "\0".join(str(word) for word in words)
    return hmac.new(_key(purpose), text.encode(), hashlib.sha256).hexdigest()
