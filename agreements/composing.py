"""Terms as data, in the shape that the page, the PDF and the hash share (see agreements/pdf.py)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements import clauses, facts
from agreements.clauses import Clause
from agreements.models import Agreement, Document, Version
from agreements.states import PaperKind
from people import clock
from secondments.choices import BorneBy, Funding, Party
from secondments.models import Secondment

Values = dict[str, dict[str, str]]
Wordings = dict[str, list[str]]

# Who is party to a paper of each kind, in the order in which the paper names them.
PARTIES = {
    PaperKind.AGREEMENT: (Party.SECONDER, Party.HOST, Party.SECONDEE),
    PaperKind.VARIATION: (Party.SECONDER, Party.HOST, Party.SECONDEE),
    PaperKind.CONTRACT: (Party.SECONDER, Party.SECONDEE),
    PaperKind.EARLY_END: (Party.SECONDER, Party.HOST, Party.SECONDEE),
}


@dataclass(frozen=True)
class Matter:
    """What a version is made of: definitions of its clauses, answers, changed wordings, added schedules, a file."""

    clauses: tuple[Clause, ...] = ()
    values: Values = field(default_factory=dict)
    wordings: Wordings = field(default_factory=dict)
    schedules: tuple[dict[str, Any], ...] = ()
    enclosure: Document | None = None

    @classmethod
    def of(cls, version: Version) -> Matter:
        return cls(
            tuple(Clause.from_data(data) for data in version.clauses),
            version.values,
            version.wordings,
            tuple(version.schedules),
            version.enclosure,
        )

    @property
    def by_key(self) -> dict[str, Clause]:
        return {clause.key: clause for clause in self.clauses}

    def paragraphs(self, clause: Clause) -> list[str]:
        """A clause's wording as it stands on the paper."""
        return self.wordings.get(clause.key) or list(clause.paragraphs)


def canonical(terms: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no superfluous blanks: the same terms are always the same text."""
    return json.dumps(terms, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    return digest_of(text.encode())


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def wording_hash(paragraphs: Iterable[str]) -> str:
    """What a legal approver's consent to a changed wording is bound to."""
    return digest("\n".join(paragraphs))


def facts_of(agreement: Agreement, matter: Matter) -> dict[str, str]:
    """The facts of the case as the paper would have it, and those of the paper itself.

    Read once for each row of a paper in memory: every act fetches its own under the lock.
    """
    kept = agreement.__dict__.setdefault("_facts", {})
    if not kept:
        kept |= _read_facts(agreement)
    found = dict(kept)
    found["file_name"] = matter.enclosure.name if matter.enclosure else ""
    found["file_hash"] = matter.enclosure.sha256 if matter.enclosure else ""
    return found


def _read_facts(agreement: Agreement) -> dict[str, str]:
    found = facts.of(facts.varied(agreement.secondment, agreement.changes))
    case = agreement.secondment
    found["base"] = base_reference(agreement)
    found["today"] = clock.today(case.zone).isoformat()
    before = case.end_before_on or case.agreed_end_on or case.end_on
    found["agreed_end"] = before.isoformat() if before else ""
    found["early_end_asked_by"] = (
        facts.PARTY_WORDS.get(Party(case.early_end_asked_by), "") if case.early_end_asked_by else ""
    )
    return found


def base_reference(agreement: Agreement) -> str:
    """The signed agreement of the case, with its day: what further papers hang on."""
    case = agreement.secondment
    base = case.agreements.filter(kind=PaperKind.AGREEMENT).exclude(pk=agreement.pk).order_by("number").last()
    if base is None:
        return ""
    base.secondment = case
    if base.signed_at is None:
        return base.reference
    return _("%(reference)s of %(day)s") % {
        "reference": base.reference,
        "day": date_format(base.signed_at.astimezone(ZoneInfo(case.zone)), "j F Y"),
    }


def values_of(clause: Clause, values: Values, known: Mapping[str, str]) -> dict[str, str]:
    """All values of a clause: those of the case for fixed parameters, the answers for the others."""
    given = values.get(clause.key, {})
    return {p.name: (known.get(p.source, "") if p.is_fixed else given.get(p.name, "")) for p in clause.parameters}


def terms(agreement: Agreement, number: int, matter: Matter) -> dict[str, Any]:
    """All terms of a paper, its clauses numbered in the order in which they stand."""
    case = facts.varied(agreement.secondment, agreement.changes)
    known = facts_of(agreement, matter)
    found: dict[str, Any] = {
        "document": {
            "number": agreement.reference,
            "title": agreement.title,
            "version": number,
            "language": agreement.language,
            "prepared_on": clock.today(case.zone).isoformat(),
        },
        "parties": parties(agreement, known, matter),
        "particulars": particulars(agreement, known),
        "clauses": [
            clause_terms(position, clause, matter, known) for position, clause in enumerate(matter.clauses, start=1)
        ],
        "schedules": lettered([*_schedules(agreement, case, known), *matter.schedules]),
    }
    if matter.enclosure:
        found["document"]["enclosure"] = {"name": matter.enclosure.name, "sha256": matter.enclosure.sha256}
    return found


def clause_terms(position: int, clause: Clause, matter: Matter, known: Mapping[str, str]) -> dict[str, Any]:
    given = values_of(clause, matter.values, known)
    return {
        "number": position,
        "key": clause.key,
        "title": clause.title,
        "paragraphs": [
            {"number": f"{position}.{index}", "text": clauses.fill(text, clause, given)}
            for index, text in enumerate(matter.paragraphs(clause), start=1)
        ],
    }


def parties(agreement: Agreement, known: Mapping[str, str], matter: Matter) -> list[dict[str, str]]:
    """Who they are; what the records of an organisation lack is as the clause on the parties was answered."""
    known = {**known, **{name: value for name, value in matter.values.get("parties", {}).items() if value.strip()}}
    rows = {
        Party.SECONDER: {
            "capacity": "seconder",
            "label": "Seconder",
            "name": known["seconder_name"],
            "registered_number": known["seconder_number"],
            "address": known["seconder_address"],
            "represented_by": known["seconder_signatory"],
            "defined_as": "the Seconder",
        },
        Party.HOST: {
            "capacity": "host",
            "label": "Host",
            "name": known["host_where"],
            "registered_number": known["host_number"],
            "address": known["host_address"],
            "represented_by": known["host_signatory"],
            "defined_as": "the Host",
        },
        Party.SECONDEE: {
            "capacity": "secondee",
            "label": "Secondee",
            "name": known["secondee_name"],
            "registered_number": known["employee_number"],
            "address": "",
            "represented_by": "",
            "defined_as": "the Secondee",
        },
    }
    return [rows[party] for party in PARTIES[PaperKind(agreement.kind)]]


def particulars(agreement: Agreement, known: Mapping[str, str]) -> list[dict[str, str]]:
    rows = [
        ("Role at the Host", known["role_title"]),
        ("Place of work", known["location"]),
        ("First day", known["start_in_words"]),
        ("Last day", known["end_in_words"]),
        ("Length", known["length"]),
        ("Hours", known["working_hours"]),
        ("Line manager at the Seconder", known["line_manager"]),
        ("Contact at the Host", known["host_contact"]),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _schedules(agreement: Agreement, case: Secondment, known: Mapping[str, str]) -> list[dict[str, Any]]:
    if agreement.kind != PaperKind.AGREEMENT:
        return []
    contacts = [
        ["Secondee", known["secondee_name"], known["secondee_email"]],
        ["Line manager at the Seconder", known["line_manager"], known["line_manager_email"]],
        ["Contact at the Host", known["host_contact"], known["host_contact_email"]],
        ["HR of the Seconder", known["owner"], known["owner_email"]],
    ]
    found = [
        {
            "title": "Objectives",
            "columns": ["No.", "Objective", "Measure", "Who sees to it", "Due"],
            "rows": _objectives(case),
        },
        {"title": "Contacts", "columns": ["Who", "Name", "E-mail"], "rows": contacts},
    ]
    costs = cost_schedule(case, known)
    return [*found[:1], costs, *found[1:]] if costs else found


def _objectives(case: Secondment) -> list[list[str]]:
    return [
        [
            str(number),
            row.text,
            row.measure or "–",
            str(row.get_owner_display()) if row.owner else "–",
            date_format(row.due_on, "j F Y") if row.due_on else "–",
        ]
        for number, row in enumerate(case.objectives.all(), start=1)
    ]


COSTS = "Costs that the Host bears"


def costs_in(terms: Mapping[str, Any]) -> dict[str, Any] | None:
    """The cost schedule of a paper's terms as they were written; None where there is none."""
    return next((row for row in terms["schedules"] if row["title"] == COSTS), None)


def cost_schedule(case: Secondment, known: Mapping[str, str]) -> dict[str, Any] | None:
    """What the host pays: the model, single costs that it bears, and the estimate of all; no salary is in it.

    None where the host pays nothing.
    """
    if known["recharge_model"] in {"", "none"}:
        return None
    currency = known["currency"]
    rows = [["Model of the recharge", known["recharge_model"], known["share_or_amount"] or "–"]]
    shared = case.proposal.funding in {Funding.HOST}
    rows += [
        [str(item), str(item.get_basis_display()), f"{item.amount:,.2f} {currency}".strip()]
        for item in case.cost_items.all()
        if item.borne_by == BorneBy.HOST or (shared and item.borne_by == BorneBy.AGREED)
    ]
    estimate = case.estimate
    if estimate:
        rows.append(
            [
                "Estimate of what the Host pays in all",
                "for the whole period",
                f"{estimate.host_share:,.2f} {estimate.currency}",
            ]
        )
    return {"title": COSTS, "columns": ["What", "How it is counted", "Amount"], "rows": rows}


def lettered(schedules: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Schedules with their letters: A, B, … Z, AA."""
    found = []
    for position, schedule in enumerate(schedules):
        first, second = divmod(position, 26)
        letter = (chr(64 + first) if first else "") + chr(65 + second)
        found.append({"letter": letter, **{name: value for name, value in schedule.items() if name != "letter"}})
    return found
