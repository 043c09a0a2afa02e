from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models import Person
from secondments.choices import ListKind, Party
from secondments.models.secondment import Secondment


class ChecklistItem(models.Model):
    """Something to be done around the start or the return, by one of the parties."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="checklist")
    list = models.CharField(max_length=8, choices=ListKind)
    position = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("what"), max_length=200)
    party = models.CharField(_("by"), max_length=14, choices=Party)
    due_on = models.DateField(_("due"), null=True, blank=True)
    blocks_start = models.BooleanField(_("must be done before the start"), default=False)
    wants_evidence = models.BooleanField(_("a file shows that it is done"), default=False)
    owner = models.ForeignKey(
        Person, verbose_name=_("who sees to it"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reminded = models.CharField(max_length=8, blank=True, editable=False)  # the last rung that somebody was told
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    waived_because = models.CharField(_("waived because"), max_length=300, blank=True)

    class Meta:
        ordering = ["secondment", "list", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="checklist_done_stamped",
            ),
            models.CheckConstraint(
                condition=Q(waived_because="") | Q(done_at__isnull=False), name="checklist_waived_is_stamped"
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(done_at__isnull=True), name="checklist_open_by_due")]

    def __str__(self) -> str:
        return self.title


class Evidence(models.Model):
    """A file that shows that an item is done; read by whoever reads the item."""

    item = models.ForeignKey(ChecklistItem, on_delete=models.CASCADE, related_name="evidence")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["item", "added_at", "pk"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.name
