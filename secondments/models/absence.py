from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models import Person
from secondments.choices import AbsenceKind
from secondments.models.concern import Concern
from secondments.models.secondment import Secondment


class Absence(models.Model):
    """An absence that was told, not asked for. Both sides learn the days; the reason is read by HR of the seconder.

    ``last_day`` is empty while it lasts. One that lasts as long as the policy says raises a concern, once.
    """

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="absences")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=AbsenceKind, default=AbsenceKind.SICKNESS)
    first_day = models.DateField(_("first day away"))
    expected_until = models.DateField(_("expected until"), null=True, blank=True)
    last_day = models.DateField(_("last day away"), null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    concern = models.OneToOneField(Concern, on_delete=models.SET_NULL, null=True, related_name="absence")

    class Meta:
        ordering = ["secondment", "-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")), name="absence_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="absence_cancelled_stamped",
            ),
            models.UniqueConstraint(
                fields=["secondment"],
                condition=Q(last_day__isnull=True, cancelled_at__isnull=True),
                name="absence_one_lasts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["first_day"],
                condition=Q(concern__isnull=True, cancelled_at__isnull=True),
                name="absence_watched",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.first_day}"

    def get_absolute_url(self) -> str:
        return reverse("absence", args=[self.secondment.key, self.key])
