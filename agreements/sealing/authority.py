"""The timestamp authority (RFC 3161): who it is, whom to trust for it, and asking it.

Every answer is judged as it comes: granted, for this digest and this request, signed by a certificate that is
for timestamps and leads to a trusted one today. Whatever else happens is a SealingError with a sentence; there
is no way on without a timestamp.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote, urlsplit

from agreements.sealing.certificates import SealingError, pem_certificates

if TYPE_CHECKING:
    from asn1crypto.cms import ContentInfo
    from pyhanko.sign.timestamps import TimeStamper
    from pyhanko_certvalidator import ValidationContext

SECONDS = 10  # for one answer, from the first byte sent to the last received
LARGEST_ANSWER = 64 * 1024  # bytes; usual are 2 to 8 kB
LOCAL = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Timestamps:
    """The address of a timestamp authority, a password in it or not, and the certificates it is trusted by (PEM)."""

    url: str = field(repr=False)
    certificates: bytes = field(repr=False)


def load_timestamps(url: str, certificates: Path) -> Timestamps:
    """Return the authority at `url`, trusted by a file of certificates; raises SealingError if either cannot be."""
    parts = _parts(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SealingError("The address of the timestamp authority must begin with https:// or http://.")
    if parts.password and parts.scheme == "http" and parts.hostname not in LOCAL:
        raise SealingError("The address of the timestamp authority has a password, so it must begin with https://.")
    return Timestamps(url, load_authorities(certificates))


def load_authorities(path: Path) -> bytes:
    """Return the trusted certificates of timestamp authorities as PEM, after reading them."""
    try:
        pem = path.read_bytes()
        pem_certificates(pem)
    except (OSError, ValueError) as error:
        raise SealingError(f"The certificates of the timestamp authority cannot be read as PEM: {error}.") from error
    return pem


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise SealingError(f"The address of the timestamp authority is none: {error}.") from error
    return parts


def client(timestamps: Timestamps, context: "ValidationContext") -> "TimeStamper":
    """Return what pyHanko asks for timestamps; its `paths` are the chains of those who answered."""
    return _client_class()(timestamps, context)


@cache
def _client_class() -> Any:
    """Define the client at its first use, as its base class is pyHanko's."""
    from pyhanko.sign.timestamps import TimeStamper

    class Client(TimeStamper):
        def __init__(self, timestamps: Timestamps, context: "ValidationContext") -> None:
            super().__init__()
            self.timestamps, self.context = timestamps, context
            self.paths: list[Any] = []

        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> "ContentInfo":
            nonce, request = self.request_cms(message_digest, md_algorithm)
            answer = await _post(self.timestamps.url, request.dump())
            token, path = await _judged(answer, message_digest, nonce, self.context)
            self.paths.append(path)
            return token

    return Client


async def _post(url: str, request: bytes) -> bytes:
    """Send one request and return the answer's body; bounded in time and size, and never sent on elsewhere."""
    import aiohttp

    parts = _parts(url)
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    if parts.username:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode("ascii")
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(bare, data=request, headers=headers, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise SealingError(f"The timestamp authority answered with status {answer.status}.")
            if answer.content_type != "application/timestamp-reply":
                raise SealingError(f"The timestamp authority answered with {answer.content_type}, not a timestamp.")
            body = bytearray()
            async for piece in answer.content.iter_chunked(8192):
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise SealingError("The timestamp authority's answer is too long to be a timestamp.")
            return bytes(body)
    except TimeoutError as error:
        raise SealingError(f"The timestamp authority did not answer within {SECONDS} seconds.") from error
    except (aiohttp.ClientError, OSError) as error:
        raise SealingError(f"The timestamp authority cannot be reached ({type(error).__name__}).") from error


@cache
def _response_class() -> Any:
    """Return an answer's grammar; that of asn1crypto cannot read a refusal, which has no token."""
    from asn1crypto.cms import ContentInfo
    from asn1crypto.core import Sequence
    from asn1crypto.tsp import PKIStatusInfo

    class Response(Sequence):
        _fields = [("status", PKIStatusInfo), ("time_stamp_token", ContentInfo, {"optional": True})]

    return Response


async def _judged(answer: bytes, digest: bytes, nonce: int, context: "ValidationContext") -> tuple[Any, Any]:
    """Return the token in an answer and the chain of certificates of who signed it."""
    try:
        response = _response_class().load(answer, strict=True)
        status = str(response["status"]["status"].native)
        if status not in {"granted", "granted_with_mods"}:
            said = "; ".join(response["status"]["status_string"].native or [])
            raise SealingError(f"The timestamp authority refused: {said or status}.")
        token = response["time_stamp_token"]
        facts = token["content"]["encap_content_info"]["content"].parsed
        if facts["nonce"].native != nonce:
            raise SealingError("The timestamp authority answered another request than ours.")
        if facts["message_imprint"]["hashed_message"].native != digest:
            raise SealingError("The timestamp authority's timestamp is for another file.")
        result = await token_status(token["content"], lambda algorithm: digest, context)
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # what asn1crypto says of garbage
        raise SealingError("The timestamp authority's answer cannot be read as a timestamp.") from error
    if not (result.intact and result.valid):
        raise SealingError("The timestamp authority's timestamp is not signed by the certificate that it names.")
    if not result.trusted:
        raise SealingError(
            "The timestamp is not by a trusted authority, or the validity of its certificate could not be "
            "established; see SEALING_TIMESTAMP_CERTIFICATES_FILE."
        )
    return token, result.validation_path


async def token_status(signed: Any, imprint: Callable[[str], bytes], context: "ValidationContext") -> Any:
    """Return pyHanko's findings on the signature and the signer of one token."""
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko.sign.validation.status import TimestampSignatureStatus

    try:
        return TimestampSignatureStatus(**await validate_tst_signed_data(signed, context, imprint))
    except (SignatureValidationError, SigningError) as error:
        raise SealingError(f"The timestamp cannot be judged: {error}.") from error


def context(roots: list[bytes], *, others: list[bytes] | None = None) -> "ValidationContext":
    """Return how certificates are judged while sealing: today, and with what says that they were not revoked.

    Where a certificate names a list of revoked ones or somebody to ask, that must answer: what it says goes into
    the file. A trusted certificate itself is asked for nothing.
    """
    from asn1crypto.x509 import Certificate
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend

    return ValidationContext(
        trust_roots=[Certificate.load(der) for der in roots],
        other_certs=[Certificate.load(der) for der in others or []],
        allow_fetching=True,
        revocation_mode="hard-fail",
        fetcher_backend=AIOHttpFetcherBackend(per_request_timeout=SECONDS),
    )
