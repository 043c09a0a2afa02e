"""The clause library of an organisation: read by its members, edited by its HR, exported and brought as JSON."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agreements import clauses, diff, editions
from agreements.clauses import Clause
from agreements.forms.clause_library import BringForm, ClauseTextForm
from agreements.models import ClauseText
from people.access import Denied, PersonRequest
from people.forms.base import Reason
from people.models import Organisation
from people.views import scope as organisations
from secondments.transitions import Refused
from secondments.views import scope


def library(request: PersonRequest, key: str) -> HttpResponse:
    """All clauses: what each is for, in which packs it stands, whose wording it is."""
    found = organisations.own(request, key)
    language = _language(request)
    rows = list(editions.of(found, language).values())
    own = {row.key: row for row in ClauseText.objects.filter(organisation=found, language=language).newest()}
    context = {
        "organisation": found,
        "tabs": organisations.tabs(request.user, found),
        "rows": [(clause, own.get(clause.key), [clause.need(pack) for pack in PACKS]) for clause in rows],
        "retired": [row for row in own.values() if row.is_retired],
        "may_edit": editions.may_edit(found, request.user),
        "language": language,
        "languages": list(clauses.languages()),
    }
    return render(request, "agreements/library.html", context)


PACKS = ("short", "internal", "external", "international")


def clause(request: PersonRequest, key: str, clause_key: str) -> HttpResponse:
    """One clause as a paper would show it, its parameters, its editions and what each changed."""
    found = organisations.own(request, key)
    language = _language(request)
    present = editions.of(found, language).get(clause_key)
    rows = list(
        ClauseText.objects.filter(organisation=found, language=language, key=clause_key).select_related("made_by")
    )
    if present is None and not rows:
        raise Http404
    shown = present or editions.clause_of(rows[0], found)
    context = {
        "organisation": found,
        "tabs": organisations.tabs(request.user, found),
        "clause": shown,
        "is_retired": present is None,
        "needs": list(zip(PACKS, [shown.need(pack) for pack in PACKS], strict=True)),
        "preview": _preview(shown),
        "editions": list(_with_changes(rows, clauses.catalogue().get(clause_key))),
        "may_edit": editions.may_edit(found, request.user),
        "may_change_locked": editions.may_change_locked(found, request.user),
        "language": language,
    }
    return render(request, "agreements/library_clause.html", context)


def _with_changes(rows: list[ClauseText], built_in: Clause | None) -> Any:
    """Each edition with the words that it changed against the one before; the first against the built-in text."""
    texts = ["\n".join(row.content["paragraphs"]) for row in rows]
    texts.append("\n".join(built_in.paragraphs) if built_in else "")
    for place, row in enumerate(rows):
        yield row, diff.words(texts[place + 1], texts[place])


def _preview(shown: Clause) -> list[str]:
    """The paragraphs with defaults filled in, and what is asked of the case or the parties in brackets."""
    values = {p.name: p.default or f"[{p.label}]" for p in shown.parameters}
    return [clauses.fill(paragraph, shown, values) for paragraph in shown.paragraphs]


def edit(request: PersonRequest, key: str, clause_key: str = "") -> HttpResponse:
    """Write the next edition of a clause, or a new clause; a preview is shown before anything is kept."""
    found = _editable(request, key)
    language = _language(request)
    present = editions.of(found, language).get(clause_key) if clause_key else None
    if clause_key and present is None:
        raise Http404
    last = ClauseText.objects.filter(organisation=found, language=language, key=clause_key).first()
    form = ClauseTextForm(request.POST or None, clause=present, seen=last.number if last else 0)
    preview: list[str] = []
    if request.method == "POST" and form.is_valid():
        data = form.data_of()
        wrong = clauses.faults(data)
        if wrong:
            for sentence in wrong:
                form.add_error(None, sentence)
        elif "preview" in request.POST:
            preview = _preview(Clause.from_data(data))
        else:
            try:
                made = editions.save(
                    found, data, by=request.user, note=form.cleaned_data["note"], language=language,
                    seen=form.cleaned_data["seen"],
                )  # fmt: skip
            except Refused as refused:
                scope.explain(form, refused)
            else:
                messages.success(
                    request, _("Edition %(n)d is saved. Papers that exist keep theirs.") % {"n": made.number}
                )
                return redirect("library_clause", found.key, made.key)
    context = {
        "organisation": found,
        "tabs": organisations.tabs(request.user, found),
        "form": form,
        "clause": present,
        "preview": preview,
        "language": language,
    }
    return render(request, "agreements/library_edit.html", context)


def retire(request: PersonRequest, key: str, clause_key: str) -> HttpResponse:
    """Take a clause out of the library."""
    found = _editable(request, key)
    present = editions.of(found, _language(request)).get(clause_key)
    if present is None:
        raise Http404
    form = Reason(request.POST or None, label=_("Why is it taken out?"))
    if request.method == "POST" and form.is_valid():
        try:
            editions.retire(
                found, clause_key, by=request.user, note=form.cleaned_data["reason"], language=_language(request)
            )
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The clause is taken out; papers that have it keep it."))
            return redirect("clause_library", found.key)
    heading = _("Take “%(title)s” out of the library") % {"title": present.title}
    return organisations.ask(
        request, form, heading=heading, lead=_("New papers do without it."), button=_("Take it out"),
        crumbs=organisations.crumbs(found),
    )  # fmt: skip


def export(request: PersonRequest, key: str) -> HttpResponse:
    """The library as JSON."""
    found = organisations.own(request, key)
    response = HttpResponse(editions.export(found, _language(request)), content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="clauses.json"'
    return response


def bring(request: PersonRequest, key: str) -> HttpResponse:
    """Bring a library: first what it would change, then all of it or nothing."""
    found = _editable(request, key)
    form = BringForm(request.POST or None, request.FILES or None)
    kinds: dict[str, list[str]] | None = None
    if request.method == "POST" and form.is_valid():
        raw = form.raw()
        try:
            language, rows = editions.read(raw)
            kinds = editions.differences(found, language, rows)
            if "write" in request.POST:
                count = editions.bring(found, raw, by=request.user, note=form.cleaned_data["note"])
                messages.success(request, _("%(n)d clauses are taken over.") % {"n": count})
                return redirect("clause_library", found.key)
        except Refused as refused:
            kinds = None
            scope.explain(form, refused)
        else:
            form = BringForm(
                initial={"note": form.cleaned_data["note"], "kept": json.dumps(json.loads(raw.decode("utf-8-sig")))}
            )
    context = {"organisation": found, "tabs": organisations.tabs(request.user, found), "form": form, "kinds": kinds}
    return render(request, "agreements/library_import.html", context)


def _editable(request: PersonRequest, key: str) -> Organisation:
    found = organisations.own(request, key)
    if not editions.may_edit(found, request.user):
        raise Denied(_("Only HR of %(organisation)s edits its clauses.") % {"organisation": found})
    return found


def _language(request: PersonRequest) -> str:
    wanted = request.GET.get("language", "en")
    return wanted if wanted in clauses.languages() else "en"
