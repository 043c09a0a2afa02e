from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Organisation
from secondments.choices import Kind, ListKind, Party


class UsualItem(models.Model):
    """One item that an organisation's checklists begin with; a list without any has those of the house.

    ``days`` count from the first day, those of the way back from the last day; before it they are negative.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="usual_items")
    list = models.CharField(_("list"), max_length=8, choices=ListKind)
    position = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("what"), max_length=200)
    party = models.CharField(_("by"), max_length=14, choices=Party)
    days = models.SmallIntegerField(
        _("due so many days after"), default=0, validators=[MinValueValidator(-365), MaxValueValidator(365)]
    )
    kind = models.CharField(_("only where it is"), max_length=14, choices=Kind, blank=True)
    blocks_start = models.BooleanField(_("must be done before the start"), default=False)
    wants_evidence = models.BooleanField(_("a file shows that it is done"), default=False)

    class Meta:
        ordering = ["organisation", "list", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(blocks_start=False) | ~Q(list=ListKind.RETURN), name="usual_item_of_return_blocks_nothing"
            ),
            models.CheckConstraint(condition=Q(days__gte=-365, days__lte=365), name="usual_item_within_a_year"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def days_before(self) -> int:
        return -self.days
