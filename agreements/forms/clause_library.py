"""Forms of the clause library."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements import editions
from agreements.clauses import KINDS, Clause
from agreements.forms.terms import Printed, paragraphs_of
from people.forms.base import Form

NEEDS = (("R", gettext_lazy("required")), ("O", gettext_lazy("optional")), ("-", gettext_lazy("not used")))


class ClauseTextForm(Printed):
    """A clause of the library; its parameters as JSON, for which the page shows the present ones as an example."""

    unprinted = ("note", "parameters")
    key = forms.SlugField(
        label=gettext_lazy("Key"), max_length=60, help_text=gettext_lazy("A short name in lower-case letters.")
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    number = forms.IntegerField(
        label=gettext_lazy("Number"),
        min_value=1,
        max_value=999,
        help_text=gettext_lazy("Where it stands among the others."),
    )
    basis = forms.CharField(label=gettext_lazy("Why it is there"), max_length=500, required=False)
    summary = forms.CharField(
        label=gettext_lazy("In short, for guests"), max_length=500, widget=forms.Textarea({"rows": 2})
    )
    wording = forms.CharField(
        label=gettext_lazy("Wording"),
        max_length=20_000,
        widget=forms.Textarea({"rows": 12}),
        help_text=gettext_lazy("One paragraph a line; {{ name }} where the answer to a parameter goes."),
    )
    locked = forms.BooleanField(label=gettext_lazy("Legal wording: a change needs a legal approver"), required=False)
    internal = forms.ChoiceField(label=gettext_lazy("Internal"), choices=NEEDS)
    external = forms.ChoiceField(label=gettext_lazy("External"), choices=NEEDS)
    international = forms.ChoiceField(label=gettext_lazy("International"), choices=NEEDS)
    in_short = forms.BooleanField(label=gettext_lazy("In the short form of internal secondments"), required=False)
    parameters = forms.CharField(
        label=gettext_lazy("Parameters (JSON)"),
        max_length=50_000,
        required=False,
        widget=forms.Textarea({"rows": 10, "class": "form-control code"}),
        help_text=gettext_lazy(
            "A list; each with name, label, and if you like type, unit, default, choices, asks, help."
        ),
    )
    note = forms.CharField(label=gettext_lazy("What changes, and why?"), max_length=500)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, clause: Clause | None, seen: int, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"seen": seen, "number": 100, "internal": "-", "external": "O", "international": "O"}
        if clause:
            shown = clause.as_data()
            initial |= {
                "key": clause.key,
                "title": clause.title,
                "number": clause.number,
                "basis": clause.basis,
                "summary": clause.summary,
                "wording": "\n".join(clause.paragraphs),
                "locked": clause.locked,
                "in_short": clause.in_short,
                "parameters": json.dumps(shown["parameters"], ensure_ascii=False, indent=1),
                **{kind: clause.needed.get(kind, "-") for kind in KINDS},
            }
        super().__init__(*args, initial=initial, **kwargs)
        self.clause = clause
        if clause:
            del self.fields["key"]

    def clean_parameters(self) -> list[Any]:
        text = self.cleaned_data["parameters"].strip()
        try:
            found = json.loads(text) if text else []
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is not JSON: %(error)s"), params={"error": str(error)[:200]}) from None
        if not isinstance(found, list):
            raise forms.ValidationError(_("Parameters are a list, in square brackets."))
        return found

    def data_of(self) -> dict[str, Any]:
        """The definition, as the library keeps it."""
        given = self.cleaned_data
        return {
            "key": self.clause.key if self.clause else given["key"].replace("-", "_").lower(),
            "number": given["number"],
            "title": given["title"].strip(),
            "basis": given["basis"].strip(),
            "summary": given["summary"].strip(),
            "locked": given["locked"],
            "needed": {kind: given[kind] for kind in KINDS},
            "in_short": given["in_short"],
            "when": self.clause.when if self.clause else "",
            "paragraphs": paragraphs_of(given["wording"]),
            "parameters": given["parameters"],
        }


class BringForm(Form):
    """A file of clauses; once it was looked at it stays in the form, so that it need not be chosen again."""

    file = forms.FileField(
        label=gettext_lazy("File (JSON)"), required=False,
        widget=forms.ClearableFileInput({"accept": ".json,application/json"}),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("What changes, and why?"), max_length=500)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        file = found.get("file")
        if not file and not found.get("kept"):
            self.add_error("file", _("Choose a file."))
        if file and file.size > editions.LARGEST:
            self.add_error("file", _("The file is larger than 2 MB."))
        return found

    def raw(self) -> bytes:
        file = self.cleaned_data.get("file")
        return file.read() if file else self.cleaned_data["kept"].encode()
