from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import models


def new_salt() -> str:
    """Thirty-two characters of chance: without them a digest tells nothing of the words that it was made of."""
    return secrets.token_hex(16)


class LedgerWords(models.Model):
    """What an entry says in words that may name or quote people: kept beside the ledger, so that it can be erased.

    The database allows one change: to blank all words and say when. Who wants to read them goes through the entry.
    """

    actor_name = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    salt = models.CharField(max_length=32, default=new_salt)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "ledger words"

    def __str__(self) -> str:
        return f"words {self.pk}"


class LedgerEntryManager(models.Manager["LedgerEntry"]):
    def get_queryset(self) -> models.QuerySet[LedgerEntry]:
        """With their words: hardly anybody reads an entry without them."""
        return super().get_queryset().select_related("words")


class LedgerEntry(models.Model):
    """One thing that somebody did. Append-only: the database refuses to change or delete a row.

    No foreign keys to people and cases: what people did stays when they or the case are gone. ``subject_id`` is
    the person whom it is about, where it is about access of or to somebody. ``number`` counts the changes of
    state of a case, so that each has exactly one entry.

    The last four columns and the order of ``id`` within a chain are written by the database as the row is
    inserted, whatever the program says: ``chain`` is the case, or 0; ``previous`` is the hash of the entry before
    in the chain; ``hash`` is made of all other columns. Read them after ``refresh_from_db()``.
    """

    at = models.DateTimeField()
    verb = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    acting_as = models.CharField(max_length=40, blank=True)
    case_id = models.BigIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True)
    words = models.OneToOneField(LedgerWords, on_delete=models.PROTECT, related_name="entry")
    words_digest = models.CharField(max_length=64, default="", editable=False)
    chain = models.BigIntegerField(default=0, editable=False)
    previous = models.CharField(max_length=64, default="", editable=False)
    hash = models.CharField(max_length=64, default="", editable=False)

    objects = LedgerEntryManager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case_id", "number"], name="ledger_one_entry_a_change_of_state"),
            models.UniqueConstraint(fields=["chain", "previous"], name="ledger_chain_does_not_fork"),
            models.CheckConstraint(
                condition=models.Q(number__isnull=True) | models.Q(case_id__isnull=False),
                name="ledger_number_has_case",
            ),
        ]
        indexes = [
            models.Index(fields=["case_id", "at"], name="ledger_by_case"),
            models.Index(fields=["chain", "-id"], name="ledger_by_chain"),
            models.Index(fields=["verb", "-id"], name="ledger_by_verb"),
            models.Index(fields=["actor_id", "-id"], name="ledger_by_actor"),
            models.Index(
                fields=["subject_id", "-id"], name="ledger_by_subject", condition=models.Q(subject_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}: {self.verb}"

    @property
    def actor_name(self) -> str:
        return self.words.actor_name

    @property
    def reason(self) -> str:
        return self.words.reason

    @property
    def facts(self) -> dict[str, Any]:
        return dict(self.words.facts)

    @property
    def erased_at(self) -> datetime | None:
        return self.words.erased_at
