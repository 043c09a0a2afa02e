from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models import Person
from secondments.choices import Party
from secondments.models.secondment import Secondment


class Reorganisation(models.Model):
    """A change of the organisation at one side while somebody is lent: told to them, with the consultation about it."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="reorganisations")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    party = models.CharField(
        _("at which side"), max_length=14, choices=[(p.value, p.label) for p in (Party.SECONDER, Party.HOST)]
    )
    what = models.TextField(_("what changes"), max_length=4000)
    takes_effect_on = models.DateField(_("takes effect on"), null=True, blank=True)
    consulted_until = models.DateField(_("views are asked for until"), null=True, blank=True)
    touches_post = models.BooleanField(_("the post to return to is affected"), default=False)
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    view = models.TextField(_("your view"), max_length=4000, blank=True)
    viewed_at = models.DateTimeField(null=True)
    result = models.TextField(_("what came of it"), max_length=4000, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["secondment", "-told_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="reorganisation_ended_stamped",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_party_display())
