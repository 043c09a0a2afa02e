"""How the secondments of the demo are seen afterwards, by each of the three."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from secondments.actions import evaluations

if TYPE_CHECKING:
    from config.demo.stories import Teller
    from secondments.models import Evaluation

# By party, twice each: what worked, skills gained, what shows that objectives are met.
LOOKING_BACK = {
    "host": [
        (
            "We gave real work from the first week. Access to our systems came ten days late; that was ours.",
            "Runs meetings of several teams now, and our planning board without help.",
            "We use the result every week.",
        ),
        (
            "The aims were clear and nobody had to be chased. Two of us would have liked more time for handing over.",
            "Presented to our board twice, the second time alone.",
            "Handed over with notes, and accepted by the team lead.",
        ),
    ],
    "line_manager": [
        (
            "Contact every month kept us close. Cover for the post was thin in the last weeks.",
            "Plans further ahead than before, and brings the host's people to the table.",
            "I read the final report and talked it through.",
        ),
        (
            "The dates held, and we heard early what had changed. The first invoice took long to be agreed.",
            "Speaks to a board as if it were the team meeting.",
            "Shown to our team on the last visit.",
        ),
    ],
    "secondee": [
        (
            "A good welcome and a buddy who had time. The first weeks without access were hard.",
            "Planning across organisations, and saying no to the right things.",
            "It is in the final report, chapter two.",
        ),
        (
            "I knew what was wanted of me, and who to ask. I heard little from home in the summer.",
            "Presenting to a board, and working with figures that are not mine.",
            "The plan and its reviews are in the shared folder.",
        ),
    ],
}


def look_back(story: Teller, evaluation: Evaluation) -> None:
    """One of the three looks back, each in words of their own; mostly they agree."""
    chance = Random(f"{story.plan.seed} {evaluation.party}")
    worked, skills, evidence = LOOKING_BACK[evaluation.party][story.plan.seed % 2]
    evaluations.complete(
        evaluation,
        by=evaluation.person,
        answers={
            "what_worked": worked,
            "skills": skills,
            "would_repeat": chance.random() < 0.85,
            **{name: chance.choice((3, 4, 4, 5)) for name in ("went", "supported", "worth")},
        },
        # How well skills were mastered, before and now.
        skills={
            row.pk: (row.now or 1, max(row.now or 1, (row.hoped or 4) - chance.choice((0, 0, 1))))
            for row in story.case.skills.all()
        },
        results={
            objective.pk: (chance.choice(("met", "met", "partly")), evidence)
            for objective in story.case.objectives.all()
        },
    )
