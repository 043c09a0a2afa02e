"""The printed agreement: conformance, fonts, closed doors, the same bytes each time. Nothing is mocked."""

import hashlib
import subprocess
import sys
from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from agreements import pdf
from agreements.sealing import extract_attachments
from tests.agreements.conformance import violations

ROOT = Path(pdf.__file__).parents[1]
CREATED = datetime(2026, 11, 21, 16, 5, 9, tzinfo=UTC)
ATTACHED = {
    "terms.json": b'{"title":"Secondment agreement"}',
    "audit-trail.json": b'[{"number":1}]',
    "review-copy.pdf": b"%PDF-1.7 stands for the review copy",
}
WORDING = (
    """The Secondee remains an employee of the Seconder throughout the Secondment Period. Nothing in this
    agreement creates a contract of employment between the Secondee and the Host, and neither of them shall
    hold the Secondee out as an employee of the Host.""",
    """The Host shall direct the day-to-day work of the Secondee within the role described in the particulars,
    and shall tell the Seconder within two Business Days of anything that would be a matter for discipline,
    grievance or long-term absence.""",
    """Salary, pension and benefits stay with the Seconder. Annual leave is approved by the Seconder after the
    Host has been heard; a request is answered within five Business Days, and a refusal gives its reason.""",
)
TITLES = (
    "Definitions and interpretation", "Background and purpose", "Secondment period", "Role and duties",
    "Place of work",
    "Hours and working pattern", "Employment status and continuity", "Consent and variation of contract",
    "Direction and line management", "Pay, grade, benefits and pension", "Costs, recharge and invoicing",
    "Annual leave and public holidays", "Confidentiality", "Intellectual property", "Data protection",
    "Early ending by notice", "Return to the home post", "Signature and counterparts",
)  # fmt: skip


def specimen_terms(clauses: int = 18) -> dict[str, Any]:
    """Return the terms of a three-party agreement, with names in Polish, Vietnamese, Greek and Cyrillic."""
    return {
        "document": {
            "number": "S-2026-00012/1",
            "title": "Secondment agreement",
            "version": 3,
            "language": "en",
            "prepared_on": "2026-11-21",
            "hash": hashlib.sha256(b"terms").hexdigest(),
        },
        "parties": [
            _party("seconder", "Seconder", "Northwind Research Limited", "Siobhán O’Rourke, Director of People"),
            _party(
                "host",
                "Host",
                "Ελληνικό Ινστιτούτο Ενέργειας Α.Ε.",
                "Γιώργος Παπαδόπουλος, Διευθύνων Σύμβουλος",
            ),
            _party("secondee", "Secondee", "Łucja Źdźbłowska-Nguyễn", ""),
        ],
        "particulars": [
            {"label": label, "value": value}
            for label, value in {
                "Role at the Host": "Senior grid analyst (grade 7)",
                "Secondment period": "1 February 2027 to 31 January 2028",
                "Place of work": "Thessaloniki, with up to two days a week from Kraków",
                "Working time": "0.8 FTE: Monday to Thursday, 30 hours a week",
                "Supervisor at the Host": "Юлія Щербаківська",
                "Contact at the Seconder": "Trần Thị Hồng Nhung",
                "Salary paid by": "the Seconder, recharged monthly at cost",
                "Notice": "Seconder 4 weeks\nHost 4 weeks\nSecondee 4 weeks",
            }.items()
        ],
        "clauses": [_clause(number, TITLES[(number - 1) % len(TITLES)]) for number in range(1, clauses + 1)],
        "schedules": [
            {
                "letter": "A",
                "title": "Costs and recharge",
                "columns": ["Component", "Basis", "Share", "Amount a month"],
                "rows": [
                    ["Salary", "Actual cost, paid by the Seconder", "100 %", "4,812.50 EUR"],
                    ["Employer’s pension and social security", "Actual cost", "100 %", "1,104.00 EUR"],
                    ["Travel", "Receipts, by the Host’s policy", "50 %", "350.00 EUR"],
                ],
            },
            {
                "letter": "B",
                "title": "Objectives",
                "columns": ["Objective", "Measure", "Owner", "Due"],
                "rows": [
                    [
                        "Forecast model for the islands",
                        "Error below 4 % over a quarter",
                        "Host",
                        "30 June 2027",
                    ],
                    ["Handover to the home team", "Two workshops and a written guide", "Secondee"],
                ],
            },
        ],
    }


def _party(capacity: str, label: str, name: str, represented_by: str) -> dict[str, Any]:
    return {
        "capacity": capacity,
        "label": label,
        "name": name,
        "registered_number": "" if capacity == "secondee" else "04821773",
        "address": "12 Harbour Street, Floor 3, 1010 Exampletown",
        "represented_by": represented_by,
        "defined_as": f"the {label}",
    }


def _clause(number: int, title: str) -> dict[str, Any]:
    paragraphs = [
        {"number": f"{number}.{index + 1}", "text": " ".join(WORDING[(number + index) % 3].split())}
        for index in range(2)
    ]
    return {"number": number, "key": f"clause_{number}", "title": title, "paragraphs": paragraphs}


def specimen_signatories(signed: bool) -> list[dict[str, Any]]:
    people = (
        ("secondee", "Secondee", "Łucja Źdźbłowska-Nguyễn", "", ""),
        ("host", "Host", "Γιώργος Παπαδόπουλος", "Διευθύνων Σύμβουλος", "Ελληνικό Ινστιτούτο Ενέργειας Α.Ε."),
        ("seconder", "Seconder", "Siobhán O’Rourke", "Director of People", "Northwind Research Limited"),
    )
    return [
        {
            "capacity": capacity,
            "label": label,
            "name": name,
            "title": title,
            "organisation": organisation,
            "signed_name": name if signed else "",
            "drawing": "M20 150L300 20L580 150 M100 90L500 90" if signed and capacity == "host" else "",
            "instead": f"{name} signs in place of Άννα Νικολάου: on leave" if capacity == "host" else "",
            "signed_at": "21 November 2026, 16:05 UTC" if signed else "",
            "code_checked": "One-time code sent to the email address was entered" if signed else "",
        }
        for capacity, label, name, title, organisation in people
    ]


FINGERPRINT = ":".join(f"{n:02X}" for n in range(32))


def specimen_record() -> dict[str, Any]:
    happenings = (
        "Terms frozen and review copy stored", "Invitation sent to Łucja Źdźbłowska-Nguyễn", "Code verified",
        "Review copy opened", "Disclosure accepted, version 2",
        "Signed by Łucja Źdźbłowska-Nguyễn (secondee)",
        "Signed by Γιώργος Παπαδόπουλος (host)", "Signed by Siobhán O’Rourke (seconder)",
        "All parties have signed",
    )  # fmt: skip
    return {
        "agreement_number": "S-2026-00012/1",
        "content_hash": hashlib.sha256(b"terms").hexdigest(),
        "review_copy_hash": hashlib.sha256(b"review copy").hexdigest(),
        "chain_head": hashlib.sha256(b"chain").hexdigest(),
        "disclosure": {
            "version": "2",
            "text": "You are about to sign electronically. You may ask for paper instead.\n"
            "By typing your name and choosing “Sign” you agree to be bound by the agreement you have read.",
        },
        "signatures": [
            {
                "label": one["label"],
                "name": one["name"],
                "email": "someone@example.org",
                "signed_name": one["signed_name"],
                "signed_at": one["signed_at"],
                "identity": "Personal link by email and a one-time code",
                "ip": "2001:db8::7",
                "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/145.0 😀",
            }
            for one in specimen_signatories(signed=True)
        ],
        "events": [
            {"number": number, "at": f"21 November 2026, 15:{40 + number}:07 UTC", "text": text}
            for number, text in enumerate(happenings, 1)
        ],
        "verify_url": "https://tripartite.example.org/verify/",
        "fingerprint": FINGERPRINT,
        "expires_on": "2026-12-21",
        "seal_note": "Sealed by Tripartite when the last party had signed; no change is allowed after it.",
    }


def review_copy(terms: dict[str, Any] | None = None) -> bytes:
    return pdf.render_review_copy(terms or specimen_terms(), specimen_signatories(signed=False), created=CREATED)


@pytest.fixture(scope="session")
def final() -> bytes:
    return pdf.render_final(
        specimen_terms(),
        specimen_signatories(signed=True),
        specimen_record(),
        created=CREATED,
        attachments=ATTACHED,
    )


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
        "import django, hashlib; django.setup(); from tests.agreements.test_pdf import review_copy;"
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
