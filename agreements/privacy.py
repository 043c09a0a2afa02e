"""The register of personal data of this house; see ``people.privacy`` for how it is read and extended.

The signed set, which no erasure touches, is the versions, documents, signatures and evidence of a signed
agreement; in a paper that was declined or became void the same columns are blanked (``erase_paper``).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from people.privacy import (
    BLANK,
    CASE,
    CONFIDENTIAL,
    DELETE,
    ERASED,
    INTERNAL,
    KEEP,
    PERSONAL,
    REPLACE,
    SECRET,
    SHORT,
    SIGNED,
    SIGNED_SET,
    WORDED,
    Table,
    column,
    links,
    machine,
    stamps,
)

PARTS = ("secondee", "line_manager", "host_contact", "host_signatory", "seconder_signatory", "owner")
EVERYBODY = tuple(f"agreement__secondment__{part}" for part in PARTS)
PROOF = _("proves what was agreed and signed")

TABLES = (
    Table(
        "agreements.Agreement",
        _("Papers"),
        SIGNED_SET,
        about=tuple(f"secondment__{part}" for part in PARTS),
        columns=(
            machine("id number title current review_copy sealed_copy"),
            machine("job_claimed_at job_attempts job_next_at"),
            links("secondment issued_by"),
            column("state", INTERNAL, _("how far the paper is"), KEEP, WORDED),
            stamps("created_at shared_at issued_at signed_at sealed_at ended_at"),
            column("end_reason", CONFIDENTIAL, _("why the paper ended"), REPLACE, to=ERASED),
            column("job_error", INTERNAL, _("why a file could not be made"), BLANK),
        ),
    ),
    Table(
        "agreements.Version",
        _("Terms of papers"),
        SIGNED_SET,
        about=EVERYBODY,
        columns=(
            machine("id number"),
            links("agreement created_by"),
            column("values wordings terms", CONFIDENTIAL, _("what is agreed"), SIGNED, PROOF),
            column("note", CONFIDENTIAL, _("what changed, and why"), SIGNED, PROOF),
            column("content_hash", INTERNAL, _("stands for the terms"), KEEP, PROOF),
            stamps("created_at"),
        ),
    ),
    Table(
        "agreements.Approval",
        _("Your approvals of terms"),
        SIGNED_SET,
        own=("person",),
        columns=(
            machine("id"),
            links("version person"),
            column("party", PERSONAL, _("for whom you approved"), KEEP, WORDED),
            column("content_hash", INTERNAL, _("which terms were approved"), KEEP, PROOF),
            stamps("at"),
        ),
    ),
    Table(
        "agreements.ChangeRequest",
        _("Changes you asked for"),
        CASE,
        own=("author",),
        about=("agreement__secondment__secondee",),
        columns=(
            machine("id on_version"),
            links("agreement author answered_by"),
            column("clause_key state", PERSONAL, _("which clause, and what became of it"), KEEP, WORDED),
            column("text", CONFIDENTIAL, _("what should change"), REPLACE, to=ERASED),
            column("answer", CONFIDENTIAL, _("what HR answered"), BLANK, of="answered_by"),
            stamps("created_at answered_at"),
        ),
    ),
    Table(
        "agreements.Document",
        _("Files of papers"),
        SIGNED_SET,
        about=EVERYBODY,
        columns=(
            machine("id kind"),
            links("agreement"),
            column("content size", CONFIDENTIAL, _("the file that is signed"), SIGNED, PROOF),
            column("sha256", INTERNAL, _("stands for the file"), KEEP, PROOF),
            stamps("created_at"),
        ),
    ),
    Table(
        "agreements.EvidenceEvent",
        _("Evidence of signing"),
        SIGNED_SET,
        about=EVERYBODY,
        columns=(
            machine("id number"),
            links("agreement"),
            column("body", CONFIDENTIAL, _("who did what on the way to a signature"), SIGNED, PROOF),
            column("previous hash", INTERNAL, _("chains the events"), KEEP, PROOF),
        ),
    ),
    Table(
        "agreements.SignatureSlot",
        _("Where you were to sign"),
        SIGNED_SET,
        own=("signatory",),
        columns=(
            machine("id turn"),
            links("agreement signatory"),
            column("party", PERSONAL, _("for whom you were to sign"), KEEP, WORDED),
            stamps("invited_at due_on opened_at"),
        ),
    ),
    Table(
        "agreements.Signature",
        _("Your signatures"),
        SIGNED_SET,
        own=("slot__signatory",),
        columns=(
            machine("id"),
            links("slot agreement version document"),
            column("signed_name email identity", PERSONAL, _("who signed, and how that was checked"), SIGNED, PROOF),
            column("content_hash document_sha256", PERSONAL, _("what was signed"), KEEP, PROOF),
            column("disclosure_version", PERSONAL, _("what you were told before signing"), KEEP, WORDED),
            stamps("at"),
        ),
    ),
    Table(
        "agreements.SignatureOrigin",
        _("From where you signed"),
        CASE,
        own=("signature__slot__signatory",),
        columns=(
            machine("id"),
            column("signature", INTERNAL, _("which signature"), DELETE),
            column("ip user_agent", PERSONAL, _("evidence of who signed"), DELETE),
        ),
    ),
    Table(
        "agreements.SigningCode",
        _("Codes for signing"),
        SHORT,
        own=("slot__signatory",),
        columns=(
            machine("id attempts"),
            column("slot", INTERNAL, _("for which signature"), DELETE),
            column("digest session", SECRET, _("to check the code"), DELETE),
            column("sent_at expires_at used_at replaced_at", PERSONAL, _("when a code was sent and used"), DELETE),
        ),
    ),
)
