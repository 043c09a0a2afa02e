"""Forms of confirming and of changing how one signs in."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.actions import codes, factors
from people.forms.base import Form
from people.forms.sign_in import counted, right_code
from people.models import OneTimeCode, Person

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class OfReader(Form):
    """A form about the reader's own way in."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person: Person = request.user  # type: ignore[assignment]
        self.session = request.session.session_key or ""


class MailedCode(OfReader):
    """A code that was mailed, for the purpose that the class below names."""

    purpose: str
    code = forms.CharField(label=gettext_lazy("Code from the e-mail"), max_length=12, widget=forms.TextInput(CODE))

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        spent = counted("confirm_wrong", self.person.email)
        self.found = codes.take(self.person, purpose=self.purpose, session=self.session, code=code)
        if self.found is None:
            raise ValidationError(
                _("This is not the code, or it is too old. Look at the newest mail, or ask for another.")
            )
        spent.delete()
        return code


class ConfirmByCode(MailedCode):
    purpose = OneTimeCode.Purpose.CONFIRM


class NewAddressCode(MailedCode):
    purpose = OneTimeCode.Purpose.ADDRESS


class ConfirmByFactor(OfReader):
    code = forms.CharField(
        label=gettext_lazy("Code from your app, or a recovery code"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        right_code(self.person, code)
        return code


class ConfirmByPassword(OfReader):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def clean_password(self) -> str:
        words: str = self.cleaned_data["password"]
        spent = counted("password_wrong", self.person.email)
        if not self.person.check_password(words):
            raise ValidationError(_("This is not your password. You can ask for a code instead."))
        spent.delete()
        return words


class PasswordChoice(OfReader):
    password = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("At least 12 characters; several words are easier to remember than signs."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        words: str = self.cleaned_data["password"]
        password_validation.validate_password(words, self.person)
        return words


class NewAddress(OfReader):
    email = forms.EmailField(
        label=gettext_lazy("New e-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip()
        if email.lower() == self.person.email.lower():
            raise ValidationError(_("This is your address already."))
        return email


class AppCode(OfReader):
    code = forms.CharField(label=gettext_lazy("Code that the app shows"), max_length=10, widget=forms.TextInput(CODE))

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret = secret

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        spent = counted("factor_wrong", self.person.email)
        if factors.app_counter(self.secret, code) is None:
            raise ValidationError(
                _("This is not the code. Wait for the next one; see that your phone's clock is right.")
            )
        spent.delete()
        return code


class NewPasskey(OfReader):
    name = forms.CharField(
        label=gettext_lazy("Name of the passkey"),
        help_text=gettext_lazy("So that you know it again, such as “Work laptop”."),
        max_length=60,
    )
    credential = forms.JSONField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        credential = found.get("credential")
        if not credential:
            raise ValidationError(
                _("The browser gave no passkey. Press the button and follow your device; it needs JavaScript.")
            )
        try:
            webauthn.parse_registration_response(credential)
            webauthn.complete_registration(credential)
        except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
            raise ValidationError(_("The passkey could not be read. Try again.")) from None
        return found


class ProviderSwitch(Form):
    is_on = forms.BooleanField(label=gettext_lazy("People may sign in with it"), required=False)
    is_required = forms.BooleanField(
        label=gettext_lazy("HR and finance sign in with it alone"),
        help_text=gettext_lazy("Codes by mail and passwords no longer work for them."),
        required=False,
    )
