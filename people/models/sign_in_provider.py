from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from people.models.organisation import Organisation
from people.vault import lock, unlock


class SignInProvider(models.Model):
    """The OpenID Connect provider with which an organisation signs its own people in.

    Who runs the installation enters it (``manage.py organisation_sign_in``): an issuer is an address that our
    server fetches, and a domain says whose people it may vouch for. HR only switches it on, off and required.
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="sign_in_provider")
    issuer = models.URLField(_("issuer"), max_length=300)
    client_id = models.CharField(_("client"), max_length=200)
    locked_secret = models.TextField(editable=False)
    is_on = models.BooleanField(_("people may sign in with it"), default=False)
    is_required = models.BooleanField(_("HR and finance sign in with it alone"), default=False)

    class Meta:
        ordering = ["organisation"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on=True) | Q(is_required=False), name="sign_in_provider_required_is_on"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def secret(self) -> str:
        return unlock(self.locked_secret)

    @secret.setter
    def secret(self, words: str) -> None:
        self.locked_secret = lock(words)

    def vouches_for(self, email: str) -> bool:
        """Whether the address is of one of its domains."""
        return email.rpartition("@")[2].lower() in self.domain_names

    @property
    def domain_names(self) -> list[str]:
        return sorted(found.domain for found in self.domains.all())


class SignInDomain(models.Model):
    """A domain of e-mail addresses that a provider vouches for; it belongs to one organisation."""

    provider = models.ForeignKey(SignInProvider, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(_("domain"), max_length=200)

    class Meta:
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint(
                Lower("domain"),
                name="sign_in_domain_unique",
                violation_error_message=_("This domain belongs to another organisation."),
            ),
        ]

    def __str__(self) -> str:
        return self.domain
