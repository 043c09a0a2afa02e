"""Makes terms out of a case: the first draft from its pack, and each later version from the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements import clauses
from agreements.models import Agreement, Version
from people import clock, ledger
from people.models import Person
from secondments import substance, turns
from secondments.models import Secondment

PACK = "internal_short"
Values = dict[str, dict[str, str]]
Wordings = dict[str, list[str]]


@transaction.atomic
def draft(secondment: Secondment, *, by: Person | None, based_on: Version | None = None) -> Agreement:
    """Open the next paper of a case with its version 1; based on an ended paper's terms where there was one."""
    last = secondment.agreements.order_by("-number").first()
    agreement = Agreement.objects.create(
        secondment=secondment, number=(last.number + 1 if last else 1), created_at=clock.now()
    )
    values = based_on.values if based_on else first_values(secondment)
    wordings = based_on.wordings if based_on else {}
    add_version(agreement, by=by, note=str(_("First draft")), values=values, wordings=wordings)
    ledger.record("agreement.draft", by=by, case_id=secondment.pk, paper=agreement.reference)
    turns.pass_to(secondment, turns.TERMS, [secondment.owner])
    return agreement


def add_version(agreement: Agreement, *, by: Person | None, note: str, values: Values, wordings: Wordings) -> Version:
    """Write a version and make it the current one; inside the caller's transaction and lock."""
    number = (agreement.current.number if agreement.current else 0) + 1
    terms = compose(agreement, number, values, wordings)
    text = canonical(terms)
    version = Version.objects.create(
        agreement=agreement,
        number=number,
        values=values,
        wordings=wordings,
        terms=text,
        content_hash=digest(text),
        note=note[:500],
        created_at=clock.now(),
        created_by=by,
    )
    agreement.current = version
    agreement.save(update_fields=["current"])
    return version


def canonical(terms: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no superfluous blanks: the same terms are always the same text."""
    return json.dumps(terms, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def first_values(secondment: Secondment) -> Values:
    """The library's defaults for what a case does not say itself, and what its proposal suggests."""
    found = {
        clause.key: {p.name: p.default for p in clause.parameters if p.default and not p.is_fixed}
        for clause in clauses.pack(PACK)
    }
    if secondment.working_days and "hours_fte" in found:
        found["hours_fte"]["days"] = substance.weekdays(secondment)
    return found


def values_of(clause: clauses.Clause, values: Values, facts: Mapping[str, str]) -> dict[str, str]:
    """All values of a clause: those of the case for fixed parameters, the answers for the others."""
    given = values.get(clause.key, {})
    return {p.name: (facts.get(p.source, "") if p.is_fixed else given.get(p.name, "")) for p in clause.parameters}


def open_questions(agreement: Agreement, version: Version) -> list[tuple[clauses.Clause, clauses.Parameter]]:
    """Every parameter without an answer, in the order of the version's own clauses."""
    facts = facts_of(agreement.secondment)
    library = clauses.catalogue()
    return [
        (clause, parameter)
        for clause in (library[row["key"]] for row in version.content["clauses"])
        for parameter in clause.open_questions(values_of(clause, version.values, facts))
    ]


def compose(agreement: Agreement, number: int, values: Values, wordings: Wordings) -> dict[str, Any]:
    """The terms as data, in the shape that the page, the PDF and the hash share (see agreements/pdf.py)."""
    secondment = agreement.secondment
    facts = facts_of(secondment)
    return {
        "document": {
            "number": agreement.reference,
            "title": agreement.title,
            "version": number,
            "language": "en",
            "prepared_on": clock.today(secondment.zone).isoformat(),
        },
        "parties": _parties(secondment, facts),
        "particulars": _particulars(facts),
        "clauses": [
            _clause(position, clause, values_of(clause, values, facts), wordings.get(clause.key))
            for position, clause in enumerate(_clauses_of(agreement), start=1)
        ],
        "schedules": _schedules(secondment, facts),
    }


def _clauses_of(agreement: Agreement) -> list[clauses.Clause]:
    """Those of the paper so far; a change of the pack never reaches a paper that exists."""
    if agreement.current is None:
        return list(clauses.pack(PACK))
    library = clauses.catalogue()
    return [library[row["key"]] for row in agreement.current.content["clauses"]]


def _clause(
    position: int, clause: clauses.Clause, values: Mapping[str, str], wording: list[str] | None
) -> dict[str, Any]:
    paragraphs = wording or list(clause.paragraphs)
    return {
        "number": position,
        "key": clause.key,
        "title": clause.title,
        "paragraphs": [
            {"number": f"{position}.{index}", "text": clauses.fill(text, values)}
            for index, text in enumerate(paragraphs, start=1)
        ],
    }


def facts_of(secondment: Secondment) -> dict[str, str]:
    """What the case says, as text for the clauses; the names are the ``source`` of parameters."""
    case = secondment
    assert case.secondee and case.host and case.line_manager and case.host_contact
    assert case.host_signatory and case.seconder_signatory and case.start_on and case.end_on
    employment = case.employment
    return {
        "reference": case.reference,
        "kind": str(case.get_kind_display()),
        "seconder_name": case.seconder.legal_name,
        "seconder_number": case.seconder.registered_number,
        "seconder_address": " ".join(case.seconder.address.split()),
        "seconder_signatory": case.seconder_signatory.full_name,
        "host_name": case.host.legal_name,
        "host_where": case.where,
        "host_number": case.host.registered_number,
        "host_address": " ".join(case.host.address.split()),
        "host_signatory": case.host_signatory.full_name,
        "host_contact": case.host_contact.full_name,
        "host_contact_email": case.host_contact.email,
        "secondee_name": case.secondee.full_name,
        "secondee_email": case.secondee.email,
        "employee_number": employment.employee_number if employment else "",
        "home_role": employment.job_title if employment else "",
        "line_manager": case.line_manager.full_name,
        "line_manager_email": case.line_manager.email,
        "role_title": case.role_title,
        "location": case.location,
        "start": date_format(case.start_on, "j F Y"),
        "end": date_format(case.end_on, "j F Y"),
        "hours": f"{case.weekly_hours.normalize():f}" if case.weekly_hours else "",
        "working_time": _working_time(case),
        "working_hours": substance.hours(case),
        "length": _("indefinite, subject to notice; ends then unless it is extended") if case.is_indefinite else "",
        "purpose": " ".join(case.purpose.split()),
    }


def _working_time(case: Secondment) -> str:
    if case.is_full_time:
        return _("full-time")
    if case.total_hours is None:
        return _("part-time")
    return _("part-time, at most that in one week, and %(n)s hours in all") % {"n": f"{case.total_hours.normalize():f}"}


def _parties(secondment: Secondment, facts: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {
            "capacity": "seconder",
            "label": "Seconder",
            "name": facts["seconder_name"],
            "registered_number": facts["seconder_number"],
            "address": facts["seconder_address"],
            "represented_by": facts["seconder_signatory"],
            "defined_as": "the Seconder",
        },
        {
            "capacity": "host",
            "label": "Host",
            "name": facts["host_where"],
            "registered_number": facts["host_number"],
            "address": facts["host_address"],
            "represented_by": facts["host_signatory"],
            "defined_as": "the Host",
        },
        {
            "capacity": "secondee",
            "label": "Secondee",
            "name": facts["secondee_name"],
            "registered_number": facts["employee_number"],
            "address": "",
            "represented_by": "",
            "defined_as": "the Secondee",
        },
    ]


def _particulars(facts: Mapping[str, str]) -> list[dict[str, str]]:
    rows = [
        ("Role at the Host", facts["role_title"]),
        ("Place of work", facts["location"]),
        ("First day", facts["start"]),
        ("Last day", facts["end"]),
        ("Length", facts["length"]),
        ("Hours", facts["working_hours"]),
        ("Line manager at the Seconder", facts["line_manager"]),
        ("Contact at the Host", facts["host_contact"]),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _schedules(secondment: Secondment, facts: Mapping[str, str]) -> list[dict[str, Any]]:
    objectives = [[str(n), o.text, o.measure or "–"] for n, o in enumerate(secondment.objectives.all(), start=1)]
    contacts = [
        ["Secondee", facts["secondee_name"], facts["secondee_email"]],
        ["Line manager at the Seconder", facts["line_manager"], facts["line_manager_email"]],
        ["Contact at the Host", facts["host_contact"], facts["host_contact_email"]],
        ["HR of the Seconder", secondment.owner.full_name, secondment.owner.email],
    ]
    return [
        {"letter": "A", "title": "Objectives", "columns": ["No.", "Objective", "Measure"], "rows": objectives},
        {"letter": "B", "title": "Contacts", "columns": ["Who", "Name", "E-mail"], "rows": contacts},
    ]
