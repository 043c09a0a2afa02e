from __future__ import annotations

from django.db import models

from agreements.models.version import Version
from people.models import Person
from secondments.choices import Party


class Approval(models.Model):
    """A party's yes to one version, by its hash; the database refuses one for a version that is not current."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="approvals")
    party = models.CharField(max_length=14, choices=Party)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["version", "party"]
        constraints = [models.UniqueConstraint(fields=["version", "party"], name="approval_once_each_party")]

    def __str__(self) -> str:
        return f"{self.get_party_display()}: {self.version}"
