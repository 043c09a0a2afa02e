"""A statement of what the host pays, as a PDF: one page that is printed while the reader waits."""

from __future__ import annotations

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from agreements import pdf
from people import clock
from people.access import PersonRequest
from secondments.models import RechargeTerms
from secondments.policies import parts_of
from secondments.views import costs


@require_GET
def statement(request: PersonRequest, key: str, number: int) -> HttpResponse:
    case, charge = costs.charge_of(request, key, number)
    moment = clock.now()
    context = {
        "case": case,
        "charge": charge,
        "lines": costs.shown(charge, parts_of(case, request.user)),
        "terms": RechargeTerms.objects.filter(secondment=case).first(),
        "moment": moment.isoformat(),
    }
    content = pdf.render_copy(render_to_string("pdf/statement.html", context), created=moment)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{case.reference}-{charge.number}.pdf"'
    return response
