from __future__ import annotations

from django.db import models
from django.db.models import Q

from agreements.models.agreement import Agreement
from agreements.states import DocumentKind


class Document(models.Model):
    """The bytes of a PDF, kept in the database with their SHA-256; never changed, the database sees to it.

    A sealed copy whose timestamp was renewed is a further row, and the earlier one stays.
    Why not files: docs/decisions/0002-papers-in-the-database.md.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=12, choices=DocumentKind)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True)  # of the host's own paper
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["agreement", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "kind"],
                condition=Q(kind__in=[DocumentKind.REVIEW_COPY, DocumentKind.SEALED]),
                name="document_one_of_each_kind",
            ),
            # A file that a guest brings may be brought to two papers; what is made here is one of a kind.
            models.UniqueConstraint(
                fields=["sha256"], condition=~Q(kind=DocumentKind.ENCLOSURE), name="document_hash_once"
            ),
            models.UniqueConstraint(fields=["agreement", "sha256"], name="document_once_each_paper"),
        ]
        indexes = [models.Index(fields=["sha256"], name="document_by_hash")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.sha256[:12]}"
