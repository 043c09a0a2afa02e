"""Ending a placement before its agreed last day: by notice, or sooner where two people at the seconder say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people import clock, ledger, workdays
from people.models import Person
from people.notify import call_off
from secondments import (
    charging,
    early_end_notices,
    effects,
    guards,
    notices,
    placement_policies,
    policies,
    review_notices,
    timetable,
    transitions,
    turns,
)
from secondments.actions import leaves
from secondments.choices import Party
from secondments.guards import Refusal
from secondments.models import Concern, EarlyEnd, Secondment, Wish
from secondments.states import PLACED, State
from secondments.transitions import NotAllowed, Refused


def notice_weeks(secondment: Secondment, asked_by: str) -> int:
    """Weeks of notice that a party has to give, by the case's own copy of the policy."""
    rules = secondment.rules
    return {
        Party.SECONDER: rules.notice_weeks_seconder,
        Party.HOST: rules.notice_weeks_host,
        Party.SECONDEE: rules.notice_weeks_secondee,
    }[Party(asked_by)]


def proposed_last_day(secondment: Secondment, asked_by: str, given_on: date | None = None) -> date:
    """The last day if notice was given on that day, or is given today."""
    assert secondment.end_on
    given = given_on or clock.today(secondment.zone)
    return timetable.last_day_by_notice(given, notice_weeks(secondment, asked_by), secondment.end_on)


@dataclass(frozen=True)
class Notice:
    """How the notice of one party counts: its weeks, the day on which they are over, and the last day worked."""

    party: Party
    weeks: int
    last_day: date
    sentences: Sequence[str]


def notices_of(secondment: Secondment, given_on: date | None = None) -> list[Notice]:
    """If notice is given on that day, or today: for each party the last day, and how it is counted, holidays too."""
    assert secondment.end_on
    given = given_on or clock.today(secondment.zone)
    return [
        _notice(secondment, party, given, secondment.end_on) for party in (Party.SECONDER, Party.HOST, Party.SECONDEE)
    ]


def explained(case: Secondment) -> str:
    """How the last day of a placement that was ended early was found, for its letter."""
    assert case.ended_early_at and case.end_on and case.end_before_on
    given = case.notice_given_on or case.ended_early_at.astimezone(ZoneInfo(case.zone)).date()
    notice = _notice(case, Party(case.early_end_asked_by), given, case.end_before_on)
    if case.end_on == notice.last_day:
        return " ".join(notice.sentences)
    words = {"given": _day(given), "last": _day(notice.last_day), "n": notice.weeks, "ends": _day(case.end_on)}
    if case.end_on > notice.last_day:
        return _("Notice given on %(given)s would run until %(last)s; a later last day was chosen, %(ends)s.") % words
    return (
        _("Notice given on %(given)s would run until %(last)s. Two people at the Seconder decided that it ends sooner.")
        % words
    )


def _notice(case: Secondment, party: Party, today: date, agreed: date) -> Notice:
    weeks = notice_weeks(case, party)
    last = timetable.last_day_by_notice(today, weeks, agreed)
    words = {"today": _day(today), "last": _day(last), "n": weeks}
    sentences = [
        ngettext(
            "Notice given on %(today)s runs for %(n)d week, until %(last)s.",
            "Notice given on %(today)s runs for %(n)d weeks, until %(last)s.",
            weeks,
        )
        % words
    ]
    if today + timedelta(weeks=weeks) > agreed:
        sentences = [
            _("Notice given on %(today)s would run beyond the last day agreed, %(last)s, which stays.") % words
        ]
    works = case.work_calendar()
    if not workdays.is_working_day(last, works):
        why = (
            _("a public holiday at the place of work")
            if last in works.holidays
            else _("no working day at the place of work")
        )
        worked = workdays.add_working_days(last, -1, works)
        sentences.append(
            _("%(last)s is %(why)s: the last day worked is %(worked)s; pay and rights run until %(last)s.")
            % {"last": _day(last), "why": why, "worked": _day(worked)}
        )
    return Notice(party, weeks, last, sentences)


def _day(day: date) -> str:
    return date_format(day, "l, j F Y")


def is_short(secondment: Secondment, last_day: date, asked_by: str, given_on: date | None = None) -> bool:
    """Whether a last day lies before the notice is over, so that two people have to say so."""
    return last_day < proposed_last_day(secondment, asked_by, given_on)


LATE_ENTRY = 60  # days after which a notice that was received is not entered by its day any more


def _given(case: Secondment, given_on: date | None) -> date:
    """The day on which notice was received: today, or one that has passed since the placement began."""
    today = clock.today(case.zone)
    if given_on is None or given_on == today:
        return today
    began = case.began_on or case.start_on
    assert began
    if not max(began, today - timedelta(days=LATE_ENTRY)) <= given_on < today:
        sentence = _("Notice was received between the first day and today, at most %(n)d days ago.") % {"n": LATE_ENTRY}
        raise Refused(Refusal(sentence, "given_on"))
    return given_on


def _possible(case: Secondment, last_day: date, reason: str) -> None:
    if case.state not in PLACED:
        raise Refused(_("Only a placement that is running can be ended early."))
    if not reason.strip():
        raise Refused(Refusal(_("Give a reason."), "reason"))
    refusals = guards.early_end_possible(case, last_day)
    if refusals:
        raise Refused(*refusals)


@transaction.atomic
def end_early(
    secondment: Secondment, *, by: Person, last_day: date, asked_by: str, reason: str, given_on: date | None = None
) -> Secondment:
    """End by notice: HR alone sets a new last day that the notice allows. Sooner than that see :func:`propose`.

    ``given_on`` is the day on which the notice was received, where that is not today.
    """
    secondment = transitions.lock(secondment.pk)
    if not policies.may_run(secondment, by):
        raise NotAllowed(_("Only HR of the seconder ends a placement early."))
    _possible(secondment, last_day, reason)
    given = _given(secondment, given_on)
    if is_short(secondment, last_day, asked_by, given):
        raise Refused(
            Refusal(
                _("The notice runs until %(day)s; to end sooner somebody else at the seconder has to approve it.")
                % {"day": _day(proposed_last_day(secondment, asked_by, given))},
                "last_day",
            )
        )
    _supersede(secondment, by)
    secondment.notice_given_on = given
    return _end(secondment, by=by, last_day=last_day, asked_by=asked_by, reason=reason)


def _supersede(case: Secondment, by: Person) -> None:
    """An end by notice takes the place of a sooner one that nobody has answered yet."""
    for found in case.early_ends.filter(approved__isnull=True):
        found.approved, found.answer = False, str(_("The placement was ended by notice instead."))
        found.answered_at, found.answered_by = clock.now(), by
        found.save()
        call_off(f"early-end:{found.pk}")


@transaction.atomic
def propose(
    secondment: Secondment,
    *,
    by: Person,
    last_day: date,
    asked_by: str,
    reason: str,
    concern: Concern | None = None,
    given_on: date | None = None,
) -> EarlyEnd:
    """HR proposes to end at once, or sooner than the notice allows; nothing changes until somebody else approves."""
    case = transitions.lock(secondment.pk)
    if not policies.may_run(case, by):
        raise NotAllowed(_("Only HR of the seconder ends a placement early."))
    _possible(case, last_day, reason)
    if not is_short(case, last_day, asked_by, _given(case, given_on)):
        raise Refused(Refusal(_("The notice allows this day: it needs no second person."), "last_day"))
    if case.early_ends.filter(approved__isnull=True).exists():
        raise Refused(_("An early end waits for an answer already."))
    found = EarlyEnd.objects.create(
        secondment=case,
        party=asked_by,
        last_day=last_day,
        reason=reason.strip(),
        concern=concern,
        proposed_at=clock.now(),
        proposed_by=by,
    )
    ledger.record("early_end.propose", by=by, case_id=case.pk, day=str(last_day), party=asked_by)
    early_end_notices.proposed(found)
    return found


@transaction.atomic
def take_back(found: EarlyEnd, *, by: Person) -> EarlyEnd:
    """Who proposed it, or another of HR, takes it back while nobody has answered; nothing has changed."""
    case = transitions.lock(found.secondment_id)
    found = case.early_ends.select_for_update().get(pk=found.pk)
    found.secondment = case
    if not policies.may_run(case, by):
        raise NotAllowed(_("HR of the seconder takes it back."))
    if found.approved is not None:
        raise Refused(_("This has been answered meanwhile."))
    found.approved, found.answer = False, str(_("Taken back."))
    found.answered_at, found.answered_by = clock.now(), by
    found.save()
    call_off(f"early-end:{found.pk}")
    ledger.record("early_end.take_back", by=by, case_id=case.pk, day=str(found.last_day))
    return found


@transaction.atomic
def answer(found: EarlyEnd, *, by: Person, approved: bool, why: str = "") -> EarlyEnd:
    """Somebody else at the seconder approves, and the placement ends so; or refuses, and nothing has changed.

    A day that has passed meanwhile becomes today.
    """
    case = transitions.lock(found.secondment_id)
    found = case.early_ends.select_for_update().get(pk=found.pk)
    found.secondment = case
    if found.approved is not None:
        raise Refused(_("This has been answered meanwhile."))
    if found.proposed_by_id == by.pk:
        raise NotAllowed(_("Whoever proposed it cannot approve it: it takes a second person."))
    if not placement_policies.may_answer_early_end(found, policies.parts_of(case, by), by):
        raise NotAllowed(_("An immediate end is approved by HR, the line manager or the signatory of the seconder."))
    if not approved and not why.strip():
        raise Refused(Refusal(_("Say why it is refused."), "why"))
    found.approved, found.answer = approved, why.strip()
    found.answered_at, found.answered_by = clock.now(), by
    if approved:
        found.last_day = max(found.last_day, clock.today(case.zone))
        _possible(case, found.last_day, found.reason)
    found.save()
    call_off(f"early-end:{found.pk}")
    ledger.record("early_end.approve" if approved else "early_end.refuse", by=by, case_id=case.pk)
    early_end_notices.answered(found)
    if approved:
        _end(case, by=found.proposed_by, last_day=found.last_day, asked_by=found.party, reason=found.reason, second=by)
    return found


def _end(
    secondment: Secondment, *, by: Person, last_day: date, asked_by: str, reason: str, second: Person | None = None
) -> Secondment:
    """Set the new last day and go straight into review. The day once agreed stays in ``agreed_end_on``.

    Order: move the end, cancel what lies after it, ledger, notices, then the door. The case is locked.
    """
    before = secondment.end_on
    now = clock.now()
    secondment.end_before_on = secondment.end_before_on or before
    secondment.end_on, secondment.end_moved_on = last_day, clock.today(secondment.zone)
    secondment.ended_early_at, secondment.ended_early_by = now, by
    secondment.early_end_reason, secondment.early_end_asked_by = reason.strip(), asked_by
    secondment.changed_at = now
    secondment.save()
    for given in secondment.wishes.filter(Wish.PENDING, is_notice=True):
        given.granted, given.answered_at, given.answered_by = True, now, by
        given.save()
        call_off(f"wish:{given.pk}")
    effects.cancel_checkins(secondment, after=last_day)
    leaves.trim(secondment, by=by)
    charging.replan(secondment)
    call_off(f"case:{secondment.pk}:milestone:{before}:{name}" for name in timetable.END_MILESTONES)
    review_notices.call_off_reminders(secondment.evaluations.filter(completed_at__isnull=True))
    secondment.evaluations.filter(completed_at__isnull=True).update(due_on=last_day)
    if before:
        effects.move_return_list(secondment, last_day - before)
    ledger.record(
        "secondment.end_early",
        by=by,
        case_id=secondment.pk,
        reason=reason.strip(),
        asked_by=asked_by,
        before=str(before),
        last_day=str(last_day),
        second=second.full_name if second else "",
    )
    notices.ended_early(secondment)
    if secondment.state == State.ACTIVE:
        return transitions.perform(
            secondment, "begin_review", by=by, automatically=True, reason=_("The placement ends early.")
        )
    turns.settle(secondment)
    return secondment
