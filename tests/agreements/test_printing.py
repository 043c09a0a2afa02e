"""PDFs for reading that somebody asks for: made by the worker, kept for a day, for who asked alone."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import pytest

from agreements import printing
from agreements.models import Agreement, Printout
from agreements.states import PrintKind
from people import clock
from people.models import Person
from secondments.transitions import NotAllowed
from tests.agreements.acts import edit, fresh, refusals
from tests.cast import Cast


@pytest.fixture
def paper(cast: Cast) -> Agreement:
    """With a second version, in which the clause on grievances reads otherwise."""
    shared = cast.shared(cast.agreement_case())
    edit(shared, cast.hr, key="grievance", values={}, wording=["Talk to each other."])
    return fresh(shared)


def ask(paper: Agreement, by: Person, back: int = 1) -> Printout:
    """The last version against one before it."""
    newer = paper.current
    older = paper.versions.get(number=newer.number - back)
    return printing.ask(paper, by=by, kind=PrintKind.COMPARISON, older=older, newer=newer)


def words(printout: Printout) -> str:
    printout.refresh_from_db()
    found = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=bytes(printout.content), capture_output=True, check=True
    )
    return found.stdout.decode()


def test_comparison_says_what_changed_and_names_what_did_not(cast: Cast, paper: Agreement) -> None:
    printout = ask(paper, cast.contact)
    assert printout.made_at is None
    assert printing.make_pending() == 1
    text = words(printout)
    assert "Talk" in text  # among the words that went
    assert "other." in text
    assert paper.reference in text
    assert "Return to the home post" in text
    assert printing.make_pending() == 0


def test_version_is_marked_as_no_paper_to_sign(cast: Cast, paper: Agreement) -> None:
    printout = printing.ask(paper, by=cast.hr, kind=PrintKind.VERSION, newer=paper.current)
    printing.make_pending()
    assert f"Version {paper.current.number} – for reading, not signed" in words(printout)


def test_the_same_is_given_again_to_who_asked_and_to_nobody_else(cast: Cast, paper: Agreement) -> None:
    first = ask(paper, cast.hr)
    assert ask(paper, cast.hr) == first
    assert ask(paper, cast.contact) != first


def test_who_may_not_read_the_paper_gets_no_copy(cast: Cast, paper: Agreement) -> None:
    for who in (cast.finance, cast.viewer, cast.stranger, cast.stranger_hr):
        with pytest.raises(NotAllowed):
            ask(paper, who)
    assert not Printout.objects.exists()


def test_many_that_wait_are_enough(cast: Cast, paper: Agreement) -> None:
    Printout.objects.bulk_create(
        Printout(agreement=paper, kind=PrintKind.COMPARISON, asked_by=cast.hr, asked_at=clock.now())
        for _ in range(printing.MOST)
    )
    told = [("Several PDFs that you asked for are still being made; wait a moment.", "")]
    assert refusals(lambda: ask(paper, cast.hr)) == told
    assert ask(paper, cast.contact)


def test_one_that_cannot_be_made_is_tried_a_few_times_and_stops_no_other(cast: Cast, paper: Agreement) -> None:
    broken = Printout.objects.create(
        agreement=paper, kind=PrintKind.COMPARISON, asked_by=cast.hr, asked_at=clock.now() - timedelta(minutes=1)
    )  # of no versions
    sound = ask(paper, cast.hr)
    assert [printing.make_pending() for _ in range(printing.TRIES + 1)] == [1, 0, 0, 0]
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.attempts, broken.made_at, sound.made_at is not None) == (printing.TRIES, None, True)


def test_what_is_a_day_old_is_thrown_away(cast: Cast, paper: Agreement) -> None:
    old, new = ask(paper, cast.hr), ask(paper, cast.contact)
    Printout.objects.filter(pk=old.pk).update(asked_at=clock.now() - printing.KEPT - timedelta(minutes=1))
    assert printing.sweep() == 1
    assert list(Printout.objects.all()) == [new]
