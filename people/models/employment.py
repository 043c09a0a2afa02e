from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.models.organisation import Department, Organisation
from people.models.user import Person


class Employment(models.Model):
    """What a person is at an organisation. The salary is shown to HR and finance of that organisation alone."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="employments")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="employments")
    department = models.ForeignKey(Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    line_manager = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports")
    employee_number = models.CharField(_("employee number"), max_length=40, blank=True)
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    grade = models.CharField(_("grade"), max_length=40, blank=True)
    started_on = models.DateField(_("started on"), null=True, blank=True)
    contract_ends_on = models.DateField(_("contract ends on"), null=True, blank=True)
    weekly_hours = models.DecimalField(_("hours per week"), max_digits=4, decimal_places=2, default=Decimal("40"))
    annual_salary = models.DecimalField(_("annual salary"), max_digits=12, decimal_places=2, null=True, blank=True)
    salary_currency = models.CharField(_("currency"), max_length=3, blank=True)
    location = models.CharField(_("work location"), max_length=200, blank=True)

    class Meta:
        ordering = ["organisation", "person", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation"], name="employment_unique"),
            models.UniqueConstraint(
                fields=["organisation", "employee_number"],
                condition=~Q(employee_number=""),
                name="employee_number_unique",
            ),
            models.CheckConstraint(
                condition=Q(weekly_hours__gt=0, weekly_hours__lte=60), name="employment_weekly_hours_possible"
            ),
            models.CheckConstraint(
                condition=Q(annual_salary__isnull=True) | (Q(annual_salary__gte=0) & ~Q(salary_currency="")),
                name="employment_salary_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(contract_ends_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(contract_ends_on__gte=F("started_on")),
                name="employment_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.job_title or _('employee')} at {self.organisation}"
