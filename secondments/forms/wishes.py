"""Forms of changes that a party asks for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, Form, ModelForm
from secondments import substance
from secondments.forms.rows import weekdays
from secondments.models import Secondment, Wish


def say_now(form: Form | ModelForm, case: Secondment) -> None:
    """Say under each field what it is now."""
    now = {
        "end_on": date_format(case.end_on, "j F Y") if case.end_on else "",
        "weekly_hours": f"{case.weekly_hours.normalize():f}" if case.weekly_hours else "",
        "working_days": substance.weekdays(case),
        "role_title": case.role_title,
        "location": case.location,
    }
    for name, value in now.items():
        if value:
            form.fields[name].help_text = _now("Now: %(value)s") % {"value": value}


class WishForm(ModelForm):
    """What is to change, and why; what is left blank stays."""

    working_days = weekdays(_("New days of the week"))

    class Meta:
        model = Wish
        fields = ["is_notice", "end_on", "weekly_hours", "working_days", "role_title", "location", "other", "reason"]
        widgets = {
            "end_on": DateInput(),
            "other": forms.Textarea({"rows": 2}),
            "reason": forms.Textarea({"rows": 3}),
        }
        help_texts = {"reason": _("All who would have to agree to it read it.")}

    def __init__(self, *args: Any, case: Secondment, notice_until: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert case.end_on
        if notice_until:
            self.fields["is_notice"].help_text = _now(
                "Given today it runs until %(day)s, unless you write a later last day. HR confirms it by letter."
            ) % {"day": date_format(notice_until, "j F Y")}
        else:
            del self.fields["is_notice"]
        say_now(self, case)

    def _ask_constraints(self) -> None:
        """What the database asks is about stamps that the act itself writes."""


class AnswerForm(Form):
    granted = forms.TypedChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("Prepare a variation, which all three sign")), ("no", _("Refuse"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    why = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Needed for a refusal, and where the policy speaks against it."),
    )
