"""Whether somebody may be seconded by the rules of their employer: pure arithmetic. No database, no clock.

Callers gather the facts and say of which day they are; each rule answers that it is met, that it is not, or that
a fact is missing, in a sentence with the facts. Nothing here forbids anything: HR may decide against a rule.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from secondments.timetable import Rules, length

FIXED_TERM = "fixed_term"


class Answer(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Stay:
    """An earlier placement of the same person: its days, and whether it was with the same host."""

    start: date
    end: date
    same_host: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a person and the placement that is asked for.

    ``as_of`` is the day the facts were read; ``None`` elsewhere means that nobody has said. ``contract_type`` is
    the word of ``people.roles.ContractType``, empty when unknown. ``earlier`` holds all earlier placements.
    """

    start: date
    end: date
    as_of: date
    employed_since: date | None = None
    is_employed: bool = True
    probation_ends_on: date | None = None
    contract_type: str = ""
    contract_ends_on: date | None = None
    earlier: tuple[Stay, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What one rule says: its name in the policy, the answer, and a sentence with the facts and their day."""

    rule: str
    answer: Answer
    sentence: str


def check(facts: Facts, rules: Rules) -> list[Verdict]:
    """Ask each rule that the policy has switched on, in the order of the policy page."""
    found = []
    for rule, ask in _RULES.items():
        if getattr(rules, rule):  # nought or no: the organisation does not have this rule
            answer, sentence = ask(facts, rules)
            day = _("Facts of %(day)s.") % {"day": _day(facts.as_of)}
            found.append(Verdict(rule, answer, f"{sentence} {day}"))
    return found


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it is shorter: 31 January and one month is 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _service(facts: Facts, rules: Rules) -> tuple[Answer, str]:
    if not facts.is_employed:
        return Answer.UNKNOWN, _("There is no employment on record.")
    if facts.employed_since is None:
        return Answer.UNKNOWN, _("It is not on record since when the person is employed.")
    reached = add_months(facts.employed_since, rules.minimum_service_months)
    words = {
        "n": rules.minimum_service_months,
        "since": _day(facts.employed_since),
        "reached": _day(reached),
        "start": _day(facts.start),
    }
    if facts.start >= reached:
        return Answer.MET, ngettext(
            "Employed since %(since)s: at least %(n)d month of service on the first day, %(start)s.",
            "Employed since %(since)s: at least %(n)d months of service on the first day, %(start)s.",
            rules.minimum_service_months,
        ) % words  # fmt: skip
    return Answer.NOT_MET, ngettext(
        "Employed since %(since)s: %(n)d month of service is reached on %(reached)s, after the first day, %(start)s.",
        "Employed since %(since)s: %(n)d months of service are reached on %(reached)s, after the first day, %(start)s.",
        rules.minimum_service_months,
    ) % words  # fmt: skip


def _probation(facts: Facts, rules: Rules) -> tuple[Answer, str]:
    if not facts.is_employed:
        return Answer.UNKNOWN, _("There is no employment on record.")
    if facts.probation_ends_on is None:
        return Answer.UNKNOWN, _("It is not on record when probation ends or has ended.")
    words = {"day": _day(facts.probation_ends_on), "start": _day(facts.start)}
    if facts.probation_ends_on < facts.start:
        return Answer.MET, _("Probation ends on %(day)s, before the first day, %(start)s.") % words
    return Answer.NOT_MET, _("Probation ends on %(day)s, not before the first day, %(start)s.") % words


def _contract(facts: Facts, rules: Rules) -> tuple[Answer, str]:
    words = {"end": _day(facts.end)}
    if facts.contract_ends_on is None:
        if facts.is_employed and facts.contract_type and facts.contract_type != FIXED_TERM:
            return Answer.MET, _("The contract has no end; the placement ends on %(end)s.") % words
        return Answer.UNKNOWN, _("It is not on record when the contract ends.")
    words["contract"] = _day(facts.contract_ends_on)
    if facts.contract_ends_on >= facts.end:
        return Answer.MET, _("The contract runs until %(contract)s, the placement until %(end)s.") % words
    return Answer.NOT_MET, _("The contract ends on %(contract)s, before the placement does on %(end)s.") % words


def _between(facts: Facts, rules: Rules) -> tuple[Answer, str]:
    # One that still runs on the first day goes on beside this one: that is for the hours of both together.
    past = [stay for stay in facts.earlier if stay.end < facts.start]
    if not past:
        return Answer.MET, _("No earlier secondment is on record.")
    ended = max(stay.end for stay in past)
    free = add_months(ended, rules.months_between)
    words = {
        "ended": _day(ended),
        "free": _day(free),
        "start": _day(facts.start),
        "n": rules.months_between,
    }
    if facts.start > free:
        return Answer.MET, ngettext(
            "The last secondment ended on %(ended)s, more than %(n)d month before the first day, %(start)s.",
            "The last secondment ended on %(ended)s, more than %(n)d months before the first day, %(start)s.",
            rules.months_between,
        ) % words  # fmt: skip
    return Answer.NOT_MET, ngettext(
        "The last secondment ends on %(ended)s; %(n)d month later is %(free)s, not before the first day, %(start)s.",
        "The last secondment ends on %(ended)s; %(n)d months later is %(free)s, not before the first day, %(start)s.",
        rules.months_between,
    ) % words  # fmt: skip


def _cumulative(facts: Facts, rules: Rules) -> tuple[Answer, str]:
    days = {
        stay.start + timedelta(days=n)
        for stay in facts.earlier
        if stay.same_host
        for n in range(length(stay.start, stay.end))
    }
    asked = {facts.start + timedelta(days=n) for n in range(length(facts.start, facts.end))}
    words = {
        "before": len(days - asked),
        "asked": len(asked),
        "sum": len(days | asked),
        "most": rules.cumulative_maximum_days,
    }
    if words["sum"] <= rules.cumulative_maximum_days:
        return Answer.MET, _(
            "With this host %(before)d days before and %(asked)d now make %(sum)d; at most %(most)d are allowed."
        ) % words  # fmt: skip
    return Answer.NOT_MET, _(
        "With this host %(before)d days before and %(asked)d now make %(sum)d, more than the %(most)d allowed."
    ) % words  # fmt: skip


def _day(day: date) -> str:
    return date_format(day, "j M Y")


_RULES: dict[str, Callable[[Facts, Rules], tuple[Answer, str]]] = {
    "minimum_service_months": _service,
    "probation_must_be_over": _probation,
    "contract_must_outlast": _contract,
    "months_between": _between,
    "cumulative_maximum_days": _cumulative,
}
