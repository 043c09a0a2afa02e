"""Forms of the terms: a clause with its answers, a change proposed, questions, comments, schedules."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements import pdf
from agreements.clauses import Clause, Parameter
from agreements.states import Audience
from people.forms.base import Form, style
from people.forms.fields import DayField, NumberField


def refuse_unprintable(text: str) -> None:
    """Refuse at the field what the document's fonts cannot show, rather than print boxes."""
    strange = pdf.unprintable(text)
    if strange:
        raise forms.ValidationError(
            _("The document's fonts cannot print: %(characters)s"),
            params={"characters": " ".join(sorted(strange))},
        )


class Printed(Form):
    """A form whose words end up on paper: each is held against the fonts, at its field."""

    unprinted: tuple[str, ...] = ()
    use_required_attribute = False  # nothing has to be answered at once: what is open is listed

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for name, value in list(found.items()):
            if isinstance(value, str) and name not in self.unprinted:
                try:
                    refuse_unprintable(value)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return found


def paragraphs_of(text: str) -> list[str]:
    """One paragraph a line, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class Answers(Printed):
    """Answers to the parameters of a clause that the paper itself answers, each by the kind that it is of."""

    def __init__(self, *args: Any, clause: Clause, values: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clause = clause
        for parameter in clause.parameters:
            if not parameter.is_fixed:
                self.fields[f"answer_{parameter.name}"] = answer_field(parameter)
                self.initial.setdefault(f"answer_{parameter.name}", values.get(parameter.name, ""))

    @property
    def answer_names(self) -> list[str]:
        return [name for name in self.fields if name.startswith("answer_")]

    def answers(self) -> dict[str, str]:
        return {name.removeprefix("answer_"): as_text(self.cleaned_data.get(name)) for name in self.answer_names}


class ClauseForm(Answers):
    """Answers to a clause's own parameters, its wording, and why it changes."""

    unprinted = ("note",)
    wording = forms.CharField(
        label=gettext_lazy("Wording"),
        widget=forms.Textarea({"rows": 10}),
        help_text=gettext_lazy("One paragraph a line. Keep the names in double braces: answers go there."),
    )
    note = forms.CharField(
        label=gettext_lazy("Why does it change?"),
        max_length=500,
        help_text=gettext_lazy("Everybody who reads the terms sees this beside the new version."),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, wording: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("wording", "\n".join(wording))
        self.order_fields([*self.answer_names, "wording", "note", "seen_version"])
        style(self)

    def paragraphs(self) -> list[str]:
        return paragraphs_of(self.cleaned_data.get("wording", ""))


class ChangeForm(Answers):
    """A change that a party proposes: why, and if they like how the clause would read."""

    unprinted = ("text",)
    text = forms.CharField(
        label=gettext_lazy("What should change, and why?"), max_length=2000, widget=forms.Textarea({"rows": 4})
    )
    wording = forms.CharField(
        label=gettext_lazy("The wording that you propose"),
        required=False,
        widget=forms.Textarea({"rows": 10}),
        help_text=gettext_lazy(
            "Only if you want to say it exactly: change the text as it should read. One paragraph a line."
        ),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, wording: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.answer_names:
            self.fields[name].required = False
        self.initial.setdefault("wording", "\n".join(wording))
        if any("{{" in paragraph for paragraph in wording):
            self.fields["wording"].help_text = _(
                "%(help)s What stands in double braces is filled in from the values above or from the case: leave it."
            ) % {"help": self.fields["wording"].help_text}
        self.order_fields(["text", *self.answer_names, "wording", "seen_version"])
        style(self)

    def paragraphs(self) -> list[str]:
        return paragraphs_of(self.cleaned_data.get("wording", ""))


class QuestionsForm(Printed):
    """Open questions of several clauses at once; what is left blank stays open."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rows: list[tuple[Clause, Parameter]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for clause, parameter in rows:
            field = answer_field(parameter)
            field.required = False
            self.fields[f"{clause.key}.{parameter.name}"] = field
        style(self)

    def groups(self) -> list[tuple[Clause, list[Any]]]:
        """Bound fields by clause."""
        found: dict[str, tuple[Clause, list[Any]]] = {}
        for clause, parameter in self.rows:
            found.setdefault(clause.key, (clause, []))[1].append(self[f"{clause.key}.{parameter.name}"])
        return list(found.values())

    def answers(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for clause, parameter in self.rows:
            value = as_text(self.cleaned_data.get(f"{clause.key}.{parameter.name}"))
            if value:
                found.setdefault(clause.key, {})[parameter.name] = value
        return found


def answer_field(parameter: Parameter) -> forms.Field:
    """A field by the kind of answer; nothing has to be answered here, what is open is listed."""
    hint = " ".join(str(text) for text in (parameter.help, parameter.unit and f"({parameter.unit})") if text)
    common: dict[str, Any] = {"label": parameter.label, "required": False, "help_text": hint}
    match parameter.type:
        case "choice":
            return forms.ChoiceField(choices=[("", "–"), *((c, c) for c in parameter.choices)], **common)
        case "number":
            low, high = parameter.minimum or 0, parameter.maximum if parameter.maximum is not None else 100_000
            return forms.IntegerField(min_value=low, max_value=high, **common)
        case "percent":
            return NumberField(min_value=parameter.minimum or 0, max_value=parameter.maximum or 100, **common)
        case "date":
            return DayField(**common)
        case "long":
            return forms.CharField(max_length=4000, widget=forms.Textarea({"rows": 4}), **common)
        case "list":
            common["help_text"] = " ".join(filter(None, [hint, str(_("One item a line."))]))
            return forms.CharField(max_length=4000, widget=forms.Textarea({"rows": 4}), **common)
    return forms.CharField(max_length=500, **common)


def as_text(value: Any) -> str:
    """An answer as the paper keeps it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


class NoteForm(Form):
    """Why a version is made, and which one was on the page."""

    note = forms.CharField(label=gettext_lazy("Why does it change?"), max_length=500)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class FreeClauseForm(Printed):
    """A clause written for this paper alone."""

    unprinted = ("note",)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    wording = forms.CharField(
        label=gettext_lazy("Wording"),
        widget=forms.Textarea({"rows": 8}),
        max_length=20_000,
        help_text=gettext_lazy("One paragraph a line."),
    )
    note = forms.CharField(label=gettext_lazy("Why is it added?"), max_length=500)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def paragraphs(self) -> list[str]:
        return paragraphs_of(self.cleaned_data.get("wording", ""))


class ScheduleForm(Printed):
    """A schedule written by hand."""

    unprinted = ("note",)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    wording = forms.CharField(
        label=gettext_lazy("Text"),
        widget=forms.Textarea({"rows": 8}),
        max_length=20_000,
        required=False,
        help_text=gettext_lazy(
            "One paragraph a line; or a table, with a bar (|) between the columns of each line and the headings first. "
            "Leave it blank to take the schedule out."
        ),
    )
    note = forms.CharField(label=gettext_lazy("Why does it change?"), max_length=500)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def schedule(self) -> dict[str, Any] | None:
        lines = paragraphs_of(self.cleaned_data["wording"])
        title = self.cleaned_data["title"].strip()
        if not lines:
            return None
        if all("|" in line for line in lines) and len(lines) > 1:
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
            width = max(map(len, rows))
            rows = [[*row, *[""] * (width - len(row))] for row in rows]
            return {"title": title, "columns": rows[0], "rows": rows[1:]}
        return {"title": title, "paragraphs": lines}


class EncloseForm(Form):
    """The host's own paper, in place of the clauses."""

    file = forms.FileField(
        label=gettext_lazy("The paper (PDF, at most 5 MB)"),
        widget=forms.ClearableFileInput({"accept": ".pdf,application/pdf"}),
    )
    note = forms.CharField(label=gettext_lazy("Why this paper?"), max_length=500)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class CommentForm(Form):
    """A comment beside a clause, and who reads it."""

    text = forms.CharField(label=gettext_lazy("Comment"), max_length=4000, widget=forms.Textarea({"rows": 3}))
    audience = forms.ChoiceField(label=gettext_lazy("Who reads this?"), choices=())

    def __init__(self, *args: Any, audiences: list[Audience], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = [(a.value, a.label) for a in audiences]
        if len(audiences) == 1:
            self.fields["audience"].widget = forms.HiddenInput()
            self.initial["audience"] = audiences[0].value


class ReplyForm(Form):
    text = forms.CharField(label=gettext_lazy("Answer"), max_length=4000, widget=forms.Textarea({"rows": 3}))


class VerifyForm(Form):
    file = forms.FileField(
        label=gettext_lazy("PDF file"), widget=forms.ClearableFileInput({"accept": ".pdf,application/pdf"})
    )
