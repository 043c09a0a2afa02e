"""Forms of the import: which file, which column is what, and the rules that each row obeys."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from people.forms.base import Form
from people.models import Department, Employment, ImportKind, Organisation, Person

MAX_BYTES = 10 * 1024 * 1024


class UploadForm(Form):
    """A file and what it holds; for whom it is asked only of HR of several organisations."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("For which organisation"), to_field_name="key", empty_label=None
    )
    kind = forms.ChoiceField(
        label=_("What the file holds"), choices=ImportKind, initial=ImportKind.PEOPLE, widget=forms.RadioSelect
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), with a row of headers; up to 10,000 rows and 10 MB."),
        widget=forms.FileInput({"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = list(organisations)
        self.fields["organisation"].queryset = organisations
        if len(own) == 1:
            del self.fields["organisation"]
        self.only = own[0] if len(own) == 1 else None

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB; split it."))
        return file

    def chosen(self) -> Organisation:
        return self.only or self.cleaned_data["organisation"]


class SheetForm(Form):
    """Another sheet, or another row of headers, than was guessed."""

    sheet = forms.ChoiceField(label=_("Sheet"))
    header_row = forms.IntegerField(
        label=_("Row of the headers"),
        min_value=1,
        max_value=1_000_000,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, preview: dict[str, Any], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"sheet": preview["sheet"], "header_row": preview["header_row"]})
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [(name, name) for name in preview["sheets"]]
        self.fields["header_row"].required = not preview["sheets"]
        if preview["sheets"]:
            self.fields["header_row"].help_text = _("Leave it empty to have it found anew.")
        else:
            del self.fields["sheet"]


class ColumnsForm(Form):
    """Our fields against their headers, and how the file is to be understood.

    A field's value is the number of the column, from 0, or nothing. ``required`` are fields that the file must have,
    ``either`` names alternatives.
    """

    NEEDED = {ImportKind.PEOPLE.value: ("email",), ImportKind.ORGANISATIONS.value: ("legal_name",)}
    date_order = forms.ChoiceField(
        label=_("Dates such as 04/05/2026 are written"),
        choices=[("day", _("day first: 4 May 2026")), ("month", _("month first: 5 April 2026"))],
        widget=forms.RadioSelect,
    )
    terms = forms.ChoiceField(
        label=_("When job, hours, salary or place of somebody known differ"),
        choices=[
            ("change", _("they change: from the date in “Terms hold from”, or from today")),
            ("correct", _("the present terms were wrong: correct them")),
        ],
        initial="change",
        widget=forms.RadioSelect,
    )
    full_time_hours = forms.DecimalField(
        label=_("Hours per week of full-time"),
        help_text=_("Used where the file gives a share of full-time."),
        initial=Decimal("40"),
        min_value=Decimal("1"),
        max_value=Decimal("60"),
        max_digits=4,
        decimal_places=2,
    )

    def __init__(
        self, *args: Any, kind: str, labels: dict[str, str], headers: list[str], order: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.columns, self.labels = kind, list(labels), labels
        choices = [("", now("– not in the file –")), *((str(n), header) for n, header in enumerate(headers))]
        own = {
            name: forms.TypedChoiceField(
                label=label,
                choices=choices,
                coerce=int,
                empty_value=None,
                required=name in self.NEEDED[kind],
                widget=forms.Select({"class": "form-select"}),
            )
            for name, label in labels.items()
        }
        rest = self.fields
        if kind != ImportKind.PEOPLE:
            rest.pop("terms")
            rest.pop("full_time_hours")
        else:
            rest["full_time_hours"].required = False
        if order != "ask":
            rest.pop("date_order")
        self.fields = {**own, **rest}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.kind == ImportKind.PEOPLE and found.get("full_name") is None:
            for name in ("first_name", "last_name"):
                if found.get(name) is None:
                    self.add_error("full_name", _("Choose the column of the name, or those of first and last name."))
                    break
        seen: dict[int, str] = {}
        for name in self.columns:
            column = found.get(name)
            if column is not None and column in seen:
                self.add_error(
                    name,
                    _("This column is chosen for “%(other)s” already.") % {"other": self.labels[seen[column]]},
                )
            elif column is not None:
                seen[column] = name
        return found

    def mapping(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in self.columns if self.cleaned_data.get(name) is not None}

    def options(self) -> dict[str, str]:
        given = {name: self.cleaned_data.get(name) for name in ("date_order", "terms", "full_time_hours")}
        return {name: str(value) for name, value in given.items() if value not in (None, "")}


def of(model: type[Model], name: str, *, required: bool = False, **options: Any) -> Any:
    """The form field of a model's field, so that a row obeys the rules that a page does."""
    field: Any = model._meta.get_field(name)
    made = field.formfield(required=required, **options)
    made.validators += field._validators  # those that the model adds are not a form field's otherwise
    made.label = None
    return made


class RowForm(forms.Form):
    """What a row may say by itself; values come as text that has been read from its cells (see imports.cells).

    One form serves all rows of a file: ``take`` gives it the next one.
    """

    use_required_attribute = False

    def take(self, values: dict[str, str]) -> bool:
        """Whether a row is good; ``errors`` and ``cleaned_data`` speak of it until the next one."""
        self.data, self.is_bound = values, True
        self._errors = None
        return not self.errors

    def clean_country(self) -> str:
        code = self.cleaned_data["country"]
        if code and code not in countries.countries:  # ``countries.name`` would translate it
            raise forms.ValidationError(
                now("“%(text)s” is not a country; write its two letters, such as GB.") % {"text": code}
            )
        return code


def a_day(model: type[Model], name: str) -> forms.DateField:
    return of(
        model,
        name,
        input_formats=["%Y-%m-%d"],
        error_messages={
            "invalid": _("This is not a date; write it as 2026-05-04 or choose the order of day and month.")
        },
    )


CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices.")}


class PersonRow(RowForm):
    email = of(Person, "email", required=True, error_messages={"invalid": _("This is not an e-mail address.")})
    full_name = of(Person, "full_name", required=True)
    organisation = of(Organisation, "legal_name")
    country = forms.CharField(required=False, max_length=100)
    employee_number = of(Employment, "employee_number")
    job_title = of(Employment, "job_title")
    grade = of(Employment, "grade")
    department = of(Department, "name")
    line_manager = forms.CharField(required=False, max_length=254)
    contract_type = of(Employment, "contract_type", error_messages=CHOICE)
    started_on = a_day(Employment, "started_on")
    contract_ends_on = a_day(Employment, "contract_ends_on")
    probation_ends_on = a_day(Employment, "probation_ends_on")
    valid_from = a_day(Employment, "since")
    weekly_hours = of(
        Employment, "weekly_hours", error_messages={"invalid": _("This is not a number of hours, such as 37.5.")}
    )
    annual_salary = of(
        Employment, "annual_salary", error_messages={"invalid": _("This is not an amount, such as 41000.")}
    )
    salary_currency = of(Employment, "salary_currency")
    location = of(Employment, "location")
    time_zone = of(Organisation, "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contract_type"].initial = None

    def clean_weekly_hours(self) -> Decimal | None:
        hours = self.cleaned_data["weekly_hours"]
        if hours is not None and not 0 < hours <= 60:
            raise forms.ValidationError(_("Hours per week must be above 0 and at most 60."))
        return hours

    def clean_annual_salary(self) -> Decimal | None:
        salary = self.cleaned_data["annual_salary"]
        if salary is not None and salary < 0:
            raise forms.ValidationError(_("A salary cannot be below zero."))
        return salary

    def clean_salary_currency(self) -> str:
        code = self.cleaned_data["salary_currency"].upper()
        if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
            raise forms.ValidationError(_("A currency has three letters, such as EUR."))
        return code

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        start, end = found.get("started_on"), found.get("contract_ends_on")
        if start and end and end < start:
            self.add_error("contract_ends_on", _("The contract cannot end before it started."))
        return found


class OrganisationRow(RowForm):
    legal_name = of(Organisation, "legal_name", required=True)
    country = forms.CharField(required=False, max_length=100)
    kind = of(Organisation, "kind", error_messages=CHOICE)
    registered_number = of(Organisation, "registered_number")
    address = of(Organisation, "address", max_length=2000)
    visiting_address = of(Organisation, "visiting_address", max_length=2000)
    time_zone = of(Organisation, "time_zone")
    departments = forms.CharField(required=False, max_length=5000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = None

    def clean_departments(self) -> list[str]:
        names: dict[str, str] = {}
        for name in self.cleaned_data["departments"].split(";"):
            name = " ".join(name.split())
            if len(name) > 200:
                raise forms.ValidationError(_("The name of a department has 200 characters at most."))
            if name:
                names.setdefault(name.lower(), name)
        return list(names.values())
