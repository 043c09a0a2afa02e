from __future__ import annotations

import datetime
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from people import clock
from people.models.labels import label
from people.models.organisation import Organisation
from people.models.user import Person
from people.roles import Role, SigningOrder


class PolicyQuerySet(models.QuerySet["Policy"]):
    def on(self, organisation: Organisation, day: datetime.date) -> Policy:
        """The policy in force on a day; the defaults where an organisation has none."""
        found = self.filter(organisation=organisation, effective_from__lte=day).order_by("-effective_from").first()
        return found or self.model(organisation=organisation, effective_from=day)

    def visible_to(self, person: Person) -> PolicyQuerySet:
        """The rules of one's own organisations."""
        return self.filter(organisation__in=person.organisations_as(*Role.values))

    def editable_by(self, person: Person) -> PolicyQuerySet:
        """Versions that have not begun, of organisations whose HR one is; a day is one of the organisation's zone."""
        today = Cast(
            models.Func(
                models.F("organisation__time_zone"), models.Value(clock.now()), function="timezone",
                output_field=models.DateTimeField(),
            ),
            models.DateField(),
        )  # fmt: skip
        return self.filter(organisation__in=person.organisations_as(Role.HR), effective_from__gt=today)


class Policy(models.Model):
    """An organisation's rules from a day on; copied onto each case when it is submitted."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="policies")
    effective_from = models.DateField(_("in force from"))
    minimum_days = models.PositiveSmallIntegerField(_("shortest secondment, days"), default=14)
    maximum_days = models.PositiveSmallIntegerField(_("longest secondment, days"), default=1096)
    advance_notice_days = models.PositiveSmallIntegerField(_("proposed before the first day, days"), default=28)
    release_lead_days = models.PositiveSmallIntegerField(_("released before the first day, days"), default=14)
    decision_days = models.PositiveSmallIntegerField(_("days for a decision"), default=7)
    signing_days = models.PositiveSmallIntegerField(_("days for a signature"), default=7)
    signing_expiry_days = models.PositiveSmallIntegerField(_("an agreement that is out lapses after, days"), default=30)
    two_papers = models.BooleanField(_("the secondee's contract is varied by a paper of its own"), default=False)
    first_checkin_weeks = models.PositiveSmallIntegerField(_("first check-in after, weeks"), default=2)
    checkin_every_weeks = models.PositiveSmallIntegerField(_("then every, weeks"), default=4)
    remind_before_days = models.PositiveSmallIntegerField(_("remind before, days"), default=2)
    remind_after_days = models.PositiveSmallIntegerField(_("remind after, days"), default=2)
    escalate_after_days = models.PositiveSmallIntegerField(_("tell HR after, days"), default=5)
    review_days_before = models.PositiveSmallIntegerField(_("review opens before the end, days"), default=30)
    minimum_service_months = models.PositiveSmallIntegerField(_("least service at the seconder, months"), default=6)
    probation_must_be_over = models.BooleanField(_("probation must be over"), default=True)
    contract_must_outlast = models.BooleanField(_("a fixed-term contract must outlast the secondment"), default=True)
    months_between = models.PositiveSmallIntegerField(_("months since the last secondment"), default=12)
    cumulative_maximum_days = models.PositiveSmallIntegerField(_("longest in all with one host, days"), default=1826)
    extensions_maximum = models.PositiveSmallIntegerField(_("extensions at most"), default=2)
    extension_maximum_days = models.PositiveSmallIntegerField(_("longest extension, days"), default=366)
    extension_days_before = models.PositiveSmallIntegerField(
        _("an extension is asked for before the end, days"), default=60
    )
    return_meeting_days_before = models.PositiveSmallIntegerField(_("return meeting before the end, days"), default=60)
    annual_leave_days = models.PositiveSmallIntegerField(_("annual leave of a full-time year, days"), default=25)
    long_absence_days = models.PositiveSmallIntegerField(_("an absence is long from, days"), default=28)
    touch_every_days = models.PositiveSmallIntegerField(_("home is in touch at least every, days"), default=42)
    decisions_in_sequence = models.BooleanField(_("decisions one after another"), default=False)
    signing_order = models.CharField(
        _("order of signing"), max_length=40, choices=SigningOrder, default=SigningOrder.SECONDEE_HOST_SECONDER
    )
    on_cost_percent = models.DecimalField(
        _("on-costs, % of the salary"),
        max_digits=5,
        decimal_places=2,
        default=Decimal("20.00"),
        validators=[MinValueValidator(0), MaxValueValidator(200)],
    )
    retention_years = models.PositiveSmallIntegerField(_("cases are kept after their end, years"), default=6)
    notice_weeks_seconder = models.PositiveSmallIntegerField(_("notice by the seconder, weeks"), default=4)
    notice_weeks_host = models.PositiveSmallIntegerField(_("notice by the host, weeks"), default=4)
    notice_weeks_secondee = models.PositiveSmallIntegerField(_("notice by the secondee, weeks"), default=4)

    note = models.TextField(_("what changed and why"), max_length=2000, blank=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)

    objects = PolicyQuerySet.as_manager()

    RULES = (
        "minimum_days",
        "maximum_days",
        "advance_notice_days",
        "release_lead_days",
        "decision_days",
        "signing_days",
        "signing_expiry_days",
        "two_papers",
        "first_checkin_weeks",
        "checkin_every_weeks",
        "remind_before_days",
        "remind_after_days",
        "escalate_after_days",
        "review_days_before",
        "notice_weeks_seconder",
        "notice_weeks_host",
        "notice_weeks_secondee",
        "minimum_service_months",
        "probation_must_be_over",
        "contract_must_outlast",
        "months_between",
        "cumulative_maximum_days",
        "extensions_maximum",
        "extension_maximum_days",
        "extension_days_before",
        "return_meeting_days_before",
        "annual_leave_days",
        "long_absence_days",
        "touch_every_days",
        "decisions_in_sequence",
        "signing_order",
        "on_cost_percent",
        "retention_years",
    )

    class Meta:
        ordering = ["organisation", "-effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "effective_from"], name="policy_one_each_day"),
            models.CheckConstraint(
                condition=models.Q(minimum_days__lte=models.F("maximum_days")), name="policy_minimum_below_maximum"
            ),
            models.CheckConstraint(
                condition=models.Q(remind_before_days__lte=14), name="policy_reminds_at_most_two_weeks_before"
            ),
            models.CheckConstraint(
                condition=models.Q(touch_every_days__gte=1, long_absence_days__gte=1),
                name="policy_watches_at_least_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(checkin_every_weeks__gte=1), name="policy_checkins_at_least_a_week_apart"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, from {self.effective_from}"

    def shown(self, rule: str) -> str:
        """A rule's value in words."""
        value = getattr(self, rule)
        if rule == "signing_order":
            return str(self.get_signing_order_display())
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        return str(value)

    def differences(self, older: Policy) -> list[tuple[str, str, str]]:
        """Label, before and after of each rule that an older version had otherwise."""
        return [
            (label(self, rule), older.shown(rule), self.shown(rule))
            for rule in self.RULES
            if getattr(older, rule) != getattr(self, rule)
        ]

    def copy(self) -> dict[str, int | bool | str | Decimal]:
        """The rules by their names."""
        return {rule: getattr(self, rule) for rule in self.RULES}

    def kept(self) -> dict[str, int | bool | str]:
        """The rules as they are kept on a case, where JSON knows no decimal."""
        return {rule: str(value) if isinstance(value, Decimal) else value for rule, value in self.copy().items()}
