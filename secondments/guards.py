"""What must hold before a transition. Each guard is a predicate that can say, in sentences, what is missing.

A guard reads the case that it is given and answers with refusals; none means that it holds. The sentence
that greys a button is the one that answers the request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people import clock
from people.roles import Role
from secondments import facts, timetable
from secondments.choices import ChargeState, DecisionKind, Party
from secondments.eligibility import Answer
from secondments.states import OCCUPYING

if TYPE_CHECKING:
    from secondments.models import Secondment

Sentence = str | Promise


@dataclass(frozen=True)
class Refusal:
    """Why not, as a sentence, and where it is mended: the name of a form field or of a section of the case."""

    sentence: Sentence
    where: str = ""


@dataclass(frozen=True)
class Guard:
    """A condition for django-fsm that can also explain itself."""

    name: str
    missing: Callable[[Any], Iterable[Refusal]]

    def __call__(self, case: Any) -> bool:
        return not self.explain(case)

    def explain(self, case: Any) -> list[Refusal]:
        return list(self.missing(case))


def guard(missing: Callable[[Any], Iterable[Refusal]]) -> Guard:
    return Guard(missing.__name__, missing)


REQUIRED: dict[str, Sentence] = {
    "secondee": gettext_lazy("Say who is to be seconded."),
    "line_manager": gettext_lazy("Say who is the line manager, who releases the secondee."),
    "seconder_signatory": gettext_lazy("Say who signs for the seconder."),
    "host": gettext_lazy("Choose the host organisation."),
    "host_contact": gettext_lazy("Give the name and e-mail of the contact at the host."),
    "host_signatory": gettext_lazy("Give the name and e-mail of who signs for the host."),
    "role_title": gettext_lazy("Say what role the secondee has at the host."),
    "location": gettext_lazy("Say where the work is done."),
    "start_on": gettext_lazy("Give the first day."),
    "end_on": gettext_lazy("Give the last day."),
    "weekly_hours": gettext_lazy("Give the hours per week."),
    "purpose": gettext_lazy("Say what the secondment is for."),
}


@guard
def proposal_complete(case: Secondment) -> Iterable[Refusal]:
    for field, sentence in REQUIRED.items():
        if not getattr(case, f"{field}_id", None) and not getattr(case, field):
            yield Refusal(sentence, field)
    if case.kind == "internal" and not case.host_department.strip():
        yield Refusal(_("Say which department hosts the secondee."), "host_department")
    if not case.objectives.exists():
        yield Refusal(_("Write at least one objective."), "objectives")
    if case.kind == "international" and not case.proposal.work_country:
        yield Refusal(_("Say in which country the work is done."), "work_country")
    if case.proposal.funding == "shared" and case.proposal.host_percent is None:
        yield Refusal(_("Say how many per cent the host bears."), "host_percent")
    if case.proposal.funding == "fixed" and case.proposal.fixed_amount is None:
        yield Refusal(_("Say how much the host pays."), "fixed_amount")
    for section in case.proposal.unfinished:
        if section == "abroad" and case.kind != "international":
            continue  # the section is not there any more
        yield Refusal(_("Something typed here is not finished: open it, look, and save it."), section)


@guard
def dates_in_policy(case: Secondment) -> Iterable[Refusal]:
    if not (case.start_on and case.end_on):
        return
    rules = case.rules
    if case.end_on < case.start_on:
        yield Refusal(_("The last day is before the first day."), "end_on")
        return
    if case.start_on < clock.today(case.zone):
        yield Refusal(_("The first day has passed; choose a later one."), "start_on")
    days = timetable.length(case.start_on, case.end_on)
    if days < rules.minimum_days:
        yield Refusal(
            _("The policy asks for at least %(min)d days; these are %(days)d.")
            % {"min": rules.minimum_days, "days": days},
            "end_on",
        )
    if days > rules.maximum_days:
        yield Refusal(
            _("The policy allows at most %(max)d days; these are %(days)d.")
            % {"max": rules.maximum_days, "days": days},
            "end_on",
        )


@guard
def first_day_ahead(case: Secondment) -> Iterable[Refusal]:
    if case.start_on and case.start_on < clock.today(case.zone):
        yield Refusal(_("The first day has passed: revise the proposal, with later days."), "start_on")


@guard
def parts_distinct(case: Secondment) -> Iterable[Refusal]:
    secondee = case.secondee_id
    if not secondee:
        return
    if case.line_manager_id == secondee:
        yield Refusal(_("Nobody releases themselves: name another line manager."), "line_manager")
    if case.host_contact_id == secondee:
        yield Refusal(_("The secondee cannot be the contact at the host."), "host_contact")
    if case.line_manager_id and case.line_manager_id == case.host_contact_id:
        yield Refusal(_("The line manager cannot decide for the host as well."), "host_contact")
    if case.host_contact and case.host_contact.works_for(case.seconder_id, Role.HR):
        yield Refusal(_("HR of the seconder cannot decide for the host: name another contact."), "host_contact")
    is_outside = case.host_id != case.seconder_id
    if is_outside:
        for field in ("host_contact", "host_signatory"):
            person = getattr(case, field)
            elsewhere = {secondee, case.line_manager_id if field == "host_contact" else None}  # have their own words
            if (
                person
                and person.pk not in elsewhere
                and person.employments.current().filter(organisation=case.seconder_id).exists()
            ):
                yield Refusal(
                    _("%(name)s works for the seconder: name somebody of the host.") % {"name": person}, field
                )
    if is_outside and case.host_signatory and case.host_signatory.works_for(case.seconder_id, Role.HR):
        yield Refusal(_("HR of the seconder cannot sign for the host."), "host_signatory")
    if case.host_signatory_id and case.host_signatory_id in {secondee, case.seconder_signatory_id}:
        yield Refusal(_("Three different people sign: name somebody else for the host."), "host_signatory")
    if case.seconder_signatory_id == secondee:
        yield Refusal(_("Three different people sign: name somebody else for the seconder."), "seconder_signatory")


@guard
def no_overlap(case: Secondment) -> Iterable[Refusal]:
    """No person is placed above full-time at any moment; the database refuses full-time overlaps as well."""
    if not (case.secondee_id and case.start_on and case.end_on and case.weekly_hours):
        return
    others = list(
        type(case)
        .objects.filter(
            secondee_id=case.secondee_id,
            state__in=OCCUPYING,
            start_on__lte=case.end_on,
            end_on__gte=case.start_on,
        )
        .exclude(pk=case.pk)
        .order_by("start_on")
    )
    full = case.full_time_hours
    if not others:
        if case.weekly_hours > full:
            yield Refusal(
                _("%(hours)s hours a week are full-time for %(name)s; this is more.")
                % {"hours": f"{full.normalize():f}", "name": case.secondee},
                "weekly_hours",
            )
        return
    clash = next((other for other in others if other.is_full_time or case.is_full_time), None)
    if clash is None and peak_hours(case, others) <= full:
        return
    other = clash or others[0]
    if other.seconder_id != case.seconder_id:  # where and when is between that employer and the person
        yield Refusal(
            _("%(name)s is not free for all of this time in these days.") % {"name": case.secondee}, "start_on"
        )
        return
    assert other.start_on and other.end_on
    yield Refusal(
        _("%(name)s is placed at %(host)s from %(start)s to %(end)s; together that is more than full-time.")
        % {
            "name": case.secondee,
            "host": other.host,
            "start": date_format(other.start_on, "j M Y"),
            "end": date_format(other.end_on, "j M Y"),
        },
        "start_on",
    )


def peak_hours(case: Secondment, others: list[Secondment]) -> Decimal:
    """The most hours a week that fall on one day of the case: the sum changes only where a placement begins."""
    assert case.start_on and case.end_on and case.weekly_hours
    spans = [(o.start_on, o.end_on, o.weekly_hours) for o in others if o.start_on and o.end_on and o.weekly_hours]
    begins = {case.start_on, *(start for start, _end, _hours in spans if start > case.start_on)}
    return max(
        case.weekly_hours + sum((hours for start, end, hours in spans if start <= day <= end), Decimal(0))
        for day in begins
        if day <= case.end_on
    )


@guard
def eligible_or_overridden(case: Secondment) -> Iterable[Refusal]:
    """A rule that is not met needs HR's reason; one whose facts are missing is shown and stops nothing."""
    overridden = set(case.overrides.values_list("rule", flat=True))
    for verdict in facts.eligibility_of(case):
        if verdict.answer == Answer.NOT_MET and verdict.rule not in overridden:
            yield Refusal(
                _("%(sentence)s Change the proposal, or say why it is made nevertheless.")
                % {"sentence": verdict.sentence},
                "eligibility",
            )


def lead_warnings(case: Secondment) -> list[str]:
    """What is late by the policy's times ahead; a warning and no wall."""
    if not case.start_on:
        return []
    day = case.submitted_at.astimezone(ZoneInfo(case.zone)).date() if case.submitted_at else clock.today(case.zone)
    ahead, found = (case.start_on - day).days, []
    if 0 <= ahead < case.rules.advance_notice_days:
        found.append(
            _("The policy asks for a proposal %(asked)d days before the first day; these are %(ahead)d.")
            % {"asked": case.rules.advance_notice_days, "ahead": ahead}
        )
    if 0 <= ahead < case.rules.release_lead_days + case.rules.decision_days:
        found.append(
            _("The policy asks for the release %(asked)d days before the first day; decided on time, these are %(n)d.")
            % {"asked": case.rules.release_lead_days, "n": max(ahead - case.rules.decision_days, 0)}
        )
    return found


@guard
def all_decided(case: Secondment) -> Iterable[Refusal]:
    given = set(case.decisions.filter(revision=case.revision, verdict=True).values_list("kind", flat=True))
    for kind in DecisionKind:
        if kind not in given:
            yield Refusal(_("%(decision)s is still missing.") % {"decision": kind.label}, "decisions")


@guard
def all_signed(case: Secondment) -> Iterable[Refusal]:
    if case.agreement_signed_at is None:
        yield Refusal(_("The agreement is not signed by all three parties yet."), "agreement")


@guard
def agreement_sealed(case: Secondment) -> Iterable[Refusal]:
    if case.agreement_sealed_at is None:
        yield Refusal(_("The signed agreement is still being sealed."), "agreement")


@guard
def start_day_reached(case: Secondment) -> Iterable[Refusal]:
    assert case.start_on
    if clock.today(case.zone) < case.start_on:
        yield Refusal(
            _("The first day is %(day)s.") % {"day": date_format(case.start_on, "j M Y")},
            "particulars",
        )


@guard
def conditions_met(case: Secondment) -> Iterable[Refusal]:
    for item in case.checklist.filter(blocks_start=True, done_at__isnull=True):
        yield Refusal(
            _("“%(item)s” must be done before the start.") % {"item": item.title},
            "checklists",
        )


@guard
def last_day_passed(case: Secondment) -> Iterable[Refusal]:
    assert case.end_on
    if clock.today(case.zone) <= case.end_on:
        yield Refusal(
            _("The last day is %(day)s; the return begins the day after.") % {"day": date_format(case.end_on, "j M Y")},
            "particulars",
        )


@guard
def review_concluded(case: Secondment) -> Iterable[Refusal]:
    if case.review_concluded_at is None:
        yield Refusal(_("HR has not concluded the review yet."), "review")


@guard
def return_checklist_done(case: Secondment) -> Iterable[Refusal]:
    for item in case.checklist.filter(list="return", done_at__isnull=True):
        yield Refusal(_("“%(item)s” is open on the return checklist.") % {"item": item.title}, "checklists")


@guard
def recharge_settled(case: Secondment) -> Iterable[Refusal]:
    """Everything that the host pays is paid, or was handed to finance with a note."""
    if not case.charges.exclude(state=ChargeState.PAID).exclude(amount=0).exists():
        return
    terms = getattr(case, "recharge", None)
    if terms is None or terms.handed_at is None:
        yield Refusal(_("What the host pays is not all paid: settle it, or hand it to finance with a note."), "costs")


@guard
def outcome_recorded(case: Secondment) -> Iterable[Refusal]:
    if not case.outcome:
        yield Refusal(_("Record the outcome."), "outcome")


def early_end_possible(case: Secondment, last_day: Any) -> list[Refusal]:
    """Whether a new, earlier last day is possible: from today on, and before the present one."""
    assert case.start_on and case.end_on
    today = clock.today(case.zone)
    earliest = max(today, case.start_on)
    latest = case.end_on - timedelta(days=1)
    if last_day < earliest:
        return [Refusal(_("The new last day cannot lie in the past."), "last_day")]
    if last_day > latest:
        return [
            Refusal(
                _("The new last day must be before the present one, %(day)s.")
                % {"day": date_format(case.end_on, "j M Y")},
                "last_day",
            )
        ]
    return []


def waiver_possible(case: Secondment, waived_because: str) -> list[Refusal]:
    """HR concludes a review when all evaluations are in, or says why one is not waited for."""
    missing = list(case.evaluations.filter(completed_at__isnull=True).values_list("party", flat=True))
    if missing and not waived_because.strip():
        names = ", ".join(str(Party(party).label) for party in missing)
        return [
            Refusal(
                _("No evaluation yet by: %(names)s. Wait for it, or say why you do not.") % {"names": names},
                "waived_because",
            )
        ]
    return []
