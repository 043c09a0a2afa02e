"""Forms of the running placement: decisions, check-ins, checklists, ending early."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, Form, ModelForm
from secondments.choices import Going, ListKind, Party
from secondments.models import CheckIn, ChecklistItem


class CheckInForm(ModelForm):
    going = forms.TypedChoiceField(
        label=_("How is it going?"), choices=Going.choices, coerce=int, widget=forms.RadioSelect
    )

    class Meta:
        model = CheckIn
        fields = ["going", "progress", "support", "wants_contact", "note_to_hr"]
        widgets = {
            "progress": forms.Textarea({"rows": 3}),
            "support": forms.Textarea({"rows": 3}),
            "note_to_hr": forms.Textarea({"rows": 2}),
        }
        help_texts = {"note_to_hr": _("Only HR of the seconder reads this.")}


class EarlyEndForm(Form):
    asked_by = forms.ChoiceField(
        label=_("Who ends it?"),
        choices=[(p.value, p.label) for p in (Party.SECONDER, Party.HOST, Party.SECONDEE)],
        widget=forms.RadioSelect,
    )
    last_day = forms.DateField(label=_("New last day"), widget=DateInput())
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3}))


class ChecklistItemForm(ModelForm):
    list = forms.ChoiceField(label=_("List"), choices=ListKind)
    party = forms.ChoiceField(label=_("By"), choices=Party)

    class Meta:
        model = ChecklistItem
        fields = ["list", "title", "party", "due_on", "blocks_start"]
        widgets = {"due_on": DateInput()}

    def __init__(self, *args: Any, lists: Sequence[ListKind], **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "item")
        super().__init__(*args, **kwargs)
        self.fields["list"].choices = [(kind.value, kind.label) for kind in lists]
