"""Importing people and organisations: upload, columns, what would become of each row, writing, undoing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from people.access import PersonRequest, fetch, require_hr
from people.forms.imports import ColumnsForm, SheetForm, UploadForm
from people.imports import batches, columns, examples, lines, runs
from people.imports.batches import NotNow
from people.imports.files import Unreadable
from people.models import Fate, ImportBatch, ImportRow, ImportState, Organisation
from people.roles import Role
from people.tasks import ask, run_imports

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STOPPED = "stopped"


@require_hr
def start(request: PersonRequest) -> HttpResponse:
    """Choose a file; below, what was imported before."""
    own = Organisation.objects.filter(pk__in=request.user.organisations_as(Role.HR)).order_by("legal_name", "pk")
    form = UploadForm(request.POST or None, request.FILES or None, organisations=own)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = batches.begin(
                by=request.user,
                organisation=form.chosen(),
                kind=form.cleaned_data["kind"],
                file_name=file.name,
                content=file.read(),
            )
        except Unreadable as fault:
            form.add_error("file", str(fault))
        else:
            return redirect("import_columns", batch.key)
    return render(request, "people/import.html", {"form": form, "page": _earlier(request)})


def _earlier(request: PersonRequest) -> Page:
    found = ImportBatch.objects.visible_to(request.user).select_related("made_by", "organisation")
    return Paginator(found.defer("content", "preview", "made"), PAGE).get_page(request.GET.get("page"))


@require_hr
def example(request: PersonRequest, example: str) -> HttpResponse:
    """A file to start from."""
    kind, _point, form = example.partition(".")
    if kind not in examples.EXAMPLES or form not in ("csv", "xlsx"):
        raise Http404
    rows = examples.EXAMPLES[kind]
    if form == "csv":
        response = HttpResponse(examples.as_csv(rows), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(examples.as_workbook(rows), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{example}"'
    return response


def _fetch(request: PersonRequest, key: str) -> ImportBatch:
    found = ImportBatch.objects.visible_to(request.user).select_related("organisation", "made_by")
    return fetch(found.defer("content"), key=key)


def choose_columns(request: PersonRequest, key: str) -> HttpResponse:
    """Which column holds what; then the dry run begins."""
    found = _fetch(request, key)
    if found.state not in (ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED) or found.erased_at:
        return redirect(found)
    form = _columns_form(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            batches.check(found, by=request.user, mapping=form.mapping(), options=form.options())
        except NotNow as refusal:
            messages.error(request, str(refusal))
        else:
            ask(run_imports)
        return redirect(found)
    sheet_form = SheetForm(preview=found.preview)
    return _columns_page(request, found, form, sheet_form)


def _columns_form(request: PersonRequest, batch: ImportBatch) -> ColumnsForm:
    mapping, options = batches.remembered(batch)
    data = request.POST if request.method == "POST" and request.resolver_match.url_name == "import_columns" else None  # type: ignore[union-attr]
    return ColumnsForm(
        data or None,
        kind=batch.kind,
        labels=columns.labels(batch.kind),
        headers=batch.preview["headers"],
        order=batch.preview["order"],
        initial={**options, **mapping},
    )


def _columns_page(request: PersonRequest, batch: ImportBatch, form: ColumnsForm, sheet: SheetForm) -> HttpResponse:
    mapping, _options = batches.remembered(batch)
    headers = batch.preview["headers"]
    secret = {at for name, at in mapping.items() if name in columns.SECRET}
    sample = [
        [_("given") if n in secret and cell else cell for n, cell in enumerate(row)] for row in batch.preview["sample"]
    ]
    unused = [header for at, header in enumerate(headers) if at not in mapping.values()]
    return render(
        request,
        "people/import_columns.html",
        {
            "batch": batch,
            "form": form,
            "own": [form[name] for name in form.columns],
            "rest": [field for field in form if field.name not in form.columns],
            "sheet_form": sheet,
            "headers": headers,
            "sample": sample,
            "unused": unused,
        },
    )


@require_POST
def choose_sheet(request: PersonRequest, key: str) -> HttpResponse:
    """Look at another sheet of the file, or at another row of headers."""
    found = _fetch(request, key)
    if found.erased_at:
        return redirect(found)
    form = SheetForm(request.POST, preview=found.preview)
    if form.is_valid():
        try:
            batches.choose_sheet(
                found, sheet=form.cleaned_data.get("sheet", ""), header_row=form.cleaned_data.get("header_row")
            )
        except Unreadable as fault:
            form.add_error(None, str(fault))
        except NotNow as refusal:
            messages.error(request, str(refusal))
            return redirect(found)
        else:
            return redirect("import_columns", found.key)
    return _columns_page(request, found, _columns_form(request, found), form)


def batch(request: PersonRequest, key: str) -> HttpResponse:
    """Where an import stands: in work, checked with each row's fate, written, undone."""
    found = _fetch(request, key)
    if found.state == ImportState.MAPPING and not found.erased_at:
        return redirect("import_columns", found.key)
    fate = request.GET.get("fate", "")
    rows = found.rows.order_by("number")
    if fate == STOPPED:
        rows = rows.exclude(stopped="")
    elif fate in Fate.values:
        rows = rows.filter(fate=fate)
    page = Paginator(rows.defer("before", "after"), PAGE).get_page(request.GET.get("page"))
    labels = {**columns.labels(found.kind), "employment": _("joins the organisation"), lines.ROW: _("Row")}
    good = found.counts.get("new", 0) + found.counts.get("changed", 0)
    return render(
        request,
        "people/import_batch.html",
        {
            "batch": found,
            "page": page,
            "rows": [(row, _told(row, labels), _faults(row, labels)) for row in page],
            "fate": fate,
            "fates": [(value, label, found.counts.get(value, 0)) for value, label in Fate.choices],
            "good": good,
            "refused": found.counts.get("refused", 0),
            "can_undo": found.state == ImportState.WRITTEN and found.erased_at is None,
            **_progress(found),
        },
    )


def _progress(batch: ImportBatch) -> dict[str, int]:
    return {"done": runs.progress(batch) if batch.is_running else 0, "total": batch.preview.get("rows", 0) or 1}


def _told(row: ImportRow, labels: dict[str, str]) -> str:
    """What becomes of a row, in words; never what a salary is."""
    if row.fate == Fate.CHANGED:
        names = [labels.get(name, name) for name in row.changes]
        return _("changes %(what)s") % {"what": ", ".join(name[:1].lower() + name[1:] for name in names)}
    return str(Fate(row.fate).label)


def _faults(row: ImportRow, labels: dict[str, str]) -> list[tuple[str, str]]:
    return [(labels.get(name, name), sentence) for name, sentence in row.errors.items()]


def progress(request: PersonRequest, key: str) -> HttpResponse:
    """The bar alone, asked for again and again; when the work is done the whole page is read anew."""
    found = _fetch(request, key)
    if not found.is_running:
        return HttpResponseClientRefresh()
    return render(request, "people/_import_progress.html", {"batch": found, **_progress(found)})


def errors(request: PersonRequest, key: str) -> StreamingHttpResponse:
    """All that is wrong, by row and column, to be mended in the file."""
    found = _fetch(request, key)
    labels = {**columns.labels(found.kind), lines.ROW: _("Row")}
    headers = {name: found.preview["headers"][at] for name, at in found.mapping.items() if found.preview["headers"]}
    response = StreamingHttpResponse(_error_lines(found, labels, headers), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="errors.csv"'
    return response


def _error_lines(batch: ImportBatch, labels: dict[str, str], headers: dict[str, str]) -> Iterator[bytes]:
    yield examples.as_csv([[_("Row"), _("Column in your file"), _("What it holds"), _("Who"), _("What is wrong")]])
    rows = batch.rows.exclude(errors={}).order_by("number").defer("before", "after")
    for row in rows.iterator(500):
        who = row.values.get("email") or row.values.get("legal_name") or ""
        cells: list[list[Any]] = [
            [row.number, headers.get(name, ""), labels.get(name, name), who, sentence]
            for name, sentence in row.errors.items()
        ]
        yield examples.as_csv(cells).removeprefix(b"\xef\xbb\xbf")


@require_POST
def write(request: PersonRequest, key: str) -> HttpResponse:
    """Write all rows, or the good ones."""
    found = _fetch(request, key)
    try:
        batches.write(found, by=request.user, whole_file="good_rows" not in request.POST)
    except NotNow as refusal:
        messages.error(request, str(refusal))
    else:
        ask(run_imports)
    return redirect(found)


def undo(request: PersonRequest, key: str) -> HttpResponse:
    """Say what undoing means, then do it."""
    found = _fetch(request, key)
    if request.method == "POST":
        try:
            batches.undo(found, by=request.user)
        except NotNow as refusal:
            messages.error(request, str(refusal))
        else:
            ask(run_imports)
        return redirect(found)
    if found.state != ImportState.WRITTEN:
        return redirect(found)
    return render(request, "people/import_undo.html", {"batch": found})
