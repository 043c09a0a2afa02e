from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from secondments.choices import Party
from secondments.models.secondment import Secondment


class Objective(models.Model):
    """What the secondment is to achieve, and how that will be seen."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="objectives")
    position = models.PositiveSmallIntegerField(default=1)
    text = models.CharField(_("objective"), max_length=500)
    measure = models.CharField(_("how it is measured"), max_length=300, blank=True)
    owner = models.CharField(_("who sees to it"), max_length=14, choices=Party, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("weight, %"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    class Meta:
        ordering = ["secondment", "position", "pk"]

    def __str__(self) -> str:
        return self.text
