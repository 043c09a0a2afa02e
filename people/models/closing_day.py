from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models.organisation import Organisation
from people.models.user import Person


class ClosingDayQuerySet(models.QuerySet["ClosingDay"]):
    def visible_to(self, person: Person) -> ClosingDayQuerySet:
        """Those of one's own organisations and of those that one keeps."""
        return self.filter(organisation__in=person.organisations_seen)

    def editable_by(self, person: Person) -> ClosingDayQuerySet:
        return self.filter(organisation__in=person.records_of)


class ClosingDay(models.Model):
    """A day on which an organisation does not work besides the public holidays of its country and region."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="closing_days")
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=100)

    objects = ClosingDayQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="closing_day_unique")]

    def __str__(self) -> str:
        return f"{self.day}: {self.name}"
