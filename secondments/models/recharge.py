from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.models import Person
from secondments.choices import ChargeState, Frequency, RechargeModel
from secondments.models.secondment import Secondment


def money(name: Any) -> models.DecimalField:
    return models.DecimalField(
        name, max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )


def percentage(name: Any, most: int) -> models.DecimalField:
    return models.DecimalField(
        name,
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(most)],
    )


class RechargeTerms(models.Model):
    """How what the host pays is counted in this case; taken from the proposal when the placement starts.

    The salary tells what somebody earns: HR and finance of the seconder read it, nobody else.
    """

    secondment = models.OneToOneField(Secondment, on_delete=models.CASCADE, related_name="recharge")
    model = models.CharField(_("how it is counted"), max_length=8, choices=RechargeModel, default=RechargeModel.NONE)
    frequency = models.CharField(_("a statement"), max_length=8, choices=Frequency, default=Frequency.MONTH)
    currency = models.CharField(_("currency"), max_length=3)
    annual_salary = money(_("salary of a full-time year"))
    on_cost_percent = percentage(_("on-costs, % of the salary"), 200)
    percent = percentage(_("the host's share, %"), 150)
    fixed = money(_("fixed amount for the placement"))
    cover = money(_("cost of the cover beyond the salary, each month"))
    rate = money(_("rate for an hour"))
    most_hours = models.DecimalField(
        _("hours charged in a month at most"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(744)],
    )
    uplift_from = models.DateField(_("salary raised from"), null=True, blank=True)
    uplift_percent = percentage(_("raised by, %"), 100)
    suspends_absence = models.BooleanField(_("long absence is not charged"), default=False)
    sickness_charged_days = models.PositiveSmallIntegerField(
        _("sickness is charged for, days"), null=True, blank=True, validators=[MaxValueValidator(366)]
    )
    payment_days = models.PositiveSmallIntegerField(
        _("paid within, days"), default=30, validators=[MaxValueValidator(365)]
    )
    tax_treatment = models.CharField(_("VAT or GST: what was decided"), max_length=200, blank=True)
    tax_reason = models.CharField(_("by whom, and why"), max_length=300, blank=True)
    # Share of full-time from a day on, each time that the hours changed: pairs of a day and a decimal, as text.
    shares = models.JSONField(default=list, editable=False)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    # What is unpaid when the case is completed is finance's from then on.
    handed_note = models.TextField(max_length=1000, blank=True, editable=False)
    handed_at = models.DateTimeField(null=True, editable=False)
    handed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(handed_at__isnull=True, handed_by__isnull=True, handed_note="")
                | (Q(handed_at__isnull=False, handed_by__isnull=False) & ~Q(handed_note="")),
                name="recharge_handed_over_with_a_note",
            ),
            models.CheckConstraint(
                condition=Q(uplift_from__isnull=True, uplift_percent__isnull=True)
                | Q(uplift_from__isnull=False, uplift_percent__isnull=False),
                name="recharge_uplift_has_day_and_percent",
                violation_error_message=_("Give both, from when and by how much the salary is raised, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_model_display())


class Charge(models.Model):
    """What the host pays for one period. Expected ones are counted anew when something changes, others never.

    ``lines`` holds kind, label and amount of each component, as decimal text; together they make ``amount``.
    """

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="charges")
    number = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    lines = models.JSONField(default=list)
    working = models.JSONField(default=dict)  # how it was counted, as ``recharge.working`` gives it, for whoever checks
    state = models.CharField(max_length=8, choices=ChargeState, default=ChargeState.EXPECTED)
    invoice_number = models.CharField(_("number of the invoice"), max_length=60, blank=True)
    invoiced_on = models.DateField(_("invoiced on"), null=True)
    due_on = models.DateField(_("to be paid by"), null=True)
    invoiced_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    paid_on = models.DateField(_("paid on"), null=True)
    paid_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reminded = models.CharField(max_length=8, blank=True, editable=False)  # what finance was told last

    class Meta:
        ordering = ["secondment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["secondment", "number"], name="charge_once_each_number"),
            models.CheckConstraint(condition=Q(state__in=ChargeState.values), name="charge_state_known"),
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="charge_ends_after_start"),
            models.CheckConstraint(
                condition=Q(state=ChargeState.EXPECTED, invoiced_on__isnull=True, invoiced_by__isnull=True)
                | (
                    ~Q(state=ChargeState.EXPECTED)
                    & ~Q(invoice_number="")
                    & Q(invoiced_on__isnull=False, due_on__isnull=False, invoiced_by__isnull=False)
                ),
                name="charge_invoiced_has_its_invoice",
            ),
            models.CheckConstraint(
                condition=Q(state=ChargeState.PAID, paid_on__isnull=False, paid_by__isnull=False)
                | (~Q(state=ChargeState.PAID) & Q(paid_on__isnull=True, paid_by__isnull=True)),
                name="charge_paid_has_its_day",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state=ChargeState.INVOICED), name="charge_unpaid_by_due"),
            models.Index(fields=["state", "last_day"], name="charge_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.amount} {self.currency}"

    def get_absolute_url(self) -> str:
        return reverse("charge", args=[self.secondment.key, self.number])

    @property
    def is_paid(self) -> bool:
        return self.state == ChargeState.PAID


class HoursWorked(models.Model):
    """Hours of one month, where the host pays by the hour; ``month`` is its first day."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="hours")
    month = models.DateField(_("month"))
    hours = models.DecimalField(
        _("hours"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(744))],
    )
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["secondment", "month"]
        constraints = [
            models.UniqueConstraint(fields=["secondment", "month"], name="hours_once_each_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="hours_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month}: {self.hours}"
