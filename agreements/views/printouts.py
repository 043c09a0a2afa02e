"""PDFs for reading: asked for here, made by a worker, fetched when they are there."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from agreements import printing, scopes
from agreements.models import Printout
from agreements.states import PrintKind
from agreements.views.scope import paper
from people.access import PersonRequest, fetch
from secondments.transitions import Refused
from secondments.views import scope


@require_POST
def comparison(request: PersonRequest, key: str, number: int, older: int, newer: int) -> HttpResponse:
    """Ask for what changed between two versions as a PDF."""
    agreement = paper(request, key, number)
    versions = scopes.versions_of(agreement, request.user)
    try:
        made = printing.ask(
            agreement, by=request.user, kind=PrintKind.COMPARISON,
            older=fetch(versions, number=older), newer=fetch(versions, number=newer),
        )  # fmt: skip
    except Refused as refused:
        scope.tell(request, refused)
        return redirect("compare_versions", key, number, older, newer)
    return redirect("printout", key, number, made.key)


@require_GET
def printout(request: PersonRequest, key: str, number: int, printout: str) -> HttpResponse:
    """Whether the PDF is there; the page looks again by itself."""
    found = _mine(request, key, printout)
    template = "agreements/_printout.html" if request.htmx else "agreements/printout.html"
    return render(
        request, template, {"printout": found, "agreement": found.agreement, "case": found.agreement.secondment}
    )


@require_GET
def file(request: PersonRequest, key: str, number: int, printout: str) -> HttpResponse:
    """The PDF itself."""
    found = _mine(request, key, printout)
    if found.made_at is None:
        raise Http404
    response = HttpResponse(bytes(found.content), content_type="application/pdf")
    name = f"{found.agreement.reference.replace('/', '-')}-{found.kind}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _mine(request: PersonRequest, key: str, printout: str) -> Printout:
    case = scope.case(request, key)
    found = fetch(
        scopes.printouts(request.user).filter(agreement__secondment=case).select_related("agreement"), key=printout
    )
    found.agreement.secondment = case
    return found
