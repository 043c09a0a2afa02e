"""The list of cases and the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from people import clock
from people.access import Denied, PersonRequest
from secondments import (
    calendar_files,
    key_dates,
    placement_policies,
    policies,
    substance,
    timeline,
    transitions,
    trend,
    turns,
)
from secondments.choices import Kind, ListKind, Part, Party
from secondments.filters import SecondmentFilter
from secondments.forms.checklists import ChecklistItemForm
from secondments.models import CheckIn, ChecklistItem, Evidence, Secondment
from secondments.states import BEFORE_START, PHASE_OF, PLACED, SIGNED, STARTED, Phase, State
from secondments.views import next_steps, scope

PAGE = 50
RECENT = 10  # lines of the timeline that are shown at once


def secondments(request: PersonRequest) -> HttpResponse:
    """All cases that one may see, searched, filtered, ordered, in pages."""
    found = SecondmentFilter(
        request.GET, queryset=Secondment.objects.visible_to(request.user).with_list_data(), request=request
    )
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    rows = [(case, turns.sentence(case)) for case in page]
    context = {
        "page": page,
        "rows": rows,
        "filter": found,
        "is_filtered": any(request.GET.get(n) for n in ("q", "phase", "show")),
    }
    template = "secondments/_list.html" if request.htmx and not request.htmx.boosted else "secondments/list.html"
    return render(request, template, context)


def secondment(request: PersonRequest, key: str) -> HttpResponse:
    """The case as the reader's part lets them see it."""
    case = scope.case(request, key)
    return render(request, "secondments/case.html", case_context(request, case))


def case_context(request: PersonRequest, case: Secondment) -> dict[str, Any]:
    """Everything that the page of a case shows, in a fixed number of queries."""
    person = request.user
    parts = policies.parts_of(case, person)
    run = policies.lists_run_by(case, parts)
    soon = turns.near(clock.today(case.zone))
    decisions = [
        (decision, policies.may_see_reason(decision, parts))
        for decision in case.decisions.filter(revision=case.revision).select_related("decider", "decided_by")
        if policies.may_see_decision(decision, parts)
    ]
    items = [
        (item, policies.may_tick(item, parts), item.list in run)
        for item in case.checklist.annotate(
            has_file=Exists(Evidence.objects.filter(item=OuterRef("pk")))
        ).select_related("done_by", "owner")
        if policies.may_see_item(item, parts)
    ]
    checkins = [
        (
            checkin,
            policies.may_read_checkin(checkin, parts),
            policies.may_answer(checkin, parts) and checkin.due_on <= soon,
        )
        for checkin in case.checkins.filter(cancelled_at__isnull=True).select_related("person")
        if parts - {Part.FINANCE_SECONDER, Part.FINANCE_HOST}
    ]
    evaluations = [
        (
            evaluation,
            policies.may_read_evaluation(evaluation, parts, released=case.is_released),
            policies.may_evaluate(evaluation, parts),
        )
        for evaluation in case.evaluations.select_related("person").prefetch_related("results__objective")
        if policies.may_see_review(parts)
    ]
    is_hr = Part.HR_SECONDER in parts
    told = timeline.of(case, person)
    offers = transitions.available(case, person)
    return {
        "case": case,
        "working_time": substance.working_time(case, clock.today(case.zone)),
        "sentence": turns.sentence(case),
        "waiting_since": turns.waiting_since(case),
        "held_by": _held_by(case, items),
        "is_hr": is_hr,
        "offers": [offer for offer in offers if offer.name not in {"submit"}],
        "submission": next((offer for offer in offers if offer.name == "submit"), None),
        "phases": phases(case),
        "business_case": policies.may_see_business_case(parts),
        "objectives": case.objectives.all(),
        "decisions": decisions,
        "mine": next((d for d, _see in decisions if d.verdict is None and policies.may_decide(d, person)), None),
        "lists": _lists(items),
        "has_items": bool(items),
        "item_form": ChecklistItemForm(lists=run) if run and case.is_open else None,
        "checkins": checkins,
        "checkins_by_day": _by_day(checkins, soon),
        "reads_summaries": Part.LINE_MANAGER in parts,
        "evaluations": evaluations,
        "shows_review": policies.may_see_review(parts) and case.state in {State.REVIEW, State.RETURN, State.COMPLETED},
        "shows_return": policies.may_see_outcome(parts) and case.state in {State.RETURN, State.COMPLETED},
        "shows_placement": case.state in STARTED or case.state == State.AGREED,
        "can_end_early": is_hr and case.state in PLACED,
        "pending_end": case.early_ends.filter(approved__isnull=True).first()
        if case.state in PLACED and placement_policies.may_read_early_end(parts)
        else None,
        "timeline": told[:RECENT],
        "timeline_before": told[RECENT:],
        "next_checkin": next(
            (c for c, _r, _m in checkins if policies.may_answer(c, parts) and not c.completed_at), None
        ),
        "steps": next_steps.of(
            case,
            person,
            parts,
            checkins=[checkin for checkin, *_ in checkins],
            items=[item for item, *_ in items],
            evaluations=[evaluation for evaluation, *_ in evaluations],
            until=soon,
        ),
        "may_appeal": policies.may_appeal(case, person),
        "can_edit": policies.may_edit_proposal(case, person),
        "is_secondee": Part.SECONDEE in parts,
        "shows_people": policies.may_see_people(parts),
        "party": Party,
        "running": running(case, parts),
        "has_calendar": bool(parts & policies.SCHEDULED) and case.approved_at is not None,
        "trend": _trend(case, [checkin for checkin, may_read, _mine in checkins if may_read]),
        "asks_extra": policies.extra_checkins_of(case, person),
        "sets_rhythm": is_hr and case.state in PLACED,
        "before_start": case.state in BEFORE_START,
    }


def _held_by(case: Secondment, items: Sequence[tuple[ChecklistItem, bool, bool]]) -> list[tuple[ChecklistItem, bool]]:
    """What holds the start back once its day has come, of what the reader may see, and whether it is theirs to do."""
    if case.turn != turns.HELD:
        return []
    return [(item, may_tick) for item, may_tick, _runs in items if item.blocks_start and not item.done_at]


Checkins = list[tuple[CheckIn, bool, bool]]


def _by_day(checkins: Checkins, soon: date) -> tuple[Checkins, Checkins]:
    """Those up to the next one that is not near yet, and those that are further off."""
    next_day = min((checkin.due_on for checkin, *_ in checkins if checkin.due_on > soon), default=soon)
    return [row for row in checkins if row[0].due_on <= next_day], [row for row in checkins if row[0].due_on > next_day]


def _trend(case: Secondment, checkins: list[CheckIn]) -> list[trend.Line]:
    """How it went over time, out of the answers that the reader may read."""
    if not case.start_on or not case.end_on:
        return []
    answers = [(c.party, str(c.get_party_display()), c.due_on, c.going) for c in checkins if c.completed_at and c.going]
    return trend.lines(answers, case.start_on, case.end_on)


def running(case: Secondment, parts: frozenset[Part]) -> list[tuple[str, str]]:
    """Names and labels of the pages beside the case that its reader has while a placement runs."""
    found = []
    if case.state in SIGNED and parts & placement_policies.INDUCTION_READERS:
        found.append(("induction", _("The first days")))
    if case.state in SIGNED and parts & placement_policies.LEAVE_READERS:
        found.append(("leaves", _("Leave and absence")))
    if case.state in STARTED and parts & policies.HOME_SIDE:
        found.append(("touches", _("Keeping in touch")))
    if case.state in SIGNED and parts & (placement_policies.RAISES.keys() | {Part.LINE_MANAGER}):
        found.append(("concerns", _("Concerns")))
    if case.state in SIGNED and parts & placement_policies.WISH_READERS:
        found.append(("wishes", _("Changes asked for")))
    if case.approved_at and case.kind == Kind.INTERNATIONAL and parts & placement_policies.ABROAD_READERS:
        found.append(("abroad", _("Papers and days abroad")))
    if case.state in SIGNED and parts & (policies.HOME_SIDE | policies.AT_HOST):
        found.append(("reorganisations", _("Changes of the organisation")))
    if case.state in STARTED and parts & placement_policies.RETURN_READERS:
        found.append(("return_plan", _("Return plan")))
    if case.state in STARTED and parts & policies.RECHARGE_READERS:
        found.append(("costs", _("What the host pays")))
    if case.state in STARTED and parts & (placement_policies.EXPENSE_READERS | {Part.FINANCE_HOST, Part.HR_HOST}):
        found.append(("expenses", _("Expenses")))
    return found


def _lists(items: list[tuple[Any, bool, bool]]) -> list[tuple[str, list[tuple[Any, bool, bool]], bool]]:
    """Each checklist with its rows, and whether all of it is done."""
    found = []
    for kind in ListKind:
        rows = [row for row in items if row[0].list == kind]
        found.append((str(kind.label), rows, all(row[0].done_at for row in rows)))
    return found


def phases(case: Secondment) -> list[dict[str, Any]]:
    """The step tracker: each phase with its state (done, now, later) and the day it began."""
    order = [Phase.PROPOSAL, Phase.AGREEMENT, Phase.ACTIVE, Phase.REVIEW, Phase.RETURN]
    began = {
        Phase.PROPOSAL: case.created_at,
        Phase.AGREEMENT: case.approved_at,
        Phase.ACTIVE: case.started_at,
        Phase.REVIEW: case.review_began_at,
        Phase.RETURN: case.return_began_at,
    }
    now = PHASE_OF[State(case.state)]
    steps = []
    for phase in order:
        if now == phase:
            status = "now"
        elif now == Phase.CLOSED:
            status = "done" if began[phase] else "skipped"
        else:
            status = "done" if order.index(phase) < order.index(now) else "later"
        steps.append({"label": phase.label, "status": status, "began": began[phase]})
    return steps


@require_GET
def calendar_file(request: PersonRequest, key: str) -> HttpResponse:
    """The key dates that the reader may know, for their own calendar; from the approved proposal on."""
    case = scope.case(request, key)
    if not policies.parts_of(case, request.user) & policies.SCHEDULED or case.approved_at is None:
        raise Denied(_("The calendar is for those who work together, once the proposal is approved."))
    content = calendar_files.write(
        key_dates.of(case, request.user),
        title=case.title,
        case_key=case.key,
        site=settings.SITE_URL,
        path=case.get_absolute_url(),
        at=clock.now(),
    )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{case.reference}.ics"'
    return response
