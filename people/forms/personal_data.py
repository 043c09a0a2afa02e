"""Forms about the data that are kept of somebody."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.base import Form
from people.roles import Grounds


class CopyForm(Form):
    """HR says why it needs a copy of an employee's data."""

    reason = forms.CharField(
        label=_("Why do you need the copy?"),
        help_text=_("For instance: the employee asked you for it. Who looks at the record later sees this."),
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )


class HoldForm(Form):
    reason = forms.CharField(
        label=_("Why may nothing be erased?"),
        help_text=_("For instance: a claim before a tribunal. HR of your organisation sees this."),
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )


class ErasureForm(Form):
    grounds = forms.ChoiceField(
        label=_("Why are the data to be erased?"), choices=Grounds, widget=forms.RadioSelect, initial=Grounds.RETENTION
    )
