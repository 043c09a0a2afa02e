"""What waits for one person with papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from agreements.models import Agreement, Approval, ChangeRequest, SignatureSlot
from agreements.policies import APPROVERS
from agreements.states import PaperKind, PaperState, ProposalState
from people.models import Person
from people.roles import Role
from secondments import turns
from secondments.choices import Part, Party
from secondments.models import CasePart, Secondment
from secondments.ownership import owned_by
from secondments.todo import MOST, Todo


def of(person: Person) -> list[Todo]:
    """Everything of this house that waits for a person, in three queries."""
    return [*_signatures(person), *_approvals(person), *_for_hr(person)]


RELATED = ("secondment__secondee", "secondment__host", "secondment__seconder")


def _signatures(person: Person) -> Iterator[Todo]:
    slots = (
        SignatureSlot.objects.visible_to(person)
        .open()
        .filter(agreement__state=PaperState.SIGNING, invited_at__isnull=False)
        .filter(agreement__secondment__in=Secondment.objects.visible_to(person))
        .select_related(*(f"agreement__{path}" for path in RELATED))
        .order_by("due_on", "pk")
    )
    for slot in slots[:MOST]:
        agreement = slot.agreement
        yield Todo(
            _("Sign the agreement")
            if agreement.kind == PaperKind.AGREEMENT
            else _("Sign: %(paper)s") % {"paper": agreement.title},
            _("Read and sign"),
            f"{agreement.get_absolute_url()}sign/",
            agreement.secondment.title,
            slot.invited_at,
            slot.due_on,
        )


GUESTS = {Part.HOST_CONTACT: Party.HOST, Part.SECONDEE: Party.SECONDEE}


def _approvals(person: Person) -> Iterator[Todo]:
    """Terms that wait for the host's contact or the secondee, on the agreement and on further papers."""
    mine = Q(pk__in=[])
    parts = CasePart.objects.current().held_by(person)
    for part, party in GUESTS.items():
        given = Approval.objects.filter(version=OuterRef("current"), party=party)
        cases = parts.filter(part=part).values("secondment")
        kinds = [kind for kind, approvers in APPROVERS.items() if party in approvers]
        mine |= Q(Q(secondment__in=cases, kind__in=kinds), ~Exists(given))
    waiting = (
        Agreement.objects.filter(mine, state=PaperState.NEGOTIATION)
        .exclude(Exists(ChangeRequest.objects.filter(agreement=OuterRef("pk"), state=ProposalState.OPEN)))
        .select_related(*RELATED)
        .order_by("shared_at", "pk")
    )
    for agreement in waiting[:MOST]:
        case = agreement.secondment
        yield Todo(
            _("Approve the terms")
            if agreement.kind == PaperKind.AGREEMENT
            else _("Approve: %(paper)s") % {"paper": agreement.title},
            _("Read the terms"),
            agreement.get_absolute_url(),
            case.title,
            agreement.shared_at,
            None,
        )


def _for_hr(person: Person) -> Iterator[Todo]:
    """The agreement by the turn of its case, the newest where there are several; further papers by their state."""
    if not person.organisations_as(Role.HR):
        return
    by_turn = {
        turns.TERMS: (_("Prepare the terms"), _("Prepare")),
        turns.HOST_TERMS: (_("Approve the terms for the seconder"), _("Read the terms")),
        turns.CHANGE: (_("Answer what was asked about the terms"), _("Answer")),
        turns.ISSUE: (_("Issue the agreement for signature"), _("Issue")),
        turns.DECLINED_PAPER: (_("The agreement was not signed"), _("Open")),
    }
    by_state = {
        PaperState.DRAFT: (_("Prepare: %(paper)s"), _("Prepare")),
        PaperState.NEGOTIATION: (_("Answer or approve: %(paper)s"), _("Open")),
        PaperState.APPROVED: (_("Issue for signature: %(paper)s"), _("Issue")),
    }
    seen = set()
    for paper in _of_hr(person, by_turn):
        case = paper.secondment
        if paper.kind != PaperKind.AGREEMENT:
            sentence, action = by_state[PaperState(paper.state)]
            sentence %= {"paper": paper.title}
            yield Todo(sentence, action, paper.get_absolute_url(), case.title, paper.created_at, None)
        elif case.pk not in seen:
            seen.add(case.pk)
            sentence, action = by_turn[case.turn]
            yield Todo(sentence, action, paper.get_absolute_url(), case.title, case.turn_since, case.turn_until)


def _of_hr(person: Person, by_turn: Iterable[str]) -> QuerySet[Agreement]:
    approved = Exists(Approval.objects.filter(version=OuterRef("current"), party=Party.SECONDER))
    asked = Exists(ChangeRequest.objects.filter(agreement=OuterRef("pk"), state=ProposalState.OPEN))
    agreement = Q(kind=PaperKind.AGREEMENT, secondment__turn__in=list(by_turn))
    agreement &= ~Q(state__in=[PaperState.VOID, PaperState.SUPERSEDED])
    agreement &= ~Q(Q(secondment__turn=turns.HOST_TERMS), approved)
    further = Q(state__in=[PaperState.DRAFT, PaperState.APPROVED]) | Q(
        Q(state=PaperState.NEGOTIATION), asked | ~approved
    )
    further &= ~Q(kind=PaperKind.AGREEMENT)
    return (
        Agreement.objects.filter(owned_by(person, "secondment__"), agreement | further)
        .select_related(*RELATED)
        .order_by("secondment__turn_since", "secondment_id", "-number")[: 2 * MOST]
    )
