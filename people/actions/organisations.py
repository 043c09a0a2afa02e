"""Acts on an organisation, its departments and the days on which it is closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from people import ledger, policies
from people.access import Denied, Refused, atomically
from people.models import ClosingDay, Department, Employment, Organisation, Person
from people.roles import Role


@atomically
def add(*, by: Person, keeper: Organisation, fields: dict[str, Any]) -> Organisation:
    """Enter a host; it is kept by the organisation of whoever enters it, until it has HR of its own."""
    if not by.works_for(keeper.pk, Role.HR):
        raise Denied(_("Only HR enters organisations."))
    organisation = Organisation.objects.create(kept_by=keeper, **fields)
    ledger.record(
        "organisation.add",
        by=by,
        organisation_id=organisation.pk,
        organisation=organisation.legal_name,
        kept_by=keeper.legal_name,
    )
    return organisation


@atomically
def edit(organisation: Organisation, *, by: Person, fields: dict[str, Any]) -> Organisation:
    """Change particulars or the calendar; writes what was and what is."""
    organisation = _locked(organisation, by)
    before = {name: _word(getattr(organisation, name)) for name in fields}
    for name, value in fields.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(fields))
    changed = {
        name: [before[name], _word(getattr(organisation, name))]
        for name in fields
        if before[name] != _word(getattr(organisation, name))
    }
    if changed:
        ledger.record(
            "organisation.edit",
            by=by,
            organisation_id=organisation.pk,
            organisation=organisation.legal_name,
            changed=changed,
        )
    return organisation


@atomically
def add_department(organisation: Organisation, *, by: Person, name: str) -> Department:
    organisation = _locked(organisation, by)
    department = Department.objects.create(organisation=organisation, name=name)
    ledger.record("department.add", by=by, organisation_id=organisation.pk, department=name)
    return department


@atomically
def rename_department(department: Department, *, by: Person, name: str) -> Department:
    organisation = _locked(department.organisation, by)
    before, department.name = Department.objects.get(pk=department.pk).name, name
    department.save(update_fields=["name"])
    ledger.record("department.rename", by=by, organisation_id=organisation.pk, before=before, department=name)
    return department


@atomically
def remove_department(department: Department, *, by: Person) -> None:
    """Remove a department that no terms of employment name, neither present nor former."""
    organisation = _locked(department.organisation, by)
    if Employment.objects.filter(department=department).exists():
        raise Refused(
            _("%(department)s stands in the employment of some people, present or former; it stays.")
            % {"department": department}
        )
    ledger.record("department.remove", by=by, organisation_id=organisation.pk, department=department.name)
    department.delete()


@atomically
def close_on(organisation: Organisation, *, by: Person, day: date, name: str) -> ClosingDay:
    """The organisation does not work on a day."""
    organisation = _locked(organisation, by)
    closing_day = ClosingDay.objects.create(organisation=organisation, day=day, name=name)
    ledger.record("closing_day.add", by=by, organisation_id=organisation.pk, day=day.isoformat(), name=name)
    return closing_day


@atomically
def open_on(closing_day: ClosingDay, *, by: Person) -> None:
    """The organisation works on that day after all."""
    organisation = _locked(closing_day.organisation, by)
    ledger.record(
        "closing_day.remove",
        by=by,
        organisation_id=organisation.pk,
        day=closing_day.day.isoformat(),
        name=closing_day.name,
    )
    closing_day.delete()


def _locked(organisation: Organisation, by: Person) -> Organisation:
    """The row, for this transaction alone, if this person may write it."""
    if not policies.may_edit_organisation(by, organisation):
        raise Denied(_("Only HR of %(organisation)s changes this.") % {"organisation": organisation})
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def _word(value: Any) -> Any:
    return value if isinstance(value, bool | list) else str(value)
