"""What waits for one person in the cases of this house."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import CharField, DateField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people import clock
from people.models import Membership, Person
from people.roles import Role
from secondments.choices import DecisionKind, Part, Party
from secondments.models import (
    Appeal,
    CheckIn,
    Concern,
    ConcernAction,
    Decision,
    EarlyEnd,
    Evaluation,
    FollowUp,
    Leave,
    Question,
    Secondment,
    Wish,
)
from secondments.models.deputy import deputising
from secondments.states import PLACED, WITH_PLACEMENT, State
from secondments.turns import CONCLUDE, OUTCOME, near

MOST = 40  # of one kind; who has more to do begins with the oldest


@dataclass(frozen=True)
class Todo:
    """One thing to do: what, for which case, where, since when, until when."""

    sentence: str
    action: str
    path: str
    case: str
    since: datetime | None
    due_on: date | None


DECIDE = {
    DecisionKind.RELEASE: gettext_lazy("Release {who} for the secondment?"),
    DecisionKind.CONSENT: gettext_lazy("Do you consent to this secondment?"),
    DecisionKind.ACCEPTANCE: gettext_lazy("Accept {who} at {where}?"),
}


def of(person: Person) -> list[Todo]:
    """Everything of this house that waits for a person, in five queries, or six where a placement asks something."""
    return [*_decisions(person), *_checkins(person), *_evaluations(person), *_while_away(person), *_for_hr(person)]


def _decisions(person: Person) -> Iterator[Todo]:
    pending = (
        Decision.objects.filter(_asked(person, DECIDERS, "decider", "kind"))
        .filter(verdict__isnull=True, secondment__state=State.PROPOSAL)
        .select_related("secondment__secondee", "secondment__host", "secondment__seconder")
        .order_by("due_on", "pk")
    )
    for decision in pending[:MOST]:
        case = decision.secondment
        if decision.revision == case.revision:
            yield Todo(
                str(DECIDE[DecisionKind(decision.kind)]).format(who=case.secondee, where=case.where),
                _("Read and decide"),
                f"{case.get_absolute_url()}decide/{decision.kind}/",
                case.title,
                decision.asked_at,
                decision.due_on,
            )


def _checkins(person: Person) -> Iterator[Todo]:
    horizon = near(clock.today(person.time_zone))
    pending = (
        CheckIn.objects.filter(_asked(person, PARTIES, "person", "party"))
        .filter(CheckIn.PENDING, due_on__lte=horizon, secondment__state__in=PLACED)
        .select_related("secondment__secondee", "secondment__host", "secondment__seconder")
        .order_by("due_on", "pk")
    )
    for checkin in pending[:MOST]:
        case = checkin.secondment
        yield Todo(
            _("Check in: how is it going?"),
            _("Check in"),
            f"{case.get_absolute_url()}check-ins/{checkin.pk}/",
            case.title,
            None,
            checkin.due_on,
        )


def _evaluations(person: Person) -> Iterator[Todo]:
    pending = (
        Evaluation.objects.filter(_asked(person, PARTIES, "person", "party"))
        .filter(completed_at__isnull=True, secondment__state=State.REVIEW)
        .filter(secondment__review_concluded_at__isnull=True)
        .select_related("secondment__secondee", "secondment__host", "secondment__seconder")
        .order_by("due_on", "pk")
    )
    for evaluation in pending[:MOST]:
        case = evaluation.secondment
        yield Todo(
            _("Look back at the secondment"),
            _("Evaluate"),
            f"{case.get_absolute_url()}evaluations/{evaluation.party}/",
            case.title,
            evaluation.asked_at,
            evaluation.due_on,
        )


def _while_away(person: Person) -> Iterator[Todo]:
    """Leave, concerns and what was planned about them, changes asked for, ends to approve, questions after the return.

    One query, and one for their cases.
    """
    cases = Secondment.objects.visible_to(person)
    to_answer = Q(secondment__line_manager=person)
    for principal, part, case, _name in deputising(person):
        if part == Part.LINE_MANAGER:
            to_answer |= Q(secondment__line_manager=principal, **({"secondment": case} if case else {}))
    leaves = Leave.objects.filter(Leave.PENDING, to_answer, secondment__in=cases, secondment__state__in=WITH_PLACEMENT)
    concerns = Concern.objects.filter(owner=person, ended_at__isnull=True, secondment__in=cases)
    planned = ConcernAction.objects.filter(
        doer=person, done_at__isnull=True, concern__ended_at__isnull=True, concern__secondment__in=cases
    )
    none = Value(None, output_field=DateField())
    wishes = Wish.objects.filter(Wish.PENDING, owned_by(person, "secondment__"), secondment__in=cases)
    seconds = Q(secondment__seconder__in=person.organisations_as(Role.HR)) | Q(secondment__line_manager=person)
    ends = (
        EarlyEnd.objects.filter(seconds | Q(secondment__seconder_signatory=person), approved__isnull=True)
        .filter(secondment__in=cases)
        .exclude(Q(proposed_by=person) | Q(secondment__secondee=person))
    )
    later = FollowUp.objects.filter(
        Q(secondment__line_manager=person) | owned_by(person, "secondment__"),
        answered_at__isnull=True,
        due_on__lte=clock.today(person.time_zone),
        secondment__in=cases,
    )
    rows = (
        leaves.order_by()
        .values_list(Value("leave"), "secondment", "key", "asked_at", "due_on")
        .union(
            concerns.order_by().values_list(Value("concern"), "secondment", "key", "raised_at", none),
            planned.order_by().values_list(
                Value("action"), "concern__secondment", "concern__key", "concern__raised_at", "due_on"
            ),
            wishes.order_by().values_list(Value("wish"), "secondment", "key", "asked_at", "due_on"),
            ends.order_by().values_list(Value("end"), "secondment", "key", "proposed_at", none),
            later.order_by().values_list(
                Value("later"), "secondment", Cast("months", CharField()), "secondment__completed_at", "due_on"
            ),
            all=True,
        )
    )
    found = sorted(rows[: 6 * MOST], key=lambda row: (row[4] or date.max, row[3]))
    by_pk = Secondment.objects.with_list_data().in_bulk({row[1] for row in found}) if found else {}
    for kind, pk, key, since, due_on in found[:MOST]:
        case = by_pk[pk]
        sentence, action, folder = {
            "leave": (_("Leave for %(who)s?") % {"who": case.secondee}, _("Answer"), "leave"),
            "concern": (_("Look into a concern"), _("Open"), "concerns"),
            "action": (_("Do what was planned about a concern"), _("Open"), "concerns"),
            "wish": (_("A change of the agreement is asked for"), _("Answer"), "changes"),
            "end": (_("Approve an end before the notice?"), _("Read and decide"), "end-early"),
            "later": (_("Two questions some months after the return"), _("Answer"), "follow-ups"),
        }[kind]
        yield Todo(sentence, action, f"{case.get_absolute_url()}{folder}/{key}/", case.title, since, due_on)


DECIDERS = {Part.LINE_MANAGER: DecisionKind.RELEASE, Part.HOST_CONTACT: DecisionKind.ACCEPTANCE}
PARTIES = {Part.LINE_MANAGER: Party.LINE_MANAGER, Part.HOST_CONTACT: Party.HOST}


def _asked(person: Person, values: Mapping[Part, str], who: str, what: str) -> Q:
    """What was asked of somebody, or of whom they are a deputy, in cases in which they still have a part."""
    found = Q(**{who: person})
    for principal, part, case, _name in deputising(person):
        if Part(part) in values:
            only = {"secondment": case} if case else {}
            found |= Q(**{who: principal, what: values[Part(part)]}, **only)
    return found & Q(secondment__in=Secondment.objects.visible_to(person))


def owned_by(person: Person, path: str = "") -> Q:
    """Cases that HR runs: one's own, and those whose owner is in HR no longer, which are everybody's there."""
    still = Membership.objects.current().filter(
        person=OuterRef(f"{path}owner"), organisation=OuterRef(f"{path}seconder"), role=Role.HR
    )
    theirs = Q(Q(**{f"{path}owner": person}), ~Exists(still), _connector=Q.OR)
    return theirs & Q(**{f"{path}seconder__in": person.organisations_as(Role.HR)})


def _for_hr(person: Person) -> Iterator[Todo]:
    """Cases that the person owns and that wait for HR in this house's states."""
    if not person.organisations_as(Role.HR):
        return
    asked = Exists(Question.objects.filter(secondment=OuterRef("pk"), answered_at__isnull=True))
    appealed = Exists(Appeal.objects.filter(secondment=OuterRef("pk"), answered_at__isnull=True))
    waiting = (
        Secondment.objects.annotate(is_asked=asked, is_appealed=appealed)
        .filter(owned_by(person))
        .filter(
            Q(turn__in=[CONCLUDE, OUTCOME])
            | Q(state=State.DRAFT)
            | Q(state=State.PROPOSAL, is_asked=True)
            | Q(state=State.DECLINED, is_appealed=True)
        )
        .with_list_data()
        .order_by("turn_since", "pk")
    )
    for case in waiting[:MOST]:
        sentence, action, path = {
            State.REVIEW: (_("Conclude the review"), _("Conclude"), f"{case.get_absolute_url()}conclude/"),
            State.RETURN: (
                _("Finish the return and record the outcome"),
                _("Open"),
                f"{case.get_absolute_url()}#return",
            ),
            State.PROPOSAL: (
                _("Answer a question before somebody decides"),
                _("Answer"),
                f"{case.get_absolute_url()}proposal/#questions",
            ),
            State.DECLINED: (
                _("Answer an appeal against a refused release"),
                _("Answer"),
                f"{case.get_absolute_url()}appeal/",
            ),
            State.DRAFT: (_("Finish and submit the proposal"), _("Go on"), f"{case.get_absolute_url()}edit/"),
        }[State(case.state)]
        yield Todo(sentence, action, path, case.title, case.turn_since, case.turn_until)
