"""Forms of concerns: raising one, and the small acts of those who look into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, Form, ModelForm
from people.models import Person
from secondments.choices import ConcernEnd
from secondments.models import Concern


class ConcernForm(ModelForm):
    class Meta:
        model = Concern
        fields = ["kind", "happened_on", "what", "wish"]
        widgets = {
            "kind": forms.RadioSelect,
            "happened_on": DateInput(),
            "what": forms.Textarea({"rows": 5}),
            "wish": forms.Textarea({"rows": 3}),
        }
        help_texts = {
            "what": _("Say what you saw yourself, and when. HR of the employer reads it."),
            "wish": _("What is done is the employer's to decide."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [choice for choice in self.fields["kind"].choices if choice[0]]


class PersonChoice(Form):
    """One of a few people, by name."""

    def choose(self, field: str, people: Sequence[Person]) -> None:
        self.people = {str(person.pk): person for person in people}
        self.fields[field].choices = [(pk, person.full_name) for pk, person in self.people.items()]

    def chosen(self, field: str) -> Person:
        return self.people[self.cleaned_data[field]]


class OwnerForm(PersonChoice):
    owner = forms.ChoiceField(label=_("Who looks into it?"))

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("owner", people)


class ActionForm(PersonChoice):
    text = forms.CharField(label=_("What is to be done"), max_length=500)
    doer = forms.ChoiceField(label=_("By"))
    due_on = forms.DateField(label=_("Until"), widget=DateInput())

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("doer", people)


class TellForm(Form):
    told = forms.CharField(
        label=_("What the secondee is told"),
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("They read these words and the outcome, nothing else of this page. It is said once."),
    )


class CloseForm(Form):
    end = forms.ChoiceField(label=_("What became of it?"), choices=ConcernEnd, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What whoever raised it is told"),
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, was_raised: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = was_raised  # what the calendar raised is told to nobody
