"""The states of a secondment, the phases that people see, and named sets of states. Nobody spells a state in quotes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSAL = "proposal", _("Waiting for decisions")
    AGREEMENT = "agreement", _("Agreement in preparation")
    AGREED = "agreed", _("Signed, not started")
    ACTIVE = "active", _("Active")
    REVIEW = "review", _("In review")
    RETURN = "return", _("Returning")
    COMPLETED = "completed", _("Completed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Phase(models.TextChoices):
    PROPOSAL = "proposal", _("Proposal")
    AGREEMENT = "agreement", _("Agreement")
    ACTIVE = "active", _("Active")
    REVIEW = "review", _("Review")
    RETURN = "return", _("Return")
    CLOSED = "closed", _("Closed")


PHASE_OF = {
    State.DRAFT: Phase.PROPOSAL,
    State.PROPOSAL: Phase.PROPOSAL,
    State.AGREEMENT: Phase.AGREEMENT,
    State.AGREED: Phase.AGREEMENT,
    State.ACTIVE: Phase.ACTIVE,
    State.REVIEW: Phase.REVIEW,
    State.RETURN: Phase.RETURN,
    State.COMPLETED: Phase.CLOSED,
    State.DECLINED: Phase.CLOSED,
    State.WITHDRAWN: Phase.CLOSED,
}

TONE = {
    State.DRAFT: "neutral",
    State.PROPOSAL: "progress",
    State.AGREEMENT: "progress",
    State.AGREED: "good",
    State.ACTIVE: "good",
    State.REVIEW: "attention",
    State.RETURN: "attention",
    State.COMPLETED: "neutral",
    State.DECLINED: "neutral",
    State.WITHDRAWN: "neutral",
}

CLOSED = frozenset({State.COMPLETED, State.DECLINED, State.WITHDRAWN})
OPEN = frozenset(State) - CLOSED
PLACED = frozenset({State.ACTIVE, State.REVIEW})
WITH_PLACEMENT = PLACED | {State.AGREED, State.RETURN}  # signed, and not closed yet
SIGNED = frozenset({State.AGREED, State.ACTIVE, State.REVIEW, State.RETURN, State.COMPLETED})
STARTED = frozenset({State.ACTIVE, State.REVIEW, State.RETURN, State.COMPLETED})
# In these a full-time placement takes the person's whole time between its dates.
OCCUPYING = frozenset(State) - {State.DRAFT, State.DECLINED, State.WITHDRAWN}
BEFORE_START = frozenset({State.DRAFT, State.PROPOSAL, State.AGREEMENT, State.AGREED})
