"""PDFs for reading that somebody asked for: a version, a comparison, the consolidated text. Made in a worker.

They are no papers and say so on each page; what was made is thrown away the next day.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from agreements import diff, pdf, policies, varying
from agreements.models import Agreement, Printout, Version
from agreements.states import PrintKind
from people import clock
from people.models import Person
from people.tasks import ask as ask_worker
from secondments.transitions import NotAllowed, Refused

log = logging.getLogger(__name__)

KEPT = timedelta(days=1)
TRIES = 3
MOST = 20  # waiting at a time, of one person


@transaction.atomic
def ask(
    agreement: Agreement,
    *,
    by: Person,
    kind: PrintKind,
    older: Version | None = None,
    newer: Version | None = None,
) -> Printout:
    """Ask for a PDF; the same one that was asked for and is there is given again."""
    if not policies.may_read(agreement, by):
        raise NotAllowed(_("The agreement is not part of what you may see in this case."))
    mine = Printout.objects.filter(asked_by=by)
    found = mine.filter(agreement=agreement, kind=kind, older=older, newer=newer).last()
    if found and kind != PrintKind.CONSOLIDATED:
        return found
    if mine.filter(made_at__isnull=True).count() >= MOST:
        raise Refused(_("Several PDFs that you asked for are still being made; wait a moment."))
    made = Printout.objects.create(
        agreement=agreement, kind=kind, older=older, newer=newer, asked_by=by, asked_at=clock.now()
    )
    transaction.on_commit(_ask_worker, robust=True)
    return made


def make_pending() -> int:
    """Make every PDF that was asked for; one that fails is tried a few times and then left."""
    made, failed = 0, set[int]()
    while True:
        with transaction.atomic():
            waiting = (
                Printout.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(made_at__isnull=True, attempts__lt=TRIES)
                .exclude(pk__in=failed)
                .select_related("agreement__current", "older", "newer")
                .order_by("asked_at", "pk")
                .first()
            )
            if waiting is None:
                return made
            waiting.attempts += 1
            try:
                with transaction.atomic():
                    waiting.content = _content(waiting)
                waiting.made_at = clock.now()
                made += 1
            except Exception:  # whatever it was, it is in the log and tried again
                log.exception("printout %s could not be made", waiting.pk)
                failed.add(waiting.pk)
            waiting.save(update_fields=["content", "made_at", "attempts"])


def sweep() -> int:
    """Throw away what was made or asked for more than a day ago."""
    return Printout.objects.filter(asked_at__lt=clock.now() - KEPT).delete()[0]


def _content(printout: Printout) -> bytes:
    moment = clock.now()
    match printout.kind:
        case PrintKind.COMPARISON:
            assert printout.older and printout.newer
            html = render_to_string("pdf/comparison.html", _comparison(printout) | {"moment": moment.isoformat()})
            return pdf.render_copy(html, created=moment)
        case PrintKind.CONSOLIDATED:
            terms = varying.consolidated(_case_of(printout.agreement))
            mark = _("Consolidated text – for reading; the signed papers bind")
        case _:
            assert printout.newer
            terms = printout.newer.content
            mark = _("Version %(n)d – for reading, not signed") % {"n": printout.newer.number}
    return pdf.render_reading_copy(terms, mark=mark, created=moment)


def _case_of(agreement: Agreement) -> Any:
    return type(agreement.secondment).objects.with_case_data().get(pk=agreement.secondment_id)


def _comparison(printout: Printout) -> dict[str, Any]:
    assert printout.older and printout.newer
    found = diff.compare(printout.older.content, printout.newer.content)
    return {
        "paper": printout.agreement,
        "older": printout.older,
        "newer": printout.newer,
        "changed": [clause for clause in found if clause.is_changed],
        "same": [clause for clause in found if not clause.is_changed],
    }


def _ask_worker() -> None:
    from agreements.tasks import make_documents

    ask_worker(make_documents)
