"""Unguessable public identifiers for addresses that an outsider can type."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no letters that are misread over the telephone


def new_key() -> str:
    """Twelve characters, about 59 bits of chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))
