from __future__ import annotations

from django.db import models

from agreements.models.agreement import Agreement
from people.models import Person


class Look(models.Model):
    """Which version somebody saw last, and which one before it: from there they are shown what changed."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="looks")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveSmallIntegerField()
    before = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["agreement", "person"]
        constraints = [models.UniqueConstraint(fields=["agreement", "person"], name="look_one_each_person")]

    def __str__(self) -> str:
        return f"{self.person}: version {self.version}"
