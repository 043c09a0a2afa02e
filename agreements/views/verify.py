"""The public page on which anybody learns whether a file is genuine."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from agreements import documents, sealing, verification
from agreements.forms.terms import VerifyForm
from people.access import sender

PER_MINUTE = 30


@login_not_required
def verify(request: HttpRequest) -> HttpResponse:
    """Drop a file: its hash is looked up; a file that is not known is examined for our seal, and not kept."""
    form = VerifyForm(request.POST or None, request.FILES or None)
    verdict, status = None, 200
    if request.method == "POST":
        if not _within_rate(request):
            form.add_error(None, _("Too many files in a short time; wait a minute."))
            status = 429
        elif form.is_valid():
            file = form.cleaned_data["file"]
            if file.size > verification.LIMIT:
                form.add_error("file", _("The file is larger than 5 MB; agreements made here are much smaller."))
            else:
                verdict = verification.of_file(file.read())
    context = {"form": form, "verdict": verdict, "fingerprint": sealing.pem_fingerprint(documents.certificate())}
    template = "agreements/_verdict.html" if getattr(request, "htmx", False) else "agreements/verify.html"
    return render(request, template, context, status=status)


@login_not_required
def certificate(request: HttpRequest) -> HttpResponse:
    """The seal's certificate, so that the check does not depend on this page."""
    response = HttpResponse(documents.certificate(), content_type="application/x-pem-file")
    response.headers["Content-Disposition"] = 'attachment; filename="tripartite-seal.pem"'
    return response


def _within_rate(request: HttpRequest) -> bool:
    key = f"verify:{sender(request)}"
    cache.add(key, 0, 60)
    try:
        return cache.incr(key) <= PER_MINUTE
    except ValueError:  # without the cache the page still answers; each check is bounded by itself
        return True
