from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Person
from secondments.models.secondment import Secondment


class Appeal(models.Model):
    """The secondee asks HR to look at a refused release once more; once for each secondee of a case.

    Keeps the refusal as it was written: where the appeal is granted, the decision itself says yes from then on.
    """

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="appeals")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    text = models.TextField(_("why the refusal should be looked at again"), max_length=4000)
    refusal = models.TextField()
    refused_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    refused_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["secondment", "asked_by"], name="appeal_once_each_person"),
            models.CheckConstraint(
                condition=Q(granted__isnull=True, answered_at__isnull=True, answered_by__isnull=True)
                | (Q(granted__isnull=False, answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="appeal_stamped_when_answered",
            ),
        ]

    def __str__(self) -> str:
        return str(self.secondment)
