"""HR prepares the terms: answers, wordings, clauses and schedules; the host may bring its own paper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from agreements import clauses, composing, drafting, editions, negotiation, policies, proposing
from agreements.clauses import Clause
from agreements.composing import Matter
from agreements.forms.terms import (
    ClauseForm,
    EncloseForm,
    FreeClauseForm,
    NoteForm,
    QuestionsForm,
    ScheduleForm,
    as_text,
    paragraphs_of,
)
from agreements.models import Agreement
from agreements.states import EDITABLE, PaperKind, ProposalState
from agreements.views.scope import editor, paper
from people.access import Denied, PersonRequest
from secondments.transitions import Refused
from secondments.views import scope


@require_POST
def share(request: PersonRequest, key: str, number: int) -> HttpResponse:
    agreement = paper(request, key, number)
    try:
        negotiation.share(agreement, by=request.user)
    except Refused as refused:
        scope.tell(request, refused)
    else:
        messages.success(request, _("The terms are with the other parties."))
    return redirect(agreement.get_absolute_url())


def clause_of(agreement: Agreement, key: str) -> tuple[Matter, Clause]:
    """The definition of a clause as the paper has it, or 404."""
    assert agreement.current
    matter = Matter.of(agreement.current)
    if key not in matter.by_key:
        raise Http404
    return matter, matter.by_key[key]


def edit_clause(request: PersonRequest, key: str, number: int, clause_key: str) -> HttpResponse:
    """HR changes one clause: its answers and its wording; legal wording then needs a legal approver."""
    agreement = editor(request, paper(request, key, number))
    matter, clause = clause_of(agreement, clause_key)
    current = agreement.current
    assert current
    form = ClauseForm(
        request.POST or None,
        clause=clause,
        values=matter.values.get(clause_key, {}),
        wording=matter.paragraphs(clause),
        initial={"seen_version": current.number},
    )
    asked = list(
        agreement.change_requests.filter(clause_key=clause_key, state=ProposalState.OPEN).exclude(party="seconder")
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = _save_clause(agreement, form, request, asked)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Version %(n)d of the terms is made.") % {"n": made})
            return redirect(f"{agreement.get_absolute_url()}#clause-{clause_key}")
    context = {
        "agreement": agreement,
        "case": agreement.secondment,
        "clause": clause,
        "form": form,
        "asked": asked,
        "preview": _filled(agreement, matter, clause, matter.values.get(clause_key, {}), matter.paragraphs(clause)),
    }
    return render(request, "agreements/edit_clause.html", context)


def _save_clause(agreement: Agreement, form: ClauseForm, request: PersonRequest, asked: list[Any]) -> int:
    found = form.cleaned_data
    made = negotiation.edit_clause(
        agreement,
        by=request.user,
        key=form.clause.key,
        values=form.answers(),
        wording=form.paragraphs(),
        note=found["note"],
        seen_version=found["seen_version"],
    )
    for change in asked:
        if str(change.pk) in request.POST.getlist("accepts"):
            proposing.accept(change, by=request.user, answer=found["note"], version=made)
    return made.number


@require_POST
def preview_clause(request: PersonRequest, key: str, number: int, clause_key: str) -> HttpResponse:
    """How a clause reads with what stands in the form now, while it is being typed; nothing is kept."""
    agreement = paper(request, key, number)
    matter, clause = clause_of(agreement, clause_key)
    if not policies.may_comment(agreement, request.user):
        raise Denied(_("You cannot ask for changes to these terms."))
    form = ClauseForm(request.POST, clause=clause, values={}, wording=[])
    form.is_valid()
    given = {
        name: as_text(form.cleaned_data.get(f"answer_{name}"))
        for name in (n.removeprefix("answer_") for n in form.answer_names)
    }
    wording = paragraphs_of(request.POST.get("wording", "")[:50_000]) or matter.paragraphs(clause)
    return render(
        request, "agreements/_clause_text.html", {"clause": _filled(agreement, matter, clause, given, wording)}
    )


def _filled(
    agreement: Agreement, matter: Matter, clause: Clause, given: dict[str, str], wording: list[str]
) -> dict[str, Any]:
    known = composing.facts_of(agreement, matter)
    place = next((n for n, row in enumerate(matter.clauses, start=1) if row.key == clause.key), 1)
    like = Matter(clauses=(clause,), values={clause.key: given}, wordings={clause.key: wording})
    return composing.clause_terms(place, clause, like, known)


def questions(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """All open questions on one page, grouped by who can answer; each answers its own, HR any."""
    agreement = paper(request, key, number)
    person, current = request.user, agreement.current
    assert current
    is_editor = policies.may_edit(agreement, person)
    party = policies.party_of(agreement, person)
    if party is None or not (is_editor or policies.may_ask_for_change(agreement, person)):
        raise Denied(_("You cannot answer questions about these terms."))
    rows = drafting.open_questions(agreement, current) if agreement.state in EDITABLE else []
    mine = [row for row in rows if not row[1].is_fixed and (is_editor or drafting.asked_of(row[1]) == party)]
    form = QuestionsForm(request.POST or None, rows=mine, initial={"seen_version": current.number})
    if request.method == "POST" and form.is_valid():
        try:
            made = negotiation.answer(
                agreement, by=person, answers=form.answers(), seen_version=form.cleaned_data["seen_version"]
            )
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Version %(n)d of the terms is made.") % {"n": made.number})
            return redirect(f"{agreement.get_absolute_url()}")
    bound = {(clause.key, parameter.name): form[f"{clause.key}.{parameter.name}"] for clause, parameter in mine}
    context = {
        "agreement": agreement,
        "case": agreement.secondment,
        "form": form,
        "groups": [
            (who, label, [(c, p, bound.get((c.key, p.name))) for c, p in rows if drafting.asked_of(p) == who])
            for who, label in ASKED
        ],
        "is_editor": is_editor,
        "any": bool(rows),
        "may_send": bool(mine),
    }
    return render(request, "agreements/questions.html", context)


ASKED = (
    ("seconder", gettext_lazy("For the seconder")),
    ("host", gettext_lazy("For the host")),
    ("secondee", gettext_lazy("For the secondee")),
    ("case", gettext_lazy("Missing in the case itself")),
)


def clauses_of(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """The clauses of the paper and those of the library that it could take in."""
    agreement = editor(request, paper(request, key, number))
    current = agreement.current
    assert current
    matter = Matter.of(current)
    library = editions.of(agreement.secondment.seconder, agreement.language)
    context = {
        "agreement": agreement,
        "case": agreement.secondment,
        "version": current,
        "present": [
            (clause, clause.need(agreement.pack) == clauses.REQUIRED or clause.locked) for clause in matter.clauses
        ],
        "others": [
            (clause, clause.need(agreement.pack)) for clause in library.values() if clause.key not in matter.by_key
        ],
        "schedules": list(enumerate(current.schedules, start=1)),
        "may_enclose": agreement.kind == PaperKind.AGREEMENT,
    }
    return render(request, "agreements/clauses.html", context)


def add_clause(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """A clause written for this paper alone."""
    agreement = editor(request, paper(request, key, number))
    assert agreement.current
    form = FreeClauseForm(request.POST or None, initial={"seen_version": agreement.current.number})
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            negotiation.add_clause(
                agreement, by=request.user, title=found["title"], paragraphs=form.paragraphs(),
                note=found["note"], seen_version=found["seen_version"],
            )  # fmt: skip
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The clause is added."))
            return redirect("paper_clauses", agreement.secondment.key, agreement.address)
    return _page(request, agreement, form, _("Add a clause"), _("Add the clause"))


def take_in(request: PersonRequest, key: str, number: int, clause_key: str) -> HttpResponse:
    """Take a clause of the library into the paper."""
    agreement = editor(request, paper(request, key, number))
    assert agreement.current
    found = editions.of(agreement.secondment.seconder, agreement.language).get(clause_key)
    if found is None or clause_key in Matter.of(agreement.current).by_key:
        raise Http404
    form = NoteForm(request.POST or None, initial={"seen_version": agreement.current.number})
    if request.method == "POST" and form.is_valid():
        try:
            negotiation.take_in(agreement, by=request.user, clause=found, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The clause is added."))
            return redirect("paper_clauses", agreement.secondment.key, agreement.address)
    return _page(request, agreement, form, _("Add “%(title)s”") % {"title": found.title}, _("Add the clause"), found)


def leave_out(request: PersonRequest, key: str, number: int, clause_key: str) -> HttpResponse:
    """Take a clause that is not required out of the paper."""
    agreement = editor(request, paper(request, key, number))
    assert agreement.current
    _matter, clause = clause_of(agreement, clause_key)
    form = NoteForm(request.POST or None, initial={"seen_version": agreement.current.number})
    if request.method == "POST" and form.is_valid():
        try:
            negotiation.leave_out(agreement, by=request.user, key=clause_key, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The clause is left out."))
            return redirect("paper_clauses", agreement.secondment.key, agreement.address)
    heading = _("Leave out “%(title)s”") % {"title": clause.title}
    return _page(request, agreement, form, heading, _("Leave the clause out"), clause)


def schedule(request: PersonRequest, key: str, number: int, place: int) -> HttpResponse:
    """A schedule written by hand; place 0 is a new one."""
    agreement = editor(request, paper(request, key, number))
    current = agreement.current
    assert current
    if place > len(current.schedules):
        raise Http404
    present = current.schedules[place - 1] if place else {}
    lines = present.get("paragraphs") or [
        " | ".join(row) for row in ([present["columns"], *present["rows"]] if "columns" in present else [])
    ]
    initial = {"seen_version": current.number, "title": present.get("title", ""), "wording": "\n".join(lines)}
    form = ScheduleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        found = form.schedule()
        rows = list(current.schedules)
        if place:
            rows[place - 1 : place] = [found] if found else []
        elif found:
            rows.append(found)
        try:
            negotiation.set_schedules(
                agreement, by=request.user, schedules=rows, note=form.cleaned_data["note"],
                seen_version=form.cleaned_data["seen_version"],
            )  # fmt: skip
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The schedules are changed."))
            return redirect("paper_clauses", agreement.secondment.key, agreement.address)
    heading = _("Edit the schedule") if place else _("Add a schedule")
    return _page(request, agreement, form, heading, _("Save the schedule"))


def enclose(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """Bring the host's own paper, in place of the clauses."""
    agreement = paper(request, key, number)
    assert agreement.current
    if not policies.may_enclose(agreement, request.user):
        raise Denied(_("The host's own paper is brought by the host, or by HR of the seconder."))
    if agreement.state not in EDITABLE:
        raise Denied(_("The terms can no longer be edited: the paper is out for signature or has ended."))
    form = EncloseForm(request.POST or None, request.FILES or None, initial={"seen_version": agreement.current.number})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > negotiation.LARGEST_PAPER:
                form.add_error("file", _("The file is larger than 5 MB."))
            else:
                negotiation.enclose(
                    agreement, by=request.user, name=file.name, content=file.read(),
                    note=form.cleaned_data["note"], seen_version=form.cleaned_data["seen_version"],
                )  # fmt: skip
        except Refused as refused:
            scope.explain(form, refused)
        if not form.errors:
            messages.success(request, _("The paper is taken over; a legal approver has to agree to it."))
            return redirect(agreement.get_absolute_url())
    lead = _("The clauses are replaced by this file. It is attached to what is signed, exactly as it is.")
    return _page(request, agreement, form, _("Use the host's own paper"), _("Use this paper"), lead=lead, has_file=True)


@require_GET
def enclosure(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """The host's own paper as it was brought."""
    agreement = paper(request, key, number)
    assert agreement.current
    if agreement.current.enclosure_id is None:
        raise Http404
    found = agreement.documents.get(pk=agreement.current.enclosure_id)
    response = HttpResponse(bytes(found.content), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="terms-of-the-host.pdf"'
    return response


def _page(
    request: PersonRequest,
    agreement: Agreement,
    form: Any,
    heading: str,
    button: str,
    clause: Clause | None = None,
    *,
    lead: str = "",
    has_file: bool = False,
) -> HttpResponse:
    """One form about a paper."""
    context = {
        "agreement": agreement,
        "case": agreement.secondment,
        "form": form,
        "heading": heading,
        "button": button,
        "clause": clause,
        "lead": lead,
        "has_file": has_file,
    }
    return render(request, "agreements/form_page.html", context)
