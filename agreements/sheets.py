"""The one page that says what was approved: printed by a worker and kept among the files of the case.

It is no paper that anybody signs, and goes with the case when the case's data are erased.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from agreements import pdf
from people import clock
from secondments import substance
from secondments.actions import proposals
from secondments.models import Proposal, Secondment

log = logging.getLogger(__name__)

LONGEST = 420  # characters of one text, so that it stays one page


def make_pending() -> int:
    """Print every approved proposal that waits; returns how many were made. One that fails waits for the next sweep."""
    made, failed = 0, set[int]()
    while True:
        with transaction.atomic():
            waiting = (
                Proposal.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(sheet_due_at__isnull=False)
                .exclude(pk__in=failed)
                .order_by("sheet_due_at", "pk")
                .first()
            )
            if waiting is None:
                return made
            try:
                with transaction.atomic():
                    _make(Secondment.objects.with_case_data().get(pk=waiting.pk))
                made += 1
            except Exception:  # whatever it was, it is in the log and tried again
                log.exception("the approved proposal of case %s could not be printed", waiting.pk)
                failed.add(waiting.pk)


def _make(case: Secondment) -> None:
    moment = clock.now()
    html = render_to_string("pdf/proposal.html", _context(case) | {"moment": moment.isoformat(), "made_at": moment})
    proposals.keep_sheet(case, pdf.render_copy(html, created=moment))
    Proposal.objects.filter(pk=case.pk).update(sheet_due_at=None)


def _context(case: Secondment) -> dict[str, Any]:
    """Rows for everybody, cut where they are long, and the three decisions."""
    more = _(" … (the whole text stands in the case)")
    rows = [
        (row.label, Truncator(row.text).chars(LONGEST, truncate=more))
        for row in substance.rows(case)
        if row.readers == substance.ALL and row.name != "recharge"  # which is not for everybody who reads the page
    ]
    decided = case.decisions.filter(revision=case.revision).select_related("decided_by").order_by("decided_at")
    return {"case": case, "rows": rows, "decisions": decided}
