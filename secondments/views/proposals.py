"""Writing a proposal: begin it, its sections, what stands beside them, check answers, submit."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import clock
from people.access import Denied, PersonRequest, fetch, require_hr
from people.forms.base import Reason
from people.models import Employment, Organisation, Person
from people.roles import Role
from secondments import eligibility, facts, guards, policies, scopes, substance, transitions
from secondments.actions import copying, estimates, proposals
from secondments.choices import Part
from secondments.forms.proposal import Start, TemplateName
from secondments.forms.rows import clean_text
from secondments.forms.section import Section, saves
from secondments.forms.sections import PLACE_OF, SECTIONS, shown_for
from secondments.models import Idea, Override, Secondment, Template
from secondments.transitions import Refused
from secondments.views import scope

OFFERED = 500  # colleagues whose names the browser offers while one types
EARLIER = 30  # cases that one may begin from


@require_hr
def new(request: PersonRequest) -> HttpResponse:
    """Begin a proposal for an organisation whose HR one is: blank, from a template, or from an earlier case."""
    own = Organisation.objects.filter(pk__in=request.user.organisations_as(Role.HR)).order_by("legal_name", "pk")
    start = Start(request.POST or request.GET)
    if not start.is_valid():
        raise Http404
    key = start.cleaned_data["seconder"]
    seconder = fetch(own, key=key) if key else own[0]
    if request.method == "POST":
        case = _begin(request, seconder, start.cleaned_data["source"])
        return redirect("edit_proposal", key=case.key)
    earlier = (
        Secondment.objects.visible_to(request.user)
        .filter(seconder=seconder, submitted_at__isnull=False)
        .with_list_data()
        .order_by("-pk")[:EARLIER]
    )
    context = {
        "own": own,
        "seconder": seconder,
        "templates": Template.objects.visible_to(request.user).filter(organisation=seconder)[:100],
        "earlier": earlier,
        "ideas": Idea.objects.visible_to(request.user).open().filter(seconder=seconder).count(),
    }
    return render(request, "secondments/new.html", context)


def _begin(request: PersonRequest, seconder: Organisation, source: str) -> Secondment:
    kind, _colon, key = source.partition(":")
    if kind == "template":
        template = fetch(Template.objects.visible_to(request.user), key=key, organisation=seconder)
        return copying.from_template(template, by=request.user)
    if kind == "case":
        case = scope.case(request, key)
        if case.seconder_id != seconder.pk or not policies.may_run(case, request.user):
            raise Denied(_("Only HR of the seconder begins from its cases."))
        return copying.from_case(case, by=request.user)
    return proposals.begin(by=request.user, seconder=seconder)


def edit(request: PersonRequest, key: str) -> HttpResponse:
    """The task list: the sections in any order, and what stands beside them."""
    case = _draft(request, key)
    return render(request, "secondments/proposal.html", {"case": case, **_beside(case)})


def _draft(request: PersonRequest, key: str) -> Secondment:
    case = scope.case(request, key)
    if not policies.may_edit_proposal(case, request.user):
        scope.offer(case, request.user, {Part.HR_SECONDER})
        raise Denied(_("The proposal can be edited by HR of the seconder while it is a draft."))
    return case


def section(request: PersonRequest, key: str, section: str) -> HttpResponse:
    """One section: saved as one types, with the button, or both; what cannot be read is kept as it was typed."""
    case = _draft(request, key)
    form_class = SECTIONS.get(section)
    if form_class is None or form_class not in shown_for(case):
        raise Http404
    form = form_class(request.POST if request.method == "POST" else None, case=case, by=request.user)
    if form.unfinished:  # said at the field again, as when it was typed
        form = form_class(_as_posted(form), case=case, by=request.user)
        form.is_valid()
    theirs: list[tuple[str, str]] = []
    if request.method == "POST":
        is_valid = form.is_valid()
        try:
            with transaction.atomic():
                case = _save(case, form, request)
        except Refused as refused:
            if "autosave" in request.POST:
                return render(request, "secondments/_saved.html", {"case": case, "refused": refused})
            case, theirs = _theirs(request, case, form_class)
            data = request.POST.copy()
            data["seen"] = str(saves(case, section))
            form = form_class(data, case=case, by=request.user)
            form.is_valid()
            scope.explain(form, refused)
        else:
            if "autosave" in request.POST:
                context = {"case": case, "n": saves(case, section), "at": clock.now(), "wrong": form.faults()}
                return render(request, "secondments/_saved.html", context)
            if is_valid:
                return _onward(request, case, form_class)
            data = request.POST.copy()
            data["seen"] = str(saves(case, section))
            form = form_class(data, case=case, by=request.user)
            form.is_valid()
    context = {"case": case, "form": form, "section": form_class, "theirs": theirs, "colleagues": _colleagues(case)}
    return render(request, "secondments/section.html", context | _beside(case))


def _as_posted(form: Section) -> dict[str, Any]:
    """What a form shows, as if it had been sent: so that what could not be read says so again."""
    found: dict[str, Any] = {}
    for name in form.fields:
        value = form[name].value()
        found[name] = value if isinstance(value, list) else "" if value in (None, False) else str(value)
        if hasattr(value, "pk"):
            found[name] = str(value.pk)
    for rows in form.rows.values():
        found |= {
            f"{rows.prefix}-TOTAL_FORMS": str(rows.total_form_count()),
            f"{rows.prefix}-INITIAL_FORMS": str(rows.initial_form_count()),
        }
        for row in rows.forms:
            found |= {row.add_prefix(name): row[name].value() or "" for name in row.fields}
    return found


def _save(case: Secondment, form: Section, request: PersonRequest) -> Secondment:
    seen = str(form.data.get("seen", ""))
    quick = "autosave" in form.data
    fields, proposal = form.answers(quick=quick)
    return proposals.save_section(
        case,
        form.name,
        by=request.user,
        seen=int(seen) if seen.isdecimal() and len(seen) < 9 else -1,
        fields=fields,
        proposal=proposal,
        tables=form.table_rows(),
        unfinished=form.typed(quick=quick),
        page=clean_text(form.data.get("page", ""))[:12],
        quick=quick,
    )


def _theirs(
    request: PersonRequest, case: Secondment, form_class: type[Section]
) -> tuple[Secondment, list[tuple[str, str]]]:
    """What stands in the section now, where it differs from what was typed."""
    case = scope.case(request, case.key)
    saved = form_class(None, case=case, by=request.user)
    found = []
    for name, field in saved.fields.items():
        value = saved[name].value()
        raw = str(getattr(value, "pk", value) if value not in (None, False) else "")
        if name not in {"seen", "page"} and raw != request.POST.get(name, ""):
            found.append((str(field.label), saved.shown(name) or "–"))
    for title, rows in saved.tables_shown():
        lines = [
            ", ".join(str(value) for value in row.values() if value not in (None, "")) for row in rows.initial or []
        ]
        found.append((title, "\n".join(lines) or "–"))
    return case, found


def _onward(request: PersonRequest, case: Secondment, form_class: type[Section]) -> HttpResponse:
    """To the next section, or back to the list."""
    if "next" in request.POST:
        shown = shown_for(case)
        place = shown.index(form_class) + 1
        if place < len(shown):
            return redirect("edit_section", key=case.key, section=shown[place].name)
    messages.success(request, _("“%(section)s” is saved.") % {"section": form_class.title})
    return redirect("edit_proposal", key=case.key)


def _colleagues(case: Secondment) -> Any:
    rows = Employment.objects.current().filter(organisation=case.seconder, person__is_active=True)
    return rows.order_by("person__full_name", "pk").values_list("person__email", "person__full_name", "job_title")[
        :OFFERED
    ]


def side(request: PersonRequest, key: str) -> HttpResponse:
    """What stands beside the sections, drawn anew while one writes."""
    case = _draft(request, key)
    return render(request, "secondments/_beside.html", {"case": case, **_beside(case)})


def _beside(case: Secondment) -> dict[str, Any]:
    """How far the proposal is, what the rules and the calendar say, what it costs the host, who decides."""
    missing: dict[str, list[guards.Refusal]] = {}
    for refusal in (*guards.proposal_complete.explain(case), *guards.dates_in_policy.explain(case)):
        missing.setdefault(PLACE_OF.get(refusal.where, refusal.where), []).append(refusal)
    saved_by = {row["by"] for row in case.proposal.sections.values()}
    names = dict(Person.objects.filter(pk__in=saved_by).values_list("pk", "full_name")) if saved_by else {}
    tasks = []
    for form in shown_for(case):
        n = saves(case, form.name)
        status = "missing" if missing.get(form.name) else "done" if n else "open"
        by = names.get(case.proposal.sections.get(form.name, {}).get("by"), "")
        tasks.append({"section": form, "status": status, "missing": missing.get(form.name, []), "by": by})
    last = case.estimate
    return {
        "tasks": tasks,
        "done": sum(task["status"] == "done" for task in tasks),
        "verdicts": verdicts_of(case),
        "overlaps": guards.no_overlap.explain(case),
        "distinct": guards.parts_distinct.explain(case),
        "warnings": guards.lead_warnings(case),
        "estimate": last,
        "estimate_missing": estimates.missing(case),
        "attachments": case.attachments.filter(removed_at__isnull=True).defer("content"),
    }


def check(request: PersonRequest, key: str) -> HttpResponse:
    """Check the answers, then submit the proposal."""
    case = scope.case(request, key)
    if not policies.may_edit_proposal(case, request.user):
        raise Denied(_("The proposal has been submitted already, or is not yours to submit."))
    if request.method == "POST":
        try:
            case = proposals.submit(case, by=request.user)
        except Refused as refused:
            scope.tell(request, refused)
        else:
            messages.success(request, _("The proposal is submitted. Those who decide have been asked by e-mail."))
            return redirect(case)
    offer = next(offer for offer in transitions.available(case, request.user) if offer.name == "submit")
    before = case.submissions.first()
    now = substance.as_kept(case)
    context = {
        "case": case,
        "offer": offer,
        "refusals": [(refusal, PLACE_OF.get(refusal.where, refusal.where)) for refusal in offer.refusals],
        "rows": substance.rows(case),
        "changes": substance.differences(before.content, now, is_home=True) if before else [],
        **_beside(case),
    }
    return render(request, "secondments/proposal_check.html", context)


def override(request: PersonRequest, key: str, rule: str) -> HttpResponse:
    """Say why the proposal is made although a rule is not met, or take that back."""
    case = _draft(request, key)
    verdict = next((found for found in facts.eligibility_of(case) if found.rule == rule), None)
    if verdict is None:
        raise Http404
    present = case.overrides.filter(rule=rule).first()
    form = Reason(
        request.POST or None,
        label=_("Why is it proposed nevertheless?"),
        required=present is None,
        help_text=_("The line manager reads it. Left blank: no exception is made."),
        initial={"reason": present.reason if present else ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            proposals.override(case, rule, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            return redirect("edit_proposal", key=case.key)
    return render(request, "secondments/override.html", {"case": case, "verdict": verdict, "form": form})


def make_template(request: PersonRequest, key: str) -> HttpResponse:
    """Keep what a case says as a template of the seconder."""
    case = scope.case(request, key)
    if not policies.may_run(case, request.user):
        scope.offer(case, request.user, {Part.HR_SECONDER})
        raise Denied(_("Only HR of the seconder keeps templates."))
    form = TemplateName(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            copying.make_template(case, by=request.user, name=form.cleaned_data["name"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The template is kept; it is offered where a secondment is begun."))
            return redirect("new_secondment")
    return render(request, "secondments/make_template.html", {"case": case, "form": form})


def read(request: PersonRequest, key: str) -> HttpResponse:
    """The whole proposal as the reader's side may know it: what it says, what changed, what was asked."""
    case = scope.case(request, key)
    parts = policies.parts_of(case, request.user)
    if not policies.may_see_business_case(parts):
        raise Denied(_("The business case is not for finance."))
    is_home = policies.may_see_home_side(parts)
    hidden = set() if policies.may_see_recharge(parts) else {"recharge"}
    kept = list(case.submissions.filter(revision__lte=case.revision))
    said = substance.as_decided(case, kept[0].content if kept else [])
    rows = [row for row in said if (is_home or row.readers == substance.ALL) and row.name not in hidden]
    changes = [
        (newer, substance.differences(older.content, newer.content, is_home=is_home, hidden=hidden))
        for newer, older in pairwise(kept)
    ]
    context = {
        "case": case,
        "rows": rows,
        "submissions": changes if Part.HR_SECONDER in parts else [],
        "questions": scopes.questions(request.user).filter(secondment=case).select_related("asked_by", "answered_by"),
        "may_answer": policies.may_run(case, request.user),
        "verdicts": verdicts_of(case) if policies.may_see_eligibility(parts) else [],
        "may_see_estimate": policies.may_see_salary(case, request.user),
        "may_see_files": bool(parts & {Part.HR_SECONDER, *policies.FILE_READERS}),
        "started": case.proposal.started_by,
        "is_approved": case.approved_at is not None and bool(kept),
    }
    return render(request, "secondments/proposal_read.html", context)


def verdicts_of(case: Secondment) -> list[tuple[eligibility.Verdict, Override | None]]:
    """Each rule with what it says, and HR's reason where an exception is made."""
    overrides = {row.rule: row for row in case.overrides.select_related("by")}
    return [(verdict, overrides.get(verdict.rule)) for verdict in facts.eligibility_of(case)]


@require_POST
def remove_template(request: PersonRequest, key: str) -> HttpResponse:
    template = fetch(Template.objects.visible_to(request.user), key=key)
    copying.remove_template(template, by=request.user)
    messages.success(request, _("The template is removed."))
    return redirect("new_secondment")
