from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models.organisation import Organisation


class ClosingDay(models.Model):
    """A day on which an organisation does not work besides the public holidays of its country and region."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="closing_days")
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        ordering = ["day", "pk"]
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="closing_day_unique")]

    def __str__(self) -> str:
        return f"{self.day}: {self.name}"
