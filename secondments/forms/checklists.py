"""Forms of checklists: an item, its files, who sees to it, and what an organisation's lists begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, Form, ModelForm
from people.models import Person
from secondments.choices import ListKind, Party
from secondments.forms.concerns import PersonChoice
from secondments.models import ChecklistItem, UsualItem


class ChecklistItemForm(ModelForm):
    list = forms.ChoiceField(label=_("List"), choices=ListKind)
    party = forms.ChoiceField(label=_("By"), choices=Party)

    class Meta:
        model = ChecklistItem
        fields = ["list", "title", "party", "due_on", "blocks_start", "wants_evidence"]
        widgets = {"due_on": DateInput()}

    def __init__(self, *args: Any, lists: Sequence[ListKind], **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "item")
        super().__init__(*args, **kwargs)
        self.fields["list"].choices = [(kind.value, kind.label) for kind in lists]


class EvidenceForm(Form):
    file = forms.FileField(label=_("File"), help_text=_("PDF, PNG, JPEG, DOCX, XLSX or ODT, up to 10 MB."))


class ItemOwnerForm(PersonChoice):
    owner = forms.ChoiceField(label=_("Who sees to it?"))
    due_on = forms.DateField(label=_("Until"), required=False, widget=DateInput())

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("owner", people)


class UsualItemForm(ModelForm):
    """One item of a list; a row without a title does not count."""

    ROW = ("title", "party", "days", "kind", "blocks_start", "wants_evidence")
    use_required_attribute = False

    class Meta:
        model = UsualItem
        fields = ["title", "party", "days", "kind", "blocks_start", "wants_evidence"]
        help_texts = {"days": _("Before it with a minus.")}

    def __init__(self, *args: Any, is_return: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["party"].required = bool(self.data.get(self.add_prefix("title")))
        self.fields["days"].required = self.fields["party"].required
        self.fields["kind"].choices = [("", _("of any kind")), *self.fields["kind"].choices[1:]]
        if is_return:
            del self.fields["blocks_start"]


class UsualItemRows(forms.BaseFormSet):
    def rows(self) -> list[dict[str, Any]]:
        """What was kept, in the order that was given."""
        kept = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data.get("title") and not form.cleaned_data.get("DELETE")
        ]
        kept.sort(key=lambda row: row.get("ORDER") or len(self.forms))
        return [{name: row[name] for name in UsualItemForm.ROW if name in row} for row in kept]


UsualItems = forms.formset_factory(
    UsualItemForm, formset=UsualItemRows, extra=3, max_num=63, absolute_max=80, can_order=True, can_delete=True
)
