from __future__ import annotations

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from people.keys import new_key
from people.models.user import Person
from people.roles import OrganisationKind, Role


def known_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone; write for instance Europe/London."), params={"name": name}
        )


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, person: Person) -> OrganisationQuerySet:
        """Own organisations; HR also sees those it can lend to."""
        if person.is_hr:
            return self
        return self.filter(pk__in=person.organisations_as(*Role.values))


class Organisation(models.Model):
    """A party that lends or hosts people."""

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    legal_name = models.CharField(_("legal name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind, default=OrganisationKind.OTHER)
    registered_number = models.CharField(_("registered number"), max_length=60, blank=True)
    address = models.TextField(_("address"), blank=True)
    country = CountryField(_("country"))
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[known_time_zone])
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["legal_name", "pk"]
        constraints = [models.UniqueConstraint(Lower("legal_name"), "country", name="organisation_name_unique")]

    def __str__(self) -> str:
        return self.legal_name

    def get_absolute_url(self) -> str:
        return reverse("organisation", args=[self.key])


class Department(models.Model):
    """A part of an organisation; lender and host are two of these in an internal secondment."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="departments")
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint("organisation", Lower("name"), name="department_name_unique")]

    def __str__(self) -> str:
        return self.name
