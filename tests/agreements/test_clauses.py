"""What a clause is: filling it in, what it leaves open, and what is wrong with one that somebody wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import clauses
from agreements.clauses import Clause, Parameter

CLAUSE = Clause(
    key="notice",
    number=30,
    title="Notice",
    basis="A way out",
    locked=False,
    summary="How it ends",
    paragraphs=("{{ weeks }} weeks from {{from}}.",),
    needed={"internal": "R", "external": "O"},
    when="",
    parameters=(
        Parameter("weeks", "Weeks of notice", "number"),
        Parameter("from", "From", "date"),
        Parameter("host", "Host", source="host_name"),
        Parameter("duties", "Main duties", "list"),
    ),
)
SOUND: dict[str, Any] = {
    "key": "notice",
    "title": "Notice",
    "summary": "How it ends",
    "paragraphs": ["{{ weeks }} weeks."],
    "parameters": [{"name": "weeks", "label": "Weeks of notice"}],
}


def test_parameter_is_filled_in() -> None:
    values = {"weeks": " 4 ", "from": "2027-05-01"}
    assert clauses.fill(CLAUSE.paragraphs[0], CLAUSE, values) == "4 weeks from 1 May 2027."


def test_blank_shows_as_an_open_question() -> None:
    assert (
        clauses.fill(CLAUSE.paragraphs[0], CLAUSE, {"weeks": " "})
        == "[open question: weeks of notice] weeks from [open question: from]."
    )


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])))
def test_value_is_put_in_as_it_is(value: str) -> None:
    """What somebody types is interpreted as nothing: not as markup, not as another parameter."""
    expected = value.strip() or "[open question: host]"
    if not clauses.ISO_DATE.fullmatch(value.strip()):
        assert clauses.fill("{{ host }}", CLAUSE, {"host": value, "weeks": "secret"}) == expected


def test_value_that_looks_like_a_parameter_is_not_filled_in_again() -> None:
    assert clauses.fill("{{ host }}", CLAUSE, {"host": "{{ weeks }}", "weeks": "secret"}) == "{{ weeks }}"


def test_list_stands_in_one_line() -> None:
    assert clauses.fill("{{ duties }}.", CLAUSE, {"duties": " Plan;\n\nTrain \n Report"}) == "Plan; Train; Report."


def test_text_that_is_almost_a_day_stays_as_it_is() -> None:
    assert clauses.fill("{{ from }}", CLAUSE, {"from": "2027-02-30"}) == "2027-02-30"


def test_open_questions_are_those_without_an_answer() -> None:
    assert [p.name for p in CLAUSE.open_questions({"weeks": "4", "from": " ", "host": "X"})] == ["from", "duties"]


def test_names_that_a_clause_does_not_know() -> None:
    assert clauses.unknown_names(["{{ weeks }} {{ salary }}"], CLAUSE) == {"salary"}


def test_fixed_parameter_is_one_with_a_source() -> None:
    assert [parameter.name for parameter in CLAUSE.parameters if parameter.is_fixed] == ["host"]


@pytest.mark.parametrize("changes", [{}, {"locked": True, "in_short": True, "needed": {}, "parameters": ()}])
def test_definition_is_the_same_after_being_kept(changes: dict[str, Any]) -> None:
    from dataclasses import replace

    clause = replace(CLAUSE, **changes)
    assert Clause.from_data(clause.as_data()) == clause


def test_definition_of_an_older_program_gets_defaults() -> None:
    older = {name: CLAUSE.as_data()[name] for name in ("key", "number", "title", "basis", "locked", "summary")}
    found = Clause.from_data({**older, "paragraphs": ["One."], "gone": "since then"})
    assert (found.paragraphs, found.parameters, found.needed, found.origin) == (("One.",), (), {}, "built in")


def in_pack(*rows: tuple[str, str, str]) -> dict[str, Clause]:
    """A library of clauses with what an external case needs of each, and what switches it on."""
    return {
        key: Clause(key, number, key, "", False, "", ("One.",), {"external": need}, when=when)
        for number, (key, need, when) in enumerate(rows, start=1)
    }


LIBRARY = in_pack(("last", "R", ""), ("asked", "O", "cover"), ("always", "O", "always"), ("never", "-", "cover"))


@pytest.mark.parametrize(
    ("pack", "facts", "keys"),
    [
        ("external", [], ["last", "always"]),
        ("external", ["cover"], ["last", "asked", "always"]),
        ("internal", ["cover"], []),
        ("short", ["cover"], []),
        ("own_paper", ["cover"], []),
    ],
)
def test_pack_has_what_is_required_and_what_the_case_switches_on(pack: str, facts: list[str], keys: list[str]) -> None:
    assert [clause.key for clause in clauses.pack(pack, LIBRARY, facts)] == keys


def test_pack_is_in_the_order_of_the_numbers() -> None:
    turned = dict(reversed(LIBRARY.items()))
    assert [clause.number for clause in clauses.pack("external", turned, ["cover"])] == [1, 2, 3]


# What is wrong with a definition, and the sentence that says so.
FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"title": " "}, ["“title” is missing."]),
    ({"summary": 7}, ["“summary” is missing."]),
    ({"key": "Not a key"}, ["The key is a short name in lower-case letters, such as “place_of_work”."]),
    ({"paragraphs": []}, ["A clause has at least one paragraph of text."]),
    ({"paragraphs": ["One.", 2]}, ["A clause has at least one paragraph of text."]),
    ({"paragraphs": "One."}, ["A clause has at least one paragraph of text."]),
    ({"needed": {"abroad": "R"}}, ["“needed” says R, O or - for internal, external and international."]),
    ({"needed": {"external": "X"}}, ["“needed” says R, O or - for internal, external and international."]),
    ({"number": 0}, ["The number is a whole number from 1 to 999."]),
    ({"number": "30"}, ["The number is a whole number from 1 to 999."]),
    ({"number": True}, ["The number is a whole number from 1 to 999."]),
    ({"locked": "no"}, ["“locked” is true or false."]),
    ({"in_short": 1}, ["“in_short” is true or false."]),
    ({"when": None}, ["“when” is a text."]),
    ({"basis": []}, ["“basis” is a text."]),
    ({"parameters": {}}, ["“parameters” is a list."]),
    ({"parameters": [{"name": "weeks"}]}, ["Each parameter has a name and a label."]),
    ({"paragraphs": ["{{ salary }} {{ weeks }}"]}, ["There is no parameter called “salary”."]),
    ({"parameters": [{"name": "weeks", "label": "Weeks"}] * 2}, ["Two parameters have the same name."]),
]
OF_PARAMETER: list[tuple[dict[str, Any], str]] = [
    ({"name": "Weeks!"}, "Parameter “Weeks!”: the name is in lower-case letters."),
    ({"evil": 1}, "Parameter “weeks”: evil is not known."),
    (
        {"type": "file"},
        "Parameter “weeks”: its type is one of text, long, number, percent, money, date, choice, list.",
    ),
    ({"choices": [1]}, "Parameter “weeks”: choices are a list of texts."),
    ({"choices": ["a"]}, "Parameter “weeks”: a choice has choices, and nothing else has."),
    ({"type": "choice"}, "Parameter “weeks”: a choice has choices, and nothing else has."),
    ({"asks": "everybody"}, "Parameter “weeks”: asks the seconder, the host or the secondee."),
    ({"default": 4}, "Parameter “weeks”: “default” is a text."),
    ({"minimum": "1"}, "Parameter “weeks”: “minimum” is a whole number."),
]


@pytest.mark.parametrize(("changes", "sentences"), FAULTS)
def test_fault_of_a_definition_has_its_sentence(changes: dict[str, Any], sentences: list[str]) -> None:
    assert clauses.faults({**SOUND, **changes}) == sentences


@pytest.mark.parametrize(("changes", "sentence"), OF_PARAMETER)
def test_fault_of_a_parameter_has_its_sentence(changes: dict[str, Any], sentence: str) -> None:
    assert clauses.faults({**SOUND, "parameters": [{**SOUND["parameters"][0], **changes}]}) == [sentence]


# What a file can hold in place of each thing: nothing of it may break the reading.
JUNK: list[Any] = [None, True, 0, -1, 1.5, "", "x", [], [None], [[]], {}, {"a": []}, {"name": {}}, [{"name": []}]]


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_definition_that_is_junk_has_faults_and_breaks_nothing(junk: Any) -> None:
    assert clauses.faults(junk) != []
    row = SOUND["parameters"][0]
    for name in (*SOUND, "number", "needed", "locked", "in_short", "when", "basis", "origin"):
        judged(SOUND | {name: junk})
    for name in Parameter.__dataclass_fields__:
        judged(SOUND | {"parameters": [row | {name: junk}]})


def judged(data: dict[str, Any]) -> None:
    """A definition is faulty, or it can be kept and filled in."""
    if not clauses.faults(data):
        found = Clause.from_data(data)
        assert Clause.from_data(found.as_data()) == found
        assert clauses.fill(found.paragraphs[0], found, {}) != ""
        assert [found.need(pack) for pack in ("short", *clauses.KINDS)]


def test_file_whose_paragraph_has_no_parameter_fails_loudly(tmp_path: Path) -> None:
    text = (clauses.LIBRARY / "clauses" / "role_duties.toml").read_text("utf-8")
    path = tmp_path / "broken.toml"
    path.write_text(text.replace("{{ duties }}", "{{ dutys }}"), "utf-8")
    with pytest.raises(ValueError, match=r"broken\.toml: There is no parameter called “dutys”\."):
        clauses._read(path)
