"""Forms of the terms: one clause edited by HR, a request for a change, an answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements import pdf
from agreements.clauses import Clause, Parameter
from people.forms.base import Form, style


def refuse_unprintable(text: str) -> None:
    """Refuse at the field what the document's fonts cannot show, rather than print boxes."""
    strange = pdf.unprintable(text)
    if strange:
        raise forms.ValidationError(
            _("The document's fonts cannot print: %(characters)s"),
            params={"characters": " ".join(sorted(strange))},
        )


class ClauseForm(Form):
    """Answers to a clause's own parameters, its wording, and why it changes."""

    wording = forms.CharField(
        label=gettext_lazy("Wording"),
        widget=forms.Textarea({"rows": 8}),
        help_text=gettext_lazy("One paragraph a line. Keep the names in double braces: answers go there."),
    )
    note = forms.CharField(
        label=gettext_lazy("Why does it change?"),
        max_length=500,
        help_text=gettext_lazy("Everybody who reads the terms sees this beside the new version."),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, clause: Clause, values: dict[str, str], wording: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clause = clause
        answers = {p.name: _answer_field(p) for p in clause.parameters if not p.is_fixed}
        for name, field in answers.items():
            self.fields[f"answer_{name}"] = field
            self.initial.setdefault(f"answer_{name}", values.get(name, ""))
        self.initial.setdefault("wording", "\n".join(wording))
        if clause.locked:
            del self.fields["wording"]
        self.order_fields([*(f"answer_{name}" for name in answers), "wording", "note", "seen_version"])
        style(self)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for name, value in list(found.items()):
            if isinstance(value, str) and name != "note":
                try:
                    refuse_unprintable(value)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return found

    def answers(self) -> dict[str, str]:
        return {p.name: str(self.cleaned_data[f"answer_{p.name}"]) for p in self.clause.parameters if not p.is_fixed}

    def paragraphs(self) -> list[str]:
        text = self.cleaned_data.get("wording", "")
        return [line.strip() for line in text.splitlines() if line.strip()]


def _answer_field(parameter: Parameter) -> forms.Field:
    label, unit = parameter.label, parameter.unit
    if parameter.type == "choice":
        return forms.ChoiceField(label=label, choices=[(c, c) for c in parameter.choices])
    if parameter.type == "number":
        return forms.IntegerField(label=label, min_value=0, max_value=1000, help_text=unit)
    if parameter.type == "long":
        return forms.CharField(label=label, max_length=4000, widget=forms.Textarea({"rows": 4}), help_text=unit)
    return forms.CharField(label=label, max_length=500, help_text=unit)


class ChangeForm(Form):
    text = forms.CharField(
        label=gettext_lazy("What should change, and why?"), max_length=2000, widget=forms.Textarea({"rows": 4})
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class SignForm(Form):
    """Consent, name and code; the file's SHA-256 says which file was on the page."""

    agrees = forms.BooleanField(label=gettext_lazy("I agree to sign electronically, as described above."))
    signed_name = forms.CharField(label=gettext_lazy("Your full name"), max_length=200)
    code = forms.CharField(
        label=gettext_lazy("Code from the e-mail"),
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    sha256 = forms.CharField(widget=forms.HiddenInput)

    def clean_signed_name(self) -> str:
        name = " ".join(self.cleaned_data["signed_name"].split())
        refuse_unprintable(name)
        return name


class VerifyForm(Form):
    file = forms.FileField(
        label=gettext_lazy("PDF file"), widget=forms.ClearableFileInput({"accept": ".pdf,application/pdf"})
    )
