"""The printed agreement: conformance, fonts, closed doors, the same bytes each time. Nothing is mocked."""

import hashlib
import subprocess
import sys
from copy import deepcopy
from io import BytesIO
from pathlib import Path

import pytest

from agreements import pdf
from agreements.sealing import extract_attachments
from tests.agreements.conformance import violations
from tests.agreements.specimen import (
    ATTACHED,
    CREATED,
    FINGERPRINT,
    review_copy,
    specimen_record,
    specimen_signatories,
    specimen_terms,
)

ROOT = Path(pdf.__file__).parents[1]


def shown(document: bytes, *options: str) -> str:
    """Return the text that a reader gets from the file."""
    return subprocess.run(
        ["pdftotext", *options, "-", "-"], input=document, capture_output=True, check=True
    ).stdout.decode()


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_review_copy_and_final_conform(final: bytes, profile: str) -> None:
    assert violations(review_copy(), profile) == {}
    assert violations(final, profile) == {}


def test_long_agreement_conforms() -> None:
    document = review_copy(specimen_terms(clauses=60))
    assert shown(document).count("\f") > 10, "it should be a long document"
    assert violations(document, "3a") == violations(document, "ua1") == {}


def test_validator_finds_faults() -> None:
    """The control: a plain PDF of WeasyPrint breaks both profiles."""
    from weasyprint import HTML

    plain = HTML(string="<p>Plain").write_pdf()
    assert violations(plain, "3a") and violations(plain, "ua1")


def test_names_are_shown_in_every_script(final: bytes) -> None:
    text = shown(final)
    for name in (
        "Łucja Źdźbłowska-Nguyễn",
        "Γιώργος Παπαδόπουλος",
        "Юлія Щербаківська",
        "Trần Thị Hồng Nhung",
    ):
        assert name in text


def embedded_fonts(document: bytes) -> set[str]:
    """Return the names of the fonts in the file without their subset tags."""
    listed = subprocess.run(["pdffonts", "-"], input=document, capture_output=True, check=True).stdout.decode()
    return {row.split()[0].partition("+")[2] for row in listed.splitlines()[2:]}


def test_only_bundled_fonts_are_embedded(final: bytes) -> None:
    families, weights = ("Source-Serif-Pro", "Source-Sans-Pro"), ("", "-Semi-Bold")
    assert embedded_fonts(final) == {family + weight for family in families for weight in weights}


def test_fonts_of_the_host_stay_out() -> None:
    """A letter that the bundled fonts lack stays a box, though the host could lend one (the control)."""
    from weasyprint import HTML

    page = '<html lang="en"><title>t</title><body><p>\N{HEBREW LETTER ALEF}'
    bundled = {"Source-Serif-Pro", "Source-Sans-Pro"}
    assert embedded_fonts(pdf._print(page, CREATED, {})) <= bundled
    if not embedded_fonts(HTML(string=page).write_pdf()) - bundled:
        pytest.skip("this host has no font that could leak in")


def test_only_the_review_copy_is_marked_as_unsigned(final: bytes) -> None:
    assert shown(review_copy()).count("Review copy – not signed") > 3
    assert "not signed" not in shown(final) and "Not yet signed" not in shown(final)


def test_every_page_names_the_document(final: bytes) -> None:
    pages = shown(final).split("\f")[:-1]
    for number, page in enumerate(pages, 1):
        assert "S-2026-00012/1" in page
        assert f"Page {number} of {len(pages)}" in page
        assert f"SHA-256 {hashlib.sha256(b'terms').hexdigest()[:16]}" in page


def test_unsigned_signatory_is_never_shown_as_signed() -> None:
    signatories = specimen_signatories(signed=True)
    signatories[1] |= {"signed_name": "", "signed_at": ""}
    document = pdf.render_review_copy(specimen_terms(), signatories, created=CREATED)
    assert shown(document).count("Signed electronically on") == 2
    assert shown(document).count("Not yet signed") == 1


def test_signature_block_says_who_signs_instead_of_whom_and_shows_what_was_drawn(final: bytes) -> None:
    sentence = "Γιώργος Παπαδόπουλος signs in place of Άννα Νικολάου: on leave"
    assert [" ".join(shown(copy).split()).count(sentence) for copy in (review_copy(), final)] == [1, 1]
    without = [one | {"drawing": ""} for one in specimen_signatories(signed=True)]
    plain = pdf.render_final(specimen_terms(), without, specimen_record(), created=CREATED, attachments=ATTACHED)
    assert (figures(final), figures(plain)) == (2, 1)  # the code of the verify page is the other one


def figures(document: bytes) -> int:
    """How many pictures a screen reader is told of."""
    found = subprocess.run(["pdfinfo", "-struct", "-"], input=document, capture_output=True, check=True).stdout
    return found.decode().count("Figure:")


def test_record_has_the_fingerprint_of_the_seal(final: bytes) -> None:
    text = "".join(shown(final).split())
    assert f"Fingerprintoftheseal'scertificate:{FINGERPRINT}" in text.replace("’", "'")


def test_attachments_arrive_whole_and_sorted(final: bytes) -> None:
    assert list(extract_attachments(final).items()) == sorted(ATTACHED.items())


def test_same_input_gives_same_bytes(final: bytes) -> None:
    again = pdf.render_final(
        specimen_terms(),
        specimen_signatories(signed=True),
        specimen_record(),
        created=CREATED,
        attachments=ATTACHED,
    )
    assert again == final


def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "import django, hashlib; django.setup(); from tests.agreements.specimen import review_copy;"
        "print(hashlib.sha256(review_copy()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(review_copy()).hexdigest()


def test_importing_the_module_loads_no_renderer() -> None:
    heavy = "{'weasyprint', 'pyhanko', 'fontTools', 'cryptography'}"
    program = f"import sys, agreements.pdf, agreements.sealing; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# --- Text of users stays text


def test_markup_in_a_clause_stays_text() -> None:
    hostile = '<b>bold</b> <img src="file:///etc/passwd"> <style>*{display:none}</style> {{ 7|add:7 }} &amp;'
    terms = specimen_terms(clauses=1)
    terms["clauses"][0]["paragraphs"][0]["text"] = hostile
    terms["document"]["title"] = 'Title" data-mark="forged'
    text = " ".join(shown(review_copy(terms)).split())
    assert hostile in text
    assert 'Title" data-mark="forged' in text and "Review copy – not signed" in text


def test_unprintable_characters_are_named() -> None:
    assert pdf.unprintable("Łukasz Nguyễn Ελένη Юлія – “€ 5”\n") == set()
    assert pdf.unprintable("a😀b漢") == {"😀", "漢"}
    assert pdf.unprintable("zero\u200bwidth and \u202eturned and \x07") == {"\u200b", "\u202e", "\x07"}


def test_combining_marks_count_as_the_composed_letter() -> None:
    assert pdf.unprintable("Nguye\u0302\u0303n") == set()
    terms = specimen_terms(clauses=1)
    terms["parties"][2]["name"] = "Nguye\u0302\u0303n"
    assert "Nguyễn" in shown(review_copy(terms))


def test_unprintable_terms_are_refused_with_a_sentence() -> None:
    terms = deepcopy(specimen_terms(clauses=1))
    terms["schedules"][0]["rows"][0][0] = "Salary 漢"
    with pytest.raises(pdf.Unprintable, match=r"cannot be printed.*U\+6F22 CJK.*Salary \[U\+6F22\]"):
        review_copy(terms)


def test_unprintable_evidence_never_blocks_the_final(final: bytes) -> None:
    assert "[U+1F600]" in shown(final)


# --- No door to the outside

ADDRESSES = (
    "file:///etc/hostname", "http://192.0.2.1/x.png", "https://192.0.2.1/x.png", "ftp://192.0.2.1/x",
    "data:image/png;base64,iVBORw0KGgo=", "//192.0.2.1/x.png", "relative.png", "../../etc/hostname",
    "bundled-font:../../etc/hostname", "jar:file:///x", "FILE:///etc/hostname",
)  # fmt: skip
PLACES = {
    "image": '<img src="{}" alt="x">',
    "style sheet": '<link rel="stylesheet" href="{}">',
    "attachment": '<link rel="attachment" href="{}">',
    "background": "<style>p{{background:url({})}}</style><p>x",
    "font": "<style>@font-face{{font-family:x;src:url({})}} p{{font-family:x}}</style><p>x",
    "import": "<style>@import url({});</style><p>x",
    "object": '<object data="{}">x</object>',
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_is_refused(place: str, address: str) -> None:
    with pytest.raises(pdf.RenderingError, match="may not load anything from outside"):
        pdf._print(f'<html lang="en"><title>t</title><body>{PLACES[place].format(address)}', CREATED, {})


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_fetcher_stops_the_rendering(address: str) -> None:
    from weasyprint.urls import FatalURLFetchingError

    with pytest.raises(FatalURLFetchingError):
        pdf._closed_fetcher().fetch(address)


def test_an_unguarded_weasyprint_embeds_a_local_file(tmp_path: Path) -> None:
    """The control: what the closed fetcher protects from does happen without it."""
    from weasyprint import HTML

    secret = tmp_path / "secret.txt"
    secret.write_bytes(b"a secret of this machine")
    page = f'<html lang="en"><title>t</title><link rel="attachment" href="{secret.as_uri()}"><p>x'
    unguarded = HTML(file_obj=BytesIO(page.encode())).write_pdf()
    assert extract_attachments(unguarded) == {"secret.txt": b"a secret of this machine"}
    with pytest.raises(pdf.RenderingError):
        pdf._print(page, CREATED, {})
