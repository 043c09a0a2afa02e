"""Raising a concern, looking into it, and saying what became of it. The host asks; what is done is the seconder's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Membership, Person
from people.notify import call_off
from people.roles import Role
from secondments import placement_notices, placement_policies, policies, transitions
from secondments.choices import ConcernEnd, ConcernKind, Party
from secondments.guards import Refusal
from secondments.models import Absence, Concern, ConcernAction, Secondment
from secondments.notices import hr
from secondments.transitions import NotAllowed, Refused

MANY = 50  # of one case


@transaction.atomic
def report(
    case: Secondment, *, by: Person, kind: str, what: str, wish: str = "", happened_on: date | None = None
) -> Concern:
    """Raise a concern for one's own party; HR of the seconder is told at once. Order: lock, ask, row, ledger, mail."""
    case = transitions.lock(case.pk)
    if not placement_policies.may_raise(case, by):
        raise NotAllowed(_("Concerns are raised by the secondee, the host and HR while a placement runs."))
    if not what.strip():
        raise Refused(Refusal(_("Write what happened."), "what"))
    if happened_on and happened_on > clock.today(case.zone):
        raise Refused(Refusal(_("This day has not come yet."), "happened_on"))
    if case.concerns.count() >= MANY:
        raise Refused(_("There are many concerns in this case already: talk to HR."))
    party = placement_policies.RAISES[next(iter(policies.parts_of(case, by)))]
    return _raise(case, by=by, party=party, kind=kind, what=what, wish=wish, happened_on=happened_on)


@transaction.atomic
def report_long_absence(absence: Absence) -> Concern:
    """The calendar raises an absence that has become long, once, for HR of the seconder."""
    case = transitions.lock(absence.secondment_id)
    absence = case.absences.select_for_update().get(pk=absence.pk)
    assert absence.concern_id is None
    found = _raise(
        case,
        by=None,
        party=Party.SECONDER,
        kind=ConcernKind.LONG_ABSENCE,
        what=_("The absence has lasted as long as the policy of this case calls long: %(n)d days.")
        % {"n": case.rules.long_absence_days},
        happened_on=absence.first_day,
    )
    absence.concern = found
    absence.save()
    return found


def _raise(
    case: Secondment,
    *,
    by: Person | None,
    party: Party,
    kind: str,
    what: str,
    wish: str = "",
    happened_on: date | None = None,
) -> Concern:
    owner = next(iter(hr(case)), case.owner)
    found = Concern.objects.create(
        secondment=case,
        party=party,
        kind=kind,
        what=what.strip(),
        wish=wish.strip(),
        happened_on=happened_on,
        raised_at=clock.now(),
        raised_by=by,
        owner=owner,
    )
    ledger.record("concern.raise", by=by, case_id=case.pk, key=found.key, party=str(party))
    placement_notices.concern_raised(found)
    return found


def _hr(case: Secondment) -> list[Person]:
    members = Membership.objects.current().filter(organisation=case.seconder_id, role=Role.HR, person__is_active=True)
    return [row.person for row in members.exclude(person=case.secondee_id).select_related("person")]


def possible_owners(case: Secondment) -> list[Person]:
    """Who can look into a concern: HR of the seconder, and the line manager."""
    return _each_once([*_hr(case), case.line_manager])


def possible_doers(concern: Concern) -> list[Person]:
    """Who can be asked to do something about it: those who can read of it, HR and whoever looks into it."""
    case = concern.secondment
    return _each_once([*_hr(case), case.line_manager if concern.owner_id == case.line_manager_id else None])


def _each_once(people: Iterable[Person | None]) -> list[Person]:
    return list({person.pk: person for person in people if person}.values())


def _open(concern: Concern, by: Person) -> Concern:
    """The row, held, for somebody who may work on it."""
    case = transitions.lock(concern.secondment_id)
    concern = case.concerns.select_for_update().get(pk=concern.pk)
    concern.secondment = case
    if not placement_policies.may_work_on(concern, by):
        raise NotAllowed(_("This is for HR of the seconder, and for whoever was asked to look into it."))
    if concern.ended_at:
        raise Refused(_("This concern is closed; its page can only be read."))
    return concern


@transaction.atomic
def give(concern: Concern, *, by: Person, owner: Person) -> Concern:
    """HR says who looks into it."""
    concern = _open(concern, by)
    if not policies.may_run(concern.secondment, by):
        raise NotAllowed(_("HR of the seconder says who looks into it."))
    if owner not in possible_owners(concern.secondment):
        raise Refused(Refusal(_("Choose somebody of HR, or the line manager."), "owner"))
    if owner.pk == concern.owner_id:
        return concern
    before, concern.owner = concern.owner, owner
    concern.save()
    if before and before not in possible_doers(concern):  # who cannot read of it any more has nothing to do about it
        left = concern.actions.filter(doer=before, done_at__isnull=True)
        call_off([f"concern-action:{action.pk}" for action in left])
        left.update(doer=owner)
    ledger.record("concern.give", by=by, case_id=concern.secondment_id, key=concern.key, person=owner.full_name)
    placement_notices.concern_given(concern, by)
    return concern


@transaction.atomic
def act(concern: Concern, *, by: Person, text: str, doer: Person, due_on: date) -> ConcernAction:
    """Say what is to be done, by whom and until when; the seconder's own people do it."""
    concern = _open(concern, by)
    if not text.strip():
        raise Refused(Refusal(_("Write what is to be done."), "text"))
    if doer not in possible_doers(concern):
        raise Refused(
            Refusal(_("Choose somebody of HR, or ask them first to look into the concern: they read it then."), "doer")
        )
    if due_on < clock.today(concern.secondment.zone):
        raise Refused(Refusal(_("This day is over."), "due_on"))
    found = ConcernAction.objects.create(concern=concern, text=text.strip(), doer=doer, due_on=due_on)
    ledger.record("concern.act", by=by, case_id=concern.secondment_id, key=concern.key)
    placement_notices.action_given(found, by)
    return found


@transaction.atomic
def finish(action: ConcernAction, *, by: Person) -> ConcernAction:
    """Say that it is done; its reminders stop."""
    concern = _open(action.concern, by)
    action = concern.actions.select_for_update().get(pk=action.pk)
    if action.done_at:
        return action
    action.done_at, action.done_by = clock.now(), by
    action.save()
    call_off(f"concern-action:{action.pk}")
    ledger.record("concern.finish", by=by, case_id=concern.secondment_id, key=concern.key)
    return action


@transaction.atomic
def disclose(concern: Concern, *, by: Person, text: str) -> Concern:
    """HR writes for the secondee what they are to know of a concern that somebody else raised; said once."""
    concern = _open(concern, by)
    if not policies.may_run(concern.secondment, by):
        raise NotAllowed(_("HR of the seconder says what the secondee is told."))
    if concern.party == Party.SECONDEE:
        raise Refused(_("The secondee raised it and reads it as it is."))
    if concern.told_at:
        raise Refused(_("The secondee has been told already."))
    if not text.strip():
        raise Refused(Refusal(_("Write what the secondee is told."), "told"))
    concern.told_secondee, concern.told_at, concern.told_by = text.strip(), clock.now(), by
    concern.save()
    ledger.record("concern.disclose", by=by, case_id=concern.secondment_id, key=concern.key)
    placement_notices.concern_told(concern)
    return concern


@transaction.atomic
def close(concern: Concern, *, by: Person, end: str, note: str) -> Concern:
    """Say what became of it, for whoever raised it to read. Nothing that was to be done may be left open."""
    concern = _open(concern, by)
    if not policies.may_run(concern.secondment, by):
        raise NotAllowed(_("HR of the seconder closes a concern."))
    if end not in ConcernEnd.values:
        raise Refused(Refusal(_("Choose what became of it."), "end"))
    if concern.raised_by_id and not note.strip():
        raise Refused(Refusal(_("Write what whoever raised it is told."), "note"))
    if concern.actions.filter(done_at__isnull=True).exists():
        raise Refused(_("Something that was to be done is still open: finish it first."))
    concern.end, concern.end_note = end, note.strip()
    concern.ended_at, concern.ended_by = clock.now(), by
    concern.save()
    ledger.record("concern.close", by=by, case_id=concern.secondment_id, key=concern.key)
    placement_notices.concern_ended(concern, by)
    return concern
