from __future__ import annotations

from django.db import models


class LedgerEntry(models.Model):
    """One thing that somebody did. Append-only: the database refuses to change or delete a row.

    No foreign keys: what people did stays in their name when they or the case are gone. ``number`` counts
    the changes of state of a case, so that each has exactly one entry.
    """

    at = models.DateTimeField()
    verb = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    acting_as = models.CharField(max_length=40, blank=True)
    case_id = models.BigIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    facts = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case_id", "number"], name="ledger_one_entry_a_change_of_state"),
            models.CheckConstraint(
                condition=models.Q(number__isnull=True) | models.Q(case_id__isnull=False),
                name="ledger_number_has_case",
            ),
        ]
        indexes = [models.Index(fields=["case_id", "at"], name="ledger_by_case")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}: {self.verb}"
