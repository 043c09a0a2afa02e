"""The library of clauses, and filling them in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import clauses, drafting
from tests.cast import Cast

ROLE = "role_duties"


def test_pack_in_the_order_in_which_it_is_printed() -> None:
    assert [clause.key for clause in clauses.pack("internal_short")] == [
        "parties",
        "background_purpose",
        "secondment_term",
        "role_duties",
        "place_of_work",
        "hours_fte",
        "employment_status",
        "consent_variation",
        "supervision_direction",
        "remuneration_benefits",
        "annual_leave",
        "termination_notice",
        "extension_variation",
        "return_reintegration",
        "signatures",
    ]


def test_locked_clauses() -> None:
    locked = {key for key, clause in clauses.catalogue().items() if clause.locked}
    assert locked == {"parties", "employment_status", "consent_variation", "signatures"}


def test_unknown_pack_fails_loudly() -> None:
    with pytest.raises(KeyError):
        clauses.pack("none")


@pytest.mark.parametrize("key", sorted(clauses.catalogue()))
def test_clause_is_in_its_file_and_says_why_it_is_there(key: str) -> None:
    clause = clauses.catalogue()[key]
    assert (clauses.LIBRARY / "clauses" / f"{key}.toml").exists()
    assert all([clause.title, clause.basis, clause.summary, *clause.paragraphs])


def test_parameter_is_filled_in() -> None:
    assert clauses.fill("From {{ start }} to {{end}}.", {"start": "May", "end": " June "}) == "From May to June."


def test_blank_shows_as_an_open_question() -> None:
    assert (
        clauses.fill("For {{ notice_weeks }} weeks.", {"notice_weeks": " "})
        == "For [open question: notice weeks] weeks."
    )


@given(st.text())
def test_value_is_put_in_as_it_is(value: str) -> None:
    """What somebody types is interpreted as nothing: not as markup, not as another parameter."""
    expected = value.strip() or "[open question: duties]"
    assert clauses.fill("{{ duties }}", {"duties": value, "other": "secret"}) == expected


def test_value_that_looks_like_a_parameter_is_not_filled_in_again() -> None:
    assert clauses.fill("{{ a }}", {"a": "{{ b }}", "b": "secret"}) == "{{ b }}"


def test_open_questions_are_those_without_an_answer() -> None:
    clause = clauses.catalogue()[ROLE]
    assert [p.name for p in clause.open_questions({"role_title": "Lead"})] == ["duties"]


def test_names_that_a_clause_does_not_know() -> None:
    assert clauses.unknown_names(["{{ duties }} {{ salary }}"], clauses.catalogue()[ROLE]) == {"salary"}


def test_file_whose_paragraph_has_no_parameter_fails_loudly(tmp_path: Path) -> None:
    text = (clauses.LIBRARY / "clauses" / "role_duties.toml").read_text("utf-8")
    path = tmp_path / "broken.toml"
    path.write_text(text.replace("{{ duties }}", "{{ dutys }}"), "utf-8")
    with pytest.raises(ValueError, match=r"broken\.toml: no parameter for dutys"):
        clauses._read(path)


def test_every_fact_that_a_clause_draws_on_exists(cast: Cast) -> None:
    facts = drafting.facts_of(cast.agreement_case())
    sources = {p.source for clause in clauses.catalogue().values() for p in clause.parameters if p.source}
    assert sources - set(facts) == set()


def test_defaults_answer_every_other_question(cast: Cast) -> None:
    paper = cast.paper(cast.agreement_case())
    assert [(c.key, p.name) for c, p in drafting.open_questions(paper, paper.current)] == []
