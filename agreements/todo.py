"""What waits for one person with papers."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from agreements.models import Agreement, SignatureSlot
from agreements.states import PaperState
from people.models import Person
from people.roles import Role
from secondments import turns
from secondments.choices import Part
from secondments.models import CasePart, Secondment
from secondments.todo import MOST, Todo, owned_by


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
            _("Sign the agreement"),
            _("Read and sign"),
            f"{agreement.get_absolute_url()}sign/",
            agreement.secondment.title,
            slot.invited_at,
            slot.due_on,
        )


def _approvals(person: Person) -> Iterator[Todo]:
    waiting = (
        Agreement.objects.filter(
            state=PaperState.NEGOTIATION,
            secondment__in=CasePart.objects.current()
            .held_by(person)
            .filter(part=Part.HOST_CONTACT)
            .values("secondment"),
            secondment__turn=turns.HOST_TERMS,
        )
        .select_related(*RELATED)
        .order_by("shared_at", "pk")
    )
    for agreement in waiting[:MOST]:
        case = agreement.secondment
        yield Todo(
            _("Approve the terms"), _("Read the terms"), agreement.get_absolute_url(), case.title, case.turn_since, None
        )


def _for_hr(person: Person) -> Iterator[Todo]:
    if not person.organisations_as(Role.HR):
        return
    words = {
        turns.TERMS: (_("Prepare the terms"), _("Prepare")),
        turns.CHANGE: (_("Answer a request for a change"), _("Answer")),
        turns.ISSUE: (_("Issue the agreement for signature"), _("Issue")),
        turns.DECLINED_PAPER: (_("The agreement was not signed"), _("Open")),
    }
    waiting = (
        Agreement.objects.filter(
            owned_by(person, "secondment__"),
            secondment__turn__in=words,
        )
        .exclude(state=PaperState.VOID)
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
