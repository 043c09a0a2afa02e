"""Terms of employment: begun, corrected, changed from a day, ended; their sequence is the history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people import clock, ledger, policies, signals
from people.access import Denied, Refused, atomically
from people.actions import memberships
from people.models import Employment, Organisation, Person, Signatory

DAY = timedelta(days=1)


@atomically
def begin(person: Person, organisation: Organisation, *, by: Person, since: date, terms: dict[str, Any]) -> Employment:
    """Employ somebody from a day on; also somebody who worked here before and comes back."""
    lock(person, organisation, by)
    found = _rows(person, organisation).lasting(since).order_by("since").first()
    if found:
        raise Refused(
            _("%(name)s works at %(organisation)s already.") % {"name": person, "organisation": organisation}, "since"
        )
    employment = Employment.objects.create(
        person=person, organisation=organisation, since=since, **{"started_on": since} | terms
    )
    _record("employment.begin", employment, by, since=since.isoformat())
    return employment


@atomically
def correct(employment: Employment, *, by: Person, terms: dict[str, Any], reason: str = "") -> Employment:
    """Mend what was written wrong; it counts as if it had always been so."""
    lock(employment.person, employment.organisation, by, terms)
    before = Employment.objects.select_related("department", "line_manager").get(pk=employment.pk)
    after = Employment.objects.select_related("person", "organisation").get(pk=employment.pk)
    for name, value in terms.items():
        setattr(after, name, value)
    after.save(update_fields=list(terms))
    _record("employment.correct", after, by, reason=reason, changed=after.differences(before))
    return after


@atomically
def change(employment: Employment, *, by: Person, since: date, terms: dict[str, Any], reason: str = "") -> Employment:
    """New terms from a day on, which may lie ahead: ends the row the day before and begins the next.

    Returns the new row. Refuses when the terms change again later: those would not know of this change.
    """
    lock(employment.person, employment.organisation, by, terms)
    before = Employment.objects.select_related("person", "organisation").get(pk=employment.pk)
    if before.since and since <= before.since:
        raise Refused(
            _("These terms hold from %(day)s; choose a later day, or correct them.") % {"day": _day(before.since)},
            "since",
        )
    if before.until and since > before.until:
        raise Refused(_("These terms end on %(day)s, before that day.") % {"day": _day(before.until)}, "since")
    later = _rows(before.person, before.organisation).filter(since__gt=before.since or date.min)
    next_row = later.order_by("since").first()
    if next_row and next_row.since:
        raise Refused(
            _("The terms already change on %(day)s. Change those, or call them off first.")
            % {"day": _day(next_row.since)},
            "since",
        )
    after = Employment.objects.get(pk=employment.pk)
    after.pk, after.since = None, since
    for name, value in terms.items():
        setattr(after, name, value)
    Employment.objects.filter(pk=before.pk).update(until=since - DAY)
    after._state.adding = True
    after.save(force_insert=True)
    _record("employment.change", after, by, reason=reason, since=since.isoformat(), changed=after.differences(before))
    return after


@atomically
def call_off(employment: Employment, *, by: Person) -> None:
    """A change that has not begun does not come: the terms before it go on."""
    lock(employment.person, employment.organisation, by)
    employment = Employment.objects.select_related("person", "organisation").get(pk=employment.pk)
    if employment.since is None or employment.since <= clock.today(employment.organisation.time_zone):
        raise Refused(_("These terms hold already; correct them, or change them from a day."))
    rows = _rows(employment.person, employment.organisation)
    _record("employment.call_off", employment, by, since=employment.since.isoformat())
    until, begins = employment.until, employment.since
    employment.delete()
    rows.filter(until=begins - DAY).update(until=until)


@atomically
def end(employment: Employment, *, by: Person, last_day: date, reason: str = "") -> Employment:
    """Somebody leaves: the last day of the employment, which may lie ahead or lie back.

    Order of events: the row that holds on that day ends with it, planned changes after it are called off, roles
    and the right to sign end with that day (now, if it is past), the ledger is written, the signal ``left`` sent.
    Refused for the last HR of the organisation. Returns the row that ends.
    """
    person, organisation = lock(employment.person, employment.organisation, by)
    rows = _rows(person, organisation)
    if not rows.lasting(min(last_day, clock.today(organisation.time_zone))).exists():
        raise Refused(_("%(name)s has left already.") % {"name": person}, "last_day")
    final = rows.filter(Q(since__isnull=True) | Q(since__lte=last_day)).order_by("-since", "pk")
    held = max(final, key=lambda row: row.since or date.min, default=None)
    if held is None:
        raise Refused(_("The employment only begins after that day; call it off instead."), "last_day")
    if held.started_on and last_day < held.started_on:
        raise Refused(
            _("The employment began on %(day)s; the last day cannot be earlier.") % {"day": _day(held.started_on)},
            "last_day",
        )
    _end_roles(person, organisation, last_day, by)
    rows.filter(since__gt=last_day).delete()
    held.until = last_day
    held.save(update_fields=["until"])
    _record("employment.end", held, by, reason=reason, last_day=last_day.isoformat())
    signals.left.send(sender=Employment, organisation=organisation, person=person, day=last_day)
    return held


def _end_roles(person: Person, organisation: Organisation, last_day: date, by: Person) -> None:
    """What somebody may do for the organisation ends with their employment; what they could do until now stays true."""
    until = max(memberships.end_of(last_day, organisation), clock.now())
    for membership in person.memberships.lasting().filter(organisation=organisation).select_related("person"):
        if membership.until is None or membership.until > until:
            memberships.close(membership, until=until, by=by)
    day = max(last_day, clock.today(organisation.time_zone) - DAY)
    signing = Signatory.objects.filter(Q(until__isnull=True) | Q(until__gt=day), person=person)
    for signatory in signing.filter(organisation=organisation):
        if signatory.since > day:
            signatory.delete()
        else:
            signatory.until, signatory.taken_by = day, by
            signatory.save(update_fields=["until", "taken_by"])
        ledger.record(
            "signatory.end",
            by=by,
            organisation_id=organisation.pk,
            subject=person,
            person=person.full_name,
            last_day=day.isoformat(),
        )


def lock(
    person: Person, organisation: Organisation, by: Person, terms: dict[str, Any] | None = None
) -> tuple[Person, Organisation]:
    """Both rows, for this transaction alone, if ``by`` may write this employment."""
    if not policies.may_edit_organisation(by, organisation):
        raise Denied(_("Only HR of %(organisation)s changes its people.") % {"organisation": organisation})
    if set(terms or ()) & set(Employment.PAY) and not by.works_for(organisation.pk, "hr"):
        raise Denied(_("Only HR of %(organisation)s changes salaries.") % {"organisation": organisation})
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    return Person.objects.select_for_update().get(pk=person.pk), organisation


def _rows(person: Person, organisation: Organisation) -> Any:
    return Employment.objects.filter(person=person, organisation=organisation)


def _record(verb: str, employment: Employment, by: Person, *, reason: str = "", **facts: Any) -> None:
    """The ledger is for ever: it says that the salary changed, never how much it is."""
    ledger.record(
        verb,
        by=by,
        reason=reason,
        organisation_id=employment.organisation_id,
        organisation=employment.organisation.legal_name,
        subject=employment.person,
        person=employment.person.full_name,
        **facts,
    )


def _day(day: date) -> str:
    return date_format(day, "j M Y")
