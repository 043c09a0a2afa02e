"""An organisation's rules, version by version: what was in force stays as it was."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from people import clock, ledger
from people.access import Denied, Refused, atomically
from people.models import Organisation, Person, Policy
from people.roles import Role


@atomically
def make(organisation: Organisation, *, by: Person, effective_from: date, rules: dict[str, Any], note: str) -> Policy:
    """A new version, in force from a day on, today or later; rules that are not given stay as they are by then."""
    _lock(organisation, by)
    _check(organisation, effective_from)
    before = Policy.objects.on(organisation, effective_from)
    version = Policy(
        organisation=organisation,
        effective_from=effective_from,
        note=note,
        made_by=by,
        made_at=clock.now(),
        **(before.copy() | rules),
    )
    version.save(force_insert=True)
    _record("policy.make", version, by, changed=version.differences(before))
    return version


@atomically
def edit(version: Policy, *, by: Person, effective_from: date, rules: dict[str, Any], note: str) -> Policy:
    """Change a version that has not begun."""
    organisation = _lock(version.organisation, by)
    version = _not_begun(version)
    _check(organisation, effective_from, version)
    before = Policy.objects.get(pk=version.pk)
    version.effective_from, version.note, version.made_by, version.made_at = effective_from, note, by, clock.now()
    for rule, value in rules.items():
        setattr(version, rule, value)
    version.save()
    _record("policy.edit", version, by, before=before.effective_from.isoformat(), changed=version.differences(before))
    return version


@atomically
def remove(version: Policy, *, by: Person) -> None:
    """A version that has not begun never does."""
    _lock(version.organisation, by)
    version = _not_begun(version)
    _record("policy.remove", version, by)
    version.delete()


def _check(organisation: Organisation, effective_from: date, version: Policy | None = None) -> None:
    if effective_from < clock.today(organisation.time_zone):
        raise Refused(_("Rules are not changed for the past: choose today or a later day."), "effective_from")
    others = Policy.objects.filter(organisation=organisation, effective_from=effective_from)
    if version:
        others = others.exclude(pk=version.pk)
    if others.exists():
        raise Refused(_("Another version begins on that day; choose another day."), "effective_from")


def _lock(organisation: Organisation, by: Person) -> Organisation:
    if not by.works_for(organisation.pk, Role.HR):
        raise Denied(_("Only HR of %(organisation)s changes its rules.") % {"organisation": organisation})
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def _not_begun(version: Policy) -> Policy:
    version = Policy.objects.select_related("organisation").get(pk=version.pk)
    if version.effective_from <= clock.today(version.organisation.time_zone):
        raise Refused(_("This version is in force, or was; make a new one instead."))
    return version


def _record(verb: str, version: Policy, by: Person, **facts: Any) -> None:
    ledger.record(
        verb,
        by=by,
        organisation_id=version.organisation_id,
        organisation=version.organisation.legal_name,
        effective_from=version.effective_from.isoformat(),
        **facts,
    )
