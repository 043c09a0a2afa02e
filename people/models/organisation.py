from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from people import public_holidays, workdays
from people.keys import new_key
from people.models.user import Fold, Person
from people.roles import OrganisationKind, Role, Weekday


@cache
def time_zones() -> frozenset[str]:
    """All names of zones, read once: the list is made from the files of the machine."""
    return frozenset(available_timezones())


def known_time_zone(name: str) -> None:
    if name not in time_zones():
        raise ValidationError(
            _("“%(name)s” is not a time zone; write for instance Europe/London."), params={"name": name}
        )


def monday_to_friday() -> list[int]:
    return [0, 1, 2, 3, 4]


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, person: Person) -> OrganisationQuerySet:
        """Own organisations and those that these keep; HR also sees whoever lets itself be found as a host."""
        own = person.organisations_as(*Role.values)
        scope = models.Q(pk__in=own) | models.Q(kept_by__in=own)
        if person.is_hr:
            scope |= models.Q(is_listed=True)
        return self.filter(scope)

    def without_hr(self) -> OrganisationQuerySet:
        """Those that nobody is HR of today."""
        from people.models.membership import Membership

        return self.exclude(pk__in=Membership.objects.current().filter(role=Role.HR).values("organisation"))

    def editable_by(self, person: Person) -> OrganisationQuerySet:
        """Those whose HR the person is, and those that have no HR of their own and were entered by such."""
        return self.filter(pk__in=person.records_of)

    def staffed_by(self, person: Person) -> OrganisationQuerySet:
        """Those whose roles the person may give: HR their own; an administrator where nobody is HR yet."""
        own = models.Q(pk__in=person.organisations_as(Role.HR))
        if person.is_administrator:
            own |= models.Q(pk__in=self.model.objects.without_hr().values("pk"))
        return self.filter(own)

    def named(self, text: str) -> OrganisationQuerySet:
        """Those whose name has each word typed in it, whatever the accents."""
        found = self.annotate(folded=Fold("legal_name"))
        for word in text.split()[:8]:
            found = found.filter(folded__contains=Fold(models.Value(word)))
        return found

    def sorted_by_name(self) -> OrganisationQuerySet:
        """As people look for names: accents and case make no difference."""
        return self.order_by(Fold("legal_name"), "pk")


class Organisation(models.Model):
    """A party that lends or hosts people.

    An organisation that another entered as a host is kept by that other (``kept_by``) and known to it alone,
    until somebody is made HR of it; from then on it keeps itself.
    """

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    legal_name = models.CharField(_("legal name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind, default=OrganisationKind.OTHER)
    registered_number = models.CharField(_("registered number"), max_length=60, blank=True)
    address = models.TextField(_("registered address"), blank=True)
    visiting_address = models.TextField(_("visiting address"), blank=True)
    country = CountryField(_("country"))
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[known_time_zone])
    working_days = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday),
        verbose_name=_("working week"),
        default=monday_to_friday,
        help_text=_("Deadlines in working days count these."),
    )
    holiday_region = models.CharField(_("region for public holidays"), max_length=10, blank=True)
    kept_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_listed = models.BooleanField(_("others may find it as a host"), default=False)
    second_factor_required = models.BooleanField(_("HR and finance need a second factor"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["legal_name", "pk"]
        constraints = [
            # A name that another organisation keeps for itself tells nobody that it exists.
            models.UniqueConstraint(
                Lower("legal_name"), "country", "kept_by", name="organisation_name_unique", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~models.Q(working_days=[]), name="organisation_works_some_day"),
        ]

    def __str__(self) -> str:
        return self.legal_name

    def get_absolute_url(self) -> str:
        return reverse("organisation", args=[self.key])

    def calendar(self) -> workdays.Calendar:
        """When this organisation works: its week, the holidays of its country and region, its closing days."""
        return workdays.Calendar(
            week=frozenset(self.working_days),
            holidays=public_holidays.Holidays(str(self.country), self.holiday_region),
            closing_days=frozenset(self.closing_days.values_list("day", flat=True)),
        )


class DepartmentQuerySet(models.QuerySet["Department"]):
    def visible_to(self, person: Person) -> DepartmentQuerySet:
        """Those of one's own organisations and of those that one keeps."""
        return self.filter(organisation__in=person.organisations_seen)

    def editable_by(self, person: Person) -> DepartmentQuerySet:
        return self.filter(organisation__in=person.records_of)


class Department(models.Model):
    """A part of an organisation; lender and host are two of these in an internal secondment."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="departments")
    name = models.CharField(_("name"), max_length=200)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint("organisation", Lower("name"), name="department_name_unique")]

    def __str__(self) -> str:
        return self.name
