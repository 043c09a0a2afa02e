from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models.organisation import Organisation
from people.models.user import Person
from people.roles import Grounds, Role


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def open(self) -> ErasureQuerySet:
        return self.filter(done_at__isnull=True)

    def asked(self) -> ErasureQuerySet:
        return self.open().filter(asked_at__isnull=False)

    def visible_to(self, person: Person) -> ErasureQuerySet:
        """HR of the last employer; the administrator of the installation all."""
        if person.is_administrator:
            return self.all()
        return self.filter(organisation__in=person.organisations_as(Role.HR))


class Erasure(models.Model):
    """That a person's data is due to be erased, is asked to be, or was; by two people, never by one.

    Found by the daily sweep (``found_at``) or begun by HR of the last employer, who ask; somebody else
    confirms, which erases. What is written here is no personal data of who was erased.
    """

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="erasures")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    grounds = models.CharField(_("on which grounds"), max_length=10, choices=Grounds, default=Grounds.RETENTION)
    found_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["found_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(done_at__isnull=True), name="erasure_one_open"),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True, asked_at__isnull=True)
                | Q(asked_by__isnull=False, asked_at__isnull=False),
                name="erasure_asked_stamped",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, confirmed_by__isnull=True)
                | (
                    Q(done_at__isnull=False, confirmed_by__isnull=False, asked_by__isnull=False)
                    & ~Q(confirmed_by=F("asked_by"))
                ),
                name="erasure_done_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {self.key}"
