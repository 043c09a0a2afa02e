from __future__ import annotations

from django.db import models
from django.utils import timezone


class Attempt(models.Model):
    """One try to come in, counted to bound guessing; a sweep removes it after a day.

    ``address`` and ``sender`` are keyed hashes: the table tells nobody who has an account, nor where from.
    Times are the machine's own, not the demo's.
    """

    kind = models.CharField(max_length=20)
    address = models.CharField(max_length=32)
    sender = models.CharField(max_length=32)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["kind", "address", "at"], name="attempt_by_address"),
            models.Index(fields=["kind", "sender", "at"], name="attempt_by_sender"),
            models.Index(fields=["at"], name="attempt_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
