from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from secondments.choices import Basis, BorneBy, CostKind
from secondments.models.secondment import Secondment


class CostItem(models.Model):
    """A cost beside salary and on-costs, in the currency of the proposal: how much, how often, borne by whom."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="cost_items")
    position = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(_("kind"), max_length=12, choices=CostKind)
    label = models.CharField(_("what for"), max_length=200, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    basis = models.CharField(_("how often"), max_length=6, choices=Basis, default=Basis.ONCE)
    borne_by = models.CharField(_("borne by"), max_length=10, choices=BorneBy, default=BorneBy.AGREED)

    class Meta:
        ordering = ["secondment", "position", "pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="cost_item_not_negative")]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()
