"""Enters the OpenID Connect provider of an organisation: its issuer, our client there, and its domains.

Only who runs the installation does this. HR of the organisation then switches it on. Run again to change it:
what is not given stays. The client's secret is read from the environment (SIGN_IN_CLIENT_SECRET), so that it
stands in no list of processes.
"""

from __future__ import annotations

import os
import re
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from people import ledger
from people.models import Organisation, SignInDomain, SignInProvider

DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", required=True, help="its key, as in the address of its page")
        parser.add_argument("--issuer", help="such as https://login.example.org")
        parser.add_argument("--client", help="our client's name at the provider")
        parser.add_argument("--domain", action="append", help="of e-mail addresses it vouches for; repeat for more")
        parser.add_argument("--off", action="store_true", help="switch it off, also when HR cannot sign in to do so")
        parser.add_argument("--unbind", metavar="EMAIL", help="forget the provider's name for a person, to bind anew")
        parser.add_argument("--remove", action="store_true", help="remove it altogether")

    @transaction.atomic
    def handle(self, **given: Any) -> None:
        organisation = Organisation.objects.filter(key=given["organisation"]).first()
        if organisation is None:
            raise CommandError("There is no organisation with this key.")
        found = SignInProvider.objects.filter(organisation=organisation).first()
        if found and given["remove"]:
            SocialAccount.objects.filter(provider=organisation.key).delete()
            found.delete()
            self.done(organisation, "removed")
        elif found and given["unbind"]:
            SocialAccount.objects.filter(provider=organisation.key, user__email__iexact=given["unbind"]).delete()
            self.done(organisation, f"{given['unbind']} unbound")
        elif found and given["off"]:
            found.is_on = found.is_required = False
            found.save()
            self.done(organisation, "switched off")
        else:
            self.enter(found or SignInProvider(organisation=organisation), given)

    def enter(self, provider: SignInProvider, given: dict[str, Any]) -> None:
        old_issuer = provider.issuer
        provider.issuer = (given["issuer"] or provider.issuer).rstrip("/")
        provider.client_id = given["client"] or provider.client_id
        if urlsplit(provider.issuer).scheme != "https" and not settings.SEALING_DEVELOPMENT_KEY:
            raise CommandError("The issuer must begin with https://.")
        secret = os.environ.get("SIGN_IN_CLIENT_SECRET", "")
        if secret:
            provider.secret = secret
        domains = sorted(
            {word.strip().lower() for word in given["domain"] or (provider.pk and provider.domain_names) or []}
        )
        if not (provider.issuer and provider.client_id and provider.locked_secret and domains):
            raise CommandError("Give --issuer, --client, at least one --domain, and SIGN_IN_CLIENT_SECRET.")
        if wrong := [domain for domain in domains if not DOMAIN.fullmatch(domain)]:
            raise CommandError(f"Not a domain: {', '.join(wrong)}.")
        if old_issuer and old_issuer != provider.issuer:  # another issuer's names are other people's
            SocialAccount.objects.filter(provider=provider.organisation.key).delete()
        provider.save()
        provider.domains.exclude(domain__in=domains).delete()
        for domain in domains:
            if not provider.domains.filter(domain=domain).exists():
                row = SignInDomain(provider=provider, domain=domain)
                try:
                    row.validate_constraints()
                except ValidationError as error:
                    raise CommandError(f"{domain}: {' '.join(error.messages)}") from None
                row.save()
        self.done(provider.organisation, f"{provider.issuer} for {', '.join(domains)}")

    def done(self, organisation: Organisation, what: str) -> None:
        ledger.record("sign_in.provider_entered", by=None, organisation=organisation.legal_name, what=what)
        self.stdout.write(f"{organisation}: {what}.")
        self.stdout.write(f"Its way back to us: {settings.SITE_URL}/sign-in/with/{organisation.key}/back/")
