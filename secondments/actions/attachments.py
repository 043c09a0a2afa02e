"""Files beside a proposal: looked at by their content before they are kept, in the database."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import PurePath

from django.core.exceptions import SuspiciousFileOperation
from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from secondments import policies, transitions
from secondments.guards import Refusal
from secondments.models import Attachment, Secondment
from secondments.states import State
from secondments.transitions import NotAllowed, Refused

MOST = 10 * 2**20  # bytes of one file
MANY = 20  # files of one case
OFFICE = "application/vnd.openxmlformats-officedocument."
# By ending: the kind that is sent back to browsers, and how such a file begins.
KINDS: dict[str, tuple[str, bytes]] = {
    "pdf": ("application/pdf", b"%PDF-"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    "docx": (f"{OFFICE}wordprocessingml.document", b"PK\x03\x04"),
    "xlsx": (f"{OFFICE}spreadsheetml.sheet", b"PK\x03\x04"),
    "odt": ("application/vnd.oasis.opendocument.text", b"PK\x03\x04"),
}
INSIDE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "odt": "content.xml"}


@transaction.atomic
def add(case: Secondment, *, by: Person, name: str, content: bytes, is_shared: bool) -> Attachment:
    """Keep a file; refused when its content is not of the kind that its name says, or none that we take."""
    case = transitions.lock(case.pk)
    if not policies.may_attach(case, by):
        raise NotAllowed(_("Only HR of the seconder keeps files with a proposal."))
    if is_shared:
        _require_undecided(case)
    kept_name, kind = checked(name, content)
    if case.attachments.filter(removed_at__isnull=True).count() >= MANY:
        raise Refused(Refusal(_("There are %(n)d files already; remove one first.") % {"n": MANY}, "file"))
    found = Attachment.objects.create(
        secondment=case,
        name=kept_name,
        content_type=kind,
        content=content,
        size=len(content),
        is_shared=is_shared,
        added_at=clock.now(),
        added_by=by,
    )
    ledger.record("attachment.add", by=by, case_id=case.pk, title=found.name, shared=is_shared)
    return found


@transaction.atomic
def remove(attachment: Attachment, *, by: Person) -> None:
    """Empty a file; that it was there, and who took it away, stays."""
    case = transitions.lock(attachment.secondment_id)
    if attachment.is_sheet:
        raise Refused(_("What was approved stays with the case."))
    if not policies.may_attach(case, by):
        raise NotAllowed(_("Only HR of the seconder removes files, while the case is open."))
    if attachment.is_shared:
        _require_undecided(case)
    attachment.content, attachment.size = b"", 0
    attachment.removed_at, attachment.removed_by = clock.now(), by
    attachment.save()
    ledger.record("attachment.remove", by=by, case_id=case.pk, title=attachment.name)


def _require_undecided(case: Secondment) -> None:
    """While people decide, what they were shown stays as it is."""
    if case.state == State.PROPOSAL:
        raise Refused(
            Refusal(_("Those who decide have been shown the files: revise the proposal to change them."), "is_shared")
        )


def checked(name: str, content: bytes) -> tuple[str, str]:
    """A name under which the file can be kept, and the kind that it is by its content; refused where they differ."""
    ending, kind = _kind(name, content)
    return f"{_stem(name)}.{ending}", kind


def _stem(name: str) -> str:
    try:
        return get_valid_filename(PurePath(name).stem[:150])
    except SuspiciousFileOperation:  # nothing is left of the name
        return "file"


def _kind(name: str, content: bytes) -> tuple[str, str]:
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if not content:
        raise Refused(Refusal(_("The file is empty."), "file"))
    if len(content) > MOST:
        raise Refused(Refusal(_("The file is larger than 10 MB."), "file"))
    if ending not in KINDS:
        raise Refused(Refusal(_("Files of these kinds are kept: %(kinds)s.") % {"kinds": ", ".join(KINDS)}, "file"))
    kind, begins = KINDS[ending]
    if not content.startswith(begins) or (ending in INSIDE and not _has(content, INSIDE[ending])):
        raise Refused(
            Refusal(_("This is not a %(ending)s file, although its name says so.") % {"ending": ending}, "file")
        )
    return ending, kind


def _has(content: bytes, inside: str) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(content)) as found:
            return inside in found.namelist()
    except (zipfile.BadZipFile, ValueError):
        return False
