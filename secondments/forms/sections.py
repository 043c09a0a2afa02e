"""The sections of a proposal: short forms that are filled in in any order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.forms.fields import DayField, NumberField
from people.forms.people import ColleagueField
from people.models import Organisation, Person
from secondments.choices import (
    Category,
    CountedIn,
    Kind,
    WorkType,
)
from secondments.forms.means import Abroad, Aims, CoverSection, FundingSection, Risks
from secondments.forms.rows import line, options, weekdays, words
from secondments.forms.section import Section
from secondments.models import Secondment

FULL, PART = "full", "part"


class People(Section):
    name, title = "people", gettext_lazy("Who and where")
    lead = gettext_lazy("Who is lent to whom, and who speaks and signs for each side.")
    case_fields = ("kind", "host_department")
    proposal_fields = ("category",)

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
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    category = forms.ChoiceField(label=gettext_lazy("Category"), choices=options(Category), required=False)
    host = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("Host organisation"),
        required=False,
        help_text=gettext_lazy("For an internal secondment, your own organisation."),
    )
    host_department = line(
        gettext_lazy("Host department"), gettext_lazy("For an internal secondment, the department that hosts.")
    )
    host_contact_name = line(gettext_lazy("Host contact: name"))
    host_contact_email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("Host contact: e-mail"),
        required=False,
        help_text=gettext_lazy("Decides for the host. Needs no account: a link and a code come by e-mail."),
    )
    host_signatory_name = line(gettext_lazy("Signs for the host (a suggestion): name"))
    host_signatory_email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("Signs for the host (a suggestion): e-mail"),
        required=False,
        help_text=gettext_lazy("The host confirms or changes it when it accepts. Left blank: the host contact."),
    )

    def starting(self) -> dict[str, Any]:
        case = self.case
        shown = {name: person.email for name in COLLEAGUES if (person := getattr(case, name))}
        for part in ("host_contact", "host_signatory"):
            person = getattr(case, part)
            shown |= {f"{part}_name": person.full_name, f"{part}_email": person.email} if person else {}
        shown.setdefault("seconder_signatory", self.by.email if not case.secondee_id else "")
        return super().starting() | {"host": case.host} | shown

    def prepare(self) -> None:
        for name in COLLEAGUES:
            self.fields[name].organisation = self.case.seconder
        hosts = Q(pk__in=Organisation.objects.visible_to(self.by).values("pk")) | Q(pk=self.case.host_id)
        self.fields["host"].queryset = Organisation.objects.filter(hosts)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        seconder = self.case.seconder
        if found.get("kind") == Kind.INTERNAL and "host" not in self.errors:
            if found.get("host") is None:
                found["host"] = seconder
            elif found["host"] != seconder:
                self.add_error(
                    "host",
                    _("An internal secondment stays within %(org)s; choose another kind for another organisation.")
                    % {"org": seconder},
                )
        elif found.get("host") == seconder:
            self.add_error("host", _("The host is your own organisation; choose the kind “internal”, or another host."))
        self._clean_department(found)
        for part in ("host_contact", "host_signatory"):
            self._clean_outsider(part)
        return found

    def _clean_department(self, found: dict[str, Any]) -> None:
        """A department that lends somebody to itself lends nobody."""
        secondee = found.get("secondee")
        if found.get("kind") != Kind.INTERNAL or not secondee or not found.get("host_department"):
            return
        terms = secondee.employments.current().filter(organisation=self.case.seconder).first()
        home = terms.department.name if terms and terms.department else ""
        if home and home.casefold() == found["host_department"].strip().casefold():
            self.add_error(
                "host_department",
                _("%(name)s works in %(home)s already; name the department that hosts.")
                % {"name": secondee, "home": home},
            )

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

    waiting = ("host_contact_name", "host_contact_email", "host_signatory_name", "host_signatory_email")

    def answers(self, *, quick: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        """People too; unknown contacts are made known here, after all checks, and not out of half an address."""
        of_case, of_proposal = super().answers()
        found = self.cleaned_data
        for name in (*COLLEAGUES, "host"):
            if name in found:
                of_case[name] = found[name]
        secondee = found.get("secondee")
        if secondee and "line_manager" in found and not found["line_manager"]:
            terms = secondee.employments.current().filter(organisation=self.case.seconder).first()
            of_case["line_manager"] = terms.line_manager if terms else None
        if quick:
            return of_case, of_proposal
        if "host_contact_email" in found and "host_contact_name" in found:
            of_case["host_contact"] = self._outsider("host_contact")
        if "host_signatory_email" in found and "host_signatory_name" in found:
            of_case["host_signatory"] = self._outsider("host_signatory") or of_case.get("host_contact")
        return of_case, of_proposal

    def _outsider(self, part: str) -> Person | None:
        email = (self.cleaned_data.get(f"{part}_email") or "").strip()
        if not email:
            return None
        zone = self.cleaned_data["host"].time_zone if self.cleaned_data.get("host") else "UTC"
        return Person.objects.made_known(email, self.cleaned_data[f"{part}_name"], zone)


COLLEAGUES = ("secondee", "line_manager", "seconder_signatory")


class Dates(Section):
    name, title = "dates", gettext_lazy("Dates")
    lead = gettext_lazy("Both days count. An indefinite secondment goes on until somebody gives notice.")
    case_fields = ("start_on", "end_on", "is_indefinite")

    start_on = DayField(label=gettext_lazy("First day"), required=False)
    is_indefinite = forms.BooleanField(label=gettext_lazy("Indefinite, subject to notice"), required=False)
    end_on = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Of an indefinite one: the day by which it is reviewed, and ends unless extended."),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        start, end = found.get("start_on"), found.get("end_on")
        if start and end and end < start:
            self.add_error("end_on", _("The last day is before the first day."))
        self._clean_leaver(start, end)
        return found

    def _clean_leaver(self, start: date | None, end: date | None) -> None:
        """Who has a last day at work is not lent beyond it."""
        secondee, terms = self.case.secondee, self.case.employment
        last: date | None = terms.until if terms else None
        if secondee is None or last is None:
            return
        if secondee.employments.filter(organisation=self.case.seconder, since__gt=last).exists():
            return
        for field, day in (("start_on", start), ("end_on", end)):
            if day and day > last and field not in self.errors:
                words = {"name": secondee, "day": date_format(last, "j F Y")}
                self.add_error(field, _("%(name)s leaves on %(day)s; choose a day until then.") % words)
                return

    def answers(self, *, quick: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        """A day that contradicts the other one that is kept puts that away: it is typed anew."""
        of_case, of_proposal = super().answers()
        start = of_case.get("start_on", self.case.start_on)
        end = of_case.get("end_on", self.case.end_on)
        if start and end and end < start:
            of_case["end_on" if "end_on" not in of_case else "start_on"] = None
        return of_case, of_proposal


class Work(Section):
    name, title = "work", gettext_lazy("Role, hours and place")
    case_fields = ("role_title", "location", "weekly_hours", "total_hours", "working_days")
    proposal_fields = ("work_type", "host_grade")

    role_title = line(gettext_lazy("Role at the host"))
    host_grade = line(gettext_lazy("Grade of the role"), most=100)
    work_type = forms.ChoiceField(label=gettext_lazy("Type of work"), choices=options(WorkType), required=False)
    location = line(gettext_lazy("Place of work"))
    working_time = forms.ChoiceField(
        label=gettext_lazy("Working time"),
        choices=[(FULL, gettext_lazy("Full-time")), (PART, gettext_lazy("Part-time"))],
    )
    counted_in = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=CountedIn.choices)
    weekly_hours = NumberField(
        label=gettext_lazy("Hours per week"),
        required=False,
        min_value=Decimal("0.5"),
        max_value=60,
        max_digits=4,
        decimal_places=2,
        help_text=gettext_lazy("Full-time, left blank: as employed. Counted in all: the most in one week."),
    )
    total_hours = NumberField(
        label=gettext_lazy("Hours in all"),
        required=False,
        min_value=1,
        max_value=9999,
        max_digits=6,
        decimal_places=2,
        help_text=gettext_lazy("Only where hours are counted in all, such as 100 hours within a year."),
    )
    working_days = weekdays(
        gettext_lazy("Days of the week"), gettext_lazy("For part-time: which days are worked at the host.")
    )

    def starting(self) -> dict[str, Any]:
        return super().starting() | {
            "working_time": FULL if self.case.is_full_time else PART,
            "counted_in": CountedIn.TOTAL if self.case.total_hours else CountedIn.WEEK,
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        in_all = found.get("counted_in") == CountedIn.TOTAL
        if in_all and not found.get("total_hours") and "total_hours" not in self.errors:
            self.add_error("total_hours", _("Give the hours in all."))
        if in_all and found.get("working_time") == FULL:
            self.add_error("working_time", _("Hours counted in all are part-time."))
        return found

    def answers(self, *, quick: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        of_case, of_proposal = super().answers()
        found = self.cleaned_data
        if "working_time" in found:
            of_case["is_full_time"] = found["working_time"] == FULL
        if found.get("counted_in") == CountedIn.WEEK:
            of_case["total_hours"] = None
        if "weekly_hours" in of_case and of_case["weekly_hours"] is None and found.get("working_time") == FULL:
            of_case["weekly_hours"] = self.case.employment.weekly_hours if self.case.employment else None
        return of_case, of_proposal


class Purpose(Section):
    name, title = "purpose", gettext_lazy("Purpose and benefits")
    lead = gettext_lazy("What those who decide read first. HR of the host and the host contact read it too.")
    case_fields = ("purpose",)
    proposal_fields = (
        "why_secondment",
        "benefit_seconder",
        "benefit_secondee",
        "benefit_host",
        "selection",
        "if_refused",
    )

    purpose = words(gettext_lazy("Purpose"), gettext_lazy("What the secondment is for."))
    why_secondment = words(
        gettext_lazy("Why a secondment"), gettext_lazy("And not recruiting, training or a contract."), 3
    )
    benefit_seconder = words(gettext_lazy("What the seconder gains"), rows=3)
    benefit_secondee = words(gettext_lazy("What the secondee gains"), rows=3)
    benefit_host = words(gettext_lazy("What the host gains"), rows=3)
    selection = line(
        gettext_lazy("How the secondee was chosen"),
        gettext_lazy("For instance: advertised to all, asked by the host, own wish."),
        300,
    )
    if_refused = words(gettext_lazy("What happens if it is refused"), gettext_lazy("Not shown to the host."), 3)


SECTIONS: dict[str, type[Section]] = {
    form.name: form for form in (People, Dates, Work, Purpose, Aims, CoverSection, FundingSection, Risks, Abroad)
}


def shown_for(case: Secondment) -> list[type[Section]]:
    """The sections that a case of this kind has."""
    is_abroad = case.kind == Kind.INTERNATIONAL
    return [form for form in SECTIONS.values() if form is not Abroad or is_abroad]


# In which section a column is mended; the names of guards' refusals lead there.
PLACE_OF = {name: form.name for form in SECTIONS.values() for name in (*form.base_fields, *form.tables)}
PLACE_OF |= {"host_contact": "people", "host_signatory": "people", "eligibility": "eligibility"}
