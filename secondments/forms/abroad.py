"""Forms of work abroad, of reorganisations, and of how somebody is received."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, ModelForm
from secondments.forms.rows import BaseRows, Row, line, rows_of
from secondments.models import Certificate, Induction, Reorganisation, Trip


class CertificateForm(ModelForm):
    places = {"certificate_ends_after_start": ("valid_until", _("It would end before it begins."))}

    class Meta:
        model = Certificate
        fields = ["kind", "number", "issued_by", "valid_from", "valid_until"]
        widgets = {"valid_from": DateInput(), "valid_until": DateInput()}
        help_texts = {"valid_until": _("You and HR are reminded 90, 60, 30 and 7 days before, and on the day.")}


class TripForm(ModelForm):
    places = {"trip_ends_after_start": ("last_day", _("The last day is before the first day."))}

    class Meta:
        model = Trip
        fields = ["first_day", "last_day", "note"]
        widgets = {"first_day": DateInput(), "last_day": DateInput()}


class ReorganisationForm(ModelForm):
    class Meta:
        model = Reorganisation
        fields = ["what", "takes_effect_on", "consulted_until", "touches_post"]
        widgets = {
            "what": forms.Textarea({"rows": 4}),
            "takes_effect_on": DateInput(),
            "consulted_until": DateInput(),
        }

    def __init__(self, *args: Any, at_home: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not at_home:
            del self.fields["touches_post"]

    def _ask_constraints(self) -> None:
        """What the database asks is about stamps that the act itself writes."""


class InductionForm(ModelForm):
    class Meta:
        model = Induction
        fields = ["buddy_name", "buddy_email", "arrival"]
        widgets = {"arrival": forms.Textarea({"rows": 2})}
        help_texts = {
            "buddy_name": _("Somebody of the same team whom the secondee can ask anything."),
            "arrival": _("For instance: at nine, reception of the main building, ask for the buddy."),
        }


class StepRow(Row):
    key = "title"
    title = line(_("What"))
    on = forms.DateField(label=_("On"), required=False, widget=DateInput())
    with_whom = line(_("With whom"))

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("title") and not found.get("on") and "on" not in self.errors:
            self.add_error("on", _("Say on which day."))
        return found


Steps: type[BaseRows] = rows_of(StepRow, 60)
