"""The form of an organisation's rules: all that steer something, in groups, each with what it does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.forms.base import DateInput, ModelForm
from people.models import Policy

GROUPS: list[tuple[Any, dict[str, Any]]] = [
    (
        gettext_lazy("Length"),
        {
            "minimum_days": gettext_lazy("A proposal for fewer days cannot be submitted."),
            "maximum_days": gettext_lazy("A proposal for more days cannot be submitted; both ends count."),
        },
    ),
    (
        gettext_lazy("Time ahead"),
        {
            "advance_notice_days": gettext_lazy("Who submits later is warned, not stopped."),
            "release_lead_days": gettext_lazy("Who releases later is warned, not stopped."),
        },
    ),
    (
        gettext_lazy("Who may go"),
        {
            "minimum_service_months": gettext_lazy("Counted to the first day of the secondment; 0 asks for none."),
            "probation_must_be_over": gettext_lazy("Before the first day of the secondment."),
            "contract_must_outlast": gettext_lazy("The contract runs at least until the last day."),
            "months_between": gettext_lazy("From the end of one secondment to the start of the next; 0 asks for none."),
            "cumulative_maximum_days": gettext_lazy("Secondments of a person to one host together; 0 sets no limit."),
        },
    ),
    (
        gettext_lazy("Decisions and signatures"),
        {
            "decision_days": gettext_lazy("To release, to consent, to accept; then the case is listed as stuck."),
            "decisions_in_sequence": gettext_lazy("The line manager first, then the secondee, then the host."),
            "signing_days": gettext_lazy("Each party has as long; then the case is listed as stuck."),
            "signing_order": gettext_lazy("Each is asked when those before have signed."),
            "signing_expiry_days": gettext_lazy("Counted from the day of issue; HR is told before, and can extend it."),
            "two_papers": gettext_lazy("Signed by the secondee and the seconder, beside the agreement with the host."),
        },
    ),
    (
        gettext_lazy("Check-ins and review"),
        {
            "first_checkin_weeks": gettext_lazy("Counted from the first day."),
            "checkin_every_weeks": gettext_lazy("Until the last day."),
            "review_days_before": gettext_lazy("The three are then asked to look back."),
        },
    ),
    (
        gettext_lazy("Extension and return"),
        {
            "extension_days_before": gettext_lazy("Who asks later is told so; HR needs a reason to agree."),
            "extensions_maximum": gettext_lazy("Of one placement; more of them need a reason."),
            "extension_maximum_days": gettext_lazy("A longer one needs a reason."),
            "return_meeting_days_before": gettext_lazy("The day stands in everybody's calendar file."),
        },
    ),
    (
        gettext_lazy("While somebody is away"),
        {
            "annual_leave_days": gettext_lazy("Working days of a full year; less for shorter and part-time ones."),
            "long_absence_days": gettext_lazy("Days in a row, both ends counted; it then becomes HR's to look into."),
            "touch_every_days": gettext_lazy("The line manager is reminded when there was silence for as long."),
        },
    ),
    (
        gettext_lazy("Reminders"),
        {
            "remind_before_days": gettext_lazy("Days before the due day; at most 14."),
            "remind_after_days": gettext_lazy("Days after the due day, to whoever has not answered."),
            "escalate_after_days": gettext_lazy("Days after the due day."),
        },
    ),
    (
        gettext_lazy("Notice"),
        {
            "notice_weeks_seconder": gettext_lazy("Proposed as the last day when the seconder ends a placement early."),
            "notice_weeks_host": gettext_lazy("The same for the host."),
            "notice_weeks_secondee": gettext_lazy("The same for the secondee."),
        },
    ),
    (
        gettext_lazy("Costs"),
        {
            "on_cost_percent": gettext_lazy(
                "Social security, pension and other charges on top of the salary; estimates count with it."
            ),
        },
    ),
    (
        gettext_lazy("Keeping"),
        {"retention_years": gettext_lazy("Then the personal data of a closed case can be erased.")},
    ),
]  # fmt: skip
RULES = [rule for _title, rules in GROUPS for rule in rules]


class PolicyForm(ModelForm):
    """One version of the rules; what cannot be is said at the field."""

    checked_with = ("organisation",)
    places = {
        "policy_one_each_day": (
            "effective_from",
            gettext_lazy("Another version begins on that day; choose another day."),
        ),
        "policy_minimum_below_maximum": ("maximum_days", gettext_lazy("This is less than the shortest secondment.")),
        "policy_reminds_at_most_two_weeks_before": ("remind_before_days", gettext_lazy("Give at most 14 days.")),
        "policy_watches_at_least_a_day": (None, gettext_lazy("Long absence and silence are counted from 1 day on.")),
        "policy_checkins_at_least_a_week_apart": ("checkin_every_weeks", gettext_lazy("Give at least 1 week.")),
    }

    class Meta:
        model = Policy
        fields = ["effective_from", *RULES, "note"]
        widgets = {"effective_from": DateInput(), "note": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True
        self.fields["effective_from"].help_text = _("Today or a later day. Cases that were submitted keep their rules.")
        usual = Policy()
        for _title, rules in GROUPS:
            for rule, meaning in rules.items():
                self.fields[rule].help_text = _("%(meaning)s Usually: %(value)s.") % {
                    "meaning": meaning,
                    "value": usual.shown(rule),
                }

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Titles with their fields, for the template."""
        return [(str(title), [self[rule] for rule in rules]) for title, rules in GROUPS]

    def rules(self) -> dict[str, Any]:
        """What the action wants."""
        return {rule: self.cleaned_data[rule] for rule in RULES}
