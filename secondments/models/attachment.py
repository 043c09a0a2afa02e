from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models import Person
from secondments.models.secondment import Secondment


class Attachment(models.Model):
    """A file beside a proposal, kept in the database like papers are.

    For HR of the seconder alone, or shown to those who decide. Removing one empties it and says by whom.
    """

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="attachments")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    is_shared = models.BooleanField(_("shown to those who decide"), default=False)
    is_sheet = models.BooleanField(default=False, editable=False)  # made by the application: the approved proposal
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["secondment", "added_at", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("attachment", args=[self.secondment.key, self.key])
