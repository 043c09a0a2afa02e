"""Finds out what the seal of a PDF is worth. Needs nothing of ours, so that it also runs as a program, apart.

`checking` starts it so for files of unknown origin, which may be made to eat memory and time: it reads eight
bytes that say how long the trusted certificates are, these as PEM, then the PDF, from standard input, and
prints what it found as JSON. Nothing is fetched from anywhere.
"""

import asyncio
import hashlib
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus

# Bounds of one check. A sealed agreement has about 200 kB and takes a second, most of it imports.
LARGEST_FILE = 20 * 1024 * 1024  # bytes
PROCESSOR_SECONDS = 10
WALL_SECONDS = 30
MEMORY = 512 * 1024 * 1024  # bytes of address space

AS_SEALED = "The file is as it was sealed."
UNREADABLE = "The file cannot be read as a sealed PDF."
NEXT_UPDATE = re.compile(rb"\s{0,2}[0-9]+ 0 obj\b")


def finding(**known: Any) -> dict[str, Any]:
    return {
        "has_seal": False,
        "intact": False,
        "fingerprint": "",
        "sealed_at": "",
        "signer": "",
        "reason": "",
        "level": "",
        "timestamped_at": "",
        "valid_until": "",
        "archived": 0,
    } | known


@dataclass(frozen=True)
class Token:
    """A timestamp that holds: when it was made, and until when its certificate is good."""

    made: datetime
    end: datetime


class Fault(Exception):
    """What is wrong with a seal; the message is a sentence."""


def examine(pdf: bytes, authorities: bytes = b"") -> dict[str, Any]:
    """Return the findings about the seal of a PDF; raises whatever pyHanko raises on a broken file.

    In this order: one seal that its certificate made, over every byte, allowing no change (B-B); or that seal
    with a timestamp in it, then updates of which each is one document timestamp and holds nothing that a reader
    could see, all by `authorities` (PEM), the newest over every byte (B-LTA). Anything else is a fault.

    The fingerprint is given only if the private key of that certificate did sign: a certificate is public.
    """
    return asyncio.run(_examine(pdf, authorities))


async def _examine(pdf: bytes, authorities: bytes) -> dict[str, Any]:
    from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    reader = read(pdf)
    signatures = reader.embedded_signatures
    if not signatures or signatures[0].sig_object_type != "/Sig":
        return finding(reason="The file carries no seal.")
    seal, *later = signatures
    certificate, at = seal.signer_cert, seal.self_reported_timestamp
    # Trust in the seal is decided by the fingerprint, so its certificate is its own root here.
    alone = ValidationContext(trust_roots=[certificate], allow_fetching=False)
    stamped = ValidationContext(trust_roots=_roots(authorities), allow_fetching=False)
    archived = all(each.sig_object_type == "/DocTimeStamp" for each in later)
    status = await async_validate_pdf_signature(
        seal, alone, stamped, diff_policy=_only_archiving(), skip_diff=not later or not archived
    )
    known: dict[str, Any] = {
        "has_seal": True,
        "fingerprint": hashlib.sha256(certificate.dump()).hexdigest() if status.valid else "",
        "sealed_at": at.isoformat() if at else "",
        "signer": str(certificate.subject.native.get("common_name", ""))[:200],
    }
    try:
        if not archived:
            raise Fault("The file was signed again after it was sealed.")
        _refuse_fault_of_seal(pdf, reader, seal, later, status)
        facts = await _timestamped(reader, seal, later, authorities)
    except Fault as fault:
        return finding(**known, reason=str(fault))
    return finding(**known, intact=True, **facts)


def _refuse_fault_of_seal(
    pdf: bytes,
    reader: "PdfFileReader",
    seal: "EmbeddedPdfSignature",
    later: "list[EmbeddedPdfSignature]",
    status: "PdfSignatureStatus",
) -> None:
    """Raise the first fault of the seal and of the order of the file."""
    from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if not status.valid:
        raise Fault("The seal was not made with the certificate that it names.")
    if not status.intact:
        raise Fault("The file was changed after it was sealed.")
    for signature, following in zip([seal, *later], [*later, None], strict=True):
        whole = signature.evaluate_signature_coverage()
        wanted = SignatureCoverageLevel.ENTIRE_REVISION if following else SignatureCoverageLevel.ENTIRE_FILE
        if whole != wanted or not _gap_is_the_signature(pdf, signature, last=following is None):
            raise Fault("The seal does not cover the whole file: something was added after it.")
        if following and following.signed_revision != signature.signed_revision + 1:
            raise Fault("The file holds an update that no timestamp belongs to.")
    if reader.xrefs.total_revisions != [seal, *later][-1].signed_revision + 1:
        raise Fault("The seal does not cover the whole file: something was added after it.")
    if seal.docmdp_level != MDPPerm.NO_CHANGES:
        raise Fault("The seal is not one that forbids changes.")
    if not status.docmdp_ok or len(list(enumerate_sig_fields(reader))) != 1 + len(later):
        raise Fault("The file holds a change that the seal does not allow.")


async def _timestamped(
    reader: "PdfFileReader", seal: "EmbeddedPdfSignature", later: "list[EmbeddedPdfSignature]", authorities: bytes
) -> dict[str, Any]:
    """Return what the timestamps prove; raises Fault if one does not hold.

    From the newest back: it is judged today or, once its certificate has ended, at that end; each older one at
    the moment at which the next was made, while its certificate was still good.
    """
    from pyhanko.sign.validation.generic_cms import extract_tst_data_iter, message_imprint_checker

    own = list(extract_tst_data_iter(seal.signer_info, signed=False))
    if not later and not own:
        return {"level": "B-B", "reason": AS_SEALED}
    if not later or len(own) != 1 or "/DSS" not in reader.root:
        raise Fault("The file lacks timestamps that it was sealed with.")
    known = _certificates_within(reader)
    now = datetime.now(UTC)
    tokens: list[Token] = []
    for stamp in reversed(later):
        moment = tokens[-1].made if tokens else min(now, stamp.signer_cert.not_valid_after)
        tokens.append(await _token(stamp.signed_data, stamp.compute_digest, moment, authorities, known))
    newest, oldest = tokens[0], tokens[-1]
    first = await _token(own[0], message_imprint_checker(seal.signer_info), oldest.made, authorities, known)
    ended = f"{AS_SEALED} Its newest timestamp held until {newest.end:%Y-%m-%d} only."
    return {
        "level": "B-LTA",
        "timestamped_at": first.made.isoformat(),
        "valid_until": newest.end.isoformat(),
        "archived": len(tokens),
        "reason": ended if newest.end < now else AS_SEALED,
    }


async def _token(
    signed: Any,
    imprint: Callable[[str], bytes],
    moment: datetime,
    authorities: bytes,
    known: "list[Certificate]",
) -> Token:
    """Judge one timestamp as of a moment."""
    from pyhanko.sign.general import extract_certificate_info
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko.sign.validation.status import TimestampSignatureStatus
    from pyhanko_certvalidator import ValidationContext

    roots = _roots(authorities)
    context = ValidationContext(trust_roots=roots, other_certs=known, moment=moment, allow_fetching=False)
    status = TimestampSignatureStatus(**await validate_tst_signed_data(signed, context, imprint))
    signer = extract_certificate_info(signed).signer_cert
    if not (status.intact and status.valid):
        raise Fault("A timestamp in the file is not of this file.")
    if not (status.trusted and signer.not_valid_before <= status.timestamp <= moment <= signer.not_valid_after):
        raise Fault("A timestamp in the file is not by an authority that is trusted here, or was renewed too late.")
    return Token(status.timestamp, signer.not_valid_after)


def _roots(pem: bytes) -> "list[Certificate]":
    from asn1crypto.pem import unarmor
    from asn1crypto.x509 import Certificate

    found = unarmor(pem, multiple=True) if pem.strip() else []
    return [Certificate.load(der) for kind, _, der in found if kind == "CERTIFICATE"]


def _certificates_within(reader: "PdfFileReader") -> "list[Certificate]":
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    return list(DocumentSecurityStore.read_dss(reader).load_certs())


def read(pdf: bytes) -> "PdfFileReader":
    """Open a PDF strictly."""
    return _reader()(BytesIO(pdf), strict=True)


@cache
def _reader() -> Any:
    """Return pyHanko's reader with a memory for the directories of object streams.

    pyHanko parses the whole directory of a stream for each object in it. To judge updates, each object of the
    sealed file is read: that took five seconds for five pages and would have run into the bounds.
    """
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.decode_limits import DecodePurpose
    from pyhanko.pdf_utils.misc import PdfStrictReadError
    from pyhanko.pdf_utils.reader import PdfFileReader

    class Reader(PdfFileReader):
        def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
            known = self.__dict__.setdefault("_directories", {})
            if stmnum not in known:
                stream = generic.Reference(stmnum, 0, self).get_object()
                if not isinstance(stream, generic.StreamObject) or stream["/Type"] != "/ObjStm":
                    raise PdfStrictReadError("This is no object stream.")
                data, first = stream.read_data(DecodePurpose.OBJECT_STREAM), int(stream["/First"])
                numbers = [int(word) for word in data[:first].split()]
                if len(numbers) != 2 * stream["/N"]:
                    raise PdfStrictReadError("The directory of an object stream is broken.")
                known[stmnum] = data, first, numbers[::2], numbers[1::2]
            data, first, objects, offsets = known[stmnum]
            if not 0 <= idx < len(objects) or objects.index(idnum) != idx:
                raise PdfStrictReadError("An object is not where it should be in its stream.")
            there = BytesIO(data)
            there.seek(first + offsets[idx])
            found = generic.read_object(there, generic.Reference(idnum, 0, self))
            if isinstance(found, generic.StreamObject | generic.IndirectObject):
                raise PdfStrictReadError("An object stream holds what it may not.")
            return found

    return Reader


@cache
def _only_archiving() -> Any:
    """Return pyHanko's judgement of updates without what it lets pass by itself.

    By default an update may also change the file's title, its description and extensions, fill in forms, and
    hold objects that nothing refers to. Anybody may have a timestamp put on such an update.
    """
    from pyhanko.sign.diff_analysis import (
        CatalogModificationRule,
        DSSCompareRule,
        FormUpdatingRule,
        ModificationLevel,
        SigFieldCreationRule,
        SigFieldModificationRule,
        StandardDiffPolicy,
        XrefStreamRule,
    )

    allowed = ModificationLevel.LTA_UPDATES
    return StandardDiffPolicy(
        global_rules=[
            CatalogModificationRule(ignored_keys=frozenset({"/AcroForm", "/DSS"})),
            XrefStreamRule().as_qualified(allowed),
            DSSCompareRule().as_qualified(allowed),
        ],
        form_rule=FormUpdatingRule(field_rules=[SigFieldCreationRule(), SigFieldModificationRule()]),
        ignore_orphaned_objects=False,
        ignore_identical_objects=False,
    )


def _gap_is_the_signature(pdf: bytes, signature: "EmbeddedPdfSignature", *, last: bool) -> bool:
    """Say whether the only bytes outside a signature are itself, written as this program writes it, and what
    follows is nothing or at once the next update.

    pyHanko adds the lengths up and stops there, so the padding behind the signature could be anything.
    """
    start, before, after, rest = (int(number) for number in signature.byte_range)
    content = signature.pkcs7_content
    padding = content[len(_der(content)) :]
    written = b"<" + content.hex().upper().encode() + b">"
    end = after + rest
    followed = end == len(pdf) if last else bool(NEXT_UPDATE.match(pdf, end))
    return start == 0 and followed and pdf[before:after] == written and not padding.strip(b"\0")


def _der(content: bytes) -> bytes:
    from asn1crypto.cms import ContentInfo

    return ContentInfo.load(content).dump()


def newest_timestamp(pdf: bytes) -> list[bytes]:
    """Return the certificate (DER) of the newest document timestamp, then others that it brings; or nothing."""
    stamps = read(pdf).embedded_timestamp_signatures
    if not stamps:
        return []
    return [each.dump() for each in (stamps[-1].signer_cert, *stamps[-1].other_embedded_certs)]


def newest_end(pdf: bytes) -> datetime | None:
    """Return when the newest document timestamp's certificate ends."""
    from asn1crypto.x509 import Certificate

    newest = newest_timestamp(pdf)
    return Certificate.load(newest[0]).not_valid_after if newest else None


def examine_bounded() -> None:
    """Examine standard input within bounds and print the findings; the entry point of the child process."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        length = int.from_bytes(sys.stdin.buffer.read(8), "big")
        authorities = sys.stdin.buffer.read(length)
        found = examine(sys.stdin.buffer.read(LARGEST_FILE + 1), authorities)
    except Exception:
        found = finding(reason=UNREADABLE)
    print(json.dumps(found))


if __name__ == "__main__":
    examine_bounded()
