from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from secondments.choices import Level
from secondments.models.secondment import Secondment


class Skill(models.Model):
    """A skill to gain: how well the secondee can do it now, and hopes to afterwards."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="skills")
    position = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(_("skill"), max_length=200)
    now = models.PositiveSmallIntegerField(_("now"), choices=Level, null=True, blank=True)
    hoped = models.PositiveSmallIntegerField(_("hoped for"), choices=Level, null=True, blank=True)

    class Meta:
        ordering = ["secondment", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(now__isnull=True) | Q(hoped__isnull=True) | Q(hoped__gte=F("now")),
                name="skill_hopes_for_no_less",
            ),
        ]

    def __str__(self) -> str:
        return self.name
