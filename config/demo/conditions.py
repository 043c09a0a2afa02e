"""A condition before the start: open ahead of one placement, and holding another back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from secondments import transitions
from secondments.actions import calendar, checklists

if TYPE_CHECKING:
    from config.demo.stories import Teller


def before_start(story: Teller) -> None:
    """Something without which it does not begin; where its day has passed, the calendar holds it back."""
    if not story.plan.step:
        return
    with story.at(story.start - timedelta(days=20)):
        checklists.add(
            story.case,
            by=story.plan.hr,
            kind="outward",
            title="Police check shown, not older than three months",
            party="secondee",
            due_on=story.start - timedelta(days=5),
            blocks_start=True,
            wants_evidence=True,
        )
    if story.plan.step != "held":
        return
    for item in story.case.checklist.filter(blocks_start=False, due_on__lt=story.today).select_related("secondment"):
        who = {"secondee": story.plan.secondee, "line_manager": story.plan.manager, "host": story.plan.contact}
        assert item.due_on
        with story.at(item.due_on):
            checklists.tick(item, by=who.get(item.party, story.plan.hr), done=True)
    with story.at(story.start, 6):
        try:
            transitions.perform(story.case, "start", by=None)
        except transitions.Refused as refused:
            calendar.hold_back(story.case.pk, str(refused))
