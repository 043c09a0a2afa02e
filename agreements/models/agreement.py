from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from agreements.states import ENDED, LIVE, ONCE, OPEN, PAPER_TONE, Pack, PaperKind, PaperState
from people.models import Person
from secondments.models import Secondment


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def update(self, **fields: object) -> int:
        """As usual, but never the state: that has one door, ``agreements.papers.perform``."""
        if "state" in fields:
            raise TypeError("A paper's state changes through papers.perform and no other way.")
        return super().update(**fields)

    def live(self) -> AgreementQuerySet:
        return self.filter(state__in=LIVE)


class Agreement(ConcurrentTransitionMixin, models.Model):
    """One paper of a case: its terms in versions, its approvals, its signatures, its sealed copy."""

    secondment = models.ForeignKey(Secondment, on_delete=models.PROTECT, related_name="agreements")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=PaperKind, default=PaperKind.AGREEMENT)
    pack = models.CharField(max_length=14, choices=Pack, default=Pack.SHORT)
    language = models.CharField(max_length=5, default="en")
    title = models.CharField(max_length=200, default="Secondment agreement")
    # A variation changes the case when all have signed: what the terms are composed from instead of the case's own.
    changes = models.JSONField(default=dict)
    # What HR has taken note of before signing, by name: reason, who and when.
    noted = models.JSONField(default=dict)
    state = FSMField(_("state"), max_length=12, choices=PaperState.choices, default=PaperState.DRAFT, protected=True)
    created_at = models.DateTimeField()
    current = models.ForeignKey(
        "agreements.Version", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    shared_at = models.DateTimeField(null=True, editable=False)
    issued_at = models.DateTimeField(null=True, editable=False)
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    review_copy = models.ForeignKey(
        "agreements.Document", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    expires_on = models.DateField(null=True, editable=False)
    signed_at = models.DateTimeField(null=True, editable=False)
    sealed_copy = models.ForeignKey(
        "agreements.Document", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    sealed_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    end_reason = models.TextField(blank=True, editable=False)
    # Claim of the job that renders or seals: a worker that dies gives it back by time.
    job_claimed_at = models.DateTimeField(null=True, editable=False)
    job_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    job_next_at = models.DateTimeField(null=True, editable=False)
    job_error = models.TextField(blank=True, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["secondment", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["secondment", "number"], name="agreement_number_once"),
            models.UniqueConstraint(
                fields=["secondment", "kind"],
                condition=Q(state__in=sorted(LIVE), kind__in=sorted(ONCE)),
                name="agreement_one_live_a_case",
            ),
            models.UniqueConstraint(
                fields=["secondment", "kind"],
                condition=Q(state__in=sorted(OPEN)) & ~Q(kind__in=sorted(ONCE)),
                name="agreement_one_open_of_a_kind",
            ),
            models.CheckConstraint(condition=Q(state__in=PaperState.values), name="agreement_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[PaperState.SIGNING, PaperState.SIGNED])
                | Q(issued_at__isnull=False, issued_by__isnull=False, current__isnull=False),
                name="agreement_issued_stamped",
            ),
            models.CheckConstraint(
                condition=~Q(state=PaperState.SIGNED) | Q(signed_at__isnull=False, review_copy__isnull=False),
                name="agreement_signed_stamped",
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True, sealed_copy__isnull=True)
                | Q(sealed_at__isnull=False, sealed_copy__isnull=False, state=PaperState.SIGNED),
                name="agreement_sealed_only_when_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(ENDED)) | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="agreement_ended_with_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["job_next_at"],
                condition=Q(state=PaperState.SIGNED, sealed_copy__isnull=True)
                | Q(state=PaperState.SIGNING, review_copy__isnull=True),
                name="agreement_pending_job",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return f"{self.secondment.get_absolute_url()}agreement/{f'{self.address}/' if self.address else ''}"

    @property
    def address(self) -> int:
        """What stands for the paper in addresses: nothing for the agreement, its number for further papers.

        The address of the agreement leads to the newest, so that a link in a mail finds what took its place.
        """
        return 0 if self.kind == PaperKind.AGREEMENT else self.number

    @property
    def reference(self) -> str:
        """The document number printed on each page: S-2026-00042/1."""
        return f"{self.secondment.reference}/{self.number}"

    @property
    def tone(self) -> str:
        return PAPER_TONE[PaperState(self.state)]

    @property
    def is_erased(self) -> bool:
        """An unsigned paper whose words went with the data of somebody of its case."""
        return self.current is not None and self.current.terms == ""

    @transition(field=state, source=PaperState.DRAFT, target=PaperState.NEGOTIATION)
    def share(self, *, at: datetime, **facts: object) -> None:
        self.shared_at = at

    @transition(field=state, source=PaperState.NEGOTIATION, target=PaperState.APPROVED)
    def approve(self, *, at: datetime, **facts: object) -> None:
        """All parties have approved the current version; nothing else is stamped, each approval is a row."""

    @transition(field=state, source=PaperState.APPROVED, target=PaperState.NEGOTIATION)
    def reopen(self, *, at: datetime, **facts: object) -> None:
        """A new version was made: approvals of the older one no longer count."""

    @transition(field=state, source=PaperState.APPROVED, target=PaperState.SIGNING)
    def issue(self, *, at: datetime, by: Person, expires_on: date, **facts: object) -> None:
        self.issued_at, self.issued_by, self.expires_on = at, by, expires_on
        self.job_next_at, self.job_attempts, self.job_error = at, 0, ""

    @transition(field=state, source=PaperState.SIGNING, target=PaperState.SIGNED)
    def complete(self, *, at: datetime, **facts: object) -> None:
        self.signed_at = at
        self.job_next_at, self.job_attempts, self.job_error, self.job_claimed_at = at, 0, "", None

    @transition(field=state, source=PaperState.SIGNING, target=PaperState.DECLINED)
    def decline(self, *, at: datetime, reason: str, **facts: object) -> None:
        self.ended_at, self.end_reason = at, reason

    @transition(
        field=state,
        source=[PaperState.DRAFT, PaperState.NEGOTIATION, PaperState.APPROVED, PaperState.SIGNING],
        target=PaperState.VOID,
    )
    def void(self, *, at: datetime, reason: str, **facts: object) -> None:
        self.ended_at, self.end_reason = at, reason

    @transition(field=state, source=PaperState.SIGNING, target=PaperState.EXPIRED)
    def expire(self, *, at: datetime, reason: str, **facts: object) -> None:
        self.ended_at, self.end_reason = at, reason

    @transition(field=state, source=PaperState.SIGNING, target=PaperState.SUPERSEDED)
    def supersede(self, *, at: datetime, reason: str, **facts: object) -> None:
        """HR took the terms up again: a later paper takes its place."""
        self.ended_at, self.end_reason = at, reason
