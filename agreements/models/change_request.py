from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.models.agreement import Agreement
from agreements.states import RequestState
from people.models import Person


class ChangeRequest(models.Model):
    """What a party would like changed in one clause, and what HR answered."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="change_requests")
    clause_key = models.CharField(max_length=60)
    on_version = models.PositiveSmallIntegerField()
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("what should change"))
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["agreement", "created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=RequestState.OPEN, answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(state=RequestState.OPEN) & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="change_request_answer_stamped",
            )
        ]

    def __str__(self) -> str:
        return f"{self.clause_key}: {self.text[:40]}"
