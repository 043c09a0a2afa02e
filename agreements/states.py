"""The states of a paper and named sets of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperState(models.TextChoices):
    DRAFT = "draft", _("Being prepared by HR")
    NEGOTIATION = "negotiation", _("With the parties for approval")
    APPROVED = "approved", _("Terms approved")
    SIGNING = "signing", _("Out for signature")
    SIGNED = "signed", _("Signed by all")
    DECLINED = "declined", _("A signature was declined")
    VOID = "void", _("Void")
    EXPIRED = "expired", _("Not signed in time")
    SUPERSEDED = "superseded", _("Replaced by a later paper")


PAPER_TONE = {
    PaperState.DRAFT: "neutral",
    PaperState.NEGOTIATION: "progress",
    PaperState.APPROVED: "progress",
    PaperState.SIGNING: "progress",
    PaperState.SIGNED: "good",
    PaperState.DECLINED: "attention",
    PaperState.VOID: "neutral",
    PaperState.EXPIRED: "attention",
    PaperState.SUPERSEDED: "neutral",
}

EDITABLE = frozenset({PaperState.DRAFT, PaperState.NEGOTIATION, PaperState.APPROVED})
# Ended without all signatures; what was typed and frozen stays to be read.
ENDED = frozenset({PaperState.DECLINED, PaperState.VOID, PaperState.EXPIRED, PaperState.SUPERSEDED})
LIVE = frozenset(PaperState) - ENDED
OPEN = frozenset({PaperState.DRAFT, PaperState.NEGOTIATION, PaperState.APPROVED, PaperState.SIGNING})
SHARED = frozenset(PaperState) - {PaperState.DRAFT}
ISSUED = frozenset({PaperState.SIGNING, PaperState.SIGNED})


class PaperKind(models.TextChoices):
    """What a paper is; one case has many."""

    AGREEMENT = "agreement", _("Secondment agreement")
    CONTRACT = "contract", _("Variation of the secondee's contract")
    VARIATION = "variation", _("Variation of the agreement")
    EARLY_END = "early_end", _("Early-end letter")


# Papers that stand beside each other only once; of the others one is open at a time.
ONCE = frozenset({PaperKind.AGREEMENT, PaperKind.CONTRACT})


class Pack(models.TextChoices):
    """Which clauses a paper begins with."""

    SHORT = "short", _("Short internal secondment")
    INTERNAL = "internal", _("Internal secondment")
    EXTERNAL = "external", _("External secondment")
    INTERNATIONAL = "international", _("International secondment")
    OWN_PAPER = "own_paper", _("The host's own paper")


class ProposalState(models.TextChoices):
    """What became of a change that somebody proposed."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    COUNTERED = "countered", _("Answered with another proposal")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ThreadState(models.TextChoices):
    """A conversation beside a clause: open until somebody says that it is settled, closed for good."""

    OPEN = "open", _("Open")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


class Audience(models.TextChoices):
    """Who reads a conversation beside a clause."""

    ALL = "all", _("All parties")
    SECONDER = "seconder", _("HR of the seconder only")
    SECONDER_MANAGER = "seconder_manager", _("HR of the seconder and the line manager")
    HOST = "host", _("Our side of the host only")


class DocumentKind(models.TextChoices):
    REVIEW_COPY = "review_copy", _("Review copy")
    SEALED = "sealed", _("Sealed agreement")
    RENEWED = "renewed", _("Sealed agreement with a newer timestamp")
    ENCLOSURE = "enclosure", _("Paper of the host")


class PrintKind(models.TextChoices):
    """A PDF for reading that a worker makes on request and that is thrown away the next day."""

    VERSION = "version", _("A version of the terms")
    COMPARISON = "comparison", _("What changed between two versions")
    CONSOLIDATED = "consolidated", _("The agreement with all its variations")
