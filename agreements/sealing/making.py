"""Making the seal, and renewing what keeps it provable.

Without a timestamp authority the seal is PAdES B-B: one certifying signature that allows no change. With one
it is B-LTA: the signature carries a timestamp, and one update after it holds the certificates (with what says
that they were not revoked) and an archive timestamp over the whole file. Each renewal adds one such update.
Nothing here leaves a file half done: what does not hold when it is examined is not returned.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from agreements.sealing import authority, examination
from agreements.sealing.authority import Timestamps
from agreements.sealing.certificates import SealingError, pem_certificates
from agreements.sealing.keys import Key, certificate_of, fingerprint

if TYPE_CHECKING:
    from pyhanko.sign.fields import InvisSigSettings
    from pyhanko.sign.signers import Signer
    from pyhanko_certvalidator import ValidationContext

FIELD = "Seal"
# Hexadecimal digits kept free for a signature; measuring them would mean signing, or asking the authority, twice.
ROOM = 16384
ROOM_WITH_TIMESTAMP = 24576  # usual timestamps have 2 to 8 kB, that is, up to 16384 digits
MARGIN = timedelta(days=180)
PATIENCE = 90  # seconds for all that a seal asks of others


def seal(pdf: bytes, key: Key, timestamps: Timestamps | None = None) -> bytes:
    """Return the PDF with one certifying seal, already checked: by this key, whole, attachments unchanged.

    The check is not politeness: a wrong or expired key seals without a complaint. With `timestamps` the file is
    B-LTA or there is none: whatever the authority does wrong raises SealingError, as does anything else.
    """
    certificate = certificate_of(key)
    if certificate.not_valid_after_utc < datetime.now(UTC):
        raise SealingError(f"The certificate of the seal expired on {certificate.not_valid_after_utc:%Y-%m-%d}.")
    if b"/ByteRange" in pdf:
        raise SealingError("The file carries a seal already.")
    with key.signer() as signer:
        sealed = _done(_sealed(pdf, signer, key, timestamps), "sealed")
    found = _found(sealed, timestamps)
    if not found["intact"] or found["fingerprint"] != fingerprint(key):
        raise SealingError(f"The new seal does not hold: {found['reason']}")
    if found["level"] != ("B-LTA" if timestamps else "B-B"):
        raise SealingError(f"The new seal is of another kind than asked for: {found['level']}.")
    if extract_attachments(sealed) != extract_attachments(pdf):
        raise SealingError("The attached files changed while the file was being sealed.")
    return sealed


def renew(pdf: bytes, timestamps: Timestamps) -> bytes:
    """Return the sealed PDF with one more archive timestamp over all of it, already checked.

    The file must be a sealed one whose newest timestamp still holds: a new one proves nothing about the time
    before it otherwise. `timestamps` must trust the authorities of the older timestamps, too. Raises SealingError.
    """
    before = _found(pdf, timestamps)
    if not before["intact"]:
        raise SealingError(f"The file cannot be renewed: {before['reason']}")
    if before["level"] != "B-LTA":
        raise SealingError("The file cannot be renewed: it was sealed without a timestamp authority.")
    if datetime.fromisoformat(before["valid_until"]) < datetime.now(UTC):
        raise SealingError(
            f"The file cannot be renewed: its newest timestamp held until {before['valid_until'][:10]} only."
        )
    renewed = _done(_renewed(pdf, timestamps), "renewed")
    after = _found(renewed, timestamps)
    if not after["intact"] or after["fingerprint"] != before["fingerprint"]:
        raise SealingError(f"The renewed seal does not hold: {after['reason']}")
    if not renewed.startswith(pdf) or after["archived"] != before["archived"] + 1:
        raise SealingError("The file changed while it was being renewed.")
    if extract_attachments(renewed) != extract_attachments(pdf):
        raise SealingError("The attached files changed while the file was being renewed.")
    return renewed


def needs_renewal(pdf: bytes, at: datetime, margin: timedelta = MARGIN) -> bool:
    """Say whether the newest timestamp of a sealed file of our own ends within `margin` after `at`.

    A file without timestamps has nothing to renew. Not bounded: never for a file of a stranger.
    """
    end = examination.newest_end(pdf)
    return end is not None and end <= at + margin


def _found(pdf: bytes, timestamps: Timestamps | None) -> dict[str, Any]:
    return examination.examine(pdf, timestamps.certificates if timestamps else b"")


def _done(work: Any, what: str) -> bytes:
    """Run the work in an event loop of its own and turn what pyHanko says into a sentence."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError

    try:
        return asyncio.run(asyncio.wait_for(work, PATIENCE))
    except TimeoutError as error:
        raise SealingError(f"The file was not {what} within {PATIENCE} seconds.") from error
    except (PdfError, SigningError, ValueError) as error:
        raise SealingError(f"The file could not be {what}: {str(error).rstrip('.')}.") from error


async def _sealed(pdf: bytes, signer: "Signer", key: Key, timestamps: Timestamps | None) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    meaning = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    place = SigFieldSpec(FIELD, invis_sig_settings=_unseen(), readable_field_name="Electronic seal")
    writer = IncrementalPdfFileWriter(BytesIO(pdf), prev=examination.read(pdf))
    if timestamps is None:
        done = await PdfSigner(meaning, signer, new_field_spec=place).async_sign_pdf(writer, bytes_reserved=ROOM)
        return done.getvalue()
    # The seal's own chain is judged first: what is wrong with it needs no timestamp to be found.
    own = _seal_context(key)
    context = authority.context(list(pem_certificates(timestamps.certificates)))
    try:
        chain = await _chain(key.certificates[0], own)
        stamper = authority.client(timestamps, context)
        done = await PdfSigner(meaning, signer, timestamper=stamper, new_field_spec=place).async_sign_pdf(
            writer, bytes_reserved=ROOM_WITH_TIMESTAMP
        )
        return await _archived(done.getvalue(), stamper, [chain], [own, context])
    finally:
        await own.aclose()
        await context.aclose()


async def _renewed(pdf: bytes, timestamps: Timestamps) -> bytes:
    """Add what says today that the newest timestamp's certificates are good, and a timestamp over all of it."""
    newest = examination.newest_timestamp(pdf)
    context = authority.context(list(pem_certificates(timestamps.certificates)), others=newest)
    try:
        chain = await _chain(newest[0], context, {"time_stamping"})
        return await _archived(pdf, authority.client(timestamps, context), [chain], [context])
    finally:
        await context.aclose()


async def _archived(pdf: bytes, stamper: Any, chains: list[Any], contexts: "list[ValidationContext]") -> bytes:
    """Return the file with one more update: validation information and a document timestamp over everything.

    The information comes before the timestamp, in the same update, so that nothing in the file is younger than
    its newest timestamp. What the new timestamp itself will need is added by the next renewal.
    """
    from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    writer = _quiet_writer()(BytesIO(pdf), prev=examination.read(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        paths=[*chains, *stamper.paths],
        ocsps=[each for context in contexts for each in context.ocsps],
        crls=[each for context in contexts for each in context.crls],
    )
    number = len(writer.prev.embedded_signatures)
    place = PdfTimeStamper(
        stamper, f"Timestamp{number}", invis_settings=_unseen(), readable_field_name=f"Archive timestamp {number}"
    )
    done = await place.async_timestamp_pdf(writer, "sha256", bytes_reserved=ROOM_WITH_TIMESTAMP)
    return done.getvalue()


@cache
def _quiet_writer() -> Any:
    """Return pyHanko's writer of updates without its habit of writing today's date into the file's description.

    An update after the seal may hold nothing that a reader could see, and a date is seen.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class QuietWriter(IncrementalPdfFileWriter):
        def _update_meta(self) -> None:
            return

    return QuietWriter


def _unseen() -> "InvisSigSettings":
    """Where a signature's field lies: a hidden one or pyHanko's visible stamp would break PDF/A and PDF/UA; a
    printable one outside the page breaks neither."""
    from pyhanko.sign.fields import InvisSigSettings

    return InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)


def _seal_context(key: Key) -> "ValidationContext":
    """Trust what stands at the top of the key's own chain; a key without issuers is trusted by itself."""
    from asn1crypto.x509 import Certificate

    own, *issuers = (Certificate.load(der) for der in key.certificates)
    subjects = {each.subject.hashable for each in issuers}
    tops = [each for each in issuers if each.self_issued or each.issuer.hashable not in subjects]
    return authority.context([each.dump() for each in tops or [own]], others=[each.dump() for each in issuers])


async def _chain(der: bytes, context: "ValidationContext", extended: set[str] | None = None) -> Any:
    """Return the chain of a certificate, with what says that none in it was revoked, gathered in the context."""
    from asn1crypto.x509 import Certificate
    from pyhanko_certvalidator import CertificateValidator
    from pyhanko_certvalidator.errors import (
        InvalidCertificateError,
        PathBuildingError,
        PathValidationError,
        ValidationError,
    )

    certificate = Certificate.load(der)
    try:
        return await CertificateValidator(certificate, validation_context=context).async_validate_usage(set(), extended)
    except (InvalidCertificateError, PathBuildingError, PathValidationError, ValidationError) as error:
        name = certificate.subject.human_friendly
        raise SealingError(f"The certificate of {name} is not good for this today: {error}.") from error


def extract_attachments(pdf: bytes) -> dict[str, bytes]:
    """Return the files attached to a PDF of our own, by name. Not bounded: never for a file of a stranger."""
    from pyhanko.pdf_utils.misc import PdfReadError

    try:
        names = examination.read(pdf).root["/Names"]["/EmbeddedFiles"]["/Names"]
    except KeyError:
        return {}
    except PdfReadError as error:
        raise SealingError(f"The file cannot be read as PDF: {error}.") from error
    return {str(names[i]): names[i + 1]["/EF"]["/F"].data for i in range(0, len(names), 2)}
