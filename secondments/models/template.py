from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models import Organisation, Person
from people.roles import Role


class TemplateQuerySet(models.QuerySet["Template"]):
    def visible_to(self, person: Person) -> TemplateQuerySet:
        return self.filter(organisation__in=person.organisations_as(Role.HR))


class Template(models.Model):
    """A proposal that an organisation begins others from: its texts and figures, and nobody's name."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    name = models.CharField(_("name"), max_length=120)
    content = models.JSONField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="template_name_once",
                violation_error_message=_("There is a template of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
