"""The estimate of costs: the whole of it for those who may know a salary, after they have confirmed who they are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest, hides_secrets
from people.confirming import confirmed
from secondments import policies
from secondments.actions import estimates
from secondments.choices import CostKind, Funding, Part
from secondments.costs import FIXED, ON_COSTS, SALARY
from secondments.models import Estimate
from secondments.views import scope


@confirmed
def estimate(request: PersonRequest, key: str) -> HttpResponse:
    """Lines, shares, how it was counted, and every figure that was there before; each look is in the ledger."""
    case = scope.case(request, key)
    if not policies.may_see_salary(case, request.user):
        scope.offer(case, request.user, policies.SALARY_READERS)
        raise Denied(_("The whole estimate tells a salary: it is for HR and finance of the seconder."))
    if hides_secrets(request):
        raise Denied(_("What somebody earns is not shown to support."))
    found = estimates.read(case, by=request.user)
    if Part.SECONDEE in policies.parts_of(case, request.user):
        found = found[:1]
        lines = shown(found[0], own=True) if found else None
        return render(request, "secondments/estimate_own.html", {"case": case, "last": lines})
    context = {
        "case": case,
        "last": shown(found[0]) if found else None,
        "older": [(row, *(date.fromisoformat(row.content[n]) for n in ("start", "end"))) for row in found[1:]],
        "missing": estimates.missing(case),
    }
    return render(request, "secondments/estimate.html", context)


def shown(row: Estimate, *, own: bool = False) -> dict[str, Any]:
    """An estimate in words, with the length of a bar for each line; ``own``: pay and on-costs alone."""
    kept = [line for line in row.content["lines"] if not own or line["kind"] in {SALARY, ON_COSTS}]
    most = max((Decimal(line["amount"]) for line in kept), default=Decimal(0))
    lines = [
        {
            "label": _label(line["kind"], line["label"]),
            **{name: Decimal(line[name]) for name in ("amount", "host", "seconder")},
            "tenths": int(Decimal(line["amount"]) * 10 / most) if most else 0,
        }
        for line in kept
    ]
    return {"row": row, "lines": lines, "sentences": list(_sentences(row))}


def _label(kind: str, label: str) -> str:
    names = {SALARY: _("Salary"), ON_COSTS: _("On-costs"), FIXED: _("Fixed amount by the host")}
    name = names.get(kind) or str(CostKind(kind).label)
    return f"{name}: {label}" if label else name


def _sentences(row: Estimate) -> list[str]:
    """How it was counted."""
    content = row.content
    words = {
        "months": f"{Decimal(content['months']).quantize(Decimal('0.01')):f}",
        "days": content["working_days"],
        "fte": f"{Decimal(content['fte']) * 100:.0f}",
        "percent": f"{Decimal(content['on_cost_percent']).normalize():f}",
        "hours": content["total_hours"],
        "currency": row.currency,
    }
    found = [
        _("%(days)d working days by the seconder's calendar, which are %(months)s months of pay.") % words,
        _("A part of a month counts by its working days; amounts are rounded half up, line by line, in %(currency)s.")
        % words,
    ]
    if content["total_hours"]:
        found.insert(1, _("The salary counts for %(hours)s hours: a year of 52 weeks of full-time hours.") % words)
    elif content["fte"] != "1.0000":
        found.insert(1, _("The salary counts for %(fte)s %% of full-time.") % words)
    if content["has_salary"]:
        found.append(_("On-costs are %(percent)s %% of the salary.") % words)
    else:
        found.append(_("No salary is on record: it is not counted."))
    found.append(str(Funding(content["funding"]).label))
    return found
