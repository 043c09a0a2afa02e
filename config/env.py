"""Typed readers of the environment that fail loudly.

Each reader returns a value of one type or raises ``ImproperlyConfigured`` with a sentence that names the
variable. Addresses that are not given fall back to the embedded services in ``var/`` (see ``embedded.py``).
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent

_env = environ.Env()


def text(name: str, default: str | None = None) -> str:
    """A string; without a default the variable must be set and not blank."""
    value = os.environ.get(name, "")
    if value.strip():
        return value
    if default is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return default


def flag(name: str, *, default: bool) -> bool:
    """A truth value: 1, true, yes, on or 0, false, no, off."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; write 1 or 0.")


def number(name: str, *, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number.") from None


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list; blanks are dropped."""
    return [word.strip() for word in text(name, default or " ").split(",") if word.strip()]


def database(default: str) -> dict:
    """Django's settings for ``DATABASE_URL``, which must be PostgreSQL: the promises rest on it."""
    found = _env.db_url_config(text("DATABASE_URL", default))
    if "postgresql" not in found["ENGINE"]:
        raise ImproperlyConfigured("DATABASE_URL must be a PostgreSQL address (postgres://…).")
    return dict(found)


def mail(default: str) -> dict:
    """Django's mail settings for ``EMAIL_URL`` (smtp://, smtp+tls://, smtp+ssl://)."""
    return dict(_env.email_url_config(text("EMAIL_URL", default)))


def redis_addresses(default: str, db: int = 0) -> tuple[str, str]:
    """The broker's and the cache's spelling of ``REDIS_URL``; the two libraries spell sockets differently."""
    url = text("REDIS_URL", default)
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?virtual_host={db}", f"unix://{parts.path}?db={db}"
    if parts.scheme not in {"redis", "rediss"}:
        raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
    return url, url
