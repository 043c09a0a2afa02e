from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models import Person
from secondments.choices import ExpenseKind
from secondments.models.secondment import Secondment


class Expense(models.Model):
    """What the secondee spent, with its receipt; approved at the seconder, and passed on to the host where agreed."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="expenses")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    spent_on = models.DateField(_("spent on"))
    kind = models.CharField(_("what for"), max_length=10, choices=ExpenseKind)
    label = models.CharField(_("more on it"), max_length=200, blank=True)
    amount = models.DecimalField(
        _("amount"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    receipt_name = models.CharField(max_length=200)
    receipt_type = models.CharField(max_length=100)
    receipt = models.BinaryField()
    claimed_at = models.DateTimeField()
    claimed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved = models.BooleanField(null=True)
    passed_on = models.BooleanField(_("the host pays it"), default=False)
    reason = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["secondment", "-spent_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="expense_is_something"),
            models.CheckConstraint(
                condition=Q(approved__isnull=True, decided_at__isnull=True, decided_by__isnull=True)
                | Q(approved__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="expense_decided_stamped",
            ),
            models.CheckConstraint(condition=~Q(approved=False) | ~Q(reason=""), name="expense_refused_for_a_reason"),
            models.CheckConstraint(condition=Q(passed_on=False) | Q(approved=True), name="expense_passed_on_approved"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.amount}"

    def get_absolute_url(self) -> str:
        return reverse("expense", args=[self.secondment.key, self.key])
