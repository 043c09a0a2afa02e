"""What lies beside placements in the demo: first days, papers abroad, changes asked for, the way back."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from secondments.actions import abroad, early_end, inductions, reorganisations, return_plans, wishes

if TYPE_CHECKING:
    from config.demo.stories import Teller

BUDDIES = ["Robin Hale", "Kim Sorensen", "Alex Novak", "Sam Idris"]
CHANGES = [
    "Two teams of the department merge; the post stays, its team lead changes.",
    "The office moves to another building in spring; the place of work stays in the same town.",
]


def _chance(story: Teller) -> Random:
    """A chance of its own, so that the stories stay as they were."""
    return Random(story.plan.seed * 11 + 3)


def live(story: Teller) -> None:
    """The first days, papers, changes and the plan for the way back, as far as they lie behind."""
    chance = _chance(story)
    _first_days(story, chance)
    if story.case.kind == "international":
        _abroad(story, chance)
    _changes(story, chance)
    _plan_return(story, chance)


def _first_days(story: Teller, chance: Random) -> None:
    day = story.start
    if day > story.today:
        return
    with story.at(day, 7):
        steps = [*inductions.usual_steps(day), {"on": day + timedelta(days=7), "title": "Look back on the first week"}]
        inductions.save(
            story.case, by=story.plan.contact, buddy_name=chance.choice(BUDDIES), buddy_email="",
            arrival="Nine o'clock at the main entrance; ask for your buddy.", steps=steps,
        )  # fmt: skip
    for step in list(story.case.induction_steps.filter(on__lt=story.today)):
        with story.at(step.on, 16):
            inductions.finish(step, by=story.plan.secondee)


def _abroad(story: Teller, chance: Random) -> None:
    """A certificate that lasts, one that ends soon, and a trip home now and then."""
    if story.start > story.today:
        return
    until = story.end + timedelta(days=14)
    with story.at(story.start, 12):
        fields = {"kind": "coverage", "number": "C-2291", "valid_from": story.start, "valid_until": until}
        abroad.keep(story.case, by=story.plan.hr, fields=fields)
        soon = {"kind": "visa", "number": "V-77", "valid_until": story.today + timedelta(days=chance.randint(20, 80))}
        abroad.keep(story.case, by=story.plan.secondee, fields=soon)
    first = story.start + timedelta(days=40)
    if first + timedelta(days=4) < min(story.today, story.end):
        with story.at(first + timedelta(days=4), 9):
            abroad.note_trip(
                story.case, by=story.plan.secondee, first_day=first, last_day=first + timedelta(days=4), note="Home"
            )


def _changes(story: Teller, chance: Random) -> None:
    """Somebody asks for more time, and in some running placements HR has not answered yet."""
    asked = story.start + timedelta(days=45)
    is_running = story.plan.state == "active"
    if chance.random() < 0.3 and asked < min(story.today, story.end - timedelta(days=70)):
        with story.at(asked):
            found = wishes.ask(
                story.case, by=story.plan.contact, end_on=story.end + timedelta(days=60), reason="The launch is later."
            )
        if not is_running or chance.random() < 0.5:
            with story.at(asked + timedelta(days=3)):
                wishes.answer(found, by=story.plan.hr, granted=False, why="The post at home is needed from that day.")
    if chance.random() < 0.2 and asked < min(story.today, story.end):
        with story.at(asked, 14):
            told = reorganisations.tell(
                story.case, by=story.plan.hr, what=chance.choice(CHANGES), consulted_until=asked + timedelta(days=21)
            )
        if asked + timedelta(days=9) < story.today:
            with story.at(asked + timedelta(days=7)):
                reorganisations.give_view(told, by=story.plan.secondee, view="I am fine with it, thank you for asking.")
    if is_running and chance.random() < 0.08 and story.end - story.today > timedelta(days=40):
        with story.at(story.today - timedelta(days=1), 15):
            early_end.propose(
                story.case, by=story.plan.hr, last_day=story.today + timedelta(days=5), asked_by="host",
                reason="The site closes next week.",
            )  # fmt: skip


def _plan_return(story: Teller, chance: Random) -> None:
    planned = story.end - timedelta(days=50)
    if planned < story.start or planned >= story.today:
        return
    with story.at(planned):
        meeting = story.end - timedelta(days=32)
        fields = {"role_kind": chance.choice(("same", "same", "equivalent")), "role": "As before the secondment",
                  "start_back_on": story.end + timedelta(days=1), "meeting_on": meeting,
                  "post_protected_until": story.end + timedelta(days=180),
                  "training": "A week with the stand-in, and what changed in the systems."}  # fmt: skip
        return_plans.save(story.case, by=story.plan.manager, fields=fields)
    with story.at(planned, 14):
        mine = {"skills_use": "Planning with partners", "sharing": "A talk to the team in the second week"}
        return_plans.save(story.case, by=story.plan.secondee, fields=mine)
    if meeting < story.today:
        with story.at(meeting, 15):
            if chance.random() < 0.12:
                why = "The department is reorganised."
                return_plans.flag(story.case, by=story.plan.manager, why=why, done="Two posts are looked at.")
            else:
                return_plans.confirm(story.case, by=story.plan.manager)


def end_access(story: Teller) -> None:
    """The host has seen to it on the last day, or on the day after."""
    with story.at(story.end + timedelta(days=1), 9):
        return_plans.end_access(story.case, by=story.plan.contact, on=story.end)


def follow_up(story: Teller) -> None:
    """What became of it, some months later, for those who came back long ago."""
    chance = _chance(story)
    for found in list(story.case.follow_ups.filter(due_on__lt=story.today)):
        if chance.random() < 0.85:
            with story.at(_working(found.due_on)):
                here = chance.random() < 0.9
                used = chance.choice(("much", "some")) if here else ""
                return_plans.answer(found, by=story.plan.hr, still_here=here, skills_used=used)


def _working(day: date) -> date:
    return day if day.weekday() < 5 else day + timedelta(days=7 - day.weekday())
