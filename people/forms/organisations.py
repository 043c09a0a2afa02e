"""Forms of an organisation's pages."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from people import public_holidays
from people.forms.base import DateInput, Form, ModelForm
from people.forms.people import ColleagueField
from people.models import ClosingDay, Department, Organisation
from people.roles import Role, Weekday


def zones() -> list[tuple[str, str]]:
    """Time zones by place."""
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name or name == "UTC"]


class OrganisationForm(ModelForm):
    """Particulars. Whether others find it, and how its HR signs in, is for an organisation that keeps itself."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    checked_with = ("kept_by",)
    places = {
        "organisation_name_unique": ("legal_name", _("An organisation of this name and country is here already."))
    }

    class Meta:
        model = Organisation
        fields = [
            "legal_name", "kind", "registered_number", "address", "visiting_address", "country", "time_zone",
            "is_listed", "second_factor_required",
        ]  # fmt: skip
        widgets = {"address": forms.Textarea({"rows": 3}), "visiting_address": forms.Textarea({"rows": 3})}
        help_texts = {
            "is_listed": _("HR of other organisations can then choose it as a host."),
            "second_factor_required": _(
                "They sign in with a password and a second factor, or through your own system."
            ),
            "visiting_address": _("Where people come to work, if it is another place."),
        }

    def __init__(self, *args: Any, keeps_itself: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].widget.attrs["class"] = "form-select"
        if not keeps_itself:
            del self.fields["is_listed"], self.fields["second_factor_required"]

    def given(self) -> dict[str, Any]:
        """What the action wants; a region of another country is forgotten with it."""
        found = dict(self.cleaned_data)
        region = self.instance.holiday_region
        if region and region not in dict(public_holidays.regions(str(found["country"]))):
            found["holiday_region"] = ""
        return found


class CalendarForm(Form):
    working_days = forms.TypedMultipleChoiceField(
        label=_("Working week"),
        choices=Weekday,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Deadlines in working days count these, without public holidays and closing days."),
        error_messages={"required": _("Choose at least one day.")},
    )
    holiday_region = forms.ChoiceField(label=_("Region for public holidays"), required=False)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = public_holidays.regions(str(organisation.country))
        self.fields["holiday_region"].choices = [("", _("The whole country")), *regions]
        if not regions:
            del self.fields["holiday_region"]


class ClosingDayForm(ModelForm):
    checked_with = ("organisation",)
    places = {"closing_day_unique": ("day", _("This day is on the list already."))}

    class Meta:
        model = ClosingDay
        fields = ["day", "name"]
        widgets = {"day": DateInput()}
        help_texts = {"name": _("For instance: stocktaking.")}


class DepartmentForm(ModelForm):
    checked_with = ("organisation",)
    places = {"department_name_unique": ("name", _("There is a department of this name already."))}

    class Meta:
        model = Department
        fields = ["name"]


class SignatoryForm(Form):
    person = ColleagueField(label=_("Who, by e-mail"))
    title = forms.CharField(label=_("Signs as"), max_length=120, required=False, help_text=_("Such as: director."))
    since = forms.DateField(label=_("From"), widget=DateInput())

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].organisation = organisation


class LastDayForm(Form):
    last_day = forms.DateField(label=_("Last day"), widget=DateInput())


class RoleForm(Form):
    person = ColleagueField(label=_("Who, by e-mail"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role,
        help_text=_("HR does everything for the organisation; finance sees costs and salaries; viewers only read."),
    )
    since = forms.DateField(
        label=_("From"), widget=DateInput(), required=False, help_text=_("Leave empty for now; or a later day.")
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].organisation = organisation


class EndRoleForm(Form):
    on = forms.DateField(
        label=_("Last day"),
        widget=DateInput(),
        required=False,
        help_text=_("Leave empty to end the role now, in open sessions too."),
    )
