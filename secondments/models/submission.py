from __future__ import annotations

from django.db import models

from people.models import Person
from secondments.models.secondment import Secondment


class Submission(models.Model):
    """What a proposal said when it was submitted, so that those who decide see what has changed since.

    ``content`` is a list of rows: name, label, the text as shown, and who may read it (see ``substance``).
    """

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="submissions")
    revision = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    content = models.JSONField()

    class Meta:
        ordering = ["secondment", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["secondment", "revision"], name="submission_once_each_revision"),
        ]

    def __str__(self) -> str:
        return f"{self.secondment} ({self.revision})"
