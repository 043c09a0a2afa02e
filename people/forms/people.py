"""Fields and forms about people."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from people.forms.base import ModelForm
from people.models import Employment, Organisation, Person


class ColleagueField(forms.CharField):
    """Somebody employed at an organisation, named by e-mail; the browser offers names from a list."""

    default_error_messages = {
        "unknown": _("Nobody with this e-mail works at %(organisation)s. Check the spelling, or import them first."),
    }

    def __init__(self, *, options: str = "colleagues", **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 254)
        widget = forms.EmailInput({"list": options, "autocomplete": "off"})
        super().__init__(widget=widget, **kwargs)
        self.organisation: Organisation | None = None

    def clean(self, value: Any) -> Person | None:
        email = super().clean(value).strip()
        if not email:
            return None
        validate_email(email)
        works = Employment.objects.lasting().filter(organisation=self.organisation)
        person = Person.objects.filter(email__iexact=email, pk__in=works.values("person"), is_active=True).first()
        if person is None:
            raise forms.ValidationError(
                self.error_messages["unknown"], code="unknown", params={"organisation": self.organisation}
            )
        return person


class ProfileForm(ModelForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Times are shown to you in this zone."),
        choices=lambda: [
            (name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name or name == "UTC"
        ],
    )

    class Meta:
        model = Person
        fields = ["phone", "time_zone", "quiet_from", "quiet_until", "digest"]
        widgets = {name: forms.TimeInput({"type": "time"}, format="%H:%M") for name in ("quiet_from", "quiet_until")}
        help_texts = {
            "quiet_from": _("No reminder is sent from then on; what somebody does is told at once."),
            "quiet_until": _("Leave both empty for the usual hours, from eight in the evening to seven."),
            "digest": _(
                "All that can wait comes in one mail, at seven in the morning. Codes and urgent things do not."
            ),
        }

    def clean(self) -> dict[str, Any]:
        """Quiet hours have both ends or none."""
        found = super().clean() or {}
        begins, ends = found.get("quiet_from"), found.get("quiet_until")
        if begins is None and ends is not None:
            self.add_error("quiet_from", _("Say from when, or leave both empty."))
        if ends is None and begins is not None:
            self.add_error("quiet_until", _("Say until when, or leave both empty."))
        return found
