from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Person
from secondments.choices import Going, Party, Standing
from secondments.models.objective import Objective
from secondments.models.secondment import Secondment


class CheckIn(models.Model):
    """A short look at how it goes, by the secondee or by the host: by the rhythm, or an extra one that was asked for.

    Answers that were saved but not handed in (``drafted_at``) are for whoever writes them alone.
    """

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="checkins")
    party = models.CharField(max_length=14, choices=[(p.value, p.label) for p in (Party.SECONDEE, Party.HOST)])
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="checkins")
    due_on = models.DateField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_because = models.CharField(_("why"), max_length=300, blank=True)
    drafted_at = models.DateTimeField(null=True)
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    # The absence into which it fell, where that is why it was called off.
    skipped_for = models.ForeignKey("secondments.Absence", on_delete=models.SET_NULL, null=True, related_name="skipped")
    completed_at = models.DateTimeField(null=True)
    reminders_done = models.BooleanField(default=False, editable=False)  # the last rung was told: none is left to write
    going = models.PositiveSmallIntegerField(_("How is it going?"), choices=Going, null=True, blank=True)
    progress = models.TextField(_("What has been achieved since the last check-in?"), blank=True)
    skills = models.TextField(_("Which skills were gained or practised?"), blank=True)
    support = models.TextField(_("What would help, or should change?"), blank=True)
    wants_contact = models.BooleanField(_("I would like HR to get in touch with me"), default=False)
    note_to_hr = models.TextField(_("Private note to HR"), blank=True)
    # A low answer, a wish to be contacted, a note or an objective at risk: HR sees to it and says what was done.
    needs_attention = models.BooleanField(default=False, editable=False)
    attended_at = models.DateTimeField(null=True, editable=False)
    attended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    attended_note = models.TextField(_("what was done"), max_length=2000, blank=True, editable=False)
    # The line manager reads no answers: HR tells them in words of its own what they should know.
    summary = models.TextField(_("summary for the line manager"), max_length=2000, blank=True, editable=False)
    shared_at = models.DateTimeField(null=True, editable=False)
    shared_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    PENDING = Q(completed_at__isnull=True, cancelled_at__isnull=True)
    UNATTENDED = Q(needs_attention=True, attended_at__isnull=True)

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
            models.CheckConstraint(
                condition=Q(drafted_at__isnull=True, drafted_by__isnull=True)
                | Q(drafted_at__isnull=False, drafted_by__isnull=False),
                name="checkin_drafted_stamped",
            ),
            models.CheckConstraint(
                condition=Q(attended_at__isnull=True, attended_by__isnull=True)
                | Q(attended_at__isnull=False, attended_by__isnull=False, needs_attention=True),
                name="checkin_attended_stamped",
            ),
            models.CheckConstraint(
                condition=Q(shared_at__isnull=True, shared_by__isnull=True)
                | Q(shared_at__isnull=False, shared_by__isnull=False, completed_at__isnull=False),
                name="checkin_shared_stamped",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(completed_at__isnull=True, cancelled_at__isnull=True, reminders_done=False),
                name="checkin_to_remind_of",
            ),
            models.Index(
                fields=["person", "due_on"],
                condition=Q(completed_at__isnull=True, cancelled_at__isnull=True),
                name="checkin_pending_by_person",
            ),
            models.Index(
                fields=["secondment"],
                condition=Q(needs_attention=True, attended_at__isnull=True),
                name="checkin_to_attend_to",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()}, {self.due_on}"

    @property
    def is_extra(self) -> bool:
        return self.asked_by_id is not None


class CheckInProgress(models.Model):
    """How one objective stands, in the words of one check-in."""

    checkin = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="standings")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="standings")
    standing = models.CharField(_("standing"), max_length=8, choices=Standing)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        ordering = ["checkin", "objective"]
        constraints = [models.UniqueConstraint(fields=["checkin", "objective"], name="checkin_progress_once")]

    def __str__(self) -> str:
        return f"{self.objective}: {self.get_standing_display()}"
