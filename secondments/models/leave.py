from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models import Person
from people.models.ranges import DateRange, IdRange
from secondments.choices import LeaveKind
from secondments.models.secondment import Secondment


class Leave(models.Model):
    """Leave that the secondee asks of the seconder. The host is told the days of what was approved, and no more.

    ``days`` are working days by the pattern of the placement and the holidays of the place of work, counted when it
    was asked for; half days at either end count a half.
    """

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="leaves")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=LeaveKind, default=LeaveKind.ANNUAL)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    starts_at_noon = models.BooleanField(_("the first day only from noon"), default=False)
    ends_at_noon = models.BooleanField(_("the last day only until noon"), default=False)
    days = models.DecimalField(max_digits=5, decimal_places=1)
    note = models.TextField(_("note for who approves"), max_length=1000, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    granted = models.BooleanField(null=True)
    reason = models.TextField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    PENDING = Q(granted__isnull=True, cancelled_at__isnull=True)
    STANDS = Q(granted=True, cancelled_at__isnull=True)

    class Meta:
        ordering = ["secondment", "first_day", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="leave_ends_after_start"),
            models.CheckConstraint(condition=Q(days__gt=0), name="leave_is_of_some_days"),
            models.CheckConstraint(
                condition=Q(granted__isnull=True, decided_at__isnull=True, decided_by__isnull=True)
                | Q(granted__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="leave_decided_stamped",
            ),
            models.CheckConstraint(condition=~Q(granted=False) | ~Q(reason=""), name="leave_refused_for_a_reason"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="leave_cancelled_stamped",
            ),
            ExclusionConstraint(
                name="leave_no_overlap",
                expressions=[
                    (IdRange(F("secondment"), F("secondment"), Value("[]")), RangeOperators.OVERLAPS),
                    (DateRange(F("first_day"), F("last_day"), Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(cancelled_at__isnull=True) & ~Q(granted=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(granted__isnull=True, cancelled_at__isnull=True), name="leave_undecided"
            ),
            models.Index(
                fields=["last_day"], condition=Q(granted=True, cancelled_at__isnull=True), name="leave_standing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.first_day} – {self.last_day}"

    def get_absolute_url(self) -> str:
        return reverse("leave", args=[self.secondment.key, self.key])


class LeaveAccount(models.Model):
    """What leave the secondee has in this placement; without a row, what the policy of the case gives."""

    secondment = models.OneToOneField(Secondment, on_delete=models.CASCADE, related_name="leave_account")
    yearly_days = models.DecimalField(
        _("days a year, full-time"),
        max_digits=4,
        decimal_places=1,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    brought_in = models.DecimalField(
        _("days brought in from before"),
        max_digits=4,
        decimal_places=1,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(-50)), MaxValueValidator(Decimal(100))],
    )
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.yearly_days} a year"
