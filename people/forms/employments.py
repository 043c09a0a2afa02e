"""Forms about people and the terms on which they work."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, Form, ModelForm
from people.forms.people import ColleagueField
from people.models import Employment, Organisation, Person


class TermsForm(ModelForm):
    """The terms without the salary, which has a page of its own."""

    line_manager = ColleagueField(label=_("Line manager, by e-mail"), required=False)
    checked_with = ("organisation", "until")
    places = {
        "employee_number_unique": ("employee_number", _("Somebody else has this number.")),
        "employment_weekly_hours_possible": ("weekly_hours", _("Give more than 0 and at most 60 hours.")),
        "employment_ends_after_start": ("contract_ends_on", _("The contract cannot end before the employment began.")),
    }

    class Meta:
        model = Employment
        fields = [
            "job_title", "department", "line_manager", "employee_number", "grade", "contract_type",
            "probation_ends_on", "started_on", "contract_ends_on", "weekly_hours", "location",
        ]  # fmt: skip
        widgets = {name: DateInput() for name in ("probation_ends_on", "started_on", "contract_ends_on")}
        help_texts = {"started_on": _("First day of the employment as a whole.")}

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        kwargs.setdefault("instance", Employment(organisation=organisation))
        super().__init__(*args, **kwargs)
        manager = self.instance.line_manager
        self.initial["line_manager"] = manager.email if manager else ""
        self.fields["line_manager"].organisation = organisation
        self.fields["department"].queryset = organisation.departments.all()

    def clean_line_manager(self) -> Person | None:
        manager: Person | None = self.cleaned_data["line_manager"]
        if manager and manager.pk == self.instance.person_id:
            raise forms.ValidationError(_("Nobody is their own line manager."))
        return manager

    def terms(self) -> dict[str, Any]:
        """What the action wants."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.cleaned_data}


class CorrectForm(TermsForm):
    reason = forms.CharField(
        label=_("What was wrong"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )


class ChangeForm(TermsForm):
    since = forms.DateField(
        label=_("The new terms hold from"),
        widget=DateInput(),
        help_text=_("It may lie ahead; the old ones end the day before."),
    )
    reason = forms.CharField(label=_("Why"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2}))

    field_order = ["since"]


class BeginForm(TermsForm):
    """Somebody begins, or comes back."""

    since = forms.DateField(label=_("First day"), widget=DateInput())

    field_order = ["since"]

    class Meta(TermsForm.Meta):
        fields = [name for name in TermsForm.Meta.fields if name != "started_on"]


class NewPersonForm(BeginForm):
    full_name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("Their own address: codes to sign in are sent there.")
    )

    field_order = ["full_name", "email", "since"]


class EndForm(Form):
    last_day = forms.DateField(label=_("Last day"), widget=DateInput())
    reason = forms.CharField(label=_("Why"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2}))


class NameForm(ModelForm):
    class Meta:
        model = Person
        fields = ["full_name"]


class SalaryForm(Form):
    annual_salary = forms.DecimalField(label=_("Annual salary"), min_value=0, max_digits=12, decimal_places=2)
    salary_currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        help_text=_("Three letters, such as EUR."),
        validators=[RegexValidator(r"^[A-Za-z]{3}$", _("Write three letters, such as EUR."))],
    )
    since = forms.DateField(
        label=_("From"),
        widget=DateInput(),
        required=False,
        help_text=_("Leave empty to correct a mistake in the present terms."),
    )

    def clean_salary_currency(self) -> str:
        return str(self.cleaned_data["salary_currency"]).upper()


class DirectoryForm(Form):
    """What the directory is narrowed to; anything that cannot be is passed over."""

    q = forms.CharField(
        label=_("Search by name, e-mail, job title or employee number"), required=False, widget=forms.SearchInput()
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), to_field_name="key", required=False, empty_label=_("All")
    )
    department = forms.ChoiceField(label=_("Department"), required=False)
    show = forms.ChoiceField(
        label=_("Show"), required=False, choices=[("", _("Who works here")), ("left", _("Who has left"))]
    )

    def __init__(self, *args: Any, organisations: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from people.models import Department

        shown = Organisation.objects.filter(pk__in=organisations).order_by("legal_name", "pk")
        self.fields["organisation"].queryset = shown
        names = (
            Department.objects.filter(organisation__in=organisations).order_by("name").values_list("name", flat=True)
        )
        options = [(name, name) for name in dict.fromkeys(names[:500])]
        self.fields["department"].choices = [("", _("All")), *options]
