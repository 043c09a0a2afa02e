"""Certificates as files have them: PEM, one or several, without pyHanko; and the one error of sealing."""

import hashlib
import re
import ssl

BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class SealingError(Exception):
    """The seal could not be made or its key not be used; the message is a sentence for people."""


def pem_certificates(pem: bytes) -> tuple[bytes, ...]:
    """Return the certificates (DER) of a PEM text in its order; raises ValueError if there is none or one is broken."""
    found = tuple(ssl.PEM_cert_to_DER_cert(block.decode("ascii")) for block in BLOCK.findall(pem))
    if not found:
        raise ValueError("it holds no certificate")
    return found


def pem_fingerprint(pem: bytes) -> str:
    """Return the SHA-256 of the first certificate (DER) in lower-case hexadecimal."""
    return hashlib.sha256(pem_certificates(pem)[0]).hexdigest()


def as_pem(der: bytes) -> bytes:
    return ssl.DER_cert_to_PEM_cert(der).encode("ascii")
