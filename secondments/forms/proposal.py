"""The proposal: one form for the case, one small form for each objective."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.forms.base import DateInput, Form, style
from people.forms.people import ColleagueField
from people.models import Organisation, Person
from secondments.choices import Kind
from secondments.guards import REQUIRED
from secondments.models import Secondment

FULL, PART = "full", "part"


class ProposalForm(forms.ModelForm):
    """Saves a draft with answers missing; impossible answers are refused at once, missing ones on submission.

    People of the seconder are named by e-mail; those of the host by name and e-mail, as they may not be
    known here yet.
    """

    fields: dict[str, Any]
    use_required_attribute = False  # a draft may miss anything

    secondee = ColleagueField(
        label=gettext_lazy("Secondee"),
        required=False,
        help_text=gettext_lazy("E-mail of the employee; start typing a name."),
    )
    line_manager = ColleagueField(
        label=gettext_lazy("Line manager"),
        required=False,
        help_text=gettext_lazy("Releases the secondee. Left blank: the one in the employment record."),
    )
    seconder_signatory = ColleagueField(label=gettext_lazy("Signs for the seconder"), required=False)
    host = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("Host organisation"),
        required=False,
        help_text=gettext_lazy("For an internal secondment, your own organisation."),
    )
    host_contact_name = forms.CharField(label=gettext_lazy("Host contact: name"), required=False, max_length=200)
    host_contact_email = forms.EmailField(
        label=gettext_lazy("Host contact: e-mail"),
        required=False,
        help_text=gettext_lazy("Decides for the host. Needs no account: a link and a code come by e-mail."),
    )
    host_signatory_name = forms.CharField(
        label=gettext_lazy("Signs for the host (a suggestion): name"), required=False, max_length=200
    )
    host_signatory_email = forms.EmailField(
        label=gettext_lazy("Signs for the host (a suggestion): e-mail"),
        required=False,
        help_text=gettext_lazy("The host confirms or changes it when it accepts. Left blank: the host contact."),
    )
    working_time = forms.ChoiceField(
        label=gettext_lazy("Working time"),
        choices=[(FULL, gettext_lazy("Full-time")), (PART, gettext_lazy("Part-time"))],
        initial=FULL,
    )
    weekly_hours = forms.DecimalField(
        label=gettext_lazy("Hours per week"),
        required=False,
        min_value=0.5,
        max_value=60,
        decimal_places=2,
        localize=True,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Secondment
        fields = ["kind", "host", "host_department", "role_title", "location", "start_on", "end_on", "purpose"]
        widgets = {
            "start_on": DateInput(),
            "end_on": DateInput(),
            "purpose": forms.Textarea({"rows": 4}),
        }

    def __init__(self, *args: Any, seconder: Organisation, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seconder, self.by = seconder, by
        for name in ("secondee", "line_manager", "seconder_signatory"):
            self.fields[name].organisation = seconder
        hosts = Q(pk__in=Organisation.objects.visible_to(by).values("pk")) | Q(pk=self.instance.host_id)
        self.fields["host"].queryset = Organisation.objects.filter(hosts)
        self.fields["host_department"].help_text = _("For an internal secondment, the department that hosts.")
        self.fields["purpose"].help_text = _("Why this secondment, and what each party gains from it.")
        self._show(self.instance)
        style(self)

    def _show(self, case: Secondment) -> None:
        """What the draft holds, in the form's own fields."""
        shown = {
            "secondee": case.secondee and case.secondee.email,
            "line_manager": case.line_manager and case.line_manager.email,
            "seconder_signatory": case.seconder_signatory.email if case.seconder_signatory else self.by.email,
            "host_contact_name": case.host_contact and case.host_contact.full_name,
            "host_contact_email": case.host_contact and case.host_contact.email,
            "host_signatory_name": case.host_signatory and case.host_signatory.full_name,
            "host_signatory_email": case.host_signatory and case.host_signatory.email,
            "working_time": FULL if case.is_full_time else PART,
            "weekly_hours": case.weekly_hours,
            "seen": case.changed_at.isoformat() if case.pk else "",
        }
        for name, value in shown.items():
            self.initial.setdefault(name, value)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        start, end = found.get("start_on"), found.get("end_on")
        if start and end and end < start:
            self.add_error("end_on", _("The last day is before the first day."))
        if found.get("kind") == Kind.INTERNAL and "host" not in self.errors:
            if found.get("host") is None:
                found["host"] = self.seconder
            elif found["host"] != self.seconder:
                self.add_error(
                    "host",
                    _("An internal secondment stays within %(org)s; choose another kind for another organisation.")
                    % {"org": self.seconder},
                )
        elif found.get("host") == self.seconder:
            self.add_error("host", _("The host is your own organisation; choose the kind “internal”, or another host."))
        self._clean_outsider("host_contact")
        self._clean_outsider("host_signatory")
        secondee = found.get("secondee")
        if secondee and not found.get("line_manager") and "line_manager" not in self.errors:
            employment = (
                secondee.employments.current().filter(organisation=self.seconder).select_related("line_manager").first()
            )
            found["line_manager"] = employment.line_manager if employment else None
        if found.get("weekly_hours") is None and found.get("working_time") == FULL and secondee:
            employment = secondee.employments.current().filter(organisation=self.seconder).first()
            found["weekly_hours"] = employment.weekly_hours if employment else None
        return found

    def _clean_outsider(self, part: str) -> None:
        """Name and e-mail belong together, also of an address that is known: nobody learns here whom we know."""
        name = self.cleaned_data.get(f"{part}_name", "").strip()
        email = (self.cleaned_data.get(f"{part}_email") or "").strip()
        if name and not email and f"{part}_email" not in self.errors:
            self.add_error(
                f"{part}_email",
                _("Give %(name)s's e-mail address; the link to the case is sent there.") % {"name": name},
            )
        if email and not name:
            self.add_error(f"{part}_name", _("Give their name too."))

    def case_fields(self) -> dict[str, Any]:
        """What the action wants; unknown contacts are made known here, after all checks."""
        found = self.cleaned_data
        contact = self._outsider("host_contact")
        fields = {
            name: found[name]
            for name in (
                "kind",
                "host",
                "host_department",
                "role_title",
                "location",
                "start_on",
                "end_on",
                "purpose",
                "weekly_hours",
                "secondee",
                "line_manager",
                "seconder_signatory",
            )
        }
        fields["is_full_time"] = found["working_time"] == FULL
        fields["host_contact"] = contact
        fields["host_signatory"] = self._outsider("host_signatory") or contact
        return fields

    def _outsider(self, part: str) -> Person | None:
        email = (self.cleaned_data.get(f"{part}_email") or "").strip()
        if not email:
            return None
        validate_email(email)
        zone = self.cleaned_data["host"].time_zone if self.cleaned_data.get("host") else "UTC"
        return Person.objects.made_known(email, self.cleaned_data[f"{part}_name"], zone)

    def require(self, objectives: BaseObjectiveFormSet) -> bool:
        """Ask for everything that a submission needs, each fault at its field. True when nothing is missing."""
        found = self.cleaned_data
        filled = {
            **found,
            "host_contact": found.get("host_contact_email"),
            "host_signatory": found.get("host_signatory_email") or found.get("host_contact_email"),
        }
        place = {"host_contact": "host_contact_email", "host_signatory": "host_signatory_email"}
        for name, sentence in REQUIRED.items():
            field = place.get(name, name)
            if not filled.get(name) and field not in self.errors:
                self.add_error(field, str(sentence))
        if found.get("kind") == Kind.INTERNAL and not found.get("host_department"):
            self.add_error("host_department", _("Say which department hosts the secondee."))
        if not objectives.rows():
            objectives.forms[0].add_error("text", _("Write at least one objective."))
            return False
        return not self.errors


class ObjectiveForm(Form):
    text = forms.CharField(label=gettext_lazy("Objective"), max_length=500, required=False)
    measure = forms.CharField(label=gettext_lazy("How it is measured"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("measure") and not found.get("text"):
            self.add_error("text", _("Write the objective that this measures."))
        return found


class BaseObjectiveFormSet(forms.BaseFormSet):
    def rows(self) -> list[dict[str, str]]:
        """The objectives that were written, in order."""
        return [form.cleaned_data for form in self.forms if getattr(form, "cleaned_data", {}).get("text")]


ObjectiveFormSet = forms.formset_factory(
    ObjectiveForm, formset=BaseObjectiveFormSet, extra=2, max_num=12, absolute_max=12
)
