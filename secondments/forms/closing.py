"""Forms of the review and the return."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, Form, ModelForm, style
from secondments.choices import Level, Rating, Result
from secondments.models import Evaluation, Objective, Secondment, Skill


class EvaluationForm(ModelForm):
    """Two questions for each objective, levels before and now for each skill, three ratings, three in general."""

    would_repeat = forms.TypedChoiceField(
        label=_("Would you do it again?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Evaluation
        fields = ["went", "supported", "worth", "what_worked", "skills", "would_repeat"]
        widgets = {"what_worked": forms.Textarea({"rows": 3}), "skills": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, objectives: Iterable[Objective], skills: Iterable[Skill], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("went", "supported", "worth"):
            label = self.fields[name].label
            self.fields[name] = forms.TypedChoiceField(
                label=label, choices=Rating.choices, coerce=int, widget=forms.RadioSelect
            )
        self.objectives = list(objectives)
        for objective in self.objectives:
            self.fields[f"result_{objective.pk}"] = forms.ChoiceField(
                label=_("Result"), choices=Result, widget=forms.RadioSelect
            )
            self.fields[f"evidence_{objective.pk}"] = forms.CharField(
                label=_("What shows it?"), max_length=2000, widget=forms.Textarea({"rows": 2})
            )
        self.skills = list(skills)
        levels = [("", _("I cannot judge it")), *Level.choices]
        for skill in self.skills:
            for name, label in (("before", _("Before")), ("after", _("Now"))):
                self.fields[f"{name}_{skill.pk}"] = forms.TypedChoiceField(
                    label=label, choices=levels, coerce=int, empty_value=None, required=False
                )
        style(self)

    def typed(self) -> dict[str, str]:
        """Every field as it was sent, right or wrong, for a draft."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}

    def clean(self) -> dict[str, Any]:
        """A skill has both levels or none."""
        found = super().clean() or {}
        for skill in self.skills:
            before, after = found.get(f"before_{skill.pk}"), found.get(f"after_{skill.pk}")
            if (before is None) != (after is None):
                self.add_error(
                    f"after_{skill.pk}" if after is None else f"before_{skill.pk}",
                    _("Choose both levels, or say for both that you cannot judge it."),
                )
        return found

    def levels(self) -> dict[int, tuple[int, int]]:
        found = self.cleaned_data
        return {
            skill.pk: (found[f"before_{skill.pk}"], found[f"after_{skill.pk}"])
            for skill in self.skills
            if found[f"before_{skill.pk}"] is not None
        }

    def ratings(self) -> list[Any]:
        return [self[name] for name in ("went", "supported", "worth")]

    def skill_questions(self) -> list[tuple[Skill, Any, Any]]:
        """Each skill with its two fields, for the template."""
        return [(skill, self[f"before_{skill.pk}"], self[f"after_{skill.pk}"]) for skill in self.skills]

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
