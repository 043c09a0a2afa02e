"""Forms of the review and the return."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, Form, ModelForm, style
from secondments.choices import Result
from secondments.models import Evaluation, Objective, Secondment


class EvaluationForm(ModelForm):
    """Two questions for each objective, then three in general."""

    would_repeat = forms.TypedChoiceField(
        label=_("Would you do it again?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Evaluation
        fields = ["what_worked", "skills", "would_repeat"]
        widgets = {"what_worked": forms.Textarea({"rows": 3}), "skills": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, objectives: Iterable[Objective], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.objectives = list(objectives)
        for objective in self.objectives:
            self.fields[f"result_{objective.pk}"] = forms.ChoiceField(
                label=_("Result"), choices=Result, widget=forms.RadioSelect
            )
            self.fields[f"evidence_{objective.pk}"] = forms.CharField(
                label=_("What shows it?"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
            )
        style(self)

    def questions(self) -> list[tuple[Objective, Any, Any]]:
        """Each objective with its two fields, for the template."""
        return [(o, self[f"result_{o.pk}"], self[f"evidence_{o.pk}"]) for o in self.objectives]

    def results(self) -> dict[int, tuple[str, str]]:
        found = self.cleaned_data
        return {o.pk: (found[f"result_{o.pk}"], found[f"evidence_{o.pk}"]) for o in self.objectives}


class ConclusionForm(Form):
    conclusion = forms.CharField(label=_("Conclusion"), max_length=4000, widget=forms.Textarea({"rows": 4}))
    waived_because = forms.CharField(
        label=_("Why an evaluation is not waited for"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Only if one is missing."),
    )


class OutcomeForm(ModelForm):
    class Meta:
        model = Secondment
        fields = ["outcome", "returned_on", "outcome_note"]
        widgets = {"returned_on": DateInput(), "outcome_note": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].required = True
