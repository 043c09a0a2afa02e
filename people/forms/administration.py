"""Forms of the pages for administrators."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, Form, ModelForm
from people.models import LedgerEntry, Organisation, Person

# What is about access, by how its verbs begin; houses above write some of them.
ACCESS = {
    "administrator.": _("Administrators"),
    "support.": _("Support"),
    "membership.": _("Roles in organisations"),
    "part.": _("Parts in cases"),
    "deputy.": _("Deputies"),
    "capacity.": _("Chosen capacities"),
    "salary.": _("Reads of salaries"),
    "sign_in.": _("Signing in"),
    "invitation.": _("Invitations"),
    "signatory.": _("Signatories"),
    "organisation.": _("Organisations"),
    "people.first_hr": _("First HR"),
    "ledger.": _("The ledger itself"),
}


class OrganisationForm(ModelForm):
    class Meta:
        model = Organisation
        fields = ["legal_name", "kind", "country", "time_zone"]
        help_texts = {"time_zone": _("A name such as Europe/London.")}


class FirstHRForm(Form):
    full_name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), max_length=254, help_text=_("Sign-in codes are sent to it."))


class AccessFilter(Form):
    """Which entries of the ledger of access are shown; what cannot be understood is said and shows nothing."""

    use_required_attribute = False
    person = forms.CharField(
        label=_("Name or e-mail, of who did it or whom it is about"), max_length=100, required=False
    )
    verb = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("Everything")), *ACCESS.items()])
    since = forms.DateField(label=_("From"), required=False, widget=DateInput())
    until = forms.DateField(label=_("Until, inclusive"), required=False, widget=DateInput())

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("since") and given.get("until") and given["since"] > given["until"]:
            self.add_error("until", _("The last day lies before the first; choose a later one."))
        return given

    def entries(self) -> QuerySet[LedgerEntry]:
        """The newest first."""
        if not self.is_valid():
            return LedgerEntry.objects.none()
        given = self.cleaned_data
        chosen = Q()
        for beginning in [given["verb"]] if given["verb"] else ACCESS:
            chosen |= Q(verb__startswith=beginning)
        found = LedgerEntry.objects.filter(chosen)
        if given["person"].strip():
            is_name = any(letter.isalnum() for letter in given["person"])
            named = Person.objects.named(given["person"]) if is_name else Person.objects.none()
            people = list(named.values_list("pk", flat=True)[:500])
            found = found.filter(Q(actor_id__in=people) | Q(subject_id__in=people))
        if given["since"]:
            found = found.filter(at__gte=_midnight(given["since"]))
        if given["until"]:
            found = found.filter(at__lt=_midnight(given["until"] + timedelta(days=1)))
        return found.order_by("-pk")


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
