"""The whole life of a secondment on one screen: states, transitions, who, guards, stamps.

A transition method stamps its own row and nothing else. It is called by ``transitions.perform`` alone, which
locks the row, asks the policy and the guards declared here, saves, writes the ledger and queues the notices.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from people.models import Person
from secondments import guards
from secondments.choices import Part
from secondments.states import BEFORE_START, State


def act(
    label: Any, *who: Part, automatic: bool = False, needs_reason: bool = False, by_person: bool = False
) -> dict[str, Any]:
    """What a transition declares beside its states: its name on a button, who may press it, and how.

    ``automatic`` transitions are also performed by the calendar or by an act that completes them; those
    ``by_person`` by such an act alone.
    """
    return {
        "label": label,
        "who": frozenset(who),
        "automatic": automatic,
        "needs_reason": needs_reason,
        "by_person": by_person,
    }


def moment(related: str) -> models.ForeignKey:
    return models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name=related)


def stamp() -> models.DateTimeField:
    return models.DateTimeField(null=True, editable=False)


class Lifecycle(ConcurrentTransitionMixin, models.Model):
    state = FSMField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT, protected=True)
    transition_number = models.PositiveIntegerField(default=0, editable=False)
    revision = models.PositiveSmallIntegerField(default=0, editable=False)
    submitted_at, submitted_by = stamp(), moment("+")
    approved_at = stamp()
    declined_at, declined_by = stamp(), moment("+")
    agreed_at = stamp()
    seconder: Any
    began_on: Any
    review_released_at: Any
    review_released_by: Any

    started_at = stamp()
    review_began_at = stamp()
    return_began_at = stamp()
    completed_at, completed_by = stamp(), moment("+")
    withdrawn_at, withdrawn_by = stamp(), moment("+")

    class Meta:
        abstract = True

    @transition(
        field=state,
        source=State.DRAFT,
        target=State.PROPOSAL,
        conditions=[
            guards.proposal_complete,
            guards.dates_in_policy,
            guards.parts_distinct,
            guards.no_overlap,
            guards.eligible_or_overridden,
        ],
        custom=act(_("Submit the proposal"), Part.HR_SECONDER),
    )
    def submit(self, *, by: Person, at: datetime) -> None:
        self.submitted_at, self.submitted_by = at, by
        self.revision += 1

    @transition(
        field=state,
        source=[State.PROPOSAL, State.DECLINED],
        target=State.DRAFT,
        custom=act(_("Revise the proposal"), Part.HR_SECONDER, needs_reason=True),
    )
    def revise(self, *, by: Person, at: datetime) -> None:
        """Those who were asked know it no more, until it is submitted to them anew."""
        self.declined_at = self.declined_by = None
        self.submitted_at = self.submitted_by = None

    @transition(
        field=state,
        source=State.PROPOSAL,
        target=State.DECLINED,
        custom=act(
            _("Decline"),
            Part.SECONDEE,
            Part.LINE_MANAGER,
            Part.HOST_CONTACT,
            automatic=True,
            needs_reason=True,
            by_person=True,
        ),
    )
    def decline(self, *, by: Person, at: datetime) -> None:
        self.declined_at, self.declined_by = at, by

    @transition(
        field=state,
        source=State.DECLINED,
        target=State.PROPOSAL,
        conditions=[guards.first_day_ahead, guards.no_overlap],
        custom=act(
            _("Take the proposal up again"), Part.HR_SECONDER, automatic=True, needs_reason=True, by_person=True
        ),
    )
    def reopen(self, *, by: Person, at: datetime) -> None:
        """An appeal against a refused release was granted; the revision and what others decided stay."""
        self.declined_at = self.declined_by = None

    @transition(
        field=state,
        source=State.PROPOSAL,
        target=State.AGREEMENT,
        conditions=[guards.all_decided],
        custom=act(_("Approve"), automatic=True),
    )
    def approve(self, *, by: Person | None, at: datetime) -> None:
        self.approved_at = at

    @transition(
        field=state,
        source=State.AGREEMENT,
        target=State.AGREED,
        conditions=[guards.all_signed],
        custom=act(_("Conclude the agreement"), automatic=True),
    )
    def conclude(self, *, by: Person | None, at: datetime) -> None:
        self.agreed_at = at

    @transition(
        field=state,
        source=State.AGREED,
        target=State.ACTIVE,
        conditions=[guards.agreement_sealed, guards.start_day_reached, guards.conditions_met],
        custom=act(_("Start the placement"), Part.HR_SECONDER, automatic=True),
    )
    def start(self, *, by: Person | None, at: datetime) -> None:
        """A late start leaves the agreed first day as it is; the day it began stands beside it."""
        self.started_at = at
        self.began_on = at.astimezone(ZoneInfo(self.seconder.time_zone)).date()

    @transition(
        field=state,
        source=State.ACTIVE,
        target=State.REVIEW,
        custom=act(_("Open the review"), Part.HR_SECONDER, automatic=True),
    )
    def begin_review(self, *, by: Person | None, at: datetime) -> None:
        self.review_began_at = at

    @transition(
        field=state,
        source=State.REVIEW,
        target=State.ACTIVE,
        custom=act(_("Extend the placement"), automatic=True, by_person=True),
    )
    def extend(self, *, by: Person | None, at: datetime) -> None:
        """A signed variation moved the last day away from the review, which opens again ahead of the new one."""
        self.review_began_at = None
        self.review_released_at = self.review_released_by = None

    @transition(
        field=state,
        source=State.REVIEW,
        target=State.RETURN,
        conditions=[guards.last_day_passed, guards.review_concluded],
        custom=act(_("Begin the return"), Part.HR_SECONDER, automatic=True),
    )
    def begin_return(self, *, by: Person | None, at: datetime) -> None:
        self.return_began_at = at

    @transition(
        field=state,
        source=State.RETURN,
        target=State.COMPLETED,
        conditions=[guards.return_checklist_done, guards.outcome_recorded, guards.recharge_settled],
        custom=act(_("Complete the secondment"), Part.HR_SECONDER),
    )
    def complete(self, *, by: Person, at: datetime) -> None:
        self.completed_at, self.completed_by = at, by

    @transition(
        field=state,
        source=sorted(BEFORE_START),
        target=State.WITHDRAWN,
        custom=act(_("Withdraw the secondment"), Part.HR_SECONDER, Part.SECONDEE, needs_reason=True),
    )
    def withdraw(self, *, by: Person, at: datetime) -> None:
        self.withdrawn_at, self.withdrawn_by = at, by
