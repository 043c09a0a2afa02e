"""What follows from a change of state in this house, in the same transaction: rows that the new state needs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from people import clock
from people.actions import invitations
from people.models import Organisation, Person
from people.notify import call_off
from secondments import (
    charging,
    checklist_notices,
    notices,
    part_notices,
    policies,
    returning,
    review_notices,
    timetable,
)
from secondments.choices import DecisionKind, Kind, ListKind, Party
from secondments.models import CheckIn, ChecklistItem, Decision, Evaluation, Proposal, Secondment, UsualItem


def ask_decisions(secondment: Secondment, by: Person | None) -> None:
    """Decisions on this revision: the three at the same time, or the first of them where the policy says so."""
    kinds = list(DecisionKind)
    for kind in kinds[:1] if secondment.rules.decisions_in_sequence else kinds:
        _ask(secondment, kind, by)


def ask_next_decision(secondment: Secondment, by: Person | None) -> None:
    """Where decisions follow one another, the one after the last that was given."""
    asked = set(secondment.decisions.filter(revision=secondment.revision).values_list("kind", flat=True))
    following = next((kind for kind in DecisionKind if kind not in asked), None)
    if following:
        _ask(secondment, following, by)


def _ask(secondment: Secondment, kind: DecisionKind, by: Person | None) -> None:
    decider = {
        DecisionKind.RELEASE: secondment.line_manager,
        DecisionKind.CONSENT: secondment.secondee,
        DecisionKind.ACCEPTANCE: secondment.host_contact,
    }[kind]
    assert decider
    decision = Decision.objects.create(
        secondment=secondment,
        revision=secondment.revision,
        kind=kind,
        decider=decider,
        asked_at=clock.now(),
        due_on=clock.today(secondment.zone) + timedelta(days=secondment.rules.decision_days),
    )
    notices.decision_asked(decision, path=_invite(decision, by))
    if kind == DecisionKind.ACCEPTANCE and not policies.host_knows_contact(secondment):
        part_notices.contact_to_confirm(secondment)


def _invite(decision: Decision, by: Person | None) -> str:
    """The first page of somebody who comes from outside and was never here; nothing for everybody else."""
    secondment, person = decision.secondment, decision.decider
    if by is None or person.employments.current().filter(organisation=secondment.seconder_id).exists():
        return ""
    what = _("You are asked to decide about a secondment: %(title)s.") % {"title": secondment.title}
    found = invitations.invite(
        person,
        by=by,
        organisation=secondment.seconder,
        what=what,
        onward=f"{secondment.get_absolute_url()}decide/{decision.kind}/",
        case_id=secondment.pk,
        mail=False,
    )
    return invitations.path(found) if found else ""


def call_off_decisions(secondment: Secondment, by: Person | None) -> None:
    notices.decisions_called_off(secondment.decisions.filter(revision=secondment.revision))


def plan_sheet(secondment: Secondment, by: Person | None) -> None:
    """The page that says what was approved is made by a worker, soon."""
    Proposal.objects.filter(secondment=secondment).update(sheet_due_at=clock.now())


OUTWARD = [
    (_("Hand over current work"), Party.SECONDEE, -3),
    (_("Arrange cover for the post"), Party.LINE_MANAGER, -7),
    (_("Tell payroll"), Party.SECONDER, -10),
    (_("Agree who keeps in touch, and how often"), Party.LINE_MANAGER, -3),
]
INWARD = [
    (_("Site access and a place to work"), Party.HOST, -3),
    (_("Accounts and equipment"), Party.HOST, -2),
    (_("Induction plan and safety briefing"), Party.HOST, 0),
    (_("Read the host's house rules"), Party.SECONDEE, 2),
]
RETURN = [
    (_("Take back equipment and papers, and say what becomes of accounts and data"), Party.HOST, 0),
    (_("Hand back the host's equipment and papers"), Party.SECONDEE, 0),
    (_("Welcome back and settle in to the home post"), Party.LINE_MANAGER, 7),
    (_("Share what was learnt with the team"), Party.SECONDEE, 21),
    (_("Tell payroll and end the cover"), Party.SECONDER, 3),
]


def open_checklists(secondment: Secondment, by: Person | None) -> None:
    """Outward and inward lists, with days relative to the first."""
    _open_list(secondment, ListKind.OUTWARD)
    _open_list(secondment, ListKind.INWARD)


def _open_list(secondment: Secondment, kind: ListKind) -> None:
    """The items of whose list it is: the host's for arriving, the seconder's for leaving and coming back."""
    anchor = secondment.end_on if kind == ListKind.RETURN else secondment.start_on
    organisation = secondment.host if kind == ListKind.INWARD else secondment.seconder
    assert anchor and organisation
    ChecklistItem.objects.bulk_create(
        ChecklistItem(
            secondment=secondment,
            list=kind,
            position=position,
            title=item.title,
            party=item.party,
            due_on=anchor + timedelta(days=item.days),
            blocks_start=item.blocks_start,
            wants_evidence=item.wants_evidence,
        )
        for position, item in enumerate(usual_items(organisation, kind), start=1)
        if item.kind in ("", secondment.kind)
    )


ABROAD = [
    (_("Certificate of social security coverage applied for"), Party.SECONDER, -21),
    (_("Posted-worker declaration made where the law asks for it"), Party.SECONDER, -3),
    (_("Travel, housing and family: what was agreed is arranged"), Party.SECONDER, -14),
    (_("Say what is still missing of travel, housing and family"), Party.SECONDEE, -10),
]
USUAL = {ListKind.OUTWARD: OUTWARD, ListKind.INWARD: INWARD, ListKind.RETURN: RETURN}


def usual_items(organisation: Organisation, kind: ListKind) -> list[UsualItem]:
    """What an organisation's lists begin with: its own items, or those of the house, which are not saved."""
    own = list(UsualItem.objects.filter(organisation=organisation, list=kind))
    rows = [("", row) for row in USUAL[kind]]
    rows += [(Kind.INTERNATIONAL, row) for row in ABROAD if kind == ListKind.OUTWARD]
    return own or [
        UsualItem(organisation=organisation, list=kind, position=n, title=str(title), party=party, days=days, kind=only)
        for n, (only, (title, party, days)) in enumerate(rows, start=1)
    ]


def schedule_checkins(secondment: Secondment, by: Person | None, known: Collection[date] = ()) -> None:
    """One for the secondee and one for the host on each due day that is not ``known`` already."""
    assert secondment.start_on and secondment.end_on and secondment.secondee and secondment.host_contact
    days = timetable.checkin_days(secondment.start_on, secondment.end_on, secondment.rules)
    today = clock.today(secondment.zone)
    CheckIn.objects.bulk_create(
        CheckIn(secondment=secondment, party=party, person=person, due_on=day)
        for day in days
        if day >= today and day not in known
        for party, person in ((Party.SECONDEE, secondment.secondee), (Party.HOST, secondment.host_contact))
    )


def begin_placement(secondment: Secondment, by: Person | None) -> None:
    schedule_checkins(secondment, by)
    charging.open_schedule(secondment, by)


def cancel_checkins(secondment: Secondment, *, after: object = None) -> None:
    """Those that no longer make sense, and their reminders that were not sent yet."""
    pending = secondment.checkins.filter(CheckIn.PENDING)
    if after is not None:
        pending = pending.filter(due_on__gte=after)
    call_off_checkins(pending)


def call_off_checkins(pending: QuerySet[CheckIn]) -> None:
    """These, and their reminders that were not sent yet."""
    ids = list(pending.values_list("pk", flat=True))
    CheckIn.objects.filter(pk__in=ids).update(cancelled_at=clock.now())
    call_off(f"checkin:{pk}" for pk in ids)


def ask_evaluations(secondment: Secondment, by: Person | None) -> None:
    """Secondee, host contact and line manager are asked to look back, by the last day."""
    assert secondment.secondee and secondment.host_contact and secondment.line_manager and secondment.end_on
    evaluators = {
        Party.SECONDEE: secondment.secondee,
        Party.HOST: secondment.host_contact,
        Party.LINE_MANAGER: secondment.line_manager,
    }
    for party, person in evaluators.items():
        evaluation, is_new = Evaluation.objects.get_or_create(
            secondment=secondment,
            party=party,
            defaults={"person": person, "asked_at": clock.now(), "due_on": secondment.end_on},
        )
        if is_new:
            review_notices.evaluation_asked(evaluation)


def look_back(secondment: Secondment, by: Person | None) -> None:
    """The review asks for evaluations, and what is to be done by the last day is known ahead of it."""
    ask_evaluations(secondment, by)
    _open_return_list(secondment)


def _open_return_list(secondment: Secondment) -> None:
    """Once for a case, also where an extension led back from the review; items that HR had added stay."""
    if secondment.return_list_at is None:
        secondment.return_list_at = clock.now()
        secondment.save(update_fields=["return_list_at"])
        _open_list(secondment, ListKind.RETURN)


def move_return_list(secondment: Secondment, by: timedelta) -> None:
    """Days of the return list hang on the last day until that has come."""
    left = secondment.checklist.filter(list=ListKind.RETURN, done_at__isnull=True, due_on__isnull=False)
    if left.update(due_on=F("due_on") + by, reminded=""):
        call_off(checklist_notices.of_return(secondment))


def open_return(secondment: Secondment, by: Person | None) -> None:
    cancel_checkins(secondment)
    _open_return_list(secondment)
    returning.carry_leave(secondment, by)


def call_off_everything(secondment: Secondment, by: Person | None) -> None:
    call_off_decisions(secondment, by)
    cancel_checkins(secondment)


EFFECTS: dict[str, Callable[[Secondment, Person | None], None]] = {
    "submit": ask_decisions,
    "revise": call_off_decisions,
    "decline": call_off_decisions,
    "approve": plan_sheet,
    "conclude": open_checklists,
    "start": begin_placement,
    "begin_review": look_back,
    "begin_return": open_return,
    "complete": returning.plan_follow_ups,
    "withdraw": call_off_everything,
}


def follow(secondment: Secondment, name: str, by: Person | None) -> None:
    """What a transition brings with it here; most bring something, none sends anything itself."""
    effect = EFFECTS.get(name)
    if effect:
        effect(secondment, by)
