"""Forms of keeping in touch."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, ModelForm
from secondments.models import News, Touch


class TouchForm(ModelForm):
    class Meta:
        model = Touch
        fields = ["on", "channel", "note"]
        widgets = {"on": DateInput(), "note": forms.Textarea({"rows": 2})}
        help_texts = {"note": _("The secondee, their line manager and HR read it.")}


class NewsForm(ModelForm):
    link = forms.URLField(label=_("Link"), required=False, max_length=300, assume_scheme="https")

    class Meta:
        model = News
        fields = ["title", "text", "link", "is_vacancy", "shown_until"]
        widgets = {"text": forms.Textarea({"rows": 4}), "shown_until": DateInput()}
