"""Naming people in a case, ending their parts, naming deputies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people import clock
from people.forms.base import DateInput, Form, ModelForm, Reason
from people.models import Person
from secondments.choices import DEPUTISED, Part
from secondments.models import CasePart, Deputy, Secondment


class NamedPerson(Form):
    """Somebody by name and e-mail; the name is always asked for, so that nobody learns whom we know."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("They sign in with codes sent there; check it letter by letter."),
    )

    def person(self, zone: str) -> Person:
        return Person.objects.made_known(self.cleaned_data["email"], self.cleaned_data["name"], zone)


class NamePart(NamedPerson):
    reason = forms.CharField(
        label=gettext_lazy("Why the change?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("HR reads it in the case's history."),
    )


class Acceptance(Reason):
    """The host's yes says who signs for it; the seconder's suggestion stands in the fields to be confirmed."""

    signatory_name = forms.CharField(label=gettext_lazy("Who signs for you: name"), max_length=200, required=False)
    signatory_email = forms.EmailField(
        label=gettext_lazy("Who signs for you: e-mail"),
        required=False,
        help_text=gettext_lazy("Needed if you accept. Only you say who signs for your side; it can be yourself."),
    )
    field_order = ["signatory_name", "signatory_email", "reason"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        email, name = found.get("signatory_email"), found.get("signatory_name", "").strip()
        if self.data.get("verdict") != "yes" or "signatory_email" in self.errors:
            return found
        if not email:
            self.add_error("signatory_email", _("Say who signs for you."))
        elif not name:
            self.add_error("signatory_name", _("Give their name too."))
        return found

    def signatory(self, zone: str) -> Person:
        return Person.objects.made_known(
            self.cleaned_data["signatory_email"], self.cleaned_data["signatory_name"], zone
        )


class NewAddress(Form):
    email = forms.EmailField(
        label=gettext_lazy("New e-mail address"),
        help_text=gettext_lazy("A new invitation goes there; what was sent to the old address leads nowhere any more."),
    )


class EndPart(Form):
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy("Left blank: the part ends now, also in a window that is open."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )


class DeputyForm(ModelForm):
    name = forms.CharField(label=gettext_lazy("Their name"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("Their e-mail"),
        help_text=gettext_lazy("They are asked by e-mail, and act for you once they have accepted."),
    )

    class Meta:
        model = Deputy
        fields = ["part", "secondment", "since", "until"]
        labels = {"part": gettext_lazy("They act for me as"), "secondment": gettext_lazy("In")}
        widgets = {"since": DateInput(), "until": DateInput()}

    field_order = ["name", "email", "part", "secondment", "since", "until"]

    def __init__(self, *args: Any, principal: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.principal = principal
        held = CasePart.objects.current().filter(person=principal, part__in=DEPUTISED)
        parts = sorted(set(held.values_list("part", flat=True)))
        self.fields["part"].choices = [(part, Part(part).label) for part in parts]
        cases = self.fields["secondment"]
        cases.queryset = Secondment.objects.filter(pk__in=held.values("secondment")).with_list_data()
        cases.empty_label = _("all my cases")
        cases.label_from_instance = lambda case: case.title
        cases.required = False

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first day."))
        elif until and until < clock.today("UTC"):
            self.add_error("until", _("The last day has passed; choose a later one."))
        case, part = found.get("secondment"), found.get("part")
        if (
            case
            and part
            and not CasePart.objects.current()
            .filter(person=self.instance.principal, secondment=case, part=part)
            .exists()
        ):
            self.add_error("secondment", _("You do not have this part in that case."))
        return found
