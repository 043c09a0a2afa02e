"""The public page on which anybody learns whether a file is genuine."""

from __future__ import annotations

import re

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from agreements import documents, sealing, verification
from agreements.forms.terms import VerifyForm
from people.access import sender

PER_MINUTE = 30
SHA256 = re.compile(r"[0-9a-f]{64}")


@login_not_required
def verify(request: HttpRequest) -> HttpResponse:
    """Drop a file: its hash, made in the browser, is looked up; one that is not known is examined if it is sent.

    Nothing that is sent is kept. Without JavaScript the file itself is sent at once.
    """
    form = VerifyForm(request.POST or None, request.FILES or None)
    verdict, status = None, 200
    sha256 = request.POST.get("sha256", "").lower()
    if request.method == "POST":
        if not _within_rate(request):
            form.add_error(None, _("Too many files in a short time; wait a minute."))
            status = 429
        elif not request.FILES and SHA256.fullmatch(sha256):
            form = VerifyForm()
            verdict = verification.of_hash(sha256)
        elif form.is_valid():
            file = form.cleaned_data["file"]
            if file.size > verification.LIMIT:
                form.add_error("file", _("The file is larger than 5 MB; agreements made here are much smaller."))
            else:
                verdict = verification.of_file(file.read())
    context = {
        "form": form,
        "verdict": verdict,
        "is_by_hash": verdict is not None and not request.FILES,
        "fingerprint": sealing.pem_fingerprint(documents.certificate()),
    }
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
