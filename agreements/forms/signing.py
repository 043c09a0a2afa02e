"""Forms of signing, and of what HR does with a paper that is out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements import drawing
from agreements.forms.terms import refuse_unprintable
from people.forms.base import Form
from people.forms.fields import DayField
from secondments.forms.parts import NamedPerson
from secondments.forms.rows import weekdays
from secondments.forms.wishes import say_now
from secondments.models import Secondment


class SignForm(Form):
    """Consent, name, a drawing for who likes, and a code; the file's SHA-256 says which file was on the page."""

    agrees = forms.BooleanField(label=gettext_lazy("I agree to sign electronically, as described above."))
    signed_name = forms.CharField(label=gettext_lazy("Your full name"), max_length=200)
    drawn = forms.CharField(required=False, widget=forms.HiddenInput)
    code = forms.CharField(
        label=gettext_lazy("Code from the e-mail"),
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    sha256 = forms.CharField(widget=forms.HiddenInput)
    disclosure_version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_code:
            del self.fields["code"]

    def clean_signed_name(self) -> str:
        name = " ".join(self.cleaned_data["signed_name"].split())
        refuse_unprintable(name)
        return name

    def clean_drawn(self) -> drawing.Strokes:
        try:
            return drawing.read(self.cleaned_data["drawn"])
        except drawing.Unreadable:
            raise forms.ValidationError(_("The drawing could not be read: draw it again, or leave it out.")) from None

    def act(self) -> dict[str, Any]:
        """As ``signing.sign`` takes it."""
        return {"code": "", **self.cleaned_data}


class ReassignForm(NamedPerson):
    reason = forms.CharField(
        label=gettext_lazy("Why does somebody else sign?"),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("It stands in the signature block and in the record of signing."),
    )


class ExtendForm(Form):
    until = DayField(label=gettext_lazy("New last day for signing"))
    reason = forms.CharField(
        label=gettext_lazy("Why?"), max_length=1000, widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("It stands in the record of signing."),
    )  # fmt: skip


class VariationForm(Form):
    """What a variation changes in the case; blank stays as it is. Clauses are changed on the paper itself."""

    reason = forms.CharField(
        label=gettext_lazy("Why is the agreement varied?"), max_length=1000, widget=forms.Textarea({"rows": 3})
    )
    end_on = DayField(label=gettext_lazy("New last day"), required=False)
    weekly_hours = forms.DecimalField(
        label=gettext_lazy("New hours per week"), required=False, min_value=1, max_value=60, decimal_places=2
    )
    working_days = weekdays(gettext_lazy("New days of the week"))
    effective = DayField(
        label=gettext_lazy("It takes effect on"),
        required=False,
        help_text=gettext_lazy("Left blank: today. New hours and days count for pay, leave and costs from then on."),
    )
    role_title = forms.CharField(label=gettext_lazy("New role at the host"), max_length=200, required=False)
    location = forms.CharField(label=gettext_lazy("New place of work"), max_length=200, required=False)
    exception = forms.CharField(
        label=gettext_lazy("Why it is extended although the policy speaks against it"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Only where it does; you are told when you draft the variation."),
    )

    def __init__(self, *args: Any, case: Secondment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        say_now(self, case)

    def changes(self) -> dict[str, Any]:
        """Only what differs from the case, as a paper keeps it."""
        found: dict[str, Any] = {}
        given, case = self.cleaned_data, self.case
        if given["end_on"] and given["end_on"] != case.end_on:
            found["end_on"] = given["end_on"].isoformat()
        if given["weekly_hours"] is not None and given["weekly_hours"] != case.weekly_hours:
            found["weekly_hours"] = str(given["weekly_hours"])
            found["is_full_time"] = given["weekly_hours"] >= case.full_time_hours
        if given["working_days"] and given["working_days"] != case.working_days:
            found["working_days"] = given["working_days"]
        elif case.working_days and found.get("is_full_time") and not case.is_full_time:
            found["working_days"] = []
        for name in ("role_title", "location"):
            if given[name].strip() and given[name].strip() != getattr(case, name):
                found[name] = given[name].strip()
        return found
