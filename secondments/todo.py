"""What waits for one person in the cases of this house."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from people import clock
from people.models import Person
from people.roles import Role
from secondments import placement_todo
from secondments.choices import DecisionKind, Part, Party
from secondments.models import (
    Appeal,
    CheckIn,
    Decision,
    Evaluation,
    Question,
    Secondment,
)
from secondments.models.deputy import deputising
from secondments.ownership import owned_by
from secondments.placement_todo import MOST
from secondments.states import PLACED, State
from secondments.turns import CONCLUDE, OUTCOME, near


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
    """What hangs while placements run and end: one query, and one for their cases."""
    found = placement_todo.rows(person)[:MOST]
    cases = Secondment.objects.with_list_data().in_bulk({row[1] for row in found}) if found else {}
    for kind, pk, key, since, due_on in found:
        case = cases[pk]
        count = int(key) if kind == "list" else 0
        sentence, action, path = {
            "leave": (_("Leave for %(who)s?") % {"who": case.secondee}, _("Answer"), f"leave/{key}/"),
            "concern": (_("Look into a concern"), _("Open"), f"concerns/{key}/"),
            "action": (_("Do what was planned about a concern"), _("Open"), f"concerns/{key}/"),
            "wish": (_("A change of the agreement is asked for"), _("Answer"), f"changes/{key}/"),
            "notice": (_("Notice was given: set the new last day"), _("Open"), f"changes/{key}/"),
            "end": (_("Approve an end before the notice?"), _("Read and decide"), f"end-early/{key}/"),
            "later": (_("Two questions some months after the return"), _("Answer"), f"follow-ups/{key}/"),
            "list": (
                ngettext("One thing to do on a checklist", "%(n)d things to do on checklists", count) % {"n": count},
                _("Open"),
                "#checklists",
            ),
            "access": (_("End the access at the host, and say so here"), _("Open"), "return/"),
            "charge": (_("Statement %(n)s can be invoiced") % {"n": key}, _("Open"), f"costs/{key}/"),
            "back": (_("Is %(who)s back at work?") % {"who": case.secondee}, _("Say so"), f"absence/{key}/"),
            "view": (_("Say what you think of a change of the organisation"), _("Open"), "reorganisations/"),
            "talked": (_("Say what came of a consultation"), _("Open"), "reorganisations/"),
            "paper": (_("A paper that is needed abroad has ended"), _("Renew it"), f"abroad/{key}/"),
            "attend": (_("A check-in asks for your attention"), _("Read"), f"check-ins/{key}/"),
            "unpaid": (_("The invoice of statement %(n)s is overdue") % {"n": key}, _("Open"), f"costs/{key}/"),
            "expense": (_("Approve an expense?"), _("Read and decide"), f"expenses/{key}/"),
        }[kind]
        yield Todo(sentence, action, f"{case.get_absolute_url()}{path}", case.title, since, due_on)


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
