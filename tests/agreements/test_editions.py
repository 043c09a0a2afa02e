"""The clause library of an organisation: own editions, taken out, brought from a file; and papers that keep theirs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agreements import clauses, drafting, editions, negotiation
from agreements.clauses import Clause
from agreements.models import Agreement, ClauseText
from people.models import LedgerEntry, Organisation, Person
from secondments.transitions import NotAllowed
from tests.agreements.acts import LOCKED, clause, edit, fresh, lawyer, outcome, refusals, seen
from tests.cast import Cast

FREE = "keeping_in_touch"


def definition(key: str = FREE, **changes: Any) -> dict[str, Any]:
    """A built-in clause as somebody would hand it in."""
    data = json.loads(json.dumps(clauses.catalogue()[key].as_data()))
    data.pop("origin")
    return {**data, **changes}


def save(
    cast: Cast, *, by: Person | None = None, seen: int = 0, note: str = "House style", **changes: Any
) -> ClauseText:
    return editions.save(cast.northwind, definition(**changes), by=by or cast.hr, note=note, seen=seen)


OWN = {"paragraphs": ["Keep in touch."], "parameters": []}


def library(organisation: Organisation) -> dict[str, Clause]:
    return editions.of(organisation)


def test_library_without_editions_is_the_built_in_one(cast: Cast) -> None:
    assert library(cast.northwind) == clauses.catalogue()
    assert list(library(cast.northwind)) == list(clauses.catalogue())


def test_own_edition_counts_and_says_whose_it_is(cast: Cast) -> None:
    save(cast, **OWN)
    found = library(cast.northwind)[FREE]
    assert (found.paragraphs, found.origin) == (("Keep in touch.",), "Northwind Ltd, edition 1")
    assert library(cast.contoso)[FREE] == clauses.catalogue()[FREE]  # and nobody else's


def test_newest_edition_counts(cast: Cast) -> None:
    save(cast, **OWN)
    save(cast, seen=1, paragraphs=["Write now and then."], parameters=[])
    assert library(cast.northwind)[FREE].paragraphs == ("Write now and then.",)
    assert [row.number for row in ClauseText.objects.filter(key=FREE)] == [2, 1]


def test_clause_of_ones_own_has_its_place_by_its_number(cast: Cast) -> None:
    save(cast, key="background_purpose", number=21)
    keys = list(library(cast.northwind))
    assert keys[keys.index("reviews_checkins") + 1 :][:2] == ["background_purpose", "keeping_in_touch"]
    editions.save(cast.northwind, {**definition(), **OWN, "key": "parking", "number": 4}, by=cast.hr, note="New")
    assert list(library(cast.northwind))[2:4] == ["parking", "secondment_term"]


def test_edition_of_a_language_counts_in_it_alone(cast: Cast) -> None:
    editions.save(cast.northwind, {**definition(), **OWN, "title": "Kontakt"}, by=cast.hr, note="Neu", language="de")
    assert editions.of(cast.northwind, "de")[FREE].title == "Kontakt"
    assert library(cast.northwind)[FREE] == clauses.catalogue()[FREE]


def test_edition_that_somebody_else_overtook_is_refused(cast: Cast) -> None:
    save(cast, **OWN)
    told = [("Somebody has saved edition 1 meanwhile; look at it first.", "")]
    assert refusals(lambda: save(cast, paragraphs=["Other."], parameters=[])) == told
    assert ClauseText.objects.count() == 1


def test_edition_that_changes_nothing_is_none(cast: Cast) -> None:
    told = [("Nothing was changed, so no new edition was made.", "")]
    assert refusals(lambda: save(cast)) == told
    save(cast, **OWN)
    assert refusals(lambda: save(cast, seen=1, **OWN)) == told


def test_edition_says_what_changed(cast: Cast) -> None:
    assert refusals(lambda: save(cast, note=" ", **OWN)) == [("Say what changes and why.", "note")]


def test_faulty_edition_is_refused_with_its_sentences(cast: Cast) -> None:
    told = refusals(lambda: save(cast, title="", paragraphs=[]))
    assert told == [("“title” is missing.", ""), ("A clause has at least one paragraph of text.", "")]


def test_library_is_edited_by_hr_of_its_organisation(cast: Cast) -> None:
    acts = (
        lambda who: save(cast, by=who, **OWN),
        lambda who: editions.retire(cast.northwind, "backfill", by=who, note="x"),
    )
    for act in acts:
        found = {n: outcome(lambda who=who, act=act: act(who)) for n, who in cast.people.items()}
        assert {n: result for n, result in found.items() if result != "denied"} == {"hr": "ok"}


LEGAL = [("This clause is legal wording: only a legal approver of the organisation changes it.", "")]


def test_legal_wording_is_changed_by_a_legal_approver(cast: Cast) -> None:
    changed = {"key": LOCKED, "paragraphs": ["The Host is no employer."], "parameters": []}
    assert refusals(lambda: save(cast, **changed)) == LEGAL
    assert save(cast, by=lawyer(cast), **changed).number == 1


def test_legal_wording_is_not_unlocked_first(cast: Cast) -> None:
    assert refusals(lambda: save(cast, key=LOCKED, locked=False)) == LEGAL
    assert save(cast, by=lawyer(cast), key=LOCKED, locked=False).number == 1


def test_what_can_stand_in_the_blanks_of_legal_wording_is_part_of_it(cast: Cast) -> None:
    """A fact of the case is not made a question, nor another thing a possible answer, by anybody in HR."""
    rows = definition("parties")["parameters"]
    assert rows[0]["source"]
    for changed in ({**rows[0], "source": ""}, {**rows[0], "source": "host_name"}, {**rows[0], "type": "long"}):
        assert refusals(lambda row=changed: save(cast, key="parties", parameters=[row, *rows[1:]])) == LEGAL
    assert save(cast, key="parties", parameters=[{**rows[0], "label": "Lender"}, *rows[1:]]).number == 1


def test_title_of_legal_wording_may_change(cast: Cast) -> None:
    assert save(cast, key=LOCKED, title="Employment").number == 1


def test_clause_of_ones_own_may_be_legal_wording_from_the_start(cast: Cast) -> None:
    own = {**definition(), **OWN, "key": "parking", "locked": True}
    editions.save(cast.northwind, own, by=cast.hr, note="New")
    changed = {**own, "paragraphs": ["Park elsewhere."]}
    assert refusals(lambda: editions.save(cast.northwind, changed, by=cast.hr, note="No", seen=1)) == LEGAL


def retire(cast: Cast, key: str, by: Person | None = None, note: str = "Not used") -> ClauseText:
    return editions.retire(cast.northwind, key, by=by or cast.hr, note=note)


def test_clause_that_was_taken_out_is_in_no_library_and_comes_back_with_an_edition(cast: Cast) -> None:
    retire(cast, "backfill")
    assert list(library(cast.northwind)) == [key for key in clauses.catalogue() if key != "backfill"]
    assert refusals(lambda: retire(cast, "backfill")) == [("There is no such clause in the library.", "")]
    save(cast, key="backfill", seen=1)  # the same words as before, and yet a change
    assert list(library(cast.northwind)) == list(clauses.catalogue())


def test_clause_that_agreements_need_is_not_taken_out(cast: Cast) -> None:
    told = "Agreements of some kind cannot do without “Early ending by notice”: give it another wording instead."
    assert refusals(lambda: retire(cast, "termination_notice")) == [(told, "")]
    found = {key for key in clauses.catalogue() if outcome(lambda key=key: retire(cast, key, lawyer_of(cast))) == "ok"}
    assert found == {"training_registration", "security_vetting", "backfill", "non_solicitation"}


def lawyer_of(cast: Cast) -> Person:
    found = Person.objects.filter(full_name="Lena Law").first()
    return found or lawyer(cast)


def test_legal_clause_is_taken_out_by_a_legal_approver(cast: Cast) -> None:
    editions.save(cast.northwind, {**definition(), **OWN, "key": "parking", "locked": True}, by=cast.hr, note="New")
    assert refusals(lambda: retire(cast, "parking")) == LEGAL
    assert retire(cast, "parking", lawyer(cast)).is_retired


def test_taking_out_says_why(cast: Cast) -> None:
    assert refusals(lambda: retire(cast, "backfill", note=" ")) == [("Say what changes and why.", "reason")]


def test_ledger_of_a_library(cast: Cast) -> None:
    save(cast, **OWN)
    retire(cast, "backfill")
    rows = LedgerEntry.objects.filter(verb__startswith="clause.").order_by("pk")
    assert [(r.verb, r.actor_name, r.facts["organisation"], r.facts["clause"], r.facts["edition"]) for r in rows] == [
        ("clause.edit", "Hanna Reed", "Northwind Ltd", "Keeping in touch with home", 1),
        ("clause.retire", "Hanna Reed", "Northwind Ltd", "Cover for the home post", 1),
    ]


# What a change of the library never does: reach a paper that exists.


def test_new_papers_are_made_of_the_library_as_it_is(cast: Cast) -> None:
    save(cast, **OWN)
    paper = cast.paper(cast.agreement_case())
    assert clause(paper.current, FREE) == ["Keep in touch."]


def test_library_of_the_host_is_in_no_paper_of_the_seconder(cast: Cast) -> None:
    editions.save(cast.contoso, {**definition(), **OWN}, by=cast.host_hr, note="Ours")
    paper = cast.paper(cast.agreement_case())
    assert clause(paper.current, FREE) != ["Keep in touch."]


def whole(agreement: Agreement) -> list[tuple[Any, ...]]:
    rows = agreement.versions.order_by("number")
    return [(row.number, row.terms, row.content_hash, row.clauses) for row in rows]


def test_edition_reaches_neither_a_paper_that_exists_nor_its_next_versions(cast: Cast) -> None:
    paper = cast.shared(cast.agreement_case())
    before, words = whole(paper), clause(paper.current, FREE)
    save(cast, **OWN)
    save(cast, by=lawyer(cast), key=LOCKED, paragraphs=["Other law."], parameters=[])
    retire(cast, "backfill")
    assert whole(paper) == before
    version = edit(paper, cast.hr)
    assert whole(paper)[:-1] == before
    assert clause(version, FREE) == words
    assert clause(version, LOCKED) == clause(paper.current, LOCKED)


def test_edition_reaches_no_paper_that_takes_up_the_terms_of_an_ended_one(cast: Cast) -> None:
    from agreements import envelopes

    paper = cast.issued(cast.agreement_case())
    words = clause(paper.current, FREE)
    save(cast, **OWN)
    new = envelopes.redraft(paper, by=cast.hr, reason="Another day")
    assert clause(fresh(new).current, FREE) == words


def test_clause_is_taken_into_a_paper_as_the_library_has_it_then(cast: Cast) -> None:
    paper = cast.shared(cast.agreement_case())
    editions.save(cast.northwind, {**definition("backfill"), **OWN}, by=cast.hr, note="Ours")
    own = library(cast.northwind)["backfill"]
    negotiation.take_in(paper, by=cast.hr, clause=own, note="Needed", seen_version=seen(paper))
    assert clause(fresh(paper).current, "backfill") == ["Keep in touch."]


def test_edition_that_asks_more_opens_a_question_on_new_papers_alone(cast: Cast) -> None:
    old = cast.paper(cast.agreement_case(is_full_time=False, weekly_hours=2))
    asked = {"paragraphs": ["Write every {{ often }}."], "parameters": [{"name": "often", "label": "How often"}]}
    save(cast, **asked)
    new = cast.paper(cast.agreement_case(is_full_time=False, weekly_hours=2))

    def open_in(agreement: Agreement) -> list[str]:
        return [p.label for c, p in drafting.open_questions(agreement, agreement.current) if c.key == FREE]

    assert (open_in(fresh(old)), open_in(fresh(new))) == ([], ["How often"])


# Files.


def test_library_comes_back_from_its_file_as_it_was(cast: Cast) -> None:
    save(cast, **OWN)
    retire(cast, "backfill")
    raw = editions.export(cast.northwind).encode()
    law = cast.host_hr
    from people.models import Membership

    Membership.objects.filter(person=law).update(approves_legal=True)
    assert editions.bring(cast.contoso, raw, by=Person.objects.get(pk=law.pk), note="From a friend") == 1
    there, here = library(cast.contoso), library(cast.northwind)
    assert there.pop("backfill") == clauses.catalogue()["backfill"]  # a file takes nothing out
    assert {key: plain(row) for key, row in there.items()} == {key: plain(row) for key, row in here.items()}
    assert editions.bring(cast.contoso, raw, by=law, note="Again") == 0


def plain(found: Clause) -> dict[str, Any]:
    return {name: value for name, value in found.as_data().items() if name != "origin"}


def test_file_says_what_it_would_do_before_it_does(cast: Cast) -> None:
    rows = [definition(), definition("backfill", title="Cover"), {**definition(), **OWN, "key": "parking"}]
    assert editions.differences(cast.northwind, "en", rows) == {
        "new": ["parking"], "changed": ["backfill"], "same": [FREE],
    }  # fmt: skip


def file(*rows: Any, **changes: Any) -> bytes:
    return json.dumps({"format": "tripartite-clauses", "language": "en", "clauses": list(rows), **changes}).encode()


def bring(cast: Cast, raw: bytes, by: Person | None = None) -> int:
    return editions.bring(cast.northwind, raw, by=by or cast.hr, note="From a file")


def test_file_is_taken_over_whole_or_not_at_all(cast: Cast) -> None:
    law = definition(LOCKED, paragraphs=["Other law."], parameters=[])
    assert refusals(lambda: bring(cast, file(definition(title="Contact"), law))) == LEGAL
    assert not ClauseText.objects.exists()
    assert bring(cast, file(definition(title="Contact"), law), lawyer(cast)) == 2


def test_file_with_a_byte_order_mark_is_read(cast: Cast) -> None:
    assert bring(cast, b"\xef\xbb\xbf" + file(definition(title="Contact"))) == 1


# Files that are none, and what is said of them at which clause.
FAULTY: list[tuple[bytes, list[str]]] = [
    (
        b"\xff\xfe",
        ["This is not a file of clauses: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte."],
    ),
    (
        b"{",
        ["This is not a file of clauses: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."],
    ),
    (b"[]", ["This is not a file of clauses; export a library to see what one looks like."]),
    (b"7", ["This is not a file of clauses; export a library to see what one looks like."]),
    (file(format="other"), ["This is not a file of clauses; export a library to see what one looks like."]),
    (file(clauses={}), ["This is not a file of clauses; export a library to see what one looks like."]),
    (file(language="tlh"), ["The language of these clauses is not known here."]),
    (file(language=[]), ["The language of these clauses is not known here."]),
    (file(7), ["Clause 1 (?): A clause is an object with a key, a title and paragraphs."]),
    (
        file(definition(), definition("backfill", title="")),
        ["Clause 2 (backfill): “title” is missing."],
    ),
    (
        file(definition(), definition(paragraphs=["{{ nobody }}"])),
        [
            "Clause 2 (keeping_in_touch): There is no parameter called “nobody”.",
            "Clause 2 (keeping_in_touch) is there twice.",
        ],
    ),
    (
        file({**definition(), "key": "X!"}, definition(number=0)),
        [
            "Clause 1 (X!): The key is a short name in lower-case letters, such as “place_of_work”.",
            "Clause 2 (keeping_in_touch): The number is a whole number from 1 to 999.",
        ],
    ),
    (
        file(definition(title="A\x00B")),
        ["Clause 1 (keeping_in_touch): There are characters that cannot be kept or printed."],
    ),
    (
        file(definition(paragraphs=["A\ud800B"], parameters=[])),
        ["Clause 1 (keeping_in_touch): There are characters that cannot be kept or printed."],
    ),
    (
        file({**definition("backfill"), "parameters": [{"name": "x", "label": "a\x00"}], "paragraphs": ["{{ x }}"]}),
        ["Clause 1 (backfill): There are characters that cannot be kept or printed."],
    ),
]


@pytest.mark.parametrize(("raw", "told"), FAULTY, ids=range(len(FAULTY)))
def test_faulty_file_is_refused_at_the_right_clause(cast: Cast, raw: bytes, told: list[str]) -> None:
    assert refusals(lambda: bring(cast, raw)) == [(sentence, "file") for sentence in told]
    assert not ClauseText.objects.exists()


def test_file_that_is_deeply_nested_is_no_file_of_clauses(cast: Cast) -> None:
    ((sentence, where),) = refusals(lambda: bring(cast, b"[" * 100_000))
    assert (sentence.startswith("This is not a file of clauses:"), where) == (True, "file")


def test_many_faults_are_told_in_part(cast: Cast) -> None:
    assert len(refusals(lambda: bring(cast, file(*[7] * 50)))) == 20


# The pages.


def url(cast: Cast, end: str = "") -> str:
    return f"/organisations/{cast.northwind.key}/clauses/{end}"


def test_library_is_read_by_members_and_nobody_else(cast: Cast, sign_in: Callable[[Person], Client]) -> None:
    found = {name: sign_in(who).get(url(cast)).status_code for name, who in cast.people.items()}
    # Somebody of HR elsewhere may see that the organisation exists, as it is listed, and no more.
    elsewhere = {"host_hr": 403, "stranger_hr": 403}
    assert found == dict.fromkeys(cast.people, 404) | elsewhere | dict.fromkeys(("hr", "finance", "viewer"), 200)


def test_file_is_shown_before_it_is_taken_over(cast: Cast, sign_in: Callable[[Person], Client]) -> None:
    client = sign_in(cast.hr)
    upload = SimpleUploadedFile("clauses.json", file(definition(title="Contact")))
    page = client.post(url(cast, "import/"), {"file": upload, "note": "From a friend"})
    assert (page.status_code, page.context["kinds"]) == (200, {"new": [], "changed": [FREE], "same": []})
    assert not ClauseText.objects.exists()
    kept = page.context["form"].initial["kept"]
    page = client.post(url(cast, "import/"), {"kept": kept, "note": "From a friend", "write": "1"})
    assert (page.status_code, library(cast.northwind)[FREE].title) == (302, "Contact")


def test_faulty_file_is_told_on_the_page(cast: Cast, sign_in: Callable[[Person], Client]) -> None:
    upload = SimpleUploadedFile("clauses.json", file(definition(title="")))
    page = sign_in(cast.hr).post(url(cast, "import/"), {"file": upload, "note": "x"})
    assert "Clause 1 (keeping_in_touch): “title” is missing." in page.content.decode()


def test_preview_keeps_nothing(cast: Cast, sign_in: Callable[[Person], Client]) -> None:
    client = sign_in(cast.hr)
    form = client.get(url(cast, f"{FREE}/edit/")).context["form"]
    data = {**form.initial, "wording": "Write now and then.", "parameters": "[]", "note": "Shorter"}
    page = client.post(url(cast, f"{FREE}/edit/"), {**data, "preview": "1"})
    assert (page.context["preview"], ClauseText.objects.count()) == (["Write now and then."], 0)
    page = client.post(url(cast, f"{FREE}/edit/"), data)
    assert (page.status_code, library(cast.northwind)[FREE].paragraphs) == (302, ("Write now and then.",))


def test_export_is_for_members(cast: Cast, sign_in: Callable[[Person], Client]) -> None:
    found = json.loads(sign_in(cast.viewer).get(url(cast, "export/")).content)
    assert (found["format"], len(found["clauses"])) == ("tripartite-clauses", 48)
    with pytest.raises(NotAllowed):
        editions.save(cast.northwind, definition(title="x"), by=cast.viewer, note="x")
