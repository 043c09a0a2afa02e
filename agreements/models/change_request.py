from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.models.agreement import Agreement
from agreements.models.version import Version
from agreements.states import ProposalState
from people.models import Person
from secondments.choices import Party


class ChangeRequest(models.Model):
    """A change of one clause that a party asks for, and what the other side answered.

    In words, or with other values and another wording to be taken as they are. A counter-proposal is a row of
    its own that ``answers`` this one; accepting writes the version that it became.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="change_requests")
    clause_key = models.CharField(max_length=60)
    on_version = models.PositiveSmallIntegerField()
    party = models.CharField(max_length=14, choices=Party, default=Party.HOST)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("what should change, and why"))
    values = models.JSONField(default=dict)
    wording = models.JSONField(default=list)
    answers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="counters")
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    became = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["agreement", "created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(state=ProposalState.OPEN) & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="change_request_answer_stamped",
            )
        ]

    def __str__(self) -> str:
        return f"{self.clause_key}: {self.text[:40]}"

    @property
    def is_exact(self) -> bool:
        """Whether it says how the clause would read, so that it can be accepted as it is."""
        return bool(self.values or self.wording)
