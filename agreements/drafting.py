"""Makes papers out of a case: the first draft from its pack, and each later version from the one before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agreements import clauses, composing, editions, evidence, facts, papers, varying
from agreements.clauses import Clause, Parameter
from agreements.composing import Matter, Values
from agreements.models import Agreement, Version
from agreements.states import Pack, PaperKind
from people import clock
from people.models import Person
from secondments import turns
from secondments.actions import early_end
from secondments.guards import Refusal
from secondments.models import Secondment
from secondments.transitions import Refused

TITLES = {
    PaperKind.AGREEMENT: "Secondment agreement",
    PaperKind.CONTRACT: "Variation of the contract of employment",
    PaperKind.VARIATION: "Variation of the secondment agreement",
    PaperKind.EARLY_END: "Early end of the secondment",
}
# What of the library a variation of the contract of employment says again, in its order.
OF_CONTRACT = (
    "role_duties",
    "place_of_work",
    "hours_fte",
    "remuneration_benefits",
    "annual_leave",
    "employment_status",
    "return_reintegration",
)


@transaction.atomic
def draft(
    secondment: Secondment,
    *,
    by: Person | None,
    based_on: Version | None = None,
    kind: PaperKind = PaperKind.AGREEMENT,
    changes: dict[str, Any] | None = None,
    given: dict[str, str] | None = None,
) -> Agreement:
    """Open the next paper of a case with its version 1; based on an ended paper's terms where there was one.

    ``given`` answers what no fact of the case does: why a variation is made, and from when on it counts.
    """
    last = secondment.agreements.order_by("-number").first()
    before = based_on.agreement if based_on else None
    agreement = Agreement(
        secondment=secondment,
        number=(last.number + 1 if last else 1),
        kind=kind,
        pack=before.pack if before else facts.pack_of(secondment),
        language=before.language if before else "en",
        title=before.title if before else title_of(secondment, kind),
        changes=before.changes if before else (changes or {}),
        created_at=clock.now(),
    )
    agreement.save()
    matter = Matter.of(based_on) if based_on else first_matter(agreement, given or {})
    add_version(agreement, by=by, note=str(_("First draft")), matter=matter)
    evidence.add(agreement, "created", by=by, kind=str(kind))
    papers.record(agreement, "draft", by=by)
    if kind == PaperKind.AGREEMENT:
        turns.pass_to(secondment, turns.TERMS, [secondment.owner])
    return agreement


def title_of(secondment: Secondment, kind: PaperKind) -> str:
    """As it is printed; variations are numbered by those that were signed or are open."""
    if kind != PaperKind.VARIATION:
        return TITLES[kind]
    number = varying.signed(secondment).count() + 1
    return f"Variation {number} of the secondment agreement"


def add_version(agreement: Agreement, *, by: Person | None, note: str, matter: Matter) -> Version:
    """Write a version and make it the current one; inside the caller's transaction and lock."""
    number = (agreement.current.number if agreement.current else 0) + 1
    compose = varying.terms if agreement.kind == PaperKind.VARIATION else composing.terms
    text = composing.canonical(compose(agreement, number, matter))
    version = Version.objects.create(
        agreement=agreement,
        number=number,
        clauses=[clause.as_data() for clause in matter.clauses],
        values=matter.values,
        wordings=matter.wordings,
        schedules=list(matter.schedules),
        enclosure=matter.enclosure,
        terms=text,
        content_hash=composing.digest(text),
        note=note[:500],
        created_at=clock.now(),
        created_by=by,
    )
    agreement.current = version
    agreement.save(update_fields=["current"])
    return version


def first_matter(agreement: Agreement, given: dict[str, str]) -> Matter:
    """What a paper's first version is made of, by its kind."""
    case = agreement.secondment
    match agreement.kind:
        case PaperKind.VARIATION:
            found = replace(varying.base(case), schedules=())
            intro = clauses.special("variation")
            rest = tuple(clause for clause in found.clauses if clause.key != intro.key)
            found = replace(found, clauses=(intro, *rest), values=moved(agreement, found))
        case PaperKind.EARLY_END:
            found = Matter(clauses=(clauses.special("early_end"), clauses.special("effect")))
        case PaperKind.CONTRACT:
            library = editions.of(case.seconder, agreement.language)
            kept = tuple(library[key] for key in OF_CONTRACT if key in library)
            found = Matter(clauses=(clauses.special("contract"), *kept, clauses.special("effect")))
        case _:
            library = editions.of(case.seconder, agreement.language)
            found = Matter(clauses=tuple(clauses.pack(agreement.pack, library, facts.switched_on(case))))
    known = {**composing.facts_of(agreement, found), **given}
    known["early_end_computed"] = early_end.explained(case) if case.ended_early_at else ""
    return replace(found, values=first_values(found, known))


def first_values(matter: Matter, known: dict[str, str]) -> Values:
    """What the case suggests for each answer, else the library's default; what was answered before stays."""
    found: Values = {}
    for clause in matter.clauses:
        given = matter.values.get(clause.key, {})
        found[clause.key] = {
            p.name: given.get(p.name) or first_value(p, known)
            for p in clause.parameters
            if not p.is_fixed and (given.get(p.name) or first_value(p, known))
        }
    return {key: values for key, values in found.items() if values}


def moved(agreement: Agreement, matter: Matter) -> Values:
    """The answers in force, of which those that say what the case said go along with what changes in it.

    "Equipment until" follows the new last day where it was the old one; what was answered otherwise stays.
    """
    unchanged = Agreement(secondment=agreement.secondment, number=1, kind=PaperKind.AGREEMENT)
    then, now = composing.facts_of(unchanged, matter), composing.facts_of(agreement, matter)
    found = {key: dict(values) for key, values in matter.values.items()}
    for clause in matter.clauses:
        values = found.get(clause.key, {})
        for parameter in clause.parameters:
            if parameter.fill and values.get(parameter.name, "") == first_value(parameter, then) != "":
                values[parameter.name] = first_value(parameter, now)
    return found


def first_value(parameter: Parameter, known: dict[str, str]) -> str:
    value = known.get(parameter.fill, "") if parameter.fill else ""
    if parameter.type == "number" and value and not value.isdecimal():
        value = ""
    if parameter.type == "choice" and value not in parameter.choices:
        value = ""
    return value or parameter.default


def open_questions(agreement: Agreement, version: Version) -> list[tuple[Clause, Parameter]]:
    """Every parameter without an answer, in the order of the version's own clauses."""
    matter = Matter.of(version)
    known = composing.facts_of(agreement, matter)
    return [
        (clause, parameter)
        for clause in matter.clauses
        for parameter in clause.open_questions(composing.values_of(clause, matter.values, known))
    ]


def asked_of(parameter: Parameter) -> str:
    """Who can answer: a party, or the case, where a fact of it is missing."""
    return "case" if parameter.is_fixed else parameter.asks


def with_clause(matter: Matter, clause: Clause, known: dict[str, str]) -> Matter:
    """The matter with one more clause: at the place of its number, and before the signatures in any case."""
    if clause.key in matter.by_key:
        raise Refused(_("This clause is in the paper already."))
    rows = list(matter.clauses)
    last = next((n for n, row in enumerate(rows) if row.key in {"signatures", "effect"}), len(rows))
    own_place = next((n for n, row in enumerate(rows) if row.number > clause.number), len(rows))
    rows.insert(own_place if clause.number < rows[last].number else last, clause) if last < len(rows) else rows.insert(
        own_place, clause
    )
    found = replace(matter, clauses=tuple(rows))
    first = first_values(Matter(clauses=(clause,)), known)
    return replace(found, values={**first, **found.values})


def without_clause(agreement: Agreement, matter: Matter, key: str) -> Matter:
    """The matter without a clause; what a kind of secondment requires stays."""
    clause = matter.by_key.get(key)
    if clause is None:
        raise Refused(_("There is no such clause in these terms."))
    if clause.number <= 999 and (clause.need(agreement.pack) == clauses.REQUIRED or clause.locked):
        raise Refused(
            Refusal(_("“%(title)s” is required in this kind of agreement and stays.") % {"title": clause.title}, "")
        )
    return replace(
        matter,
        clauses=tuple(row for row in matter.clauses if row.key != key),
        values={name: row for name, row in matter.values.items() if name != key},
        wordings={name: row for name, row in matter.wordings.items() if name != key},
    )


def required_missing(agreement: Agreement, matter: Matter) -> list[Clause]:
    """Clauses of the built-in catalogue that the pack requires and the paper lacks."""
    if agreement.kind != PaperKind.AGREEMENT or agreement.pack == Pack.OWN_PAPER:
        return []
    there = matter.by_key
    return [
        clause
        for clause in clauses.catalogue().values()
        if clause.need(agreement.pack) == clauses.REQUIRED and clause.key not in there
    ]
