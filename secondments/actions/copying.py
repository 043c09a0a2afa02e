"""Beginning a proposal from another: from an earlier case, or from a template of the organisation.

What is copied is what a proposal says of the work: texts, objectives, skills, cover, funding. People, dates and what
was decided are not, and neither are texts about one person's circumstances (risks, relocation, tax).
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Organisation, Person
from people.roles import Role
from secondments.actions import proposals
from secondments.guards import Refusal
from secondments.models import Secondment, Template
from secondments.transitions import NotAllowed, Refused

CASE = ("kind", "host_department", "role_title", "location", "purpose", "is_full_time", "working_days", "is_indefinite")
PROPOSAL = (
    "category",
    "work_type",
    "why_secondment",
    "benefit_seconder",
    "benefit_secondee",
    "benefit_host",
    "if_refused",
    "host_provides",
    "host_grade",
    "checks",
    "leave_note",
    "cover",
    "cover_ends_with",
    "funding",
    "budget_holder",
    "currency",
    "conditions",
)
FIGURES = ("host_percent", "fixed_amount", "on_cost_percent")  # fmt: skip
OBJECTIVE, SKILL = ("text", "measure", "owner", "weight"), ("name", "hoped")
COST = ("kind", "label", "amount", "basis", "borne_by")


def content_of(case: Secondment) -> dict[str, Any]:
    """What others may begin from, as JSON."""
    return {
        "fields": {name: getattr(case, name) for name in CASE},
        "proposal": {name: str(getattr(case.proposal, name)) for name in PROPOSAL if name != "cover_ends_with"}
        | {"cover_ends_with": case.proposal.cover_ends_with}
        | {name: None if (value := getattr(case.proposal, name)) is None else str(value) for name in FIGURES},
        "tables": {
            "objectives": [{name: getattr(row, name) for name in OBJECTIVE} for row in case.objectives.all()],
            "skills": [{name: getattr(row, name) for name in SKILL} for row in case.skills.all()],
            "cost_items": [{name: str(getattr(row, name)) for name in COST} for row in case.cost_items.all()],
        },
    }


def from_case(case: Secondment, *, by: Person) -> Secondment:
    """A new draft of the same seconder that says what an earlier case said; the same host, where it is one."""
    return _begin(content_of(case), case.seconder, by, {"host": case.host} if case.host_id else {})


def from_template(template: Template, *, by: Person) -> Secondment:
    return _begin(template.content, template.organisation, by, {})


def _begin(content: dict[str, Any], seconder: Organisation, by: Person, more: dict[str, Any]) -> Secondment:
    tables = content["tables"]
    return proposals.begin(
        by=by,
        seconder=seconder,
        fields=content["fields"] | more,
        proposal=content["proposal"],
        objectives=tables["objectives"],
        tables={name: rows for name, rows in tables.items() if name != "objectives"},
    )


@transaction.atomic
def make_template(case: Secondment, *, by: Person, name: str) -> Template:
    """Keep what a case says as a template of its seconder."""
    if not by.works_for(case.seconder_id, Role.HR):
        raise NotAllowed(_("Only HR of the seconder keeps templates."))
    try:
        with transaction.atomic():
            found = Template.objects.create(
                organisation=case.seconder,
                name=" ".join(name.split()),
                content=content_of(case),
                made_by=by,
                made_at=clock.now(),
            )
    except IntegrityError:
        raise Refused(Refusal(_("There is a template of this name already; choose another."), "name")) from None
    ledger.record("template.make", by=by, organisation_id=case.seconder_id, name=found.name)
    return found


@transaction.atomic
def remove_template(template: Template, *, by: Person) -> None:
    if not by.works_for(template.organisation_id, Role.HR):
        raise NotAllowed(_("Only HR of the seconder keeps templates."))
    ledger.record("template.remove", by=by, organisation_id=template.organisation_id, name=template.name)
    template.delete()
