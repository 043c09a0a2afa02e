"""Papers of one page that are printed while the reader waits: a statement of what the host pays, the review."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from agreements import pdf
from people import clock
from people.access import Denied, PersonRequest
from secondments import review_tables, scopes, statements
from secondments.models import RechargeTerms
from secondments.policies import may_run, parts_of
from secondments.views import closing, costs


@require_GET
def statement(request: PersonRequest, key: str, number: int) -> HttpResponse:
    case, charge = costs.charge_of(request, key, number)
    moment = clock.now()
    context = {
        "case": case,
        "charge": charge,
        "lines": statements.lines(charge, parts_of(case, request.user)),
        "tables": statements.tables(charge, parts_of(case, request.user)),
        "terms": RechargeTerms.objects.filter(secondment=case).first(),
    }
    return _file("pdf/statement.html", context, f"{case.reference}-{charge.number}.pdf", moment)


@require_GET
def final(request: PersonRequest, key: str) -> HttpResponse:
    """The final statement: every period with its invoice and state, and the sums; from the last day on."""
    case = costs.case_of(request, key)
    if not costs.is_final(case):
        raise Denied(_("The final statement is made when the last day has passed."))
    rows = list(scopes.charges(request.user).filter(secondment=case).order_by("number"))
    terms = RechargeTerms.objects.filter(secondment=case).first()
    context = {"case": case, "rows": rows, "sums": costs.sums(rows), "terms": terms}
    return _file("pdf/final_statement.html", context, f"{case.reference}-final.pdf", clock.now())


def _file(template: str, context: dict[str, Any], name: str, moment: datetime) -> HttpResponse:
    content = pdf.render_copy(render_to_string(template, context | {"moment": moment.isoformat()}), created=moment)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
def review(request: PersonRequest, key: str) -> HttpResponse:
    """How the secondment was seen by the three, on one page; for who evaluates once they are released, and HR."""
    case, evaluations = closing.review_of(request, key)
    if not case.is_released and not may_run(case, request.user):
        raise Denied(_("The review is printed when HR has released the evaluations or has concluded it."))
    moment = clock.now()
    context = {"case": case, "table": review_tables.of(case, evaluations)}
    return _file("pdf/review.html", context, f"{case.reference}-review.pdf", moment)
