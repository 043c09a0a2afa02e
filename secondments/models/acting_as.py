from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Person
from secondments.choices import Part
from secondments.models.secondment import Secondment


class ActingAs(models.Model):
    """In which of their capacities somebody who has several acts in a case, as they chose last."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(_("part"), max_length=20, choices=Part)
    in_name_of = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "secondment"], name="acting_as_one")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_part_display()}"
