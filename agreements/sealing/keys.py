"""The keys that seal: a PKCS#12 file or, in `tokens`, a hardware token; whoever seals cannot tell them apart.

A key knows its certificates without being asked for a secret again, and hands out a signer for as long as one
seal takes.
"""

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from agreements.sealing.certificates import SealingError, as_pem

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from pyhanko.sign.signers import Signer, SimpleSigner

DEVELOPMENT_NAME = "Tripartite development seal – not for legal use"
DEVELOPMENT_PASSPHRASE = b"development"  # keeps the file format uniform; it protects nothing
DEVELOPMENT_YEARS = 5


class Key(ABC):
    """A private key that seals, and its certificate."""

    @property
    @abstractmethod
    def certificates(self) -> tuple[bytes, ...]:
        """The certificates as DER: the seal's own first, then those of its issuers that are known."""

    @abstractmethod
    def signer(self) -> AbstractContextManager["Signer"]:
        """Give pyHanko's signer; raises SealingError when the key does not answer."""


@dataclass(frozen=True)
class FileKey(Key):
    """A private key with its certificate, as PKCS#12, and what opens it. Neither is shown in logs."""

    pkcs12: bytes = field(repr=False)
    passphrase: bytes = field(repr=False)

    @property
    def certificates(self) -> tuple[bytes, ...]:
        return _opened(self)

    @contextmanager
    def signer(self) -> Iterator["Signer"]:
        yield _signer(self)


def load_key(path: Path, passphrase: bytes) -> Key:
    """Return the key of a PKCS#12 file, after opening it; raises SealingError if it cannot seal today."""
    try:
        key = FileKey(path.read_bytes(), passphrase)
    except OSError as error:
        raise SealingError(f"The key of the seal cannot be read: {error.strerror}.") from error
    return holding_today(key)


def holding_today(key: Key) -> Key:
    """Return the key if its certificate is valid today; raises SealingError with the dates otherwise."""
    certificate = certificate_of(key)
    now = datetime.now(UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise SealingError(
            f"The certificate of the seal is not valid today: it holds from "
            f"{certificate.not_valid_before_utc:%Y-%m-%d} to {certificate.not_valid_after_utc:%Y-%m-%d}."
        )
    return key


def development_key(path: Path) -> Key:
    """Return the key at `path`, making a self-signed one first if there is none; only for DEBUG.

    The new file is written whole under another name and then linked into place, which fails if a racing
    process was first; both then load the same file.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(new_development_pkcs12())
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
    return load_key(path, DEVELOPMENT_PASSPHRASE)


def new_development_pkcs12() -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, DEVELOPMENT_NAME)])
    now = datetime.now(UTC)
    usages = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    )
    certificate = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks differ
        .not_valid_after(now + timedelta(days=365 * DEVELOPMENT_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                encipher_only=False,
                decipher_only=False,
                **usages,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    lock = BestAvailableEncryption(DEVELOPMENT_PASSPHRASE)
    return pkcs12.serialize_key_and_certificates(b"seal", private, certificate, None, lock)


def fingerprint(key: Key) -> str:
    """Return the SHA-256 of the key's certificate (DER) in lower-case hexadecimal."""
    return hashlib.sha256(key.certificates[0]).hexdigest()


def certificate_pem(key: Key) -> bytes:
    """Return the certificate for publishing beside the verify page."""
    return as_pem(key.certificates[0])


def certificate_of(key: Key) -> "Certificate":
    from cryptography import x509

    return x509.load_der_x509_certificate(key.certificates[0])


@lru_cache(maxsize=4)  # opening a key takes 12 ms by design
def _opened(key: FileKey) -> tuple[bytes, ...]:
    """Return the certificates in the file."""
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

    try:
        private, certificate, others = pkcs12.load_key_and_certificates(key.pkcs12, key.passphrase)
    except ValueError as error:
        raise SealingError("The key of the seal cannot be opened: wrong passphrase or not a PKCS#12 file.") from error
    if private is None or certificate is None:
        raise SealingError("The file of the seal's key lacks the private key or its certificate.")
    return tuple(each.public_bytes(Encoding.DER) for each in (certificate, *others))


@lru_cache(maxsize=4)
def _signer(key: FileKey) -> "SimpleSigner":
    from pyhanko.sign.signers import SimpleSigner

    # Not `load_pkcs12`, which answers a wrong passphrase with None.
    return SimpleSigner.load_pkcs12_data(key.pkcs12, other_certs=[], passphrase=key.passphrase)
