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


PAPER_TONE = {
    PaperState.DRAFT: "neutral",
    PaperState.NEGOTIATION: "progress",
    PaperState.APPROVED: "progress",
    PaperState.SIGNING: "progress",
    PaperState.SIGNED: "good",
    PaperState.DECLINED: "attention",
    PaperState.VOID: "neutral",
}

EDITABLE = frozenset({PaperState.DRAFT, PaperState.NEGOTIATION, PaperState.APPROVED})
LIVE = frozenset(PaperState) - {PaperState.DECLINED, PaperState.VOID}
OPEN = frozenset({PaperState.DRAFT, PaperState.NEGOTIATION, PaperState.APPROVED, PaperState.SIGNING})
SHARED = frozenset(PaperState) - {PaperState.DRAFT}
ISSUED = frozenset({PaperState.SIGNING, PaperState.SIGNED})


class RequestState(models.TextChoices):
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class DocumentKind(models.TextChoices):
    REVIEW_COPY = "review_copy", _("Review copy")
    SEALED = "sealed", _("Sealed agreement")
