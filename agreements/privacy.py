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
    NOT_PERSONAL,
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
            machine("id number kind pack language title current review_copy sealed_copy"),
            machine("job_claimed_at job_attempts job_next_at"),
            links("secondment issued_by"),
            column("state", INTERNAL, _("how far the paper is"), KEEP, WORDED),
            stamps("created_at shared_at issued_at expires_on signed_at sealed_at ended_at"),
            column("changes", CONFIDENTIAL, _("what a variation changes in the case"), SIGNED, PROOF),
            column("noted", CONFIDENTIAL, _("what HR took note of before signing"), BLANK),
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
            machine("enclosure"),
            column("clauses values wordings schedules terms", CONFIDENTIAL, _("what is agreed"), SIGNED, PROOF),
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
            machine("id on_version answers became"),
            links("agreement author answered_by"),
            column("values wording", CONFIDENTIAL, _("how the clause would read"), BLANK),
            column("clause_key state party", PERSONAL, _("which clause, and what became of it"), KEEP, WORDED),
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
            column("content size name", CONFIDENTIAL, _("the file that is signed"), SIGNED, PROOF),
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
            stamps("invited_at due_on opened_at reassigned_at"),
            column("reassigned_because", CONFIDENTIAL, _("why somebody else signs"), BLANK),
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
            column(
                "signed_name email identity drawing", PERSONAL, _("who signed, and how that was checked"), SIGNED, PROOF
            ),
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
    Table(
        "agreements.ClauseText",
        _("Clauses of organisations"),
        SIGNED_SET,
        columns=(
            machine("id number language key"),
            links("organisation made_by"),
            column("content note is_retired", INTERNAL, _("wording of an organisation"), NOT_PERSONAL),
            stamps("made_at"),
        ),
    ),
    Table(
        "agreements.Thread",
        _("Conversations about terms"),
        CASE,
        own=("started_by",),
        about=("agreement__secondment__secondee",),
        columns=(
            machine("id"),
            links("agreement started_by settled_by"),
            column("clause_key audience party state", PERSONAL, _("beside which clause, for whom"), KEEP, WORDED),
            stamps("started_at settled_at"),
        ),
    ),
    Table(
        "agreements.Comment",
        _("Your comments on terms"),
        CASE,
        own=("author",),
        about=("thread__agreement__secondment__secondee",),
        columns=(
            machine("id"),
            links("thread author"),
            column("party", PERSONAL, _("for whom you spoke"), KEEP, WORDED),
            column("text", CONFIDENTIAL, _("what you said"), REPLACE, to=ERASED),
            stamps("at"),
        ),
    ),
    Table(
        "agreements.LegalConsent",
        _("Your consents to legal wording"),
        SIGNED_SET,
        own=("person",),
        columns=(
            machine("id"),
            links("agreement person"),
            column("clause_key wording_hash", PERSONAL, _("to what you agreed"), KEEP, PROOF),
            column("reason", CONFIDENTIAL, _("why you agreed"), SIGNED, PROOF),
            stamps("at"),
        ),
    ),
    Table(
        "agreements.Look",
        _("Which terms you saw last"),
        CASE,
        own=("person",),
        columns=(
            machine("id"),
            column("agreement person", INTERNAL, _("which terms"), DELETE),
            column("version before", PERSONAL, _("to show you what changed since"), DELETE),
            column("at", PERSONAL, _("when you looked"), DELETE),
        ),
    ),
    Table(
        "agreements.SigningLink",
        _("Links to sign"),
        SHORT,
        own=("person",),
        columns=(
            machine("id"),
            column("slot person", INTERNAL, _("for which signature"), DELETE),
            column("digest", SECRET, _("to know the link"), DELETE),
            column("made_at requested_at revoked_at", PERSONAL, _("when a link was sent and used"), DELETE),
        ),
    ),
    Table(
        "agreements.Printout",
        _("PDFs that you asked for"),
        SHORT,
        own=("asked_by",),
        columns=(
            machine("id key attempts"),
            column("agreement older newer asked_by", INTERNAL, _("of what"), DELETE),
            column("kind asked_at made_at", PERSONAL, _("what you asked for"), DELETE),
            column("content", CONFIDENTIAL, _("the file"), DELETE),
        ),
    ),
)
