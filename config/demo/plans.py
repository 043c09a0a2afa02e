"""What each of the demo's eighty cases is to become, and who plays in it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from config.demo.world import House
from people.models import Person


@dataclass
class Plan:
    """What a case is to become: its state, how far within it, and its days relative to today."""

    state: str
    step: str = ""
    starts_in: int = 30
    length: int = 180


@dataclass(kw_only=True)
class CastPlan(Plan):
    """A plan with its people."""

    seconder: House
    host: House
    secondee: Person
    manager: Person
    contact: Person
    signatory: Person
    director: Person
    hr: Person
    seed: int
    key: int = 0


def plans() -> list[Plan]:
    """Eighty cases over every state; the first of each kind are the ones that the guided start leads to."""
    return [
        *[Plan("draft", starts_in=40 + 9 * n) for n in range(9)],
        Plan("proposal", "untouched", starts_in=45),
        *[
            Plan("proposal", step, starts_in=50 + n * 4)
            for n, step in enumerate(
                ["two", "one", "untouched", "two", "one", "one", "two", "one", "two", "one", "two", "untouched"]
            )
        ],
        Plan("agreement", "half signed", starts_in=21),
        Plan("agreement", "shared", starts_in=30),
        *[
            Plan("agreement", step, starts_in=28 + n * 5)
            for n, step in enumerate(
                [
                    "draft",
                    "asked",
                    "approved",
                    "issued",
                    "shared",
                    "draft",
                    "two signed",
                    "declined",
                    "draft",
                    "asked",
                    "shared",
                    "approved",
                ]
            )
        ],
        *[Plan("agreed", "condition" if days == 9 else "", starts_in=days) for days in (3, 9, 16, 24, 37)],
        Plan("active", "due", starts_in=-41, length=190),
        *[
            Plan(
                "active", {1: "overdue", 7: "overdue", 3: "low"}.get(n, ""), starts_in=-20 - n * 6, length=110 + n * 13
            )
            for n in range(12)
        ],
        Plan("review", "", starts_in=-113, length=120),
        *[
            Plan("review", step, starts_in=-100 - n, length=112 + n * 5)
            for n, step in enumerate(["some", "all", "concluded"])
        ],
        Plan("review", "early", starts_in=-70, length=200),
        *[Plan("return", step, starts_in=-130 - n, length=126 - n * 2) for n, step in enumerate(["", "outcome", ""])],
        *[Plan("completed", starts_in=-200 - n * 31, length=90 + n * 11) for n in range(6)],
        *[
            Plan("declined", step, starts_in=35)
            for step in ("release", "consent", "acceptance", "release", "acceptance")
        ],
        *[Plan("withdrawn", step, starts_in=26) for step in ("proposal", "agreement", "agreement", "proposal")],
        *[Plan("active", "", starts_in=-33 - n * 9, length=150) for n in range(3)],
        Plan("agreed", "held", starts_in=-2, length=150),
    ]


def casting(plan: Plan, chance: Random, houses: list[House], number: int) -> CastPlan:
    """Give a plan its people: most cases are lent by the first organisation, some are hosted there."""
    lender = houses[0] if number % 3 else houses[1 + number % (len(houses) - 1)]
    is_internal = number % 5 == 2
    hosts = [house for house in houses if house is not lender]
    host = lender if is_internal else chance.choice(hosts if number % 3 else [houses[0], *hosts])
    secondee = lender.free.pop(chance.randrange(len(lender.free)))
    manager = lender.managers[number % len(lender.managers)]
    contact = host.staff[-5] if is_internal else host.managers[-1 - number % len(host.managers)]
    if contact in (manager, secondee):
        contact = host.staff[-6]
    return CastPlan(
        state=plan.state,
        step=plan.step,
        starts_in=plan.starts_in,
        length=plan.length,
        seconder=lender,
        host=host,
        secondee=secondee,
        manager=manager,
        contact=contact,
        signatory=next(lead for lead in host.managers if lead != contact),
        director=lender.hr[1],
        hr=lender.hr[0],
        seed=chance.randrange(10**9),
    )
