from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models.organisation import Organisation
from people.models.user import Person

LONGEST = timedelta(minutes=30)


class SupportSessionQuerySet(models.QuerySet["SupportSession"]):
    def open(self) -> SupportSessionQuerySet:
        """Those that hold now."""
        return self.filter(ended_at__isnull=True, until__gt=timezone.now())

    def overdue(self) -> SupportSessionQuerySet:
        """Those whose time is over, and of which no request has taken notice."""
        return self.filter(ended_at__isnull=True, until__lte=timezone.now())

    def about_people_of(self, organisation: Organisation) -> SupportSessionQuerySet:
        """Those in which somebody was looked at who is employed by an organisation, or has a role for it."""
        return self.filter(
            Q(person__in=Person.objects.filter(employments__organisation=organisation).values("pk"))
            | Q(person__in=Person.objects.filter(memberships__organisation=organisation).values("pk"))
        )


class SupportSession(models.Model):
    """An administrator looks at the pages of a person as that person sees them, for a reason and a short time.

    Times are the machine's own, not the demo's.
    """

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    administrator = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="support_sessions")
    reason = models.TextField(_("reason"))
    began_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SupportSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("began_at")) & Q(until__lte=F("began_at") + LONGEST),
                name="support_lasts_at_most_half_an_hour",
            ),
            models.CheckConstraint(condition=~Q(administrator=F("person")), name="support_is_of_another"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")), name="support_ended_after_it_began"
            ),
            models.UniqueConstraint(
                fields=["administrator"], condition=Q(ended_at__isnull=True), name="support_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.administrator_id} as {self.person_id}"

    def get_absolute_url(self) -> str:
        return reverse("administration_person", args=[self.person.key])
