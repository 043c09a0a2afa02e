"""Forms of signing in, in allauth's shape; each counts its tries before it judges them."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, RequestLoginCodeForm
from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people import attempts, entry
from people.access import sender
from people.actions import factors
from people.forms.base import style
from people.models import Attempt, Person

EMAIL = {"autocomplete": "username", "maxlength": 254}
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}


def counted(kind: str, address: str) -> Attempt:
    """One try more, or a sentence at the field when there were too many."""
    spent = attempts.spend(kind, address=address, sender=sender(context.request))
    if spent is None:
        raise ValidationError(
            _("That was tried too often. Wait for an hour, or ask the HR department that you deal with.")
        )
    return spent


class AskForm(RequestLoginCodeForm):
    """Where should the code go; whoever has the address plays no part in what the page says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = forms.EmailField(
            label=gettext_lazy("E-mail address"), max_length=254, widget=forms.EmailInput(EMAIL)
        )
        style(self)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        self._user = entry.by_code_or_password(email)
        return email


class CodeForm(ConfirmLoginCodeForm):
    def clean_code(self) -> str:
        stage = context.request._login_stage
        spent = counted("code_wrong", stage.state.get("email", ""))
        try:
            code = super().clean_code()
        except ValidationError:
            raise ValidationError(
                _("This is not the code. Look at the newest mail, or ask for another code.")
            ) from None
        spent.delete()
        return str(code)


class PasswordForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=gettext_lazy("E-mail address"), max_length=254, widget=forms.EmailInput(EMAIL)
        )
        self.fields["password"] = forms.CharField(
            label=gettext_lazy("Password"),
            max_length=200,
            strip=False,
            widget=forms.PasswordInput({"autocomplete": "current-password"}),
        )
        style(self)

    def _setup_password_field(self) -> None:
        """allauth takes the field away where nobody signs up with a password."""

    def clean(self) -> Any:
        try:
            return super().clean()
        except ValidationError as error:
            self.add_error("password", error)
            return self.cleaned_data


def right_code(person: Person, code: str) -> Authenticator:
    """The factor that a code belongs to, or a sentence."""
    spent = counted("factor_wrong", person.email)
    found = factors.take_code(person, code)
    if found is None:
        raise ValidationError(_("This is not the code. Wait for the next one in your app, or take a recovery code."))
    spent.delete()
    return found


def right_passkey(person: Person, credential: Any) -> Authenticator:
    """The passkey that signed what we asked it to, or a sentence."""
    spent = counted("factor_wrong", person.email)
    try:
        webauthn.parse_authentication_response(credential)
        found = webauthn.complete_authentication(person, credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        raise ValidationError(_("The passkey was not recognised. Try again, or take another way.")) from None
    spent.delete()
    return found


class SecondFactorForm(forms.Form):
    """A code from the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code from your app, or a recovery code"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        style(self)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.authenticator = right_code(self.user, code)
        return code

    def save(self) -> None:
        post_authentication(context.request, self.authenticator)


class PasskeyForm(AuthenticateWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        return right_passkey(self.user, self.cleaned_data["credential"])

    def options(self) -> str:
        """What the browser is asked to sign, for the script."""
        return json.dumps(webauthn.begin_authentication(self.user))
