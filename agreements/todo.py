"""What waits for one person with papers."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from agreements.models import Agreement, Approval, ChangeRequest, SignatureSlot
from agreements.policies import APPROVERS
from agreements.states import PaperKind, PaperState, ProposalState
from people.models import Person
from people.roles import Role
from secondments import turns
from secondments.choices import Part, Party
from secondments.models import CasePart, Secondment
from secondments.todo import MOST, Todo, owned_by


def of(person: Person) -> list[Todo]:
    """Everything of this house that waits for a person, in four queries."""
    return [*_signatures(person), *_approvals(person), *_for_hr(person), *_further(person)]


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
            _("Sign the agreement"),
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
            _("Approve the terms"),
            _("Read the terms"),
            agreement.get_absolute_url(),
            case.title,
            agreement.shared_at,
            None,
        )


def _for_hr(person: Person) -> Iterator[Todo]:
    if not person.organisations_as(Role.HR):
        return
    words = {
        turns.TERMS: (_("Prepare the terms"), _("Prepare")),
        turns.HOST_TERMS: (_("Approve the terms for the seconder"), _("Read the terms")),
        turns.CHANGE: (_("Answer what was asked about the terms"), _("Answer")),
        turns.ISSUE: (_("Issue the agreement for signature"), _("Issue")),
        turns.DECLINED_PAPER: (_("The agreement was not signed"), _("Open")),
    }
    approved = Approval.objects.filter(version=OuterRef("current"), party=Party.SECONDER)
    waiting = (
        Agreement.objects.filter(
            owned_by(person, "secondment__"),
            secondment__turn__in=words,
        )
        .filter(kind=PaperKind.AGREEMENT)
        .exclude(state__in=[PaperState.VOID, PaperState.SUPERSEDED])
        .exclude(Q(secondment__turn=turns.HOST_TERMS), Exists(approved))
        .select_related(*RELATED)
        .order_by("secondment__turn_since", "secondment_id", "-number")
    )
    seen = set()
    for agreement in waiting[:MOST]:
        case = agreement.secondment
        if case.pk in seen:
            continue
        seen.add(case.pk)
        sentence, action = words[case.turn]
        yield Todo(sentence, action, agreement.get_absolute_url(), case.title, case.turn_since, case.turn_until)


def _further(person: Person) -> Iterator[Todo]:
    """Variations, letters and contract papers that wait for HR; the agreement itself is in the turn of its case."""
    if not person.organisations_as(Role.HR):
        return
    approved = Approval.objects.filter(version=OuterRef("current"), party=Party.SECONDER)
    asked = ChangeRequest.objects.filter(agreement=OuterRef("pk"), state=ProposalState.OPEN)
    negotiated = Q(Q(state=PaperState.NEGOTIATION), Exists(asked) | ~Exists(approved))
    waiting = (
        Agreement.objects.filter(owned_by(person, "secondment__"))
        .exclude(kind=PaperKind.AGREEMENT)
        .filter(Q(state__in=[PaperState.DRAFT, PaperState.APPROVED]) | negotiated)
        .select_related(*RELATED)
        .order_by("created_at", "pk")
    )
    words = {
        PaperState.DRAFT: (_("Prepare: %(paper)s"), _("Prepare")),
        PaperState.NEGOTIATION: (_("Answer or approve: %(paper)s"), _("Open")),
        PaperState.APPROVED: (_("Issue for signature: %(paper)s"), _("Issue")),
    }
    for agreement in waiting[:MOST]:
        sentence, action = words[PaperState(agreement.state)]
        title = agreement.secondment.title
        yield Todo(
            sentence % {"paper": agreement.title},
            action,
            agreement.get_absolute_url(),
            title,
            agreement.created_at,
            None,
        )
