"""What this house keeps about a person: cases, decisions, check-ins, evaluations; copied and erased.

A copy holds what is the person's own and what their part lets them see of themselves; for HR, of these only what
HR may see. Whoever had a part or acted in a case stays until nothing of that case need be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from people import clock, personal_data
from people.models import DataCopy, LedgerEntry, Person, Policy
from people.personal_data import Cases, Fact, Row, Section, section
from people.privacy import REGISTER
from secondments import costs, placement_data, policies
from secondments.choices import Part
from secondments.models import (
    Appeal,
    CheckIn,
    Decision,
    Estimate,
    Evaluation,
    Idea,
    Objective,
    ObjectiveResult,
    Proposal,
    Question,
    Secondment,
    Skill,
    SkillResult,
)

M = TypeVar("M", bound=Model)
PARTS = {
    "secondee": Part.SECONDEE,
    "line_manager": Part.LINE_MANAGER,
    "host_contact": Part.HOST_CONTACT,
    "host_signatory": Part.SIGNATORY_HOST,
    "seconder_signatory": Part.SIGNATORY_SECONDER,
    "owner": Part.HR_SECONDER,
}


def with_part(person: Person) -> QuerySet[Secondment]:
    scope = Q()
    for name in PARTS:
        scope |= Q(**{name: person})
    return Secondment.objects.filter(scope)


def cases_of(person: Person) -> Cases:
    """Those that somebody was lent in; and all in which they had a part, or acted as the ledger says."""
    lent = Secondment.objects.filter(secondee=person).values_list("pk", flat=True)
    entries = LedgerEntry.objects.filter(actor_id=person.pk, case_id__isnull=False)
    acted = {pk for pk in entries.values_list("case_id", flat=True) if pk}
    return Cases(frozenset(lent), frozenset(with_part(person).values_list("pk", flat=True)) | acted)


# --- A copy


def sections(person: Person, reader: Person) -> Iterable[Section]:
    own = person == reader
    visible = Secondment.objects.all() if own else Secondment.objects.visible_to(reader)
    mine = visible.filter(secondee=person, submitted_at__isnull=False).with_case_data()
    yield _lent(mine, reader)
    yield _parts(visible.with_case_data(), person)
    yield _each(
        "secondments.Proposal", Proposal.objects.filter(secondment__in=mine), lambda row: _home_words(row, reader)
    )
    yield section("secondments.Objective", Objective.objects.filter(secondment__in=mine))
    yield section("secondments.Skill", Skill.objects.filter(secondment__in=mine))
    paid = [case.pk for case in mine if policies.may_see_salary(case, reader)]
    shares = ["total", "host_share", "seconder_share"]
    told = [_pay_alone(row) for row in Estimate.objects.filter(secondment__in=paid, secondee=person)]
    yield section("secondments.Estimate", told, leave=shares)
    yield section("secondments.Question", Question.objects.filter(asked_by=person, secondment__in=visible))
    yield section("secondments.Appeal", Appeal.objects.filter(asked_by=person, secondment__in=visible))
    ideas = Idea.objects.all() if own else Idea.objects.visible_to(reader)
    yield section("secondments.Idea", ideas.filter(Q(asked_by=person) | Q(secondee=person)))
    decisions = Decision.objects.filter(decider=person, secondment__in=visible).select_related("secondment")
    yield _each("secondments.Decision", decisions, lambda row: _hidden_of_decision(row, reader))
    checkins = CheckIn.objects.filter(person=person, secondment__in=visible).select_related("secondment")
    yield _each("secondments.CheckIn", checkins, lambda row: _hidden_of_checkin(row, reader))
    evaluations = [
        found
        for found in Evaluation.objects.filter(
            Q(person=person) | Q(secondment__secondee=person), secondment__in=visible
        ).select_related("secondment")
        if _may_copy(found, person) and _may_copy(found, reader)
    ]
    yield _each(
        "secondments.Evaluation",
        evaluations,
        lambda row: [] if (row.drafted_by_id or row.person_id) == reader.pk else ["draft"],
    )
    results = ObjectiveResult.objects.filter(evaluation__in=evaluations).select_related("objective")
    yield section("secondments.ObjectiveResult", results)
    levels = SkillResult.objects.filter(evaluation__in=evaluations).select_related("skill")
    yield section("secondments.SkillResult", levels)
    yield from placement_data.sections(person, reader)


def _pay_alone(estimate: Estimate) -> Estimate:
    """Of an estimate what is about the person: pay and on-costs, and not what the two organisations share."""
    lines = estimate.content.pop("lines", [])
    estimate.content |= {row["kind"]: row["amount"] for row in lines if row["kind"] in {costs.SALARY, costs.ON_COSTS}}
    return estimate


def _home_words(proposal: Proposal, reader: Person) -> list[str]:
    """What the host's side does not read of a proposal."""
    return [] if policies.may_see_home_side(policies.parts_of(proposal.secondment, reader)) else ["tax_note"]


def _lent(mine: QuerySet[Secondment], reader: Person) -> Section:
    def hidden(case: Secondment) -> list[str]:
        parts = policies.parts_of(case, reader)
        outcome = [] if policies.may_see_outcome(parts) else ["outcome", "outcome_note"]
        reason = [] if parts & {Part.HR_SECONDER, Part.SECONDEE} else ["early_end_reason"]
        return outcome + reason

    return _each("secondments.Secondment", mine, hidden)


def _parts(visible: QuerySet[Secondment], person: Person) -> Section:
    """Cases of others in which the person has a part: which, as what, between whom, when; nothing of the secondee."""
    scope = Q()
    for name in PARTS:
        if name != "secondee":
            scope |= Q(**{name: person})
    found = visible.filter(scope, submitted_at__isnull=False).exclude(secondee=person)
    return Section(
        _("Your part in secondments of others"),
        str(REGISTER["secondments.Secondment"].kept),
        [_part_row(case, person) for case in found.order_by("pk")],
    )


def _part_row(case: Secondment, person: Person) -> Row:
    mine = [part.label for name, part in PARTS.items() if getattr(case, f"{name}_id") == person.pk]
    values = {
        "reference": (_("Reference"), case.reference),
        "parts": (_("Your part"), ", ".join(map(str, mine))),
        "seconder": (_("Seconder"), case.seconder),
        "host": (_("Host"), case.host),
        "start_on": (_("First day"), case.start_on),
        "end_on": (_("Last day"), case.end_on),
    }
    return [
        Fact(name, label, personal_data.in_words(value), personal_data.in_json(value))
        for name, (label, value) in values.items()
        if value
    ]


def _each(table_name: str, rows: Iterable[M], hidden: Callable[[M], list[str]]) -> Section:
    """A section whose rows differ in what the reader may have of them; each names its case."""
    table = REGISTER[table_name]
    found = []
    for row in rows:
        facts = list(personal_data.describe(table, row, hidden(row)))
        case = getattr(row, "secondment", None)
        if case is not None:
            facts.insert(0, Fact("case", str(capfirst(_("secondment"))), case.reference, case.reference))
        found.append(facts)
    return Section(str(table.title), str(table.kept), found)


def _hidden_of_decision(decision: Decision, reader: Person) -> list[str]:
    parts = policies.parts_of(decision.secondment, reader)
    wrote = decision.decided_by_id == reader.pk  # what one wrote stays one's own, also when the part is over
    return [] if wrote or policies.may_see_reason(decision, parts) else ["reason"]


def _hidden_of_checkin(checkin: CheckIn, reader: Person) -> list[str]:
    if checkin.person_id == reader.pk:
        return []
    parts = policies.parts_of(checkin.secondment, reader)
    answers = ["going", "progress", "support", "wants_contact", "needs_attention", "summary"]
    hidden = [] if policies.may_read_checkin(checkin, parts) else answers
    return hidden if policies.may_read_note(checkin, parts, reader) else [*hidden, "note_to_hr", "attended_note"]


def _may_copy(evaluation: Evaluation, person: Person) -> bool:
    case = evaluation.secondment
    parts = policies.parts_of(case, person)
    return policies.may_read_evaluation(evaluation, parts, released=case.is_released)


# --- Until when


def closed_on(case: Secondment) -> date | None:
    """The day from which the years of keeping count: the last of the last day and the closing; None while open."""
    if case.is_open:
        return None
    stamps = [case.completed_at, case.withdrawn_at, case.declined_at]
    days = [stamp.date() for stamp in stamps if stamp]
    if case.started_at and case.end_on:
        days.append(case.end_on)
    return max(days)


def kept_until(case: Secondment) -> date | None:
    """The last day on which a case is kept, by the rules copied onto it; None while it is open."""
    end = closed_on(case)
    if end is None:
        return None
    years = int(case.policy.get("retention_years", Policy._meta.get_field("retention_years").default))
    try:
        return end.replace(year=end.year + years)
    except ValueError:  # 29 February
        return end.replace(year=end.year + years, month=3, day=1)


def refusals(person: Person) -> Iterable[str]:
    found = Secondment.objects.filter(pk__in=cases_of(person).all).select_related("seconder").order_by("pk")
    for case in found:
        until = kept_until(case)
        if until is None:
            yield _("The secondment %(ref)s is not closed yet.") % {"ref": case.reference}
        elif until >= clock.today(case.zone):
            yield _("The secondment %(ref)s is kept until %(day)s.") % {
                "ref": case.reference,
                "day": date_format(until, "j F Y"),
            }


def erase(person: Person) -> None:
    """Beyond the register: names in lists, and copies that others of these cases hold."""
    found = Secondment.objects.filter(pk__in=cases_of(person).all)
    found.update(turn_names="")
    others = {pk for row in found.values_list(*(f"{name}_id" for name in PARTS)) for pk in row if pk}
    DataCopy.objects.filter(person__in=others).delete()


HOUSE = personal_data.House("secondments", 1, sections, refusals, erase, cases_of)
