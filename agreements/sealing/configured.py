"""The seal as the settings describe it: one place where they become a key, an authority, certificates.

Each call reads the files or asks the token anew. Raises SealingError with a sentence that can be acted on.
"""

from pathlib import Path

from agreements.sealing.authority import Timestamps, load_authorities, load_timestamps
from agreements.sealing.certificates import SealingError, pem_certificates
from agreements.sealing.keys import Key, certificate_pem, development_key, load_key
from agreements.sealing.tokens import load_token_key


def configured_key(*, generated: bool = True) -> Key:
    """The key: of a token, of a file, or in development one that is generated once, unless that is not wanted."""
    from django.conf import settings

    if settings.SEALING_PKCS11_MODULE:
        named = settings.SEALING_CERTIFICATE_FILE
        return load_token_key(
            settings.SEALING_PKCS11_MODULE,
            settings.SEALING_PKCS11_TOKEN,
            settings.SEALING_PKCS11_KEY,
            settings.SEALING_PKCS11_PIN,
            pem_certificates(_published(Path(named))) if named else (),
        )
    path = Path(settings.SEALING_KEY_FILE)
    if settings.SEALING_DEVELOPMENT_KEY and generated:
        return development_key(path)
    return load_key(path, settings.SEALING_KEY_PASSPHRASE.encode())


def configured_certificate() -> bytes:
    """The certificate as PEM: from a file of its own where the web process must not read the key."""
    from django.conf import settings

    if settings.SEALING_CERTIFICATE_FILE:
        return _published(Path(settings.SEALING_CERTIFICATE_FILE))
    return certificate_pem(configured_key())


def configured_timestamps() -> Timestamps | None:
    """The timestamp authority, or None where seals are to be B-B."""
    from django.conf import settings

    if not settings.SEALING_TIMESTAMP_URL:
        return None
    return load_timestamps(settings.SEALING_TIMESTAMP_URL, Path(settings.SEALING_TIMESTAMP_CERTIFICATES_FILE))


def configured_authorities() -> bytes:
    """The certificates that timestamps are trusted by, as PEM; empty where none are."""
    from django.conf import settings

    named = settings.SEALING_TIMESTAMP_CERTIFICATES_FILE
    return load_authorities(Path(named)) if named else b""


def _published(path: Path) -> bytes:
    try:
        pem = path.read_bytes()
        pem_certificates(pem)
    except (OSError, ValueError) as error:
        raise SealingError(f"SEALING_CERTIFICATE_FILE is not a certificate in PEM: {error}") from error
    return pem
