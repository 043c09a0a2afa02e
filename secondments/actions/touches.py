"""Keeping in touch: what home notes of its contacts, and the news that it has for those who are away."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Organisation, Person
from people.notify import call_off
from people.roles import Role
from secondments import placement_policies, policies, transitions
from secondments.guards import Refusal
from secondments.models import News, Secondment, Touch
from secondments.states import CLOSED
from secondments.transitions import NotAllowed, Refused


@transaction.atomic
def note(case: Secondment, *, by: Person, on: date, channel: str, note: str = "") -> Touch:
    """Somebody of the home side was in touch with the secondee; the reminder of silence begins anew."""
    case = transitions.lock(case.pk)
    if not placement_policies.may_see_touches(policies.parts_of(case, by)):
        raise NotAllowed(_("How home keeps in touch is noted by the home side."))
    if case.state in CLOSED or case.started_at is None:
        raise Refused(_("Contacts are noted while a placement runs, and until the return is complete."))
    if on > clock.today(case.zone):
        raise Refused(Refusal(_("This day has not come yet."), "on"))
    assert case.start_on
    if on < case.start_on:
        raise Refused(Refusal(_("The placement had not begun."), "on"))
    found = Touch.objects.create(
        secondment=case, on=on, channel=channel, note=note.strip(), made_at=clock.now(), made_by=by
    )
    call_off(f"touch:{case.pk}")
    ledger.record("touch.note", by=by, case_id=case.pk, day=str(on))
    return found


@transaction.atomic
def publish(
    organisation: Organisation, *, by: Person, title: str, text: str, link: str, is_vacancy: bool, shown_until: date
) -> News:
    """HR shows something to those who are away until a day."""
    if not by.works_for(organisation.pk, Role.HR):
        raise NotAllowed(_("News for those who are away is written by HR."))
    if shown_until < clock.today(organisation.time_zone):
        raise Refused(Refusal(_("This day is over."), "shown_until"))
    found = News.objects.create(
        organisation=organisation,
        title=title.strip(),
        text=text.strip(),
        link=link,
        is_vacancy=is_vacancy,
        shown_until=shown_until,
        made_at=clock.now(),
        made_by=by,
    )
    ledger.record("news.publish", by=by, organisation=organisation.legal_name, title=found.title)
    return found


@transaction.atomic
def take_back(news: News, *, by: Person) -> News:
    """No longer shown."""
    news = News.objects.select_for_update().get(pk=news.pk)
    if not by.works_for(news.organisation_id, Role.HR):
        raise NotAllowed(_("News for those who are away is written by HR."))
    if news.taken_back_at is None:
        news.taken_back_at, news.taken_back_by = clock.now(), by
        news.save()
        ledger.record("news.take_back", by=by, organisation=str(news.organisation), title=news.title)
    return news
