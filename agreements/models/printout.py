from __future__ import annotations

from django.db import models

from agreements.models.agreement import Agreement
from agreements.models.version import Version
from agreements.states import PrintKind
from people.keys import new_key
from people.models import Person


class Printout(models.Model):
    """A PDF for reading that somebody asked for, made by a worker and thrown away the next day."""

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="printouts")
    kind = models.CharField(max_length=12, choices=PrintKind)
    older = models.ForeignKey(Version, on_delete=models.CASCADE, null=True, related_name="+")
    newer = models.ForeignKey(Version, on_delete=models.CASCADE, null=True, related_name="+")
    asked_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    content = models.BinaryField(default=b"")

    class Meta:
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.agreement.reference}"
