"""Agreements as PDF: the review copy that is signed, and the final with its record of signing.

The only module that imports WeasyPrint, and only inside functions: it costs half a second and tens of
megabytes, and the web process, which never prints, must not pay for it.

Order of events: the texts are checked against the fonts and normalised, a Django template makes HTML of
them (every text escaped), WeasyPrint makes a tagged PDF/A-3a of the HTML, and a finisher declares PDF/UA-1
in it. The same input gives the same bytes, in any process on any machine with the same packages.
"""

import atexit
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import pydyf
    from weasyprint import CSS, Attachment
    from weasyprint.document import Document
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

# One complete file per face. Both families are under the SIL Open Font License, which allows embedding.
# Semibold and regular of a family hold the same characters, so the regular face speaks for both.
FONT_PACKAGES = {"SourceSerifPro": "font_source_serif_pro", "SourceSansPro": "font_source_sans_pro"}
FONT_WEIGHTS = ("Regular", "Semibold")
FONT_SCHEME = "bundled-font:"

# Spaces and hyphens that the fonts lack and that have a plain twin of the same meaning.
PLAIN_TWINS = {0x202F: 0xA0, 0x2007: 0xA0, 0x2009: 0x20, 0x2011: 0x2D, 0x0D: None}

# A cell of a schedule that is an amount, a number or a percentage; a column of such is set to the right.
AMOUNT = re.compile(r"[-–+]?\s?([A-Z]{3}|[€£$])?\s?\d[\d.,\s]*\s?([A-Z]{3}|[€£$%]|zł)?")

# pydyf and Pango keep state of one font map; two threads of a worker take turns.
_press = Lock()


class RenderingError(Exception):
    """The document cannot be printed; the message is a sentence for people."""


class Unprintable(RenderingError):
    """A text holds characters that the fonts of the agreement cannot show."""


def render_review_copy(
    terms: dict[str, Any],
    signatories: list[dict[str, Any]],
    *,
    created: datetime,
    attachments: dict[str, bytes] | None = None,
) -> bytes:
    """Return the PDF that the parties read and sign, marked as not signed.

    `created` is the moment written into the file; it needs a time zone. Raises Unprintable when a text holds
    characters that the fonts lack.
    """
    return _print(_page(terms, signatories, None, created), created, attachments or {})


def render_final(
    terms: dict[str, Any],
    signatories: list[dict[str, Any]],
    record: dict[str, Any],
    *,
    created: datetime,
    attachments: dict[str, bytes],
) -> bytes:
    """Return the PDF with filled signature blocks, the record of signing and the attached files.

    Terms and signatories are held to the fonts as in the review copy. The record is evidence that nobody
    could check beforehand (a browser calls itself what it likes), so there an unprintable character is shown
    by its code point: a signed agreement must never be stuck for want of a glyph.
    """
    return _print(_page(terms, signatories, record, created), created, attachments)


def render_reading_copy(terms: dict[str, Any], *, mark: str, created: datetime) -> bytes:
    """Return the PDF of terms for reading, with `mark` at the head of each page and no place to sign."""
    return _print(_page(terms, [], None, created, mark), created, {})


def render_copy(html: str, *, created: datetime) -> bytes:
    """Return the PDF of a trusted template's HTML, for papers that nobody signs.

    What the fonts lack is shown by its code point: whatever is kept about somebody can be printed.
    """
    return _print(_lenient(html), created, {}, "pdf/copy.css")


def unprintable(text: str) -> set[str]:
    """Return the characters of `text` that the fonts cannot show.

    Letters with combining marks count as the composed letter where Unicode has one. Invisible characters,
    such as those that turn the direction of writing, count as unprintable: one signs what one sees.
    """
    return {character for character in set(_normalised(text)) if not _shown(character)}


def _shown(character: str) -> bool:
    if character in "\n\t":
        return True
    return ord(character) in _characters() and unicodedata.category(character)[0] != "C"


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(PLAIN_TWINS)


@cache
def _characters() -> frozenset[int]:
    """Return the code points of all families: what one lacks is set in the other."""
    from fontTools.ttLib import TTFont

    found: set[int] = set()
    for family in FONT_PACKAGES:
        with TTFont(BytesIO(_font(family, FONT_WEIGHTS[0])), lazy=True) as font:
            found.update(font.getBestCmap())
    return frozenset(found)


def _font(family: str, weight: str) -> bytes:
    return (files(FONT_PACKAGES[family]) / "files" / f"{family}-{weight}.ttf").read_bytes()


# --- From terms to HTML


def _page(
    terms: dict[str, Any],
    signatories: list[dict[str, Any]],
    record: dict[str, Any] | None,
    created: datetime,
    mark: str = "",
) -> str:
    """Return the HTML of the whole document, in the language of its terms."""
    language = terms["document"]["language"]
    with translation.override(language):
        context = {
            "terms": _each_text(terms, _strict),
            "schedules": [_schedule(_each_text(schedule, _strict)) for schedule in terms["schedules"]],
            "signatories": _each_text(signatories, _strict),
            "record": _each_text(record, _lenient),
            "code": _quick_response_code(record["verify_url"]) if record else "",
            "prepared_on": _long_date(terms["document"]["prepared_on"]),
            "created": _timestamp(created),
            "mark": mark or ("" if record else _("Review copy – not signed")),
        }
        return render_to_string("pdf/agreement.html", context)


def _quick_response_code(address: str) -> str:
    """Return an address as a QR code: SVG whose content is ours alone, with the title that PDF/UA asks for."""
    import segno

    code = segno.make(address, error="m", micro=False)
    title = _("The address of the verify page")
    svg = code.svg_inline(border=0, svgclass=None, lineclass=None, title=title, omitsize=True)
    return mark_safe(svg)  # noqa: S308 - made of modules and a title of our own


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """Return a copy of nested dicts and lists with `change` applied to every string."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(item, change) for item in value]
    return value


def _strict(text: str) -> str:
    missing = sorted(unprintable(text))
    if missing:
        sentence = _("The agreement cannot be printed: its fonts lack %(missing)s, which is in “%(text)s”.")
        raise Unprintable(sentence % {"missing": ", ".join(map(_named, missing)), "text": _lenient(text[:80])})
    return _normalised(text)


def _lenient(text: str) -> str:
    return "".join(c if _shown(c) else f"[U+{ord(c):04X}]" for c in _normalised(text))


def _named(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def _long_date(text: str) -> str:
    """Return an ISO date with its month in words (no reader mistakes 03/04), any other text as it is."""
    try:
        return date_format(date.fromisoformat(text), "j F Y")
    except ValueError:
        return text


def _timestamp(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("The moment of creation needs a time zone.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _schedule(schedule: dict[str, Any]) -> dict[str, Any]:
    """Return the schedule with rows of full length (PDF/UA allows no short ones) and its amounts marked.

    A schedule that was written as text has paragraphs in place of columns and rows.
    """
    if "paragraphs" in schedule:
        return {**schedule, "columns": [], "rows": []}
    width = max([len(schedule["columns"]), *map(len, schedule["rows"])])
    padded = [[*row, *[""] * (width - len(row))] for row in (schedule["columns"], *schedule["rows"])]
    columns, *rows = padded
    amounts = [bool(rows) and all(AMOUNT.fullmatch(row[i]) for row in rows) for i in range(width)]
    return {
        **schedule,
        "columns": list(zip(columns, amounts, strict=True)),
        "rows": [list(zip(row, amounts, strict=True)) for row in rows],
    }


# --- From HTML to PDF


def _print(html: str, created: datetime, attachments: dict[str, bytes], style: str = "pdf/agreement.css") -> bytes:
    """Return the PDF of a trusted template's HTML."""
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError

    with _press:
        try:
            return HTML(string=html, base_url=FONT_SCHEME, url_fetcher=_closed_fetcher()).write_pdf(
                stylesheets=[_stylesheet(style)],
                font_config=_font_configuration(),
                pdf_variant="pdf/a-3a",
                attachments=list(_attachments(attachments, created)),
                finisher=_declare_accessible,
            )
        except FatalURLFetchingError as error:  # a BaseException, which would end a worker
            raise RenderingError(str(error)) from error


def _attachments(named: dict[str, bytes], created: datetime) -> Iterator["Attachment"]:
    """Yield the files sorted by name, as a name tree has to be, with fixed times: same bytes each time."""
    from weasyprint import Attachment

    moment = created.astimezone(UTC)
    for name in sorted(named):
        yield Attachment(
            string=named[name],
            name=name,
            description=name,
            created=moment,
            modified=moment,
            relationship="Data" if name.endswith(".json") else "Supplement",
            url_fetcher=_closed_fetcher(),
        )


@cache
def _closed_fetcher() -> "URLFetcher":
    """Return a fetcher that knows the bundled fonts and stops the rendering at any other address.

    WeasyPrint's own fetcher reads local files and calls the network.
    """
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    fonts = {
        f"{FONT_SCHEME}{family}-{weight}": _font(family, weight) for family in FONT_PACKAGES for weight in FONT_WEIGHTS
    }

    class ClosedFetcher(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            if url not in fonts:
                raise FatalURLFetchingError(f"A document may not load anything from outside: {url[:80]}")
            return URLFetcherResponse(url, fonts[url], {"Content-Type": "font/ttf"})

    return ClosedFetcher()


@cache
def _font_configuration() -> "FontConfiguration":
    """Return the font map of this process, which holds no font of the host.

    fontconfig reads its settings when the map is made, from the file that the environment names; an empty one
    keeps the host's fonts from filling in for a character and changing the bytes from machine to machine.
    """
    from weasyprint.text.fonts import FontConfiguration

    # It removes its copies of the fonts when it is let go, which fails once Python has begun to shut down.
    atexit.register(_font_configuration.cache_clear)
    before = os.environ.get("FONTCONFIG_FILE")
    with TemporaryDirectory() as folder:
        settings = Path(folder, "fonts.conf")
        settings.write_text("<?xml version='1.0'?><fontconfig></fontconfig>")
        os.environ["FONTCONFIG_FILE"] = str(settings)
        try:
            return FontConfiguration()
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before


@cache
def _stylesheet(name: str) -> "CSS":
    """Return a parsed style sheet, kept for the life of the process: parsing and fonts cost 100 ms."""
    from weasyprint import CSS

    return CSS(
        string=render_to_string(name),
        base_url=FONT_SCHEME,
        url_fetcher=_closed_fetcher(),
        font_config=_font_configuration(),
    )


# PDF/A wants every property of its metadata declared; its own list does not know that of PDF/UA.
ACCESSIBLE = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


def _declare_accessible(document: "Document", pdf: "pydyf.PDF") -> None:
    """Add the PDF/UA-1 identification to the metadata, inside its RDF."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    (packet,) = metadata.stream
    body, end, rest = packet.partition(b"</rdf:RDF>")
    if not end:
        raise RenderingError("The metadata of the PDF has no RDF to add to.")
    metadata.stream = [body + ACCESSIBLE + end + rest]
