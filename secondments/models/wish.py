from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models import Person
from people.roles import Weekday
from secondments.choices import Party
from secondments.models.secondment import Secondment


class Wish(models.Model):
    """A change of the agreement that one of the parties asks for: a later last day, hours, role, place, money.

    Asking changes nothing. HR answers; where they agree they draft a variation, which all three sign. ``findings``
    keeps what the policy said against it on the day it was asked for.
    """

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="wishes")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    party = models.CharField(max_length=14, choices=Party)
    # Not asked but said: by notice of this party the placement ends; ``end_on`` is the day on which it runs out.
    is_notice = models.BooleanField(_("notice: the placement is to end early"), default=False)
    end_on = models.DateField(_("new last day"), null=True, blank=True)
    weekly_hours = models.DecimalField(
        _("new hours per week"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.5")), MaxValueValidator(Decimal("60"))],
    )
    working_days = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday),
        verbose_name=_("new days of the week"),
        default=list,
        blank=True,
    )
    role_title = models.CharField(_("new role"), max_length=200, blank=True)
    location = models.CharField(_("new place of work"), max_length=200, blank=True)
    other = models.TextField(_("anything else, such as money"), max_length=2000, blank=True)
    reason = models.TextField(_("reason"), max_length=2000)
    findings = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    granted = models.BooleanField(null=True)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True)

    PENDING = Q(granted__isnull=True, taken_back_at__isnull=True)

    class Meta:
        ordering = ["secondment", "-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(granted__isnull=True, answered_at__isnull=True, answered_by__isnull=True)
                | Q(granted__isnull=False, answered_at__isnull=False, answered_by__isnull=False),
                name="wish_answer_stamped",
            ),
            models.CheckConstraint(condition=Q(granted=None) | Q(granted=True) | ~Q(answer=""), name="wish_no_has_why"),
            models.CheckConstraint(
                condition=Q(end_on__isnull=False)
                | Q(weekly_hours__isnull=False)
                | ~Q(working_days=[])
                | ~Q(role_title="")
                | ~Q(location="")
                | ~Q(other=""),
                name="wish_asks_something",
            ),
            models.CheckConstraint(
                condition=Q(is_notice=False) | Q(end_on__isnull=False, party__in=[Party.SECONDEE, Party.HOST]),
                name="wish_notice_has_its_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(granted__isnull=True, taken_back_at__isnull=True), name="wish_open"
            )
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("wish", args=[self.secondment.key, self.key])

    @property
    def reference(self) -> str:
        return str(_("Change asked for on %(day)s") % {"day": self.asked_at.date().isoformat()})
