from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.models.agreement import Agreement
from people.models import Person


class LegalConsent(models.Model):
    """The legal approver's yes to legal wording as it was changed, or to the host's own paper, by its hash.

    Another wording has another hash, so that a later change is not covered. Append-only.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="legal_consents")
    clause_key = models.CharField(max_length=60)
    wording_hash = models.CharField(max_length=64)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("why it is acceptable"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["agreement", "at"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "clause_key", "wording_hash"], name="legal_consent_once_each_wording"
            )
        ]

    def __str__(self) -> str:
        return f"{self.clause_key}: {self.person}"
