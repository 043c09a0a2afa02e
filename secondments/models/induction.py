from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Person
from secondments.models.secondment import Secondment


class Induction(models.Model):
    """How somebody is received at the host: where to be on the first day, and a buddy to ask."""

    secondment = models.OneToOneField(Secondment, on_delete=models.CASCADE, related_name="induction")
    buddy_name = models.CharField(_("buddy"), max_length=200, blank=True)
    buddy_email = models.EmailField(_("how to reach the buddy"), max_length=254, blank=True)
    arrival = models.TextField(_("where and when to be on the first day"), max_length=1000, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(_("Induction plan"))


class InductionStep(models.Model):
    """Something that is shown, told or met in the first weeks."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="induction_steps")
    on = models.DateField(_("on"))
    title = models.CharField(_("what"), max_length=200)
    with_whom = models.CharField(_("with whom"), max_length=200, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["secondment", "on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="induction_step_done_stamped",
            )
        ]

    def __str__(self) -> str:
        return self.title
