"""Who may sign for an organisation: given from a day, ended on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people import clock, ledger, policies
from people.access import Denied, Refused, atomically
from people.models import Employment, Organisation, Person, Signatory


@atomically
def give(organisation: Organisation, person: Person, *, by: Person, since: date, title: str = "") -> Signatory:
    """Let somebody who works there sign for the organisation from a day on, today or later."""
    organisation = _locked(organisation, by)
    if since < clock.today(organisation.time_zone):
        raise Refused(_("Nobody may sign in the past: choose today or a later day."), "since")
    if not Employment.objects.current(since).filter(person=person, organisation=organisation).exists():
        raise Refused(
            _("%(name)s does not work at %(organisation)s on that day.")
            % {"name": person, "organisation": organisation},
            "person",
        )
    held = Signatory.objects.filter(Q(until__isnull=True) | Q(until__gte=since), person=person)
    if held.filter(organisation=organisation).exists():
        raise Refused(_("%(name)s may sign already.") % {"name": person}, "person")
    signatory = Signatory.objects.create(
        organisation=organisation, person=person, title=title, since=since, given_by=by
    )
    ledger.record(
        "signatory.give",
        by=by,
        organisation_id=organisation.pk,
        subject=person,
        person=person.full_name,
        title=title,
        since=since.isoformat(),
    )
    return signatory


@atomically
def end(signatory: Signatory, *, by: Person, last_day: date) -> Signatory:
    """Nobody's signature of the past is undone: the last day is today or later."""
    organisation = _locked(signatory.organisation, by)
    today = clock.today(organisation.time_zone)
    if signatory.until and signatory.until < today:
        raise Refused(_("This ended on %(day)s.") % {"day": date_format(signatory.until, "j M Y")})
    if last_day < today:
        raise Refused(_("Choose today or a later day."), "last_day")
    if last_day < signatory.since:
        raise Refused(_("It only begins on %(day)s.") % {"day": date_format(signatory.since, "j M Y")}, "last_day")
    signatory.until, signatory.taken_by = last_day, by
    signatory.save(update_fields=["until", "taken_by"])
    ledger.record(
        "signatory.end",
        by=by,
        organisation_id=organisation.pk,
        subject=signatory.person,
        person=signatory.person.full_name,
        last_day=last_day.isoformat(),
    )
    return signatory


def _locked(organisation: Organisation, by: Person) -> Organisation:
    if not policies.may_edit_organisation(by, organisation):
        raise Denied(_("Only HR of %(organisation)s says who signs.") % {"organisation": organisation})
    return Organisation.objects.select_for_update().get(pk=organisation.pk)
