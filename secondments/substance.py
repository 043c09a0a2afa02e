"""What a proposal says, row by row in words: kept with each submission, compared with the one before.

Each row has its readers: ``all`` who decide, or ``home`` alone, which is everybody but the host's side. What
somebody earns is in no row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from people.roles import Weekday
from secondments.choices import Kind
from secondments.models import Estimate, Proposal, Secondment, Wish

ALL, HOME = "all", "home"


@dataclass(frozen=True)
class Row:
    name: str
    label: str
    text: str
    readers: str = ALL


@dataclass(frozen=True)
class Change:
    """One row that says something else than before; an empty text was or is not there."""

    label: str
    before: str
    after: str


def rows(case: Secondment) -> list[Row]:
    """Everything that those who decide decide about, without what is left blank."""
    return [row for row in (*_particulars(case), *_business(case), *_lists(case), *_abroad(case)) if row.text]


def as_decided(case: Secondment, kept: list[list[str]]) -> list[Row]:
    """Once it is approved, the rows of its last submission: without the days and hours that were varied since."""
    return [Row(*row) for row in kept] if case.approved_at and kept else rows(case)


def as_kept(case: Secondment) -> list[list[str]]:
    """The rows as a submission keeps them."""
    return [[row.name, row.label, row.text, row.readers] for row in rows(case)]


def differences(
    before: list[list[str]], after: list[list[str]], *, is_home: bool, hidden: Collection[str] = ()
) -> list[Change]:
    """What changed from one submission to the next, for readers of one side, without the rows named in ``hidden``."""
    then, now = (
        {name: (label, text) for name, label, text, readers in kept if is_home or readers == ALL}
        for kept in (before, after)
    )
    for name in hidden:
        then.pop(name, None)
        now.pop(name, None)
    names = [*now, *(name for name in then if name not in now)]
    return [
        Change((now.get(name) or then[name])[0], then.get(name, ("", ""))[1], now.get(name, ("", ""))[1])
        for name in names
        if then.get(name, ("", ""))[1] != now.get(name, ("", ""))[1]
    ]


def hours(case: Secondment) -> str:
    """Working time in words."""
    if case.total_hours:
        return _("%(n)s hours in all, at most %(week)s a week") % {
            "n": _number(case.total_hours),
            "week": _number(case.weekly_hours) if case.weekly_hours else "–",
        }
    if not case.weekly_hours:
        return ""
    form = _("%(n)s a week, full-time") if case.is_full_time else _("%(n)s a week, part-time")
    return form % {"n": _number(case.weekly_hours)}


def weekdays(of: Secondment | Wish) -> str:
    return ", ".join(str(Weekday(day).label) for day in of.working_days)


def working_time(case: Secondment, today: date) -> str:
    """Hours and days of the week in words; with what still holds where a variation changes them on a later day."""
    now = ", ".join(filter(None, [hours(case), weekdays(case)])) or "–"
    still = next((row for row in case.worked_before if row[0] > str(today)), None)
    if still is None:
        return now
    last = date.fromisoformat(still[0]) - timedelta(days=1)
    days = ", ".join([f"{_number(Decimal(still[1]))}", *(str(Weekday(day).label) for day in still[2])])
    return _("%(now)s; until %(day)s: %(before)s") % {"now": now, "day": _day(last), "before": days}


def _number(value: Any) -> str:
    return f"{value.normalize():f}"


def _day(day: Any) -> str:
    return date_format(day, "j F Y") if day else ""


def _column(of: Any, name: str, readers: str = ALL) -> Row:
    """A column by its own name; a word out of a list as it is shown."""
    show = getattr(of, f"get_{name}_display", None)
    text = show() if show else getattr(of, name)
    return Row(name, capfirst(str(of._meta.get_field(name).verbose_name)), str(text or ""), readers)


def _particulars(case: Secondment) -> Iterator[Row]:
    proposal = case.proposal
    yield Row("secondee", _("Secondee"), case.secondee.full_name if case.secondee else "")
    yield Row("line_manager", _("Line manager"), case.line_manager.full_name if case.line_manager else "")
    yield _column(case, "kind")
    yield _column(proposal, "category")
    yield Row("host", _("Host"), case.where)
    yield _column(case, "role_title")
    yield _column(proposal, "work_type")
    yield _column(proposal, "host_grade")
    yield _column(case, "location")
    yield Row("start_on", _("First day"), _day(case.start_on))
    yield Row("end_on", _("To be reviewed by") if case.is_indefinite else _("Last day"), _day(case.end_on))
    if case.is_indefinite:
        yield Row("is_indefinite", _("Length"), _("Indefinite, subject to notice"))
    yield Row("hours", _("Hours"), hours(case))
    yield Row("working_days", _("Days of the week"), weekdays(case))


def _business(case: Secondment) -> Iterator[Row]:
    proposal = case.proposal
    yield _column(case, "purpose")
    for name in ("why_secondment", "benefit_seconder", "benefit_secondee", "benefit_host"):
        yield _column(proposal, name)
    yield _column(proposal, "selection")
    yield _column(proposal, "if_refused", HOME)
    yield from _cover(proposal)
    yield _column(proposal, "funding")
    yield _column(proposal, "pay_note")
    last = case.estimate
    if last:
        yield recharge(last)
    yield _column(proposal, "risks", HOME)
    for name in ("conditions", "checks", "host_provides", "leave_note", "return_post"):
        yield _column(proposal, name)


def _cover(proposal: Proposal) -> Iterator[Row]:
    yield _column(proposal, "cover", HOME)
    yield _column(proposal, "cover_who", HOME)
    yield _column(proposal, "cover_note", HOME)
    if proposal.cover_who:
        text = _("with the secondment") if proposal.cover_ends_with else _("at another time")
        yield Row("cover_ends_with", _("The cover ends"), text, HOME)


def recharge(last: Estimate) -> Row:
    """What the host pays, which is all that it learns of the costs."""
    return Row("recharge", _("Estimated charge to the host"), f"{last.host_share:,.2f} {last.currency}")


def _lists(case: Secondment) -> Iterator[Row]:
    found = []
    for objective in case.objectives.all():
        more = [objective.measure, objective.get_owner_display() if objective.owner else "", _day(objective.due_on)]
        more.append(f"{objective.weight} %" if objective.weight else "")
        beside = "; ".join(text for text in more if text)
        found.append(f"{objective.text} ({beside})" if beside else objective.text)
    yield Row("objectives", _("Objectives"), "\n".join(found))
    skills = [
        f"{skill.name}: {skill.get_now_display() or '–'} → {skill.get_hoped_display() or '–'}"
        for skill in case.skills.all()
    ]
    yield Row("skills", _("Skills to gain"), "\n".join(skills))


def _abroad(case: Secondment) -> Iterator[Row]:
    if case.kind != Kind.INTERNATIONAL:
        return
    proposal = case.proposal
    country: Any = proposal.work_country
    yield Row("work_country", _("Country of work"), str(country.name or ""))
    for name in ("permit", "social_security", "relocation"):
        yield _column(proposal, name)
    yield _column(proposal, "tax_note", HOME)
    if proposal.is_accompanied:
        yield Row("is_accompanied", _("Family"), _("comes along"))
