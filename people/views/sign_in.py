"""The first steps of signing in: one field for the address; its domain may lead to an organisation's provider."""

from __future__ import annotations

from secrets import token_urlsafe

import requests
from allauth.account import views as allauth
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from people import entry
from people.models import SignInProvider
from people.provider_adapter import NONCES, Exchange, refuse

NONCES_KEPT = 10


@login_not_required
def ask(request: HttpRequest) -> HttpResponse:
    """An address; one whose domain has a provider is shown the way there first, whoever it belongs to."""
    if request.method == "POST" and not request.user.is_authenticated and "by_code" not in request.POST:
        provider = entry.provider_for(request.POST.get("email", ""))
        if provider:
            return _offer(request, provider)
    return allauth.request_login_code(request)


def _offer(request: HttpRequest, provider: SignInProvider) -> HttpResponse:
    wanted = entry.local(request, request.POST.get("next") or request.GET.get("next"), "")
    context = {"provider": provider, "email": request.POST["email"].strip(), "next": wanted}
    return render(request, "people/sign_in_provider.html", context)


@login_not_required
@require_GET
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """To the provider, with a state, a nonce and a challenge that only this session can answer."""
    if request.user.is_authenticated:
        return redirect("home")
    nonce = token_urlsafe(24)
    request.session[NONCES] = [*request.session.get(NONCES, []), nonce][-NONCES_KEPT:]
    wanted = entry.local(request, request.GET.get("next"))
    try:
        provider = get_adapter().get_provider(request, key)
        return provider.redirect(request, process="login", next_url=wanted, auth_params={"nonce": nonce})
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (requests.RequestException, OAuth2Error, KeyError, ValueError):
        return _refused(request)


@login_not_required
@require_GET
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider; whatever is not as it should be ends on one page."""
    if request.user.is_authenticated:
        return redirect("home")
    try:
        return OAuth2CallbackView.adapter_view(Exchange(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (requests.RequestException, OAuth2Error, SignInProvider.DoesNotExist):
        return _refused(request)


def _refused(request: HttpRequest) -> HttpResponse:
    try:
        refuse(request)
    except ImmediateHttpResponse as answer:
        return answer.response
