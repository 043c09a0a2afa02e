from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models import Person
from secondments.choices import Party
from secondments.models.concern import Concern
from secondments.models.secondment import Secondment


class EarlyEnd(models.Model):
    """An end that comes before the notice would allow: proposed by one at the seconder, approved by another.

    Until it is approved nothing has changed. An end by notice needs no second person and has no row here.
    """

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="early_ends")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    party = models.CharField(
        _("who ends it"),
        max_length=14,
        choices=[(p.value, p.label) for p in (Party.SECONDER, Party.HOST, Party.SECONDEE)],
    )
    last_day = models.DateField(_("new last day"))
    reason = models.TextField(_("reason"), max_length=2000)
    concern = models.ForeignKey(
        Concern, verbose_name=_("because of"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved = models.BooleanField(null=True)
    answer = models.TextField(_("why not"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["secondment", "-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved__isnull=True, answered_at__isnull=True, answered_by__isnull=True)
                | Q(approved__isnull=False, answered_at__isnull=False, answered_by__isnull=False),
                name="early_end_answer_stamped",
            ),
            models.CheckConstraint(
                condition=~Q(approved=True) | ~Q(answered_by=F("proposed_by")),
                name="early_end_by_two_people",
                violation_error_message=_("Whoever proposed it cannot approve it."),
            ),
            models.UniqueConstraint(
                fields=["secondment"], condition=Q(approved__isnull=True), name="early_end_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Ending early on %(day)s") % {"day": self.last_day.isoformat()})

    def get_absolute_url(self) -> str:
        return reverse("early_end", args=[self.secondment.key, self.key])
