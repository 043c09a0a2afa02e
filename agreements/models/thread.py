from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.models.agreement import Agreement
from agreements.states import Audience, ThreadState
from people.models import Person
from secondments.choices import Party


class Thread(models.Model):
    """A conversation beside a clause, for all parties or for one side alone; an open one for all holds up approval."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="threads")
    clause_key = models.CharField(max_length=60)
    audience = models.CharField(_("who reads this"), max_length=16, choices=Audience, default=Audience.ALL)
    party = models.CharField(max_length=14, choices=Party)
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ThreadState, default=ThreadState.OPEN)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["agreement", "started_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ThreadState.OPEN, settled_at__isnull=True, settled_by__isnull=True)
                | (~Q(state=ThreadState.OPEN) & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="thread_settled_stamped",
            )
        ]

    def __str__(self) -> str:
        return f"{self.clause_key} ({self.get_state_display()})"
