from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.models.thread import Thread
from people.models import Person
from secondments.choices import Party


class Comment(models.Model):
    """What somebody said in a conversation beside a clause."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=14, choices=Party)
    text = models.TextField(_("comment"), max_length=4000)
    at = models.DateTimeField()

    class Meta:
        ordering = ["thread", "at", "pk"]

    def __str__(self) -> str:
        return self.text[:40]
