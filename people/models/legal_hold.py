from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models.organisation import Organisation
from people.models.user import Person
from people.roles import Role


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def open(self) -> LegalHoldQuerySet:
        return self.filter(lifted_at__isnull=True)

    def visible_to(self, person: Person) -> LegalHoldQuerySet:
        """HR knows the holds of its own organisation."""
        return self.filter(organisation__in=person.organisations_as(Role.HR))


class LegalHold(models.Model):
    """Says that nothing of a person, or of the people of a case, may be erased until it is lifted."""

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="legal_holds")
    case_id = models.BigIntegerField(null=True, editable=False)
    reason = models.TextField(_("reason"), max_length=2000)
    placed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, case_id__isnull=True) | Q(person__isnull=True, case_id__isnull=False),
                name="legal_hold_on_person_or_case",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="legal_hold_lifted_stamped",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="legal_hold_has_reason"),
        ]
        indexes = [
            models.Index(fields=["case_id"], condition=Q(lifted_at__isnull=True), name="legal_hold_by_case"),
        ]

    def __str__(self) -> str:
        return f"hold {self.key}"
