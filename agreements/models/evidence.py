from __future__ import annotations

from django.db import models

from agreements.models.agreement import Agreement


class EvidenceEvent(models.Model):
    """One link of a paper's chain of evidence. ``hash`` = SHA-256 of previous hash, line feed, body.

    ``body`` is the canonical JSON text exactly as it was hashed. Append-only by trigger. IP address and user
    agent are in SignatureOrigin, erasable; the body holds a salted digest of them.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="evidence")
    number = models.PositiveIntegerField()
    previous = models.CharField(max_length=64)
    body = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="evidence_number_once"),
            models.UniqueConstraint(fields=["agreement", "previous"], name="evidence_previous_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}#{self.number}"
