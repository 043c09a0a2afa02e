from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from django.db import models

from agreements.models.agreement import Agreement
from people.models import Person


class Version(models.Model):
    """The terms of a paper at one moment, as canonical JSON text; never changed, the database sees to it.

    ``clauses`` are the definitions that the paper is made of, as the library had them when they were taken over;
    ``values`` the answers to their parameters, ``wordings`` the changed wordings, ``schedules`` those added by
    hand: from these the next version is made. ``terms`` is what people read and what ``content_hash`` (SHA-256)
    stands for.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    clauses = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    wordings = models.JSONField(default=dict)
    schedules = models.JSONField(default=list)
    enclosure = models.ForeignKey("agreements.Document", on_delete=models.PROTECT, null=True, related_name="+")
    terms = models.TextField()
    content_hash = models.CharField(max_length=64)
    note = models.CharField(max_length=500)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["agreement", "-number"]
        constraints = [models.UniqueConstraint(fields=["agreement", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.agreement.reference} v{self.number}"

    @cached_property
    def content(self) -> dict[str, Any]:
        """The terms as data."""
        return json.loads(self.terms)
