"""What a case says, as texts for the clauses; the names are the ``source`` and ``fill`` of parameters.

An empty text is a fact that the case does not know: where a clause needs it, it becomes an open question.
"""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people.models import Person
from secondments import substance
from secondments.choices import CostKind, Cover, Funding, Kind, Part, Party, Permit
from secondments.models import CasePart, Proposal, Secondment
from secondments.timetable import length

SHORT_DAYS = 62  # an internal secondment of up to two months has the short form
MONTH = 30.4375  # days

PARTY_WORDS = {
    Party.SECONDEE: "the Secondee",
    Party.HOST: "the Host",
    Party.SECONDER: "the Seconder",
}
# The words of clause 13 for who bears the costs.
MODELS = {
    Funding.SECONDER: "none",
    Funding.HOST: "all costs of employment",
    Funding.HOST_SALARY: "salary and on-costs",
    Funding.SHARED: "a share of the costs",
    Funding.FIXED: "a fixed amount",
}


def of(case: Secondment) -> dict[str, str]:
    """All facts of a case that has been approved."""
    _gather(case)
    proposal = Proposal.objects.filter(pk=case.pk).first() or Proposal(secondment=case)
    return {**_people(case), **_place_and_time(case), **_substance(proposal), **_money(case, proposal), **_rules(case)}


PEOPLE = ("secondee", "line_manager", "host_contact", "host_signatory", "seconder_signatory", "owner")


def _gather(case: Secondment) -> None:
    """Everybody named, in one query: a case that was locked comes without them."""
    missing = [name for name in PEOPLE if name not in case._state.fields_cache and getattr(case, f"{name}_id")]
    found = Person.objects.in_bulk([getattr(case, f"{name}_id") for name in missing])
    for name in missing:
        setattr(case, name, found[getattr(case, f"{name}_id")])


def varied(case: Secondment, changes: dict[str, Any]) -> Secondment:
    """The case as it will be once a variation is signed; a copy that is never saved."""
    if not changes:
        return case
    found = copy.copy(case)
    for name, value in changes.items():
        match name:
            case "start_on" | "end_on":
                setattr(found, name, date.fromisoformat(value))
            case "weekly_hours":
                found.weekly_hours = Decimal(value)
            case _:
                setattr(found, name, value)
    return found


def switched_on(case: Secondment) -> set[str]:
    """What in a case switches optional clauses on."""
    proposal = Proposal.objects.filter(pk=case.pk).first() or Proposal(secondment=case)
    kinds = set(case.cost_items.values_list("kind", flat=True))
    found = {
        "cover": proposal.cover in {Cover.ACTING_UP, Cover.TEMPORARY, Cover.SPLIT},
        "recharge": proposal.funding not in {"", Funding.SECONDER},
        "travel": CostKind.TRAVEL in kinds,
        "training": CostKind.TRAINING in kinds,
        "relocation": bool(proposal.relocation) or CostKind.RELOCATION in kinds,
        "permit": proposal.permit not in {"", Permit.NOT_NEEDED},
        "checks": bool(proposal.checks),
        "abroad": case.kind == Kind.INTERNATIONAL or bool(proposal.work_country),
        "accompanied": proposal.is_accompanied,
        "personal_data": case.kind != Kind.INTERNAL,
        "equipment": bool(proposal.host_provides),
    }
    return {name for name, is_so in found.items() if is_so}


def pack_of(case: Secondment) -> str:
    """The pack for a case: by its kind, and the short form for a short internal one."""
    assert case.start_on and case.end_on
    if case.kind == Kind.INTERNAL and length(case.start_on, case.end_on) <= SHORT_DAYS and not case.is_indefinite:
        return "short"
    return str(case.kind)


def supervisors(case: Secondment) -> str:
    """Who supervises at the host: its supervisors where any are named, else its contact."""
    named = CasePart.objects.current().filter(secondment=case, part=Part.HOST_SUPERVISOR).select_related("person")
    names = [row.person.full_name for row in named.order_by("since", "pk")]
    return ", ".join(names) or (case.host_contact.full_name if case.host_contact else "")


def _people(case: Secondment) -> dict[str, str]:
    assert case.secondee and case.host and case.line_manager and case.host_contact
    assert case.host_signatory and case.seconder_signatory
    employment = case.employment
    return {
        "reference": case.reference,
        "kind": str(case.get_kind_display()),
        "seconder_name": case.seconder.legal_name,
        "seconder_number": case.seconder.registered_number,
        "seconder_address": " ".join(case.seconder.address.split()),
        "seconder_country": _country(case.seconder.country),
        "seconder_signatory": case.seconder_signatory.full_name,
        "host_name": case.host.legal_name,
        "host_where": case.where,
        "host_number": case.host.registered_number,
        "host_address": " ".join(case.host.address.split()),
        "host_country": _country(case.host.country),
        "host_signatory": case.host_signatory.full_name,
        "host_contact": case.host_contact.full_name,
        "host_contact_email": case.host_contact.email,
        "host_supervisor": supervisors(case),
        "secondee_name": case.secondee.full_name,
        "secondee_email": case.secondee.email,
        "employee_number": employment.employee_number if employment else "",
        "home_role": employment.job_title if employment else "",
        "grade": employment.grade if employment else "",
        "line_manager": case.line_manager.full_name,
        "line_manager_email": case.line_manager.email,
        "owner": case.owner.full_name,
        "owner_email": case.owner.email,
    }


def _country(found: Any) -> str:
    return str(found.name) if found else ""


def _place_and_time(case: Secondment) -> dict[str, str]:
    assert case.start_on and case.end_on
    return {
        "projected_days": str(_projected_days(case)),
        "role_title": case.role_title,
        "location": case.location,
        "start": case.start_on.isoformat(),
        "end": case.end_on.isoformat(),
        "start_in_words": date_format(case.start_on, "j F Y"),
        "end_in_words": date_format(case.end_on, "j F Y"),
        "hours": f"{case.weekly_hours.normalize():f}" if case.weekly_hours else "",
        "working_time": _working_time(case),
        "working_hours": substance.hours(case),
        "days": substance.weekdays(case),
        "length": _("indefinite, subject to notice; ends then unless it is extended") if case.is_indefinite else "",
        "purpose": " ".join(case.purpose.split()),
    }


def _projected_days(case: Secondment) -> int:
    """The most days of presence in any twelve months, if the secondee stays for all of the time (a part of the
    week where the days at the host are named).
    """
    assert case.start_on and case.end_on
    days = min(length(case.start_on, case.end_on), 365)
    return round(days * len(case.working_days) / 7) if case.working_days else days


def _working_time(case: Secondment) -> str:
    if case.is_full_time:
        return _("full-time")
    if case.total_hours is None:
        return _("part-time")
    return _("part-time, at most that in one week, and %(n)s hours in all") % {"n": f"{case.total_hours.normalize():f}"}


def _substance(proposal: Proposal) -> dict[str, str]:
    plain = (
        "host_grade why_secondment benefit_seconder benefit_host benefit_secondee host_provides leave_note return_post"
        " pay_note relocation tax_note checks conditions"
    )
    found = {name: "\n".join(getattr(proposal, name).split("\n")).strip() for name in plain.split()}
    found["cover"] = str(proposal.get_cover_display()) if proposal.cover else ""
    found["work_country"] = _country(proposal.work_country)
    found["permit"] = str(proposal.get_permit_display()) if proposal.permit else ""
    found["permit_expiry"] = _("not applicable") if proposal.permit == Permit.NOT_NEEDED else ""
    found["social_security"] = str(proposal.get_social_security_display()) if proposal.social_security else ""
    return found


def _money(case: Secondment, proposal: Proposal) -> dict[str, str]:
    funding = Funding(proposal.funding) if proposal.funding else None
    estimate = None if proposal.currency else case.estimate
    currency = estimate.currency if estimate else proposal.currency
    share = f"{proposal.host_percent.normalize():f}" if proposal.host_percent is not None else ""
    amount = f"{proposal.fixed_amount:,.2f}" if proposal.fixed_amount is not None else ""
    by_model = {
        Funding.SHARED: _("%(n)s per cent") % {"n": share} if share else "",
        Funding.FIXED: f"{amount} {currency}".strip() if amount else "",
        Funding.HOST: _("the whole"),
        Funding.HOST_SALARY: _("the whole of salary and on-costs"),
    }
    return {
        "funding": str(funding.label) if funding else "",
        "recharge_model": MODELS[funding] if funding else "",
        "share_or_amount": by_model.get(funding, "") if funding else "",
        "host_percent": share,
        "fixed_amount": amount,
        "currency": currency,
        "budget_holder": proposal.budget_holder,
    }


def _rules(case: Secondment) -> dict[str, str]:
    rules = case.rules
    groups = [group.split("+") for group in rules.signing_order.split(",")]
    turns = [" and ".join(PARTY_WORDS[Party(party)] for party in group) for group in groups]
    return {
        "first_checkin_weeks": str(rules.first_checkin_weeks),
        "checkin_every_weeks": str(rules.checkin_every_weeks),
        "review_days_before": str(rules.review_days_before),
        "notice_weeks_seconder": str(rules.notice_weeks_seconder),
        "notice_weeks_host": str(rules.notice_weeks_host),
        "notice_weeks_secondee": str(rules.notice_weeks_secondee),
        "extension_days_before": str(rules.extension_days_before),
        "extensions_maximum": str(rules.extensions_maximum),
        "extension_maximum_months": str(round(rules.extension_maximum_days / MONTH)),
        "maximum_months": str(round(rules.maximum_days / MONTH)),
        "cumulative_months": str(round(rules.cumulative_maximum_days / MONTH)),
        "return_meeting_days_before": str(rules.return_meeting_days_before),
        "signing_order": f"{turns[0]} first, then {', then '.join(turns[1:])}" if len(turns) > 1 else turns[0],
    }
