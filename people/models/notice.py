from __future__ import annotations

from django.db import models
from django.utils import timezone

from people.models.user import Person


class Notice(models.Model):
    """A message that must reach somebody: the outbox. Written with what it tells of, sent afterwards.

    ``key`` makes it unique, so that nothing is told twice; ``about`` names its reason, so that it can be
    called off. ``address`` is where it goes when that is not the recipient's own: a former or a new address.
    Times here are the machine's own, not the demo's: they pace the sending.
    """

    key = models.CharField(max_length=200, unique=True)
    about = models.CharField(max_length=100, blank=True)
    recipient = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    address = models.EmailField(max_length=254, blank=True)
    case_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=300)
    sentences = models.JSONField(default=list)
    action_label = models.CharField(max_length=100, blank=True)
    action_path = models.CharField(max_length=300, blank=True)
    why = models.CharField(max_length=300, blank=True)
    attachment = models.CharField(max_length=120, blank=True)
    is_secret = models.BooleanField(default=False)
    in_digest = models.BooleanField(default=False)  # goes out with others in the reader's one mail of the day
    created_at = models.DateTimeField(default=timezone.now)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    OPEN = models.Q(sent_at__isnull=True, cancelled_at__isnull=True, failed_at__isnull=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(sent_at__isnull=True, cancelled_at__isnull=True, failed_at__isnull=True),
                name="notice_open",
            ),
            models.Index(
                fields=["about"],
                condition=models.Q(sent_at__isnull=True, cancelled_at__isnull=True, failed_at__isnull=True),
                name="notice_open_about",
            ),
            models.Index(
                fields=["recipient", "next_attempt_at"],
                condition=models.Q(
                    sent_at__isnull=True, cancelled_at__isnull=True, failed_at__isnull=True, in_digest=True
                ),
                name="notice_in_digest",
            ),
            models.Index(fields=["recipient", "-created_at"], name="notice_by_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient_id}"
