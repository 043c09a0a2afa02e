"""The first version of a paper: what it takes over from the case, and from the paper before it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agreements import further
from agreements.models import Agreement
from secondments.models import Secondment
from tests.agreements.acts import edit, fresh
from tests.agreements.test_further import signed
from tests.cast import Cast
from tests.cast import fresh as fresh_case


def answers(paper: Agreement, *names: str) -> list[Any]:
    values = {name: value for row in fresh(paper).current.values.values() for name, value in row.items()}
    return [values.get(name) for name in names]


def longer(cast: Cast, case: Secondment) -> tuple[str, Agreement]:
    end = (case.end_on + timedelta(days=60)).isoformat()
    return end, further.vary(case, by=cast.hr, changes={"end_on": end}, reason="The work takes longer")


def test_answers_that_said_the_old_last_day_say_the_new_one(cast: Cast) -> None:
    case = cast.agreed()
    before = case.agreements.get()
    day = case.end_on.isoformat()
    assert answers(before, "protected_until", "until_date") == [day, day]
    end, paper = longer(cast, case)
    assert answers(paper, "protected_until", "until_date") == [end, end]
    texts = {row["key"]: str(row["paragraphs"]) for row in paper.current.content["clauses"]}
    assert {"return_reintegration", "equipment_access", "secondment_term"} <= set(texts)


def test_answers_that_said_something_else_stay(cast: Cast) -> None:
    case = cast.agreement_case()
    later = (case.end_on + timedelta(days=90)).isoformat()
    edit(cast.answered(case), cast.hr, key="return_reintegration", values={"protected_until": later})
    case = cast.sealed(case)
    _end, paper = longer(cast, case)
    assert answers(paper, "protected_until") == [later]


def test_second_extension_moves_what_the_first_one_moved(cast: Cast) -> None:
    case = cast.agreed()
    signed(cast, case, end_on=(case.end_on + timedelta(days=30)).isoformat())
    end, paper = longer(cast, fresh_case(case))
    assert answers(paper, "protected_until") == [end]
