from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.models.user import Person


class OneTimeCode(models.Model):
    """A code that was mailed to somebody who is signed in, kept as a keyed hash and bound to that session.

    ``address`` is where it went when that is not the person's own: a new address that is to be proved.
    """

    class Purpose(models.TextChoices):
        CONFIRM = "confirm"
        ADDRESS = "address"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="one_time_codes")
    purpose = models.CharField(max_length=10, choices=Purpose)
    session = models.CharField(max_length=64)
    code = models.CharField(max_length=64)
    address = models.EmailField(max_length=254, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(used_at__isnull=True), name="one_time_code_one_open"
            ),
            models.CheckConstraint(condition=Q(tries__lte=5), name="one_time_code_at_most_five_tries"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.person_id}"
