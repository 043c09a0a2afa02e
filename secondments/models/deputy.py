from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people import clock
from people.keys import new_key
from people.models import Person
from people.roles import Role
from secondments.choices import DEPUTISED, Part
from secondments.models.secondment import Secondment


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def current(self) -> DeputyQuerySet:
        """Accepted, not ended, and today is one of their days; days count in UTC."""
        today = clock.today("UTC")
        return self.filter(accepted_at__isnull=False, ended_at__isnull=True, since__lte=today, until__gte=today)

    def visible_to(self, person: Person) -> DeputyQuerySet:
        """One's own, on either side."""
        return self.filter(Q(principal=person) | Q(deputy=person))


class Deputy(models.Model):
    """Somebody who acts in another's name in a part, on the days given, once they have accepted."""

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    principal = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deputies")
    deputy = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deputy_for")
    part = models.CharField(_("part"), max_length=20, choices=[(p.value, p.label) for p in DEPUTISED])
    secondment = models.ForeignKey(
        Secondment, verbose_name=_("only in this case"), on_delete=models.CASCADE, null=True, blank=True
    )
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"))
    named_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DeputyQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="deputy_until_after_since",
                violation_error_message=_("The last day is before the first day."),
            ),
            models.CheckConstraint(condition=~Q(principal=F("deputy")), name="deputy_is_somebody_else"),
            models.CheckConstraint(condition=Q(part__in=[p.value for p in DEPUTISED]), name="deputy_part_known"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="deputy_ended_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["deputy"], condition=Q(ended_at__isnull=True), name="deputy_open")]

    def __str__(self) -> str:
        return f"{self.deputy} for {self.principal} ({Part(self.part).label})"

    def get_absolute_url(self) -> str:
        return reverse("deputy", args=[self.key])


def deputising(person: Person) -> list[tuple[int, str, int | None, str]]:
    """For whom somebody is a deputy today: principal, part, case or None for all, name; read once for a request."""
    if "_deputising" not in person.__dict__:
        rows = Deputy.objects.current().filter(deputy=person, principal__is_active=True)
        person.__dict__["_deputising"] = list(
            rows.values_list("principal_id", "part", "secondment_id", "principal__full_name")
        )
    return person.__dict__["_deputising"]


def works_for(person: Person) -> list[int]:
    """Ids of organisations that employ somebody today or for which they hold a role; read once for a request."""
    if "_works_for" not in person.__dict__:
        employers = person.employments.current().values_list("organisation", flat=True)
        person.__dict__["_works_for"] = sorted({*employers, *person.organisations_as(*Role.values)})
    return person.__dict__["_works_for"]
