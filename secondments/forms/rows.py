"""The rows inside a section of a proposal: objectives, skills, costs; and what all its fields are made of."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.forms.base import Form
from people.forms.fields import DayField, NumberField
from people.roles import Weekday
from secondments.choices import Basis, BorneBy, CostKind, Level, Party

LONG = 6000
EMPTY = [("", gettext_lazy("– choose –"))]


def options(choices: Any) -> list[tuple[Any, Any]]:
    return [*EMPTY, *choices.choices]


def words(label: Any, help_text: Any = "", rows: int = 4) -> forms.CharField:
    """A long text; 6,000 characters are three pages."""
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=LONG, widget=widget)


def line(label: Any, help_text: Any = "", most: int = 200) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=most)


def weekdays(label: Any, help_text: Any = "") -> forms.TypedMultipleChoiceField:
    """Days of the week as boxes to tick; Monday is 0."""
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


class Row(Form):
    """One row of a table inside a section; without its first field it does not count."""

    use_required_attribute = False
    key = ""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        filled = {name for name, value in found.items() if value not in (None, "") and name in self.fields_that_count()}
        if filled and found.get(self.key) in (None, "") and self.key not in self.errors:
            self.add_error(self.key, _("Fill this in, or empty the row."))
        return found

    def fields_that_count(self) -> set[str]:
        """Those that are not filled in beforehand."""
        return {name for name, field in self.fields.items() if not field.initial}


class ObjectiveRow(Row):
    key = "text"
    text = line(gettext_lazy("Objective"), most=500)
    measure = line(gettext_lazy("How it is measured"), most=300)
    owner = forms.ChoiceField(label=gettext_lazy("Who sees to it"), choices=options(Party), required=False)
    due_on = DayField(label=gettext_lazy("Due"), required=False)
    weight = forms.IntegerField(label=gettext_lazy("Weight, %"), required=False, min_value=1, max_value=100)


class SkillRow(Row):
    key = "name"
    name = line(gettext_lazy("Skill"))
    now = forms.TypedChoiceField(
        label=gettext_lazy("Now"), choices=options(Level), required=False, coerce=int, empty_value=None
    )
    hoped = forms.TypedChoiceField(
        label=gettext_lazy("Hoped for"), choices=options(Level), required=False, coerce=int, empty_value=None
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        now, hoped = found.get("now"), found.get("hoped")
        if now and hoped and hoped < now:
            self.add_error("hoped", _("This is less than now."))
        return found


class CostRow(Row):
    key = "amount"
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CostKind.choices, initial=CostKind.TRAVEL)
    label = line(gettext_lazy("What for"))
    amount = NumberField(
        label=gettext_lazy("Amount"), required=False, money=True, min_value=0, max_digits=11, decimal_places=2
    )
    basis = forms.ChoiceField(label=gettext_lazy("How often"), choices=Basis.choices, initial=Basis.ONCE)
    borne_by = forms.ChoiceField(label=gettext_lazy("Borne by"), choices=BorneBy.choices, initial=BorneBy.AGREED)


def clean_text(value: object) -> str:
    """What was typed, as a database can keep it."""
    return str(value).replace("\0", "")[:LONG]


TABLE_TITLES = {
    "objectives": gettext_lazy("Objectives"),
    "skills": gettext_lazy("Skills to gain"),
    "cost_items": gettext_lazy("Costs beside the salary"),
}


class BaseRows(forms.BaseFormSet):
    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": False}

    def rows(self) -> list[dict[str, Any]]:
        """Those that were written, in order."""
        found = [getattr(form, "cleaned_data", {}) for form in self.forms]
        good = [not form.errors for form in self.forms]
        return [
            row
            for form, row, is_good in zip(self.forms, found, good, strict=True)
            if is_good and row.get(form.key) not in (None, "")
        ]

    def typed(self) -> list[dict[str, str]]:
        """The rows with faults, as they were typed."""
        return [
            {name: clean_text(form.data.get(form.add_prefix(name), "")) for name in form.fields}
            for form in self.forms
            if form.errors
        ]


def rows_of(form: type[Row], most: int) -> type[BaseRows]:
    made = forms.formset_factory(form, formset=BaseRows, extra=2, max_num=most, absolute_max=most)
    return cast("type[BaseRows]", made)
