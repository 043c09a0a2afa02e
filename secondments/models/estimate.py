from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from people.models import Person
from secondments.models.secondment import Secondment


class Estimate(models.Model):
    """What a secondment was estimated to cost at one moment; a new figure is a new row, and the old one stays.

    ``content`` holds the lines, the shares and the sentences on how it was counted (see ``costs.Estimate``).
    """

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="estimates")
    # Whose pay it tells: a case may have had another secondee before.
    secondee = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    is_current = models.BooleanField(default=True)  # false once it cannot be counted any more
    while_typing = models.BooleanField(default=False)  # the next figure of the same writer takes its place
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=18, decimal_places=2)
    host_share = models.DecimalField(max_digits=18, decimal_places=2)
    seconder_share = models.DecimalField(max_digits=18, decimal_places=2)
    content = models.JSONField()

    class Meta:
        ordering = ["secondment", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(total=F("host_share") + F("seconder_share")), name="estimate_shares_make_the_total"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total} {self.currency}"
