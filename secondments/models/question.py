from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Person
from secondments.choices import DecisionKind
from secondments.models.secondment import Secondment


class Question(models.Model):
    """Asked of HR by somebody who is to decide, before they do; kept with its answer."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(max_length=10, choices=DecisionKind)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    text = models.TextField(_("question"), max_length=2000)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["secondment", "asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="question_stamped_when_answered",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
