from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Person
from secondments.choices import Going, Party
from secondments.models.secondment import Secondment


class CheckIn(models.Model):
    """A short, scheduled look at how it goes, by the secondee or by the host."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="checkins")
    party = models.CharField(max_length=14, choices=[(p.value, p.label) for p in (Party.SECONDEE, Party.HOST)])
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="checkins")
    due_on = models.DateField()
    cancelled_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    going = models.PositiveSmallIntegerField(_("How is it going?"), choices=Going, null=True, blank=True)
    progress = models.TextField(_("What has been achieved since the last check-in?"), blank=True)
    support = models.TextField(_("What would help, or should change?"), blank=True)
    wants_contact = models.BooleanField(_("I would like HR to get in touch with me"), default=False)
    note_to_hr = models.TextField(_("Private note to HR"), blank=True)

    PENDING = Q(completed_at__isnull=True, cancelled_at__isnull=True)

    class Meta:
        ordering = ["secondment", "due_on", "party"]
        constraints = [
            models.UniqueConstraint(
                fields=["secondment", "party", "due_on"],
                condition=Q(cancelled_at__isnull=True),
                name="checkin_once_each_day",
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True) | Q(going__isnull=False), name="checkin_completed_has_answer"
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="checkin_not_both_completed_and_cancelled",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(completed_at__isnull=True, cancelled_at__isnull=True),
                name="checkin_pending_by_due",
            ),
            models.Index(
                fields=["person", "due_on"],
                condition=Q(completed_at__isnull=True, cancelled_at__isnull=True),
                name="checkin_pending_by_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()}, {self.due_on}"
