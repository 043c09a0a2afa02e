from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people import clock
from people.models import Organisation, Person
from people.roles import Role


class ClauseTextQuerySet(models.QuerySet["ClauseText"]):
    def newest(self) -> ClauseTextQuerySet:
        """Of each clause the edition made last; retired ones too."""
        columns = ("organisation_id", "language", "key")
        return self.order_by(*columns, "-number").distinct(*columns)

    def visible_to(self, person: Person) -> ClauseTextQuerySet:
        """The library of the organisations that one is a member of."""
        return self.filter(organisation__in=person.organisations_as(*Role.values))


class ClauseText(models.Model):
    """One edition of a clause in an organisation's own library; append-only, so that each paper's source stays.

    ``content`` is the definition as ``agreements.clauses.Clause.as_data`` writes it.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="clause_texts")
    key = models.CharField(max_length=60)
    language = models.CharField(max_length=5, default="en")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    is_retired = models.BooleanField(default=False)
    note = models.CharField(_("what changed and why"), max_length=500)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = ClauseTextQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "language", "key", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "language", "key", "number"], name="clause_text_edition_once"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="clause_text_has_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.number})"
