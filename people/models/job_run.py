from __future__ import annotations

from django.db import models


class JobRun(models.Model):
    """How a job of the worker last went: one row for each job, for operators to see. Times are the machine's own."""

    name = models.CharField(max_length=100, unique=True)
    runs = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField(default=0)
    done = models.IntegerField(default=0)  # what the last run did
    worked_at = models.DateTimeField(null=True)  # when a run last found something to do
    failures = models.BigIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=100, blank=True)  # the kind of the last error, and nothing of its words

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
