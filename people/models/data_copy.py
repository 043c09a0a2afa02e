from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people import clock
from people.keys import new_key
from people.models.organisation import Organisation
from people.models.user import Person
from people.roles import Role


class DataCopyQuerySet(models.QuerySet["DataCopy"]):
    def visible_to(self, person: Person) -> DataCopyQuerySet:
        """One's own data, and what one asked for as HR of an organisation, while one is that."""
        hr = person.organisations_as(Role.HR)
        return self.filter(Q(person=person) | Q(asked_by=person, organisation__in=hr))

    def ready(self) -> DataCopyQuerySet:
        return self.filter(made_at__isnull=False, expires_at__gt=clock.now())

    def waiting(self) -> DataCopyQuerySet:
        return self.filter(made_at__isnull=True, failed_at__isnull=True)


class DataCopy(models.Model):
    """A copy of what is kept about a person, made by a worker, taken away after some days.

    ``organisation`` is there where HR asked: the copy then holds no more than HR of it may see.
    """

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="data_copies")
    asked_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="+")
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    asked_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    json = models.BinaryField(default=bytes)
    pdf = models.BinaryField(default=bytes)

    objects = DataCopyQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "asked_by"],
                condition=Q(made_at__isnull=True, failed_at__isnull=True),
                name="data_copy_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | ~Q(reason=""), name="data_copy_for_hr_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True) | Q(expires_at__isnull=False), name="data_copy_made_expires"
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(made_at__isnull=True, failed_at__isnull=True),
                name="data_copy_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"copy {self.key} of {self.person_id}"

    @property
    def state(self) -> str:
        """In words: asked for, being made, ready, expired, failed."""
        if self.failed_at:
            return str(_("Could not be made; ask again"))
        if self.made_at is None:
            return str(_("Being made") if self.claimed_at else _("Asked for"))
        return str(_("Ready") if self.is_ready else _("Expired"))

    @property
    def is_ready(self) -> bool:
        return self.made_at is not None and self.expires_at is not None and self.expires_at > clock.now()

    @property
    def is_waiting(self) -> bool:
        return self.made_at is None and self.failed_at is None
