"""The terms as pages: clause by clause, a version, two versions compared, the whole as it will be printed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format

from agreements import (
    approving,
    clauses,
    conversations,
    diff,
    drafting,
    further,
    guards,
    policies,
    scopes,
    signing,
    waiting,
)
from agreements.composing import Matter
from agreements.models import Agreement, Look, SignatureSlot, Version
from agreements.states import EDITABLE, ISSUED, PaperKind, PaperState, ProposalState, ThreadState
from agreements.views.scope import paper
from people import clock
from people.access import PersonRequest, fetch
from secondments.choices import Part, Party
from secondments.models import Secondment
from secondments.policies import parts_of
from secondments.views import scope

RUNNING = frozenset({PaperState.DRAFT, PaperState.NEGOTIATION, PaperState.APPROVED, PaperState.SIGNING})


def terms(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """The terms clause by clause, what is asked about them, and what can be done now."""
    agreement = paper(request, key, number)
    context = terms_context(request, agreement)
    context |= _since_last_look(request, agreement)
    return render(request, "agreements/terms.html", context)


def terms_context(request: PersonRequest, agreement: Agreement) -> dict[str, Any]:
    person, version = request.user, agreement.current
    assert version
    requests = list(agreement.change_requests.select_related("author", "answered_by", "answers", "became"))
    for row in requests:
        row.agreement = agreement
    may_edit = policies.may_edit(agreement, person)
    edits = may_edit and agreement.state in EDITABLE
    slots = (
        list(agreement.slots.select_related("signatory", "signature").order_by("turn", "pk"))
        if agreement.issued_at
        else []
    )
    prefetch_related_objects([version], "approvals__person")
    approvals = {row.party: row for row in version.approvals.all()}
    approves_for = policies.approves_for(agreement, person)
    may_approve = (
        approves_for is not None and agreement.state == PaperState.NEGOTIATION and approves_for not in approvals
    )
    questions = drafting.open_questions(agreement, version) if agreement.state in EDITABLE else []
    mine = [row for row in questions if may_edit or drafting.asked_of(row[1]) == policies.party_of(agreement, person)]
    checks = guards.checks(agreement) if edits or may_approve else []
    return {
        "agreement": agreement,
        "case": agreement.secondment,
        "is_letter": agreement.kind == PaperKind.EARLY_END,
        "version": version,
        "terms": version.content,
        "rows": _rows(request, agreement, requests, edits=edits),
        "requests": requests,
        "open_requests": [r for r in requests if r.state == ProposalState.OPEN],
        "versions": list(_versions(request, agreement).select_related("created_by").defer(*HEAVY)),
        "approvals": [(Party(party), approvals.get(party)) for party in policies.APPROVERS[PaperKind(agreement.kind)]],
        "may_edit": may_edit,
        "edits": edits,
        "asks": policies.may_ask_for_change(agreement, person)
        and agreement.state in {PaperState.NEGOTIATION, PaperState.APPROVED},
        "comments": agreement.state in EDITABLE and bool(conversations.audiences(agreement, person)),
        "may_approve": may_approve,
        "approves_for": approves_for,
        "approval_refusals": guards.before_approval(agreement, checks) if may_approve else [],
        "waits_for": ", ".join(
            str(who) for party in waiting.missing_approvals(agreement) if (who := waiting.speaker(agreement, party))
        )
        if agreement.state == PaperState.NEGOTIATION
        else "",
        "questions": mine,
        "checks": checks if edits else [],
        "checks_held": sum(check.holds for check in checks),
        "issue_refusals": guards.before_issue(agreement, checks)
        if edits and agreement.state == PaperState.APPROVED
        else [],
        "noted": agreement.noted,
        "consents": approving.hashes(agreement)
        if edits and any(c.number == guards.LEGAL and not c.holds for c in checks)
        else {},
        "slots": [(slot, getattr(slot, "signature", None)) for slot in slots],
        "my_slot": next((s for s in slots if _waits_for(s, agreement, request)), None),
        "reassigns": [
            s.pk for s in slots if agreement.state == PaperState.SIGNING and _reassigns(s, agreement, request)
        ],
        "lends": agreement.state == PaperState.SIGNING and any(_lends(s, agreement, request) for s in slots),
        "turns": [slot.pk for slot in signing.in_turn(agreement)],
        "is_issued": agreement.state in ISSUED,
        "is_pending": is_pending(agreement),
        "is_newest": agreement.address == 0
        or not agreement.secondment.agreements.filter(kind=agreement.kind, number__gt=agreement.number).exists(),
    }


HEAVY = ("terms", "values", "wordings", "clauses", "schedules")


def _rows(request: PersonRequest, agreement: Agreement, requests: list[Any], *, edits: bool) -> list[dict[str, Any]]:
    """The clauses with what is said beside each, for this reader."""
    version = agreement.current
    assert version
    library = Matter.of(version).by_key
    threads = list(
        scopes.threads_of(agreement, request.user)
        .select_related("started_by", "settled_by")
        .prefetch_related("comments__author")
    )
    answerable = {
        row.pk for row in requests if row.state == ProposalState.OPEN and policies.may_answer(row, request.user)
    }
    own = policies.party_of(agreement, request.user)
    rows = []
    for clause in version.content["clauses"]:
        definition = library.get(clause["key"])
        rows.append(
            {
                **clause,
                "summary": definition.summary if definition else "",
                "locked": bool(definition and definition.locked),
                "is_changed": clause["key"] in version.wordings,
                "is_editable": definition is not None and edits,
                "may_leave": definition is not None
                and edits
                and not definition.locked
                and definition.need(agreement.pack) != clauses.REQUIRED,
                "threads": [t for t in threads if t.clause_key == clause["key"]],
                "open_threads": sum(t.clause_key == clause["key"] and t.state == ThreadState.OPEN for t in threads),
                "requests": [
                    (r, r.pk in answerable, r.state == ProposalState.OPEN and r.party == own)
                    for r in requests
                    if r.clause_key == clause["key"]
                ],
            }
        )
    return rows


def _since_last_look(request: PersonRequest, agreement: Agreement) -> dict[str, Any]:
    """Which clauses read otherwise than when the reader saw them last; and that they see this version now.

    It stays until they have approved the version, or until the terms can no longer be changed.
    """
    version = agreement.current
    assert version
    if request.support is not None:  # an administrator who looks on leaves no trace in somebody's name
        return {"seen_before": None, "changed_since": []}
    look, is_new = Look.objects.get_or_create(
        agreement=agreement, person=request.user, defaults={"version": version.number, "at": clock.now()}
    )
    if not is_new and look.version != version.number:
        look.before, look.version, look.at = look.version, version.number, clock.now()
        look.save()
    approved = any(row.person_id == request.user.pk for row in version.approvals.all())
    if look.before is None or approved or agreement.state not in EDITABLE:
        return {"seen_before": None, "changed_since": []}
    older = _versions(request, agreement).filter(number=look.before).first()
    if older is None:
        return {"seen_before": None, "changed_since": []}
    changed = [part for part in diff.compare(older.content, version.content) if part.is_changed]
    return {"seen_before": older, "changed_since": changed}


def _versions(request: PersonRequest, agreement: Agreement) -> QuerySet[Version]:
    return scopes.versions_of(agreement, request.user)


def _waits_for(slot: SignatureSlot, agreement: Agreement, request: PersonRequest) -> bool:
    """Whether the reader, as what they are here, is to sign in this place."""
    slot.agreement = agreement
    return not hasattr(slot, "signature") and policies.may_sign(slot, request.user)


def _lends(slot: SignatureSlot, agreement: Agreement, request: PersonRequest) -> bool:
    slot.agreement = agreement
    return not hasattr(slot, "signature") and policies.may_lend_device(slot, request.user)


def _reassigns(slot: SignatureSlot, agreement: Agreement, request: PersonRequest) -> bool:
    slot.agreement = agreement
    return not hasattr(slot, "signature") and policies.may_reassign(slot, request.user)


def is_pending(agreement: Agreement) -> bool:
    """A worker is making a document of this paper."""
    if agreement.state == PaperState.SIGNING:
        return agreement.review_copy_id is None
    return agreement.state == PaperState.SIGNED and agreement.sealed_copy_id is None


def progress(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """The fragment that the page asks for while a worker makes a document; on its end the page is redrawn."""
    agreement = paper(request, key, number)
    if is_pending(agreement):
        return render(request, "agreements/_progress.html", {"agreement": agreement, "case": agreement.secondment})
    response = HttpResponse(status=204)
    response.headers["HX-Refresh"] = "true"
    return response


def panel(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """What the page of the case shows of its agreement."""
    case = scope.case(request, key)
    agreement = case.agreements.filter(kind=PaperKind.AGREEMENT).select_related("current").order_by("-number").first()
    reads_costs = False
    if agreement is not None:
        agreement.secondment = case
        reads_costs = not agreement.is_erased and policies.may_read_costs(agreement, request.user)
        if agreement.is_erased or not policies.may_read(agreement, request.user):
            agreement = None
    context: dict[str, Any] = {"case": case, "agreement": agreement, "reads_costs": reads_costs}
    if agreement is not None:
        slots = (
            list(agreement.slots.select_related("signatory", "signature").order_by("turn", "pk"))
            if agreement.issued_at
            else []
        )
        context |= {
            "version": agreement.current,
            "slots": [(slot, getattr(slot, "signature", None)) for slot in slots],
            "my_slot": next((s for s in slots if _waits_for(s, agreement, request)), None),
            "is_pending": is_pending(agreement),
            "lends": False,
            "reassigns": [],
            "turns": [],
        }
        papers = list(case.agreements.exclude(kind=PaperKind.AGREEMENT).select_related("current").order_by("number"))
        context["further"] = bool(papers)
        context["running"] = list(_running(papers, case, request))
        context["letter_is_missing"] = (
            Part.HR_SECONDER in parts_of(case, request.user)
            and case.ended_early_at is not None
            and further.letter_is_missing(papers)
        )
    return render(request, "agreements/_panel.html", context)


def _running(papers: list[Agreement], case: Secondment, request: PersonRequest) -> Iterator[tuple[Agreement, str]]:
    """Further papers that are not signed yet, and for whom each waits."""
    for found in papers:
        found.secondment = case
        if found.state not in RUNNING or found.is_erased or not policies.may_read(found, request.user):
            continue
        people: list[Any] = [case.owner]
        if found.state == PaperState.NEGOTIATION:
            people = [waiting.speaker(found, party) for party in waiting.missing_approvals(found)]
        elif found.state == PaperState.SIGNING:
            people = [slot.signatory for slot in found.slots.whose_turn()]
        yield found, ", ".join(str(person) for person in people if person)


def version(request: PersonRequest, key: str, number: int, version: int) -> HttpResponse:
    """One version as it was."""
    agreement = paper(request, key, number)
    found = fetch(_versions(request, agreement).select_related("created_by"), number=version)
    return render(
        request,
        "agreements/version.html",
        {"agreement": agreement, "case": agreement.secondment, "version": found, "terms": found.content},
    )


def preview(request: PersonRequest, key: str, number: int) -> HttpResponse:
    """The whole paper as it will be printed: the very fragments of the PDF, on a page."""
    agreement = paper(request, key, number)
    version = agreement.current
    assert version
    terms = version.content
    context = {
        "agreement": agreement,
        "case": agreement.secondment,
        "version": version,
        "terms": terms,
        "schedules": printed_schedules(terms),
        "prepared_on": _long_date(terms["document"]["prepared_on"]),
    }
    return render(request, "agreements/preview.html", context)


def printed_schedules(terms: dict[str, Any]) -> list[dict[str, Any]]:
    """Schedules in the shape that the printed fragment reads: each cell with whether it is an amount."""
    return [
        {
            **schedule,
            "columns": [(column, False) for column in schedule.get("columns", [])],
            "rows": [[(cell, False) for cell in row] for row in schedule.get("rows", [])],
        }
        for schedule in terms["schedules"]
    ]


def _long_date(text: str) -> str:
    return date_format(date.fromisoformat(text), "j F Y")


def compare(request: PersonRequest, key: str, number: int, older: int, newer: int) -> HttpResponse:
    """Two versions word by word; parts that did not change are only named."""
    agreement = paper(request, key, number)
    first = fetch(_versions(request, agreement), number=older)
    second = fetch(_versions(request, agreement), number=newer)
    found = diff.compare(first.content, second.content)
    context = {
        "agreement": agreement,
        "case": agreement.secondment,
        "older": first,
        "newer": second,
        "versions": list(_versions(request, agreement).defer(*HEAVY)),
        "changed": [clause for clause in found if clause.is_changed],
        "same": [clause for clause in found if not clause.is_changed],
    }
    return render(request, "agreements/compare.html", context)
