"""The page that says what was approved: made once, one page, in the files of the case, without what is home's."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from django.test import Client

from agreements import sheets
from people.models import Person
from secondments.actions import decisions, proposals
from secondments.models import Attachment, Proposal
from tests.cast import Cast


def test_approved_proposal_becomes_one_page_among_the_files(cast: Cast, sign_in: Callable[[Person], Client]) -> None:
    long = "Learn how Contoso plans. " * 120
    case = proposals.begin(
        by=cast.hr, seconder=cast.northwind, fields=cast.fields(purpose=long), objectives=cast.OBJECTIVES,
        proposal={"risks": "Only for home", "benefit_host": "A planner 🙂", "conditions": long},
    )  # fmt: skip
    case = proposals.submit(case, by=cast.hr)
    assert sheets.make_pending() == 0
    for decision in case.decisions.all():
        case = decisions.decide(decision, by=decision.decider, verdict=True)
    assert Proposal.objects.get(pk=case.pk).sheet_due_at
    assert (sheets.make_pending(), sheets.make_pending()) == (1, 0)
    file = Attachment.objects.get()
    client = sign_in(cast.contact)
    content = client.get(file.get_absolute_url()).content
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    ).stdout.decode()
    assert text.count("\f") == 1  # one page
    for words in ("Ana Duarte", "Planning lead", "Acceptance by the host", "Łukasz Żółkowski", "not an agreement"):
        assert words in text
    assert "Only for home" not in text
    assert (
        "What was approved stays"
        in sign_in(cast.hr).post(f"{file.get_absolute_url()}remove/", follow=True).content.decode()
    )
