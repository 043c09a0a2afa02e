"""Signing in with the organisation's own provider, as its HR sees it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest, fetch
from people.actions import providers
from people.confirming import confirmed
from people.forms.security import ProviderSwitch
from people.models import Organisation, SignInProvider
from people.roles import Role
from people.views import scope


@confirmed
def sign_in(request: PersonRequest, key: str) -> HttpResponse:
    """On or off, required or not; what it is and for which domains is entered by the operator."""
    organisation = fetch(Organisation.objects.visible_to(request.user), key=key)
    if not request.user.works_for(organisation.pk, Role.HR):
        raise Denied(_("Only the HR staff of this organisation decide how its people sign in."))
    provider = SignInProvider.objects.filter(organisation=organisation).prefetch_related("domains").first()
    context = {"organisation": organisation, "tabs": scope.tabs(request.user, organisation)}
    if provider is None:
        return render(request, "people/organisation_sign_in.html", context | {"provider": None})
    form = ProviderSwitch(
        request.POST if request.method == "POST" else None,
        initial={"is_on": provider.is_on, "is_required": provider.is_required},
    )
    if request.method == "POST" and form.is_valid():
        try:
            providers.switch(provider, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("organisation_sign_in", key=key)
    return render(request, "people/organisation_sign_in.html", context | {"provider": provider, "form": form})
