from __future__ import annotations

from django.db import models
from django.utils import timezone

from people.models.user import Person


class PersonSession(models.Model):
    """One browser in which somebody is signed in, so that they can see it and end it.

    The session itself is Django's; removing both ends it at the next request. ``seen_at`` is written at most
    every half minute.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    sender = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-seen_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.person_id} from {self.sender}"
