from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from people import clock
from people.models.labels import label
from people.models.organisation import Department, Organisation
from people.models.ranges import DateRange, IdRange
from people.models.user import Person, Words, begins_word, words_of
from people.roles import ContractType, Role


class EmploymentQuerySet(models.QuerySet["Employment"]):
    def current(self, day: date | None = None) -> EmploymentQuerySet:
        """The terms that hold on a day, by default today in UTC: one row of a person at an organisation."""
        day = day or clock.today("UTC")
        return self.filter(Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day))

    def lasting(self, day: date | None = None) -> EmploymentQuerySet:
        """The terms that hold on a day or later ones."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day or clock.today("UTC")))

    def in_department(self, name: str) -> EmploymentQuerySet:
        """Those in a department of this name; all, if no name is given."""
        return self.filter(department__name=name) if name else self

    def visible_to(self, person: Person) -> EmploymentQuerySet:
        """One's own; those of one's organisations and of those one keeps; today's of one's team."""
        team = Q(pk__in=self.model.objects.current().filter(line_manager=person).values("pk"))
        return self.filter(Q(person=person) | Q(organisation__in=person.organisations_seen) | team)

    def detailed_to(self, person: Person) -> EmploymentQuerySet:
        """Those of which one sees more than job and contact: one's own and those of one's organisations."""
        return self.filter(Q(person=person) | Q(organisation__in=person.organisations_seen))

    def editable_by(self, person: Person) -> EmploymentQuerySet:
        return self.filter(organisation__in=person.records_of)

    def paid_in_sight_of(self, person: Person) -> EmploymentQuerySet:
        """Those whose salary one may see: one's own; HR and finance those of their own organisation."""
        paid_by = person.organisations_as(Role.HR, Role.FINANCE)
        return self.filter(Q(person=person) | Q(organisation__in=paid_by))

    def with_words(self, text: str) -> EmploymentQuerySet:
        """Those of which each word typed begins a word of the job title or of the employee number; indexed."""
        return self.filter(*(begins_word(Words("job_title", "employee_number"), word) for word in words_of(text)))


class Employment(models.Model):
    """The terms on which a person works for an organisation, from a day and until another.

    A change of terms ends one row and begins the next; rows of one person at one organisation never overlap
    and their sequence is the employment's history. ``started_on`` is the first day of the employment as a
    whole. The salary is shown to HR and finance of that organisation alone, and each look at it is recorded.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="employments")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="employments")
    department = models.ForeignKey(Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    line_manager = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports")
    employee_number = models.CharField(_("employee number"), max_length=40, blank=True)
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    grade = models.CharField(_("grade"), max_length=40, blank=True)
    contract_type = models.CharField(_("contract"), max_length=12, choices=ContractType, default=ContractType.PERMANENT)
    probation_ends_on = models.DateField(_("probation ends on"), null=True, blank=True)
    since = models.DateField(_("these terms hold from"), null=True, blank=True)
    until = models.DateField(_("these terms hold until"), null=True, blank=True)
    started_on = models.DateField(_("started on"), null=True, blank=True)
    contract_ends_on = models.DateField(_("contract ends on"), null=True, blank=True)
    weekly_hours = models.DecimalField(_("hours per week"), max_digits=4, decimal_places=2, default=Decimal("40"))
    annual_salary = models.DecimalField(_("annual salary"), max_digits=12, decimal_places=2, null=True, blank=True)
    salary_currency = models.CharField(_("currency"), max_length=3, blank=True)
    location = models.CharField(_("work location"), max_length=200, blank=True)

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "person", F("since").desc(nulls_last=True), "pk"]
        indexes = [
            models.Index(fields=["organisation", "person"], name="employment_by_organisation"),
            GinIndex(Words("job_title", "employee_number"), name="employment_words"),
        ]
        constraints = [
            ExclusionConstraint(
                name="employment_no_two_at_once",
                expressions=[
                    (IdRange(F("person"), F("person"), Value("[]")), RangeOperators.OVERLAPS),
                    (IdRange(F("organisation"), F("organisation"), Value("[]")), RangeOperators.OVERLAPS),
                    (DateRange(F("since"), F("until"), Value("[]")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("These terms overlap with others of the same person."),
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="employment_until_after_since",
            ),
            models.UniqueConstraint(
                fields=["organisation", "employee_number"],
                condition=~Q(employee_number="") & Q(until__isnull=True),
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

    TERMS = (
        "department",
        "line_manager",
        "employee_number",
        "job_title",
        "grade",
        "contract_type",
        "probation_ends_on",
        "started_on",
        "contract_ends_on",
        "weekly_hours",
        "location",
    )
    PAY = ("annual_salary", "salary_currency")

    def __str__(self) -> str:
        return f"{self.person}, {self.job_title or _('employee')} at {self.organisation}"

    def shown(self, name: str) -> str:
        """A term in words, as pages and the ledger have it; never used for the salary."""
        value = getattr(self, name)
        if name == "contract_type":
            return str(self.get_contract_type_display())
        if name == "weekly_hours" and value is not None:
            return f"{value.normalize():f}"
        if isinstance(value, date):
            return date_format(value, "j M Y")
        return str(value) if value else ""

    def differences(self, older: Employment) -> list[tuple[str, str, str]]:
        """Label, before and after of each term that an older row had otherwise; that the pay changed, not how."""
        found = [
            (label(self, name), older.shown(name), self.shown(name))
            for name in self.TERMS
            if older.shown(name) != self.shown(name)
        ]
        if any(getattr(older, name) != getattr(self, name) for name in self.PAY):
            found.append((str(_("salary")), "", str(_("changed"))))
        return found
