from __future__ import annotations

from django.db import models

from agreements.models.signature import SignatureSlot


class SigningCode(models.Model):
    """A six-digit code that confirms one signature; only its HMAC is kept. A newer one kills the older."""

    slot = models.ForeignKey(SignatureSlot, on_delete=models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)
    session = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["slot", "-sent_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot"],
                condition=models.Q(used_at__isnull=True, replaced_at__isnull=True),
                name="signing_code_one_live",
            )
        ]

    def __str__(self) -> str:
        return f"code of {self.sent_at:%Y-%m-%d %H:%M}"
