"""Who may come in, and how: asked by every way of signing in, in as many queries for nobody as for somebody."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from people import clock
from people.models import Employment, Invitation, Membership, Person, SignInProvider
from people.roles import Role

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def by_code_or_password(email: str) -> Person | None:
    """Whoever has the address and may come in without a provider; one query, whatever the answer.

    Not those who may no longer sign in; not those who never did and whose invitations are all expired or called
    off, unless an organisation employs them or gave them a role: what another one called off is no matter then;
    not HR and finance of an organisation whose provider is required, but for administrators, whom none vouches for.
    """
    invitations = Invitation.objects.filter(person=OuterRef("pk"))
    open_ones = invitations.filter(cancelled_at__isnull=True).filter(
        Q(accepted_at__isnull=False) | Q(expires_at__gt=clock.now())
    )
    return (
        Person.objects.filter(email__iexact=email.strip(), is_active=True)
        .exclude(Q(last_login__isnull=True) & Exists(invitations) & ~Exists(open_ones) & ~_belongs_here())
        .exclude(Q(is_administrator=False) & Exists(_bound_memberships()))
        .first()
    )


def _belongs_here() -> Q:
    """Whether an organisation employs the person of the outer query, or gave them a role."""
    mine = {"person": OuterRef("pk")}
    return Q(Exists(Employment.objects.lasting().filter(**mine))) | Q(
        Exists(Membership.objects.lasting().filter(**mine))
    )


def _bound_memberships() -> QuerySet[Membership]:
    now = timezone.now()
    return Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now),
        person=OuterRef("pk"),
        role__in=[Role.HR, Role.FINANCE],
        organisation__sign_in_provider__is_on=True,
        organisation__sign_in_provider__is_required=True,
    )


def provider_for(email: str) -> SignInProvider | None:
    """The provider that vouches for the address's domain, if it is on. The person plays no part in it."""
    domain = email.rpartition("@")[2].strip().lower()
    found = SignInProvider.objects.filter(is_on=True, domains__domain=domain)
    return found.select_related("organisation").first()


def has_second_factor(person: Person) -> bool:
    """An app or a passkey; recovery codes alone are none."""
    return Authenticator.objects.filter(user=person, type__in=FACTORS).exists()


def local(request: HttpRequest, address: str | None, otherwise: str = "/") -> str:
    """The address if it stays on this site, a path that begins with one slash; else another."""
    found = (address or "").strip()
    if not found.startswith("/") or any(sign in found for sign in "\\\t\r\n"):
        return otherwise
    return found if url_has_allowed_host_and_scheme(found, allowed_hosts=None) else otherwise
