"""The organisation's seal on a finished agreement, and the check of it.

The only module that imports pyHanko, and only inside functions: it costs a second, and the web process
never seals. The seal is one certifying PAdES signature (B-B) over the whole file that allows no change. In
law it is an organisational seal beside simple electronic signatures; it makes nothing advanced or qualified.

Whether a file is *the* agreement is decided by its SHA-256 alone. `check` is for files that no hash matches.

Run as a program, this file examines a PDF from standard input and prints what it found as JSON; `check`
starts it so, because a file of unknown origin may be made to eat memory and time.
"""

import hashlib
import json
import os
import ssl
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus

DEVELOPMENT_NAME = "Tripartite development seal – not for legal use"
DEVELOPMENT_PASSPHRASE = b"development"  # keeps the file format uniform; it protects nothing
DEVELOPMENT_YEARS = 5
FIELD = "Seal"
ROOM = 16384  # hexadecimal digits kept free for the signature; measuring them would mean signing twice

# Bounds of one check. A sealed agreement has about 200 kB and takes a second, most of it imports.
LARGEST_FILE = 20 * 1024 * 1024  # bytes
PROCESSOR_SECONDS = 10
WALL_SECONDS = 30
MEMORY = 512 * 1024 * 1024  # bytes of address space


class SealingError(Exception):
    """The seal could not be made or its key not be used; the message is a sentence for people."""


@dataclass(frozen=True)
class Key:
    """A private key with its certificate, as PKCS#12, and what opens it. Neither is shown in logs."""

    pkcs12: bytes = field(repr=False)
    passphrase: bytes = field(repr=False)


@dataclass(frozen=True)
class SealStatus:
    """What a PDF says about its seal.

    `intact` means: cryptographically valid, covering every byte of the file, with no change after it. `ours`
    means: made with a trusted certificate. Only both together say anything. `sealed_at` is what the sealing
    computer's clock said.
    """

    has_seal: bool = False
    ours: bool = False
    intact: bool = False
    sealed_at: datetime | None = None
    signer: str = ""
    reason: str = ""


# --- Keys


def load_key(path: Path, passphrase: bytes) -> Key:
    """Return the key of a PKCS#12 file, after opening it; raises SealingError if it cannot seal today."""
    try:
        key = Key(path.read_bytes(), passphrase)
    except OSError as error:
        raise SealingError(f"The key of the seal cannot be read: {error.strerror}.") from error
    certificate = _certificate(key)
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
                file.write(_new_development_pkcs12())
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
    return load_key(path, DEVELOPMENT_PASSPHRASE)


def _new_development_pkcs12() -> bytes:
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
    return pem_fingerprint(certificate_pem(key))


def certificate_pem(key: Key) -> bytes:
    """Return the certificate for publishing beside the verify page."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return _certificate(key).public_bytes(Encoding.PEM)


@lru_cache(maxsize=4)  # opening a key takes 12 ms by design
def _certificate(key: Key) -> "Certificate":
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        private, certificate, _ = pkcs12.load_key_and_certificates(key.pkcs12, key.passphrase)
    except ValueError as error:
        raise SealingError("The key of the seal cannot be opened: wrong passphrase or not a PKCS#12 file.") from error
    if private is None or certificate is None:
        raise SealingError("The file of the seal's key lacks the private key or its certificate.")
    return certificate


def pem_fingerprint(pem: bytes) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.decode("ascii"))).hexdigest()


# --- Sealing


def seal(pdf: bytes, key: Key) -> bytes:
    """Return the PDF with one certifying seal, already checked: by this key, whole, attachments unchanged.

    The check is not politeness: a wrong or expired key seals without a complaint. Raises SealingError.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError

    certificate = _certificate(key)
    if certificate.not_valid_after_utc < datetime.now(UTC):
        raise SealingError(f"The certificate of the seal expired on {certificate.not_valid_after_utc:%Y-%m-%d}.")
    if b"/ByteRange" in pdf:
        raise SealingError("The file carries a seal already.")
    try:
        sealed = _signed(pdf, key)
    except (PdfError, SigningError, ValueError) as error:
        raise SealingError(f"The file could not be sealed: {error}.") from error
    found = _examine(sealed)
    if not found["intact"] or found["fingerprint"] != fingerprint(key):
        raise SealingError(f"The new seal does not hold: {found['reason']}")
    if extract_attachments(sealed) != extract_attachments(pdf):
        raise SealingError("The attached files changed while the file was being sealed.")
    return sealed


def _signed(pdf: bytes, key: Key) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    meaning = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    # A hidden field or pyHanko's visible stamp would break PDF/A and PDF/UA; a printable one outside the page
    # breaks neither.
    place = SigFieldSpec(
        FIELD,
        invis_sig_settings=InvisSigSettings(set_print_flag=True, box_out_of_bounds=True),
        readable_field_name="Electronic seal",
    )
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    return PdfSigner(meaning, _signer(key), new_field_spec=place).sign_pdf(writer, bytes_reserved=ROOM).getvalue()


@lru_cache(maxsize=4)
def _signer(key: Key) -> "SimpleSigner":
    from pyhanko.sign.signers import SimpleSigner

    # Not `load_pkcs12`, which answers a wrong passphrase with None.
    return SimpleSigner.load_pkcs12_data(key.pkcs12, other_certs=[], passphrase=key.passphrase)


def extract_attachments(pdf: bytes) -> dict[str, bytes]:
    """Return the files attached to a PDF of our own, by name. Not bounded: never for a file of a stranger."""
    from pyhanko.pdf_utils.misc import PdfReadError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        names = PdfFileReader(BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
    except KeyError:
        return {}
    except PdfReadError as error:
        raise SealingError(f"The file cannot be read as PDF: {error}.") from error
    return {str(names[i]): names[i + 1]["/EF"]["/F"].data for i in range(0, len(names), 2)}


# --- Checking


def check(pdf: bytes, trusted: list[bytes]) -> SealStatus:
    """Return what the seal of a file of unknown origin is worth; `trusted` are our certificates as PEM.

    The examination runs in a process of its own with bounds on memory, processor and time. Never raises for
    anything that a file may hold.
    """
    # The byte range of a signature is written in the clear, so a file without it needs no examination.
    if b"/ByteRange" not in pdf:
        return SealStatus(reason="The file carries no seal.")
    if len(pdf) > LARGEST_FILE:
        return SealStatus(reason="The file is larger than any sealed agreement.")
    found = _examine_apart(pdf)
    return SealStatus(
        has_seal=found["has_seal"],
        ours=found["fingerprint"] in {pem_fingerprint(pem) for pem in trusted},
        intact=found["intact"],
        sealed_at=datetime.fromisoformat(found["sealed_at"]) if found["sealed_at"] else None,
        signer=found["signer"],
        reason=found["reason"],
    )


def mentions(pdf: bytes, certificate: bytes) -> bool:
    """Whether a file carries a piece of our certificate, so that a file whose seal no longer checks is still
    told from one that never had it. A changed byte spoils one piece of 32 bytes, not all.
    """
    der = ssl.PEM_cert_to_DER_cert(certificate.decode())
    searched = pdf[:LARGEST_FILE].lower()
    pieces = (der[i : i + 32].hex().encode() for i in range(64, len(der) - 32, 32))
    return any(piece in searched for piece in pieces)


def _examine_apart(pdf: bytes) -> dict[str, Any]:
    """Return the findings of a child process, which sees neither our settings nor our environment."""
    try:
        child = subprocess.run(
            [sys.executable, "-I", __file__],
            input=pdf,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            check=False,
            env={"LC_ALL": "C.UTF-8"},
            cwd="/",
        )
        return json.loads(child.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        # Killed by one of the bounds, or crashed: the file is not one that this program made.
        return _finding(reason="The file cannot be read as a sealed PDF.")


def _finding(**known: Any) -> dict[str, Any]:
    return {
        "has_seal": False,
        "intact": False,
        "fingerprint": "",
        "sealed_at": "",
        "signer": "",
        "reason": "",
    } | known


def _examine(pdf: bytes) -> dict[str, Any]:
    """Return the findings about the seal of a PDF; raises whatever pyHanko raises on a broken file.

    The fingerprint is given only if the private key of that certificate did sign: a certificate is public.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    signatures = PdfFileReader(BytesIO(pdf), strict=True).embedded_signatures
    if not signatures:
        return _finding(reason="The file carries no seal.")
    signature, *later = signatures
    certificate, at = signature.signer_cert, signature.self_reported_timestamp
    # Trust is decided by the fingerprint, so the certificate is its own root here; and as no change at all is
    # allowed, there is no need to have changes judged.
    alone = ValidationContext(trust_roots=[certificate], allow_fetching=False)
    status = validate_pdf_signature(signature, alone, skip_diff=True)
    fault = "The file was signed again after it was sealed." if later else _fault(pdf, signature, status)
    return _finding(
        has_seal=True,
        intact=not fault,
        fingerprint=hashlib.sha256(certificate.dump()).hexdigest() if status.valid else "",
        sealed_at=at.isoformat() if at else "",
        signer=str(certificate.subject.native.get("common_name", ""))[:200],
        reason=fault or "The file is as it was sealed.",
    )


def _fault(pdf: bytes, signature: "EmbeddedPdfSignature", status: "PdfSignatureStatus") -> str:
    """Return a sentence with the first fault of the seal, or nothing."""
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if not status.valid:
        return "The seal was not made with the certificate that it names."
    if not status.intact:
        return "The file was changed after it was sealed."
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE or not _gap_is_the_signature(pdf, signature):
        return "The seal does not cover the whole file: something was added after it."
    if not status.docmdp_ok:
        return "The file holds a change that the seal does not allow."
    return ""


def _gap_is_the_signature(pdf: bytes, signature: "EmbeddedPdfSignature") -> bool:
    """Say whether the only bytes outside the seal are the signature, written as this program writes it.

    pyHanko adds the lengths up and stops there, so the padding behind the signature could be anything.
    """
    start, before, after, rest = (int(number) for number in signature.byte_range)
    content = signature.pkcs7_content
    padding = content[len(_der(content)) :]
    written = b"<" + content.hex().upper().encode() + b">"
    return start == 0 and after + rest == len(pdf) and pdf[before:after] == written and not padding.strip(b"\0")


def _der(content: bytes) -> bytes:
    from asn1crypto.cms import ContentInfo

    return ContentInfo.load(content).dump()


def _examine_bounded() -> None:
    """Examine standard input within bounds and print the findings; the entry point of the child process."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        found = _examine(sys.stdin.buffer.read(LARGEST_FILE + 1))
    except Exception:
        found = _finding(reason="The file cannot be read as a sealed PDF.")
    print(json.dumps(found))


if __name__ == "__main__":
    _examine_bounded()
