"""Who has which part in a case: name somebody, confirm who signs for the host, end a part.

Each side names its own: the seconder's HR the line manager and who signs for the seconder; the host's side its
contact, its supervisors and who signs for it. Only while the host has nobody of its own in HR here may the
seconder's HR name its contact, which is where every case with an outside host begins.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from people import clock, ledger
from people.actions import addresses, invitations
from people.models import Notice, Person
from people.roles import Role
from secondments import capacities, notices, part_notices, policies, review_notices, signals, transitions, turns
from secondments.choices import COLUMN_OF, HOST_SIDE, DecisionKind, Part, Party
from secondments.guards import Refusal, parts_distinct
from secondments.models import CasePart, CheckIn, Secondment
from secondments.states import CLOSED, State
from secondments.transitions import NotAllowed, Refused


def confirm_signatory(secondment: Secondment, signatory: Person | None, *, by: Person) -> None:
    """Who speaks for the host says who signs for it, inside the caller's lock; their part begins now."""
    signatory = signatory or secondment.host_signatory
    if signatory is None:
        raise Refused(Refusal(_("Say who signs for the host."), "signatory_email"))
    secondment.host_signatory = signatory
    secondment.host_signatory_confirmed_at, secondment.host_signatory_confirmed_by = clock.now(), by
    secondment.named_by = by
    refusals = [r for r in parts_distinct.explain(secondment) if r.where == "host_signatory"]
    if refusals:
        raise Refused(*(Refusal(r.sentence, "signatory_email") for r in refusals))
    secondment.save()
    ledger.record(
        "part.give",
        by=by,
        case_id=secondment.pk,
        subject=signatory,
        part=str(Part.SIGNATORY_HOST),
        person=signatory.full_name,
    )
    _welcome(secondment, Part.SIGNATORY_HOST, signatory, by)


@transaction.atomic
def name(secondment: Secondment, part: Part, person: Person, *, by: Person, reason: str = "") -> Secondment:
    """Give a part to somebody, who takes over what waits for its holder; whoever had it is let out at once.

    Order: lock, ask the policy, ask whether the paper allows it, write, hand over what is open, tell both.
    """
    secondment = transitions.lock(secondment.pk)
    _require(secondment, part, by)
    if part == Part.HOST_SUPERVISOR:
        return _add_supervisor(secondment, person, by)
    column = COLUMN_OF[part].removesuffix("_id")
    before: Person | None = getattr(secondment, column)
    held = CasePart.objects.current().filter(secondment=secondment, part=part, person=person).exists()
    is_known = part != Part.HOST_CONTACT or policies.host_knows_contact(secondment)
    if before == person and held and is_known:
        raise Refused(Refusal(_("%(name)s has this part already.") % {"name": person}, "email"))
    signals.renaming.send(sender=Secondment, secondment=secondment, part=part)
    setattr(secondment, column, person)
    if part == Part.SIGNATORY_HOST:
        secondment.host_signatory_confirmed_at, secondment.host_signatory_confirmed_by = clock.now(), by
    refusals = [Refusal(r.sentence, "email") for r in parts_distinct.explain(secondment) if r.where == column]
    if refusals:
        raise Refused(*refusals)
    _end(CasePart.objects.filter(secondment=secondment, part=part), by, clock.now())
    secondment.named_before = {k: v for k, v in secondment.named_before.items() if k != part}
    secondment.named_by, secondment.changed_at = by, clock.now()
    secondment.save()
    ledger.record(
        "part.give",
        by=by,
        case_id=secondment.pk,
        subject=person,
        part=str(part),
        person=person.full_name,
        reason=reason,
    )
    _hand_over(secondment, part, before, person, by)
    _welcome(secondment, part, person, by)
    turns.settle(secondment)
    return secondment


@transaction.atomic
def end(row: CasePart, *, by: Person, last_day: date | None = None, reason: str = "") -> CasePart:
    """End a part now, or with the end of a later day in the zone of the case; open sessions lose it as well."""
    secondment = transitions.lock(row.secondment_id)
    row = CasePart.objects.select_related("person").get(pk=row.pk, secondment=secondment)
    if row.part == Part.SECONDEE and secondment.submitted_at and secondment.state not in CLOSED:
        raise Refused(_("The secondee cannot be taken out of a case that is open: withdraw it, or end it early."))
    _require(secondment, Part(row.part), by)
    now = clock.now()
    if row.until is not None and row.until <= now:
        raise Refused(_("This part has ended already."))
    until = now
    if last_day is not None:
        until = datetime.combine(last_day + timedelta(days=1), time(), ZoneInfo(secondment.zone))
        if until <= now:
            raise Refused(Refusal(_("The last day has passed; leave it blank to end the part now."), "last_day"))
    _end(CasePart.objects.filter(pk=row.pk), by, until)
    ledger.record(
        "part.end",
        by=by,
        case_id=secondment.pk,
        reason=reason.strip(),
        subject=row.person,
        part=row.part,
        person=row.person.full_name,
        until=until.isoformat(),
    )
    if until <= now:
        silence(secondment, row.person)
    part_notices.part_ended(secondment, Part(row.part), row.person, until)
    row.refresh_from_db()
    return row


def _welcome(secondment: Secondment, part: Part, person: Person, by: Person) -> None:
    """Tell somebody of their part; who was never here is invited with the same mail."""
    if person == by:
        return
    invitation = invitations.invite(
        person,
        by=by,
        organisation=secondment.seconder,
        what=_("You are %(part)s in the secondment %(title)s.")
        % {"part": part.label.lower(), "title": secondment.title},
        onward=secondment.get_absolute_url(),
        case_id=secondment.pk,
        mail=False,
    )
    part_notices.part_given(secondment, part, person, path=invitations.path(invitation) if invitation else "")


@transaction.atomic
def readdress(secondment: Secondment, person: Person, email: str, *, by: Person) -> Person:
    """HR corrects the address of somebody it invited who never came; what went to the old one leads nowhere.

    Refused for whoever has signed in, whom somebody else employs or invited, or who has a part in a case of
    another: their address is their own business. Raises ``Refused`` with a sentence for the field ``email``.
    """
    secondment = transitions.lock(secondment.pk)
    if not policies.may_run(secondment, by):
        raise NotAllowed(_("Only HR of the seconder corrects the address of whom it invited."))
    if not may_readdress(secondment, person):
        raise Refused(Refusal(_("%(name)s changes their own address, on their profile.") % {"name": person}, "email"))
    before = person.invitations.filter(case_id=secondment.pk).order_by("-pk").first()
    try:
        changed = addresses.change(person, email, by=by)
    except ValidationError as error:
        raise Refused(*(Refusal(sentence, "email") for sentence in error.messages)) from None
    invitations.invite(
        changed,
        by=by,
        organisation=secondment.seconder,
        what=before.what if before else _("You have a part in the secondment %(ref)s.") % {"ref": secondment.reference},
        onward=before.onward if before else secondment.get_absolute_url(),
        case_id=secondment.pk,
    )
    return changed


def may_readdress(secondment: Secondment, person: Person) -> bool:
    """Whether HR of the seconder alone answers for somebody's address: invited by it, and never here."""
    others = CasePart.objects.filter(person=person).exclude(secondment__seconder=secondment.seconder_id)
    elsewhere = person.invitations.exclude(organisation=secondment.seconder_id)
    return (
        person.last_login is None
        and person.invitations.filter(organisation=secondment.seconder_id).exists()
        and not (others.exists() or elsewhere.exists())
        and not (person.employments.exists() or person.memberships.exists() or person.is_administrator)
    )


def silence(secondment: Secondment, person: Person) -> int:
    """What was to be told to somebody of a case in which they have no part any more is not sent."""
    if CasePart.objects.current().filter(secondment=secondment, person=person).exists():
        return 0
    found = Notice.objects.filter(Notice.OPEN, case_id=secondment.pk, recipient=person)
    return found.exclude(about__startswith=f"part:{secondment.pk}:").update(cancelled_at=clock.now())


def may_name(secondment: Secondment, part: Part, person: Person) -> bool:
    """Each side names its own people, and nobody as a deputy; the secondee is named by the proposal alone."""
    acting = policies.parts_of(secondment, person)
    capacity = capacities.acting(secondment, person)
    if capacity and capacity.in_name_of:
        return False  # standing in for somebody is not choosing who has their part
    if part == Part.SECONDEE or secondment.state in CLOSED or secondment.submitted_at is None:
        return False
    if part not in HOST_SIDE:
        return Part.HR_SECONDER in acting
    if policies.speaks_for_seconder(secondment, person):
        return part == Part.HOST_CONTACT and Part.HR_SECONDER in acting and not policies.host_has_hr(secondment)
    if Part.HOST_CONTACT in acting:
        return policies.host_knows_contact(secondment)
    return Part.HR_HOST in acting


def _require(secondment: Secondment, part: Part, by: Person) -> None:
    if secondment.state in CLOSED:
        raise Refused(_("The case is closed; its people stay as they are."))
    if not may_name(secondment, part, by):
        side = _("the host") if part in HOST_SIDE else _("the seconder")
        raise NotAllowed(_("Who has this part is for %(side)s to say.") % {"side": side})


def _add_supervisor(secondment: Secondment, person: Person, by: Person) -> Secondment:
    others = {secondment.secondee_id, secondment.line_manager_id}
    if person.pk in others or _of_seconder(secondment, person):
        raise Refused(Refusal(_("A supervisor at the host works there, not for the seconder."), "email"))
    held = CasePart.objects.current().filter(secondment=secondment, part=Part.HOST_SUPERVISOR, person=person)
    if held.exists():
        raise Refused(Refusal(_("%(name)s has this part already.") % {"name": person}, "email"))
    CasePart.objects.create(
        secondment=secondment, part=Part.HOST_SUPERVISOR, person=person, since=clock.now(), given_by=by
    )
    ledger.record(
        "part.give",
        by=by,
        case_id=secondment.pk,
        subject=person,
        part=str(Part.HOST_SUPERVISOR),
        person=person.full_name,
    )
    _welcome(secondment, Part.HOST_SUPERVISOR, person, by)
    return secondment


def _of_seconder(secondment: Secondment, person: Person) -> bool:
    if secondment.is_internal:
        return False
    employed = person.employments.current().filter(organisation=secondment.seconder_id).exists()
    return employed or person.works_for(secondment.seconder_id, *Role.values)


def _end(rows: QuerySet[CasePart], by: Person, until: datetime) -> None:
    rows.filter(Q(until__isnull=True) | Q(until__gt=until)).update(until=Greatest(until, F("since")), taken_by=by)


def _needed_elsewhere(secondment: Secondment, person: Person) -> bool:
    """Whether the seconder's one invitation still serves another of its cases."""
    others = CasePart.objects.current().filter(person=person, secondment__seconder=secondment.seconder_id)
    return others.exclude(secondment=secondment).exists()


def _hand_over(secondment: Secondment, part: Part, before: Person | None, person: Person, by: Person) -> None:
    """What waits for the holder of a part waits for the new one from now on; the old one hears no more of it."""
    kinds = {Part.LINE_MANAGER: DecisionKind.RELEASE, Part.HOST_CONTACT: DecisionKind.ACCEPTANCE}
    parties = {Part.LINE_MANAGER: Party.LINE_MANAGER, Part.HOST_CONTACT: Party.HOST}
    if before is not None and before != person:
        silence(secondment, before)
        if before.last_login is None and not _needed_elsewhere(secondment, before):
            invitations.cancel(before, by=by, organisation=secondment.seconder)
    if part not in kinds:
        return
    open_decisions = secondment.decisions.filter(revision=secondment.revision, kind=kinds[part], verdict__isnull=True)
    for decision in open_decisions if secondment.state == State.PROPOSAL else []:
        decision.decider = person
        decision.save(update_fields=["decider"])
        notices.decision_asked(decision)
    CheckIn.objects.filter(CheckIn.PENDING, secondment=secondment, party=parties[part]).update(person=person)
    for evaluation in secondment.evaluations.filter(party=parties[part], completed_at__isnull=True):
        evaluation.person = person
        evaluation.save(update_fields=["person"])
        review_notices.evaluation_asked(evaluation)
