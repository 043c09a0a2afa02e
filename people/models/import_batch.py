from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people import clock
from people.keys import new_key
from people.models.organisation import Organisation
from people.models.user import Person
from people.roles import Role

KEPT_FOR = timedelta(days=30)  # after the end of an import its file and rows are erased


class ImportKind(models.TextChoices):
    PEOPLE = "people", _("People")
    ORGANISATIONS = "organisations", _("Organisations")


class ImportState(models.TextChoices):
    MAPPING = "mapping", _("Columns to be chosen")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked, not written")
    WRITING = "writing", _("Being written")
    WRITTEN = "written", _("Written")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")
    FAILED = "failed", _("Failed")


RUNNING = (ImportState.CHECKING, ImportState.WRITING, ImportState.UNDOING)


class Fate(models.TextChoices):
    """What becomes of one row."""

    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    UNCHANGED = "unchanged", _("unchanged")
    REFUSED = "refused", _("refused")


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, person: Person) -> ImportBatchQuerySet:
        """Those of the organisations whose HR the person is."""
        return self.filter(organisation__in=person.organisations_as(Role.HR))

    def outlived(self) -> ImportBatchQuerySet:
        """Those whose file and rows have been kept for long enough; never one that a worker has in hand."""
        since = clock.now() - KEPT_FOR
        return self.filter(
            Q(ended_at__lt=since) | Q(ended_at__isnull=True, made_at__lt=since), erased_at__isnull=True
        ).exclude(state__in=RUNNING)


class ImportBatch(models.Model):
    """One file on its way: uploaded, its columns chosen, checked, written, perhaps undone.

    ``preview`` is what the file looks like (sheets, headers, first rows), ``mapping`` goes from our field to
    the number of their column, from 0. A worker holds the row locked for as long as it works on it, so that
    a killed worker leaves the batch to the next one. ``asked_by`` pressed the button of the present run.
    """

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("what"), max_length=14, choices=ImportKind, default=ImportKind.PEOPLE)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.MAPPING)
    file_name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField(null=True)
    preview = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    made = models.JSONField(default=dict)
    whole_file = models.BooleanField(default=True)
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(state__in=["checking", "writing", "undoing"]),
                name="import_batch_running",
            ),
            models.Index(fields=["organisation", "-made_at"], name="import_batch_of_organisation"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(content__isnull=False) | Q(erased_at__isnull=False), name="import_batch_file_or_erased"
            ),
            models.CheckConstraint(
                condition=~Q(state="written") | Q(written_at__isnull=False), name="import_batch_written_when"
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | Q(undone_at__isnull=False), name="import_batch_undone_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}, {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("import_batch", args=[self.key])

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def tone(self) -> str:
        """How the state is coloured."""
        if self.is_running:
            return "progress"
        return {ImportState.WRITTEN: "good", ImportState.FAILED: "attention"}.get(ImportState(self.state), "neutral")


class ImportRow(models.Model):
    """One row of a file: what it says, what is wrong with it by field, what becomes of it.

    ``before`` and ``after`` are what writing found and left, for undoing; ``stopped`` says why it cannot be undone.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    errors = models.JSONField(default=dict)
    fate = models.CharField(max_length=10, choices=Fate)
    changes = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    stopped = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_number_unique")]
        indexes = [models.Index(fields=["batch", "fate", "number"], name="import_row_by_fate")]

    def __str__(self) -> str:
        return f"{self.number}: {self.fate}"


class ImportMapping(models.Model):
    """Which columns an organisation chose the last time for a file with these headers."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=14, choices=ImportKind)
    signature = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["organisation", "-changed_at"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "signature"], name="import_mapping_unique")
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.kind}"
