"""Roles in an organisation: given from a moment, ended at a moment; never without HR once there was one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people import clock, ledger, notify, policies
from people.access import Denied, Refused, atomically
from people.models import Employment, Membership, Organisation, Person
from people.roles import Role


@atomically
def give(
    organisation: Organisation, person: Person, role: str, *, by: Person, since: datetime | None = None
) -> Membership:
    """Give a role to somebody who works there, now or from a later moment.

    The first HR of an organisation is given by an administrator, and need not be employed there yet.
    Raises ``Denied`` for anybody else who is not HR of it, and ``Refused`` with a sentence.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not policies.may_give_membership(by, organisation):
        raise Denied(_("Only HR of %(organisation)s gives roles there.") % {"organisation": organisation})
    is_hr = by.works_for(organisation.pk, Role.HR)
    if not is_hr and role != Role.HR:
        raise Denied(_("An administrator makes the first HR of an organisation; HR gives the other roles."))
    now = clock.now()
    if since is not None and since < now:
        raise Refused(_("Roles are not given for the past: leave the day empty, or choose a later one."), "since")
    since = since or now
    _check(organisation, person, role, since, is_first=not is_hr)
    if role == Role.HR and organisation.kept_by_id:  # from now on it keeps itself
        organisation.kept_by = None
        organisation.save(update_fields=["kept_by"])
    membership = Membership.objects.create(
        organisation=organisation, person=person, role=role, since=since, given_by=by
    )
    ledger.record(
        "membership.give",
        by=by,
        organisation_id=organisation.pk,
        organisation=organisation.legal_name,
        subject=person,
        person=person.full_name,
        role=role,
        since=since.isoformat(),
    )
    _tell(membership, by, "given", since)
    return membership


def _check(organisation: Organisation, person: Person, role: str, since: datetime, *, is_first: bool) -> None:
    if not person.is_active:
        raise Refused(_("%(name)s may not sign in here.") % {"name": person}, "person")
    day = since.astimezone(ZoneInfo(organisation.time_zone)).date()
    works = Employment.objects.current(day).filter(person=person, organisation=organisation)
    if not is_first and not works.exists():
        raise Refused(
            _("%(name)s does not work at %(organisation)s on that day.")
            % {"name": person, "organisation": organisation},
            "person",
        )
    held = Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=since), person=person, role=role)
    if held.filter(organisation=organisation).exists():
        raise Refused(_("%(name)s holds this role already, or will.") % {"name": person}, "person")


@atomically
def end(membership: Membership, *, by: Person, on: date | None = None) -> None:
    """Take a role away now, or with the end of a day of the organisation's zone.

    The rights end at that moment, in open sessions too. A role that has not begun by then is called off. The
    last HR of an organisation stays until somebody else has the role.
    """
    organisation = Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    if not by.works_for(organisation.pk, Role.HR):
        raise Denied(_("Only HR of %(organisation)s takes roles away there.") % {"organisation": organisation})
    now = clock.now()
    until = end_of(on, organisation) if on else now
    if until < now:
        raise Refused(_("Choose today or a later day, or leave it empty."), "on")
    membership.refresh_from_db()
    if membership.until and membership.until <= now:
        raise Refused(_("This role has ended already."))
    close(membership, until=until, by=by)


@atomically
def let_approve_legal(membership: Membership, *, by: Person, may: bool) -> None:
    """Say whether somebody in HR is a legal approver: whose consent a change of legal wording needs."""
    organisation = Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    if not by.works_for(organisation.pk, Role.HR):
        raise Denied(_("Only HR of %(organisation)s names its legal approvers.") % {"organisation": organisation})
    membership.refresh_from_db()
    if membership.role != Role.HR or (membership.until and membership.until <= clock.now()):
        raise Refused(_("Legal approvers are members of HR."))
    if membership.approves_legal == may:
        return
    membership.approves_legal = may
    membership.save(update_fields=["approves_legal"])
    ledger.record(
        "membership.legal",
        by=by,
        organisation_id=organisation.pk,
        organisation=organisation.legal_name,
        subject=membership.person,
        person=membership.person.full_name,
        may=may,
    )


def close(membership: Membership, *, until: datetime, by: Person | None) -> None:
    """Let a role end at a moment, in the caller's transaction, which has locked the organisation."""
    organisation, person = membership.organisation, membership.person
    if is_last_hr(membership, until):
        raise Refused(
            _("%(name)s is the last HR of %(organisation)s: give somebody else the role first.")
            % {"name": person, "organisation": organisation}
        )
    if membership.since >= until:
        membership.delete()
    else:
        Membership.objects.filter(pk=membership.pk).update(until=until, taken_by=by)
    ledger.record(
        "membership.end",
        by=by,
        organisation_id=organisation.pk,
        organisation=organisation.legal_name,
        subject=person,
        person=person.full_name,
        role=membership.role,
        until=until.isoformat(),
    )
    _tell(membership, by, "ended", until)


def is_last_hr(membership: Membership, until: datetime) -> bool:
    """Whether nobody who may sign in would be HR for good once this role has ended."""
    if membership.role != Role.HR or membership.since > until:
        return False
    others = Membership.objects.filter(
        organisation=membership.organisation_id,
        role=Role.HR,
        since__lte=until,
        until__isnull=True,
        person__is_active=True,
    ).exclude(person=membership.person_id)
    return not others.exists()


def start_of(day: date, organisation: Organisation) -> datetime:
    """The first moment of a day where the organisation is."""
    return datetime.combine(day, time(), ZoneInfo(organisation.time_zone))


def end_of(day: date, organisation: Organisation) -> datetime:
    """The first moment after a day where the organisation is."""
    return start_of(day + timedelta(days=1), organisation)


def _tell(membership: Membership, by: Person | None, what: str, moment: datetime) -> None:
    """One message to whose role it is and one to who gave or took it."""
    organisation, person, role = membership.organisation, membership.person, membership.get_role_display()
    day = date_format(moment.astimezone(ZoneInfo(organisation.time_zone)), "j M Y, H:i")
    words = {"name": person, "role": role, "organisation": organisation, "moment": day, "by": by or ""}
    if what == "given":
        subject = _("%(role)s at %(organisation)s: given to %(name)s") % words
        sentence = _("%(by)s gave %(name)s the role %(role)s at %(organisation)s, from %(moment)s.") % words
    else:
        subject = _("%(role)s at %(organisation)s: ends for %(name)s") % words
        sentence = _("The role %(role)s of %(name)s at %(organisation)s ends on %(moment)s.") % words
    notify.queue(
        *(
            notify.Message(
                key=f"membership:{membership.pk or person.pk}:{what}:{moment.isoformat()}:{to.pk}",
                to=to,
                subject=subject,
                sentences=[sentence],
                action_label=_("Open the organisation") if to == by else _("Open Tripartite"),
                action_path=reverse("members", args=[organisation.key]) if to == by else "/",
                why=_("You get this because roles decide who sees what."),
            )
            for to in dict.fromkeys([person, *([by] if by else [])])
        )
    )
