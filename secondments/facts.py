"""What the records say of a proposal, gathered for the rules: eligibility and overlap read it, nothing is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from people import clock
from people.models import Policy
from secondments import eligibility
from secondments.timetable import Rules

if TYPE_CHECKING:
    from secondments.models import Secondment


def eligibility_of(case: Secondment) -> list[eligibility.Verdict]:
    """What the rules say of the secondee and these days; nothing while either is missing. Forbids nothing.

    A draft is held against the rules of today, a submitted proposal against those copied onto it.
    """
    if not (case.secondee_id and case.start_on and case.end_on):
        return []
    today = clock.today(case.zone)
    terms = case.employment
    earlier = (
        type(case)
        .objects.filter(secondee=case.secondee_id, seconder=case.seconder_id, started_at__isnull=False)
        .exclude(pk=case.pk)
    )
    stays = tuple(
        eligibility.Stay(row.start_on, row.end_on, same_host=row.host_id == case.host_id)
        for row in earlier
        if row.start_on and row.end_on
    )
    facts = eligibility.Facts(
        start=case.start_on,
        end=case.end_on,
        as_of=today,
        employed_since=terms.started_on if terms else None,
        is_employed=terms is not None,
        probation_ends_on=terms.probation_ends_on if terms else None,
        contract_type=terms.contract_type if terms else "",
        contract_ends_on=terms.contract_ends_on if terms else None,
        earlier=stays,
    )
    rules = case.rules if case.submitted_at else Rules.of(Policy.objects.on(case.seconder, today).kept())
    return eligibility.check(facts, rules)
