"""What a copy of somebody's data holds of placements: check-ins, concerns, leave, absence, contacts, pay, expenses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from people.models import Person
from people.personal_data import Section, section
from secondments import scopes
from secondments.choices import Part
from secondments.models import (
    Absence,
    Certificate,
    CheckInProgress,
    Concern,
    Expense,
    FollowUp,
    HoursWorked,
    Induction,
    InductionStep,
    Leave,
    LeaveAccount,
    RechargeTerms,
    Reorganisation,
    ReturnPlan,
    Secondment,
    Touch,
    Trip,
    Wish,
)


def sections(person: Person, reader: Person) -> Iterable[Section]:
    """All of it for oneself; for HR what is of the cases that they run."""
    own = person == reader
    cases = Secondment.objects.all() if own else scopes.cases_in(reader, {Part.HR_SECONDER})
    lent: dict[str, Any] = {"secondment__secondee": person, "secondment__in": cases}
    checkins = CheckInProgress.objects.filter(checkin__person=person, checkin__secondment__in=cases)
    yield section("secondments.CheckInProgress", checkins.select_related("objective"))
    yield section("secondments.Concern", Concern.objects.filter(raised_by=person, secondment__in=cases))
    yield section("secondments.Leave", Leave.objects.filter(**lent))
    yield section("secondments.LeaveAccount", LeaveAccount.objects.filter(**lent))
    yield section("secondments.Absence", Absence.objects.filter(**lent))
    yield section("secondments.Touch", Touch.objects.filter(**lent))
    yield section("secondments.RechargeTerms", RechargeTerms.objects.filter(**lent))
    yield section("secondments.HoursWorked", HoursWorked.objects.filter(**lent))
    for table, rows in {
        "ReturnPlan": ReturnPlan.objects,
        "FollowUp": FollowUp.objects,
        "Certificate": Certificate.objects,
        "Trip": Trip.objects,
        "Reorganisation": Reorganisation.objects,
        "Induction": Induction.objects,
        "InductionStep": InductionStep.objects,
    }.items():
        yield section(f"secondments.{table}", rows.filter(**lent))
    yield section("secondments.Wish", Wish.objects.filter(asked_by=person, secondment__in=cases))
    yield section("secondments.Expense", Expense.objects.filter(**lent).defer("receipt"))
