from __future__ import annotations

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models.organisation import Organisation


class PolicyQuerySet(models.QuerySet["Policy"]):
    def on(self, organisation: Organisation, day: datetime.date) -> Policy:
        """The policy in force on a day; the defaults where an organisation has none."""
        found = self.filter(organisation=organisation, effective_from__lte=day).order_by("-effective_from").first()
        return found or Policy(organisation=organisation, effective_from=day)


class Policy(models.Model):
    """An organisation's rules from a day on; copied onto each case when it is submitted."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="policies")
    effective_from = models.DateField(_("in force from"))
    minimum_days = models.PositiveSmallIntegerField(_("shortest secondment, days"), default=14)
    maximum_days = models.PositiveSmallIntegerField(_("longest secondment, days"), default=1096)
    decision_days = models.PositiveSmallIntegerField(_("days for a decision"), default=7)
    signing_days = models.PositiveSmallIntegerField(_("days for a signature"), default=7)
    first_checkin_weeks = models.PositiveSmallIntegerField(_("first check-in after, weeks"), default=2)
    checkin_every_weeks = models.PositiveSmallIntegerField(_("then every, weeks"), default=4)
    remind_before_days = models.PositiveSmallIntegerField(_("remind before, days"), default=2)
    remind_after_days = models.PositiveSmallIntegerField(_("remind after, days"), default=2)
    escalate_after_days = models.PositiveSmallIntegerField(_("tell HR after, days"), default=5)
    review_days_before = models.PositiveSmallIntegerField(_("review opens before the end, days"), default=30)
    notice_weeks_seconder = models.PositiveSmallIntegerField(_("notice by the seconder, weeks"), default=4)
    notice_weeks_host = models.PositiveSmallIntegerField(_("notice by the host, weeks"), default=4)
    notice_weeks_secondee = models.PositiveSmallIntegerField(_("notice by the secondee, weeks"), default=4)

    objects = PolicyQuerySet.as_manager()

    RULES = (
        "minimum_days",
        "maximum_days",
        "decision_days",
        "signing_days",
        "first_checkin_weeks",
        "checkin_every_weeks",
        "remind_before_days",
        "remind_after_days",
        "escalate_after_days",
        "review_days_before",
        "notice_weeks_seconder",
        "notice_weeks_host",
        "notice_weeks_secondee",
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
                condition=models.Q(checkin_every_weeks__gte=1), name="policy_checkins_at_least_a_week_apart"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, from {self.effective_from}"

    def copy(self) -> dict[str, int]:
        """The rules as they are kept on a case."""
        return {rule: getattr(self, rule) for rule in self.RULES}
