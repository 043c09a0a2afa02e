"""Forms of the way back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, Form, ModelForm
from secondments.choices import SkillUse
from secondments.models import ReturnPlan

LONG = ("meeting_notes", "phased", "training", "wishes", "skills_use", "sharing", "handback")


class ReturnPlanForm(ModelForm):
    """Those fields of the plan that are the reader's part."""

    class Meta:
        model = ReturnPlan
        fields = [
            "meeting_on",
            "meeting_notes",
            "role_kind",
            "role",
            "manager_name",
            "post_protected_until",
            "start_back_on",
            "phased",
            "training",
            "wishes",
            "skills_use",
            "sharing",
            "handback",
        ]
        widgets = {
            **{name: forms.Textarea({"rows": 2}) for name in LONG},
            **{name: DateInput() for name in ("meeting_on", "post_protected_until", "start_back_on")},
        }
        help_texts = {
            "phased": _("For instance three days a week in the first month."),
            "handback": _("Who takes what back, and what becomes of accounts and data."),
            "sharing": _("For instance a talk to the team, or notes that others can use."),
        }

    def __init__(self, *args: Any, mine: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(mine):
            del self.fields[name]

    def _ask_constraints(self) -> None:
        """What the database asks is about stamps that the act itself writes."""


class RiskForm(ModelForm):
    class Meta:
        model = ReturnPlan
        fields = ["risk_why", "risk_done"]
        widgets = {name: forms.Textarea({"rows": 3}) for name in fields}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["risk_why"].required = True

    def _ask_constraints(self) -> None:
        """As above."""


class AccessForm(Form):
    on = forms.DateField(label=_("Access ended on"), widget=DateInput())


class FollowUpForm(Form):
    """Two questions, the second only where the first is answered with yes."""

    still_here = forms.TypedChoiceField(
        label=_("Do they still work for you?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    skills_used = forms.ChoiceField(
        label=_("Do they use what they learnt?"), choices=SkillUse, required=False, widget=forms.RadioSelect
    )
