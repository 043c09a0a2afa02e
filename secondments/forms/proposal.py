"""Small forms around a proposal: beginning it, files, exceptions, questions, appeals, ideas."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.forms.base import Form, ModelForm
from people.forms.fields import DayField
from people.models import Organisation, Person
from secondments.choices import Part, Support
from secondments.models import Idea


class TemplateName(Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the template"),
        max_length=120,
        help_text=gettext_lazy("HR of your organisation finds it where a secondment is begun."),
    )


class FileForm(Form):
    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("PDF, PNG, JPEG, DOCX, XLSX or ODT, up to 10 MB.")
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("Show it to those who decide: secondee, line manager, host"), required=False
    )


class Words(Form):
    """One text: a question, an answer, an appeal."""

    text = forms.CharField(widget=forms.Textarea({"rows": 4}))

    def __init__(self, *args: Any, label: Any, help_text: Any = "", most: int = 2000, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label, help_text
        self.fields["text"].validators = [MaxLengthValidator(most), ProhibitNullCharactersValidator()]


class ViewForm(Form):
    """What a line manager thinks of an idea."""

    view = forms.ChoiceField(label=gettext_lazy("What do you think of it?"), choices=Support, widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("What HR should know"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("HR and whoever asked read it. It decides nothing yet."),
    )


class IdeaForm(ModelForm):
    """Who would like to go where, and why; everything but the reason may be left open."""

    use_required_attribute = False
    start_on = DayField(label=gettext_lazy("From about"), required=False)
    end_on = DayField(label=gettext_lazy("Until about"), required=False)

    class Meta:
        model = Idea
        fields = ["host", "where", "role_title", "start_on", "end_on", "why"]
        labels = {"host": gettext_lazy("Host organisation")}
        widgets = {"why": forms.Textarea({"rows": 5})}

    places = {"idea_ends_after_start": ("end_on", gettext_lazy("The last day is before the first day."))}

    def __init__(self, *args: Any, by: Person, asked_as: Part, seconders: Any, team: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked_as = asked_as
        self.fields["why"].help_text = _("What you hope to learn or to bring, and what the others gain.")
        self.fields["where"].help_text = _("An organisation or a department, in your own words.")
        self.fields["host"].required = False
        hosts = Organisation.objects.visible_to(by)
        if asked_as == Part.HR_HOST:
            hosts = hosts.filter(pk__in=by.organisations_as("hr"))
        self.fields["host"].queryset = hosts
        if not hosts:
            del self.fields["host"]
        if asked_as != Part.SECONDEE and team is not None:
            self.fields["secondee"] = forms.ModelChoiceField(team, label=_("Who"))
        if asked_as == Part.HR_HOST:
            self.fields["seconder"] = forms.ModelChoiceField(seconders, label=_("From which organisation"))
        first = [name for name in ("seconder", "secondee") if name in self.fields]
        self.order_fields([*first, *[name for name in self.fields if name not in first]])

    def columns(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}


class Start(Form):
    """Where a proposal begins: blank, from a template, or from an earlier case."""

    source = forms.CharField(required=False, max_length=40)
    seconder = forms.CharField(required=False, max_length=12)
