from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Person
from secondments.choices import DecisionKind
from secondments.models.secondment import Secondment


class Decision(models.Model):
    """One of the three yeses or noes on one revision of a proposal."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="decisions")
    revision = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=DecisionKind)
    decider = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="decisions")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    verdict = models.BooleanField(null=True)
    reason = models.TextField(_("reason"), blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["secondment", "revision", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["secondment", "revision", "kind"], name="decision_once_each_revision"),
            models.CheckConstraint(
                condition=Q(verdict__isnull=True, decided_at__isnull=True, decided_by__isnull=True)
                | Q(verdict__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="decision_stamped_when_given",
            ),
            models.CheckConstraint(condition=~Q(verdict=False) | ~Q(reason=""), name="decision_refusal_has_reason"),
        ]
        indexes = [models.Index(fields=["decider"], condition=Q(verdict__isnull=True), name="decision_open_by_decider")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.revision})"
