from __future__ import annotations

from django.db import models
from django.db.models import Q

from agreements.models.signature import SignatureSlot
from people.models import Person


class SigningLink(models.Model):
    """The link in a mail that asks for a signature: only the hash of its 256-bit token is kept.

    Bound to one place on one paper and to one person. A request of it changes nothing but ``requested_at``
    (it may be a mail scanner); it is over when ``revoked_at`` is set: by a newer link, a signature, a
    refusal, another signatory, or the end of the paper.
    """

    slot = models.ForeignKey(SignatureSlot, on_delete=models.CASCADE, related_name="links")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    requested_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["slot", "-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "person"], condition=Q(revoked_at__isnull=True), name="signing_link_one_live"
            )
        ]

    def __str__(self) -> str:
        return f"link of {self.made_at:%Y-%m-%d %H:%M}"
