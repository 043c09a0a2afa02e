from __future__ import annotations

from django.db import models
from django.db.models import Q

from agreements.models.agreement import Agreement
from agreements.models.document import Document
from agreements.models.version import Version
from people.models import Person
from secondments.choices import Part, Party
from secondments.models.deputy import deputising

PARTY_OF_SIGNATORY = {
    Part.SECONDEE: Party.SECONDEE,
    Part.SIGNATORY_HOST: Party.HOST,
    Part.SIGNATORY_SECONDER: Party.SECONDER,
}


class SignatureSlotQuerySet(models.QuerySet["SignatureSlot"]):
    def visible_to(self, person: Person) -> SignatureSlotQuerySet:
        """A slot belongs to its signatory, and to their deputies of the day."""
        found = Q(signatory=person)
        for principal, part, case, _name in deputising(person):
            party = PARTY_OF_SIGNATORY.get(Part(part))
            only = {"agreement__secondment": case} if case else {}
            found |= Q(signatory=principal, party=party, **only) if party else Q(pk__in=[])
        return self.filter(found)

    def open(self) -> SignatureSlotQuerySet:
        return self.filter(signature__isnull=True)

    def whose_turn(self) -> list[SignatureSlot]:
        """Of the places of one paper those that are asked together now."""
        rows = list(self.open().select_related("signatory").order_by("turn", "pk"))
        return [slot for slot in rows if slot.turn == rows[0].turn]


class SignatureSlot(models.Model):
    """The place on a paper where one named person signs for one party; places of one turn are asked together."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="slots")
    party = models.CharField(max_length=14, choices=Party)
    turn = models.PositiveSmallIntegerField()
    signatory = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="signature_slots")
    invited_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    opened_at = models.DateTimeField(null=True)
    # Somebody else was to sign here before; the frozen text may still name them.
    reassigned_at = models.DateTimeField(null=True)
    reassigned_because = models.TextField(blank=True)

    objects = SignatureSlotQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "turn", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "party"], name="slot_one_each_party"),
            models.UniqueConstraint(fields=["agreement", "signatory"], name="slot_distinct_people"),
        ]
        indexes = [models.Index(fields=["signatory"], name="slot_by_signatory")]

    def __str__(self) -> str:
        return f"{self.get_party_display()}: {self.signatory}"


class Signature(models.Model):
    """What a signatory did, kept for good: which bytes, which name, how identity was checked, when, from where."""

    slot = models.OneToOneField(SignatureSlot, on_delete=models.PROTECT, related_name="signature")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64)
    document_sha256 = models.CharField(max_length=64)
    signed_name = models.CharField(max_length=200)
    email = models.EmailField()
    identity = models.CharField(max_length=200)
    disclosure_version = models.CharField(max_length=20)
    # Strokes of a drawn signature, each a list of points [x, y] on a field of 600 by 200.
    drawing = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        ordering = ["agreement", "at"]
        constraints = [
            models.CheckConstraint(condition=~Q(signed_name=""), name="signature_has_name"),
        ]

    def __str__(self) -> str:
        return f"{self.signed_name}, {self.at:%Y-%m-%d %H:%M}"


class SignatureOrigin(models.Model):
    """From where somebody signed: kept beside the signature so that it can be erased; the chain holds digests."""

    signature = models.OneToOneField(Signature, on_delete=models.CASCADE, related_name="origin")
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["signature"]

    def __str__(self) -> str:
        return f"origin of {self.signature_id}"
