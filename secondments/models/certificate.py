from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models import Person
from secondments.choices import CertificateKind
from secondments.models.secondment import Secondment

# Of some kinds one has several side by side; none of them renews another.
SIDE_BY_SIDE = (
    CertificateKind.INSURANCE,
    CertificateKind.REGISTRATION,
    CertificateKind.CLEARANCE,
    CertificateKind.OTHER,
)


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def current(self) -> CertificateQuerySet:
        """Without what was put away, and without what a later one has taken the place of.

        A renewal is of the same kind, begun or noted after it, without a gap, and lasts longer.
        """
        renewals = Certificate.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=OuterRef("valid_until")),
            Q(valid_from__gt=OuterRef("valid_from")) | Q(pk__gt=OuterRef("pk")),
            secondment=OuterRef("secondment"),
            kind=OuterRef("kind"),
            ended_at__isnull=True,
            valid_from__lte=OuterRef("valid_until") + timedelta(days=1),
        ).exclude(kind__in=SIDE_BY_SIDE)
        return self.filter(~Exists(renewals), ended_at__isnull=True)


class Certificate(models.Model):
    """A paper without which somebody may not work where they are: a permit, a certificate, a declaration, with its end.

    ``reminded`` is the last rung of the ladder before the end that was told, in days; a new end begins anew.
    """

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="certificates")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=CertificateKind)
    number = models.CharField(_("number"), max_length=100, blank=True)
    issued_by = models.CharField(_("issued by"), max_length=200, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    reminded = models.SmallIntegerField(null=True, editable=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["secondment", F("valid_until").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="certificate_ends_after_start",
                violation_error_message=_("It would end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="certificate_ended_stamped",
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_until"],
                condition=Q(ended_at__isnull=True, valid_until__isnull=False),
                name="certificate_ending",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Trip(models.Model):
    """Days that somebody was not in the country they are lent to, both ends counted; day counts leave them out."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="trips")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    first_day = models.DateField(_("first day away"))
    last_day = models.DateField(_("last day away"))
    note = models.CharField(_("where, and what for"), max_length=200, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["secondment", "first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="trip_ends_after_start",
                violation_error_message=_("The last day is before the first day."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"
