"""The sections of a proposal about what it takes: objectives, cover, money, risks, work abroad."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from people.forms.fields import NumberField
from secondments.choices import Cover, Funding, Permit, SocialSecurity
from secondments.forms.rows import EMPTY, CostRow, ObjectiveRow, SkillRow, line, options, rows_of, words
from secondments.forms.section import Section


class Aims(Section):
    name, title = "objectives", gettext_lazy("Objectives and skills")
    lead = gettext_lazy("Check-ins and the review come back to these.")
    tables = {"objectives": rows_of(ObjectiveRow, 12), "skills": rows_of(SkillRow, 12)}


class CoverSection(Section):
    name, title = "cover", gettext_lazy("Cover for the post")
    lead = gettext_lazy("Who does the job at home meanwhile. Its cost belongs to the funding.")
    proposal_fields = ("cover", "cover_who", "cover_ends_with", "cover_note")

    cover = forms.ChoiceField(label=gettext_lazy("Cover"), choices=options(Cover), required=False)
    cover_who = line(gettext_lazy("Who covers"), most=300)
    cover_ends_with = forms.BooleanField(
        label=gettext_lazy("The cover ends when the secondment does"), required=False, initial=True
    )
    cover_note = words(gettext_lazy("What else matters for the cover"), rows=3)


class FundingSection(Section):
    name, title = "funding", gettext_lazy("Funding and estimate")
    lead = gettext_lazy("Salary and on-costs are counted by themselves; add what comes on top.")
    proposal_fields = (
        "funding",
        "host_percent",
        "fixed_amount",
        "budget_holder",
        "currency",
        "on_cost_percent",
        "pay_note",
    )
    tables = {"cost_items": rows_of(CostRow, 20)}

    funding = forms.ChoiceField(label=gettext_lazy("Who bears the costs"), choices=options(Funding), required=False)
    host_percent = NumberField(
        label=gettext_lazy("The host's share, %"), required=False, min_value=0, max_value=100, decimal_places=2
    )
    fixed_amount = NumberField(
        label=gettext_lazy("Fixed amount for the period"),
        required=False,
        money=True,
        min_value=0,
        max_digits=12,
        decimal_places=2,
    )
    currency = forms.RegexField(
        "^[A-Za-z]{3}$",
        label=gettext_lazy("Currency"),
        required=False,
        help_text=gettext_lazy("Three letters, such as GBP. Left blank: the currency of the salary."),
        error_messages={"invalid": gettext_lazy("A currency has three letters, such as GBP.")},
    )
    on_cost_percent = NumberField(
        label=gettext_lazy("On-costs, % of the salary"), required=False, min_value=0, max_value=200, decimal_places=2
    )
    budget_holder = line(gettext_lazy("Budget or cost centre"))
    pay_note = words(
        gettext_lazy("Pay during the secondment"),
        gettext_lazy("Unchanged, or what differs: supplements, increments, pension. Everybody who decides reads it."),
        3,
    )

    def prepare(self) -> None:
        self.fields["on_cost_percent"].help_text = _("Left blank: %(value)s %%, as your policy says.") % {
            "value": f"{self.case.rules.on_cost_percent.normalize():f}"
        }

    def clean_currency(self) -> str:
        currency = self.cleaned_data["currency"].upper()
        terms = self.case.employment
        paid_in = terms.salary_currency if terms and terms.annual_salary is not None else ""
        if currency and paid_in and currency != paid_in:
            raise forms.ValidationError(
                _("The salary is paid in %(salary)s: the estimate counts in it. Give amounts in %(salary)s.")
                % {"salary": paid_in}
            )
        return currency

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        asked: dict[str, tuple[str, str]] = {
            Funding.SHARED: ("host_percent", _("Say how many per cent the host bears.")),
            Funding.FIXED: ("fixed_amount", _("Say how much the host pays.")),
        }
        field, sentence = asked.get(found.get("funding") or "", ("", ""))
        if field and found.get(field) is None and field not in self.errors:
            self.add_error(field, sentence)
        return found


class Risks(Section):
    name, title = "risks", gettext_lazy("Risks, conditions, return")
    proposal_fields = ("risks", "conditions", "checks", "host_provides", "leave_note", "return_post")

    risks = words(gettext_lazy("Risks, and what is done about them"), gettext_lazy("Not shown to the host."))
    conditions = words(gettext_lazy("Conditions"), gettext_lazy("What must hold for the secondment to begin or go on."))
    checks = words(
        gettext_lazy("Checks and clearances"), gettext_lazy("Security, health, criminal records, declarations."), 3
    )
    host_provides = words(
        gettext_lazy("What the host provides"), gettext_lazy("Supervision, a place to work, equipment, access."), 3
    )
    leave_note = words(
        gettext_lazy("Leave and appraisal"),
        gettext_lazy("Who approves leave, who appraises, who keeps in touch."),
        3,
    )
    return_post = words(
        gettext_lazy("Post to return to"), gettext_lazy("Which post is kept, and what if it changes meanwhile."), 3
    )


class Abroad(Section):
    name, title = "abroad", gettext_lazy("Work in another country")
    lead = gettext_lazy("What must be settled before somebody works abroad.")
    proposal_fields = ("work_country", "permit", "social_security", "is_accompanied", "relocation", "tax_note")

    work_country = forms.ChoiceField(label=gettext_lazy("Country of work"), required=False)
    permit = forms.ChoiceField(label=gettext_lazy("Permit to work there"), choices=options(Permit), required=False)
    social_security = forms.ChoiceField(
        label=gettext_lazy("Social security"), choices=options(SocialSecurity), required=False
    )
    is_accompanied = forms.BooleanField(label=gettext_lazy("Family comes along"), required=False)
    relocation = words(gettext_lazy("Relocation and travel home"), rows=3)
    tax_note = words(gettext_lazy("Tax and insurance"), rows=3)

    def starting(self) -> dict[str, Any]:
        found = super().starting()
        found["work_country"] = str(found["work_country"] or (self.case.host.country if self.case.host else ""))
        return found

    def prepare(self) -> None:
        self.fields["work_country"].choices = [*EMPTY, *countries]

    def clean_work_country(self) -> str:
        country = str(self.cleaned_data["work_country"])
        if country and country == str(self.case.seconder.country):
            raise forms.ValidationError(_("This is the seconder's own country; choose another kind of secondment."))
        return country
