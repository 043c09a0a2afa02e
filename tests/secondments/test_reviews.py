"""The review: levels and ratings beside results, released before the conclusion, side by side, on one page of paper."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from people.models import Notice, Person
from secondments import review_tables, scopes
from secondments.actions import evaluations
from secondments.models import Evaluation, Secondment, SkillResult
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, on

SignIn = Callable[[Person], Client]


@pytest.fixture
def case(cast: Cast) -> Secondment:
    case = cast.in_review()
    case.skills.create(name="Planning", now=2, hoped=4)
    return case


def look_back(case: Secondment, party: str, word: str, after: int = 4) -> Evaluation:
    found = case.evaluations.get(party=party)
    answers = {"what_worked": word, "skills": "planning", "would_repeat": True, "went": 4, "supported": 5, "worth": 3}
    results = {row.pk: ("met", f"shown by {party}") for row in case.objectives.all()}
    levels = {row.pk: (2, after) for row in case.skills.all()}
    return evaluations.complete(found, by=found.person, answers=answers, results=results, skills=levels)


def test_levels_and_ratings_are_kept_with_the_results(cast: Cast, case: Secondment) -> None:
    with on(case.end_on - timedelta(days=20)):
        found = look_back(case, "host", "All of it")
    assert (found.went, found.supported, found.worth) == (4, 5, 3)
    assert list(SkillResult.objects.values_list("skill__name", "before", "after")) == [("Planning", 2, 4)]


def test_release_lets_the_three_read_each_other_before_the_conclusion(cast: Cast, case: Secondment) -> None:
    with on(case.end_on - timedelta(days=20)):
        with pytest.raises(Refused, match="nothing to release"):
            evaluations.release(case, by=cast.hr)
        mine = look_back(case, "host", "All of it")
        assert not scopes.evaluations(cast.secondee).filter(pk=mine.pk).exists()
        for who in (cast.manager, cast.contact, cast.host_hr):
            with pytest.raises(NotAllowed):
                evaluations.release(case, by=who)
        evaluations.release(fresh(case), by=cast.hr)
        assert scopes.evaluations(cast.secondee).filter(pk=mine.pk).exists()
        assert not scopes.evaluations(cast.finance).exists()
        told = Notice.objects.filter(key__contains=":review-released:").values_list("recipient", flat=True)
        assert set(told) == {cast.secondee.pk, cast.contact.pk, cast.manager.pk}
        look_back(fresh(case), "secondee", "Most of it")  # and those who have not answered still can


def test_hr_hears_once_when_all_are_in_and_the_three_hear_the_conclusion(cast: Cast, case: Secondment) -> None:
    with on(case.end_on - timedelta(days=20)):
        for party in ("secondee", "host"):
            look_back(fresh(case), party, "x")
        assert not Notice.objects.filter(key__contains=":evaluations-in:").exists()
        look_back(fresh(case), "line_manager", "x")
        assert Notice.objects.get(key__contains=":evaluations-in:").recipient == cast.hr
        evaluations.conclude(fresh(case), by=cast.hr, conclusion="Well done.")
    assert Notice.objects.filter(key__contains=":review-concluded:").count() == 3


def test_table_puts_the_three_side_by_side(cast: Cast, case: Secondment) -> None:
    with on(case.end_on - timedelta(days=20)):
        look_back(fresh(case), "host", "All of it")
        look_back(fresh(case), "secondee", "Most of it", after=5)
    rows = list(case.evaluations.prefetch_related("results", "skill_results"))
    table = review_tables.of(case, rows)
    assert [e.party for e in table.columns] == ["host", "secondee"]
    groups = {
        title: {row.title: [cell.short or cell.more for cell in row.cells] for row in rows}
        for title, rows in table.groups
    }
    assert groups["Skills, before and now"] == {"Planning": ["With help → Well", "With help → Teaches others"]}
    assert groups["Ratings"]["How did the secondment go as a whole?"] == ["Good (4/5)", "Good (4/5)"]
    assert groups["In words"]["What worked well, and what did not?"] == ["All of it", "Most of it"]
    assert len(groups["Objectives"]) == 2


def test_page_shows_each_reader_what_they_may_read(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    address = f"/secondments/{case.key}/review/"
    with on(case.end_on - timedelta(days=20)):
        look_back(fresh(case), "host", "Words of the host")
        look_back(fresh(case), "secondee", "Words of the secondee")

        def seen(who: Person) -> list[bool]:
            page = sign_in(who).get(address).content.decode()
            return [word in page for word in ("Words of the host", "Words of the secondee")]

        assert seen(cast.hr) == [True, True]
        assert seen(cast.contact) == [True, False]
        assert seen(cast.secondee) == [False, True]
        assert seen(cast.manager) == [False, False]
        assert seen(cast.host_hr) == [False, False]
        assert sign_in(cast.contact).get(f"{address}review.pdf").status_code == 403
        assert sign_in(cast.contact).post(f"{address}release/").status_code == 403
        sign_in(cast.hr).post(f"{address}release/")
        for who in (cast.contact, cast.secondee, cast.manager, cast.host_hr):
            assert seen(who) == [True, True]
        assert sign_in(cast.finance).get(address).status_code == 403
        assert sign_in(cast.stranger_hr).get(address).status_code == 404


def test_review_is_one_page_of_paper(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    with on(case.end_on - timedelta(days=20)):
        for party in ("secondee", "host", "line_manager"):
            look_back(fresh(case), party, f"What the {party} found")
        evaluations.conclude(fresh(case), by=cast.hr, conclusion="It went well.")
        answer = sign_in(cast.manager).get(f"/secondments/{case.key}/review/review.pdf")
    assert answer["Content-Type"] == "application/pdf"
    made = subprocess.run(["pdftotext", "-", "-"], input=answer.content, capture_output=True, check=True)
    (page,) = made.stdout.decode().strip("\f\n").split("\f")
    text = " ".join(page.split())
    for word in ("It went well.", "What the host found", "With help → Well", "Good (4/5)"):
        assert word in text


def test_form_asks_levels_and_ratings_and_keeps_what_was_typed(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    (skill,) = case.skills.all()
    given = {f"result_{row.pk}": "met" for row in case.objectives.all()}
    given |= {"went": "4", "supported": "4", "worth": "5", "would_repeat": "yes", "what_worked": "The team"}
    shown = {f"evidence_{row.pk}": "The report" for row in case.objectives.all()}
    with on(case.end_on - timedelta(days=20)):
        me = sign_in(cast.secondee)
        address = f"/secondments/{case.key}/evaluations/secondee/"
        wrong = me.post(address, given | {f"before_{skill.pk}": "2"}).content.decode()
        assert "Choose both levels" in wrong
        assert "The team" in wrong
        levels = {f"before_{skill.pk}": "2", f"after_{skill.pk}": "4"}
        unshown = me.post(address, given | levels)
        assert "What shows it?: This field is required" in unshown.content.decode()
        me.post(address, given | levels | shown)
    found = case.evaluations.get(party="secondee")
    assert (found.worth, found.skill_results.get().after) == (5, 4)


def test_objective_is_evaluated_with_what_shows_it(cast: Cast, case: Secondment) -> None:
    found = case.evaluations.get(party="host")
    results = {row.pk: ("met", " ") for row in case.objectives.all()}
    with on(case.end_on - timedelta(days=20)), pytest.raises(Refused, match="what shows it") as refused:
        evaluations.complete(found, by=found.person, answers={"what_worked": ""}, results=results)
    assert {refusal.where for refusal in refused.value.refusals} == {f"evidence_{pk}" for pk in results}


def test_evaluation_is_kept_as_a_draft_for_its_writer_alone(cast: Cast, case: Secondment, sign_in: SignIn) -> None:
    (skill,) = case.skills.all()
    (objective,) = list(case.objectives.all())[:1]
    address = f"/secondments/{case.key}/evaluations/host/"
    typed = {
        f"result_{objective.pk}": "partly",
        f"before_{skill.pk}": "2",
        "what_worked": "Half a sentence",
        "went": "9",
    }
    with on(case.end_on - timedelta(days=20)):
        contact, hr = sign_in(cast.contact), sign_in(cast.hr)
        contact.post(address, typed | {"draft": "1"})
        kept = case.evaluations.get(party="host")
        assert (kept.completed_at, kept.drafted_by, kept.draft) == (None, cast.contact, typed)
        again = contact.get(address).content.decode()
        assert "Half a sentence" in again and "Your draft of" in again
        assert "Half a sentence" not in hr.get(address).content.decode()
        with pytest.raises(NotAllowed):
            evaluations.keep_draft(kept, by=cast.secondee, values={})
        done = look_back(case, "host", "All of it")
        assert (done.draft, done.drafted_at, done.drafted_by) == ({}, None, None)
        with pytest.raises(Refused, match="already"):
            evaluations.keep_draft(kept, by=cast.contact, values=typed)
