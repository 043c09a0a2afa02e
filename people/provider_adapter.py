"""Signing in with an organisation's own provider: who is let in, and nobody else.

An organisation's provider vouches for its own people alone: the address must be verified and of one of the
provider's domains, the person must be here already, and belong to this organisation and to no other. The
provider's name for the person (``sub``) is bound at the first sign-in and must stay the same.
"""

from __future__ import annotations

from typing import Any, NoReturn

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _

from people.models import Person, SignInProvider
from people.telling import Origin, tell

NONCES = "provider_nonces"
SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]  # never a shared secret


class ProviderAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """The provider of one organisation, by the organisation's key, if it is on; none is kept in allauth's table."""
        found = SignInProvider.objects.filter(is_on=True, organisation__key=provider or "")
        return [_app(each) for each in found.select_related("organisation")]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, *words: Any, **more: Any) -> None:
        refuse(request)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Judge what the provider says, and bind it to the person at the first time."""
        provider = SignInProvider.objects.select_related("organisation").get(
            is_on=True, organisation__key=sociallogin.account.provider
        )
        claims = _claims(sociallogin)
        email = str(claims.get("email") or "")
        if claims.get("email_verified") is not True or not provider.vouches_for(email):
            refuse(request)
        with transaction.atomic():
            bound = sociallogin.user if sociallogin.is_existing else None
            person = bound or Person.objects.filter(email__iexact=email).first()
            if person is None or not _is_of(person, provider):
                refuse(request)
            if bound is None:
                _bind(request, sociallogin, Person.objects.select_for_update().get(pk=person.pk), provider)


def _app(provider: SignInProvider) -> SocialApp:
    return SocialApp(
        provider="openid_connect",
        provider_id=provider.organisation.key,
        name=provider.organisation.legal_name,
        client_id=provider.client_id,
        secret=provider.secret,
        settings={"server_url": provider.issuer, "oauth_pkce_enabled": True},
    )


def _claims(sociallogin: SocialLogin) -> dict[str, Any]:
    found = sociallogin.account.extra_data
    return {**found.get("id_token", {}), **found.get("userinfo", {})}


def _is_of(person: Person, provider: SignInProvider) -> bool:
    """Active, with an address of the provider's, employed by or a member of this organisation and no other."""
    mine = provider.organisation_id
    members = {organisation for organisation, _role in person.memberships_now}
    employers = set(person.employments.current().values_list("organisation_id", flat=True))
    return (
        person.is_active
        and not person.is_administrator
        and provider.vouches_for(person.email)
        and mine in members | employers
        and not members - {mine}
    )


def _bind(request: HttpRequest, sociallogin: SocialLogin, person: Person, provider: SignInProvider) -> None:
    if SocialAccount.objects.filter(user=person, provider=sociallogin.account.provider).exists():
        refuse(request)  # bound to another name already
    sociallogin.user = person
    sociallogin.account.user = person
    sociallogin.account.extra_data = {}
    sociallogin.account.save()
    tell(
        person,
        "sign_in.provider_used",
        _("You signed in with %(organisation)s for the first time.") % {"organisation": provider.organisation},
        by=person,
        origin=Origin.of(request),
        organisation=provider.organisation.legal_name,
    )


def refuse(request: HttpRequest) -> NoReturn:
    """One page for every reason: it tells nobody who is known here."""
    raise ImmediateHttpResponse(render(request, "people/provider_refused.html", status=403))


class Exchange(OpenIDConnectOAuth2Adapter):
    """allauth's exchange with the provider, that also asks for a nonce and believes only signed tokens."""

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **more: Any) -> SocialLogin:
        id_token = more["response"].get("id_token")
        if not id_token:
            raise OAuth2Error("no id_token")
        claims = self._decode_id_token(app, id_token)
        nonces = request.session.get(NONCES, [])
        if claims.get("nonce") not in nonces:
            raise OAuth2Error("another nonce")
        request.session[NONCES] = [nonce for nonce in nonces if nonce != claims["nonce"]]
        userinfo = self._fetch_user_info(token.token)
        if userinfo.get("sub") != claims.get("sub"):
            raise OAuth2Error("another subject")
        return self.get_provider().sociallogin_from_response(request, {"userinfo": userinfo, "id_token": claims})

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Always with the provider's keys, also when the token came straight from it."""
        config = self.openid_config
        if config["issuer"].rstrip("/") != app.settings["server_url"].rstrip("/"):
            raise OAuth2Error("another issuer")
        with get_adapter().get_requests_session() as session:
            answer = session.get(config["jwks_uri"])
            answer.raise_for_status()
        try:
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
            named = jwt.get_unverified_header(id_token).get("kid")
            key = next(key for key in keys if key.key_id == named or (named is None and len(keys) == 1))
            found: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=SIGNED_BY,
                audience=app.client_id,
                issuer=config["issuer"],
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except (jwt.PyJWTError, StopIteration) as error:
            raise OAuth2Error("a token that is not the provider's") from error
        return found
