from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models import Person
from secondments.choices import ConcernEnd, ConcernKind, Party
from secondments.models.secondment import Secondment


class Concern(models.Model):
    """Something that worries one of the parties, or an event that triggers rights under the agreement.

    Whoever raises it may ask the seconder to act; what is done is the seconder's. ``party`` says for whom it was
    raised; the calendar raises long absences for the seconder and has no ``raised_by``. What the secondee learns of a
    concern of the host's is written for them by HR (``told_secondee``).
    """

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="concerns")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    party = models.CharField(
        max_length=14, choices=[(p.value, p.label) for p in (Party.SECONDER, Party.SECONDEE, Party.HOST)]
    )
    kind = models.CharField(_("about"), max_length=14, choices=ConcernKind)
    what = models.TextField(_("what happened"), max_length=4000)
    happened_on = models.DateField(_("when it happened"), null=True, blank=True)
    wish = models.TextField(_("what is asked of the seconder"), max_length=2000, blank=True)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    told_secondee = models.TextField(_("what the secondee is told"), max_length=4000, blank=True)
    told_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    end = models.CharField(_("outcome"), max_length=10, choices=ConcernEnd, blank=True)
    end_note = models.TextField(_("what whoever raised it is told"), max_length=4000, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["secondment", "-raised_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(raised_by__isnull=False) | Q(kind=ConcernKind.LONG_ABSENCE, party=Party.SECONDER),
                name="concern_raised_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True, told_by__isnull=True, told_secondee="")
                | (Q(told_at__isnull=False, told_by__isnull=False) & ~Q(told_secondee="")),
                name="concern_told_stamped",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end="")),
                name="concern_ended_stamped",
            ),
        ]
        indexes = [models.Index(fields=["owner"], condition=Q(ended_at__isnull=True), name="concern_open_by_owner")]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def get_absolute_url(self) -> str:
        return reverse("concern", args=[self.secondment.key, self.key])


class ConcernAction(models.Model):
    """Something that the seconder does about a concern."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="actions")
    text = models.CharField(_("what is to be done"), max_length=500)
    doer = models.ForeignKey(Person, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("until"))
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["concern", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="concern_action_done_stamped",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(done_at__isnull=True), name="concern_action_open")]

    def __str__(self) -> str:
        return self.text
