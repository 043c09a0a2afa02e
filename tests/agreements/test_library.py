"""The built-in library: all 48 clauses as the catalogue has them, whole in each pack, drawing on facts that exist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agreements import clauses, composing, drafting
from agreements.clauses import PLACE, Clause
from agreements.models import Agreement
from tests.agreements.acts import SMALL
from tests.cast import Cast

# The catalogue: number, key, title, internal, external, international, locked or negotiable, S in the short form.
CATALOGUE = """
 1 parties                 R R R L S  Parties
 2 definitions             O R R L -  Definitions and interpretation
 3 background_purpose      R R R N S  Background and purpose
 4 secondment_term         R R R N S  Secondment period
 5 role_duties             R R R N S  Role and duties
 6 place_of_work           R R R N S  Place of work
 7 hours_fte               R R R N S  Hours and working pattern
 8 employment_status       R R R L S  Employment status and continuity
 9 consent_variation       R R R L S  Secondee’s consent and variation of contract
10 supervision_direction   R R R N S  Direction, line management and contacts
11 host_policies           R R R N -  Host policies and codes
12 remuneration_benefits   R R R N S  Pay, grade, benefits and pension
13 cost_recharge           O R R N -  Costs, recharge and invoicing
14 vat_treatment           - R R N -  VAT or GST basis
15 expenses_travel         O R R N -  Expenses and travel
16 annual_leave            R R R N S  Annual leave and public holidays
17 sickness_absence        R R R N -  Sickness and absence
18 family_other_leave      O R R N -  Family and other leave
19 performance_objectives  R R R N -  Objectives and appraisal
20 reviews_checkins        R R R N -  Reviews and check-ins
21 keeping_in_touch        R R R N -  Keeping in touch with home
22 training_registration   O O O N -  Training and professional registration
23 discipline              R R R L -  Discipline and capability
24 grievance               R R R L -  Grievance
25 confidentiality         O R R L -  Confidentiality
26 intellectual_property   O R R N -  Intellectual property
27 data_protection         O R R L -  Data protection
28 health_safety           R R R L -  Health, safety and wellbeing
29 insurance_indemnity     - R R N -  Liability, indemnity and insurance
30 termination_notice      R R R N S  Early ending by notice
31 trigger_events          O R R N -  Immediate ending: trigger events
32 extension_variation     R R R N S  Extension and variation
33 return_reintegration    R R R N S  Return to the home post
34 signatures              R R R L S  Signature and counterparts
35 authority_to_bind       O R R L -  No authority to bind
36 security_vetting        O O O N -  Vetting, clearance and access
37 equipment_access        O R R N -  Equipment, systems and premises
38 conflict_outside        O R R N -  Conflicts of interest and outside work
39 org_change              R R R N -  Restructure or redundancy while away
40 backfill                O O O N -  Cover for the home post
41 non_solicitation        - O O N -  Conversion and non-solicitation
42 return_of_property      O R R N -  Handback and exit
43 tax_social_security     - - R N -  Tax and social security
44 immigration_rtw         - O R L -  Immigration and right to work
45 posted_worker_local_law - - R L -  Posted workers and mandatory local law
46 relocation_repatriation - O R N -  Relocation, family and repatriation
47 dispute_law_notices     - R R L -  Disputes, notices, governing law
48 entire_assign_tp        O R R L -  Entire agreement, third parties, assignment
"""
ROWS = [line.split(maxsplit=7) for line in CATALOGUE.strip().splitlines()]
# What in a case switches an optional clause on.
WHEN = {
    "cost_recharge": "recharge",
    "expenses_travel": "travel",
    "training_registration": "training",
    "data_protection": "personal_data",
    "security_vetting": "checks",
    "equipment_access": "equipment",
    "backfill": "cover",
    "return_of_property": "equipment",
    "immigration_rtw": "permit",
    "relocation_repatriation": "relocation",
}
ALL = clauses.catalogue()


def test_catalogue_is_the_published_table() -> None:
    found = [
        [
            str(row.number), row.key, row.needed["internal"], row.needed["external"], row.needed["international"],
            "L" if row.locked else "N", "S" if row.in_short else "-", row.title,
        ]
        for row in ALL.values()
    ]  # fmt: skip
    assert found == ROWS


def test_short_form_is_of_the_clauses_that_the_catalogue_names() -> None:
    assert [row.number for row in clauses.pack("short", ALL)] == [1, *range(3, 11), 12, 16, 30, 32, 33, 34]


@pytest.mark.parametrize(("pack", "column"), [("internal", 2), ("external", 3), ("international", 4)])
def test_pack_without_anything_switched_on_is_what_is_required(pack: str, column: int) -> None:
    assert [row.key for row in clauses.pack(pack, ALL)] == [row[1] for row in ROWS if row[column] == "R"]


@pytest.mark.parametrize(("pack", "column"), [("internal", 2), ("external", 3), ("international", 4)])
def test_pack_with_everything_switched_on_has_the_optional_ones_that_a_case_can_ask_for(pack: str, column: int) -> None:
    wanted = [row[1] for row in ROWS if row[column] == "R" or (row[column] == "O" and row[1] in WHEN)]
    assert [row.key for row in clauses.pack(pack, ALL, set(WHEN.values()))] == wanted


def test_what_switches_a_clause_on() -> None:
    assert {key: row.when for key, row in ALL.items() if row.when} == WHEN


@pytest.mark.parametrize("key", ALL)
def test_clause_is_in_its_file_and_says_why_it_is_there(key: str) -> None:
    row = ALL[key]
    assert (clauses.LIBRARY / "clauses" / f"{key}.toml").exists()
    assert all([row.title, row.basis, row.summary, *row.paragraphs])
    assert row.origin == "built in"


def test_every_file_is_one_of_the_catalogue() -> None:
    files = {path.stem for path in Path(clauses.LIBRARY / "clauses").glob("*")}
    assert files == {row[1] for row in ROWS}


SPECIAL = ("variation", "contract", "early_end", "effect", "own_paper")


def every_clause() -> list[Clause]:
    return [*ALL.values(), *(clauses.special(name) for name in SPECIAL)]


def test_special_clauses_are_those_with_a_file() -> None:
    assert {path.stem for path in (clauses.LIBRARY / "papers").glob("*.toml")} == set(SPECIAL)


@pytest.mark.parametrize("clause", every_clause(), ids=lambda clause: clause.key)
def test_every_parameter_is_used_and_every_blank_has_one(clause: Clause) -> None:
    used = {name for paragraph in clause.paragraphs for name in PLACE.findall(paragraph)}
    assert used == {parameter.name for parameter in clause.parameters}


@pytest.mark.parametrize("clause", every_clause(), ids=lambda clause: clause.key)
def test_default_fits_its_own_question(clause: Clause) -> None:
    from agreements import negotiation

    for parameter in clause.parameters:
        negotiation.check_answer(parameter, parameter.default, parameter.name)  # raises
        assert not (parameter.is_fixed and (parameter.default or parameter.fill))
        assert parameter.minimum is None or parameter.maximum is None or parameter.minimum <= parameter.maximum


@pytest.mark.parametrize("clause", every_clause(), ids=lambda clause: clause.key)
def test_wording_reads_as_text(clause: Clause) -> None:
    """No markup, no stray braces, no blank with two spaces, every paragraph a sentence."""
    for paragraph in clause.paragraphs:
        bare = PLACE.sub("X", paragraph)
        assert not set("{}<>[]|") & set(bare)
        assert bare == " ".join(bare.split())
        assert bare[-1] in ".:;" or paragraph.endswith("}}")


def test_titles_in_other_languages_are_of_clauses_that_exist_and_whole() -> None:
    found = {language: set(words["titles"]) for language, words in clauses.languages().items() if language != "en"}
    assert found == {"de": set(ALL), "pl": set(ALL)}
    assert all(title.strip() for words in clauses.languages().values() for title in words["titles"].values())


# A case of each kind, and what it leaves to be asked: all else follows from the case or has a default.

ABROAD = {"proposal": {"work_country": "PL"}}


def case_of(cast: Cast, kind: str) -> Agreement:
    if kind in {"internal", "short"}:
        from datetime import timedelta

        at_home = {"kind": "internal", "host": cast.northwind, "host_department": "Labs", "host_signatory": cast.hr}
        start = cast.fields()["start_on"]
        short = {"end_on": start + timedelta(days=61)} if kind == "short" else {}
        return cast.paper(cast.agreement_case(**at_home, host_contact=cast.finance, **short, **SMALL))
    return cast.paper(cast.agreement_case(kind=kind, **SMALL, **(ABROAD if kind == "international" else {})))


EXTERNAL = [
    "parties.host_address: host",
    "cost_recharge.model: seconder",
    "cost_recharge.purchase_order: host",
    "vat_treatment.treatment: seconder",
    "vat_treatment.reason: seconder",
    "vat_treatment.decided_by: seconder",
    "insurance_indemnity.seconder_limit: seconder",
    "insurance_indemnity.host_limit: host",
]
OPEN: dict[str, list[str]] = {
    "short": [],
    "internal": [],
    "external": EXTERNAL,
    "international": [
        *EXTERNAL,
        "tax_social_security.certificate: seconder",
        "tax_social_security.certificate_expiry: seconder",
        "immigration_rtw.permit: secondee",
        "immigration_rtw.permit_expiry: secondee",
        "posted_worker_local_law.liaison_person: host",
    ],
}


@pytest.mark.parametrize("kind", OPEN)
def test_open_questions_of_a_pack_are_the_known_ones(cast: Cast, kind: str) -> None:
    paper = case_of(cast, kind)
    rows = drafting.open_questions(paper, paper.current)
    assert paper.pack == kind
    assert [f"{clause.key}.{p.name}: {drafting.asked_of(p)}" for clause, p in rows] == OPEN[kind]
    assert paper.current.terms.count("[open question") >= len(OPEN[kind])
    assert ("[open question" in paper.current.terms) == bool(OPEN[kind])


@pytest.mark.parametrize("kind", OPEN)
def test_answers_close_every_question_of_a_pack(cast: Cast, kind: str) -> None:
    paper = cast.answered(case_of(cast, kind).secondment)
    assert (drafting.open_questions(paper, paper.current), "[open question" in paper.current.terms) == ([], False)


def test_every_fact_that_a_clause_draws_on_exists(cast: Cast) -> None:
    paper = case_of(cast, "external")
    known: dict[str, Any] = composing.facts_of(paper, composing.Matter.of(paper.current))
    named = {p.source or p.fill for clause in every_clause() for p in clause.parameters if p.source or p.fill}
    assert named - set(known) == {
        "variation_reason",
        "variation_effective",
        "early_end_computed",
    }  # given when such a paper is drafted


def test_fixed_facts_are_never_questions_that_nobody_can_answer(cast: Cast) -> None:
    """Whatever always comes from the case is there in every case that reaches an agreement."""
    for kind in OPEN:
        paper = case_of(cast, kind)
        assert "case" not in {drafting.asked_of(p) for _, p in drafting.open_questions(paper, paper.current)}
