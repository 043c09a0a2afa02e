"""Forms of leave and absence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, Form, ModelForm
from secondments.models import Absence, Leave, LeaveAccount


class LeaveForm(ModelForm):
    places = {"leave_ends_after_start": ("last_day", _("The last day is before the first day."))}

    class Meta:
        model = Leave
        fields = ["kind", "first_day", "starts_at_noon", "last_day", "ends_at_noon", "note"]
        widgets = {"first_day": DateInput(), "last_day": DateInput(), "note": forms.Textarea({"rows": 2})}
        help_texts = {"note": _("Your line manager and HR read it; your host learns the days alone.")}


class RefusalForm(Form):
    reason = forms.CharField(
        label=_("Why not, if it is refused"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )


class AccountForm(ModelForm):
    class Meta:
        model = LeaveAccount
        fields = ["yearly_days", "brought_in"]
        help_texts = {
            "yearly_days": _("The placement gives its share, by its days and by the days of the week."),
            "brought_in": _("Left over from the home post; a negative number was taken in advance."),
        }


class AbsenceForm(ModelForm):
    places = {
        "absence_ends_after_start": ("last_day", _("This is before the first day away.")),
        "absence_one_lasts": ("first_day", _("An absence that lasts was told already: end it first.")),
    }

    class Meta:
        model = Absence
        fields = ["kind", "first_day", "expected_until", "last_day", "reason"]
        widgets = {
            "first_day": DateInput(),
            "expected_until": DateInput(),
            "last_day": DateInput(),
            "reason": forms.Textarea({"rows": 2}),
        }
        help_texts = {
            "last_day": _("Only if it is over."),
            "reason": _("Read by HR of the employer alone, and each look is recorded."),
        }

    def __init__(self, *args: Any, knows: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not knows:
            del self.fields["reason"]


class BackForm(Form):
    last_day = forms.DateField(label=_("Last day away"), widget=DateInput())
