"""Ways to tamper with a sealed file, and files made to do harm."""

import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from agreements.sealing import Key


def flip(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def byte_in_a_page(pdf: bytes, key: Key) -> bytes:
    return flip(pdf, pdf.index(b"stream", pdf.index(b"/Contents")) + 200)


def byte_in_the_trailer(pdf: bytes, key: Key) -> bytes:
    return flip(pdf, pdf.rindex(b"/Info") + 6)


def byte_in_the_header(pdf: bytes, key: Key) -> bytes:
    return pdf.replace(b"%PDF-1.7", b"%PDF-1.6", 1)


def byte_in_the_certificate(pdf: bytes, key: Key) -> bytes:
    name = b"Tripartite".hex().upper().encode()
    return pdf.replace(name, b"Tripartita".hex().upper().encode())


def byte_in_the_padding(pdf: bytes, key: Key) -> bytes:
    end = pdf.rindex(b"0000>")
    return pdf[:end] + b"0001>" + pdf[end + 5 :]


def letters_of_the_signature(pdf: bytes, key: Key) -> bytes:
    start = pdf.rindex(b"/Contents <") + 11
    return pdf[:start] + pdf[start : start + 1000].lower() + pdf[start + 1000 :]


def junk_appended(pdf: bytes, key: Key) -> bytes:
    return pdf + b"\njunk\n"


def truncated(pdf: bytes, key: Key) -> bytes:
    return pdf[:-300]


def updated(pdf: bytes, change: Callable[[Any], None]) -> bytes:
    """Append an incremental update."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer, output = IncrementalPdfFileWriter(BytesIO(pdf)), BytesIO()
    change(writer)
    writer.write(output)
    return output.getvalue()


def title(writer: Any) -> None:
    from pyhanko.pdf_utils.generic import pdf_string

    facts = writer.trailer["/Info"]
    facts["/Title"] = pdf_string("Another agreement")
    writer.update_container(facts)


def note(writer: Any) -> None:
    from pyhanko.pdf_utils import generic

    words = {"/Type": "/Annot", "/Subtype": "/Text"}
    added = generic.DictionaryObject({generic.pdf_name(k): generic.pdf_name(v) for k, v in words.items()})
    added[generic.pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (10, 10, 50, 50)))
    writer.register_annotation(writer.find_page_for_modification(0)[0], writer.add_object(added))


def page(writer: Any) -> None:
    from pyhanko.pdf_utils import generic

    found = writer.find_page_for_modification(0)[0].get_object()
    found["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 100 100 re f"))
    writer.update_container(found)


def place_for_a_signature(writer: Any) -> None:
    from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, append_signature_field

    append_signature_field(writer, SigFieldSpec("Empty", invis_sig_settings=InvisSigSettings()))


def nothing(writer: Any) -> None:
    writer.update_root()


def title_changed_by_an_update(pdf: bytes, key: Key) -> bytes:
    return updated(pdf, title)


def note_added_by_an_update(pdf: bytes, key: Key) -> bytes:
    return updated(pdf, note)


def page_changed_by_an_update(pdf: bytes, key: Key) -> bytes:
    return updated(pdf, page)


def field_added_by_an_update(pdf: bytes, key: Key) -> bytes:
    return updated(pdf, place_for_a_signature)


def linearised(pdf: bytes, key: Key) -> bytes:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed")
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        return subprocess.run(["qpdf", "--linearize", file.name, "-"], capture_output=True, check=True).stdout


def sealed_again_by_another(pdf: bytes, key: Key) -> bytes:
    """A second signature in another field, which the certification forbids; forced by a careless signer."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field
    from pyhanko.sign.signers import PdfSignatureMetadata
    from pyhanko.sign.signers.pdf_signer import PdfSigner

    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    append_signature_field(writer, SigFieldSpec("Second"))
    del writer.root["/Perms"]
    writer.update_root()
    output = BytesIO()
    writer.write(output)
    meaning = PdfSignatureMetadata(field_name="Second", md_algorithm="sha256")
    with key.signer() as signer:
        return PdfSigner(meaning, signer).sign_pdf(IncrementalPdfFileWriter(output)).getvalue()


def byte_in_the_padding_of_the_seal(pdf: bytes, key: Key) -> bytes:
    end = pdf.index(b"0000>", pdf.index(b"/Contents <30"))
    return pdf[:end] + b"0001>" + pdf[end + 5 :]


TAMPERINGS: tuple[Callable[[bytes, Key], bytes], ...] = (
    byte_in_a_page, byte_in_the_trailer, byte_in_the_header, byte_in_the_certificate, byte_in_the_padding,
    letters_of_the_signature, junk_appended, truncated, title_changed_by_an_update, note_added_by_an_update,
    sealed_again_by_another, page_changed_by_an_update, field_added_by_an_update, linearised,
    byte_in_the_padding_of_the_seal,
)  # fmt: skip


def bomb(stream: bytes) -> bytes:
    """Return a PDF whose cross-references are the given Flate stream; it unpacks to a gibibyte or fails."""
    head = b"%PDF-1.7\n/ByteRange\n"
    entry = (
        b"1 0 obj\n<</Type/XRef/Size 4/W[1 4 2]/Root 2 0 R/Filter/FlateDecode/Length %d>>\nstream\n" % len(stream)
        + stream
        + b"\nendstream\nendobj\n"
    )
    return head + entry + b"startxref\n%d\n%%%%EOF\n" % len(head)


def gibibyte() -> bytes:
    """Return a Flate stream of 1 GiB of zeros; a block after a full flush can be repeated as it is."""
    packer = zlib.compressobj(9)
    first = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = ((1 << 30) % 65521) << 16 | 1  # Adler-32 of as many zeros
    return first + block * 1023 + packer.flush()[:-4] + checksum.to_bytes(4, "big")
