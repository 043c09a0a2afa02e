"""The organisation's seal on a finished agreement: made, kept provable, and checked.

The only package that imports pyHanko and what it stands on, and only inside functions: it costs a second, and
the web process never seals. The seal is one certifying PAdES signature over the whole file that allows no
change; with a timestamp authority it also proves its day for as long as it is renewed. In law it is an
organisational seal beside simple electronic signatures; it makes nothing advanced or qualified.

`keys` and `tokens` hold the private key, `authority` asks for timestamps, `making` seals and renews,
`checking` judges files of unknown origin with `examination` in a process of its own, `configured` reads the
settings. Whether a file is *the* agreement is decided by its SHA-256 alone.
"""

from agreements.sealing.authority import Timestamps, load_authorities, load_timestamps
from agreements.sealing.certificates import SealingError, pem_fingerprint
from agreements.sealing.checking import SealStatus, check, mentions
from agreements.sealing.configured import (
    configured_authorities,
    configured_certificate,
    configured_key,
    configured_timestamps,
)
from agreements.sealing.keys import (
    DEVELOPMENT_NAME,
    DEVELOPMENT_PASSPHRASE,
    FileKey,
    Key,
    certificate_pem,
    development_key,
    fingerprint,
    load_key,
)
from agreements.sealing.making import extract_attachments, needs_renewal, renew, seal
from agreements.sealing.tokens import TokenKey, load_token_key

__all__ = [
    "DEVELOPMENT_NAME",
    "DEVELOPMENT_PASSPHRASE",
    "FileKey",
    "Key",
    "SealStatus",
    "SealingError",
    "Timestamps",
    "TokenKey",
    "certificate_pem",
    "check",
    "configured_authorities",
    "configured_certificate",
    "configured_key",
    "configured_timestamps",
    "development_key",
    "extract_attachments",
    "fingerprint",
    "load_authorities",
    "load_key",
    "load_timestamps",
    "load_token_key",
    "mentions",
    "needs_renewal",
    "pem_fingerprint",
    "renew",
    "seal",
]
