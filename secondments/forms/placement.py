"""Forms of the running placement: decisions, check-ins, checklists, ending early."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, Form, ModelForm, style
from secondments.choices import Going, Party, Standing
from secondments.models import CheckIn, Concern, Objective

# The same questions, put to the host.
FOR_HOST = {
    "going": _("How is it going with the secondee?"),
    "progress": _("What has the secondee achieved since the last check-in?"),
    "skills": _("Which skills do you see growing?"),
    "support": _("What would help you or the secondee, or should change?"),
}


class CheckInForm(ModelForm):
    """A few questions, and one for each objective. As a draft nothing need be answered."""

    going = forms.TypedChoiceField(
        label=_("How is it going?"), choices=Going.choices, coerce=int, empty_value=None, widget=forms.RadioSelect
    )

    class Meta:
        model = CheckIn
        fields = ["going", "progress", "skills", "support", "wants_contact", "note_to_hr"]
        widgets = {
            "progress": forms.Textarea({"rows": 3}),
            "skills": forms.Textarea({"rows": 2}),
            "support": forms.Textarea({"rows": 3}),
            "note_to_hr": forms.Textarea({"rows": 2}),
        }
        help_texts = {"note_to_hr": _("Only HR of the seconder reads this.")}

    def __init__(self, *args: Any, objectives: Iterable[Objective], is_draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.party == Party.HOST:
            for name, label in FOR_HOST.items():
                self.fields[name].label = label
        self.fields["going"].required = not is_draft
        self.objectives = list(objectives)
        known = {row.objective_id: row for row in self.instance.standings.all()}
        for objective in self.objectives:
            row = known.get(objective.pk)
            self.fields[f"standing_{objective.pk}"] = forms.ChoiceField(
                label=_("How does it stand?"),
                choices=[("", _("No word on it")), *Standing.choices],
                required=False,
                initial=row.standing if row else "",
            )
            self.fields[f"note_{objective.pk}"] = forms.CharField(
                label=_("More on it"), required=False, max_length=500, initial=row.note if row else ""
            )
        style(self)

    def questions(self) -> list[tuple[Objective, Any, Any]]:
        """Each objective with its two fields, for the template."""
        return [(o, self[f"standing_{o.pk}"], self[f"note_{o.pk}"]) for o in self.objectives]

    def standings(self) -> dict[int, tuple[str, str]]:
        found = self.cleaned_data
        return {
            o.pk: (found[f"standing_{o.pk}"], found[f"note_{o.pk}"])
            for o in self.objectives
            if found[f"standing_{o.pk}"]
        }


class AttendForm(Form):
    note = forms.CharField(
        label=_("What was done"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Read by HR of the seconder and by who checked in."),
    )


class SummaryForm(Form):
    summary = forms.CharField(
        label=_("What the line manager is to know"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("In words of your own; the answers themselves are not shown to them. Who checked in reads it too."),
    )


class ExtraCheckInForm(Form):
    parties = forms.MultipleChoiceField(label=_("Who checks in?"), widget=forms.CheckboxSelectMultiple)
    due_on = forms.DateField(label=_("By"), widget=DateInput())
    because = forms.CharField(
        label=_("Why"), required=False, max_length=300, help_text=_("Whoever checks in reads it, and HR.")
    )

    def __init__(self, *args: Any, parties: Sequence[Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parties"].choices = [(party.value, party.label) for party in parties]
        self.fields["parties"].initial = [party.value for party in parties]


class RhythmForm(Form):
    every_weeks = forms.IntegerField(
        label=_("A check-in every so many weeks"),
        min_value=1,
        max_value=26,
        help_text=_("Those ahead are planned anew; extra ones and those that are due stay."),
    )


class EarlyEndForm(Form):
    asked_by = forms.ChoiceField(
        label=_("Who ends it?"),
        choices=[(p.value, p.label) for p in (Party.SECONDER, Party.HOST, Party.SECONDEE)],
        widget=forms.RadioSelect,
    )
    given_on = forms.DateField(
        label=_("Notice was received on"),
        required=False,
        widget=DateInput(),
        help_text=_("Today, if it is left empty. The weeks of notice run from that day."),
    )
    last_day = forms.DateField(label=_("New last day"), widget=DateInput())
    at_once = forms.BooleanField(
        label=_("At once, or sooner than the notice allows"),
        required=False,
        help_text=_("Somebody else at the seconder has to approve it: HR, the line manager or the signatory."),
    )
    concern = forms.ModelChoiceField(
        label=_("Because of a concern"), queryset=Concern.objects.none(), required=False, empty_label=_("None of them")
    )
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, concerns: QuerySet[Concern], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["concern"].queryset = concerns
        if not concerns.exists():
            del self.fields["concern"]

    def clean(self) -> dict[str, Any]:
        return {"concern": None, **(super().clean() or {})}
