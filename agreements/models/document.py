from __future__ import annotations

from django.db import models

from agreements.models.agreement import Agreement
from agreements.states import DocumentKind


class Document(models.Model):
    """The bytes of a PDF, kept in the database with their SHA-256; never changed, the database sees to it.

    Why not files: docs/decisions/0002-papers-in-the-database.md.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=12, choices=DocumentKind)
    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["agreement", "created_at"]
        constraints = [models.UniqueConstraint(fields=["agreement", "kind"], name="document_one_of_each_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.sha256[:12]}"
