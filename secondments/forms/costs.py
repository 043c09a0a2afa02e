"""Forms of what the host is charged, and of expenses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput, Form, ModelForm
from secondments.models import Expense, HoursWorked, RechargeTerms


class RechargeForm(ModelForm):
    places = {
        "recharge_uplift_has_day_and_percent": (
            "uplift_percent",
            _("Give both, from when and by how much the salary is raised, or neither."),
        )
    }

    reason = forms.CharField(
        label=_("Why it is counted otherwise"),
        required=False,
        max_length=500,
        help_text=_("Once there are invoices: which signed variation changes the terms, or what was wrong."),
    )

    class Meta:
        model = RechargeTerms
        fields = [
            "model", "frequency", "currency", "annual_salary", "on_cost_percent", "percent", "fixed", "cover", "rate",
            "most_hours", "uplift_from", "uplift_percent", "suspends_absence", "sickness_charged_days", "payment_days",
            "tax_treatment", "tax_reason",
        ]  # fmt: skip
        widgets = {"model": forms.RadioSelect, "uplift_from": DateInput()}
        help_texts = {
            "percent": _("Of salary and on-costs."),
            "suspends_absence": _(
                "Sickness once it has lasted as long as is said below, other long absence from its first day."
            ),
            "sickness_charged_days": _("As the clause on sickness has it; empty means as long as the policy says."),
            "tax_treatment": _("A decision that is recorded here; nothing is worked out from it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].choices = [choice for choice in self.fields["model"].choices if choice[0]]

    def clean_currency(self) -> str:
        given = self.cleaned_data["currency"].strip().upper()
        if len(given) != 3 or not given.isalpha() or not given.isascii():
            raise forms.ValidationError(_("Give the three letters of a currency, like EUR."))
        return given


class HoursForm(ModelForm):
    class Meta:
        model = HoursWorked
        fields = ["month", "hours"]
        widgets = {"month": DateInput()}
        help_texts = {"month": _("Any day of the month.")}


class InvoiceForm(Form):
    invoice_number = forms.CharField(label=_("Number of the invoice"), max_length=60)
    invoiced_on = forms.DateField(label=_("Invoiced on"), widget=DateInput())
    seen = forms.DecimalField(widget=forms.HiddenInput)


class PaidForm(Form):
    paid_on = forms.DateField(label=_("Paid on"), widget=DateInput())


class HandOverForm(Form):
    note = forms.CharField(label=_("What finance is to know"), max_length=1000, widget=forms.Textarea({"rows": 2}))


class ExpenseForm(ModelForm):
    receipt_file = forms.FileField(label=_("Receipt"), help_text=_("PDF, PNG or JPEG, up to 10 MB."))

    class Meta:
        model = Expense
        fields = ["spent_on", "kind", "label", "amount"]
        widgets = {"spent_on": DateInput()}


class ExpenseAnswer(Form):
    passed_on = forms.BooleanField(label=_("The host pays it, with its next statement"), required=False)
    reason = forms.CharField(label=_("Why not, if it is refused"), required=False, max_length=300)
