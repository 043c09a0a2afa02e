"""Importing people: upload, look at each row's fate, write."""

from __future__ import annotations

from base64 import b64decode, b64encode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import PersonRequest, require_hr
from people.forms.people import ImportForm
from people.imports import people_csv

KEPT = "import_file"  # the uploaded file waits in the session between the dry run and the writing


@require_hr
def upload(request: PersonRequest) -> HttpResponse:
    """Choose a file; the dry run follows, nothing is written."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        reading = people_csv.read(content, by=request.user)
        if reading.fault:
            form.add_error("file", reading.fault)
        else:
            request.session[KEPT] = b64encode(content).decode()
            return redirect("import_check")
    return render(
        request, "people/import.html", {"form": form, "columns": people_csv.COLUMNS, "required": people_csv.REQUIRED}
    )


@require_hr
def check(request: PersonRequest) -> HttpResponse:
    """What would become of each row; then write the whole file, if it is good."""
    kept = request.session.get(KEPT)
    if not kept:
        return redirect("import_people")
    reading = people_csv.read(b64decode(kept), by=request.user)
    if request.method == "POST" and reading.is_good:
        counts = people_csv.write(reading, by=request.user)
        del request.session[KEPT]
        messages.success(request, _("Imported: %(new)d new people, %(updated)d updated.") % counts)
        return redirect("people")
    return render(request, "people/import_check.html", {"reading": reading})


@require_hr
def example(request: PersonRequest) -> HttpResponse:
    """A file to start from."""
    response = HttpResponse("\r\n".join(people_csv.example()) + "\r\n", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="people.csv"'
    return response
