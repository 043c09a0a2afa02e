"""Whose turn it is in a case: one sentence, since when, until when; kept on the row so that lists are quick.

States of this house are settled here from the case itself; in the agreement phase the agreements house
passes the turn on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people import clock
from secondments import timetable
from secondments.choices import Party
from secondments.states import State

if TYPE_CHECKING:
    from people.models import Person
    from secondments.models import ChecklistItem, Secondment

DRAFT, DECISIONS, TERMS, START = "draft", "decisions", "terms", "start"
CHECK_IN, CHECK_IN_AHEAD, RUNNING, EVALUATIONS, CONCLUDE = (
    "check_in",
    "check_in_ahead",
    "running",
    "evaluations",
    "conclude",
)
HELD, LAST_DAY, OUTCOME, NOBODY = "held", "last_day", "outcome", ""
HOST_TERMS, ISSUE, SIGNATURE, SEAL, CHANGE = "host_terms", "issue", "signature", "seal", "change"
DECLINED_PAPER = "declined_paper"

SOON = 7  # days ahead of which a check-in is something to do

SENTENCES = {
    NOBODY: gettext_lazy("Nothing is waiting"),
    DRAFT: gettext_lazy("Waiting for %(names)s to finish and submit the proposal"),
    DECISIONS: gettext_lazy("Waiting for the decision of %(names)s"),
    TERMS: gettext_lazy("Waiting for %(names)s to prepare the terms"),
    HOST_TERMS: gettext_lazy("Waiting for %(names)s to approve the terms"),
    CHANGE: gettext_lazy("Waiting for %(names)s to answer what was asked about the terms"),
    ISSUE: gettext_lazy("Waiting for %(names)s to issue the agreement for signature"),
    SIGNATURE: gettext_lazy("Waiting for the signature of %(names)s"),
    SEAL: gettext_lazy("Signed by all; the sealed copy is being made"),
    DECLINED_PAPER: gettext_lazy("%(names)s: the agreement was not signed; change the terms or withdraw"),
    START: gettext_lazy("Signed by all; waiting for the first day"),
    HELD: gettext_lazy("Held back: waiting for %(names)s to finish what has to be done before the start"),
    CHECK_IN: gettext_lazy("Waiting for the check-in of %(names)s"),
    CHECK_IN_AHEAD: gettext_lazy("The placement is running; next is the check-in of %(names)s"),
    RUNNING: gettext_lazy("The placement is running; the review opens next"),
    EVALUATIONS: gettext_lazy("Waiting for the evaluation of %(names)s"),
    CONCLUDE: gettext_lazy("Waiting for %(names)s to conclude the review"),
    LAST_DAY: gettext_lazy("Review concluded; waiting for the last day"),
    OUTCOME: gettext_lazy("Waiting for %(names)s to finish the return and record the outcome"),
}


def near(today: date) -> date:
    """Up to which day a check-in is something to do now."""
    return today + timedelta(days=SOON)


def sentence(secondment: Secondment) -> str:
    """Whose turn it is, in words; nobody is waited for before a check-in comes near."""
    turn = secondment.turn
    if turn == CHECK_IN and secondment.turn_until and secondment.turn_until > near(clock.today(secondment.zone)):
        turn = CHECK_IN_AHEAD
    template = SENTENCES.get(turn, SENTENCES[NOBODY])
    return str(template) % {"names": secondment.turn_names or _("somebody")}


def waiting_since(secondment: Secondment) -> datetime | None:
    """Since when somebody is waited for: a check-in only since it came near, not since the one before it was done.

    None while it is not near: nobody is waited for yet.
    """
    since, until = secondment.turn_since, secondment.turn_until
    if secondment.turn != CHECK_IN or not since or not until:
        return since
    near_at = datetime.combine(until - timedelta(days=SOON), time(), ZoneInfo(secondment.zone))
    return max(since, near_at) if near_at <= clock.now() else None


def pass_to(secondment: Secondment, turn: str, people: Iterable[Person] = (), until: date | None = None) -> None:
    """Say whose turn it is now; since when stays as it was while nothing changes."""
    names = ", ".join(person.full_name for person in people)[:400]
    if (secondment.turn, secondment.turn_names, secondment.turn_until) == (turn, names, until):
        return
    secondment.turn, secondment.turn_names, secondment.turn_until = turn, names, until
    secondment.turn_since = clock.now()
    type(secondment).objects.filter(pk=secondment.pk).update(
        turn=turn, turn_names=names, turn_since=secondment.turn_since, turn_until=until
    )


def settle(secondment: Secondment) -> None:
    """Work out whose turn it is in the states that this house knows by itself."""
    rules = secondment.rules
    match secondment.state:
        case State.DRAFT:
            pass_to(secondment, DRAFT, [secondment.owner])
        case State.PROPOSAL:
            waiting = list(
                secondment.decisions.filter(revision=secondment.revision, verdict__isnull=True).select_related(
                    "decider"
                )
            )
            until = min((decision.due_on for decision in waiting), default=None)
            pass_to(secondment, DECISIONS, [decision.decider for decision in waiting], until)
        case State.AGREED:
            _settle_agreed(secondment)
        case State.ACTIVE:
            _settle_active(secondment, rules)
        case State.REVIEW:
            _settle_review(secondment)
        case State.RETURN:
            pass_to(secondment, OUTCOME, [secondment.owner])
        case State.COMPLETED | State.DECLINED | State.WITHDRAWN:
            pass_to(secondment, NOBODY)


def open_conditions(secondment: Secondment) -> list[ChecklistItem]:
    """What has to be done before the start and is not, once the first day has come; it holds the start back."""
    if secondment.state != State.AGREED or not secondment.start_on:
        return []
    if clock.today(secondment.zone) < secondment.start_on:
        return []
    return list(secondment.checklist.filter(blocks_start=True, done_at__isnull=True).select_related("owner"))


def _settle_agreed(secondment: Secondment) -> None:
    missing = open_conditions(secondment)
    if not missing:
        return pass_to(secondment, START, [], secondment.start_on)
    own = {
        Party.SECONDEE: secondment.secondee,
        Party.LINE_MANAGER: secondment.line_manager,
        Party.HOST: secondment.host_contact,
        Party.SECONDER: secondment.owner,
    }
    people = {item.owner or own[Party(item.party)] or secondment.owner for item in missing}
    return pass_to(secondment, HELD, sorted(people, key=str), secondment.start_on)


def _settle_active(secondment: Secondment, rules: timetable.Rules) -> None:
    pending = secondment.checkins.filter(completed_at__isnull=True, cancelled_at__isnull=True)
    first = pending.order_by("due_on").select_related("person").first()
    if first is None:
        assert secondment.start_on and secondment.end_on
        opens = timetable.review_opens(secondment.start_on, secondment.end_on, rules)
        return pass_to(secondment, RUNNING, [], opens)
    same_day = pending.filter(due_on=first.due_on).select_related("person")
    return pass_to(secondment, CHECK_IN, [checkin.person for checkin in same_day], first.due_on)


def _settle_review(secondment: Secondment) -> None:
    missing = list(secondment.evaluations.filter(completed_at__isnull=True).select_related("person"))
    if secondment.review_concluded_at:
        return pass_to(secondment, LAST_DAY, [], secondment.end_on)
    if missing:
        due = min(evaluation.due_on for evaluation in missing)
        return pass_to(secondment, EVALUATIONS, [evaluation.person for evaluation in missing], due)
    return pass_to(secondment, CONCLUDE, [secondment.owner], secondment.end_on)
