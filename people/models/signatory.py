from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people import clock
from people.models.organisation import Organisation
from people.models.user import Person


class SignatoryQuerySet(models.QuerySet["Signatory"]):
    def current(self, day: date | None = None) -> SignatoryQuerySet:
        """Who may sign for an organisation on a day, by default today in UTC."""
        day = day or clock.today("UTC")
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)

    def visible_to(self, person: Person) -> SignatoryQuerySet:
        """Those of one's own organisations and of those that one keeps, and one's own entries."""
        return self.filter(Q(organisation__in=person.organisations_seen) | Q(person=person))

    def editable_by(self, person: Person) -> SignatoryQuerySet:
        return self.filter(organisation__in=person.records_of)


class Signatory(models.Model):
    """Somebody who may sign agreements for an organisation, from a day and until another."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="signatories")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="signatory_of")
    title = models.CharField(_("signs as"), max_length=120, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = SignatoryQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "person", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"], condition=Q(until__isnull=True), name="signatory_open_unique"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="signatory_until_after_since"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} signs for {self.organisation}"
