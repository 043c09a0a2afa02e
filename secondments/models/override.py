from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Person
from secondments.models.secondment import Secondment


class Override(models.Model):
    """HR proposes somebody although a rule of eligibility is not met, and says why; the line manager reads it."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="overrides")
    rule = models.CharField(max_length=40)
    reason = models.TextField(_("why it is proposed nevertheless"), max_length=2000)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["secondment", "rule"]
        constraints = [
            models.UniqueConstraint(fields=["secondment", "rule"], name="override_once_each_rule"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason"),
        ]

    def __str__(self) -> str:
        return self.rule
